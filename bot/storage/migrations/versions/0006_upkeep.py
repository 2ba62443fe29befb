"""Upkeep of the directory: its history, proposals, owners, verification, reports and notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "service_at_location", sa.Column("position", sa.Integer(), server_default="0", nullable=False)
    )
    op.create_table(
        "directory_change",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("action", sa.String(length=12), nullable=False),
        sa.Column("service_id", sa.String(length=36), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("why", sa.String(length=400), nullable=False),
        sa.Column("batch", sa.String(length=8), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_directory_change")),
    )
    op.create_index("ix_directory_change_batch", "directory_change", ["batch"])
    op.create_index("ix_directory_change_service_id", "directory_change", ["service_id"])
    op.create_table(
        "directory_chain",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_chain")),
    )
    op.execute("INSERT INTO directory_chain (id, length, seal) VALUES (1, 0, '')")
    op.add_column("service", sa.Column("doubt", sa.String(length=10), nullable=True))
    _upkeep_tables()


def _upkeep_tables() -> None:
    op.create_table(
        "directory_proposal",
        sa.Column("id", sa.String(length=8), nullable=False),
        sa.Column("service_id", sa.String(length=36), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("proposer", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("why", sa.String(length=400), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_by", sa.String(length=60), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_proposal")),
    )
    op.create_index("ix_directory_proposal_service_id", "directory_proposal", ["service_id"])
    op.create_index("ix_directory_proposal_state", "directory_proposal", ["state"])
    op.create_table(
        "service_report",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("service_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("reporter", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_report")),
        sa.UniqueConstraint("reporter", name=op.f("uq_service_report_reporter")),
    )
    op.create_index("ix_service_report_service_id", "service_report", ["service_id"])
    op.create_table(
        "report_allowance",
        sa.Column("reporter", sa.String(length=32), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("reporter", name=op.f("pk_report_allowance")),
    )
    op.create_table(
        "verification_request",
        sa.Column("id", sa.String(length=8), nullable=False),
        sa.Column("service_id", sa.String(length=36), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=12), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification_request")),
    )
    op.create_index("ix_verification_request_service_id", "verification_request", ["service_id"])
    op.create_index("ix_verification_request_token_hash", "verification_request", ["token_hash"])
    op.create_index("ix_verification_request_state", "verification_request", ["state"])
    op.create_table(
        "directory_notice",
        sa.Column("id", sa.String(length=8), nullable=False),
        sa.Column("pseudonym", sa.String(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_notice")),
    )
    op.create_index("ix_directory_notice_pseudonym", "directory_notice", ["pseudonym"])
    op.create_table(
        "directory_digest",
        sa.Column("pseudonym", sa.String(length=32), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("pseudonym", name=op.f("pk_directory_digest")),
    )
    op.create_table(
        "desk_draft",
        sa.Column("pseudonym", sa.String(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("pseudonym", name=op.f("pk_desk_draft")),
    )
    op.create_table(
        "doubt_told",
        sa.Column("service_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_doubt_told")),
    )
    op.create_table(
        "directory_import",
        sa.Column("id", sa.String(length=8), nullable=False),
        sa.Column("proposer", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_import")),
    )
    op.create_table(
        "one_time_link",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("pseudonym", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("session_hash", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_one_time_link")),
    )
    op.create_index("ix_one_time_link_session_hash", "one_time_link", ["session_hash"])
    op.create_table(
        "reachable",
        sa.Column("pseudonym", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("pseudonym", name=op.f("pk_reachable")),
    )
    for table in ("invitation", "role_grant"):
        with op.batch_alter_table(table) as batch:
            batch.alter_column("area", existing_type=sa.String(length=32), type_=sa.String(length=40))


def downgrade() -> None:
    for table in (
        "reachable",
        "one_time_link",
        "directory_import",
        "doubt_told",
        "desk_draft",
        "directory_digest",
        "directory_notice",
        "verification_request",
        "report_allowance",
        "service_report",
        "directory_proposal",
    ):
        op.drop_table(table)
    op.drop_column("service", "doubt")
    op.drop_table("directory_chain")
    op.drop_table("directory_change")
    op.drop_column("service_at_location", "position")
