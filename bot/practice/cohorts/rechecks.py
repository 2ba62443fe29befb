"""Invitations to play a scenario again in other clothes, a week, a month and half a year later.

Only who agreed is invited. Where people are written to, they get a message that says nothing; elsewhere the invitation
waits until they come back. Declining once ends all of it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Callable, Final, Optional, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.practice.cohorts import tables
from bot.practice.cohorts.members import DAY
from bot.practice.cohorts.results import RECHECK_DAYS
from bot.privacy.keys import Keyring

OPEN_DAYS: Final = 21
"""Days an invitation stays open; whoever did not come until then is left in peace until the next one."""


@dataclass(frozen=True)
class Recheck:
    """An invitation that is due.

    Attributes:
        occasion: `week`, `month` or `half_year`.
        scenario: whose parallel variant is to be played.
    """

    member: str
    occasion: str
    scenario: str


@dataclass(frozen=True)
class Call:
    """Somebody to be written to: where, and in which language."""

    address: str
    language: str


class Rechecks:
    """The invitations. Every method blocks.

    Args:
        engine: the database.
        keyring: reads addresses.
        clock: seconds since 1970.
    """

    def __init__(self, engine: Engine, keyring: Keyring, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._keyring = keyring
        self._clock = clock

    def plan(self, member: str, scenario: str) -> None:
        """Invites a member after each time, counted from now; a plan that there is already stays as it is."""
        table, now = tables.rechecks, self._clock()
        with self._engine.begin() as connection:
            if connection.execute(sa.select(table.c.member).where(table.c.member == member)).first():
                return
            connection.execute(
                sa.insert(table),
                [
                    {"member": member, "occasion": occasion, "scenario": scenario, "due_at": now + days * DAY}
                    for occasion, days in RECHECK_DAYS.items()
                ],
            )

    def due(self, members: Sequence[str]) -> Optional[Recheck]:
        """The latest invitation that is due for any of these memberships of one person."""
        table = tables.rechecks
        query = (
            sa.select(table)
            .where(table.c.member.in_(list(members)), table.c.due_at <= self._clock())
            .order_by(table.c.due_at.desc())
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return Recheck(row.member, row.occasion, row.scenario) if row else None

    def take_calls(self, channel: str) -> list[Call]:
        """Whom to write to now in a channel; each invitation is handed out once, by one process."""
        table, people = tables.rechecks, tables.members
        query = (
            sa.select(table, people.c.address, people.c.language)
            .join(people, people.c.id == table.c.member)
            .where(
                table.c.due_at <= self._clock(),
                table.c.asked_at.is_(None),
                people.c.channel == channel,
                people.c.address.is_not(None),
                people.c.wants_recheck,
            )
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        calls = []
        for row in rows:
            if self._mark_asked(row.member, row.occasion):
                calls.append(Call(self._keyring.decrypt(row.address).decode(), row.language))
        # Somebody in two sessions is written to once.
        return list({call.address: call for call in calls}.values())

    def _mark_asked(self, member: str, occasion: str) -> bool:
        table = tables.rechecks
        with self._engine.begin() as connection:
            mine = connection.execute(
                sa.update(table)
                .where(table.c.member == member, table.c.occasion == occasion, table.c.asked_at.is_(None))
                .values(asked_at=self._clock())
            )
        return bool(mine.rowcount)

    def done(self, recheck: Recheck) -> None:
        """The recheck was played; it and what was due before it go."""
        table = tables.rechecks
        self._delete(table.c.member == recheck.member, table.c.due_at <= self._clock())

    def decline(self, members: Sequence[str]) -> None:
        """No invitation any more, to any of these memberships."""
        mine = tables.members
        with self._engine.begin() as connection:
            connection.execute(sa.update(mine).where(mine.c.id.in_(list(members))).values(wants_recheck=False))
        self._delete(tables.rechecks.c.member.in_(list(members)))

    def purge(self) -> None:
        """Drops invitations that nobody took up."""
        self._delete(tables.rechecks.c.due_at < self._clock() - OPEN_DAYS * DAY)

    def _delete(self, *conditions: Any) -> None:
        with self._engine.begin() as connection:
            connection.execute(sa.delete(tables.rechecks).where(*conditions))
