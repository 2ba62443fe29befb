"""The vocabularies of the directory: every code that search hands to a renderer, and nothing a user reads.

Each code is a `Literal`, so the type checker knows the full set; the tuples beside them are what a test of
the wording walks through. Never rename a code: wording catalogues in every language are keyed by them.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

Need = Literal[
    "health",
    "mhpss",
    "gbv_case_management",
    "child_protection",
    "safety",
    "legal",
    "police",
    "material",
    "livelihood",
    "disability",
    "lgbtiq",
    "men_and_boys",
    "psea_reporting",
    "hotline",
    "staff_welfare",
]
"""Need ids, fixed in catalogue.yml."""

Scope = Literal["here", "nearby", "national", "none"]
"""How far the best match is: at the place, elsewhere with a distance, a nation-wide line, or nothing."""

PlaceState = Literal["not_given", "found", "guessed", "ambiguous", "unknown"]
"""What became of the place the user named; after `guessed` say which was taken, so they can correct it."""

Age = Literal["child", "adult"]
Sex = Literal["female", "male"]

HoursState = Literal["always", "open_until", "opens_at", "closed", "unknown"]

FreshnessLevel = Literal["fresh", "ageing", "old", "never"]
Field = Literal["existence", "phone", "hours"]

Confidentiality = Literal["public", "by_focal_point", "hidden_address"]
"""`by_focal_point`: reached only through the focal point. `hidden_address`: where it stands is not even
hinted at.
"""

AccessMode = Literal["walk_in", "appointment", "referral", "phone"]
Status = Literal["active", "inactive", "defunct", "temporarily closed"]
"""HSDS 3 `service.status`."""

CostCode = Literal["free", "free_for_survivors", "fee", "transport_refunded", "unknown"]
AccessibilityCode = Literal[
    "step_free", "accessible_toilet", "easy_read", "hearing_loop", "home_visits", "accessible_transport"
]
Capacity = Literal["pep", "ec", "forensic"]
"""Clinical care that runs against a clock: HIV post-exposure medicine, emergency contraception, forensic
evidence.
"""

DocumentCode = Literal[
    "identity_card", "registration_card", "referral_letter", "police_report", "consent_of_guardian"
]
PlaceLevel = Literal["country", "region", "district", "town", "camp", "site"]

Why = Literal[
    "at_this_place",
    "close_by",
    "nearest_found",
    "comes_to_you",
    "serves_your_area",
    "nationwide",
    "open_now",
    "open_tonight",
    "always_open",
    "recently_verified",
    "speaks_language",
    "accessible",
    "safe_for_children",
    "safe_for_men",
    "safe_for_lgbtiq",
    "offers_pep",
    "offers_ec",
    "offers_forensic",
    "free_of_charge",
]
"""Why an entry is shown."""

Caution = Literal[
    "verification_expired",
    "reported_unreachable",
    "not_verified_recently",
    "never_verified",
    "phone_not_confirmed",
    "hours_not_confirmed",
    "hours_unknown",
    "closed_now",
    "closed_tonight",
    "by_appointment",
    "by_referral",
    "police_report_required",
    "police_report_unknown",
    "costs_money",
    "cost_unknown",
    "documents_required",
    "age_limits",
    "women_and_girls_only",
    "men_and_boys_only",
    "meant_for_men_and_boys",
    "children_only",
    "adults_only",
    "children_not_confirmed",
    "men_not_confirmed",
    "lgbtiq_not_confirmed",
    "language_not_listed",
    "access_not_confirmed",
    "no_pep",
    "no_ec",
    "no_forensic",
    "capacity_unknown",
    "area_not_covered",
    "area_unknown",
    "far_away",
    "has_alert",
    "no_phone",
]
"""What is uncertain or costs the person something; each must be said when the entry is shown."""

Reason = Why | Caution

NEEDS: Final[tuple[Need, ...]] = get_args(Need)
WHYS: Final[tuple[Why, ...]] = get_args(Why)
CAUTIONS: Final[tuple[Caution, ...]] = get_args(Caution)
CAPACITIES: Final[tuple[Capacity, ...]] = get_args(Capacity)
PLACE_LEVELS: Final[tuple[PlaceLevel, ...]] = get_args(PlaceLevel)

URGENT_NEEDS: Final[frozenset[str]] = frozenset({"health", "safety", "hotline", "police"})
"""Needs for which an open door now outweighs everything but distance (guidance.md §3, §7)."""

SHELTER: Final[Need] = "safety"
"""Where a service with this need stands is told to nobody, even if whoever typed it called it public."""

ADULT_FROM: Final = 18
"""A child is anybody under 18, whatever local law says (guidance.md §6)."""
