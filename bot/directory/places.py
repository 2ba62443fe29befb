"""The gazetteer in memory: finds the place somebody means and knows what lies in what.

Built once from the `place` tables and replaced when they change (`bot.directory.search` does that). A name
is looked up in this order, each step only when the one before found nothing as good:

1. id or P-code; the name; another name of it, in any script, with or without its article or the word "camp";
2. part of a name: some of its words, or the beginning;
3. misspelt: names that share enough letter pairs are compared by edit distance, and by sound across scripts.

Numbers never bend: "gate 3" is not a misspelt "gate 4". Cost over 10,000 places: about 0.01 ms for an exact
name and 5 ms for a misspelt one, because only names sharing letter pairs are compared; building takes 2 s.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Final, Literal

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.directory import models
from bot.directory.likeness import LOWEST_SCORE, letter_pairs, likeness
from bot.directory.spelling import fold, numbers, skeleton, squash, without_article, without_clitic

How = Literal["code", "name", "alias", "part", "misspelt"]

SURE_SCORE: Final = 90.0
"""From here on a place counts as found; below, it is a guess that the user should be told."""
AMBIGUOUS_WITHIN: Final = 4.0
"""Candidates whose scores differ by less cannot be told apart."""

_LEVEL_ORDER: Final = {"town": 0, "camp": 1, "district": 2, "site": 3, "region": 4, "country": 5}
"""Of two places with the same name people mean the town rather than the district around it."""
_COUNTED: Final = 1500
_COMPARED: Final = 250
"""How many names that share letter pairs are looked at, and how many of them compared in full."""
_SURE_LIKENESS: Final = 74.0
"""A name this like the typed one makes looking in other scripts needless."""
_EARTH_KM: Final = 6371.0


@dataclass(frozen=True)
class Place:
    """A place as search shows it. `within` names what it lies in, nearest first, without the country."""

    id: str
    name: str
    level: str
    pcode: str | None
    parent_id: str | None
    latitude: float | None
    longitude: float | None
    names: tuple[str, ...] = ()
    within: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """What to hand back as `Query.place` to mean exactly this place, for instance from a button."""
        return self.pcode or self.id


@dataclass(frozen=True)
class Candidate:
    """One possible reading of a name: `score` is 0–100."""

    place: Place
    score: float
    how: How


@dataclass(frozen=True)
class Resolution:
    """Candidates, best first. `ambiguous`: the first few are equally likely, so ask which is meant."""

    candidates: tuple[Candidate, ...] = ()
    ambiguous: bool = False

    @property
    def best(self) -> Candidate | None:
        return self.candidates[0] if self.candidates else None

    @property
    def tied(self) -> tuple[Candidate, ...]:
        """The candidates to choose among when ambiguous."""
        if not self.ambiguous:
            return self.candidates[:1]
        floor = self.candidates[0].score - AMBIGUOUS_WITHIN
        return tuple(candidate for candidate in self.candidates if candidate.score > floor)


class Gazetteer:
    """All places, for look-up by name and for what lies in what. Immutable once built."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._places = {place.id: place for place in places}
        self._children: dict[str, list[str]] = defaultdict(list)
        self._keys: dict[str, dict[str, tuple[float, How]]] = defaultdict(dict)
        self._by_pcode: dict[str, str] = {}
        for place in self._places.values():
            if place.parent_id:
                self._children[place.parent_id].append(place.id)
            if place.pcode:
                self._by_pcode[squash(fold(place.pcode))] = place.id
        for place in self._places.values():
            for key, score, how in self._spellings(place):
                if score > self._keys[key].get(place.id, (0.0, how))[0]:
                    self._keys[key][place.id] = (score, how)
        self.countries = tuple(place.id for place in self._places.values() if place.level == "country")
        self._names = list(self._keys)
        self._squashed = [squash(name) for name in self._names]
        self._index()

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Place]:
        return iter(self._places.values())

    def get(self, place_id: str) -> Place | None:
        return self._places.get(place_id)

    def by_code(self, text: str) -> Place | None:
        """The place with this P-code."""
        return self._places.get(self._by_pcode.get(squash(fold(text)), ""))

    def resolve(self, text: str, *, limit: int = 5) -> Resolution:
        """The places `text` may mean. It may be a name, part of one, misspelt, a P-code, or a place's id."""
        if place := self._places.get(text.strip()):
            return Resolution((Candidate(place, 100.0, "code"),))
        folded = fold(text)
        if not folded:
            return Resolution()
        if place_id := self._by_pcode.get(squash(folded)):
            return Resolution((Candidate(self._places[place_id], 100.0, "code"),))
        found = self.exact(folded) or self._exactly(without_clitic(folded))
        if not found or max(candidate.score for candidate in found) < SURE_SCORE:
            found = self._merge(found, self._part(folded), self._misspelt(folded))
        return self._rank(found, limit)

    def exact(self, folded: str) -> list[Candidate]:
        """Places with this very name, in folded spelling."""
        stripped = without_article(folded)
        return self._exactly(folded) or (self._exactly(stripped) if stripped != folded else [])

    def rank(self, candidates: Iterable[Candidate], *, limit: int = 5) -> Resolution:
        """`candidates` from several readings of a text as one resolution."""
        return self._rank(self._merge(list(candidates)), limit)

    def lineage(self, place_id: str) -> tuple[str, ...]:
        """Ids of the place and everything it lies in, smallest first."""
        found: list[str] = []
        current = self._places.get(place_id)
        while current and current.id not in found:
            found.append(current.id)
            current = self._places.get(current.parent_id) if current.parent_id else None
        return tuple(found)

    def inside(self, place_id: str) -> frozenset[str]:
        """Ids of the place and everything in it."""
        found: set[str] = set()
        waiting = [place_id]
        while waiting:
            current = waiting.pop()
            if current not in found:
                found.add(current)
                waiting.extend(self._children.get(current, ()))
        return frozenset(found)

    def nearest(self, latitude: float, longitude: float) -> Place | None:
        """The smallest place next to a position, for a user who shares where they are."""
        located = [place for place in self._places.values() if place.level not in ("country", "region")]
        return min(
            located, key=lambda place: distance_km((latitude, longitude), position(place)), default=None
        )

    def _spellings(self, place: Place) -> Iterator[tuple[str, float, How]]:
        """Every folded spelling a place is found by, with the score it earns."""
        for number, name in enumerate((place.name, *place.names)):
            folded = fold(name)
            how: How = "name" if number == 0 else "alias"
            yield folded, 100.0 - (number > 0), how
            yield without_article(folded), 98.0, how
            plain = _without_generic(folded)
            if plain and not plain.isdigit():
                yield plain, 97.0, how
            if numbers(folded):
                for outer in self._outer_names(place):
                    yield f"{folded} {outer}", 100.0, how
                    yield f"{outer} {folded}", 99.0, how

    def _outer_names(self, place: Place) -> Iterator[str]:
        parent = self._places.get(place.parent_id or "")
        for name in (parent.name, *parent.names) if parent else ():
            folded = fold(name)
            yield folded
            if (plain := _without_generic(folded)) and plain != folded:
                yield plain

    def _index(self) -> None:
        pairs: dict[str, list[int]] = defaultdict(list)
        sounds: dict[str, list[int]] = defaultdict(list)
        words: dict[str, set[int]] = defaultdict(set)
        for number, name in enumerate(self._names):
            for pair in letter_pairs(self._squashed[number]):
                pairs[pair].append(number)
            if len(sound := squash(skeleton(name))) > 1:
                sounds[sound].append(number)
            for word in name.split():
                words[word].add(number)
        self._pairs, self._sounds, self._words = dict(pairs), dict(sounds), dict(words)
        self._sorted_words = sorted(words)

    def _exactly(self, folded: str) -> list[Candidate]:
        return [Candidate(self._places[key], *found) for key, found in self._keys.get(folded, {}).items()]

    def _part(self, folded: str) -> list[Candidate]:
        """Names that hold all words of `folded`, the last of them possibly unfinished."""
        *whole, last = folded.split()
        if len(last) < 3 and not whole:
            return []
        begins = set(chain.from_iterable(self._words[word] for word in self._beginning_with(last)))
        for word in whole:
            begins &= self._words.get(word, set())
        found: list[Candidate] = []
        for number in begins:
            name = self._names[number]
            covered = len(squash(folded)) / len(self._squashed[number])
            if numbers(folded) and numbers(folded) != numbers(name):
                continue
            score = 70 + 22 * covered
            found += [Candidate(self._places[key], score, "part") for key in self._keys[name]]
        return found

    def _beginning_with(self, start: str) -> Iterator[str]:
        position_ = bisect_left(self._sorted_words, start)
        while position_ < len(self._sorted_words) and self._sorted_words[position_].startswith(start):
            yield self._sorted_words[position_]
            position_ += 1

    def _misspelt(self, folded: str) -> list[Candidate]:
        found: list[Candidate] = []
        for typed in dict.fromkeys((folded, without_article(folded), _without_generic(folded))):
            if len(squash(typed)) > 2:
                found += self._near(typed)
        return found

    def _near(self, folded: str) -> list[Candidate]:
        """Names like this one in its own script, by spelling; else names of other scripts by sound."""
        typed, sound = squash(folded), squash(skeleton(folded))
        numbered = numbers(folded)
        alike = [number for number in self._sharing_pairs(typed) if numbers(self._names[number]) == numbered]
        found = self._scored((number, likeness(typed, self._squashed[number])) for number in alike)
        if len(sound) < 2 or any(candidate.score >= _SURE_LIKENESS for candidate in found):
            return found
        sounding = [one for one in self._sounds.get(sound, ()) if numbers(self._names[one]) == numbered]
        return found + self._scored((number, 78.0 if len(sound) > 2 else 68.0) for number in sounding)

    def _sharing_pairs(self, typed: str) -> list[int]:
        """Numbers of the names that share most letter pairs, for their length."""
        pairs = letter_pairs(typed)
        shared = Counter(chain.from_iterable(self._pairs.get(pair, ()) for pair in pairs))
        size = len(pairs)
        most = shared.most_common(_COUNTED)
        most.sort(key=lambda one: one[1] / (size + len(self._squashed[one[0]])), reverse=True)
        return [number for number, _ in most[:_COMPARED]]

    def _scored(self, scores: Iterable[tuple[int, float]]) -> list[Candidate]:
        return [
            Candidate(self._places[key], score, "misspelt")
            for number, score in scores
            if score >= LOWEST_SCORE
            for key in self._keys[self._names[number]]
        ]

    @staticmethod
    def _merge(*groups: list[Candidate]) -> list[Candidate]:
        best: dict[str, Candidate] = {}
        for candidate in chain.from_iterable(groups):
            known = best.get(candidate.place.id)
            if known is None or candidate.score > known.score:
                best[candidate.place.id] = candidate
        return list(best.values())

    def _rank(self, found: list[Candidate], limit: int) -> Resolution:
        ranked = sorted(
            found, key=lambda one: (-one.score, _LEVEL_ORDER.get(one.place.level, 9), one.place.name)
        )
        if len(ranked) < 2:
            return Resolution(tuple(ranked))
        first = ranked[0]
        related = self.inside(first.place.id) | set(self.lineage(first.place.id))
        rivals = [one for one in ranked[1:] if one.score > first.score - AMBIGUOUS_WITHIN]
        ambiguous = any(one.place.id not in related for one in rivals)
        if ambiguous:  # what is only part of, or around, the first candidate is no rival of it
            ranked = [first] + [one for one in ranked[1:] if one.place.id not in related]
        return Resolution(tuple(ranked[:limit]), ambiguous)


