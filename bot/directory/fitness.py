"""Does an entry suit the person, and what must be said about it: exclusion, reasons, rank.

The order of results, first difference decides:

1. entries whose verification has expired come last;
2. within reach, then far away, then nation-wide lines;
3. fewer open questions about *this* person (asked-for language, access, safety, clinical care, area, whom
   it is meant for), reports that it cannot be reached counting as one;
4. open before closed, when "open now" was asked; for needs that cannot wait, among what is within `NEAR_KM`;
5. at the place, nearby, further;
6. without a drawback for anybody (police report first, no clinical care for rape where health is needed);
7. fresher before staler; 8. what is mainly there for the need; 9. nearer.

An entry that excludes the person is never shown. Not knowing is not excluding: it is said as a caution.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.directory.candidates import Candidate
from bot.directory.codes import ADULT_FROM, CAPACITIES, CAUTIONS, URGENT_NEEDS, WHYS, Caution, Reason, Why
from bot.directory.freshness import LEVELS, Freshness
from bot.directory.hours import UNKNOWN, Hours
from bot.directory.query import Query

HERE_KM: Final = 5.0
"""What can be reached on foot counts as "here"."""
NEAR_KM: Final = 25.0
REACH_KM: Final = 100.0
"""What may be reached within a day; beyond, an entry is `far_away`, shown only when there is nothing else."""

BAND_HERE, BAND_NEAR, BAND_REACH, BAND_FAR, BAND_NATIONAL = range(5)


@dataclass(frozen=True)
class Judged:
    """A candidate with all that ranking and wording need. `distance_km` is infinite when not known or hidden.

    `hours` is filled in only for what is shown, because working out when a door closes costs more than
    whether it is open.
    """

    candidate: Candidate
    band: int
    distance_km: float
    is_open: bool | None
    open_tonight: bool | None
    freshness: Freshness
    expired: bool
    questions: tuple[Caution, ...]
    hours: Hours = UNKNOWN

    @property
    def is_good(self) -> bool:
        """Nothing further away can suit better, unless it is open while this is closed."""
        return not self.expired and not self.questions and self.band < BAND_FAR


def excludes(candidate: Candidate, query: Query) -> bool:
    """Whether the entry would turn this person away, by age, sex or safety."""
    child = query.is_child
    low, high = candidate.minimum_age or 0, candidate.maximum_age
    if query.age_years is not None:
        wrong_age = query.age_years < low or (high is not None and query.age_years > high)
    else:
        wrong_age = (child is True and low >= ADULT_FROM) or (
            child is False and high is not None and high < ADULT_FROM
        )
    welcome = query.lgbtiq and candidate.for_lgbtiq and candidate.safe_for_lgbtiq is True
    wrong_sex = not welcome and (
        (query.sex == "female" and not candidate.serves_female)
        or (query.sex == "male" and not candidate.serves_male)
    )
    unsafe = (
        (child is True and candidate.safe_for_children is False)
        or (query.sex == "male" and child is not True and candidate.safe_for_men is False)
        or (query.lgbtiq and candidate.safe_for_lgbtiq is False)
    )
    return wrong_age or wrong_sex or unsafe


def open_questions(candidate: Candidate, query: Query, *, has_place: bool) -> tuple[Caution, ...]:
    """What about this person the entry leaves open, or does not offer although it was asked for."""
    found: list[Caution] = []
    if query.language and not candidate.speaks:
        found.append("language_not_listed")
    if query.accessible and candidate.is_physical and not candidate.accessible:
        found.append("access_not_confirmed")
    if query.lgbtiq and candidate.safe_for_lgbtiq is None:
        found.append("lgbtiq_not_confirmed")
    if query.is_child and candidate.safe_for_children is None:
        found.append("children_not_confirmed")
    if query.sex == "male" and _may_be_adult(candidate, query) and candidate.safe_for_men is None:
        found.append("men_not_confirmed")
    if query.sex is None and not candidate.serves_female and not _men_may_be_meant(query):
        found.append("men_and_boys_only")
    if _meant_for_men(candidate, query):
        found.append("meant_for_men_and_boys")
    if query.is_child is not None and query.age_years is None and _limits_within(candidate, query.is_child):
        found.append("age_limits")
    if has_place and not candidate.covers:
        if candidate.has_area:
            found.append("area_not_covered")
        elif not candidate.is_physical:
            found.append("area_unknown")
    offered = {name: getattr(candidate, f"has_{name}") for name in query.capacities}
    if any(value is None for value in offered.values()):
        found.append("capacity_unknown")
    found += [_LACKS[name] for name in query.capacities if offered[name] is False]
    return tuple(found)


def rank_key(judged: Judged, query: Query) -> tuple[float | int | str, ...]:
    """Sorts the better entry first; see the module's docstring."""
    candidate = judged.candidate
    group = {BAND_FAR: 1, BAND_NATIONAL: 2}.get(judged.band, 0)
    closed = _closed_rank(judged.open_tonight if query.tonight else judged.is_open)
    urgent = query.need in URGENT_NEEDS
    comparable = urgent and judged.band <= BAND_NEAR
    return (
        judged.expired,
        group,
        len(judged.questions) + (candidate.doubt is not None),
        closed if query.open_now or query.tonight else 0,
        BAND_HERE if comparable else judged.band,
        closed if urgent else 0,
        judged.band,
        _drawbacks(candidate, query.need),
        LEVELS.index(judged.freshness.level),
        candidate.need_position > 0,
        judged.distance_km,
        judged.freshness.verified_days or 0,
        candidate.service_id,
    )


