"""The small pattern language of the concept files.

A concept is a list of phrases people use. In a phrase

====================  =========================================================================
``bleed``             a word, in any form with the same stem ("bleeding", "bleeds")
``=will``             exactly this form
``knife|panga``       one of several
``(on fire|alight)``  one of several, of which some have several words
``<someone>``         one of a set of words or phrases; sets are named in ``sets.yml``
``her?``              a word, an alternative or a set that may be missing
``{b/s}x{ha/ni}``     a word with one of several beginnings or endings, for languages that attach them
``*``                 up to three words, or none
====================  =========================================================================

Small words a language lists as fillers ("the", "is", "very") may stand anywhere and are
left out on both sides.

A compiled phrase is a row of *slots* with gaps between them. Phrases that stand for a few
fixed word sequences go into spaCy's ``PhraseMatcher``; the others are matched slot by slot,
and only when the message contains a word of their most telling slot. (Tried first: spaCy's
``Matcher`` for everything. It keeps a state for every pattern at every token.)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

MAX_GAP = 3
"""Words a ``*`` may stand for."""

MAX_FIXED = 48
"""Word sequences up to which a phrase without gaps counts as fixed."""

_PIECE = re.compile(r'\([^)]*\)\??|(?:"[^"]*"|[^\s"])+')
_ALTERNATIVE = re.compile(r'"[^"]*"|[^|"]+')


class PatternError(ValueError):
    """A phrase in a concept file cannot be read; the message names the phrase."""


@dataclass(frozen=True)
class Word:
    """One word of a pattern: its text, and whether only this exact form will do."""

    text: str
    exact: bool = False


Phrase = tuple[Word, ...]


@dataclass(frozen=True)
class Slot:
    """One place in a pattern: what may stand there, how far after the slot before it."""

    phrases: tuple[Phrase, ...]
    optional: bool = False
    gap: int = 0


@dataclass(frozen=True)
class Reader:
    """What a phrase is read with: the language's sets, its word splitter and its fillers."""

    sets: Mapping[str, Sequence[str]]
    split: Callable[[str], list[str]]
    fillers: frozenset[str]
    known: dict[str, list[Phrase]] = field(default_factory=dict)


def compile_pattern(source: str, reader: Reader) -> tuple[Slot, ...]:
    """Compile one phrase; raises :class:`PatternError` for an unknown set or an empty phrase."""
    slots: list[Slot] = []
    gap = 0
    for piece in _PIECE.findall(source):
        if piece == "*":
            gap = MAX_GAP
            continue
        optional = piece.endswith("?") and len(piece) > 1
        phrases = _phrases(piece[:-1] if optional else piece, source, reader)
        if phrases:
            slots.append(Slot(tuple(phrases), optional, gap if slots else 0))
            gap = 0
    if all(slot.optional for slot in slots):
        raise PatternError(f"'{source}' stands for nothing in particular")
    return tuple(slots)


def fixed_phrases(slots: tuple[Slot, ...]) -> list[Phrase]:
    """The word sequences a pattern stands for when they are few and without gaps, else none."""
    count = 1
    for slot in slots:
        count *= len(slot.phrases) + slot.optional
        if slot.gap or count > MAX_FIXED:
            return []
    choices = [[*slot.phrases, ()] if slot.optional else list(slot.phrases) for slot in slots]
    return [sum(combination, ()) for combination in product(*choices) if any(combination)]


def _phrases(piece: str, source: str, reader: Reader) -> list[Phrase]:
    found: list[Phrase] = []
    grouped = piece.startswith("(")
    for raw in piece.strip("()").split("|") if grouped else _ALTERNATIVE.findall(piece):
        alternative = raw.strip('"')
        if grouped and " " in alternative.strip():
            parts = [_phrases(part, source, reader) for part in alternative.split()]
            found += [sum(combination, ()) for combination in product(*(part for part in parts if part))]
            continue
        if "{" in alternative:
            for form in _expanded(alternative):
                found += _phrases(form, source, reader)
            continue
        if alternative.startswith("<") and alternative.endswith(">"):
            name = alternative[1:-1]
            if name in reader.known:
                found += reader.known[name]
                continue
            if name not in reader.sets:
                raise PatternError(f"'{source}' names the set <{name}>, which sets.yml does not define")
            reader.known[name] = _set_phrases(name, source, reader)
            found += reader.known[name]
            continue
        exact = alternative.startswith("=")
        words = reader.split(alternative[1:] if exact else alternative)
        found.append(tuple(Word(word, exact) for word in words if word not in reader.fillers))
    return [phrase for phrase in dict.fromkeys(found) if phrase]


def _expanded(word: str) -> list[str]:
    """ "{b/s}x" → "bx", "sx"."""
    parts = re.split(r"\{([^}]*)\}", word)
    choices = [part.split("/") if k % 2 else [part] for k, part in enumerate(parts)]
    return ["".join(combination) for combination in product(*choices)]


def _set_phrases(name: str, source: str, reader: Reader) -> list[Phrase]:
    found: list[Phrase] = []
    for entry in reader.sets[name]:
        parts = [_phrases(part, source, reader) for part in _PIECE.findall(str(entry))]
        found += [sum(combination, ()) for combination in product(*(part for part in parts if part))]
    return [phrase for phrase in dict.fromkeys(found) if phrase]
