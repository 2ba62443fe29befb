"""Directory data as people write it in YAML, and its way into the tables.

One `Entry` is one service with everything about it on one page; `service_rows` spreads it over the HSDS
tables. Ids are derived from the keys people choose (UUID 5), so writing the same file twice gives the same
rows.

Refused on reading, with the field named: unknown fields, needs and codes; opening hours that cannot be
read; a `hidden_address` entry with an address, place or coordinates (what is not stored cannot leak).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from pydantic import BaseModel, Extra, Field, root_validator, validator

from bot.directory import codes, hours, models
from bot.directory.base import Base

NAMESPACE: Final = uuid.UUID("5b0d8c1e-6a83-4f0e-9d29-7f3b8f5d4c10")
"""Namespace of all ids that are derived from keys."""

SAMPLE_LANGUAGE_NAMES: Final = {"qkv": "Kelvari"}


def entry_id(kind: str, key: str) -> str:
    """The id of the row of `kind` that people call `key`."""
    return str(uuid.uuid5(NAMESPACE, f"{kind}:{key}"))


class _Written(BaseModel):
    class Config:
        extra = Extra.forbid
        frozen = True


class PlaceEntry(_Written):
    """A place; `names` are other names by language, `at` is latitude and longitude."""

    pcode: str
    name: str
    level: codes.PlaceLevel
    parent: str | None = None
    names: dict[str, list[str]] = Field(default_factory=dict)
    at: tuple[float, float] | None = None


class OrganizationEntry(_Written):
    key: str
    name: str
    names: dict[str, str] = Field(default_factory=dict)


class FocalPointEntry(_Written):
    """A post that answers for confidential services."""

    key: str
    organization: str
    title: str
    phones: list[str]


class PhoneEntry(_Written):
    number: str
    type: str = "voice"
    description: str | None = None


class CostEntry(_Written):
    code: codes.CostCode
    amount: Decimal | None = None
    currency: str | None = None
    note: str | None = None


class SafeFor(_Written):
    """Whether a service is known to be safe for these people; None is not known."""

    children: bool | None = None
    men: bool | None = None
    lgbtiq: bool | None = None


class Capacities(_Written):
    pep: bool | None = None
    ec: bool | None = None
    forensic: bool | None = None


class Entry(_Written):
    """One service. Days are counted back (or, for `expires_in_days`, forward) from the day of loading."""

    key: str
    organization: str
    name: str
    names: dict[str, str] = Field(default_factory=dict)
    description: str | None = None
    needs: list[codes.Need] = Field(min_items=1)
    status: codes.Status = "active"
    confidentiality: codes.Confidentiality = "public"
    focal_point: str | None = None
    location: str = "physical"
    place: str | None = None
    address: str | None = None
    at: tuple[float, float] | None = None
    area: list[str] = Field(default_factory=list)
    comes_to_person: bool = False
    access: codes.AccessMode = "walk_in"
    application: str | None = None
    phones: list[PhoneEntry] = Field(default_factory=list)
    hours: str | None = None
    serves: list[codes.Sex] = Field(default_factory=lambda: ["female", "male"], min_items=1)
    minimum_age: int | None = None
    maximum_age: int | None = None
    safe_for: SafeFor = SafeFor()
    capacities: Capacities = Capacities()
    police_report: bool | None = None
    languages: list[str] = Field(default_factory=list)
    accessibility: list[codes.AccessibilityCode] = Field(default_factory=list)
    costs: list[CostEntry] = Field(default_factory=list)
    documents: list[codes.DocumentCode] = Field(default_factory=list)
    verified_days_ago: int | None = None
    phone_verified_days_ago: int | None = None
    hours_verified_days_ago: int | None = None
    expires_in_days: int | None = None
    alert: str | None = None

    @validator("phones", pre=True)
    def _bare_numbers(cls, value: Any) -> Any:
        return [{"number": one} if isinstance(one, str) else one for one in value]

    @validator("hours")
    def _readable_hours(cls, value: str | None) -> str | None:
        if value is not None and not hours.is_valid(value):
            raise ValueError(f"cannot be read as opening hours: {value!r}")
        return value

    @root_validator(skip_on_failure=True)
    def _nothing_hidden_is_stored(cls, values: dict[str, Any]) -> dict[str, Any]:
        if values["confidentiality"] == "hidden_address" and any(
            values[field] for field in ("place", "address", "at", "phones")
        ):
            raise ValueError(
                "a service with a hidden address is stored without place, address, coordinates, phones"
            )
        if values["confidentiality"] != "public" and not values["focal_point"]:
            raise ValueError("a confidential service needs a focal point to call")
        return values


class DirectoryFile(_Written):
    """A whole file."""

    country: str | None = None
    timezone: str | None = None
    places: list[PlaceEntry] = Field(default_factory=list)
    organizations: list[OrganizationEntry] = Field(default_factory=list)
    focal_points: list[FocalPointEntry] = Field(default_factory=list)
    services: list[Entry] = Field(default_factory=list)


def taxonomy_rows(name: str) -> Iterator[Base]:
    """The taxonomy of needs, one term for each need id of catalogue.yml."""
    yield models.Taxonomy(id=entry_id("taxonomy", name), name=name, description="What a service does")
    for need in codes.NEEDS:
        yield models.TaxonomyTerm(
            id=need_term_id(need), taxonomy_id=entry_id("taxonomy", name), code=need, name=need
        )


def need_term_id(need: str) -> str:
    return entry_id("need", need)


def place_rows(places: Iterable[PlaceEntry]) -> Iterator[Base]:
    """Rows of places, parents first as they stand in the file."""
    for place in places:
        place_id = entry_id("place", place.pcode)
        latitude, longitude = place.at or (None, None)
        yield models.Place(
            id=place_id,
            name=place.name,
            level=place.level,
            pcode=place.pcode,
            parent_id=entry_id("place", place.parent) if place.parent else None,
            latitude=latitude,
            longitude=longitude,
        )
        for language, names in place.names.items():
            for name in names:
                yield models.PlaceName(
                    id=entry_id("place_name", f"{place.pcode}/{name}"),
                    place_id=place_id,
                    name=name,
                    language=language,
                )


def organization_rows(organizations: Iterable[OrganizationEntry]) -> Iterator[Base]:
    for organization in organizations:
        organization_id = entry_id("organization", organization.key)
        yield models.Organization(id=organization_id, name=organization.name)
        yield from _translations(organization_id, "organization", organization.names)


def focal_point_rows(focal_points: Iterable[FocalPointEntry]) -> Iterator[Base]:
    for focal_point in focal_points:
        contact_id = entry_id("contact", focal_point.key)
        yield models.Contact(
            id=contact_id,
            organization_id=entry_id("organization", focal_point.organization),
            title=focal_point.title,
        )
        for number, phone in enumerate(focal_point.phones):
            yield models.Phone(
                id=entry_id("phone", f"{focal_point.key}/{number}"),
                contact_id=contact_id,
                number=phone,
                position=number,
            )


def service_rows(
    entries: Iterable[Entry], places: dict[str, PlaceEntry], today: date, country: str = ""
) -> Iterator[Base]:
    """Rows of services and all that hangs on them. Raises KeyError for a place that is not in `places`."""
    for entry in entries:
        service_id = entry_id("service", entry.key)
        yield _service(entry, service_id, today)
        yield from _translations(service_id, "service", entry.names)
        yield from _location(entry, service_id, places, country)
        yield from _details(entry, service_id, places)
        yield from _verifications(entry, service_id, today)


def _service(entry: Entry, service_id: str, today: date) -> models.Service:
    expires = entry.expires_in_days
    return models.Service(
        id=service_id,
        organization_id=entry_id("organization", entry.organization),
        name=entry.name,
        description=entry.description,
        status=entry.status,
        confidentiality=entry.confidentiality,
        focal_point_id=entry_id("contact", entry.focal_point) if entry.focal_point else None,
        access_mode=entry.access,
        application_process=entry.application,
        minimum_age=entry.minimum_age,
        maximum_age=entry.maximum_age,
        serves_female="female" in entry.serves,
        serves_male="male" in entry.serves,
        safe_for_children=entry.safe_for.children,
        safe_for_men=entry.safe_for.men,
        safe_for_lgbtiq=entry.safe_for.lgbtiq,
        has_pep=entry.capacities.pep,
        has_ec=entry.capacities.ec,
        has_forensic=entry.capacities.forensic,
        police_report_required=entry.police_report,
        comes_to_person=entry.comes_to_person,
        assured_date=_days_ago(entry.verified_days_ago, today),
        verification_expires=None if expires is None else today + timedelta(days=expires),
        alert=entry.alert,
    )


def _location(entry: Entry, service_id: str, places: dict[str, PlaceEntry], country: str) -> Iterator[Base]:
    location_id = entry_id("location", entry.key)
    place = places[entry.place] if entry.place else None
    at = entry.at or (place.at if place else None) or (None, None)
    yield models.Location(
        id=location_id,
        location_type="physical" if place else "virtual",
        latitude=at[0],
        longitude=at[1],
        precision="exact" if entry.at else "place",
        place_id=entry_id("place", place.pcode) if place else None,
    )
    yield models.ServiceAtLocation(
        id=entry_id("service_at_location", entry.key), service_id=service_id, location_id=location_id
    )
    if entry.address and place:
        yield models.Address(
            id=entry_id("address", entry.key),
            location_id=location_id,
            address_1=entry.address,
            city=place.name,
            country=country,
        )
    for code in entry.accessibility:
        yield models.Accessibility(
            id=entry_id("accessibility", f"{entry.key}/{code}"), location_id=location_id, code=code
        )


def _details(entry: Entry, service_id: str, places: dict[str, PlaceEntry]) -> Iterator[Base]:
    def numbered(kind: str, number: int) -> dict[str, Any]:
        return {"id": entry_id(kind, f"{entry.key}/{number}"), "service_id": service_id}

    for number, need in enumerate(entry.needs):
        yield models.Attribute(
            id=entry_id("attribute", f"{entry.key}/{need}"),
            link_id=service_id,
            taxonomy_term_id=need_term_id(need),
            position=number,
        )
    for number, pcode in enumerate(entry.area):
        place = places[pcode]
        yield models.ServiceArea(
            **numbered("area", number), place_id=entry_id("place", pcode), name=place.name
        )
    for number, phone in enumerate(entry.phones):
        yield models.Phone(**numbered("phone", number), position=number, **phone.dict())
    if entry.hours:
        yield models.Schedule(**numbered("schedule", 0), opening_hours=entry.hours)
    for number, language in enumerate(entry.languages):
        name = SAMPLE_LANGUAGE_NAMES.get(language)
        yield models.Language(**numbered("language", number), code=language, name=name)
    for number, cost in enumerate(entry.costs):
        yield models.CostOption(
            **numbered("cost", number),
            code=cost.code,
            amount=None if cost.amount is None else f"{cost.amount:f}",
            currency=cost.currency,
            amount_description=cost.note,
        )
    for number, document in enumerate(entry.documents):
        yield models.RequiredDocument(**numbered("document", number), document=document)


def _verifications(entry: Entry, service_id: str, today: date) -> Iterator[Base]:
    days = {"phone": entry.phone_verified_days_ago, "hours": entry.hours_verified_days_ago}
    for field, ago in days.items():
        if ago is not None:
            yield models.Verification(
                id=entry_id("verification", f"{entry.key}/{field}"),
                service_id=service_id,
                field=field,
                verified_on=_days_ago(ago, today),
            )


def _translations(row_id: str, kind: str, names: dict[str, str]) -> Iterator[Base]:
    for language, text in names.items():
        yield models.Translation(
            id=entry_id("translation", f"{row_id}/name/{language}"),
            link_id=row_id,
            link_entity=kind,
            field="name",
            language=language,
            text=text,
        )


def _days_ago(days: int | None, today: date) -> date | None:
    return None if days is None else today - timedelta(days=days)
