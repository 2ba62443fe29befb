"""What is kept about Telegram chats, all of it gone after a wipe.

A chat is known by a pseudonym; its number, needed to answer it, is encrypted. Content stands encrypted and
only while it waits: an update until it is answered, a message until it is sent.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

BIG_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

chats = sa.Table(
    "telegram_chat",
    metadata,
    sa.Column("pseudonym", sa.String(32), primary_key=True),
    sa.Column("address", sa.LargeBinary, nullable=False),
    sa.Column("conversation", sa.String(32), nullable=False),
    sa.Column("last_at", sa.Float, nullable=False, index=True),
    sa.Column("auto_wipe_hours", sa.Integer, nullable=False),
    sa.Column("leased_by", sa.String(32)),
    sa.Column("leased_until", sa.Float),
)
"""`address`: the chat's number, encrypted. `conversation`: what the gateway knows the person by, new after each
wipe. `leased_by`: the process that answers the chat now."""

updates = sa.Table(
    "telegram_update",
    metadata,
    sa.Column("update_id", BIG_NUMBER, primary_key=True, autoincrement=False),
    sa.Column("chat", sa.String(32), index=True),
    sa.Column("content", sa.LargeBinary),
    sa.Column("received_at", sa.Float, nullable=False, index=True),
)
"""An update; once it is answered only its number stays, so that it is not answered twice."""

messages = sa.Table(
    "telegram_message",
    metadata,
    sa.Column("id", BIG_NUMBER, primary_key=True, autoincrement=True),
    sa.Column("chat", sa.String(32), nullable=False, index=True),
    sa.Column("content", sa.LargeBinary),
    sa.Column("message_id", BIG_NUMBER),
    sa.Column("at", sa.Float, nullable=False),
)
"""A message, theirs or ours. `content` while it waits to be sent; `message_id` once it is in the chat."""

buttons = sa.Table(
    "telegram_button",
    metadata,
    sa.Column("id", sa.String(22), primary_key=True),
    sa.Column("chat", sa.String(32), nullable=False, index=True),
    sa.Column("payload", sa.LargeBinary, nullable=False),
    sa.Column("expires_at", sa.Float, nullable=False, index=True),
    sa.Column("pressed_at", sa.Float),
)
"""What a button stands for: 64 bytes hold no payload, and nobody may press what was not shown to them."""

errands = sa.Table(
    "telegram_errand",
    metadata,
    sa.Column("id", sa.String(22), primary_key=True),
    sa.Column("chat", sa.String(32), nullable=False, index=True),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("address", sa.LargeBinary, nullable=False),
    sa.Column("message_id", BIG_NUMBER),
    sa.Column("due_at", sa.Float, nullable=False, index=True),
)
"""Something to do later: `remind` somebody, or `delete` the confirmation of a wipe. Never any content."""
