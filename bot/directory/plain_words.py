"""Reads what a message asks of the directory: "doctor for a woman tonight near gate 3".

By word lists (`words/<language>.yml`), not by the classifier: a look-up must be predictable, and every
language is one more file. Phrases count before single words, a negated word counts for nothing ("no
police"), and people who are only mentioned ("beaten by her husband") are not whom the service is for. The
message itself is not kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from bot.directory.codes import ADULT_FROM, CAPACITIES, Age, Capacity, Need, Sex
from bot.directory.places import Candidate, Gazetteer
from bot.directory.query import Query
from bot.directory.spelling import fold

WORDS: Final = Path(__file__).parent / "words"
DEFAULT_LANGUAGE: Final = "en"

_LONGEST_PHRASE: Final = 6
_LONGEST_NAME: Final = 5
_COMPANION_WITHIN: Final = 3
"""How many words after "with" still say who is along."""
_SURE_MISSPELLING: Final = 82.0
"""How alike a word must be to a place's name to be taken for it where nothing says that a place follows."""
_SHORTEST_GUESS: Final = 5
_MOST_GUESSES: Final = 6
_OLDEST: Final = 110

LONGEST_MESSAGE: Final = 600
"""Characters that are read; nobody asks for a service in more."""

_SECTIONS: Final = {"need": "needs", "sign": "signs", "capacity": "capacities", "spoken": "spoken"}
_PLAIN_SECTIONS: Final = (
    "child", "adult", "female", "male", "men", "lgbtiq", "accessible", "now", "tonight", "others",
)  # fmt: skip
_NAMED: Final = frozenset({"need", "sign", "capacity"})
"""What "not" takes back; who somebody is stays true."""
_FOR_WHOM: Final[dict[str, Need]] = {
    "lgbtiq": "lgbtiq",
    "accessible": "disability",
    "child": "child_protection",
    "men": "men_and_boys",
}
"""What is meant when a message only says for whom."""


@dataclass(frozen=True)
class Request:
    """What a message says, under the names `Query` has; None or False is "not said".

    `place` is a place's code when it is certain, otherwise the words used, which search resolves or asks
    about.
    """

    need: str | None = None
    place: str | None = None
    age: Age | None = None
    age_years: int | None = None
    sex: Sex | None = None
    language: str | None = None
    accessible: bool = False
    open_now: bool = False
    tonight: bool = False
    lgbtiq: bool = False
    capacities: tuple[Capacity, ...] = ()

    def query(self, **others: Any) -> Query | None:
        """The query, with `others` (such as `limit`) added; None when the message does not say what is
        needed.
        """
        said = {each.name: getattr(self, each.name) for each in fields(self)} | others
        return Query(**said) if said["need"] else None


def read_request(text: str, gazetteer: Gazetteer, language: str = DEFAULT_LANGUAGE) -> Request:
    """What `text` asks for; an empty request when it names no need, no place and nobody."""
    words = load_words(language)
    tokens = fold(text[:LONGEST_MESSAGE]).split()
    marks = words.mark(tokens)
    age_years = words.age_years(tokens)
    people = [mark for mark in marks if not words.is_companion(tokens, mark)]
    return Request(
        need=_need(marks),
        place=_find_place(text[:LONGEST_MESSAGE], tokens, marks, words, gazetteer),
        age=_age(people, age_years),
        age_years=age_years,
        sex=_sex(people),
        language=next((mark.value for mark in marks if mark.kind == "spoken"), None),
        accessible=_has(marks, "accessible"),
        open_now=_has(marks, "now") and not _has(marks, "tonight"),
        tonight=_has(marks, "tonight"),
        lgbtiq=_has(marks, "lgbtiq"),
        capacities=tuple(one for one in CAPACITIES if any(mark.is_("capacity", one) for mark in marks)),
    )


@dataclass(frozen=True)
class Mark:
    """A phrase found in a message: what it stands for, and the words it spans (`end` is after the last)."""

    kind: str
    value: str
    start: int
    end: int

    def is_(self, kind: str, value: str) -> bool:
        return self.kind == kind and self.value == value


