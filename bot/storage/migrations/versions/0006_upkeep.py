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


def downgrade() -> None:
    op.drop_table("directory_chain")
    op.drop_table("directory_change")
    with op.batch_alter_table("service_at_location") as table:
        table.drop_column("position")
