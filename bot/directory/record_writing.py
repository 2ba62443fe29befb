"""Makes rows of a record, and keeps the ids of the rows that stay."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.directory import models
from bot.directory.base import new_id, utc_now
from bot.directory.candidates import NEEDS_TAXONOMY
from bot.directory.entries import entry_id, need_term_id, taxonomy_rows
from bot.directory.record import OWN_FIELDS, TRANSLATED, FocalPointRecord, Json, LocationRecord, Record
from bot.directory.spelling import fold


class UnknownPlace(ValueError):
    """A record names a place the gazetteer does not hold."""


def write_record(session: Session, record: Record) -> None:
    """Makes the rows of a service say what the record says. The service is made when there is none of its id.
    Commit is the caller's.

    Raises:
        UnknownPlace: a place is not in the gazetteer.
    """
    places = _places(session, record)
    organization = _organization(session, record.organization, record.organization_id)
    row = session.get(models.Service, record.id)
    is_new = row is None
    if row is None:
        row = models.Service(id=record.id, name=record.name, organization_id=organization.id)
        session.add(row)
    for field in OWN_FIELDS:
        setattr(row, field, getattr(record, field))
    row.organization_id = organization.id
    contact = _contact(session, record.focal_point, organization) if record.focal_point else None
    row.focal_point_id = contact.id if contact else None
    row.last_modified = utc_now()
    session.flush()
    _write_needs(session, record, is_new)
    _write_translations(session, record, is_new)
    _write_children(session, record, places, is_new)
    _write_locations(session, record, places, is_new)
    session.flush()
    session.expire(row)


def remove_service(session: Session, service_id: str) -> None:
    """Takes a service and all that hangs on it out of the tables; only for undoing that it was added."""
    located = select(models.ServiceAtLocation.__table__.c.location_id)
    at = models.ServiceAtLocation.__table__
    locations = list(session.scalars(located.where(at.c.service_id == service_id)))
    translation, service = models.Translation.__table__, models.Service.__table__
    session.execute(delete(translation).where(translation.c.link_id == service_id))
    session.execute(delete(service).where(service.c.id == service_id))
    still = set(session.scalars(located.where(at.c.location_id.in_(locations))))
    table = models.Location.__table__
    session.execute(delete(table).where(table.c.id.in_([each for each in locations if each not in still])))
    session.expire_all()


def _places(session: Session, record: Record) -> dict[str, models.Place]:
    """The places a record names, by the code it uses for them."""
    wanted = {location.place for location in record.locations if location.place} | set(record.area)
    if not wanted:
        return {}
    table = models.Place.__table__
    query = select(models.Place).where(table.c.pcode.in_(wanted) | table.c.id.in_(wanted))
    found: dict[str, models.Place] = {}
    for place in session.execute(query).scalars():
        found[place.id] = place
        if place.pcode:
            found[place.pcode] = place
    for code in sorted(wanted - set(found)):
        raise UnknownPlace(f"there is no place “{code}”")
    return found


def _organization(session: Session, name: str, identity: str | None) -> models.Organization:
    """The organization of this id or, without one, this name; made when there is none."""
    known: models.Organization | None = session.get(models.Organization, identity) if identity else None
    if known is not None and fold(known.name) == fold(name):
        return known
    table = models.Organization.__table__
    query = select(models.Organization).where(table.c.name == name)
    same: models.Organization | None = session.execute(query).scalars().first()
    if same is not None:
        return same
    made_id = identity if identity and known is None else entry_id("organization", fold(name))
    made: models.Organization | None = session.get(models.Organization, made_id)
    if made is None:
        made = models.Organization(id=made_id, name=name)
        session.add(made)
        session.flush()
    return made


def _contact(session: Session, wanted: FocalPointRecord, organization: models.Organization) -> models.Contact:
    """The focal point of this title in its organization; made when there is none. Phones given replace its phones."""
    if wanted.organization and fold(wanted.organization) != fold(organization.name):
        organization = _organization(session, wanted.organization, None)
    table = models.Contact.__table__
    query = select(models.Contact).where(
        table.c.organization_id == organization.id,
        (table.c.title == wanted.title) | (table.c.name == wanted.title),
    )
    contact: models.Contact | None = session.execute(query).scalars().first()
    if contact is None:
        contact = models.Contact(id=new_id(), organization_id=organization.id, title=wanted.title)
        session.add(contact)
        session.flush()
    phones = models.Phone.__table__
    present = list(
        session.scalars(
            select(phones.c.number).where(phones.c.contact_id == contact.id).order_by(phones.c.position)
        )
    )
    if wanted.phones and list(wanted.phones) != present:
        session.execute(delete(phones).where(phones.c.contact_id == contact.id))
        session.add_all(
            models.Phone(contact_id=contact.id, number=number, position=position)
            for position, number in enumerate(wanted.phones)
        )
        session.flush()
        session.expire(contact)
    return contact


def _write_needs(session: Session, record: Record, is_new: bool) -> None:
    term, table = models.TaxonomyTerm.__table__, models.Attribute.__table__
    if record.needs and session.get(models.TaxonomyTerm, need_term_id(record.needs[0])) is None:
        session.add_all(list(taxonomy_rows(NEEDS_TAXONOMY)))
        session.flush()
    ours = select(term.c.id).where(term.c.taxonomy_id == entry_id("taxonomy", NEEDS_TAXONOMY))
    if not is_new:
        session.execute(delete(table).where(table.c.link_id == record.id, table.c.taxonomy_term_id.in_(ours)))
    session.add_all(
        models.Attribute(
            id=entry_id("attribute", f"{record.id}/{need}"),
            link_id=record.id,
            taxonomy_term_id=need_term_id(need),
            position=position,
        )
        for position, need in enumerate(dict.fromkeys(record.needs))
    )
    session.flush()


def _write_translations(session: Session, record: Record, is_new: bool) -> None:
    table = models.Translation.__table__
    if not is_new:
        session.execute(delete(table).where(table.c.link_id == record.id, table.c.field.in_(TRANSLATED)))
    session.add_all(
        models.Translation(
            id=entry_id("translation", f"{record.id}/{field}/{language}"),
            link_id=record.id,
            link_entity="service",
            field=field,
            language=language,
            text=text,
        )
        for field, texts in record.translations.items()
        for language, text in texts.items()
    )


def _write_children(
    session: Session, record: Record, places: Mapping[str, models.Place], is_new: bool
) -> None:
    """Phones, hours, languages, costs, documents, areas and confirmations."""
    own = {"service_id": record.id}
    days = {
        "existence": record.existence_verified,
        "phone": record.phone_verified,
        "hours": record.hours_verified,
    }
    _replace(session, is_new, models.Phone, own, (
        {"number": each.number, "type": each.type, "description": each.description, "position": position}
        for position, each in enumerate(record.phones)
    ))  # fmt: skip
    usual = {"service_at_location_id": None, "valid_from": None, "valid_to": None}
    _replace(
        session,
        is_new,
        models.Schedule,
        {**own, **usual},
        [{"opening_hours": record.hours}] if record.hours else [],
    )
    _replace(
        session, is_new, models.Language, own, ({"code": code} for code in dict.fromkeys(record.languages))
    )
    _replace(session, is_new, models.CostOption, own, (
        {
            "code": each.code,
            "amount": each.amount,
            "currency": each.currency,
            "amount_description": each.note,
            "option": None,
        }
        for each in record.costs
    ))  # fmt: skip
    _replace(
        session,
        is_new,
        models.RequiredDocument,
        own,
        ({"document": each} for each in dict.fromkeys(record.documents)),
    )
    _replace(session, is_new, models.ServiceArea, own, (
        {"place_id": places[code].id, "name": places[code].name} for code in dict.fromkeys(record.area)
    ))  # fmt: skip
    _replace(session, is_new, models.Verification, own, (
        {"field": field, "verified_on": day} for field, day in days.items() if day
    ))  # fmt: skip


def _replace(session: Session, is_new: bool, model: Any, own: Json, wanted: Iterable[Json]) -> None:
    """Makes the rows of a table that belong to `own` be the wanted ones; those that are right stay, with their id."""
    table = model.__table__
    belongs = [
        table.c[name].is_(None) if value is None else table.c[name] == value for name, value in own.items()
    ]
    spare = [] if is_new else list(session.execute(select(table).where(*belongs)).all())
    for number, values in enumerate(wanted):
        same = next((row for row in spare if all(getattr(row, key) == values[key] for key in values)), None)
        if same is not None:
            spare.remove(same)
            continue
        content = json.dumps([own, number, values], default=str, sort_keys=True)
        made = entry_id(table.name, content)
        session.add(model(id=made, **own, **values))
    if spare:
        session.execute(delete(table).where(table.c.id.in_([row.id for row in spare])))


def _write_locations(
    session: Session, record: Record, places: Mapping[str, models.Place], is_new: bool
) -> None:
    """The first location takes over the row of the first, and so on, so that ids stay when an address changes."""
    table = models.ServiceAtLocation.__table__
    query = (
        select(models.ServiceAtLocation)
        .where(table.c.service_id == record.id)
        .order_by(table.c.position, table.c.id)
        .execution_options(populate_existing=True)
    )
    present = [] if is_new else list(session.execute(query).scalars())
    wanted = record.locations or (LocationRecord.parse_obj({}),)
    for number, location in enumerate(wanted):
        row = present[number].location if number < len(present) else None
        is_added = row is None
        if row is None:
            row = models.Location(id=entry_id("location", f"{record.id}/{number}"))
            session.add(row)
            session.add(
                models.ServiceAtLocation(
                    id=entry_id("service_at_location", f"{record.id}/{number}"),
                    service_id=record.id,
                    location=row,
                    position=number,
                )
            )
        _write_location(session, row, location, places.get(location.place or ""), is_added)
    for surplus in present[len(wanted) :]:
        session.delete(surplus)
        session.flush()
        session.delete(surplus.location)


def _write_location(
    session: Session, row: models.Location, location: LocationRecord, place: models.Place | None, is_new: bool
) -> None:
    exact = location.latitude is not None
    row.place_id = place.id if place else None
    row.location_type = "physical" if place or exact or location.address else "virtual"
    row.precision = "exact" if exact else "place"
    row.latitude = location.latitude if exact else (place.latitude if place else None)
    row.longitude = location.longitude if exact else (place.longitude if place else None)
    row.transportation = location.transportation
    own = {"location_id": row.id}
    city = location.locality or (place.name if place else "")
    address = (
        [{"address_1": location.address or "", "city": city}] if location.address or location.locality else []
    )
    _replace(session, is_new, models.Address, own, address)
    _replace(session, is_new, models.Accessibility, own, ({"code": code} for code in location.accessibility))
    session.flush()
    session.expire(row)
