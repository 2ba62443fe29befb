"""Finds phrases with gaps, sets and alternatives in a row of stems.

Every phrase is filed under the words of its most telling slot, the one whose words occur
in the fewest phrases ("breathe" in ``can not * breathe``). A message wakes only the
phrases filed under one of its words, and of those only such as have a word for every slot
that must be filled; they are then followed slot by slot.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.understanding.patterns import Phrase, Slot

_STOPS = frozenset(".!?;\n")


@dataclass(frozen=True)
class _Place:
    """A slot ready for look-up: single stems, single exact words, longer sequences by how they begin."""

    stems: frozenset[str]
    words: frozenset[str]
    longer: Mapping[tuple[str, bool], tuple[tuple[tuple[str, bool], ...], ...]]
    optional: bool
    gap: int

    def ends(self, at: int, stems: Sequence[str], words: Sequence[str]) -> list[int]:
        """Where a phrase of this slot that begins at ``at`` may end."""
        found = [at + 1] if stems[at] in self.stems or words[at] in self.words else []
        if not self.longer:
            return found
        begun = (*self.longer.get((stems[at], False), ()), *self.longer.get((words[at], True), ()))
        for sequence in begun:
            end = at + len(sequence)
            if end <= len(stems) and all(
                (words[at + k] if exact else stems[at + k]) == text
                for k, (text, exact) in enumerate(sequence)
            ):
                found.append(end)
        return found


@dataclass(frozen=True)
class _Pattern:
    """A phrase ready for look-up.

    Attributes:
        name: of its concept.
        places: its slots.
        needed: what a message must hold for each slot that must be filled, besides the most telling one.
        begins: stems and words with which the phrase can begin.
    """

    name: str
    places: tuple[_Place, ...]
    needed: tuple[frozenset[str], ...]
    begins: frozenset[str]


class GappedPhrases:
    """The phrases of one language that are not fixed word sequences."""

    def __init__(
        self,
        patterns: Sequence[tuple[str, tuple[Slot, ...]]],
        stem: Callable[[str], str],
        blockers: frozenset[str],
    ) -> None:
        self._blockers = blockers | _STOPS
        self._stem = stem
        self._patterns: list[_Pattern] = []
        self._filed: dict[str, list[int]] = {}
        made: dict[Slot, _Place] = {}
        use = Counter(key for _, slots in patterns for slot in slots for key in self._keys(slot))
        for number, (name, slots) in enumerate(patterns):
            for slot in slots:
                if slot not in made:
                    made[slot] = self._place(slot)
            required = [slot for slot in slots if not slot.optional]
            telling = min(required, key=lambda slot: sum(use[key] for key in self._keys(slot)))
            # A message that wakes a phrase has its most telling word.
            needed = tuple(frozenset(self._beginnings(slot)) for slot in required if slot is not telling)
            first = slots[: slots.index(required[0]) + 1]
            begins = frozenset(beginning for slot in first for beginning in self._beginnings(slot))
            self._patterns.append(_Pattern(name, tuple(made[slot] for slot in slots), needed, begins))
            for key in self._keys(telling):
                self._filed.setdefault(key, []).append(number)

    def find(self, stems: Sequence[str], words: Sequence[str]) -> Iterable[tuple[str, int, int]]:
        """(name, start, end) of every phrase found; the shortest per name and start."""
        there = set(stems)
        woken = {number for stem in there for number in self._filed.get(stem, ())}
        there.update(words)
        blocked = [word in self._blockers for word in words]
        best: dict[tuple[str, int], int] = {}
        for number in woken:
            pattern = self._patterns[number]
            if any(map(there.isdisjoint, pattern.needed)):
                continue
            name, begins = pattern.name, pattern.begins
            for start in range(len(stems)):
                if stems[start] not in begins and words[start] not in begins:
                    continue
                end = _follow(pattern.places, start, stems, words, blocked)
                if end and end < best.get((name, start), 1 << 30):
                    best[(name, start)] = end
        return [(name, start, end) for (name, start), end in best.items()]

    def _keys(self, slot: Slot) -> set[str]:
        return {self._stem(phrase[0].text) for phrase in slot.phrases}

    def _beginnings(self, slot: Slot) -> set[str]:
        """What a message must hold, as a stem or as a word, for the slot to be filled."""
        return self._keys(slot) | {phrase[0].text for phrase in slot.phrases if phrase[0].exact}

    def _place(self, slot: Slot) -> _Place:
        singles = [phrase[0] for phrase in slot.phrases if len(phrase) == 1]
        return _Place(
            stems=frozenset(self._stem(word.text) for word in singles if not word.exact),
            words=frozenset(word.text for word in singles if word.exact),
            longer=_by_beginning(self._sequence(phrase) for phrase in slot.phrases if len(phrase) > 1),
            optional=slot.optional,
            gap=slot.gap,
        )

    def _sequence(self, phrase: Phrase) -> tuple[tuple[str, bool], ...]:
        return tuple((w.text if w.exact else self._stem(w.text), w.exact) for w in phrase)


def _by_beginning(
    sequences: Iterable[tuple[tuple[str, bool], ...]],
) -> dict[tuple[str, bool], tuple[tuple[tuple[str, bool], ...], ...]]:
    filed: dict[tuple[str, bool], list[tuple[tuple[str, bool], ...]]] = {}
    for sequence in sequences:
        filed.setdefault(sequence[0], []).append(sequence)
    return {beginning: tuple(found) for beginning, found in filed.items()}


def _follow(
    places: tuple[_Place, ...],
    start: int,
    stems: Sequence[str],
    words: Sequence[str],
    blocked: Sequence[bool],
) -> int:
    """The nearest end of a phrase that begins exactly at ``start``, or 0."""
    reached = {start: 0}  # position → gap still open from skipped optional slots
    begun = False
    for place in places:
        following: dict[int, int] = {}
        for position, open_gap in reached.items():
            gap = max(place.gap, open_gap) if begun else 0
            for at in range(position, min(position + gap + 1, len(stems))):
                if at > position and blocked[at - 1]:
                    break
                for end in place.ends(at, stems, words):
                    following.setdefault(end, 0)
            if place.optional:
                following[position] = max(following.get(position, 0), gap)
        if not following:
            return 0
        reached = following
        begun = begun or any(position > start for position in reached)
    ends = [position for position in reached if position > start]
    return min(ends, default=0)
