"""What the directory shows: frozen views of one entry, complete and already stripped of what must not be
shown.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from bot.directory.codes import (
    CAUTIONS,
    AccessMode,
    Confidentiality,
    FreshnessLevel,
    PlaceState,
    Reason,
    Scope,
)
from bot.directory.hours import Hours
from bot.directory.places import Place


@dataclass(frozen=True)
class PhoneNumber:
    """A number as people dial it; `type` after HSDS (voice, text, whatsapp …)."""

    number: str
    type: str = "voice"
    description: str | None = None


@dataclass(frozen=True)
class Contact:
    """Whom to call instead of the service itself: the focal point in charge. A post, not always a name."""

    name: str | None
    title: str | None
    organization: str | None
    phones: tuple[PhoneNumber, ...]


@dataclass(frozen=True)
class Cost:
    """`code` is one of `codes.CostCode`; `amount` is a decimal number as text, in `currency` (ISO 4217)."""

    code: str
    amount: str | None = None
    currency: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Spoken:
    """A language: ISO 639 code, `sgn` for sign language; `name` for languages without a code of their own."""

    code: str
    name: str | None = None


@dataclass(frozen=True)
class Eligibility:
    """Whom the service takes; an age of None is no limit, a `safe_for_…` of None is not known."""

    minimum_age: int | None
    maximum_age: int | None
    female: bool
    male: bool
    safe_for_children: bool | None
    safe_for_men: bool | None
    safe_for_lgbtiq: bool | None
    note: str | None = None


@dataclass(frozen=True)
class Match:
    """One entry, ready to be worded. Optional fields are None when not known or not to be shown.

    A confidential entry has no `address`, `phones` or exact distance, and `contact_focal_point` instead.
    `place_within` is what the place lies in, nearest first. `area` is what the entry serves, when that is
    limited. `reasons` say why it is shown and, where `cautions` lists them, what is uncertain or costs the
    person something: every caution is to be said.
    """

    service_id: str
    name: str
    organization: str
    need: str
    needs: tuple[str, ...]
    description: str | None
    alert: str | None
    confidentiality: Confidentiality
    access_mode: AccessMode
    access_note: str | None
    phones: tuple[PhoneNumber, ...]
    address: str | None
    transportation: str | None
    contact_focal_point: Contact | None
    place: str | None
    place_within: tuple[str, ...]
    area: tuple[str, ...]
    distance_km: float | None
    hours: Hours
    opening_hours: str | None
    costs: tuple[Cost, ...]
    languages: tuple[Spoken, ...]
    accessibility: tuple[str, ...]
    documents: tuple[str, ...]
    eligibility: Eligibility
    has_pep: bool | None
    has_ec: bool | None
    has_forensic: bool | None
    requires_police_report: bool | None
    verified_on: date | None
    verified_days: int | None
    freshness: FreshnessLevel
    phone_freshness: FreshnessLevel
    hours_freshness: FreshnessLevel
    expired: bool
    reasons: tuple[Reason, ...]

    @property
    def cautions(self) -> tuple[Reason, ...]:
        return tuple(reason for reason in self.reasons if reason in CAUTIONS)

    def as_dict(self) -> dict[str, Any]:
        """The view as plain JSON values; dates and instants in ISO 8601."""
        values = {name: _plain(value) for name, value in asdict(self).items()}
        return values | {"cautions": list(self.cautions)}


@dataclass(frozen=True)
class SearchResult:
    """The answer to one query.

    Look at `place_state` first. `ambiguous`: several places bear the name, nothing was searched, ask which.
    `unknown`: no such place, and only what serves the whole country is given. `guessed`: say which place
    was taken. `scope` is how far the best match is. `fallback` holds nation-wide lines to offer beside
    matches that are not here (or instead of none); with scope `none` say what to do where there is no
    service (guidance.md §7).
    """

    matches: tuple[Match, ...]
    place: Place | None
    ambiguous: tuple[Place, ...]
    scope: Scope
    more: bool
    place_state: PlaceState = "not_given"
    fallback: tuple[Match, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return {
            "place_state": self.place_state,
            "place": place_dict(self.place) if self.place else None,
            "ambiguous": [place_dict(place) for place in self.ambiguous],
            "scope": self.scope,
            "more": self.more,
            "matches": [match.as_dict() for match in self.matches],
            "fallback": [match.as_dict() for match in self.fallback],
        }


def place_dict(place: Place) -> dict[str, Any]:
    """A place as plain JSON values."""
    return {"code": place.code, "name": place.name, "level": place.level, "within": list(place.within)}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
