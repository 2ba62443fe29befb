"""What the models see of a message: its words, its characters, its concepts, and its place in meaning.

Four blocks side by side: TF-IDF of words (1–2 together) and of characters (within words), the concepts of the
lexicon, which are the same in every language, and the vector of the sentence encoder. `bot.understanding.network`
learns from them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cached_property, partial
from typing import Any, Callable, Final, Optional, Sequence, Tuple

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from bot.understanding.arabizi import in_arabic_letters
from bot.understanding.encoder import Vectors, encode
from bot.understanding.normalise import character_grams, fold
from bot.understanding.sharing import of_each
from bot.understanding.terms import Table, rows, tables, word_grams

Concepts = Callable[[str], Sequence[str]]
"""Message to the ids of the concepts in it. It has to bear being sent to another process."""

Blocks = Tuple[csr_matrix, Vectors]
"""Of messages: what they hold, and where they stand in meaning; one row a message in both."""

WORD: Final = r"(?u)\b\w+\b"
"""What counts as a word; scikit-learn leaves out single letters, but "u" and "i" matter here."""

SHORTEST: Final = 2
"""Characters of the shortest character n-gram."""

CONCEPT_WEIGHT: Final = 0.25
MEANING_WEIGHT: Final = 1.5
"""Weights beside the unit-length TF-IDF blocks, chosen by cross-validation on training messages."""


_WORDS = re.compile(WORD)


class Features:
    """The blocks of messages. `fit` before `see`.

    Args:
        longest: characters of the longest character n-gram.
    """

    def __init__(self, longest: int = 4) -> None:
        self._longest = longest
        self._words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=WORD, dtype=np.float32)
        self._characters = TfidfVectorizer(
            ngram_range=(SHORTEST, longest), analyzer="char_wb", sublinear_tf=True, min_df=2, dtype=np.float32
        )
        self._concepts = CountVectorizer(analyzer=str.split, binary=True, dtype=np.float32)

    def fit(self, texts: Sequence[str], find_concepts: Concepts) -> Blocks:
        """Learns the n-grams and concepts of texts; their blocks."""
        written, clean, concepts = _taken_apart(texts, find_concepts)
        # In one go: finding the terms is the long part of it.
        words, characters = self._words.fit_transform(clean), self._characters.fit_transform(clean)
        self._concepts.fit([*concepts, "none"])
        return _side_by_side(words, characters, self._concepts.transform(concepts)), self.meaning(written)

    def see(self, texts: Sequence[str], find_concepts: Concepts) -> Blocks:
        """The blocks of texts."""
        if len(texts) == 1:
            written = in_arabic_letters(texts[0])
            return self._one(fold(written), find_concepts(texts[0])), self.meaning([written])
        written_all, clean, concepts = _taken_apart(texts, find_concepts)
        words, characters = self._words.transform(clean), self._characters.transform(clean)
        return _side_by_side(words, characters, self._concepts.transform(concepts)), self.meaning(written_all)

    def _one(self, clean: str, concepts: Sequence[str]) -> csr_matrix:
        """The sparse block of one text, ten times faster than of many: a turn is waiting."""
        words, characters, lexicon = self._tables
        found = [
            *words.weighted(Counter(word_grams(_WORDS.findall(clean), 2))),
            *characters.weighted(_characters(clean, self._longest)),
            *lexicon.present(concepts, CONCEPT_WEIGHT),
        ]
        return rows([found], lexicon.end)

    @cached_property
    def _tables(self) -> tuple[Table, ...]:
        return tables((self._words, self._characters, self._concepts))

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_tables"}

    @staticmethod
    def meaning(texts: Sequence[str]) -> Vectors:
        """The encoder's block of texts that are in the letters of their language, one row a text."""
        return encode(texts) * np.float32(MEANING_WEIGHT)


_last: ContextVar[Optional[tuple[str, int, Mapping[str, int]]]] = ContextVar("last_taken_apart", default=None)
"""The message last taken apart, in the memory of its own task only: topics and signals count the same characters."""


def _characters(clean: str, longest: int) -> Mapping[str, int]:
    """How often each stretch of characters occurs."""
    last = _last.get()
    if last is not None and last[:2] == (clean, longest):
        return last[2]
    found = Counter(character_grams(clean, SHORTEST, longest))
    _last.set((clean, longest, found))
    return found


def _taken_apart(texts: Sequence[str], find_concepts: Concepts) -> tuple[list[str], list[str], list[str]]:
    """Texts in the letters of their language, the same folded, and their concepts; many are shared among the cores."""
    parts = of_each(texts, partial(_one_taken_apart, find_concepts))
    written, clean, concepts = (list(part) for part in zip(*parts)) if parts else ([], [], [])
    return written, clean, concepts


def _one_taken_apart(find_concepts: Concepts, text: str) -> tuple[str, str, str]:
    # One after the other: the language of the message last looked at is remembered.
    written = in_arabic_letters(text)
    return written, fold(written), " ".join(find_concepts(text))


def _side_by_side(words: csr_matrix, characters: csr_matrix, concepts: csr_matrix) -> csr_matrix:
    return hstack([words, characters, concepts * CONCEPT_WEIGHT], format="csr", dtype=np.float32)
