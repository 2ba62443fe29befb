"""Loads everything about the few entries of one page, in three statements.

Core rather than mapped objects: a page must not cost more than the search for it (measured on three
entries: mapped objects with their collections 20 ms, this 2 ms).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, literal, select, union_all
from sqlalchemy.orm import Session

from bot.directory import models

_service: Any = models.Service.__table__.c
_location: Any = models.Location.__table__.c
_organization: Any = models.Organization.__table__.c
_contact: Any = models.Contact.__table__.c
_phone: Any = models.Phone.__table__.c
_language: Any = models.Language.__table__.c
_cost: Any = models.CostOption.__table__.c
_document: Any = models.RequiredDocument.__table__.c
_area: Any = models.ServiceArea.__table__.c
_place: Any = models.Place.__table__.c
_attribute: Any = models.Attribute.__table__.c
_term: Any = models.TaxonomyTerm.__table__.c
_accessibility: Any = models.Accessibility.__table__.c
_address: Any = models.Address.__table__.c
_translation: Any = models.Translation.__table__.c

_NOTHING = literal("")


class Fact(NamedTuple):
    """One row that hangs on an entry; what `first` to `fourth` hold depends on the kind of fact."""

    position: int
    first: str
    second: str
    third: str
    fourth: str


class Details:
    """What is known about some services and locations, by id."""

    def __init__(
        self, session: Session, service_ids: Sequence[str], location_ids: Sequence[str], language: str
    ) -> None:
        connection = session.connection()
        ids: dict[str, Any] = {"services": list(service_ids), "locations": list(location_ids)}
        self.services: dict[str, Any] = {row.id: row for row in connection.execute(_SERVICES, ids)}
        organizations = [row.organization_id for row in self.services.values()]
        ids |= {"texts": [*service_ids, *organizations], "language": language}
        self._facts: dict[tuple[str, str], list[Fact]] = defaultdict(list)
        for kind, owner, *fact in connection.execute(_FACTS, ids):
            self._facts[kind, owner].append(Fact(*fact))

    def facts(self, kind: str, owner: str | None) -> list[Fact]:
        """Facts of one kind on one service or location, in order."""
        return sorted(self._facts.get((kind, owner or ""), ()))

    def text(self, owner: str, field: str, original: str | None) -> str | None:
        """A text field in the language of display, else as it was entered."""
        translated = (fact.second for fact in self.facts("text", owner) if fact.first == field)
        return next(translated, original)


def _services() -> Any:
    focal_organization = models.Organization.__table__.alias("focal_organization")
    return (
        select(
            models.Service.__table__,
            _organization.name.label("organization_name"),
            _contact.id.label("contact_id"),
            _contact.name.label("contact_name"),
            _contact.title.label("contact_title"),
            focal_organization.c.name.label("contact_organization"),
        )
        .join(models.Organization.__table__, _organization.id == _service.organization_id)
        .outerjoin(models.Contact.__table__, _contact.id == _service.focal_point_id)
        .outerjoin(focal_organization, focal_organization.c.id == _contact.organization_id)
        .where(_service.id.in_(bindparam("services", expanding=True)))
    )


def _fact(kind: str, owner: Any, parameter: str, *values: Any, position: Any = None) -> Any:
    """One arm of the union; missing values become empty text, which every database treats alike."""
    four = [func.coalesce(value, "") for value in values] + [_NOTHING] * (4 - len(values))
    order = literal(0) if position is None else position
    return select(literal(kind), owner, order, *four).where(owner.in_(bindparam(parameter, expanding=True)))


def _facts() -> Any:
    phone = (_phone.number, _phone.type, _phone.description)
    cost = (_cost.code, _cost.amount, _cost.currency, func.coalesce(_cost.amount_description, _cost.option))
    area = func.coalesce(_place.name, _area.name)
    return union_all(
        _fact("phone", _phone.service_id, "services", *phone, position=_phone.position),
        _fact("contact_phone", _service.id, "services", *phone, position=_phone.position).where(
            _phone.contact_id == _service.focal_point_id
        ),
        _fact("language", _language.service_id, "services", _language.code, _language.name),
        _fact("cost", _cost.service_id, "services", *cost),
        _fact("document", _document.service_id, "services", _document.document),
        _fact("area", _area.service_id, "services", area).select_from(
            models.ServiceArea.__table__.outerjoin(models.Place.__table__, _place.id == _area.place_id)
        ),
        _fact("need", _attribute.link_id, "services", _term.code, position=_attribute.position).where(
            _term.id == _attribute.taxonomy_term_id
        ),
        _fact("access", _accessibility.location_id, "locations", _accessibility.code),
        _fact("address", _address.location_id, "locations", _address.address_1),
        _fact("transport", _location.id, "locations", _location.transportation),
        _fact("text", _translation.link_id, "texts", _translation.field, _translation.text).where(
            _translation.language == bindparam("language")
        ),
    )


_SERVICES = _services()
_FACTS = _facts()
