"""The directory's tables, named after the Human Services Data Specification 3 (HSDS), plus a small profile.

HSDS names are kept (`organization`, `service`, `location`, `service_at_location`, `assured_date` …) so that
export and import are a matter of copying. What HSDS does not know is the **profile**, marked as such below:

* `service.confidentiality`: `public`, `by_focal_point` (who gives address and phone) or `hidden_address`
  (a shelter: no address, coordinates or distance; the area it serves is all that is known);
* `service.serves_female` / `serves_male`, `safe_for_children`, `safe_for_men`, `safe_for_lgbtiq`;
* `service.has_pep`, `has_ec`, `has_forensic`; `police_report_required` before care;
* `service.verification_expires`, `focal_point_id`, table `verification`: who confirmed which field, when;
* `service.doubt`: `flagged` or `hidden` after reports that it cannot be reached (`bot.directory.upkeep.reports`);
* `service.revision`: counts changes, so that two people editing at once are noticed;
* `place`, `place_name`: the gazetteer; `translation`: a name or note in another language;
* `schedule.opening_hours`: in OpenStreetMap syntax, which HSDS recurrence rules are derived from.

A boolean of None is "not known". Ids are UUIDs. Instants are UTC.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import relationship

from bot.directory.base import Base, UtcDateTime, id_column, index_of, one_of, reference, utc_now


class Place(Base):
    """Profile: a place people name, from the country down to a gate of a camp."""

    __tablename__ = "place"

    id: str = id_column()
    name: str = Column(String(200), nullable=False)
    level: str = Column(String(20), nullable=False)
    pcode: str | None = Column(String(40), unique=True)
    parent_id: str | None = Column(String(36), ForeignKey("place.id"), index=True)
    latitude: float | None = Column(Float)
    longitude: float | None = Column(Float)
    last_modified: datetime = Column(
        UtcDateTime(), nullable=False, default=utc_now, onupdate=utc_now, index=True
    )

    names: list[PlaceName] = relationship(
        "PlaceName", cascade="all, delete-orphan", order_by="PlaceName.name"
    )

    __table_args__ = (one_of("level", "country", "region", "district", "town", "camp", "site"),)


class PlaceName(Base):
    """Profile: another name or spelling of a place, in any script."""

    __tablename__ = "place_name"

    id: str = id_column()
    place_id: str = reference("place", required=True)
    name: str = Column(String(200), nullable=False)
    language: str | None = Column(String(10))

    __table_args__ = (UniqueConstraint("place_id", "name"),)


class Organization(Base):
    __tablename__ = "organization"

    id: str = id_column()
    name: str = Column(String(200), nullable=False)
    alternate_name: str | None = Column(String(200))
    description: str = Column(Text, nullable=False, default="")
    email: str | None = Column(String(200))
    website: str | None = Column(String(400))


class Contact(Base):
    """A person or post to call. The responsible focal point of a service is one (never a survivor)."""

    __tablename__ = "contact"

    id: str = id_column()
    organization_id: str | None = reference("organization")
    name: str | None = Column(String(200))
    title: str | None = Column(String(200))
    email: str | None = Column(String(200))

    organization: Organization | None = relationship("Organization")
    phones: list[Phone] = relationship("Phone", order_by="Phone.position")


class Service(Base):
    __tablename__ = "service"

    id: str = id_column()
    organization_id: str = reference("organization", required=True)
    name: str = Column(String(200), nullable=False)
    alternate_name: str | None = Column(String(200))
    description: str | None = Column(Text)
    url: str | None = Column(String(400))
    email: str | None = Column(String(200))
    status: str = Column(String(20), nullable=False, default="active")
    application_process: str | None = Column(Text)
    fees_description: str | None = Column(Text)
    eligibility_description: str | None = Column(Text)
    minimum_age: int | None = Column(Integer)
    maximum_age: int | None = Column(Integer)
    assured_date: date | None = Column(Date)
    assurer_email: str | None = Column(String(200))
    alert: str | None = Column(Text)
    last_modified: datetime = Column(
        UtcDateTime(), nullable=False, default=utc_now, onupdate=utc_now, index=True
    )

    # Profile
    confidentiality: str = Column(String(20), nullable=False, default="public")
    access_mode: str = Column(String(20), nullable=False, default="walk_in")
    serves_female: bool = Column(Boolean, nullable=False, default=True)
    serves_male: bool = Column(Boolean, nullable=False, default=True)
    safe_for_children: bool | None = Column(Boolean)
    safe_for_men: bool | None = Column(Boolean)
    safe_for_lgbtiq: bool | None = Column(Boolean)
    has_pep: bool | None = Column(Boolean)
    has_ec: bool | None = Column(Boolean)
    has_forensic: bool | None = Column(Boolean)
    police_report_required: bool | None = Column(Boolean)
    comes_to_person: bool = Column(Boolean, nullable=False, default=False)
    verification_expires: date | None = Column(Date)
    focal_point_id: str | None = Column(String(36), ForeignKey("contact.id"), index=True)
    doubt: str | None = Column(String(10))
    revision: int = Column(Integer, nullable=False, default=1)

    organization: Organization = relationship("Organization")
    focal_point: Contact | None = relationship("Contact")
    locations: list[ServiceAtLocation] = relationship("ServiceAtLocation", cascade="all, delete-orphan")
    phones: list[Phone] = relationship("Phone", order_by="Phone.position", cascade="all, delete-orphan")
    languages: list[Language] = relationship(
        "Language", order_by="Language.code", cascade="all, delete-orphan"
    )
    costs: list[CostOption] = relationship(
        "CostOption", order_by="CostOption.code", cascade="all, delete-orphan"
    )
    documents: list[RequiredDocument] = relationship(
        "RequiredDocument", order_by="RequiredDocument.document", cascade="all, delete-orphan"
    )
    areas: list[ServiceArea] = relationship("ServiceArea", cascade="all, delete-orphan")
    verifications: list[Verification] = relationship("Verification", cascade="all, delete-orphan")

    __mapper_args__: ClassVar[dict[str, Any]] = {"version_id_col": revision}
    __table_args__ = (
        one_of("status", "active", "inactive", "defunct", "temporarily closed"),
        one_of("confidentiality", "public", "by_focal_point", "hidden_address"),
        one_of("access_mode", "walk_in", "appointment", "referral", "phone"),
        CheckConstraint("serves_female OR serves_male", name="serves_somebody"),
        CheckConstraint("minimum_age <= maximum_age", name="ages"),
    )


class Location(Base):
    """Where a service is. `precision` is `place` when the coordinates are those of the place, not of the
    door.
    """

    __tablename__ = "location"

    id: str = id_column()
    organization_id: str | None = reference("organization")
    location_type: str = Column(String(20), nullable=False, default="physical")
    name: str | None = Column(String(200))
    description: str | None = Column(Text)
    transportation: str | None = Column(Text)
    latitude: float | None = Column(Float)
    longitude: float | None = Column(Float)
    precision: str = Column(String(10), nullable=False, default="place")
    place_id: str | None = Column(String(36), ForeignKey("place.id"), index=True)

    place: Place | None = relationship("Place")
    addresses: list[Address] = relationship("Address", cascade="all, delete-orphan")
    accessibility: list[Accessibility] = relationship(
        "Accessibility", order_by="Accessibility.code", cascade="all, delete-orphan"
    )

    __table_args__ = (
        one_of("location_type", "physical", "postal", "virtual"),
        one_of("precision", "exact", "place"),
        Index(None, "latitude", "longitude"),
    )


class Address(Base):
    __tablename__ = "address"

    id: str = id_column()
    location_id: str = reference("location", required=True)
    address_1: str = Column(String(400), nullable=False)
    city: str = Column(String(200), nullable=False, default="")
    state_province: str = Column(String(200), nullable=False, default="")
    postal_code: str = Column(String(40), nullable=False, default="")
    country: str = Column(String(2), nullable=False, default="")
    address_type: str = Column(String(20), nullable=False, default="physical")


class ServiceAtLocation(Base):
    __tablename__ = "service_at_location"

    id: str = id_column()
    service_id: str = reference("service", required=True)
    location_id: str = reference("location", required=True)
    description: str | None = Column(Text)
    position: int = Column(Integer, nullable=False, default=0, server_default="0")

    location: Location = relationship("Location")

    __table_args__ = (UniqueConstraint("service_id", "location_id"),)


class Phone(Base):
    """A number, of a service or of a contact; `position` orders them, the one to try first lowest."""

    __tablename__ = "phone"

    id: str = id_column()
    service_id: str | None = reference("service")
    contact_id: str | None = reference("contact")
    location_id: str | None = reference("location")
    organization_id: str | None = reference("organization")
    number: str = Column(String(40), nullable=False)
    extension: int | None = Column(Integer)
    type: str = Column(String(20), nullable=False, default="voice")
    description: str | None = Column(Text)
    position: int = Column(Integer, nullable=False, default=0)

    __table_args__ = (index_of("service_id"), index_of("contact_id"))


class Schedule(Base):
    """Opening hours of a service; with `service_at_location_id` only there, where they win."""

    __tablename__ = "schedule"

    id: str = id_column()
    service_id: str = reference("service", required=True)
    service_at_location_id: str | None = reference("service_at_location")
    opening_hours: str = Column(String(400), nullable=False)
    valid_from: date | None = Column(Date)
    valid_to: date | None = Column(Date)
    description: str | None = Column(Text)


class Language(Base):
    """A language spoken: ISO 639, `sgn` for sign language, `qaa`…`qtz` for languages without a code."""

    __tablename__ = "language"

    id: str = id_column()
    service_id: str | None = reference("service")
    location_id: str | None = reference("location")
    phone_id: str | None = reference("phone")
    name: str | None = Column(String(100))
    code: str = Column(String(10), nullable=False)
    note: str | None = Column(Text)

    __table_args__ = (index_of("service_id"),)


class Accessibility(Base):
    """Profile: `code` names the feature (`codes.AccessibilityCode`), the other fields are HSDS free text."""

    __tablename__ = "accessibility"

    id: str = id_column()
    location_id: str = reference("location", required=True)
    code: str = Column(String(30), nullable=False)
    description: str | None = Column(Text)
    details: str | None = Column(Text)


class CostOption(Base):
    """Profile: `code` (`codes.CostCode`) says what kind of cost; `option` is HSDS free text.

    `amount` is a decimal number as text, because SQLite would round it.
    """

    __tablename__ = "cost_option"

    id: str = id_column()
    service_id: str = reference("service", required=True)
    code: str = Column(String(30), nullable=False)
    option: str | None = Column(Text)
    currency: str | None = Column(String(3))
    amount: str | None = Column(String(20))
    amount_description: str | None = Column(Text)


class RequiredDocument(Base):
    """`document` holds a `codes.DocumentCode` or, for anything else, free text."""

    __tablename__ = "required_document"

    id: str = id_column()
    service_id: str = reference("service", required=True)
    document: str = Column(String(200), nullable=False)


class ServiceArea(Base):
    """The area a service is for; `place_id` of a country means nation-wide."""

    __tablename__ = "service_area"

    id: str = id_column()
    service_id: str = reference("service", required=True)
    name: str | None = Column(String(200))
    description: str | None = Column(Text)
    place_id: str | None = Column(String(36), ForeignKey("place.id"), index=True)

    place: Place | None = relationship("Place")


class Taxonomy(Base):
    __tablename__ = "taxonomy"

    id: str = id_column()
    name: str = Column(String(200), nullable=False, unique=True)
    description: str = Column(Text, nullable=False, default="")
    uri: str | None = Column(String(400))
    version: str | None = Column(String(40))


class TaxonomyTerm(Base):
    """A need id (`code`) of the taxonomy of needs; other vocabularies may join it."""

    __tablename__ = "taxonomy_term"

    id: str = id_column()
    taxonomy_id: str = reference("taxonomy", required=True)
    code: str = Column(String(60), nullable=False)
    name: str = Column(String(200), nullable=False)
    description: str = Column(Text, nullable=False, default="")

    __table_args__ = (UniqueConstraint("taxonomy_id", "code"),)


class Attribute(Base):
    """Links a service to a term: what it does. `position` 0 is what it is mainly there for."""

    __tablename__ = "attribute"

    id: str = id_column()
    link_id: str = Column(String(36), ForeignKey("service.id", ondelete="CASCADE"), nullable=False)
    link_entity: str = Column(String(40), nullable=False, default="service")
    taxonomy_term_id: str = Column(
        String(36), ForeignKey("taxonomy_term.id", ondelete="CASCADE"), nullable=False
    )
    value: str | None = Column(String(200))
    position: int = Column(Integer, nullable=False, default=0)

    term: TaxonomyTerm = relationship("TaxonomyTerm")

    __table_args__ = (
        UniqueConstraint("link_id", "taxonomy_term_id"),
        Index(None, "taxonomy_term_id", "link_id", "position"),
    )


class Verification(Base):
    """Profile: on which day one field of a service was last confirmed, and by whom (a post, not a person)."""

    __tablename__ = "verification"

    id: str = id_column()
    service_id: str = reference("service", required=True)
    field: str = Column(String(20), nullable=False)
    verified_on: date = Column(Date, nullable=False)
    verified_by: str | None = Column(String(200))

    __table_args__ = (one_of("field", "existence", "phone", "hours"), UniqueConstraint("service_id", "field"))


class Translation(Base):
    """Profile: one text field of one row in another language."""

    __tablename__ = "translation"

    id: str = id_column()
    link_id: str = Column(String(36), nullable=False)
    link_entity: str = Column(String(40), nullable=False)
    field: str = Column(String(40), nullable=False)
    language: str = Column(String(10), nullable=False)
    text: str = Column(Text, nullable=False)

    __table_args__ = (UniqueConstraint("link_id", "field", "language"),)