def load_gazetteer(session: Session) -> Gazetteer:
    """The gazetteer from the database; about half a second for 10,000 places."""
    place, place_name = models.Place.__table__.c, models.PlaceName.__table__.c
    names: dict[str, list[str]] = defaultdict(list)
    for place_id, name in session.execute(
        select(place_name.place_id, place_name.name).order_by(place_name.name)
    ):
        names[place_id].append(name)
    columns = (
        place.id,
        place.name,
        place.level,
        place.pcode,
        place.parent_id,
        place.latitude,
        place.longitude,
    )
    rows = session.execute(select(*columns).order_by(place.id)).all()
    outer = {row.id: (row.name, row.level, row.parent_id) for row in rows}
    return Gazetteer(
        Place(
            id=row.id,
            name=row.name,
            level=row.level,
            pcode=row.pcode,
            parent_id=row.parent_id,
            latitude=row.latitude,
            longitude=row.longitude,
            names=tuple(names.get(row.id, ())),
            within=tuple(_within(outer, row.parent_id)),
        )
        for row in rows
    )


def position(place: Place) -> tuple[float, float] | None:
    """Latitude and longitude of a place, or None when they are not known."""
    if place.latitude is None or place.longitude is None:
        return None
    return place.latitude, place.longitude


def distance_km(here: tuple[float, float] | None, there: tuple[float, float] | None) -> float:
    """Great-circle distance in kilometres; infinite when either end is not known."""
    if here is None or there is None:
        return float("inf")
    south, west, north, east = map(radians, (*here, *there))
    half = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin((east - west) / 2) ** 2
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(half)))


def _within(outer: dict[str, tuple[str, str, str | None]], parent_id: str | None) -> Iterator[str]:
    seen: set[str] = set()
    while parent_id and parent_id in outer and parent_id not in seen:
        seen.add(parent_id)
        name, level, parent_id = outer[parent_id]
        if level != "country":
            yield name


def _without_generic(folded: str) -> str:
    """A folded name without words such as "camp"; the name itself when nothing else is left."""
    kept = [word for word in folded.split() if word not in generic_words()]
    return " ".join(kept) or folded


@cache
def generic_words() -> frozenset[str]:
    """Words for kinds of place in every language we know, folded."""
    listed = yaml.safe_load((Path(__file__).parent / "words" / "places.yml").read_text(encoding="utf-8"))
    return frozenset(fold(word) for words in listed["generic"].values() for word in words)
