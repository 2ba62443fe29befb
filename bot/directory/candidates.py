"""Finds, in the database, the entries that may answer a query: narrow rows, no text.

Statements are built once and run with parameters: building them costs more than running them.

Two kinds. *Located* entries stand somewhere and are found by a box around the place, in growing rings, so
that a search reads a few dozen rows however large the directory is. *Area* entries (help lines, outreach
teams, shelters whose address nobody may know) are found by the area they serve.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from math import cos, radians
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import Date, and_, bindparam, case, exists, func, literal, or_, select, true
from sqlalchemy.orm import Session

from bot.directory import models
from bot.directory.query import Query

KM_PER_DEGREE: Final = 111.2
"""Kilometres per degree of latitude; a box drawn with it is never smaller than the circle (rows are
measured later).
"""

ACCESS_CODES: Final = ("step_free", "home_visits", "accessible_transport")
"""Any one of these lets a person who cannot take stairs or a long way be served."""

NEEDS_TAXONOMY: Final = "needs"
"""Name of the taxonomy that holds the need ids of catalogue.yml."""

_SERVICE: Any = models.Service.__table__
_LOCATION: Any = models.Location.__table__
_AT: Any = models.ServiceAtLocation.__table__
_ATTRIBUTE: Any = models.Attribute.__table__
_AREA: Any = models.ServiceArea.__table__
_service, _location, _at, _attribute, _area = (
    table.c for table in (_SERVICE, _LOCATION, _AT, _ATTRIBUTE, _AREA)
)
_schedule: Any = models.Schedule.__table__.c
_verification: Any = models.Verification.__table__.c
_language: Any = models.Language.__table__.c
_accessibility: Any = models.Accessibility.__table__.c


class Candidate(NamedTuple):
    """What ranking needs to know about one entry at one location. `speaks`/`accessible` are None when not
    asked; `for_men`/`for_lgbtiq`: it lists support for them among what it does.
    """

    service_id: str
    location_id: str | None
    place_id: str | None
    latitude: float | None
    longitude: float | None
    is_physical: bool
    confidentiality: str
    comes_to_person: bool
    access_mode: str
    minimum_age: int | None
    maximum_age: int | None
    serves_female: bool
    serves_male: bool
    safe_for_children: bool | None
    safe_for_men: bool | None
    safe_for_lgbtiq: bool | None
    has_pep: bool | None
    has_ec: bool | None
    has_forensic: bool | None
    police_report_required: bool | None
    assured_date: date | None
    existence_verified: date | None
    phone_verified: date | None
    hours_verified: date | None
    verification_expires: date | None
    doubt: str | None
    need_position: int
    opening_hours: str | None
    speaks: bool | None
    accessible: bool | None
    has_area: bool
    covers: bool
    nationwide: bool
    for_men: bool
    for_lgbtiq: bool


class Lookup:
    """The candidates of one query, around one place. `lineage`: the place and all it lies in; `countries`
    of them.
    """

    def __init__(
        self, session: Session, query: Query, today: date, lineage: Sequence[str], countries: Sequence[str]
    ) -> None:
        self._session, self._query = session, query
        self._parameters = {
            "need": query.need,
            "today": today,
            "lineage": list(lineage),
            "countries": list(countries),
            "language": query.language,
        }

    def around(self, position: tuple[float, float], radius_km: float) -> list[Candidate]:
        """Entries that stand within about `radius_km` of a position."""
        latitude, longitude = position
        height = radius_km / KM_PER_DEGREE
        width = height / max(0.01, cos(radians(min(89.0, abs(latitude) + height))))
        if longitude - width < -180 or longitude + width > 180:  # across the date line: measured afterwards
            longitude, width = 0.0, 180.0
        box = {
            "south": latitude - height,
            "north": latitude + height,
            "west": longitude - width,
            "east": longitude + width,
        }
        return self._fetch("around", box)

    def standing_in(self, place_ids: Sequence[str]) -> list[Candidate]:
        """Entries that stand in one of these places."""
        return self._fetch("standing_in", {"places": list(place_ids)})

    def serving(self) -> list[Candidate]:
        """Entries without a place to go to, or that come to the person, and that serve the place."""
        return self._fetch("serving", {})

    def everything(self) -> list[Candidate]:
        """Every entry for the need, wherever."""
        return self._fetch("everything", {})

    def _fetch(self, which: _Which, parameters: Mapping[str, object]) -> list[Candidate]:
        statement = _statement(which, self._query.language is not None, self._query.accessible)
        rows = self._session.connection().execute(statement, self._parameters | dict(parameters))
        return [Candidate._make(row) for row in rows]


_Which = Literal["around", "standing_in", "serving", "everything"]


@cache
def _statement(which: _Which, language: bool, accessible: bool) -> Any:
    """The one statement for a kind of look-up; `language` and `accessible` say what the query asks."""
    located = and_(_location.location_type == "physical", _service.confidentiality != "hidden_address")
    columns = select(*_columns(language, accessible)).where(
        _attribute.taxonomy_term_id == _term_id(),
        _service.status == "active",
        or_(_service.doubt.is_(None), _service.doubt == "flagged"),
    )
    if which == "everything":
        path = _ATTRIBUTE.join(_SERVICE, _service.id == _attribute.link_id)
        return columns.select_from(_standing(path))
    if which == "serving":
        path = _AREA.join(_SERVICE, _service.id == _area.service_id)
        path = _standing(path.join(_ATTRIBUTE, _attribute.link_id == _service.id))
        served = _area.place_id.in_(bindparam("lineage", expanding=True))
        return columns.select_from(path).where(served, _is_by_area())
    path = _LOCATION.join(_AT, _at.location_id == _location.id)
    path = path.join(_ATTRIBUTE, _attribute.link_id == _at.service_id)
    # `coalesce` keeps the planner from reading the wide row of every service around before it looks whether the service
    # does what is needed: a third less time over 10,000 services in SQLite.
    path = path.join(_SERVICE, _service.id == func.coalesce(_attribute.link_id, ""))
    columns = columns.select_from(path).where(located)
    if which == "standing_in":
        return columns.where(_location.place_id.in_(bindparam("places", expanding=True)))
    return columns.where(
        _location.latitude.between(bindparam("south"), bindparam("north")),
        _location.longitude.between(bindparam("west"), bindparam("east")),
    )


def _standing(path: Any) -> Any:
    """Adds where a service stands, if anywhere."""
    return path.outerjoin(_AT, _at.service_id == _service.id).outerjoin(
        _LOCATION, _location.id == _at.location_id
    )


def _is_by_area() -> Any:
    return or_(
        _location.id.is_(None),
        _location.location_type != "physical",
        _service.confidentiality == "hidden_address",
        _service.comes_to_person == true(),
    )


def _in_area(places: str) -> Any:
    """Whether the service's area holds one of the places of this parameter."""
    area = _AREA.alias()
    return exists().where(
        area.c.service_id == _service.id, area.c.place_id.in_(bindparam(places, expanding=True))
    )


