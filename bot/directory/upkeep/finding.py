"""Finds a service by what people remember of it: part of its name, its organization, its place, digits of its number.

Only names and numbers are read for the comparison, and only what is found is loaded in full, so that a directory of
thousands is searched in a moment.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Final

from rapidfuzz import fuzz
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.directory import models
from bot.directory.places import Gazetteer
from bot.directory.record import Record
from bot.directory.record_reading import read_records
from bot.directory.spelling import fold

MOST: Final = 60
"""Services that are loaded; whoever gets more must write more of the name."""

LEAST: Final = 70.0
SURE: Final = 90.0
BY_NUMBER: Final = 101.0
"""Above any likeness of names: digits of a phone number mean that number."""
_DIGITS: Final = 4


@dataclass
class _Known:
    """What is compared of a service."""

    organization: str
    active: bool
    names: list[str]
    places: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)


def find_services(session: Session, gazetteer: Gazetteer, words: str) -> list[Record]:
    """The services the words may mean, the likeliest first; those that surely fit, or else those that may."""
    wanted = fold(words)
    digits = "".join(filter(str.isdigit, words))
    if not wanted:
        return []
    scored = []
    for identity, known in _known(session, gazetteer).items():
        score = _score(known, wanted, digits)
        if score >= LEAST:
            scored.append((-score, not known.active, known.names[0], identity))
    scored.sort()
    best = -scored[0][0] if scored else 0.0
    floor = BY_NUMBER if best == BY_NUMBER else SURE if best >= SURE else LEAST
    wanted_ids = [identity for score, _, _, identity in scored if -score >= floor][:MOST]
    records = {record.id: record for record in read_records(session, wanted_ids)}
    return [records[identity] for identity in wanted_ids]


def _score(known: _Known, wanted: str, digits: str) -> float:
    if len(digits) >= _DIGITS and any(digits in number for number in known.numbers):
        return BY_NUMBER
    texts = [fold(" ".join((name, known.organization, *known.places))) for name in known.names]
    return max(max(fuzz.token_set_ratio(wanted, text), fuzz.partial_ratio(wanted, text)) for text in texts)


def _known(session: Session, gazetteer: Gazetteer) -> dict[str, _Known]:
    service, organization = models.Service.__table__.c, models.Organization.__table__.c
    found: dict[str, _Known] = {}
    query: Any = select(service.id, service.name, service.status, organization.name.label("organization")).join(
        models.Organization.__table__, organization.id == service.organization_id
    )
    for row in session.execute(query):
        found[row.id] = _Known(row.organization, row.status == "active", [row.name])
    text = models.Translation.__table__.c
    for row in session.execute(select(text.link_id, text.text).where(text.field == "name")):
        if row.link_id in found:
            found[row.link_id].names.append(row.text)
    phone = models.Phone.__table__.c
    for row in session.execute(select(phone.service_id, phone.number).where(phone.service_id.is_not(None))):
        if row.service_id in found:
            found[row.service_id].numbers.append("".join(filter(str.isdigit, row.number)))
    for identity, places in _places(session, gazetteer).items():
        if identity in found:
            found[identity].places = places
    return found


def _places(session: Session, gazetteer: Gazetteer) -> dict[str, list[str]]:
    at, location = models.ServiceAtLocation.__table__.c, models.Location.__table__.c
    query = (
        select(at.service_id, location.place_id)
        .join(models.Location.__table__, location.id == at.location_id)
        .where(location.place_id.is_not(None))
    )
    found: dict[str, list[str]] = defaultdict(list)
    for row in session.execute(query):
        if place := gazetteer.get(row.place_id):
            found[row.service_id].append(place.name)
    return found
