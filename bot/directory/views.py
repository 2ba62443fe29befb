"""Turns ranked candidates into what may be shown. The one place where an address leaves the database.

Confidential entries (anything but `public`) keep address, phones, transport and coordinates to themselves
and name the focal point to call; of a `hidden_address` not even the place or the distance is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from bot.directory.codes import Caution, Why
from bot.directory.details import Details, Fact
from bot.directory.fitness import HERE_KM, Judged, explain
from bot.directory.match import Contact, Cost, Eligibility, Match, PhoneNumber, Spoken
from bot.directory.places import Gazetteer
from bot.directory.query import Query

_PRICELESS = frozenset({"free", "free_for_survivors"})


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
        whereabouts = self._whereabouts(row, judged)
        costs = tuple(_cost(fact) for fact in details.facts("cost", row.id))
        documents = _firsts(details.facts("document", row.id))
        to_call = contact.phones if contact else whereabouts["phones"]
        extra = tuple(_view_reasons(costs, bool(documents), bool(row.alert), bool(to_call)))
        fresh = judged.freshness
        return Match(
            service_id=row.id,
            name=details.text(row.id, "name", row.name) or row.name,
            organization=details.text(row.organization_id, "name", row.organization_name) or "",
            need=query.need,
            needs=_firsts(details.facts("need", row.id)),
            description=details.text(row.id, "description", row.description),
            alert=details.text(row.id, "alert", row.alert),
            confidentiality=row.confidentiality,
            access_mode=row.access_mode,
            access_note=details.text(row.id, "application_process", row.application_process),
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
            eligibility=_eligibility(row),
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
            reasons=explain(judged, query, nearest=nearest, extra=extra),
        )

    def _contact(self, row: Any) -> Contact | None:
        if row.confidentiality == "public" or row.contact_id is None:
            return None
        phones = _phones(self._details.facts("contact_phone", row.id))
        return Contact(row.contact_name, row.contact_title, row.contact_organization, phones)

    def _whereabouts(self, row: Any, judged: Judged) -> dict[str, Any]:
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
        if row.confidentiality not in ("public", "by_focal_point") or place is None:
            known = nothing
        else:
            known = nothing | {
                "place": place.name,
                "place_within": place.within,
                "distance_km": _distance(judged),
            }
        if row.confidentiality != "public":
            return known
        location_id = judged.candidate.location_id
        return known | {
            "phones": _phones(self._details.facts("phone", row.id)),
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


def _eligibility(row: Any) -> Eligibility:
    return Eligibility(
        minimum_age=row.minimum_age,
        maximum_age=row.maximum_age,
        female=row.serves_female,
        male=row.serves_male,
        safe_for_children=row.safe_for_children,
        safe_for_men=row.safe_for_men,
        safe_for_lgbtiq=row.safe_for_lgbtiq,
        note=row.eligibility_description,
    )


def _view_reasons(
    costs: Sequence[Cost], documents: bool, alert: bool, can_be_called: bool
) -> Iterable[Why | Caution]:
    codes = {cost.code for cost in costs}
    if codes & _PRICELESS:
        yield "free_of_charge"
    if "fee" in codes:
        yield "costs_money"
    elif not codes & _PRICELESS:
        yield "cost_unknown"
    if documents:
        yield "documents_required"
    if alert:
        yield "has_alert"
    if not can_be_called:
        yield "no_phone"
