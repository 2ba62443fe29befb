"""Practice in sessions: cohorts, members, results, rechecks, and what waits for people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "practice_cohort",
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("opened_at", sa.Float(), nullable=False),
        sa.Column("last_at", sa.Float(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("scene", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_practice_cohort")),
    )
    op.create_index("ix_practice_cohort_last_at", "practice_cohort", ["last_at"])
    op.create_table(
        "practice_member",
        sa.Column("id", sa.String(length=8), nullable=False),
        sa.Column("cohort", sa.String(length=8), nullable=True),
        sa.Column("is_trainer", sa.Boolean(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("seat", sa.String(length=32), nullable=True),
        sa.Column("is_here", sa.Boolean(), nullable=False),
        sa.Column("word_hash", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("keeps_words", sa.Boolean(), nullable=True),
        sa.Column("wants_recheck", sa.Boolean(), nullable=True),
        sa.Column("joined_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_member")),
        sa.UniqueConstraint("cohort", "seat", name="uq_practice_member_cohort_seat"),
    )
    op.create_index("ix_practice_member_cohort", "practice_member", ["cohort"])
    op.create_index("ix_practice_member_seat", "practice_member", ["seat"])
    op.create_table(
        "practice_result",
        sa.Column("id", sa.String(length=8), nullable=False),
        sa.Column("member", sa.String(length=8), nullable=True),
        sa.Column("cohort", sa.String(length=8), nullable=True),
        sa.Column("scenario", sa.String(length=60), nullable=False),
        sa.Column("occasion", sa.String(length=12), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("transcript", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_result")),
    )
    op.create_index("ix_practice_result_member", "practice_result", ["member"])
    op.create_index("ix_practice_result_cohort", "practice_result", ["cohort"])
    op.create_table(
        "practice_recheck",
        sa.Column("member", sa.String(length=8), nullable=False),
        sa.Column("occasion", sa.String(length=12), nullable=False),
        sa.Column("scenario", sa.String(length=60), nullable=False),
        sa.Column("due_at", sa.Float(), nullable=False),
        sa.Column("asked_at", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("member", "occasion", name=op.f("pk_practice_recheck")),
    )
    op.create_index("ix_practice_recheck_due_at", "practice_recheck", ["due_at"])
    op.create_table(
        "practice_letter",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("seat", sa.String(length=32), nullable=False),
        sa.Column("scene", sa.String(length=8), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_letter")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_practice_letter_seat", "practice_letter", ["seat"])
    op.create_index("ix_practice_letter_at", "practice_letter", ["at"])
    op.create_table(
        "practice_stage",
        sa.Column("seat", sa.String(length=32), nullable=False),
        sa.Column("cohort", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("seat", name=op.f("pk_practice_stage")),
    )
    op.create_index("ix_practice_stage_cohort", "practice_stage", ["cohort"])
    op.create_table(
        "practice_override",
        sa.Column("id", sa.String(length=8), nullable=False),
        sa.Column("member", sa.String(length=8), nullable=True),
        sa.Column("cohort", sa.String(length=8), nullable=True),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_override")),
    )
    op.create_index("ix_practice_override_member", "practice_override", ["member"])
    op.create_index("ix_practice_override_cohort", "practice_override", ["cohort"])
    op.create_table(
        "practice_shown",
        sa.Column("cohort", sa.String(length=8), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("cohort", name=op.f("pk_practice_shown")),
    )


def downgrade() -> None:
    for table in (
        "practice_shown",
        "practice_override",
        "practice_stage",
        "practice_letter",
        "practice_recheck",
        "practice_result",
        "practice_member",
        "practice_cohort",
    ):
        op.drop_table(table)
