"""What the upkeep of the directory keeps. People stand in it by pseudonym; what is written to them waits encrypted."""

from __future__ import annotations

import sqlalchemy as sa

from bot.directory.base import UtcDateTime

metadata = sa.MetaData()

proposals = sa.Table(
    "directory_proposal",
    metadata,
    sa.Column("id", sa.String(8), primary_key=True),
    sa.Column("service_id", sa.String(36), nullable=False, index=True),
    sa.Column("wanted", sa.Text, nullable=False),
    sa.Column("seen", sa.Text, nullable=False),
    sa.Column("proposer", sa.String(32), nullable=False),
    sa.Column("actor", sa.String(60), nullable=False),
    sa.Column("why", sa.String(400), nullable=False),
    sa.Column("at", UtcDateTime(), nullable=False),
    sa.Column("state", sa.String(10), nullable=False, index=True),
    sa.Column("decided_by", sa.String(60)),
    sa.Column("decided_at", UtcDateTime()),
)
"""`wanted` and `seen`: JSON of the fields' new values and of those the proposer saw. An empty `service_id` stands for a
service that is to be added."""

reports = sa.Table(
    "service_report",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("service_id", sa.String(36), nullable=False, index=True),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("on", sa.Date, nullable=False),
    sa.Column("reporter", sa.String(32), nullable=False, unique=True),
)
"""What somebody found when they called. `reporter`: a keyed hash over person, service and month, which counts a person
once and leads to nobody."""

allowances = sa.Table(
    "report_allowance",
    metadata,
    sa.Column("reporter", sa.String(32), primary_key=True),
    sa.Column("on", sa.Date, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
)
"""How much a person reported on a day; `reporter` is a keyed hash over person and day."""

verifications = sa.Table(
    "verification_request",
    metadata,
    sa.Column("id", sa.String(8), primary_key=True),
    sa.Column("service_id", sa.String(36), nullable=False, index=True),
    sa.Column("token_hash", sa.String(64), nullable=False, index=True),
    sa.Column("asked_at", UtcDateTime(), nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("state", sa.String(10), nullable=False, index=True),
    sa.Column("answered_at", UtcDateTime()),
    sa.Column("answer", sa.String(12)),
)
"""A question to an owner. `state`: `open`, `answered`, `escalated`. `token_hash`: SHA-256 of the word in the link."""

notices = sa.Table(
    "directory_notice",
    metadata,
    sa.Column("id", sa.String(8), primary_key=True),
    sa.Column("pseudonym", sa.String(32), nullable=False, index=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("at", UtcDateTime(), nullable=False),
)
"""A message that waits for somebody; it goes once it is handed over."""

digests = sa.Table(
    "directory_digest",
    metadata,
    sa.Column("pseudonym", sa.String(32), primary_key=True),
    sa.Column("sent_at", UtcDateTime(), nullable=False),
)

drafts = sa.Table(
    "desk_draft",
    metadata,
    sa.Column("pseudonym", sa.String(32), primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("at", UtcDateTime(), nullable=False),
)
"""What a person at the desk is in the middle of: which value they are about to write."""

told = sa.Table(
    "doubt_told",
    metadata,
    sa.Column("service_id", sa.String(36), primary_key=True),
    sa.Column("state", sa.String(10), nullable=False),
)
"""Of which doubts the focal points were told."""

imports = sa.Table(
    "directory_import",
    metadata,
    sa.Column("id", sa.String(8), primary_key=True),
    sa.Column("proposer", sa.String(32), nullable=False),
    sa.Column("actor", sa.String(60), nullable=False),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("at", UtcDateTime(), nullable=False),
)
"""A file somebody brought, encrypted, until it is applied or let go."""

links = sa.Table(
    "one_time_link",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("pseudonym", sa.String(32), nullable=False),
    sa.Column("actor", sa.String(60), nullable=False),
    sa.Column("expires_at", UtcDateTime(), nullable=False),
    sa.Column("session_hash", sa.String(64), index=True),
)
"""A link to the pages of the desk: `session_hash` is set when it is opened, and then it opens nothing again."""