def explain(
    judged: Judged, query: Query, *, nearest: bool, extra: tuple[Reason, ...] = ()
) -> tuple[Reason, ...]:
    """Every reason and caution of an entry, in the order of the vocabulary; `extra` from what only the view
    knows.
    """
    given: set[Reason] = {
        *_whys(judged, query, nearest),
        *judged.questions,
        *extra,
        *_cautions(judged, query),
    }
    return tuple(reason for reason in (*WHYS, *CAUTIONS) if reason in given)


_LACKS: Final[dict[str, Caution]] = {"pep": "no_pep", "ec": "no_ec", "forensic": "no_forensic"}
_OFFERS: Final[dict[str, Why]] = {"pep": "offers_pep", "ec": "offers_ec", "forensic": "offers_forensic"}


def _men_may_be_meant(query: Query) -> bool:
    return query.lgbtiq or query.need in ("men_and_boys", "lgbtiq")


def _meant_for_men(candidate: Candidate, query: Query) -> bool:
    """Whether a shelter is there for men and boys, though nobody has entered that it takes no women."""
    shelter = query.need == "safety" and candidate.for_men and candidate.serves_female
    return shelter and query.sex != "male" and not query.lgbtiq


def _may_be_adult(candidate: Candidate, query: Query) -> bool:
    """Whether an adult may be meant, as far as the query and the service's limits leave it open."""
    for_adults = candidate.maximum_age is None or candidate.maximum_age >= ADULT_FROM
    return query.is_child is not True and for_adults


def _limits_within(candidate: Candidate, child: bool) -> bool:
    """Whether a limit lies among children (or adults), so that "a child" does not settle it."""
    low, high = candidate.minimum_age or 0, candidate.maximum_age
    if child:
        return low > 0 or (high is not None and high < ADULT_FROM - 1)
    return low > ADULT_FROM or high is not None


def _drawbacks(candidate: Candidate, need: str) -> int:
    no_rape_care = need == "health" and candidate.has_pep is False and candidate.has_ec is False
    return int(bool(candidate.police_report_required)) + int(no_rape_care)


def _closed_rank(is_open: bool | None) -> int:
    return 1 if is_open is None else 0 if is_open else 2


def _whys(judged: Judged, query: Query, nearest: bool) -> Iterator[Why]:
    candidate = judged.candidate
    if judged.band == BAND_NATIONAL:
        yield "nationwide"
    elif candidate.comes_to_person and candidate.covers:
        yield "comes_to_you"
    elif candidate.covers and (not candidate.is_physical or candidate.confidentiality == "hidden_address"):
        yield "serves_your_area"
    elif judged.band == BAND_HERE:
        yield "close_by" if 0 < judged.distance_km <= HERE_KM else "at_this_place"
    if nearest:
        yield "nearest_found"
    if judged.hours.is_open:
        yield "always_open" if judged.hours.state == "always" else "open_now"
    if query.tonight and judged.open_tonight:
        yield "open_tonight"
    if judged.freshness.level == "fresh" and not judged.expired:
        yield "recently_verified"
    if query.language and candidate.speaks:
        yield "speaks_language"
    if query.accessible and candidate.accessible:
        yield "accessible"
    if query.is_child and candidate.safe_for_children:
        yield "safe_for_children"
    if query.sex == "male" and candidate.safe_for_men:
        yield "safe_for_men"
    if query.lgbtiq and candidate.safe_for_lgbtiq:
        yield "safe_for_lgbtiq"
    if query.need == "health" or query.capacities:
        yield from (_OFFERS[name] for name in CAPACITIES if getattr(candidate, f"has_{name}"))


def _cautions(judged: Judged, query: Query) -> Iterator[Caution]:
    candidate = judged.candidate
    yield from _trust_cautions(judged)
    if judged.hours.is_open is False:
        yield "closed_now"
    if query.tonight and judged.open_tonight is False:
        yield "closed_tonight"
    if candidate.access_mode == "appointment":
        yield "by_appointment"
    if candidate.access_mode == "referral":
        yield "by_referral"
    if judged.band == BAND_FAR:
        yield "far_away"
    if query.need == "health":
        yield from _health_cautions(candidate)
    if query.sex is None:
        if not candidate.serves_male:
            yield "women_and_girls_only"
        if not candidate.serves_female:
            yield "men_and_boys_only"
    if query.is_child is None:
        yield from _age_cautions(candidate)


def _trust_cautions(judged: Judged) -> Iterator[Caution]:
    freshness = judged.freshness
    if judged.expired:
        yield "verification_expired"
    if judged.candidate.doubt:
        yield "reported_unreachable"
    if freshness.existence == "old":
        yield "not_verified_recently"
    if freshness.existence == "never":
        yield "never_verified"
    if freshness.phone == "old" and freshness.existence not in ("old", "never"):
        yield "phone_not_confirmed"
    if judged.hours.state == "unknown":
        yield "hours_unknown"
    elif freshness.hours == "old" and freshness.existence not in ("old", "never"):
        yield "hours_not_confirmed"


def _health_cautions(candidate: Candidate) -> Iterator[Caution]:
    if candidate.police_report_required:
        yield "police_report_required"
    elif candidate.police_report_required is None and candidate.is_physical:
        yield "police_report_unknown"
    for name in CAPACITIES:
        if getattr(candidate, f"has_{name}") is False:
            yield _LACKS[name]


def _age_cautions(candidate: Candidate) -> Iterator[Caution]:
    low, high = candidate.minimum_age or 0, candidate.maximum_age
    if low >= ADULT_FROM:
        yield "adults_only"
    elif high is not None and high < ADULT_FROM:
        yield "children_only"
    if (low not in (0, ADULT_FROM)) or high not in (None, ADULT_FROM - 1):
        yield "age_limits"


def is_expired(expires: date | None, today: date) -> bool:
    """Whether an entry is past the day until which it was vouched for."""
    return expires is not None and expires < today