class Words:
    """The word lists of one language, as phrases of folded words."""

    def __init__(self, lists: Mapping[str, Any]) -> None:
        self._phrases: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        for kind, section in _SECTIONS.items():
            for value, phrases in lists[section].items():
                self._add(phrases, kind, value)
        for kind in _PLAIN_SECTIONS:
            self._add(lists[kind], kind, "")
        self.near, self.stop = _folded(lists["near"]), _folded(lists["stop"])
        self.negations, self._filler = _folded(lists["negations"]), _folded(lists["filler"])
        self._refusals = _folded(lists["refusals"]["words"])
        self._refusable = frozenset(lists["refusals"]["needs"])
        self._companions = _folded(lists["companions"])
        self._age_after, self._age_before = _folded(lists["age_after"]), _folded(lists["age_before"])
        self._baby = _folded(lists["baby"])

    def _add(self, phrases: Iterable[str], kind: str, value: str) -> None:
        for phrase in phrases:
            self._phrases.setdefault(tuple(fold(phrase).split()), []).append((kind, value))

    def mark(self, tokens: Sequence[str]) -> tuple[Mark, ...]:
        """The phrases in a message, longest first at each word, without those that are taken back."""
        found: list[Mark] = []
        start = 0
        while start < len(tokens):
            end, meanings = self._longest(tokens, start, _LONGEST_PHRASE)
            if ("others", "") in meanings:  # "female doctor" says nothing of the person, but names the doctor
                for at in range(start, end):
                    _, inner = self._longest(tokens, at, 1)
                    found += [Mark(kind, value, at, at + 1) for kind, value in inner if kind == "need"]
            negated, refused = self._taken_back(tokens, start)
            for kind, value in meanings:
                if not (kind in _NAMED and (negated or (refused and value in self._refusable))):
                    found.append(Mark(kind, value, start, end))
            start = end
        return tuple(found)

    def is_companion(self, tokens: Sequence[str], mark: Mark) -> bool:
        """Whether somebody is only along: "with two children", "with her mother"."""
        before = tokens[max(0, mark.start - _COMPANION_WITHIN) : mark.start]
        return any(token in self._companions for token in before)

    def knows(self, token: str) -> bool:
        """Whether a word means something here, so that it is not a place."""
        return token in self.stop or any((form,) in self._phrases for form in _singular(token))

    def age_years(self, tokens: Sequence[str]) -> int | None:
        """An age said in years, such as "14 year old", "aged 30"; 0 for a baby of months."""
        for at, token in enumerate(tokens):
            if token.isdigit() and int(token) <= _OLDEST:
                if _follows(tokens, at + 1, self._baby):
                    return 0
                if _follows(tokens, at + 1, self._age_after) or _precedes(tokens, at, self._age_before):
                    return int(token)
        return None

    def _longest(self, tokens: Sequence[str], start: int, most: int) -> tuple[int, list[tuple[str, str]]]:
        for end in range(min(len(tokens), start + most), start, -1):
            *first, last = tokens[start:end]
            for form in _singular(last):
                if meanings := self._phrases.get((*first, form)):
                    return end, meanings
        return start + 1, []

    def _taken_back(self, tokens: Sequence[str], at: int) -> tuple[bool, bool]:
        """Whether the words before are "not", or "no", but for filler words between."""
        while at > 0 and tokens[at - 1] in self._filler:
            at -= 1
        before = tokens[at - 1] if at else ""
        return before in self.negations, before in self._refusals


@cache
def load_words(language: str) -> Words:
    """The word lists of a language; of English where there are none yet."""
    path = WORDS / f"{language}.yml"
    if not language.isalpha() or not path.exists():
        path = WORDS / f"{DEFAULT_LANGUAGE}.yml"
    return Words(yaml.safe_load(path.read_text(encoding="utf-8")))


def _folded(phrases: Iterable[str]) -> frozenset[str]:
    return frozenset(fold(phrase) for phrase in phrases)


def _singular(token: str) -> Iterator[str]:
    yield token
    if token.endswith("s") and len(token) > 3:
        yield token[:-1]
        if token.endswith("es"):
            yield token[:-2]


def _follows(tokens: Sequence[str], start: int, phrases: frozenset[str]) -> bool:
    return any(" ".join(tokens[start : start + size]) in phrases for size in (1, 2))


def _precedes(tokens: Sequence[str], end: int, phrases: frozenset[str]) -> bool:
    return any(" ".join(tokens[max(0, end - size) : end]) in phrases for size in (1, 2))


def _has(marks: Sequence[Mark], kind: str) -> bool:
    return any(mark.kind == kind for mark in marks)


def _need(marks: Sequence[Mark]) -> str | None:
    """The first service named, else what the situation asks for, else who the service is for."""
    named = [mark.value for mark in marks if mark.kind == "need"]
    if "staff_welfare" in named:
        return "staff_welfare"
    specific = [need for need in named if need != "disability"] or named
    if specific:
        return specific[0]
    for mark in marks:
        if mark.kind == "sign":
            return mark.value
    return next((need for kind, need in _FOR_WHOM.items() if _has(marks, kind)), None)


