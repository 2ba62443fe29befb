"""How alike two names are when one may be mistyped. Names come squashed (see spelling.py)."""

from __future__ import annotations

import re
from typing import Final

from rapidfuzz.distance import OSA, JaroWinkler

from bot.directory.spelling import skeleton

LOWEST_SCORE: Final = 66.0
"""Below this a name is unknown rather than misspelt."""
_SAME_SOUND: Final = 4.0
_DOUBLED: Final = re.compile(r"(.)\1+")


def letter_pairs(squashed: str) -> set[str]:
    """Letter pairs of a word, its beginning and end counted as letters."""
    padded = f"^{squashed}$"
    return {padded[start : start + 2] for start in range(len(padded) - 1)}


def likeness(typed: str, name: str) -> float:
    """How alike two squashed names are, 0–100: one typing error in seven letters is 81 to 86."""
    spelling = 92.0 * OSA.normalized_similarity(typed, name) + 2.0 * JaroWinkler.similarity(typed, name)
    if spelling < LOWEST_SCORE - _SAME_SOUND:
        return spelling
    slip = _SAME_SOUND if skeleton(typed) == skeleton(name) else 0.0
    return spelling + max(slip, _slip(typed, name))


def _slip(typed: str, name: str) -> float:
    """A little more for slips of a thumb: a letter doubled, swapped with the next, or left out."""
    if len(typed) == len(name):
        return 3.0 if sorted(typed) == sorted(name) else 0.0
    if _DOUBLED.sub(r"\1", typed) == _DOUBLED.sub(r"\1", name):
        return 3.0
    return 2.0 if len(typed) == len(name) - 1 else 0.0
