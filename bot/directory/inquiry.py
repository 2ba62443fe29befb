"""One search in progress: from a query and a known place to the page that is shown.

candidates in growing rings (candidates.py) ─► who is excluded, in what order (fitness.py) ─► views
(views.py)

Rings grow only until nothing further away could come before what is found, so a search costs about the same
in a directory of a hundred services and of a hundred thousand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot.directory.candidates import Candidate, Lookup
from bot.directory.codes import URGENT_NEEDS, PlaceState, Scope
from bot.directory.fitness import (
    BAND_FAR,
    BAND_HERE,
    BAND_NATIONAL,
    BAND_NEAR,
    BAND_REACH,
    HERE_KM,
    NEAR_KM,
    REACH_KM,
    Judged,
    excludes,
    is_expired,
    open_questions,
    rank_key,
)
from bot.directory.freshness import Thresholds, freshness
from bot.directory.hours import hours_state, is_open_at
from bot.directory.match import SearchResult
from bot.directory.places import Gazetteer, Place, distance_km, position
from bot.directory.query import Query
from bot.directory.views import ViewBuilder

FALLBACK_LINES: Final = 2
"""How many lines to call from anywhere are offered beside results that are not here."""

_RINGS: Final = (HERE_KM, NEAR_KM, REACH_KM)
_FAR_RINGS: Final = (300.0, 1000.0)
_EVENING: Final = time(20, 0)
"""What "tonight" means until then; later, and until the morning, it means now."""
_MORNING: Final = time(5, 0)
_WIDE_LEVELS: Final = frozenset({"country", "region", "district"})
"""Places too large for a distance from their middle to mean anything."""
_MOST_INNER_PLACES: Final = 5000
"""Places of a region that are looked into at once; databases limit the values of one statement."""


@dataclass(frozen=True)
class Setting:
    """What every search at this moment shares. `now` is local time."""

    session: Session
    gazetteer: Gazetteer
    now: datetime
    zone: ZoneInfo
    thresholds: Thresholds


class Inquiry:
    """One query about one place (or none, then `state` says why)."""

    def __init__(self, setting: Setting, query: Query, place: Place | None, state: PlaceState) -> None:
        self._setting, self._query, self._place, self._state = setting, query, place, state
        gazetteer = setting.gazetteer
        self._origin = _origin(gazetteer, query, place)
        self._inside = gazetteer.inside(place.id) if place else frozenset()
        self._lineage = gazetteer.lineage(place.id) if place else gazetteer.countries
        self._judged: dict[tuple[str, str | None], Judged] = {}

    def answer(self) -> SearchResult:
        """Search, rank, and build the views of one page."""
        query = self._query
        self._gather()
        ranked = self._ranked()
        page = [(one, query) for one in ranked[query.offset : query.offset + query.limit]]
        scope = self._scope(ranked)
        lines = self._fallback({one.candidate.service_id for one, _ in page}) if scope != "here" else []
        if not ranked and lines:
            page, lines, scope = lines, [], "national"
        nearest = _nearest(ranked) if scope == "nearby" else None
        timed = [(self._with_hours(one), asked) for one, asked in (*page, *lines)]
        gazetteer, language = self._setting.gazetteer, query.display_language
        builder = ViewBuilder(self._setting.session, gazetteer, [one for one, _ in timed], language)
        views = tuple(
            builder.build(one, asked, nearest=one.candidate.service_id == nearest) for one, asked in timed
        )
        return SearchResult(
            matches=views[: len(page)],
            place=self._place,
            ambiguous=(),
            scope=scope,
            more=len(ranked) > query.offset + query.limit,
            place_state=self._state,
            fallback=views[len(page) :],
        )

    def _gather(self) -> None:
        """Judge candidates from near to far, until nothing further away could come before what is found."""
        lookup = self._lookup()
        if self._state == "not_given":
            self._judge(lookup.everything())
            return
        self._judge(lookup.serving())
        if self._state == "unknown":
            return
        if self._is_wide() or self._origin is None:
            self._judge(lookup.standing_in(sorted(self._inside)[:_MOST_INNER_PLACES]))
        for radius in _RINGS if self._origin else ():
            if self._enough(within=radius):
                return
            self._judge(lookup.around(self._origin or (0.0, 0.0), radius), within=radius)
        for radius in _FAR_RINGS if self._origin else ():
            if self._anything_usable():
                return
            self._judge(lookup.around(self._origin or (0.0, 0.0), radius), within=radius)
        if not self._anything_usable():
            self._judge(lookup.everything())

    def _lookup(self) -> Lookup:
        setting = self._setting
        today, countries = setting.now.date(), setting.gazetteer.countries
        return Lookup(setting.session, self._query, today, self._lineage, countries)

    def _judge(self, candidates: Iterable[Candidate], *, within: float = float("inf")) -> None:
        for candidate in candidates:
            key = (candidate.service_id, candidate.location_id)
            if key in self._judged or excludes(candidate, self._query):
                continue
            placed = self._whereabouts(candidate)
            if placed is not None and (placed[0] == BAND_HERE or placed[1] <= within):
                self._judged[key] = self._judgement(candidate, *placed)

    def _whereabouts(self, candidate: Candidate) -> tuple[int, float] | None:
        """Band and distance of a candidate; None when it is a line or team for somewhere else."""
        to_visit = candidate.is_physical and candidate.confidentiality != "hidden_address"
        if not to_visit or candidate.comes_to_person:
            if candidate.nationwide:
                return BAND_NATIONAL, float("inf")
            if candidate.covers and self._state != "not_given":
                return BAND_HERE, float("inf")
        if self._origin is None and not self._inside:
            return None if self._state == "unknown" else (BAND_REACH, float("inf"))
        if not to_visit:
            is_line = candidate.confidentiality != "hidden_address"
            return None if is_line and candidate.has_area else (BAND_FAR, float("inf"))
        return self._distance(candidate)

    def _is_wide(self) -> bool:
        return self._place is not None and self._place.level in _WIDE_LEVELS

    def _distance(self, candidate: Candidate) -> tuple[int, float]:
        place = self._setting.gazetteer.get(candidate.place_id or "")
        at = (candidate.latitude, candidate.longitude)
        by_place = candidate.confidentiality != "public" or at[0] is None or at[1] is None
        known = (position(place) if place else None) if by_place else (at[0] or 0.0, at[1] or 0.0)
        distance = distance_km(self._origin, known)
        if candidate.place_id in self._inside:
            return BAND_HERE, float("inf") if self._is_wide() else distance
        for band, radius in zip((BAND_HERE, BAND_NEAR, BAND_REACH), _RINGS, strict=True):
            if distance <= radius:
                return band, distance
        return BAND_FAR, distance

    def _judgement(self, candidate: Candidate, band: int, distance: float) -> Judged:
        setting, today = self._setting, self._setting.now.date()
        confirmed = {
            "existence": candidate.existence_verified,
            "phone": candidate.phone_verified,
            "hours": candidate.hours_verified,
        }
        known = {field: day for field, day in confirmed.items() if day is not None}
        has_place = self._place is not None
        tonight = self._query.tonight
        return Judged(
            candidate=candidate,
            band=band,
            distance_km=distance,
            is_open=is_open_at(candidate.opening_hours, self._setting.now, setting.zone),
            open_tonight=is_open_at(candidate.opening_hours, self._evening(), setting.zone)
            if tonight
            else None,
            freshness=freshness(candidate.assured_date, known, today, setting.thresholds),
            expired=is_expired(candidate.verification_expires, today),
            questions=open_questions(candidate, self._query, has_place=has_place),
        )

    def _evening(self) -> datetime:
        if self._setting.now.time() < _MORNING:
            return self._setting.now
        return max(
            self._setting.now,
            self._setting.now.replace(hour=_EVENING.hour, minute=0, second=0, microsecond=0),
        )

    def _enough(self, *, within: float) -> bool:
        """Whether the ring out to `within` need not be looked at."""
        query = self._query
        good = (one for one in self._judged.values() if one.is_good)
        open_counts = query.need in URGENT_NEEDS and within <= NEAR_KM
        if query.open_now or query.tonight or open_counts:
            good = (one for one in good if (one.open_tonight if query.tonight else one.is_open))
        return len({one.candidate.service_id for one in good}) > query.offset + query.limit

    def _anything_usable(self) -> bool:
        return any(not one.expired and one.band != BAND_NATIONAL for one in self._judged.values())

    def _ranked(self) -> list[Judged]:
        """Each service once, at its best location."""
        once: dict[str, Judged] = {}
        for judged in sorted(self._judged.values(), key=lambda one: rank_key(one, self._query)):
            once.setdefault(judged.candidate.service_id, judged)
        return list(once.values())

    def _scope(self, ranked: Sequence[Judged]) -> Scope:
        bands = {one.band for one in ranked if not one.expired} or {one.band for one in ranked}
        if not bands:
            return "none"
        if self._state in ("not_given", "unknown") or bands == {BAND_NATIONAL}:
            return "national"
        return "here" if BAND_HERE in bands else "nearby"

    def _fallback(self, shown: set[str]) -> list[tuple[Judged, Query]]:
        """Lines to call from anywhere: first for the need itself, then the hotline."""
        lines: list[tuple[Judged, Query]] = []
        for need in dict.fromkeys((self._query.need, "hotline")):
            query = replace(self._query, need=need, offset=0, capacities=())
            found = Inquiry(self._setting, query, self._place, self._state).lines()
            lines += [(one, query) for one in found if one.candidate.service_id not in shown]
        return lines[:FALLBACK_LINES]

    def lines(self) -> list[Judged]:
        """What serves the place, or the country, from nowhere to go to, mainly for the need."""
        self._judge(self._lookup().serving())
        mainly = (one for one in self._ranked() if one.candidate.need_position == 0)
        return [one for one in mainly if not one.candidate.is_physical and not one.expired]

    def _with_hours(self, judged: Judged) -> Judged:
        hours = hours_state(judged.candidate.opening_hours, self._setting.now, self._setting.zone)
        return replace(judged, hours=hours)


def _origin(gazetteer: Gazetteer, query: Query, place: Place | None) -> tuple[float, float] | None:
    """Where distances are measured from: the shared position, the place, or the next larger place with
    coordinates.
    """
    if query.position and not query.place:
        return query.position
    for place_id in gazetteer.lineage(place.id) if place else ():
        known = gazetteer.get(place_id)
        if known and (found := position(known)):
            return found
    return None


def _nearest(ranked: Sequence[Judged]) -> str | None:
    """Id of the service that is nearest, among those whose distance is known."""
    measured = [one for one in ranked if one.distance_km < float("inf") and not one.expired]
    nearest = min(measured, key=lambda one: one.distance_km, default=None)
    return nearest.candidate.service_id if nearest else None
