"""Messages that wait for people with a role, until a front end hands them over. They wait encrypted."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from bot.directory.base import utc_now
from bot.directory.changes import new_code
from bot.directory.upkeep.tables import notices
from bot.privacy.keys import Keyring
from bot.storage.engine import SessionFactory
from bot.wording.renderer import Button, Message

KEPT_DAYS: Final = 14
"""Days a message waits for somebody who cannot be reached."""


@dataclass(frozen=True)
class Notice:
    """A message for somebody."""

    id: str
    pseudonym: str
    message: Message


class Notices:
    """The messages that wait. Every method blocks."""

    def __init__(
        self, sessions: SessionFactory, keyring: Keyring, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._sessions = sessions
        self._keyring = keyring
        self._clock = clock

    def add(self, pseudonym: str, message: Message) -> None:
        """Leaves a message for somebody."""
        buttons = [[button.title, button.payload] for button in message.buttons]
        content = json.dumps({"text": message.text, "buttons": buttons}, ensure_ascii=False)
        with self._sessions() as session, session.begin():
            session.execute(
                sa.insert(notices).values(
                    id=new_code(),
                    pseudonym=pseudonym,
                    content=self._keyring.encrypt(content.encode()),
                    at=self._clock(),
                )
            )

    def waiting(self) -> list[Notice]:
        """Every message that waits, the oldest first."""
        with self._sessions() as session:
            rows = session.execute(sa.select(notices).order_by(notices.c.at)).all()
        found = []
        for row in rows:
            content = json.loads(self._keyring.decrypt(row.content))
            buttons = tuple(Button(title, payload) for title, payload in content["buttons"])
            found.append(Notice(row.id, row.pseudonym, Message(content["text"], buttons)))
        return found

    def done(self, notice: Notice) -> bool:
        """Takes a message out, before it is handed over; False when somebody else has it already."""
        with self._sessions() as session, session.begin():
            gone = session.execute(sa.delete(notices).where(notices.c.id == notice.id))
        return bool(gone.rowcount)

    def purge(self) -> None:
        before = self._clock() - timedelta(days=KEPT_DAYS)
        with self._sessions() as session, session.begin():
            session.execute(sa.delete(notices).where(notices.c.at < before))
