"""Makes records of the rows of the directory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from bot.directory import models
from bot.directory.candidates import NEEDS_TAXONOMY
from bot.directory.record import (
    OWN_FIELDS,
    TRANSLATED,
    CostRecord,
    FocalPointRecord,
    LocationRecord,
    PhoneRecord,
    Record,
)

CHUNK: Final = 500
"""Services read at once; databases limit how many ids one question may hold."""


def read_record(session: Session, service_id: str) -> Record | None:
    """The service as it is now; None when there is none of this id."""
    return next(read_records(session, [service_id]), None)


def read_records(session: Session, service_ids: Sequence[str] | None = None) -> Iterator[Record]:
    """Services as they are now, by id; all of them by default."""
    if service_ids is None:
        column = models.Service.__table__.c.id
        service_ids = list(session.scalars(select(column).order_by(column)))
    for start in range(0, len(service_ids), CHUNK):
        yield from _read_chunk(session, service_ids[start : start + CHUNK])


def _read_chunk(session: Session, ids: Sequence[str]) -> list[Record]:
    service = models.Service
    query = (
        select(service)
        .where(service.__table__.c.id.in_(ids))
        .order_by(service.__table__.c.id)
        .options(
            selectinload(service.organization),
            selectinload(service.focal_point).selectinload(models.Contact.phones),
            selectinload(service.focal_point).selectinload(models.Contact.organization),
            selectinload(service.phones),
            selectinload(service.languages),
            selectinload(service.costs),
            selectinload(service.documents),
            selectinload(service.areas).selectinload(models.ServiceArea.place),
            selectinload(service.verifications),
            selectinload(service.locations)
            .selectinload(models.ServiceAtLocation.location)
            .options(
                selectinload(models.Location.addresses),
                selectinload(models.Location.accessibility),
                selectinload(models.Location.place),
            ),
        )
        .execution_options(populate_existing=True)
    )
    needs, opening, texts = _needs(session, ids), _opening_hours(session, ids), _texts(session, ids)
    return [
        _record(row, needs[row.id], opening.get(row.id), texts[row.id])
        for row in session.execute(query).scalars()
    ]


def _needs(session: Session, ids: Sequence[str]) -> dict[str, list[str]]:
    link, term, taxonomy = (
        models.Attribute.__table__,
        models.TaxonomyTerm.__table__,
        models.Taxonomy.__table__,
    )
    query = (
        select(link.c.link_id, term.c.code)
        .join(term, term.c.id == link.c.taxonomy_term_id)
        .join(taxonomy, taxonomy.c.id == term.c.taxonomy_id)
        .where(link.c.link_id.in_(ids), taxonomy.c.name == NEEDS_TAXONOMY)
        .order_by(link.c.position, term.c.code)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for service_id, code in session.execute(query):
        found[service_id].append(code)
    return found


def _opening_hours(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """The usual hours: those without a date and for every location."""
    table = models.Schedule.__table__
    query = select(table.c.service_id, table.c.opening_hours).where(
        table.c.service_id.in_(ids), *_usual(table)
    )
    return dict(session.execute(query.order_by(table.c.id.desc())).all())


def _usual(table: Any) -> tuple[Any, ...]:
    return (
        table.c.service_at_location_id.is_(None),
        table.c.valid_from.is_(None),
        table.c.valid_to.is_(None),
    )


def _texts(session: Session, ids: Sequence[str]) -> dict[str, dict[str, dict[str, str]]]:
    table = models.Translation.__table__
    found: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    for row in session.execute(select(table).where(table.c.link_id.in_(ids))):
        if row.field in TRANSLATED:
            found[row.link_id].setdefault(row.field, {})[row.language] = row.text
    return found


def _record(
    row: models.Service, needs: list[str], opening: str | None, texts: dict[str, dict[str, str]]
) -> Record:
    """Trusts the tables: what is in them is shown as it is, even if it would not be accepted today."""
    verified = {each.field: each.verified_on for each in row.verifications}
    values = {field: getattr(row, field) for field in OWN_FIELDS}
    ordered = sorted(row.locations, key=lambda each: (each.position, each.id))
    locations = [_location(each.location) for each in ordered]
    return Record.construct(
        **values,
        id=row.id,
        organization=row.organization.name,
        organization_id=row.organization_id,
        translations={field: dict(sorted(texts[field].items())) for field in sorted(texts)},
        needs=tuple(needs),
        focal_point=_focal_point(row.focal_point),
        locations=tuple(each for each in locations if each.leads_somewhere or each.accessibility),
        area=tuple(sorted(_place_code(each.place) or each.name or "" for each in row.areas)),
        phones=tuple(
            PhoneRecord.construct(number=each.number, type=each.type, description=each.description)
            for each in row.phones
        ),
        hours=opening,
        languages=tuple(each.code for each in row.languages),
        costs=tuple(
            CostRecord(
                code=each.code,  # type: ignore[arg-type]
                amount=each.amount,
                currency=each.currency,
                note=each.amount_description or each.option,
            )
            for each in row.costs
        ),
        documents=tuple(each.document for each in row.documents),
        existence_verified=verified.get("existence"),
        phone_verified=verified.get("phone"),
        hours_verified=verified.get("hours"),
    )


def _location(row: models.Location) -> LocationRecord:
    address = row.addresses[0] if row.addresses else None
    exact = row.precision == "exact"
    return LocationRecord.construct(
        place=_place_code(row.place),
        address=address.address_1 if address else None,
        locality=(address.city or None) if address and row.place is None else None,
        latitude=row.latitude if exact else None,
        longitude=row.longitude if exact else None,
        transportation=row.transportation,
        accessibility=tuple(each.code for each in row.accessibility),
    )


def _place_code(place: models.Place | None) -> str | None:
    return None if place is None else place.pcode or place.id


def _focal_point(contact: models.Contact | None) -> FocalPointRecord | None:
    if contact is None:
        return None
    return FocalPointRecord.construct(
        title=contact.title or contact.name or "",
        organization=contact.organization.name if contact.organization else None,
        phones=tuple(phone.number for phone in contact.phones),
    )
