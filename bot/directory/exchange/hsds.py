"""Services as HSDS 3 JSON, the form other directories read (Open Referral, service schema 3.0).

Of a confidential service nothing leaves that could lead to it: no location, phone, description, alert or way to
apply; what it does, whom it takes and in which area stays. A shelter entered as public is treated the same, as in
`bot.directory.views`: a slip of whoever typed it must not lead anybody to the door.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from bot.directory import models
from bot.directory.codes import SHELTER
from bot.directory.entries import entry_id
from bot.directory.record_reading import CHUNK

DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
"""Days as opening hours write them (OpenStreetMap); HSDS writes them in capitals (RFC 5545)."""

_WEEKDAYS: Final = r"(?P<days>[A-Z][a-z](?:[-,][A-Z][a-z])*)"
_TIMES: Final = r"(?P<times>\d\d:\d\d-\d\d:\d\d(?:,\d\d:\d\d-\d\d:\d\d)*)"
_RULE: Final = re.compile(f"{_WEEKDAYS} {_TIMES}")
_CLOSED: Final = re.compile(r"[A-Z][a-z](?:[-,][A-Z][a-z])* off")

ALWAYS: Final = "24/7"

Json = dict[str, Any]


def services(
    session: Session, modified_after: datetime | None = None, limit: int | None = None, offset: int = 0
) -> list[Json]:
    """Services of the directory, ordered by id.

    Args:
        modified_after: only those changed after this moment.
        limit, offset: a page of them; all by default.
    """
    table = models.Service.__table__
    query = _changed_after(select(table.c.id), modified_after).order_by(table.c.id)
    wanted = list(session.scalars(query.limit(limit).offset(offset)))
    found: list[Json] = []
    for start in range(0, len(wanted), CHUNK):
        found += _read(session, wanted[start : start + CHUNK])
        session.expunge_all()  # a large directory is not kept in memory twice
    return found


def count(session: Session, modified_after: datetime | None = None) -> int:
    """How many services `services` would give."""
    query = select(func.count()).select_from(models.Service.__table__)
    return int(session.execute(_changed_after(query, modified_after)).scalar_one())


def service(session: Session, service_id: str) -> Json | None:
    """One service; None when there is none of this id."""
    return next(iter(_read(session, [service_id])), None)


def _changed_after(query: Any, moment: datetime | None) -> Any:
    return query if moment is None else query.where(models.Service.__table__.c.last_modified > moment)


def _read(session: Session, wanted: list[str]) -> list[Json]:
    query = select(models.Service).options(
        selectinload(models.Service.organization),
        selectinload(models.Service.phones),
        selectinload(models.Service.languages),
        selectinload(models.Service.costs),
        selectinload(models.Service.documents),
        selectinload(models.Service.areas).selectinload(models.ServiceArea.place),
        selectinload(models.Service.locations)
        .selectinload(models.ServiceAtLocation.location)
        .options(
            selectinload(models.Location.addresses),
            selectinload(models.Location.accessibility),
            selectinload(models.Location.place),
        ),
    )
    table = models.Service.__table__
    found = session.execute(query.where(table.c.id.in_(wanted)).order_by(table.c.id)).scalars().all()
    attributes, schedules = _attributes(session, wanted), _schedules(session, wanted)
    return [_service(each, attributes[each.id], schedules[each.id]) for each in found]


def _service(service: models.Service, attributes: list[Json], schedules: list[models.Schedule]) -> Json:
    needs = {attribute["taxonomy_term"]["code"] for attribute in attributes}
    data = {
        "id": service.id,
        "organization_id": service.organization_id,
        "name": service.name,
        "alternate_name": service.alternate_name,
        "status": service.status,
        "eligibility_description": _eligibility(service),
        "minimum_age": service.minimum_age,
        "maximum_age": service.maximum_age,
        "assured_date": service.assured_date.isoformat() if service.assured_date else None,
        "last_modified": service.last_modified.isoformat(),
        "organization": {
            "id": service.organization.id,
            "name": service.organization.name,
            "description": service.organization.description or service.organization.name,
        },
        "languages": [_row(each, "name", "code", "note") for each in service.languages],
        "cost_options": [_cost(each) for each in service.costs],
        "required_documents": [_row(each, "document") for each in service.documents],
        "service_areas": [_area(each) for each in service.areas],
        "attributes": attributes,
    }
    if service.confidentiality == "public" and SHELTER not in needs:
        data |= {
            "description": service.description,
            "url": service.url,
            "email": service.email,
            "alert": service.alert,
            "application_process": service.application_process,
            "phones": [_row(each, "number", "extension", "type", "description") for each in service.phones],
            "schedules": [rule for schedule in schedules for rule in _rules(schedule)],
            "service_at_locations": [_at(each) for each in service.locations],
        }
    return _filled(data)


def _attributes(session: Session, wanted: list[str]) -> dict[str, list[Json]]:
    table = models.Attribute.__table__
    query = (
        select(models.Attribute)
        .where(table.c.link_id.in_(wanted))
        .order_by(table.c.link_id, table.c.position)
        .options(selectinload(models.Attribute.term))
    )
    found: dict[str, list[Json]] = defaultdict(list)
    for each in session.execute(query).scalars():
        term = {
            "id": each.term.id,
            "code": each.term.code,
            "name": each.term.name,
            "description": each.term.description or each.term.name,
        }
        found[each.link_id].append({"id": each.id, "link_entity": each.link_entity, "taxonomy_term": term})
    return found


def _schedules(session: Session, wanted: list[str]) -> dict[str, list[models.Schedule]]:
    table = models.Schedule.__table__
    found: dict[str, list[models.Schedule]] = defaultdict(list)
    for each in session.execute(select(models.Schedule).where(table.c.service_id.in_(wanted))).scalars():
        found[each.service_id].append(each)
    return found


def _rules(schedule: models.Schedule) -> list[Json]:
    """The opening hours as weekly rules, each with the whole line as its description; what is not weekly stands in
    the description alone."""
    written = schedule.opening_hours
    base = {"service_id": schedule.service_id, "description": written}
    if written == ALWAYS:
        every_day = ",".join(day.upper() for day in DAYS)
        hours = {"freq": "WEEKLY", "byday": every_day, "opens_at": "00:00", "closes_at": "24:00"}
        return [{"id": schedule.id, **base, **hours}]
    rules = []
    for part in (piece.strip() for piece in written.split(";")):
        rule = _RULE.fullmatch(part)
        if rule is None:
            if _CLOSED.fullmatch(part):
                continue
            return [{"id": schedule.id, **base}]
        days = ",".join(day.upper() for day in _days(rule["days"]))
        for times in rule["times"].split(","):
            opens, _, closes = times.partition("-")
            rules.append({"freq": "WEEKLY", "byday": days, "opens_at": opens, "closes_at": closes})
    return [
        {"id": schedule.id if number == 0 else _numbered(schedule.id, number), **base, **rule}
        for number, rule in enumerate(rules)
    ]


def _days(written: str) -> list[str]:
    """`Mo-We,Fr` → Mo, Tu, We, Fr. A range may go over the end of the week."""
    found = []
    for part in written.split(","):
        first, _, last = part.partition("-")
        at = DAYS.index(first)
        found.append(first)
        while last and DAYS[at % 7] != last:
            at += 1
            found.append(DAYS[at % 7])
    return found


def _numbered(identity: str, number: int) -> str:
    """An id that is derived from another, the same each time."""
    return entry_id("schedule", f"{identity}/{number}")


def _at(each: models.ServiceAtLocation) -> Json:
    location = each.location
    addresses = [
        _row(address, "address_1", "city", "state_province", "postal_code", "country", "address_type")
        for address in location.addresses
    ]
    place = {
        "id": location.id,
        "location_type": location.location_type,
        "name": location.name,
        "transportation": location.transportation,
        "latitude": location.latitude,
        "longitude": location.longitude,
        "external_identifier": location.place.pcode if location.place else None,
        "external_identifier_type": "P-code" if location.place and location.place.pcode else None,
        "accessibility": [_access(each) for each in location.accessibility],
        "addresses": addresses,
    }
    return _filled({"id": each.id, "description": each.description, "location": _filled(place)})


def _access(each: models.Accessibility) -> Json:
    return _filled({**_row(each, "details"), "description": each.description or each.code})


def _area(each: models.ServiceArea) -> Json:
    """A place is named by its P-code too, as the text of the area's extent."""
    pcode = each.place.pcode if each.place else None
    extent = {"extent": pcode, "extent_type": "text"} if pcode else {}
    return {**_row(each, "name", "description"), **extent}


def _cost(each: models.CostOption) -> Json:
    amount = float(each.amount) if each.amount is not None else None
    option = each.option or each.code
    return _filled({**_row(each, "currency", "amount_description"), "option": option, "amount": amount})


def _eligibility(service: models.Service) -> str | None:
    """Whom it takes, in the words of the specification's free text; HSDS has no field for sex."""
    if service.eligibility_description:
        return str(service.eligibility_description)
    if service.serves_female and service.serves_male:
        return None
    return "Women and girls" if service.serves_female else "Men and boys"


def _row(row: Any, *fields: str) -> Json:
    """A row's id and fields, without the empty ones (an address keeps them: the schema requires them)."""
    data = {"id": row.id, **{field: getattr(row, field) for field in fields}}
    return data if isinstance(row, models.Address) else _filled(data)


def _filled(data: Json) -> Json:
    return {name: value for name, value in data.items() if value is not None and value != []}
