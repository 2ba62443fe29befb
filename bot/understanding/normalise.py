"""Brings what people type on a phone to one plain form, without losing the way back.

Matching needs one spelling per word; masking needs the exact place in the original.
:func:`spell_out` gives both: a lower-case text without accents, Arabic vowel signs or
curly quotes, with digits of every script as 0-9, shortened words written out
("dnt" → "do not") and stretched letters shortened ("pleeease" → "please"), and for each
of its characters the stretch of the original it came from.

The Arabic folding is the usual light one: no diacritics, no tatweel, one alef, ya for
alef maqsura, ha for ta marbuta, and hamza without its seat.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Optional

_FOLDED = {
    "‘": "'", "’": "'", "‛": "'", "ʼ": "'", "`": "'", "´": "'", "＇": "'",
    "“": '"', "”": '"', "«": '"', "»": '"', "„": '"',
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
    "…": ".", "،": ",", "؛": ";", "؟": "?", "۔": ".", "¿": "?", "¡": "!",
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i",
    "ـ": "", "آ": "ا", "أ": "ا", "إ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ء": "",
    "ک": "ك", "ی": "ي", "ہ": "ه",
    "\u200b": "", "\u200c": " ", "\u200d": "", "\u200e": "", "\u200f": "", "\ufeff": "", "\u00ad": "",
    "\r": "\n",
}  # fmt: skip

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*'?")
_DIGIT_THEN_LETTER = re.compile(r"(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")


@dataclass(frozen=True)
class Normalised:
    """A normalised text; ``starts[i]`` and ``ends[i]`` bound character *i* in the original."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original text that ``text[start:end]`` was made from."""
        if start >= end:
            return (0, 0)
        return self.starts[start], self.ends[end - 1]


@dataclass(frozen=True)
class Shortening:
    """How a language writes words short: ``words`` written out, ``endings`` dropped ("'s").

    ``rewrites`` split what a language writes as one word (a negation around its verb in Arabic).
    """

    words: Mapping[str, str]
    endings: tuple[str, ...] = ()
    elisions: Mapping[str, str] | None = None
    rewrites: tuple[tuple[re.Pattern[str], str], ...] = ()


def _folded(character: str) -> str:
    if character in _FOLDED:
        return _FOLDED[character]
    if character.isascii():
        return character.lower()
    if unicodedata.category(character) == "Nd":
        return str(unicodedata.digit(character))
    plain = unicodedata.normalize("NFKD", character).lower()
    kept = "".join(_FOLDED.get(c, c) for c in plain if not unicodedata.combining(c))
    return kept if kept.strip() else (" " if plain.isspace() else "")


MOST_FOLDED: Final = 4096
"""Characters whose folded form is remembered; four languages use some hundreds."""


class _Folding(dict[int, str]):
    """Characters' folded forms by code point, each found out when it first occurs."""

    def __missing__(self, code: int) -> str:
        found = _folded(chr(code))
        if len(self) < MOST_FOLDED:
            self[code] = found
        return found


_FOLDING = _Folding()


def fold_character(character: str) -> str:
    """One character without case, accent, vowel sign or script-specific digit; may be empty."""
    return _FOLDING[ord(character)]


def fold(text: str) -> str:
    """``text`` with every character folded: the form in which data files are compared."""
    return text.translate(_FOLDING)


def character_grams(clean: str, shortest: int, longest: int) -> Iterator[str]:
    """Stretches of characters within words, each word with a space on both sides (scikit-learn's "char_wb")."""
    for word in clean.split():
        padded = f" {word} "
        for size in range(shortest, longest + 1):
            yield from (padded[at : at + size] for at in range(max(1, len(padded) - size + 1)))
            if size >= len(padded):
                break


def shorten_stretched(word: str, is_word: Callable[[str], bool]) -> str:
    """A stretched word ("pleeease") in the shortest spelling the language knows."""
    twice = _STRETCHED.sub(r"\1\1", word)
    once = _STRETCHED.sub(r"\1", word)
    if is_word(twice):
        return twice
    return once


def normalise(text: str) -> str:
    """``text`` folded, with stretched letters shortened to two; no language needed, no way back."""
    return _STRETCHED.sub(r"\1\1", fold(text))


def spell_out(
    text: str,
    shortening: Shortening,
    is_word: Callable[[str], bool],
    respell: Callable[[str], Optional[str]] = lambda word: None,
) -> Normalised:
    """Normalise ``text`` with a way back.

    Args:
        is_word: says whether a spelling is an ordinary word.
        respell: writes a word in the letters of the language, where it is typed in others.
    """
    pieces = [fold_character(character) for character in text]
    folded = "".join(pieces)
    starts = [position for position, piece in enumerate(pieces) for _ in piece]
    ends = [position + 1 for position in starts]
    out: list[str] = []
    out_starts: list[int] = []
    out_ends: list[int] = []
    last = 0
    for found in _WORD.finditer(folded):
        a, b = found.span()
        out.append(folded[last:a])
        out_starts += starts[last:a]
        out_ends += ends[last:a]
        word = found.group()
        written = respell(word) or _written_out(word, shortening, is_word)
        out.append(written)
        if written == word:
            out_starts += starts[a:b]
            out_ends += ends[a:b]
        elif len(written) == len(word) + written.count(" ") and written.replace(" ", "") == word:
            _follow(written, a, starts, ends, out_starts, out_ends)
        else:
            out_starts += [starts[a]] * len(written)
            out_ends += [ends[b - 1]] * len(written)
        last = b
    out.append(folded[last:])
    out_starts += starts[last:]
    out_ends += ends[last:]
    return Normalised("".join(out), tuple(out_starts), tuple(out_ends))


def _follow(
    written: str, at: int, starts: list[int], ends: list[int], out_starts: list[int], out_ends: list[int]
) -> None:
    """Offsets for a word that only gained spaces ("13yrs" → "13 yrs")."""
    for character in written:
        out_starts.append(starts[at])
        out_ends.append(ends[at])
        if character != " ":
            at = min(at + 1, len(starts) - 1)


def _written_out(word: str, shortening: Shortening, is_word: Callable[[str], bool]) -> str:
    known = shortening.words.get(word)
    if known is not None:
        return known
    for pattern, written in shortening.rewrites:
        rewritten = pattern.sub(written, word)
        if rewritten != word:
            return rewritten
    if "'" in word:
        for ending in shortening.endings:
            if word.endswith(ending):
                return _written_out(word[: -len(ending)], shortening, is_word)
        for short, full in (shortening.elisions or {}).items():
            if word.startswith(short):
                return full + " " + _written_out(word[len(short) :], shortening, is_word)
        return " ".join(shortening.words.get(part, part) for part in word.split("'") if part)
    if _STRETCHED.search(word):
        word = shorten_stretched(word, is_word)
        word = shortening.words.get(word, word)
    if not word.isalpha() and not word.isdigit():
        pieces = _DIGIT_THEN_LETTER.split(word)
        return " ".join(shortening.words.get(piece, piece) for piece in pieces)
    return word
