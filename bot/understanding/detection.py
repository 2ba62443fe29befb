"""Which language a message is in: by its script, and within Latin letters by naive Bayes over character n-grams.

Rules for signals depend on this, so it depends on no trained model of the dialogue: it learns, once a process, from
lines of the training data as they stand. Arabic typed in Latin letters ("3ayza asa3edha") is Arabic.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Final, Iterator, Optional, Sequence

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import CountVectorizer

from bot.understanding.normalise import character_grams, fold

LANGUAGES: Final = ("en", "fr", "es", "ar")
"""Languages the assistant understands, those of catalogue.yml."""

FALLBACK: Final = "en"
"""The language of a text without letters."""

SURE: Final = 0.8
"""Probability from which a guess stands against the language a conversation has been in."""

TELLING: Final = 5
"""Letters below which a message tells nothing of its language by itself."""

PLAUSIBLE: Final = 0.15
"""Probability from which a second language is looked at for signs of danger."""

SWITCHED_LETTERS: Final = 8
"""Letters of another script from which a message is taken to be in two languages."""

_DATA = Path(__file__).parents[2] / "data"
_FOLDERS: Final = ("nlu", "moves")
_LINES: Final = 2500
"""Lines a language is learnt from."""

_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]")
_LATIN = re.compile(r"[a-zà-ÿœ]", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![^\W_])\d+(?:h|j|hrs?|ans?|yo|yrs?|km|kg|mn|min|pm)?(?![^\W_])")
_SMOOTHING: Final = 0.05
LONGEST: Final = 4
"""Characters of the longest n-gram."""

Likelihoods = npt.NDArray[np.float64]


def detect(text: str, otherwise: Optional[str] = None) -> str:
    """The language of a message.

    Args:
        text: the message.
        otherwise: the language to take where the letters do not tell ("no", "ok"), as that of the conversation;
            without it the likeliest one is taken all the same.
    """
    arabic, latin = len(_ARABIC.findall(text)), len(_LATIN.findall(text))
    if arabic and arabic >= latin:
        return "ar"
    if not latin:
        return otherwise or FALLBACK
    probabilities = _guess().probabilities(text)
    best = int(probabilities.argmax())
    if otherwise is not None and (latin < TELLING or probabilities[best] < SURE):
        return otherwise
    return LANGUAGES[best]


def languages_in(text: str, first: str) -> tuple[str, ...]:
    """The languages in which signs of danger are looked for: `first`, and others the message may be in."""
    found = [first]
    arabic, latin = len(_ARABIC.findall(text)), len(_LATIN.findall(text))
    if arabic >= SWITCHED_LETTERS:
        found.append("ar")
    if latin >= SWITCHED_LETTERS:
        probabilities = _guess().probabilities(text)
        found += [
            LANGUAGES[n] for n in np.argsort(-probabilities)[:2] if probabilities[n] >= PLAUSIBLE
        ]
    return tuple(dict.fromkeys(found))


class _Guess:
    """Naive Bayes over the characters of words."""

    def __init__(self, lines: Sequence[Sequence[str]]) -> None:
        vectorizer = CountVectorizer(analyzer="char_wb", ngram_range=(1, LONGEST), dtype=np.float32, min_df=2)
        texts = [_without_numbers(line) for each in lines for line in each]
        counts = vectorizer.fit_transform(texts)
        self._rows: dict[str, int] = vectorizer.vocabulary_
        weights, start = [], 0
        for each in lines:
            total = np.asarray(counts[start : start + len(each)].sum(axis=0)).ravel() + _SMOOTHING
            weights.append(np.log(total / total.sum()))
            start += len(each)
        self._weights: Likelihoods = np.vstack(weights).T

    def probabilities(self, text: str) -> Likelihoods:
        """How likely each language is; every one was as likely before."""
        last = _last.get()
        if last is not None and last[0] == text:
            return last[1]
        row_of = self._rows.get
        grams = character_grams(_without_numbers(text), 1, LONGEST)
        rows = [row for gram in grams if (row := row_of(gram)) is not None]
        scores: Likelihoods = self._weights[rows].sum(axis=0)
        scores = np.exp(scores - scores.max())
        result: Likelihoods = scores / scores.sum()
        _last.set((text, result))
        return result


def _without_numbers(text: str) -> str:
    """The folded text without what is a number in every language; digits within a word stand for Arabic letters."""
    return _NUMBER.sub(" ", fold(text))


_last: ContextVar[Optional[tuple[str, Likelihoods]]] = ContextVar("last_guessed", default=None)
"""The message last looked at, in the memory of its own task only: a turn asks several times."""


@lru_cache(maxsize=1)
def _guess() -> _Guess:
    return _Guess([_latin_lines(language) for language in LANGUAGES])


def _latin_lines(language: str) -> list[str]:
    """Lines in Latin letters, spread over all the files of a language."""
    found = [line for folder in _FOLDERS for line in _lines(_DATA / folder / language)]
    latin = [line for line in found if not _ARABIC.search(line)]
    step = max(1, len(latin) // _LINES)
    return latin[::step] or [language]


def _lines(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("*.yml")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("      - "):
                yield line[8:]
            elif line.startswith("  ") and not line.startswith(("  - ", "    ")):
                yield line.strip()
