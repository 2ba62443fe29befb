"""Where help is missing: searches that found nothing there, counted by need, district and month.

Nothing else is kept: no person, no words, no time of day. A place is counted as the district it lies in, and a small
number is shown as "fewer than five", because a single search in a small place may lead to somebody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from bot.directory.codes import Scope
from bot.directory.places import Gazetteer, Place

FEWEST_SHOWN: Final = 5
"""Counts below this are not shown as a number (small cells are suppressed, as in published statistics)."""

KEPT_MONTHS: Final = 24

_AREA_LEVELS: Final = ("district", "region", "country")
_TRIES: Final = 2

metadata = sa.MetaData()

gaps = sa.Table(
    "search_gap",
    metadata,
    sa.Column("month", sa.String(7), primary_key=True),
    sa.Column("need", sa.String(40), primary_key=True),
    sa.Column("area", sa.String(40), primary_key=True),
    sa.Column("outcome", sa.String(10), primary_key=True),
    sa.Column("searches", sa.Integer, nullable=False),
)
"""`month` as 2026-11; `area` a P-code; `outcome` `nothing`, or `elsewhere` when only services at a distance were
found."""


@dataclass(frozen=True)
class Gap:
    """What was looked for in vain: how often, None standing for fewer than `FEWEST_SHOWN`."""

    month: str
    need: str
    area: str
    outcome: str
    searches: int | None


class Gaps:
    """The counts. Every method blocks."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def count(self, need: str, place: Place, scope: Scope, gazetteer: Gazetteer, today: date) -> None:
        """Counts a search, if it found nothing at the place."""
        if scope == "here":
            return
        values = {
            "month": today.strftime("%Y-%m"),
            "need": need,
            "area": _area(place, gazetteer).code,
            "outcome": "elsewhere" if scope == "nearby" else "nothing",
        }
        for _ in range(_TRIES):
            try:
                with self._engine.begin() as connection:
                    if not connection.execute(_one_more(values)).rowcount:
                        connection.execute(sa.insert(gaps).values(**values, searches=1))
                return
            except IntegrityError:
                continue  # another process counted the first one in this moment

    def table(self) -> list[Gap]:
        """Every count, the latest month and the largest numbers first."""
        query = sa.select(gaps).order_by(gaps.c.month.desc(), gaps.c.searches.desc(), gaps.c.need, gaps.c.area)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [
            Gap(
                row.month,
                row.need,
                row.area,
                row.outcome,
                row.searches if row.searches >= FEWEST_SHOWN else None,
            )
            for row in rows
        ]

    def purge(self, today: date) -> None:
        """Drops what is older than `KEPT_MONTHS`."""
        months = today.year * 12 + today.month - 1 - KEPT_MONTHS
        oldest = f"{months // 12:04d}-{months % 12 + 1:02d}"
        with self._engine.begin() as connection:
            connection.execute(sa.delete(gaps).where(gaps.c.month < oldest))


def _one_more(values: dict[str, str]) -> sa.sql.Update:
    same = [gaps.c[name] == value for name, value in values.items()]
    return sa.update(gaps).where(*same).values(searches=gaps.c.searches + 1)


def _area(place: Place, gazetteer: Gazetteer) -> Place:
    """The district a place lies in, or the next larger area there is."""
    area = place
    while area.level not in _AREA_LEVELS and area.parent_id and (parent := gazetteer.get(area.parent_id)):
        area = parent
    return area
