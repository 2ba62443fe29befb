"""Things to do later: neutral reminders, and deleting the confirmation of a wipe. They survive a restart.

An errand holds whom and when, never why: a reminder on a locked screen says nothing.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import Callable, List, Optional

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.privacy.keys import Keyring
from bot.telegram.tables import errands

REMIND = "remind"
DELETE = "delete"

RETRY_SECONDS = 60.0
"""An errand that was taken up but not finished is taken up again after this."""


@dataclass(frozen=True)
class Errand:
    """Something that is due."""

    id: str
    chat: str
    kind: str
    address: int
    message_id: Optional[int]


class Errands:
    """Errands in the database; every method blocks.

    Args:
        clock: seconds since 1970.
    """

    def __init__(self, engine: Engine, keyring: Keyring, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._keyring = keyring
        self._clock = clock

    def delete_later(self, chat: str, address: int, message_id: int, after_seconds: float) -> None:
        """Deletes one of our messages later."""
        with self._engine.begin() as connection:
            connection.execute(
                sa.insert(errands).values(
                    id=secrets.token_urlsafe(16),
                    chat=chat,
                    kind=DELETE,
                    address=self._keyring.encrypt(str(address).encode()),
                    message_id=message_id,
                    due_at=self._clock() + after_seconds,
                )
            )

    def take_due(self) -> List[Errand]:
        """What is due now. Each is handed out once: to another process only when this one has not called `done`
        within `RETRY_SECONDS`."""
        now = self._clock()
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(errands).where(errands.c.due_at <= now)).all()
        taken = []
        for row in rows:
            with self._engine.begin() as connection:
                mine = connection.execute(
                    sa.update(errands)
                    .where(errands.c.id == row.id, errands.c.due_at == row.due_at)
                    .values(due_at=now + RETRY_SECONDS)
                )
            if mine.rowcount:
                address = int(self._keyring.decrypt(row.address))
                taken.append(Errand(row.id, row.chat, row.kind, address, row.message_id))
        return taken

    def done(self, errand: Errand) -> None:
        with self._engine.begin() as connection:
            connection.execute(sa.delete(errands).where(errands.c.id == errand.id))