def _term_id() -> Any:
    term, taxonomy = models.TaxonomyTerm.__table__, models.Taxonomy.__table__
    return (
        select(term.c.id)
        .join(taxonomy, taxonomy.c.id == term.c.taxonomy_id)
        .where(taxonomy.c.name == NEEDS_TAXONOMY, term.c.code == bindparam("need"))
        .scalar_subquery()
    )


def _columns(language: bool, accessible: bool) -> tuple[Any, ...]:
    """The fields of `Candidate`, in order."""
    any_area = _AREA.alias()
    return (
        _service.id,
        _location.id,
        _location.place_id,
        _location.latitude,
        _location.longitude,
        func.coalesce(_location.location_type, "virtual") == "physical",
        _service.confidentiality,
        _service.comes_to_person,
        _service.access_mode,
        _service.minimum_age,
        _service.maximum_age,
        _service.serves_female,
        _service.serves_male,
        _service.safe_for_children,
        _service.safe_for_men,
        _service.safe_for_lgbtiq,
        _service.has_pep,
        _service.has_ec,
        _service.has_forensic,
        _service.police_report_required,
        _service.assured_date,
        _verified("existence"),
        _verified("phone"),
        _verified("hours"),
        _service.verification_expires,
        _service.doubt,
        _attribute.position,
        _opening_hours(),
        _speaks() if language else literal(None),
        _accessible() if accessible else literal(None),
        exists().where(any_area.c.service_id == _service.id),
        _in_area("lineage"),
        _in_area("countries"),
        _lists("men_and_boys"),
        _lists("lgbtiq"),
    )


def _lists(need: str) -> Any:
    """Whether the service lists this need too."""
    other, term = _ATTRIBUTE.alias(), models.TaxonomyTerm.__table__.alias()
    taxonomy = models.Taxonomy.__table__.alias()
    wanted = (
        select(term.c.id)
        .join(taxonomy, taxonomy.c.id == term.c.taxonomy_id)
        .where(taxonomy.c.name == NEEDS_TAXONOMY, term.c.code == need)
        .scalar_subquery()
    )
    return exists().where(other.c.link_id == _service.id, other.c.taxonomy_term_id == wanted)


def _verified(field: str) -> Any:
    return (
        select(_verification.verified_on)
        .where(_verification.service_id == _service.id, _verification.field == field)
        .scalar_subquery()
    )


def _opening_hours() -> Any:
    """The hours of the service at this location, else anywhere; dated ones win while they last."""
    today = bindparam("today", type_=Date)
    here_first = case((_schedule.service_at_location_id.is_(None), 1), else_=0)
    dated_first = case((_schedule.valid_from.is_(None), 1), else_=0)
    return (
        select(_schedule.opening_hours)
        .where(
            _schedule.service_id == _service.id,
            or_(_schedule.service_at_location_id.is_(None), _schedule.service_at_location_id == _at.id),
            or_(_schedule.valid_from.is_(None), _schedule.valid_from <= today),
            or_(_schedule.valid_to.is_(None), _schedule.valid_to >= today),
        )
        .order_by(here_first, dated_first, _schedule.id)
        .limit(1)
        .scalar_subquery()
    )


def _speaks() -> Any:
    """Whether the service lists the language; None when it lists none at all."""
    listed = exists().where(_language.service_id == _service.id)
    spoken = exists().where(_language.service_id == _service.id, _language.code == bindparam("language"))
    return case((listed, spoken), else_=None)


def _accessible() -> Any:
    return exists().where(_accessibility.location_id == _location.id, _accessibility.code.in_(ACCESS_CODES))
