"""One service as one value: what is compared, changed, written down in the history and exchanged.

The tables spread a service over a dozen rows. A `Record` holds all of it, so that a spreadsheet row, a change by chat,
an undo and an export are each a matter of two records. Field names are HSDS's, with the profile of
`bot.directory.models`.

`read_records` makes records of rows, `write_record` makes rows of a record and keeps the ids of the rows that stay.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import phonenumbers
from pydantic import BaseModel, Extra, Field, constr, root_validator, validator
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, selectinload

from bot.directory import codes, hours, models
from bot.directory.base import new_id, utc_now
from bot.directory.candidates import NEEDS_TAXONOMY
from bot.directory.entries import entry_id, need_term_id, taxonomy_rows
from bot.directory.spelling import fold

SENSITIVE: Final = frozenset({"phones", "locations", "confidentiality", "focal_point"})
"""Fields a second person approves: a wrong one sends somebody to the wrong door, or shows a hidden one."""

TRANSLATED: Final = ("name", "description", "alert", "application_process")
"""Fields that may stand in several languages."""

CHUNK: Final = 500
"""Services read at once; databases limit how many ids one question may hold."""

Json = dict[str, Any]


class _Value(BaseModel):
    class Config:
        extra = Extra.forbid
        frozen = True
        anystr_strip_whitespace = True
        max_anystr_length = 4000


if TYPE_CHECKING:
    _Short: TypeAlias = str
    _Code: TypeAlias = str
else:
    _Short, _Code = constr(max_length=200), constr(max_length=10)


class PhoneRecord(_Value):
    """A number as it is dialled; `type` after HSDS."""

    number: str
    type: str = Field("voice", max_length=20)
    description: str | None = None

    @validator("number")
    def _can_be_dialled(cls, value: str) -> str:
        if not re.fullmatch(r"[+*#]?[\d\s().*#/-]{2,40}", value) or not any(char.isdigit() for char in value):
            raise ValueError(f"“{value}” is not a phone number")
        if value.startswith("+"):
            try:
                parsed = phonenumbers.parse(value)
            except phonenumbers.NumberParseException as error:
                if re.fullmatch(r"\+999[\d\s-]+", value):  # numbers of the fictional sample
                    return value
                raise ValueError(f"“{value}” is not an international phone number") from error
            return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        return value


class LocationRecord(_Value):
    """Where a service is. `place` is a P-code (or id) of the gazetteer; coordinates are those of the door."""

    place: str | None = None
    address: str | None = Field(None, max_length=400)
    locality: str | None = Field(None, max_length=200)
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)
    transportation: str | None = None
    accessibility: tuple[codes.AccessibilityCode, ...] = ()

    @root_validator(skip_on_failure=True)
    def _both_or_none(cls, values: Json) -> Json:
        if (values["latitude"] is None) != (values["longitude"] is None):
            raise ValueError("latitude and longitude are given together or not at all")
        return values

    @property
    def leads_somewhere(self) -> bool:
        return any((self.place, self.address, self.locality, self.latitude, self.transportation))


class CostRecord(_Value):
    code: codes.CostCode
    amount: str | None = None
    currency: str | None = Field(None, regex=r"^[A-Z]{3}$")
    note: str | None = None

    @validator("amount", pre=True)
    def _a_number(cls, value: Any) -> str | None:
        if value is None:
            return None
        try:
            amount = Decimal(str(value))
        except InvalidOperation as error:
            raise ValueError(f"“{value}” is not an amount") from error
        if not amount.is_finite() or amount < 0:
            raise ValueError(f"“{value}” is not an amount")
        return f"{amount.normalize():f}"


class FocalPointRecord(_Value):
    """The post that answers for a confidential service."""

    title: str = Field(min_length=1, max_length=200)
    organization: str | None = Field(None, max_length=200)
    phones: tuple[str, ...] = ()


class Record(_Value):
    """One service. A bool of None is "not known"; dates are days; `id` is empty for a service not yet known."""

    id: str = ""
    organization: str = Field(min_length=1, max_length=200)
    organization_id: str | None = None
    name: str = Field(min_length=1, max_length=200)
    alternate_name: str | None = Field(None, max_length=200)
    translations: dict[str, dict[str, str]] = Field(default_factory=dict)
    description: str | None = None
    needs: tuple[codes.Need, ...] = ()
    status: codes.Status = "active"
    confidentiality: codes.Confidentiality = "public"
    focal_point: FocalPointRecord | None = None
    locations: tuple[LocationRecord, ...] = ()
    area: tuple[str, ...] = ()
    comes_to_person: bool = False
    access_mode: codes.AccessMode = "walk_in"
    application_process: str | None = None
    phones: tuple[PhoneRecord, ...] = ()
    email: str | None = Field(None, max_length=200)
    url: str | None = Field(None, max_length=400)
    hours: str | None = Field(None, max_length=400)
    serves_female: bool = True
    serves_male: bool = True
    minimum_age: int | None = Field(None, ge=0, le=120)
    maximum_age: int | None = Field(None, ge=0, le=120)
    eligibility_description: str | None = None
    safe_for_children: bool | None = None
    safe_for_men: bool | None = None
    safe_for_lgbtiq: bool | None = None
    has_pep: bool | None = None
    has_ec: bool | None = None
    has_forensic: bool | None = None
    police_report_required: bool | None = None
    languages: tuple[_Code, ...] = ()
    costs: tuple[CostRecord, ...] = ()
    fees_description: str | None = None
    documents: tuple[_Short, ...] = ()
    alert: str | None = None
    assured_date: date | None = None
    assurer_email: str | None = Field(None, max_length=200)
    existence_verified: date | None = None
    phone_verified: date | None = None
    hours_verified: date | None = None
    verification_expires: date | None = None

    @validator("hours")
    def _readable(cls, value: str | None) -> str | None:
        if value is not None and not hours.is_valid(value):
            raise ValueError(f"“{value}” cannot be read as opening hours")
        return value

    @validator("email", "assurer_email")
    def _an_address(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
            raise ValueError(f"“{value}” is not an e-mail address")
        return value

    @validator("url")
    def _a_web_address(cls, value: str | None) -> str | None:
        if value is not None and not re.match(r"https?://", value, re.IGNORECASE):
            raise ValueError(f"“{value}” does not begin with http:// or https://")
        return value

    @validator("translations")
    def _of_known_fields(cls, value: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        for field in value:
            if field not in TRANSLATED:
                raise ValueError(f"{field} cannot be translated")
        return {field: dict(sorted(texts.items())) for field, texts in sorted(value.items()) if texts}

    @root_validator(skip_on_failure=True)
    def _consistent(cls, values: Json) -> Json:
        places = any(location.leads_somewhere for location in values["locations"])
        if values["confidentiality"] == "hidden_address" and (places or values["phones"]):
            raise ValueError(
                "a service with a hidden address is kept without place, address, coordinates and phones"
            )
        if values["confidentiality"] != "public" and values["focal_point"] is None:
            raise ValueError("a confidential service needs a focal point to call")
        if not values["serves_female"] and not values["serves_male"]:
            raise ValueError("it must serve women, men or both")
        low, high = values["minimum_age"], values["maximum_age"]
        if low is not None and high is not None and low > high:
            raise ValueError(f"the lowest age ({low}) is above the highest ({high})")
        return values

    def values(self) -> Json:
        """Every field as JSON has it, without the id."""
        data: Json = json.loads(self.json())
        del data["id"]
        return data

    def changed(self, **values: Any) -> Record:
        """The record with other values, checked as a whole.

        Raises:
            ValueError: they do not fit together.
        """
        return Record.parse_obj({**json.loads(self.json()), **values})

    def confirmed(self, on: date, *fields: codes.Field) -> Record:
        """Confirmed on a day: in full, or single fields of it."""
        if not fields:
            return self.changed(
                assured_date=on, existence_verified=None, phone_verified=None, hours_verified=None
            )
        return self.changed(**{f"{field}_verified": on for field in fields})

    def unconfirmed(self, *fields: codes.Field) -> Record:
        """The same, but these fields count as never confirmed: what confirmed the old number says nothing of the
        new one."""
        days = {
            field: max(
                (day for day in (self.assured_date, getattr(self, f"{field}_verified")) if day), default=None
            )
            for field in ("existence", "phone", "hours")
        }
        kept = {f"{field}_verified": None if field in fields else day for field, day in days.items()}
        return self.changed(assured_date=None, **kept)


def difference(before: Record, after: Record) -> dict[str, tuple[Any, Any]]:
    """Field → (before, after) of what differs."""
    old, new = before.values(), after.values()
    return {field: (old[field], new[field]) for field in old if old[field] != new[field]}


# From the tables -------------------------------------------------------------------------------------------


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


_COPIED: Final = (
    "name", "alternate_name", "description", "status", "confidentiality", "comes_to_person", "access_mode",
    "application_process", "email", "url", "serves_female", "serves_male", "minimum_age", "maximum_age",
    "eligibility_description", "safe_for_children", "safe_for_men", "safe_for_lgbtiq", "has_pep", "has_ec",
    "has_forensic", "police_report_required", "fees_description", "alert", "assured_date", "assurer_email",
    "verification_expires",
)  # fmt: skip
"""Fields that stand in the service's own row under the same name."""


def _record(
    row: models.Service, needs: list[str], opening: str | None, texts: dict[str, dict[str, str]]
) -> Record:
    """Trusts the tables: what is in them is shown as it is, even if it would not be accepted today."""
    verified = {each.field: each.verified_on for each in row.verifications}
    values = {field: getattr(row, field) for field in _COPIED}
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


# Into the tables -------------------------------------------------------------------------------------------


class UnknownPlace(ValueError):
    """A record names a place the gazetteer does not hold."""


def new_service_id(record: Record) -> str:
    """The id of a service that has none: the same for the same organization, name and place."""
    place = record.locations[0].place if record.locations else None
    return entry_id("service", "/".join((fold(record.organization), fold(record.name), place or "")))


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
    for field in _COPIED:
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