def _age(people: Sequence[Mark], years: int | None) -> Age | None:
    """Child or adult, when only one of them is meant."""
    if years is not None:
        return "child" if years < ADULT_FROM else "adult"
    child, adult = _has(people, "child"), _has(people, "adult")
    if child == adult:
        return None
    return "child" if child else "adult"


def _sex(marks: Sequence[Mark]) -> Sex | None:
    """The sex said, when only one is."""
    female, male = _has(marks, "female"), _has(marks, "male")
    if female == male:
        return None
    return "female" if female else "male"


def _find_place(
    text: str, tokens: Sequence[str], marks: Sequence[Mark], words: Words, gazetteer: Gazetteer
) -> str | None:
    """The place named, as a code when certain, else as the words used."""
    for word in text.split():
        if place := gazetteer.by_code(word):
            return place.code
    mentions = list(_exact_mentions(tokens, words, gazetteer))
    if mentions:
        return _settle(mentions, gazetteer)
    taken = {at for mark in marks for at in range(mark.start, mark.end)}
    return _after_near(text, tokens, taken, words, gazetteer) or _guess(tokens, taken, words, gazetteer)


def _exact_mentions(
    tokens: Sequence[str], words: Words, gazetteer: Gazetteer
) -> Iterator[tuple[str, list[Candidate]]]:
    """Names that stand in the message as they are, longest first at each word."""
    start = 0
    while start < len(tokens):
        size = 1
        for length in range(min(_LONGEST_NAME, len(tokens) - start), 0, -1):
            window = tokens[start : start + length]
            if length == 1 and words.knows(window[0]):
                continue
            if found := gazetteer.exact(" ".join(window)):
                yield " ".join(window), found
                size = length
                break
        start += size


def _settle(mentions: Sequence[tuple[str, list[Candidate]]], gazetteer: Gazetteer) -> str:
    """Of several names ("gate 3 in Nuralla") the smallest place that lies in another one named."""
    for name, found in mentions:
        others = {one.place.id for other, ones in mentions if other != name for one in ones}
        inner = [one for one in found if others & set(gazetteer.lineage(one.place.id)[1:])]
        if len(inner) == 1:
            return inner[0].place.code
    name, found = mentions[0]
    resolution = gazetteer.rank(found)
    return name if resolution.ambiguous or resolution.best is None else resolution.best.place.code


def _after_near(
    text: str, tokens: Sequence[str], taken: set[int], words: Words, gazetteer: Gazetteer
) -> str | None:
    """A misspelt or unknown name after "near", "in", "at" …; an unknown one only when it is written as a
    name.
    """
    unknown: str | None = None
    names = {fold(word) for word in text.split()[1:] if word[:1].isupper()}
    for at in range(1, len(tokens)):
        if tokens[at - 1] not in words.near:
            continue
        run = _run(tokens, at, taken, words)
        for length in range(len(run), 0, -1):
            resolution = gazetteer.resolve(" ".join(run[:length]))
            if best := resolution.best:
                return " ".join(run[:length]) if resolution.ambiguous or best.score < 100 else best.place.code
        if run and run[0] in names:
            unknown = unknown or " ".join(word for word in run if word in names)
    return unknown


def _run(tokens: Sequence[str], start: int, taken: set[int], words: Words) -> list[str]:
    """Words from `start` on that may be one name. Words such as "gate" belong to it only with a number."""
    run: list[str] = []
    for at in range(start, min(len(tokens), start + _LONGEST_NAME)):
        if tokens[at].isdigit() and not run:
            break
        if at in taken or tokens[at] in words.near or tokens[at] in words.negations:
            break
        run.append(tokens[at])
    while run and run[0] in words.stop and not any(token.isdigit() for token in run):
        run.pop(0)
    while run and run[-1] in words.stop:
        run.pop()
    return run


def _guess(tokens: Sequence[str], taken: set[int], words: Words, gazetteer: Gazetteer) -> str | None:
    """A misspelt name where nothing says that a place follows: only when very like one."""
    free = [at not in taken and not words.knows(token) for at, token in enumerate(tokens)]
    windows = [
        " ".join(tokens[at : at + size])
        for size in (2, 1)
        for at in range(len(tokens) - size + 1)
        if all(free[at : at + size])
    ]
    likely = [window for window in windows if len(window) >= _SHORTEST_GUESS][:_MOST_GUESSES]
    for window in likely:
        best = gazetteer.resolve(window).best
        if best is not None and best.score >= _SURE_MISSPELLING and best.how != "part":
            return window
    return None
