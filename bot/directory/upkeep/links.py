"""One-time links to the pages of the desk: 128 bits, good for a quarter of an hour, opened once.

Opening one gives the browser a session of half an hour. Tokens and sessions are kept as hashes only.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from bot.directory.base import utc_now
from bot.directory.upkeep.proposals import Editor
from bot.directory.upkeep.tables import links
from bot.directory.upkeep.verification import TOKEN_BYTES, hash_of
from bot.storage.engine import SessionFactory

GOOD_MINUTES: Final = 15
SESSION_MINUTES: Final = 30


class Links:
    """Links and the sessions they open. Every method blocks."""

    def __init__(self, sessions: SessionFactory, clock: Callable[[], datetime] = utc_now) -> None:
        self._sessions = sessions
        self._clock = clock

    def make(self, pseudonym: str, actor: str) -> str:
        """A token for somebody; it is known only now."""
        token, now = secrets.token_urlsafe(TOKEN_BYTES), self._clock()
        with self._sessions() as session, session.begin():
            session.execute(sa.delete(links).where(links.c.expires_at < now))
            session.execute(
                sa.insert(links).values(
                    token_hash=hash_of(token),
                    pseudonym=pseudonym,
                    actor=actor,
                    expires_at=now + timedelta(minutes=GOOD_MINUTES),
                )
            )
        return token

    def is_open(self, token: str) -> bool:
        """Whether the link can still be opened."""
        unused = (links.c.session_hash.is_(None), links.c.expires_at > self._clock())
        with self._sessions() as session:
            query = sa.select(links.c.token_hash).where(links.c.token_hash == hash_of(token), *unused)
            return session.execute(query).first() is not None

    def open(self, token: str) -> str | None:
        """Opens a link: the word for the browser's session, or None when it cannot be opened any more."""
        word, now = secrets.token_urlsafe(TOKEN_BYTES), self._clock()
        with self._sessions() as session, session.begin():
            taken = session.execute(
                sa.update(links)
                .where(
                    links.c.token_hash == hash_of(token),
                    links.c.session_hash.is_(None),
                    links.c.expires_at > now,
                )
                .values(session_hash=hash_of(word), expires_at=now + timedelta(minutes=SESSION_MINUTES))
            )
        return word if taken.rowcount else None

    def who(self, word: str) -> Editor | None:
        """Whose session it is; None when it is over."""
        query = sa.select(links).where(
            links.c.session_hash == hash_of(word), links.c.expires_at > self._clock()
        )
        with self._sessions() as session:
            row = session.execute(query).first()
        return Editor(row.pseudonym, row.actor) if row else None

    def close(self, word: str) -> None:
        """Ends a session."""
        with self._sessions() as session, session.begin():
            session.execute(sa.delete(links).where(links.c.session_hash == hash_of(word)))
