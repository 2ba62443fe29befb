"""What is said of one service, line by line: which texts with which values, never sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import reduce
from typing import Final

from bot.directory.codes import CAPACITIES
from bot.directory.match import Contact, Match
from bot.directory.query import Query
from bot.wording.reply import ParamValue, Part, quiet, text

DAYS_IN_A_MONTH: Final = 30
DAYS_IN_A_WEEK: Final = 7
OLD_IN_MONTHS_FROM: Final = 60
"""From this age in days on, an age is told in months: "7 months" is felt, "213 days" is not."""

WHYS_SHOWN: Final = (
    "comes_to_you",
    "speaks_language",
    "accessible",
    "safe_for_children",
    "safe_for_men",
    "safe_for_lgbtiq",
)
"""Reasons worth saying: answers to what was asked. The rest is plain from the other lines."""

GRAVE: Final = (
    "verification_expired",
    "reported_unreachable",
    "meant_for_men_and_boys",
    "men_and_boys_only",
    "women_and_girls_only",
    "adults_only",
    "children_only",
    "age_limits",
    "police_report_required",
    "children_not_confirmed",
    "men_not_confirmed",
    "lgbtiq_not_confirmed",
    "language_not_listed",
    "access_not_confirmed",
)
"""Cautions that may mean a way for nothing, or harm: before the cost, the weightiest first."""

CONDITIONS: Final = (
    *GRAVE,
    "by_referral",
    "by_appointment",
    "documents_required",
    "no_forensic",
    "capacity_unknown",
    "area_not_covered",
    "area_unknown",
    "police_report_unknown",
    "far_away",
    "phone_not_confirmed",
    "hours_not_confirmed",
)
"""Cautions in the order in which they are said; only as many as fit on a line."""

SAID_ELSEWHERE: Final = (
    "not_verified_recently",
    "never_verified",
    "closed_now",
    "closed_tonight",
    "hours_unknown",
    "costs_money",
    "cost_unknown",
    "no_pep",
    "no_ec",
    "no_phone",
    "has_alert",
)
"""Cautions that the lines on hours, phone, care, cost and confirmation say already."""

CONDITIONS_SHOWN: Final = 4
PHONES_SHOWN: Final = 2
LONGEST_DESCRIPTION: Final = 90


def service_parts(match: Match, query: Query, now: datetime) -> tuple[Part, ...]:
    """The lines about one service, six at most but for a warning of its own, the most useful first."""
    found = (
        _title(match, query),
        text("service.alert", alert=match.alert) if match.alert else None,
        _what_for(match),
        text("service.line", words=_words([_where(match), _hours(match, now), *_evening(match)])),
        _call(match),
        text("service.line", words=_words(_conditions(match, query))),
        _verified(match),
    )
    return tuple(part for part in found if part is not None)


def line_parts(match: Match, now: datetime) -> tuple[Part, ...]:
    """A line that can be reached from anywhere, in two lines of text."""
    name: ParamValue = {
        "text": "service.named",
        "params": {"name": match.name, "audience": {"text": f"need.{match.need}"}},
    }
    reached = _joined("service.dotted", [_value(_call(match)), _hours(match, now)])
    return (text("service.line", words=name), text("service.line", words=reached))


def _title(match: Match, query: Query) -> Part:
    audience = _audience(match, query)
    if audience is None:
        return text("service.title", name=match.name)
    return text("service.named", name=match.name, audience={"text": audience})


def _audience(match: Match, query: Query) -> str | None:
    """Whom a service is for, where it must be seen at once."""
    if match.eligibility.female and "meant_for_men_and_boys" not in match.cautions:
        return None
    if "lgbtiq" in match.needs and match.eligibility.safe_for_lgbtiq:
        return "service.for.men_and_lgbtiq"
    return "service.for.men"


def _what_for(match: Match) -> Part | None:
    """What a service does, in a few words: clinical care for rape, else its own description."""
    if match.need == "health":
        has = [f"care.{name}" for name in CAPACITIES if getattr(match, f"has_{name}")]
        lacks = [f"care.{name}" for name in ("pep", "ec") if getattr(match, f"has_{name}") is False]
        said = [
            {"text": text_id, "params": {"care": _list([{"text": each} for each in given])}}
            for text_id, given in (("service.has", has), ("service.has_not", lacks))
            if given
        ]
        if said:
            return text("service.line", words=_words(said))
    if match.description and len(match.description) <= LONGEST_DESCRIPTION:
        return text("service.description", description=match.description)
    if match.needs and match.needs[0] != match.need:
        return text("service.mainly", need={"text": f"need.{match.needs[0]}"})
    return None


def _where(match: Match) -> ParamValue | None:
    if match.confidentiality != "public":
        return {"text": "service.private"}
    place = match.address or match.place
    if not place:
        if "nationwide" not in match.reasons:
            return None
        return {"text": "service.by_phone" if match.access_mode == "phone" else "why.nationwide"}
    if match.distance_km is None:
        return {"text": "service.where", "params": {"place": place}}
    if match.distance_km < 1:
        return {"text": "service.where_near", "params": {"place": place}}
    return {"text": "service.where_at", "params": {"place": place, "km": round(match.distance_km)}}


def _call(match: Match) -> Part:
    if match.contact_focal_point is not None and match.contact_focal_point.phones:
        return text("service.by_focal_point", contact=_contact(match.contact_focal_point))
    if match.phones:
        return text("service.phone", phones=" · ".join(phone.number for phone in match.phones[:PHONES_SHOWN]))
    return text("service.phones_none" if match.confidentiality == "public" else "service.ask_focal_point")


def _contact(contact: Contact) -> str:
    named = [part for part in (contact.title or contact.name, contact.organization) if part]
    numbers = " · ".join(phone.number for phone in contact.phones[:PHONES_SHOWN])
    return ", ".join(named) + (": " if numbers and named else "") + numbers


def _hours(match: Match, now: datetime) -> ParamValue:
    state, at = match.hours.state, match.hours.at
    if at is None:
        return {"text": f"service.hours.{state}"}
    local = now.astimezone(at.tzinfo)
    days = (at.date() - local.date()).days
    day: ParamValue = {"text": {0: "day.today", 1: "day.tomorrow"}.get(days, f"day.{at.weekday()}")}
    if days >= DAYS_IN_A_WEEK:
        day = {"text": "day.date", "params": {"day": day, "date": at.strftime("%d.%m.")}}
    return {"text": f"service.hours.{state}", "params": {"time": at.strftime("%H:%M"), "day": day}}


def _evening(match: Match) -> Iterator[ParamValue]:
    """Of this evening, what the hours now do not say."""
    if "open_tonight" in match.reasons and not match.hours.is_open:
        yield {"text": "why.open_tonight"}
    if "closed_tonight" in match.cautions and match.hours.is_open:
        yield {"text": "caution.closed_tonight"}


def _conditions(match: Match, query: Query) -> list[ParamValue]:
    """What the person must know before going, the weightiest first; as many as fit on a line."""
    said = [*SAID_ELSEWHERE, *(("no_forensic",) if "forensic" not in query.capacities else ())]
    if _calls_first(match):
        said += ["phone_not_confirmed", "hours_not_confirmed"]
    if _audience(match, query) is not None:
        said += ["men_and_boys_only"]
    if "age_limits" in match.cautions:
        said += ["adults_only", "children_only"]
    cautions = [caution for caution in CONDITIONS if caution in match.cautions and caution not in said]
    values: list[ParamValue] = [
        _ages(match) if caution == "age_limits" else {"text": f"caution.{caution}"} for caution in cautions
    ]
    grave = sum(caution in GRAVE for caution in cautions)
    whys: list[ParamValue] = [{"text": f"why.{why}"} for why in WHYS_SHOWN if why in match.reasons]
    return [*values[:grave], _cost(match), *values[grave:], *whys][:CONDITIONS_SHOWN]


def _ages(match: Match) -> ParamValue:
    low, high = match.eligibility.minimum_age, match.eligibility.maximum_age
    if low and high is not None:
        return {"text": "service.ages", "params": {"low": low, "high": high}}
    if high is not None:
        return {"text": "service.ages_to", "params": {"high": high}}
    return {"text": "service.ages_from", "params": {"low": low or 0}}


def _cost(match: Match) -> ParamValue:
    """One sentence on money that leaves nothing out that costs."""
    codes = {cost.code for cost in match.costs}
    fee = next((cost for cost in match.costs if cost.code == "fee"), None)
    refunded = "transport_refunded" in codes
    if "free_for_survivors" in codes:
        kind = "free_for_survivors_else_fee" if fee else "free_for_survivors"
    elif fee:
        kind = "partly_free" if "free" in codes else "fee" if fee.amount else "fee_unknown"
    else:
        kind = "free" if "free" in codes else "unknown"
    price = {"amount": f"{fee.amount} {fee.currency or ''}".strip()} if fee and fee.amount else {}
    cost: ParamValue = {"text": f"cost.{kind}", "params": price if kind == "fee" else {}}
    ending = "cost.with_transport" if refunded else "cost.sentence"
    return {"text": ending, "params": {"cost": cost}}


def _calls_first(match: Match) -> bool:
    """Whether the line on confirmation says already to call first."""
    return match.verified_days is None or match.freshness != "fresh"


def _verified(match: Match) -> Part:
    days = match.verified_days
    if days is None:
        return quiet("service.verified.never")
    if days == 0:
        return quiet("service.verified.today")
    if days == 1:
        return quiet("service.verified.yesterday")
    if days >= OLD_IN_MONTHS_FROM and match.freshness in ("ageing", "old"):
        return quiet("service.verified.old", months=days // DAYS_IN_A_MONTH)
    return quiet(
        "service.verified.fresh" if match.freshness == "fresh" else "service.verified.ageing", days=days
    )


def _value(part: Part) -> ParamValue:
    return {"text": part.id, "params": part.params}


def _words(values: Sequence[ParamValue | None]) -> ParamValue:
    """Sentences, one after the other."""
    return _joined("service.and", values)


def _list(values: Sequence[ParamValue | None]) -> ParamValue:
    return _joined("service.list", values)


def _joined(joiner: str, values: Sequence[ParamValue | None]) -> ParamValue:
    first, *others = [value for value in values if value is not None]
    return reduce(lambda left, right: {"text": joiner, "params": {"first": left, "second": right}}, others, first)
