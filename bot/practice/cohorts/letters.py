"""Messages that wait for people in a session: those in Telegram are handed over, those on the page fetch them."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Callable, Final, Iterable, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Engine

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

    def leave(self, letters: Iterable[tuple[str, Message]]) -> None:
        """Leaves messages, each for a seat, in this order."""
        rows = [
            {"seat": seat, "content": self._keyring.encrypt(_as_json(message).encode()), "at": self._clock()}
            for seat, message in letters
        ]
        if rows:
            with self._engine.begin() as connection:
                connection.execute(sa.insert(tables.letters), rows)

    def waiting(self, seat: str, after: int = 0) -> list[Letter]:
        """What waits for somebody, the oldest first. Whatever came up to number `after` has arrived and goes."""
        table = tables.letters
        with self._engine.begin() as connection:
            if after:
                connection.execute(sa.delete(table).where(table.c.seat == seat, table.c.id <= after))
            rows = connection.execute(sa.select(table).where(table.c.seat == seat).order_by(table.c.id)).all()
        return [Letter(row.id, row.seat, self._message(row.content)) for row in rows]

    def take(self, channel: str) -> list[Letter]:
        """What waits for people of a channel that is written to, the oldest first; each is handed out once."""
        found = []
        for where in (tables.members, tables.stages):
            table = tables.letters
            addresses = (
                sa.select(where.c.seat, sa.func.max(where.c.address).label("address"))
                .where(where.c.channel == channel, where.c.address.is_not(None), where.c.seat.is_not(None))
                .group_by(where.c.seat)
                .subquery()
            )
            query = sa.select(table, addresses.c.address).join(addresses, addresses.c.seat == table.c.seat)
            with self._engine.connect() as connection:
                rows = connection.execute(query.order_by(table.c.id)).all()
            for row in rows:
                with self._engine.begin() as connection:
                    mine = connection.execute(sa.delete(table).where(table.c.id == row.id))
                if mine.rowcount:
                    address = self._keyring.decrypt(row.address).decode()
                    found.append(Letter(row.id, row.seat, self._message(row.content), address))
        return sorted(found, key=lambda letter: letter.number)

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
