"""What the models see of a message: its words, its characters, its concepts, and its place in meaning.

Four blocks side by side: TF-IDF of words (1–2 together) and of characters (within words), the concepts of the
lexicon, which are the same in every language, and the vector of the sentence encoder. `bot.understanding.network`
learns from them.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Callable, Final, Iterable, Iterator, Sequence

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from bot.understanding.encoder import Vectors, current, encode
from bot.understanding.normalise import character_grams, fold
from bot.understanding.sharing import of_each

Concepts = Callable[[str], Sequence[str]]
"""Message to the ids of the concepts in it."""

WORD: Final = r"(?u)\b\w+\b"
"""What counts as a word; scikit-learn leaves out single letters, but "u" and "i" matter here."""

SHORTEST: Final = 2
"""Characters of the shortest character n-gram."""

CONCEPT_WEIGHT: Final = 0.25
MEANING_WEIGHT: Final = 1.5
"""Weights beside the unit-length TF-IDF blocks, chosen by cross-validation on training messages."""


_WORDS = re.compile(WORD)


class Features:
    """The blocks of messages. `fit` before `sparse`.

    Args:
        longest: characters of the longest character n-gram.
    """

    def __init__(self, longest: int = 4) -> None:
        self.encoder = current().name
        self._longest = longest
        self._words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=WORD, dtype=np.float32)
        self._characters = TfidfVectorizer(
            ngram_range=(SHORTEST, longest), analyzer="char_wb", sublinear_tf=True, min_df=2, dtype=np.float32
        )
        self._concepts = CountVectorizer(analyzer=str.split, binary=True, dtype=np.float32)

    def fit(self, texts: Sequence[str], find_concepts: Concepts) -> csr_matrix:
        """Learns the n-grams and concepts of texts; their sparse blocks, one row a text."""
        clean = [fold(text) for text in texts]
        concepts = joined_concepts(texts, find_concepts)
        self._words.fit(clean)
        self._characters.fit(clean)
        self._concepts.fit([*concepts, "none"])
        return self._joined(clean, concepts)

    def sparse(self, texts: Sequence[str], find_concepts: Concepts) -> csr_matrix:
        """The sparse blocks of texts, one row a text."""
        if len(texts) == 1:
            return self._one(fold(texts[0]), find_concepts(texts[0]))
        return self._joined([fold(text) for text in texts], [" ".join(find_concepts(text)) for text in texts])

    def _one(self, clean: str, concepts: Sequence[str]) -> csr_matrix:
        """The same as `_joined` of one text, ten times faster: a turn is waiting."""
        words, characters, lexicon = self._tables
        found = [
            *words.weighted(_word_grams(clean)),
            *characters.weighted(character_grams(clean, SHORTEST, self._longest)),
            *((lexicon.columns[name], CONCEPT_WEIGHT) for name in set(concepts) if name in lexicon.columns),
        ]
        found.sort()
        columns = np.array([column for column, _ in found], dtype=np.int32)
        values = np.array([value for _, value in found], dtype=np.float32)
        return csr_matrix((values, columns, np.array([0, len(found)])), shape=(1, lexicon.end))

    @cached_property
    def _tables(self) -> tuple[_Table, _Table, _Table]:
        words = _Table.of(self._words, 0)
        characters = _Table.of(self._characters, words.end)
        return words, characters, _Table.of(self._concepts, characters.end)

    def _joined(self, clean: Sequence[str], concepts: Sequence[str]) -> csr_matrix:
        blocks = [
            self._words.transform(clean),
            self._characters.transform(clean),
            self._concepts.transform(concepts) * CONCEPT_WEIGHT,
        ]
        return hstack(blocks, format="csr", dtype=np.float32)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_tables"}

    @property
    def fits_encoder(self) -> bool:
        """Whether the encoder in use is the one these features were made with."""
        return self.encoder == current().name

    @staticmethod
    def meaning(texts: Sequence[str]) -> Vectors:
        """The encoder's block of texts, one row a text."""
        return encode(texts) * np.float32(MEANING_WEIGHT)


def joined_concepts(texts: Sequence[str], find_concepts: Concepts) -> list[str]:
    """The ids of the concepts in every text, with spaces between; many texts are shared among the cores."""
    return [" ".join(found) for found in of_each(texts, find_concepts)]


@dataclass(frozen=True)
class _Table:
    """The columns of a block, as a vectorizer learnt them.

    Attributes:
        columns: column by term, counted over all blocks.
        rarity: of each term, by column of the block; None where terms only count as there.
        start, end: the first column, and the one after the last.
    """

    columns: dict[str, int]
    rarity: Any
    start: int
    end: int

    @classmethod
    def of(cls, vectorizer: Any, start: int) -> _Table:
        columns = {term: start + int(column) for term, column in vectorizer.vocabulary_.items()}
        return cls(columns, getattr(vectorizer, "idf_", None), start, start + len(columns))

    def weighted(self, terms: Iterable[str]) -> list[tuple[int, float]]:
        """Columns with TF-IDF weights of length 1 altogether (sublinear, as scikit-learn counts them)."""
        counts: dict[int, int] = {}
        for term in terms:
            column = self.columns.get(term)
            if column is not None:
                counts[column] = counts.get(column, 0) + 1
        weights = [(c, (1 + math.log(n)) * self.rarity[c - self.start]) for c, n in counts.items()]
        length = math.sqrt(sum(weight * weight for _, weight in weights)) or 1.0
        return [(column, weight / length) for column, weight in weights]


def _word_grams(clean: str) -> Iterator[str]:
    words = _WORDS.findall(clean)
    yield from words
    yield from map(" ".join, zip(words, words[1:]))
