"""What is kept of practice sessions. People stand in it by pseudonym and by the name they chose, encrypted."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

cohorts = sa.Table(
    "practice_cohort",
    metadata,
    sa.Column("code", sa.String(8), primary_key=True),
    sa.Column("opened_at", sa.Float, nullable=False),
    sa.Column("last_at", sa.Float, nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("scene", sa.LargeBinary),
)
"""A session that a trainer opened. `scene`: what is being played, encrypted, only while it is played. `version` goes up
with every change of it, so that two changes at once cannot undo each other."""

members = sa.Table(
    "practice_member",
    metadata,
    sa.Column("id", sa.String(8), primary_key=True),
    sa.Column("cohort", sa.String(8), index=True),
    sa.Column("is_trainer", sa.Boolean, nullable=False),
    sa.Column("name", sa.LargeBinary),
    sa.Column("seat", sa.String(32), index=True),
    sa.Column("is_here", sa.Boolean, nullable=False),
    sa.Column("word_hash", sa.String(64), nullable=False),
    sa.Column("language", sa.String(10), nullable=False),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("address", sa.LargeBinary),
    sa.Column("keeps_words", sa.Boolean),
    sa.Column("wants_recheck", sa.Boolean),
    sa.Column("joined_at", sa.Float, nullable=False),
    sa.UniqueConstraint("cohort", "seat", name="uq_practice_member_cohort_seat"),
)
"""Somebody in a session, or, without a `cohort`, somebody who practises alone and wants to see how they get on.
`seat`: the pseudonym of the chat they write from. `is_here`: what they type there is meant for the session.
`word_hash`: SHA-256 of the word with which they come back from another phone. `keeps_words`, `wants_recheck`: what they
agreed to; empty when they were not asked. `address`: where they are written to, encrypted."""

results = sa.Table(
    "practice_result",
    metadata,
    sa.Column("id", sa.String(8), primary_key=True),
    sa.Column("member", sa.String(8), index=True),
    sa.Column("cohort", sa.String(8), index=True),
    sa.Column("scenario", sa.String(60), nullable=False),
    sa.Column("occasion", sa.String(12), nullable=False),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("points", sa.Integer, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("transcript", sa.LargeBinary),
)
"""A scenario played. `content`: its score as JSON without a word that was said, encrypted. `transcript`: what was said,
with what could identify somebody taken out, encrypted, only of members who agreed. `member` is empty when several
played it together."""

rechecks = sa.Table(
    "practice_recheck",
    metadata,
    sa.Column("member", sa.String(8), primary_key=True),
    sa.Column("occasion", sa.String(12), primary_key=True),
    sa.Column("scenario", sa.String(60), nullable=False),
    sa.Column("due_at", sa.Float, nullable=False, index=True),
    sa.Column("asked_at", sa.Float),
)
"""An invitation to play a scenario again in other clothes, after a week, a month, six months."""

letters = sa.Table(
    "practice_letter",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("seat", sa.String(32), nullable=False, index=True),
    sa.Column("scene", sa.String(8)),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("at", sa.Float, nullable=False, index=True),
    sqlite_autoincrement=True,
)
"""A message that waits for somebody in a session, encrypted; it goes once it has arrived. `scene`: the key of the scene
it tells of, as long as whoever comes back would read the same from the scene itself."""

stages = sa.Table(
    "practice_stage",
    metadata,
    sa.Column("seat", sa.String(32), primary_key=True),
    sa.Column("cohort", sa.String(8), nullable=False, index=True),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("address", sa.LargeBinary, nullable=False),
    sa.Column("language", sa.String(10), nullable=False),
)
"""A group chat in which a session's scenes are shown to everybody."""

overrides = sa.Table(
    "practice_override",
    metadata,
    sa.Column("id", sa.String(8), primary_key=True),
    sa.Column("member", sa.String(8), index=True),
    sa.Column("cohort", sa.String(8), index=True),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
"""A judgement that a trainer, or the trainee, changed: what the sentence was taken to do, what it does, why, its
language, and, if who said it agreed, the sentence without what could identify anybody; encrypted. It goes with the
`member` whose sentence it was."""

shown = sa.Table(
    "practice_shown",
    metadata,
    sa.Column("cohort", sa.String(8), primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
"""The figures of a session as a trainer last saw them, encrypted, and which results are in them: they move on only when
five people's results have changed, so that no difference of two tables is about one person."""
