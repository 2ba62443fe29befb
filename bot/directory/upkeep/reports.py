"""What staff found when they called: "no answer", "wrong number", "refused", "closed", "good".

A report says something of the service and nothing of anybody. Two recent ones put a service in doubt, five hide it
until somebody has looked; their weight halves every month, and "good" takes one away. A person counts once a month for
each service and may report a few times a day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal, get_args

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.directory import models
from bot.directory.base import new_id, utc_now
from bot.directory.history import Seal
from bot.directory.upkeep.tables import allowances, reports
from bot.storage.engine import SessionFactory

Kind = Literal["no_answer", "wrong_number", "refused", "closed", "good"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

Doubt = Literal["flagged", "hidden"]

HALF_LIFE_DAYS: Final = 30
FLAGGED_FROM: Final = 1.5
HIDDEN_FROM: Final = 4.25
"""Weights from which a service is in doubt or hidden: two and five reports of the last days."""

A_DAY: Final = 10
"""Reports a person may make on a day."""

KEPT_DAYS: Final = 120

Outcome = Literal["counted", "again", "too_many", "unknown"]


@dataclass(frozen=True)
class Reported:
    """What became of a report. `became`: the doubt it newly put the service in."""

    outcome: Outcome
    became: Doubt | None = None


class Reports:
    """Reports. Every method blocks.

    Args:
        sessions: the database.
        seal: a keyed hash, so that a person can be counted once and not be found.
        clock: the present.
    """

    def __init__(self, sessions: SessionFactory, seal: Seal, clock: Callable[[], datetime] = utc_now) -> None:
        self._sessions = sessions
        self._seal = seal
        self._clock = clock

    def report(self, service_id: str, kind: Kind, person: str) -> Reported:
        """Counts a report of a person (a pseudonym, of which nothing is kept).

        Raises:
            ValueError: no such kind.
        """
        if kind not in KINDS:
            raise ValueError(f"no such kind: {kind}")
        today = self._clock().date()
        reporter = self._seal(f"report\0{today:%Y-%m}\0{person}\0{service_id}")[:32]
        try:
            with self._sessions() as session, session.begin():
                service = models.Service.__table__
                row = session.execute(sa.select(service.c.doubt).where(service.c.id == service_id)).first()
                if row is None:
                    return Reported("unknown")
                if session.execute(sa.select(reports.c.id).where(reports.c.reporter == reporter)).first():
                    return Reported("again")
                if not self._allowed(session, person, today):
                    return Reported("too_many")
                session.execute(
                    sa.insert(reports).values(
                        id=new_id(), service_id=service_id, kind=kind, on=today, reporter=reporter
                    )
                )
                doubt = self._judge(session, service_id, today)
                if doubt != row.doubt:
                    _set_doubt(session, service_id, doubt)
                worse = doubt is not None and row.doubt not in (doubt, "hidden")
                return Reported("counted", doubt if worse else None)
        except IntegrityError:
            return Reported("again")  # the same tap arrived twice at once

    def counts(self, service_id: str) -> Counter[str]:
        """How often each kind was reported of late."""
        query = sa.select(reports.c.kind).where(reports.c.service_id == service_id)
        with self._sessions() as session:
            return Counter(session.execute(query).scalars())

    def in_doubt(self) -> dict[str, Doubt]:
        """Services in doubt, by id."""
        service = models.Service.__table__
        query = sa.select(service.c.id, service.c.doubt).where(service.c.doubt.is_not(None))
        with self._sessions() as session:
            return {row.id: row.doubt for row in session.execute(query)}

    def clear(self, service_id: str) -> None:
        """Forgets what was reported, because somebody has looked."""
        with self._sessions() as session, session.begin():
            session.execute(sa.delete(reports).where(reports.c.service_id == service_id))
            _set_doubt(session, service_id, None)

    def fade(self) -> None:
        """Lifts doubts whose reports have lost their weight, and drops what is old."""
        today = self._clock().date()
        with self._sessions() as session, session.begin():
            session.execute(sa.delete(reports).where(reports.c.on < today - timedelta(days=KEPT_DAYS)))
            session.execute(sa.delete(allowances).where(allowances.c.on < today))
            service = models.Service.__table__
            for row in session.execute(
                sa.select(service.c.id, service.c.doubt).where(service.c.doubt.is_not(None))
            ).all():
                doubt = self._judge(session, row.id, today)
                if row.doubt not in (doubt, "hidden"):  # hidden is lifted by a person only
                    _set_doubt(session, row.id, doubt)

    def _allowed(self, session: Session, person: str, today: date) -> bool:
        """Takes one of the person's reports of the day."""
        reporter = self._seal(f"allowance\0{today}\0{person}")[:32]
        taken = session.execute(
            sa.update(allowances)
            .where(allowances.c.reporter == reporter, allowances.c.count < A_DAY)
            .values(count=allowances.c.count + 1)
        )
        if taken.rowcount:
            return True
        if session.execute(sa.select(allowances.c.count).where(allowances.c.reporter == reporter)).first():
            return False
        session.execute(sa.insert(allowances).values(reporter=reporter, on=today, count=1))
        return True

    def _judge(self, session: Session, service_id: str, today: date) -> Doubt | None:
        rows = session.execute(
            sa.select(reports.c.kind, reports.c.on).where(reports.c.service_id == service_id)
        )
        weight = 0.0
        for kind, on in rows:
            share = 0.5 ** (max(0, (today - on).days) / HALF_LIFE_DAYS)
            weight += -share if kind == "good" else share
        return "hidden" if weight >= HIDDEN_FROM else "flagged" if weight >= FLAGGED_FROM else None


def _set_doubt(session: Session, service_id: str, doubt: Doubt | None) -> None:
    service = models.Service.__table__
    session.execute(
        sa.update(service)
        .where(service.c.id == service_id)
        .values(doubt=doubt, last_modified=service.c.last_modified)
    )
