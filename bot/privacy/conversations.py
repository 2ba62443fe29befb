"""Where the state of conversations is kept: one encrypted record a pseudonym, and nothing else.

A record holds the position in the dialogue (slots without identity), never a message. It can be wiped and
purged without Rasa.
"""

from __future__ import annotations

import contextlib
import json
import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Iterator, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.privacy.keys import Keyring

metadata = sa.MetaData()

conversations = sa.Table(
    "conversation",
    metadata,
    sa.Column("pseudonym", sa.String(32), primary_key=True),
    sa.Column("updated_at", sa.Float, nullable=False, index=True),
    sa.Column("state", sa.LargeBinary, nullable=False),
)
"""`updated_at` is seconds since 1970 (UTC); `state` is a Fernet token over JSON."""


@dataclass
class Held:
    """What a turn wants written, as encrypted records, until somebody commits it."""

    records: Dict[str, bytes] = field(default_factory=dict)


_held: ContextVar[Optional[Held]] = ContextVar("held_conversations", default=None)


class ConversationStore:
    """Reads and writes encrypted conversation records.

    Args:
        engine: the database.
        keyring: the keys the records are encrypted with.
        clock: seconds since 1970.
    """

    def __init__(self, engine: Engine, keyring: Keyring, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._keyring = keyring
        self._clock = clock

    def read(self, pseudonym: str) -> Optional[dict[str, Any]]:
        """The record's state, or None when there is no record.

        Raises:
            KeyFileError: the record does not fit the keys.
        """
        held = _held.get()
        token = held.records.get(pseudonym) if held else None
        if token is None:
            query = sa.select(conversations.c.state).where(conversations.c.pseudonym == pseudonym)
            with self._engine.connect() as connection:
                token = connection.execute(query).scalar_one_or_none()
        if token is None:
            return None
        state: dict[str, Any] = json.loads(self._keyring.decrypt(token))
        return state

    def write(self, pseudonym: str, state: dict[str, Any]) -> None:
        """Replaces the record; within `hold`, when it is committed."""
        token = self._keyring.encrypt(json.dumps(state, ensure_ascii=False).encode())
        held = _held.get()
        if held is not None:
            held.records[pseudonym] = token
            return
        with self._engine.begin() as connection:
            self._put(connection, pseudonym, token)

    @contextlib.contextmanager
    def hold(self) -> Iterator[Held]:
        """Within it, this task's records are held back, so that a channel can commit them together with its
        answer: a process that dies in between has then done neither."""
        held = Held()
        token = _held.set(held)
        try:
            yield held
        finally:
            _held.reset(token)

    def commit(self, connection: Connection, held: Held) -> None:
        """Writes what was held, in the caller's transaction."""
        for pseudonym, token in held.records.items():
            self._put(connection, pseudonym, token)

    def _put(self, connection: Connection, pseudonym: str, token: bytes) -> None:
        values = {"updated_at": self._clock(), "state": token}
        changed = connection.execute(
            sa.update(conversations).where(conversations.c.pseudonym == pseudonym).values(**values)
        )
        if changed.rowcount == 0:
            connection.execute(sa.insert(conversations).values(pseudonym=pseudonym, **values))

    def pseudonyms(self) -> list[str]:
        with self._engine.connect() as connection:
            return list(connection.execute(sa.select(conversations.c.pseudonym)).scalars())

    def wipe(self, pseudonym: str) -> bool:
        """Deletes the record; whether there was one."""
        with self._engine.begin() as connection:
            return self.wipe_within(connection, pseudonym)

    def wipe_within(self, connection: Connection, pseudonym: str) -> bool:
        """As `wipe`, in the caller's transaction."""
        gone = connection.execute(sa.delete(conversations).where(conversations.c.pseudonym == pseudonym))
        return bool(gone.rowcount)

    def purge(self, older_than_hours: float) -> int:
        """Deletes every record whose last message is older; how many there were."""
        before = self._clock() - older_than_hours * 3600
        with self._engine.begin() as connection:
            gone = connection.execute(sa.delete(conversations).where(conversations.c.updated_at < before))
        return int(gone.rowcount)

    def count(self) -> int:
        with self._engine.connect() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(conversations)).scalar_one())
