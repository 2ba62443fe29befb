"""How far what we know has aged: from days since the last confirmation to a level per field.

A number goes wrong sooner than a building moves away, so each field ages at its own rate. The
thresholds are the product's own proposal (issue 5); an organisation sets others in its settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.directory.codes import Field, FreshnessLevel

LEVELS: Final[tuple[FreshnessLevel, ...]] = ("fresh", "ageing", "old", "never")
"""From best to worst."""


@dataclass(frozen=True)
class Thresholds:
    """After how many days a confirmed field is `old`; `ageing` from `ageing_share` of that on."""

    existence: int = 180
    phone: int = 90
    hours: int = 60
    ageing_share: float = 0.5

    def days(self, field: Field) -> int:
        return {"existence": self.existence, "phone": self.phone, "hours": self.hours}[field]


@dataclass(frozen=True)
class Freshness:
    """What is known about one entry's age: the day and age of the last confirmation, and levels per field."""

    verified_on: date | None
    verified_days: int | None
    existence: FreshnessLevel
    phone: FreshnessLevel
    hours: FreshnessLevel

    @property
    def level(self) -> FreshnessLevel:
        """The level of the entry: as good as the worse of "does it exist" and "does the number work"."""
        return max(self.existence, self.phone, key=LEVELS.index)


def level(verified_on: date | None, today: date, threshold_days: int, ageing_share: float) -> FreshnessLevel:
    """The level of one field; a day in the future (another time zone, a typing error) counts as today."""
    if verified_on is None:
        return "never"
    age = max(0, (today - verified_on).days)
    if age > threshold_days:
        return "old"
    return "ageing" if age > threshold_days * ageing_share else "fresh"


def freshness(
    assured_date: date | None, confirmed: Mapping[str, date], today: date, thresholds: Thresholds
) -> Freshness:
    """Levels from the day the whole entry was assured and the days single fields were confirmed, the later
    counts.
    """

    def newest(field: Field) -> date | None:
        days = [day for day in (assured_date, confirmed.get(field)) if day is not None]
        return max(days, default=None)

    def level_of(field: Field) -> FreshnessLevel:
        return level(newest(field), today, thresholds.days(field), thresholds.ageing_share)

    verified_on = newest("existence")
    return Freshness(
        verified_on=verified_on,
        verified_days=None if verified_on is None else max(0, (today - verified_on).days),
        existence=level_of("existence"),
        phone=level_of("phone"),
        hours=level_of("hours"),
    )
