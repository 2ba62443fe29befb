"""Turns ranked candidates into what may be shown. The one place where an address leaves the database.

Confidential entries (anything but `public`) keep address, phones, transport and coordinates to themselves
and name the focal point to call; of a `hidden_address` not even the place or the distance is given. A
shelter entered as `public` keeps its phone, and is otherwise treated as if its address were hidden: a slip
of whoever typed it must not lead anybody to the door. Free text of any of them that holds part of an address
is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy.orm import Session

from bot.directory.codes import SHELTER, Caution, Confidentiality, Reason, Why
from bot.directory.details import Details, Fact
from bot.directory.fitness import HERE_KM, Judged, explain
from bot.directory.match import Contact, Cost, Eligibility, Match, PhoneNumber, Spoken
from bot.directory.places import Gazetteer
from bot.directory.query import Query
from bot.directory.spelling import fold

_TELLING_WHERE: Final[frozenset[Reason]] = frozenset({"at_this_place", "close_by", "nearest_found"})
_LOCATING: Final = re.compile(
    r"https?://|www\.|[-+]?\d{1,3}\.\d{3,}|\b[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,3}\b"
    r"|\b\d+[a-z]?,?\s+(?:\w+\s+){0,3}(?:street|st|road|rd|avenue|ave|lane|alley|yard|square|drive|way|steps)\b"
    r"|\b(?:rue|calle|avenida|carrera)\s+\w+",
    re.IGNORECASE,
)
"""What leads to a door in free text: links to a map, coordinates, plus codes, a number and a street."""


class ViewBuilder:
    """Builds the views of the entries of one page."""

    def __init__(
        self, session: Session, gazetteer: Gazetteer, page: Sequence[Judged], display_language: str
    ) -> None:
        services = [one.candidate.service_id for one in page]
        locations = [one.candidate.location_id for one in page if one.candidate.location_id]
        self._details = Details(session, services, locations, display_language)
        self._gazetteer = gazetteer

    def build(self, judged: Judged, query: Query, *, nearest: bool = False) -> Match:
        """The view of one entry of the page; `nearest`: it is shown for being the nearest at all."""
        details, row = self._details, self._details.services[judged.candidate.service_id]
        contact = self._contact(row)
        kept = self._confidentiality(row)
        whereabouts = self._whereabouts(row, judged, kept)
        costs = tuple(_cost(fact) for fact in details.facts("cost", row.id))
        documents = _firsts(details.facts("document", row.id))
        to_call = contact.phones if contact else whereabouts["phones"]
        extra = tuple(_view_reasons(costs, bool(documents), bool(row.alert), bool(to_call)))
        fresh = judged.freshness

        def told(text: str | None) -> str | None:
            """Free text, unless it would tell where a confidential service is."""
            return None if text and kept != "public" and self._locates(text, judged) else text

        reasons = explain(judged, query, nearest=nearest, extra=extra)
        if kept == "hidden_address":
            reasons = tuple(reason for reason in reasons if reason not in _TELLING_WHERE)
        return Match(
            service_id=row.id,
            name=details.text(row.id, "name", row.name) or row.name,
            organization=details.text(row.organization_id, "name", row.organization_name) or "",
            need=query.need,
            needs=_firsts(details.facts("need", row.id)),
            description=told(details.text(row.id, "description", row.description)),
            alert=told(details.text(row.id, "alert", row.alert)),
            confidentiality=kept,
            access_mode=row.access_mode,
            access_note=told(details.text(row.id, "application_process", row.application_process)),
            **whereabouts,
            contact_focal_point=contact,
            area=_firsts(details.facts("area", row.id)),
            hours=judged.hours,
            opening_hours=judged.candidate.opening_hours,
            costs=costs,
            languages=tuple(
                Spoken(fact.first, fact.second or None) for fact in details.facts("language", row.id)
            ),
            accessibility=_firsts(details.facts("access", judged.candidate.location_id)),
            documents=documents,
            eligibility=_eligibility(row, told(row.eligibility_description)),
            has_pep=row.has_pep,
            has_ec=row.has_ec,
            has_forensic=row.has_forensic,
            requires_police_report=row.police_report_required,
            verified_on=fresh.verified_on,
            verified_days=fresh.verified_days,
            freshness=fresh.level,
            phone_freshness=fresh.phone,
            hours_freshness=fresh.hours,
            expired=judged.expired,
            reasons=reasons,
        )

    def _confidentiality(self, row: Any) -> Confidentiality:
        """How much may be told; a service that is mainly a shelter is never wholly public."""
        needs = self._details.facts("need", row.id)
        if row.confidentiality == "public" and needs and needs[0].first == SHELTER:
            return "hidden_address"
        given: Confidentiality = row.confidentiality
        return given

    def _locates(self, text: str, judged: Judged) -> bool:
        """Whether a text holds part of the address of where the entry stands, or anything like one."""
        said = f" {fold(text)} "
        facts = self._details.facts("address", judged.candidate.location_id)
        pieces = (fold(piece) for fact in facts for piece in re.split(r"[,;\n]", fact.first))
        return bool(_LOCATING.search(text)) or any(piece and f" {piece} " in said for piece in pieces)

    def _contact(self, row: Any) -> Contact | None:
        if self._confidentiality(row) == "public" or row.contact_id is None:
            return None
        phones = _phones(self._details.facts("contact_phone", row.id))
        return Contact(row.contact_name, row.contact_title, row.contact_organization, phones)

    def _whereabouts(self, row: Any, judged: Judged, kept: Confidentiality) -> dict[str, Any]:
        """The fields that say where and how to reach an entry: all of them empty where they must not be
        known.
        """
        nothing: dict[str, Any] = {
            "phones": (),
            "address": None,
            "transportation": None,
            "place": None,
            "place_within": (),
            "distance_km": None,
        }
        place = self._gazetteer.get(judged.candidate.place_id or "")
        if kept == "hidden_address" or place is None:
            known = nothing
        else:
            known = nothing | {
                "place": place.name,
                "place_within": place.within,
                "distance_km": _distance(judged),
            }
        if row.confidentiality != "public":
            return known
        known = known | {"phones": _phones(self._details.facts("phone", row.id))}
        if kept != "public":
            return known
        location_id = judged.candidate.location_id
        return known | {
            "address": _only(self._details.facts("address", location_id)),
            "transportation": _only(self._details.facts("transport", location_id)),
        }


def _distance(judged: Judged) -> float | None:
    """Kilometres, to 100 m for what is close; whole kilometres otherwise and for what only a focal point
    may place.
    """
    if judged.distance_km == float("inf"):
        return None
    exact = judged.distance_km < HERE_KM * 2 and judged.candidate.confidentiality == "public"
    return round(judged.distance_km, 1) if exact else float(round(judged.distance_km))


def _firsts(facts: Iterable[Fact]) -> tuple[str, ...]:
    return tuple(fact.first for fact in facts)


def _only(facts: Sequence[Fact]) -> str | None:
    return facts[0].first or None if facts else None


def _phones(facts: Iterable[Fact]) -> tuple[PhoneNumber, ...]:
    return tuple(PhoneNumber(fact.first, fact.second, fact.third or None) for fact in facts)


def _cost(fact: Fact) -> Cost:
    return Cost(fact.first, fact.second or None, fact.third or None, fact.fourth or None)


def _eligibility(row: Any, note: str | None) -> Eligibility:
    return Eligibility(
        minimum_age=row.minimum_age,
        maximum_age=row.maximum_age,
        female=row.serves_female,
        male=row.serves_male,
        safe_for_children=row.safe_for_children,
        safe_for_men=row.safe_for_men,
        safe_for_lgbtiq=row.safe_for_lgbtiq,
        note=note,
    )


def _view_reasons(
    costs: Sequence[Cost], documents: bool, alert: bool, can_be_called: bool
) -> Iterable[Why | Caution]:
    codes = {cost.code for cost in costs}
    if "free_for_survivors" in codes or ("free" in codes and "fee" not in codes):
        yield "free_of_charge"
    elif "fee" in codes:
        yield "costs_money"
    else:
        yield "cost_unknown"
    if documents:
        yield "documents_required"
    if alert:
        yield "has_alert"
    if not can_be_called:
        yield "no_phone"
