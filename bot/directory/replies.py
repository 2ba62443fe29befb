"""Composes what is said about services: which texts with which values, never sentences."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bot.directory.match import Contact, Match, SearchResult
from bot.directory.places import Place
from bot.directory.query import Query
from bot.wording.payload import payload
from bot.wording.reply import Choice, Kind, Part, Reply, quiet, text

DAYS_IN_A_MONTH: Final = 30
OLD_IN_MONTHS_FROM: Final = 60
"""From this age in days on, an age is told in months: "7 months" is felt, "213 days" is not."""

NEEDS_OFFERED: Final = (
    "health",
    "safety",
    "mhpss",
    "gbv_case_management",
    "child_protection",
    "legal",
    "material",
    "psea_reporting",
)
"""Needs shown as buttons; the others are found by writing."""

PLACES_OFFERED: Final = 6

NATIONAL_BESIDE: Final = 2
"""Nation-wide lines shown beside services that are further away."""

WHYS_SHOWN: Final = frozenset(
    {
        "comes_to_you",
        "open_tonight",
        "speaks_language",
        "accessible",
        "safe_for_children",
        "safe_for_men",
        "safe_for_lgbtiq",
        "offers_pep",
        "offers_ec",
        "offers_forensic",
        "free_of_charge",
    }
)
"""Reasons worth a line; the rest is plain from the other lines."""

SAID_OTHERWISE: Final = frozenset(
    {"not_verified_recently", "never_verified", "closed_now", "hours_unknown", "no_phone", "has_alert"}
)
"""Cautions that the lines on hours, phone and confirmation say already."""


def need_choices() -> tuple[Choice, ...]:
    """Buttons for what is needed."""
    return tuple(Choice(f"button.need.{need}", payload("find_service", need=need)) for need in NEEDS_OFFERED)


def place_choices(need: str, places: tuple[Place, ...]) -> tuple[Choice, ...]:
    """Buttons for where."""
    return tuple(
        Choice("button.place", payload("find_service", need=need, place=place.code), {"place": place.name})
        for place in places[:PLACES_OFFERED]
    )


def ask_need() -> Reply:
    return Reply((text("find.which_need"),), need_choices())


def ask_place(need: str, places: tuple[Place, ...], unknown: bool = False, ambiguous: bool = False) -> Reply:
    """Asks where; after a place that is not known, or that several places share."""
    text_id = "find.ambiguous_place" if ambiguous else "find.unknown_place" if unknown else "find.which_place"
    return Reply((text(text_id),), place_choices(need, places))


def result_replies(
    result: SearchResult, query: Query, now: datetime, ways_back: tuple[Choice, ...], fictional: bool
) -> tuple[Reply, ...]:
    """One message a service, after a line on how near they are; the ways on under the last."""
    # Nation-wide lines stand beside services that are not at the place itself: they can be reached now.
    beside = result.fallback[:NATIONAL_BESIDE] if result.matches else ()
    shown = (result.matches or result.fallback) + beside
    head = [_headline(result, query)]
    if result.place_state == "guessed" and result.place:
        head.append(quiet("find.guessed", place=result.place.name))
    if fictional and shown:
        head.append(quiet("find.fictional"))
    heads = {0: tuple(head)}
    if beside:
        heads[len(result.matches)] = (text("find.also_national"),)
    replies = [
        Reply((*heads.get(n, ()), *service_parts(match, now))) for n, match in enumerate(shown)
    ] or [Reply(tuple(head))]
    onward: tuple[Choice, ...] = ()
    if result.more and result.place:
        following = str(query.offset + query.limit)
        onward += (
            Choice(
                "button.more",
                payload("find_service", need=query.need, place=result.place.code, offset=following),
            ),
        )
    if result.place:
        onward += (Choice("button.other_place", payload("find_service", need=query.need)),)
    replies[-1] = Reply(replies[-1].parts, (*ways_back, *onward))
    return tuple(replies)


def _headline(result: SearchResult, query: Query) -> Part:
    need = {"text": f"need.{query.need}"}
    if result.place is None:
        return text(
            "find.anywhere" if result.matches or result.fallback else "find.none", need=need, place=""
        )
    if not result.matches:
        return text("find.national" if result.fallback else "find.none", need=need, place=result.place.name)
    return text(f"find.{result.scope}", need=need, place=result.place.name)


def service_parts(match: Match, now: datetime) -> tuple[Part, ...]:
    """About six short lines on one service: what it is, how to reach it, when and for whom, how sure that is."""
    lines = [text("service.title", name=match.name, need={"text": f"need.{match.need}"})]
    if match.contact_focal_point is not None:
        lines.append(text("service.by_focal_point", contact=_contact(match.contact_focal_point)))
    else:
        lines.append(_phones(match))
        if match.address:
            lines.append(text("service.address", address=match.address))
    lines += [Part(part.id, Kind.RUN, part.params) for part in _conditions(match, now)]
    if match.alert:
        lines.append(text("service.alert", alert=match.alert))
    lines.append(_verified(match))
    return tuple(lines)


def _conditions(match: Match, now: datetime) -> list[Part]:
    """When it is open, how far it is, what speaks for it and what to know first: sentences of one line."""
    parts = [_hours(match, now)]
    if match.distance_km is not None and match.contact_focal_point is None:
        near = match.distance_km < 1
        parts.append(
            text("service.distance_near") if near else text("service.distance", km=round(match.distance_km))
        )
    cautions: list[str] = [caution for caution in match.cautions if caution not in SAID_OTHERWISE]
    whys = [reason for reason in match.reasons if reason in WHYS_SHOWN]
    if "costs_money" in cautions and "free_of_charge" in whys:
        # Some of it is free, and some is not.
        cautions[cautions.index("costs_money")] = "costs_in_part"
        whys.remove("free_of_charge")
    parts += [text(f"why.{why}") for why in whys]
    parts += [text(f"caution.{caution}") for caution in cautions]
    return parts


def _phones(match: Match) -> Part:
    if not match.phones:
        return text("service.phones_none")
    return text("service.phone", phones=" · ".join(phone.number for phone in match.phones))


def _contact(contact: Contact) -> str:
    named = [part for part in (contact.title or contact.name, contact.organization) if part]
    return (
        ", ".join(named)
        + (": " if contact.phones and named else "")
        + " · ".join(p.number for p in contact.phones)
    )


def _hours(match: Match, now: datetime) -> Part:
    state, at = match.hours.state, match.hours.at
    if at is None:
        return text(f"service.hours.{state}")
    local = now.astimezone(at.tzinfo)
    days = (at.date() - local.date()).days
    day = {0: "day.today", 1: "day.tomorrow"}.get(days, f"day.{at.weekday()}")
    return text(f"service.hours.{state}", time=at.strftime("%H:%M"), day={"text": day})


def _verified(match: Match) -> Part:
    days = match.verified_days
    if days is None:
        return quiet("service.verified.never")
    if days == 0:
        return quiet("service.verified.today")
    if days >= OLD_IN_MONTHS_FROM and match.freshness in ("ageing", "old"):
        return quiet("service.verified.old", months=days // DAYS_IN_A_MONTH)
    return quiet(
        "service.verified.fresh" if match.freshness == "fresh" else "service.verified.ageing", days=days
    )
