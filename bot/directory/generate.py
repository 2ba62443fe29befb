"""A made-up directory of any size, for tests and benchmarks: places in four scripts, services over them.

The same seed gives the same directory. Numbers begin with +999 and places lie in the sea, as in the sample.
Rows go in by the thousand, so that 100,000 services take well under a minute.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bot.directory import models
from bot.directory.base import utc_now
from bot.directory.candidates import NEEDS_TAXONOMY
from bot.directory.codes import CAPACITIES, NEEDS
from bot.directory.entries import need_term_id, taxonomy_rows
from bot.storage.engine import refresh_statistics

_SYLLABLES: Final = (
    ("ba", "با", "ба", "বা"), ("da", "دا", "да", "দা"), ("dun", "دون", "дун", "দুন"),
    ("fa", "فا", "фа", "ফা"), ("har", "هار", "хар", "হার"), ("im", "إيم", "им", "ইম"),
    ("kal", "كال", "кал", "কাল"), ("ke", "كي", "ке", "কে"), ("lum", "لوم", "лум", "লুম"),
    ("ma", "ما", "ма", "মা"), ("mir", "مير", "мир", "মির"), ("nu", "نو", "ну", "নু"),
    ("or", "أور", "ор", "ওর"), ("ran", "ران", "ран", "রান"), ("ri", "ري", "ри", "রি"),
    ("sa", "سا", "са", "সা"), ("shu", "شو", "шу", "শু"), ("tal", "تال", "тал", "তাল"),
    ("te", "تي", "те", "তে"), ("vek", "فيك", "век", "ভেক"), ("wa", "وا", "ва", "ওয়া"),
    ("yo", "يو", "йо", "ইয়ো"), ("za", "زا", "за", "যা"), ("zen", "زين", "зен", "জেন"),
)  # fmt: skip
_SCRIPTS: Final = ("en", "ar", "ru", "bn")
_HOURS: Final = (
    "24/7", "24/7", "Mo-Fr 08:00-17:00", "Mo-Fr 08:30-16:30", "Sa-Th 08:00-16:00; Fr off",
    "Su-Th 09:00-15:00", "Mo-Su 07:00-22:00", "Mo-Sa 08:00-14:00", "Tu,Th 09:00-16:00",
    "Mo-Fr 08:00-12:00,13:00-17:00", '"by appointment"', None,
)  # fmt: skip
_WEIGHTS: Final = {"health": 5, "mhpss": 4, "material": 4, "gbv_case_management": 3, "child_protection": 3}
_KINDS: Final = ("clinic", "centre", "desk", "house", "team", "office")
_LANGUAGES: Final = ("en", "ar", "fr", "es", "sgn")
_LETTERS: Final = {"country": "A", "region": "R", "district": "D", "town": "T", "camp": "C"}
_CHUNK: Final = 5_000
_SERVICES_PER_PLACE: Final = 10
_MOST_PLACES: Final = 10_000


@dataclass
class _Rows:
    """Rows waiting to be written, by table; tables are written parents first."""

    random: random.Random
    today: date
    waiting: dict[Any, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, model: Any, **values: Any) -> str:
        """Queue a row; every row of a table must name the same columns."""
        row_id = f"{self.random.getrandbits(128):032x}"
        self.waiting[model].append({"id": row_id} | values)
        return row_id

    def write(self, session: Session) -> None:
        connection = session.connection()
        order = {table: number for number, table in enumerate(models.Service.metadata.sorted_tables)}
        for model in sorted(self.waiting, key=lambda one: order[one.__table__]):
            connection.execute(insert(model.__table__), self.waiting[model])
        self.waiting.clear()


@dataclass(frozen=True)
class _Spot:
    id: str
    latitude: float
    longitude: float


def generate(session: Session, services: int, *, today: date, seed: int = 0) -> int:
    """Add `services` made-up services and the places they need; returns how many places. Commit is the
    caller's.
    """
    rows = _Rows(random.Random(seed), today)
    present = set(session.scalars(select(models.TaxonomyTerm.__table__.c.id)))
    if need_term_id(NEEDS[0]) not in present:
        session.add_all(list(taxonomy_rows(NEEDS_TAXONOMY)))
        session.flush()
    wanted = min(_MOST_PLACES, max(20, services // _SERVICES_PER_PLACE))
    country, spots = _places(rows, wanted)
    organizations = [_organization(rows, number) for number in range(40)]
    contacts = [_contact(rows, organizations) for _ in range(20)]
    for number in range(services):
        _service(rows, number, country, spots, organizations, contacts)
        if len(rows.waiting[models.Service]) >= _CHUNK:
            rows.write(session)
    rows.write(session)
    refresh_statistics(session, models.Service.metadata.tables)
    return wanted


def _places(rows: _Rows, wanted: int) -> tuple[_Spot, list[_Spot]]:
    """A country, regions, districts, and towns and camps to fill up; services stand in the latter two."""
    country = _place(rows, "country", None, (-24.0, -24.0), 0.0, 1)
    regions = [
        _place(rows, "region", country, (-24.0, -24.0), 5.0, number)
        for number in range(max(2, wanted // 500))
    ]
    districts = [
        _place(rows, "district", rows.random.choice(regions), None, 1.5, number)
        for number in range(max(4, wanted // 20))
    ]
    spots = []
    for number in range(wanted - len(regions) - len(districts) - 1):
        level = "camp" if rows.random.random() < 0.15 else "town"
        spots.append(_place(rows, level, rows.random.choice(districts), None, 0.4, number))
    rows.random.shuffle(spots)
    return country, spots


def _place(
    rows: _Rows,
    level: str,
    parent: _Spot | None,
    middle: tuple[float, float] | None,
    spread: float,
    number: int,
) -> _Spot:
    latitude, longitude = middle or ((parent.latitude, parent.longitude) if parent else (0.0, 0.0))
    latitude += rows.random.uniform(-spread, spread)
    longitude += rows.random.uniform(-spread, spread)
    names = _names(rows.random)
    place_id = rows.add(
        models.Place,
        name=names[0] + (" camp" if level == "camp" else ""),
        level=level,
        pcode=f"QX{_LETTERS[level]}{number:05d}",
        parent_id=parent.id if parent else None,
        latitude=latitude,
        longitude=longitude,
        last_modified=utc_now(),
    )
    for language, name in zip(_SCRIPTS[1:], names[1:], strict=True):
        rows.add(models.PlaceName, place_id=place_id, name=name, language=language)
    return _Spot(place_id, latitude, longitude)


def _names(chance: random.Random) -> list[str]:
    """One name in each of four scripts."""
    syllables = [chance.choice(_SYLLABLES) for _ in range(chance.choice((2, 3, 3, 3, 4)))]
    return ["".join(parts).capitalize() for parts in zip(*syllables, strict=True)]


def _organization(rows: _Rows, number: int) -> str:
    return rows.add(models.Organization, name=f"{_names(rows.random)[0]} relief {number}", description="")


def _contact(rows: _Rows, organizations: list[str]) -> str:
    contact = rows.add(
        models.Contact, organization_id=rows.random.choice(organizations), title="GBV focal point"
    )
    _phone(rows, contact_id=contact)
    return contact


def _phone(rows: _Rows, *, service_id: str | None = None, contact_id: str | None = None) -> None:
    digits = rows.random.randrange(10_000_000)
    rows.add(
        models.Phone,
        service_id=service_id,
        contact_id=contact_id,
        number=f"+999 {digits:07d}",
        type="voice",
        position=0,
    )


def _service(
    rows: _Rows,
    number: int,
    country: _Spot,
    spots: list[_Spot],
    organizations: list[str],
    contacts: list[str],
) -> None:
    chance = rows.random
    spot = spots[
        min(int(chance.expovariate(3 / len(spots))), len(spots) - 1)
    ]  # some places have many, many few
    needs = list(dict.fromkeys(chance.choices(NEEDS, [_WEIGHTS.get(need, 1) for need in NEEDS], k=2)))
    kind = "hidden" if needs[0] == "safety" else "line" if needs[0] == "hotline" else "public"
    needs = needs[: 1 + (chance.random() < 0.3)]
    service_id = rows.add(
        models.Service,
        **_service_columns(rows, number, needs[0], kind, organizations, contacts),
        **_audience(chance, needs[0]),
    )
    if kind == "public":
        _stand(rows, service_id, spot)
    else:
        nationwide = kind == "line" and chance.random() < 0.05
        area = country if nationwide else spot
        rows.add(models.ServiceArea, service_id=service_id, place_id=area.id)
    for position, need in enumerate(needs):
        rows.add(
            models.Attribute,
            link_id=service_id,
            link_entity="service",
            taxonomy_term_id=need_term_id(need),
            position=position,
        )
    if kind != "hidden":
        _phone(rows, service_id=service_id)
    if hours := chance.choice(_HOURS):
        rows.add(models.Schedule, service_id=service_id, opening_hours=hours)
    for language in chance.sample(_LANGUAGES, k=chance.randrange(1, 4)):
        rows.add(models.Language, service_id=service_id, code=language)
    rows.add(models.CostOption, service_id=service_id, code=chance.choice(("free", "free", "fee")))


def _service_columns(
    rows: _Rows, number: int, need: str, kind: str, organizations: list[str], contacts: list[str]
) -> dict[str, Any]:
    chance = rows.random
    assured = None if chance.random() < 0.05 else rows.today - timedelta(days=int(chance.expovariate(1 / 70)))
    expired = chance.random() < 0.03
    return {
        "organization_id": chance.choice(organizations),
        "name": f"{_names(chance)[0]} {chance.choice(_KINDS)} {number}",
        "status": "active" if chance.random() < 0.97 else "temporarily closed",
        "confidentiality": "hidden_address" if kind == "hidden" else "public",
        "focal_point_id": chance.choice(contacts) if kind == "hidden" else None,
        "access_mode": "referral" if kind == "hidden" else "phone" if kind == "line" else "walk_in",
        "assured_date": assured,
        "verification_expires": rows.today - timedelta(days=30) if expired else None,
        "police_report_required": chance.choice((False, False, False, True, None))
        if need == "health"
        else None,
        "comes_to_person": False,
        "last_modified": utc_now(),
        "revision": 1,
    }


def _audience(chance: random.Random, need: str) -> dict[str, Any]:
    """Whom it takes and what it can do."""
    women_only = need in ("safety", "gbv_case_management") and chance.random() < 0.6
    columns: dict[str, Any] = {f"safe_for_{who}": chance.choice((True, True, None)) for who in _VULNERABLE}
    columns |= {
        f"has_{capacity}": chance.choice((True, True, False, None)) if need == "health" else None
        for capacity in CAPACITIES
    }
    return columns | {
        "serves_female": need != "men_and_boys",
        "serves_male": not women_only,
        "minimum_age": chance.choice((None, None, None, 12, 18)) if need != "child_protection" else None,
        "maximum_age": 17 if need == "child_protection" else None,
    }


_VULNERABLE: Final = ("children", "men", "lgbtiq")


def _stand(rows: _Rows, service_id: str, spot: _Spot) -> None:
    """Give a service a location within some kilometres of a place."""
    chance = rows.random
    location_id = rows.add(
        models.Location,
        location_type="physical",
        latitude=spot.latitude + chance.uniform(-0.02, 0.02),
        longitude=spot.longitude + chance.uniform(-0.02, 0.02),
        precision="exact",
        place_id=spot.id,
    )
    rows.add(models.ServiceAtLocation, service_id=service_id, location_id=location_id)
    rows.add(models.Address, location_id=location_id, address_1=f"{chance.randrange(1, 99)} Main Street")
    if chance.random() < 0.4:
        rows.add(models.Accessibility, location_id=location_id, code="step_free")


def misspellings(name: str, chance: random.Random) -> Iterator[str]:
    """Endless ways to mistype a name: a letter left out, doubled, swapped with the next, or another in its
    place.
    """
    letters = "aeioubdfghklmnrstvwyz"
    while True:
        at = chance.randrange(len(name))
        before, here, after = name[:at], name[at], name[at + 1 :]
        yield chance.choice(
            (
                before + after,
                before + here + here + after,
                before + after[:1] + here + after[1:],
                before + chance.choice(letters) + after,
            )
        )
