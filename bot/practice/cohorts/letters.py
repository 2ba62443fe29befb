"""Messages that wait for people in a session: those in Telegram are handed over, those on the page fetch them."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Callable, Final, Iterable, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.practice.cohorts import tables
from bot.privacy.keys import Keyring
from bot.wording.renderer import Button, Message

KEPT_HOURS: Final = 24
"""Hours a message waits for somebody who does not fetch it: its scene is over by then."""


@dataclass(frozen=True)
class Letter:
    """A message that waits.

    Attributes:
        number: goes up with every letter.
        seat: for whom.
        address: the chat's number, for channels that are written to.
    """

    number: int
    seat: str
    message: Message
    address: Optional[str] = None


@dataclass(frozen=True)
class Outgoing:
    """A message to be left for somebody.

    Attributes:
        scene: key of the scene it tells of, when the scene itself tells the same to whoever comes back; else None.
    """

    seat: str
    message: Message
    scene: Optional[str] = None


class Letters:
    """The messages that wait. Every method blocks.

    Args:
        engine: the database.
        keyring: encrypts them.
        clock: seconds since 1970.
    """

    def __init__(self, engine: Engine, keyring: Keyring, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._keyring = keyring
        self._clock = clock

    def leave(self, letters: Iterable[Outgoing]) -> None:
        """Leaves messages, in this order."""
        found = list(letters)
        if found:
            with self._engine.begin() as connection:
                self.leave_within(connection, found)

    def leave_within(self, connection: Connection, letters: Iterable[Outgoing]) -> None:
        """As `leave`, in the caller's transaction. What many read alike is encrypted once."""
        sealed: dict[Message, bytes] = {}
        rows = []
        for letter in letters:
            if letter.message not in sealed:
                sealed[letter.message] = self._keyring.encrypt(_as_json(letter.message).encode())
            content = sealed[letter.message]
            rows.append({"seat": letter.seat, "scene": letter.scene, "content": content, "at": self._clock()})
        if rows:
            connection.execute(sa.insert(tables.letters), rows)

    def waiting(self, seat: str, after: int = 0) -> list[Letter]:
        """What waits for somebody, the oldest first. Whatever came up to number `after` has arrived and goes."""
        table = tables.letters
        query = sa.select(table).where(table.c.seat == seat).order_by(table.c.id)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        if any(row.id <= after for row in rows):
            with self._engine.begin() as connection:
                connection.execute(sa.delete(table).where(table.c.seat == seat, table.c.id <= after))
        return [Letter(row.id, row.seat, self._message(row.content)) for row in rows if row.id > after]

    def newest(self) -> int:
        """The highest number so far."""
        with self._engine.connect() as connection:
            return int(connection.execute(sa.select(sa.func.max(tables.letters.c.id))).scalar_one() or 0)

    def drop_told(self, seat: str, scene: str, up_to: int) -> None:
        """Drops what somebody has just read from the scene itself."""
        table = tables.letters
        told = (table.c.seat == seat, table.c.scene == scene, table.c.id <= up_to)
        with self._engine.begin() as connection:
            connection.execute(sa.delete(table).where(*told))

    def for_channel(self, channel: str) -> list[Letter]:
        """What waits for people of a channel that is written to, the oldest first; `done` takes each out."""
        table = tables.letters
        found: dict[int, Letter] = {}
        with self._engine.connect() as connection:
            for where in (tables.members, tables.stages):
                query = (
                    sa.select(table.c.id, table.c.seat, table.c.content, where.c.address)
                    .join(where, where.c.seat == table.c.seat)
                    .where(where.c.channel == channel, where.c.address.is_not(None))
                )
                for row in connection.execute(query):
                    if row.id not in found:
                        address = self._keyring.decrypt(row.address).decode()
                        found[row.id] = Letter(row.id, row.seat, self._message(row.content), address)
        return [found[number] for number in sorted(found)]

    @staticmethod
    def done(connection: Connection, number: int) -> bool:
        """Takes a letter out, in the transaction that hands it over; False when somebody else has it already."""
        gone = connection.execute(sa.delete(tables.letters).where(tables.letters.c.id == number))
        return bool(gone.rowcount)

    def purge(self) -> None:
        """Drops what nobody fetched."""
        with self._engine.begin() as connection:
            before = self._clock() - KEPT_HOURS * 3600
            connection.execute(sa.delete(tables.letters).where(tables.letters.c.at < before))

    def _message(self, content: bytes) -> Message:
        data = json.loads(self._keyring.decrypt(content))
        return Message(data["text"], tuple(Button(title, payload) for title, payload in data["buttons"]))


def _as_json(message: Message) -> str:
    buttons = [[button.title, button.payload] for button in message.buttons]
    return json.dumps({"text": message.text, "buttons": buttons}, ensure_ascii=False)
