"""Telegram: chats, updates, messages, buttons and errands (see bot.telegram.tables)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_BIG_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "telegram_chat",
        sa.Column("pseudonym", sa.String(length=32), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("conversation", sa.String(length=32), nullable=False),
        sa.Column("last_at", sa.Float(), nullable=False),
        sa.Column("auto_wipe_hours", sa.Integer(), nullable=False),
        sa.Column("leased_by", sa.String(length=32), nullable=True),
        sa.Column("leased_until", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("pseudonym", name=op.f("pk_telegram_chat")),
    )
    op.create_table(
        "telegram_update",
        sa.Column("update_id", _BIG_NUMBER, autoincrement=False, nullable=False),
        sa.Column("chat", sa.String(length=32), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("update_id", name=op.f("pk_telegram_update")),
    )
    op.create_table(
        "telegram_message",
        sa.Column("id", _BIG_NUMBER, autoincrement=True, nullable=False),
        sa.Column("chat", sa.String(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("message_id", _BIG_NUMBER, nullable=True),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telegram_message")),
    )
    op.create_table(
        "telegram_button",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("chat", sa.String(length=32), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.Float(), nullable=False),
        sa.Column("pressed_at", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telegram_button")),
    )
    op.create_table(
        "telegram_errand",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("chat", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("message_id", _BIG_NUMBER, nullable=True),
        sa.Column("due_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telegram_errand")),
    )
    for table, column in _INDEXES:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


_INDEXES = (
    ("telegram_chat", "last_at"),
    ("telegram_update", "chat"),
    ("telegram_update", "received_at"),
    ("telegram_message", "chat"),
    ("telegram_button", "chat"),
    ("telegram_button", "expires_at"),
    ("telegram_errand", "chat"),
    ("telegram_errand", "due_at"),
)


def downgrade() -> None:
    for name in ("telegram_errand", "telegram_button", "telegram_message", "telegram_update", "telegram_chat"):
        op.drop_table(name)
