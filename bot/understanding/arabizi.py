"""Arabic typed in Latin letters, in the letters it is written in: "3ayza amout" → "عايزه اموت".

Nobody spells it twice alike, so no list of spellings holds it. What stays the same is the row of consonants: it leads to
the Arabic words of the training data that have the same row; of those the one counts that looks most like what was typed,
vowels and all, and is used most. What is known exactly (`shortenings` of the grammar) comes first, and English words
that people mix in stay as they are.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import product
from typing import Final, Optional

from bot.understanding.detection import detect
from bot.understanding.grammar import load_grammar, load_lines
from bot.understanding.normalise import fold
from bot.understanding.typed_words import typed_words

LANGUAGE: Final = "ar"

ALIKE: Final = 0.55
"""How much (0–1) a word must look like what was typed."""

USE_COUNTS: Final = 0.05
"""What a word gains for each doubling of its use, beside how much it looks like what was typed."""

ENGLISH_LETTERS: Final = 5
"""Letters from which an English word is taken for one; "bent" and "men" are Arabic too."""

READINGS: Final = 16
"""Rows of consonants that are tried for one word."""

_ARABIC = re.compile("[ء-ي]+")
_TYPED = re.compile(r"[a-z0-9'’]*[a-z][a-z0-9'’]*")

# Sounds that are typed alike have one sign here; "a", "w", "y" and "h" may also be left out.
_SOUNDS = dict(zip("ابتثجحخدذرزسشصضطظعغفقكلمنهوي", "abttj75ddrzsSsdtd3gfqklmnhwy", strict=True))
_TYPED_SOUNDS: Final = (
    ("7'", ("5",)), ("3'", ("g",)), ("kh", ("5",)), ("sh", ("S",)), ("ch", ("S",)), ("gh", ("g",)), ("th", ("t", "s")),
    ("dh", ("d",)), ("zh", ("j",)), ("5", ("5",)), ("7", ("7",)), ("3", ("3",)), ("2", ("a", "q")), ("8", ("g",)),
    ("9", ("s", "q")), ("6", ("t",)), ("4", ("d",)), ("g", ("q", "j", "g")), ("h", ("h", "7")), ("c", ("k",)),
    ("k", ("k", "q")), ("p", ("b",)), ("v", ("f",)), ("z", ("z", "d")), ("x", ("ks",)), ("e", ("y",)), ("i", ("y",)),
    ("o", ("w",)), ("u", ("w",)), ("$", ("S",)),
)  # fmt: skip
_WEAK = re.compile("[awyh]")
_TWICE = re.compile(r"(.)\1+")


def in_arabic_letters(text: str, otherwise: Optional[str] = None) -> str:
    """The message, in Arabic letters if it is Arabic in Latin ones; else as it is.

    Args:
        otherwise: the language it is taken to be in where the letters do not tell.
    """
    spelled_words = spellings(text, otherwise)
    if not spelled_words:
        return text
    joined = _spelling().joined
    words: list[str] = []
    for found in re.finditer(r"\S+", fold(text)):
        core = _TYPED.search(found.group())
        spelled = core and spelled_words.get(core.group())
        word = found.group().replace(core.group(), spelled) if core and spelled else found.group()
        is_attached = words and words[-1] in joined and _ARABIC.match(word)
        words += [word] if is_attached or not words else [" ", word]
    return "".join(words)


def is_arabizi(text: str, otherwise: Optional[str] = None) -> bool:
    """Whether a message is Arabic without a single Arabic letter. One plain word tells nothing."""
    if _ARABIC.search(text):
        return False
    words = _TYPED.findall(text.lower())
    return (len(words) > 1 or any(not word.isalpha() for word in words)) and detect(text, otherwise) == LANGUAGE


_last: ContextVar[Optional[tuple[str, Optional[str], dict[str, str]]]] = ContextVar("last_spelled", default=None)
"""The message last looked at, in the memory of its own task only: rules, networks and encoder ask for it."""


def spellings(text: str, otherwise: Optional[str] = None) -> Mapping[str, str]:
    """The folded words of a message that have an Arabic spelling, with it; none of any other message.

    Args:
        otherwise: as for `in_arabic_letters`.
    """
    last = _last.get()
    if last is not None and last[:2] == (text, otherwise):
        return last[2]
    words = set(_TYPED.findall(fold(text))) if is_arabizi(text, otherwise) else set()
    found = {word: spelled for word in words if (spelled := _spelling().of(word))}
    _last.set((text, otherwise, found))
    return found


class _Spelling:
    """The Arabic words of the training data, by their rows of consonants."""

    def __init__(self) -> None:
        grammar = load_grammar(LANGUAGE)
        self.joined = grammar.latin_joined
        self._exact = {word: written for word, written in grammar.shortening.words.items() if word.isascii()}
        self._kept = grammar.latin_kept
        self._english = load_lines("en", "words.txt")
        self._words: dict[str, list[tuple[str, str, float]]] = defaultdict(list)
        for word, count in typed_words(LANGUAGE).items():
            if not _ARABIC.fullmatch(word):
                continue
            sounds = "".join(_SOUNDS.get(letter, "") for letter in word)
            if row := _row(sounds):
                self._words[row].append((word, sounds, USE_COUNTS * math.log2(count)))

    def of(self, word: str) -> Optional[str]:
        if word in self._exact:
            return self._exact[word]
        if word in self._kept or (word.isalpha() and len(word) >= ENGLISH_LETTERS and word in self._english):
            return None
        best, likeness = None, 0.0
        for sounds in _readings(word):
            for known, its_sounds, use in self._words.get(_row(sounds), ()):
                alike = SequenceMatcher(None, sounds, its_sounds).ratio()
                if alike >= ALIKE and alike + use > likeness:
                    best, likeness = known, alike + use
        return best


@lru_cache(maxsize=1)
def _spelling() -> _Spelling:
    return _Spelling()


def _row(sounds: str) -> str:
    return _TWICE.sub(r"\1", _WEAK.sub("", sounds))


def _readings(word: str) -> Iterator[str]:
    """The sounds a typed word may stand for."""
    parts: list[tuple[str, ...]] = []
    at = 0
    while at < len(word):
        typed, sounds = next(
            ((typed, sounds) for typed, sounds in _TYPED_SOUNDS if word.startswith(typed, at)), (word[at], (word[at],))
        )
        parts.append(sounds)
        at += len(typed)
    for number, chosen in enumerate(product(*parts)):
        if number == READINGS:
            return
        yield _TWICE.sub(r"\1", "".join(chosen))

