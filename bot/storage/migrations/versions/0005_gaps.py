"""Searches that found nothing, counted (see bot.directory.gaps)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_gap",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("need", sa.String(length=40), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("searches", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "need", "area", "outcome", name=op.f("pk_search_gap")),
    )


def downgrade() -> None:
    op.drop_table("search_gap")
