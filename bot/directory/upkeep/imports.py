"""Files brought to the pages of the desk: looked at by whoever brings them, applied by a second person if need be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from bot.directory.base import utc_now
from bot.directory.changes import Refusal, new_code
from bot.directory.exchange.exchange import Import
from bot.directory.record import SENSITIVE, Record
from bot.directory.upkeep.office import Office
from bot.directory.upkeep.proposals import Editor
from bot.directory.upkeep.tables import imports
from bot.privacy.keys import Keyring

KEPT_DAYS: Final = 14
LONGEST_NAME: Final = 120


@dataclass(frozen=True)
class Brought:
    """A file that waits."""

    id: str
    proposer: str
    actor: str
    name: str
    at: datetime


class Imports:
    """Files that wait. Every method blocks.

    Args:
        office: the upkeep.
        keyring: encrypts the files.
    """

    def __init__(self, office: Office, keyring: Keyring, clock: Callable[[], datetime] = utc_now) -> None:
        self._office = office
        self._keyring = keyring
        self._clock = clock

    def bring(self, by: Editor, name: str, data: bytes) -> str:
        """Keeps a file that can be read; its code.

        Raises:
            FileRefused: it cannot be read.
        """
        self._office.exchange.read(data, name)
        code, now = new_code(), self._clock()
        with self._office.sessions() as session, session.begin():
            session.execute(sa.delete(imports).where(imports.c.at < now - timedelta(days=KEPT_DAYS)))
            session.execute(
                sa.insert(imports).values(
                    id=code,
                    proposer=by.pseudonym,
                    actor=by.actor,
                    name=name[-LONGEST_NAME:],
                    content=self._keyring.encrypt(data),
                    at=now,
                )
            )
        return code

    def waiting(self) -> list[Brought]:
        """Files that wait, the oldest first."""
        columns = [column for column in imports.c if column.name != "content"]
        query = sa.select(*columns).where(imports.c.at > self._clock() - timedelta(days=KEPT_DAYS))
        with self._office.sessions() as session:
            rows = session.execute(query.order_by(imports.c.at)).all()
        return [Brought(row.id, row.proposer, row.actor, row.name, row.at) for row in rows]

    def look(self, code: str) -> tuple[Brought, Import]:
        """What a file would do now.

        Raises:
            Refusal: it does not wait any more.
            FileRefused: it cannot be read any more.
        """
        with self._office.sessions() as session:
            row = session.execute(sa.select(imports).where(imports.c.id == code.upper())).first()
        if row is None:
            raise Refusal("this file does not wait any more")
        brought = Brought(row.id, row.proposer, row.actor, row.name, row.at)
        return brought, self._office.exchange.read(self._keyring.decrypt(row.content), row.name)

    def obstacle(self, brought: Brought, read: Import, by: Editor) -> str | None:
        """The id of the text that says why a person may not apply a file; None when they may."""
        if read.plan.refused:
            return "page.obstacle.refused"
        if read.plan.is_empty:
            return "page.obstacle.nothing"
        if not all(self._office.looks_after(by.pseudonym, record) for record in _touched(read)):
            return "page.obstacle.area"
        if brought.proposer == by.pseudonym and is_sensitive(read):
            return "page.obstacle.second"
        return None

    def apply(self, code: str, by: Editor, why: str) -> str:
        """Does what the file says; the batch by which it can be taken back.

        Raises:
            Refusal: the person may not, or the directory was changed in the meantime.
            FileRefused: it cannot be read any more.
        """
        brought, read = self.look(code)
        if self.obstacle(brought, read, by) is not None:
            raise Refusal("this file cannot be applied by you")
        actor = (
            brought.actor if brought.proposer == by.pseudonym else f"{brought.actor}, approved by {by.actor}"
        )
        batch = self._office.exchange.apply(read, actor[:60], why)
        self.drop(code)
        return batch

    def drop(self, code: str) -> None:
        """Lets a file go."""
        with self._office.sessions() as session, session.begin():
            session.execute(sa.delete(imports).where(imports.c.id == code.upper()))


def is_sensitive(read: Import) -> bool:
    """Whether a second person must look: it brings services, or changes where or how one is reached."""
    return bool(read.plan.new or read.places) or any(
        SENSITIVE & set(each.fields) for each in read.plan.changed
    )


def _touched(read: Import) -> list[Record]:
    records = [record for record, _ in read.plan.new]
    for change in read.plan.changed:
        records += [change.before, change.after]
    return records
