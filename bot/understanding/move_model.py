"""The model that finds the moves of a sentence: one network for all moves and languages.

It looks at words, characters, concepts and classes of words (:mod:`bot.understanding.word_classes`), whose names are
the same in every language, and at the sentence's place in meaning (:mod:`bot.understanding.encoder`): what is learnt in
one language serves the others (docs/understanding.md). A move's threshold is the one with the best F score on sentences that
a network like it had not seen; that of a critical fail is chosen on development sentences, most of which commit none, as
people's lines do.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Callable, Collection, Final, Iterable, Mapping, Sequence, Tuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from scipy.special import expit
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.model_selection import KFold

from bot.understanding.arabizi import in_arabic_letters
from bot.understanding.encoder import Vectors
from bot.understanding.features import WORD, Concepts, Features
from bot.understanding.network import NATURAL_COUNTS, Network, Scores, Truth, Weights
from bot.understanding.normalise import character_grams, fold
from bot.understanding.sharing import of_each, side_by_side
from bot.understanding.terms import Table, rows, tables, word_grams
from bot.understanding.word_classes import WordClasses

FOLDS: Final = 2
"""Parts of the sentences; each is scored by a network that has not seen it."""

_WORDS = re.compile(WORD)

GRAVE: Final = frozenset(
    {
        *("promise_secrecy", "blame", "doubt", "contact_accused"),
        *("condition_aid", "expose_identity", "question_child", "too_late"),
    }
)
"""Moves that cap a trainee's points: better overlooked than said wrongly. Just below the threshold the trainee
is asked, if the sentence does nothing else for sure."""

WRONGLY: Final = 0.002
"""Share of the development sentences without a critical fail, of all languages together, that may be taken for one of
each kind. At 0.003 two or three in a hundred more of the fails are found, and a good transcript of sixteen is failed."""

LEAST_SURE: Final = 0.05
"""Likelihood that a critical fail has to have in any case."""

THRESHOLDS: Final = np.geomspace(0.003, 0.95, 120)
"""Likelihoods from which a move may be taken as made."""

LEAST_DEVELOPMENT: Final = 500
"""Development sentences below which nothing is chosen from them."""

FEW: Final = 16
"""Sentences up to which the columns are found one by one."""

MOST_WORDS: Final = 3
MOST_CLASSES: Final = 4
CHARACTERS: Final = (2, 5)
"""How many words, word classes and characters together make a term."""

WEIGHTS: Final = (0.7, 0.7, 0.7, 0.3, 1.0, 0.5)
"""Of each view; chosen by cross-validation (docs/understanding.md)."""

Sentence = Tuple[str, frozenset]  # type: ignore[type-arg]
"""A sentence and the ids of what it does."""

ConceptsOf = Callable[[str], Concepts]
"""A language to what finds concepts in its texts."""

_Views = Tuple[Sequence[str], ...]
"""What the model looks at in sentences, each a text a sentence: see `views`."""


class MoveModel:
    """Finds moves. Use `train`."""

    def __init__(
        self,
        trained: _Trained,
        names: Sequence[str],
        thresholds: Any,
    ) -> None:
        self._trained = trained
        self.names = tuple(names)
        self.thresholds: npt.NDArray[np.float32] = np.asarray(thresholds, dtype=np.float32)

    @classmethod
    def train(
        cls,
        examples: Mapping[str, Sequence[Sentence]],
        concepts_of: ConceptsOf,
        development: Mapping[str, Sequence[Sentence]] | None = None,
        natural: Collection[str] = (),
    ) -> MoveModel:
        """Trains a network for all moves.

        Args:
            examples: sentences with their moves, by language.
            concepts_of: finds concepts in the texts of a language.
            development: other sentences by language, with the critical fails they commit and no other moves.
            natural: the sentences among the examples that are such as people naturally say; they count more.

        Raises:
            ValueError: there are too few examples.
        """
        counting = np.array(
            [NATURAL_COUNTS if text in natural else 1 for found in examples.values() for text, _ in found],
            dtype=np.float32,
        )
        examples = _in_their_letters(examples)
        sentences = [sentence for found in examples.values() for sentence in found]
        if len(sentences) < 2 * FOLDS:
            raise ValueError("too few sentences to train on")
        names = sorted({move for _, moves in sentences for move in moves})
        truth = np.array([[name in moves for name in names] for _, moves in sentences], dtype=bool)
        seen = _seen(examples, concepts_of)
        meaning = Features.meaning([text for text, _ in sentences])
        folds = list(KFold(FOLDS, shuffle=True, random_state=7).split(sentences))
        lots = (np.arange(len(sentences)), *(known for known, _ in folds))
        trained, *others = side_by_side(
            ((_Trained.train, _rows(seen, known), meaning[known], truth[known], counting[known]) for known in lots),
            len(sentences),
        )
        held_out = np.zeros(truth.shape, dtype=np.float32)
        for (_, unknown), other in zip(folds, others, strict=True):
            held_out[unknown] = other.likelihoods(_rows(seen, unknown), meaning[unknown])
        model = cls(trained, names, _best_thresholds(held_out, truth))
        model._choose_grave(_in_their_letters(development or {}), concepts_of)
        return model

    def _choose_grave(self, development: Mapping[str, Sequence[Sentence]], concepts_of: ConceptsOf) -> None:
        """How sure a critical fail has to be: so that few of the sentences that commit none are taken for one."""
        harmless = {code: [s for s in found if not s[1]] for code, found in development.items()}
        texts = [text for found in harmless.values() for text, _ in found]
        if len(texts) < LEAST_DEVELOPMENT:
            return
        likelihoods = self.likelihoods(_seen(harmless, concepts_of), Features.meaning(texts))
        for n, name in enumerate(self.names):
            if name in GRAVE:
                self.thresholds[n] = max(LEAST_SURE, np.quantile(likelihoods[:, n], 1 - WRONGLY))

    def likelihoods(self, seen: _Views, meaning: Vectors) -> Scores:
        """How likely each move is in each sentence, 0 to 1, of shape (sentences, moves)."""
        return self._trained.likelihoods(seen, meaning)


@dataclass(frozen=True)
class _Trained:
    """A network over the views of a sentence and its vector."""

    vectorizers: tuple[Any, ...]
    network: Network

    @classmethod
    def train(cls, seen: _Views, meaning: Vectors, truth: Truth, counting: Weights) -> _Trained:
        vectorizers = _new_vectorizers()
        for vectorizer, texts in zip(vectorizers, seen, strict=True):
            vectorizer.fit([*texts, "none"])
        return cls(vectorizers, Network.several(_blocks(vectorizers, seen), meaning, truth, counting))

    def likelihoods(self, seen: _Views, meaning: Vectors) -> Scores:
        blocks = self._few(seen) if len(meaning) <= FEW else _blocks(self.vectorizers, seen)
        found: Scores = expit(self.network.scores(blocks, meaning))
        return found

    @cached_property
    def _tables(self) -> tuple[Table, ...]:
        return tables(self.vectorizers)

    def _few(self, seen: _Views) -> csr_matrix:
        """The same as `_blocks` of a few sentences."""
        found: list[list[tuple[int, float]]] = [[] for _ in seen[0]]
        for table, terms_of, texts, weight in zip(self._tables, _TERMS, seen, WEIGHTS, strict=True):
            columns = table.present if table.rarity is None else table.weighted
            for row, text in zip(found, texts, strict=True):
                row += columns(Counter(terms_of(text)), weight)
        return rows(found, self._tables[-1].end)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_tables"}


def _in_their_letters(sentences: Mapping[str, Sequence[Sentence]]) -> dict[str, list[Sentence]]:
    written = {
        code: of_each([text for text, _ in found], partial(in_arabic_letters, otherwise=code))
        for code, found in sentences.items()
    }
    return {
        code: [(text, moves) for text, (_, moves) in zip(written[code], found, strict=True)]
        for code, found in sentences.items()
    }


def _seen(sentences: Mapping[str, Sequence[Sentence]], concepts_of: ConceptsOf) -> _Views:
    """The views of all sentences, one language after the other."""
    work = [(views, [text for text, _ in found], code, concepts_of(code)) for code, found in sentences.items()]
    several: Sequence[_Views] = side_by_side(work, sum(map(len, sentences.values())))
    return tuple([text for seen in several for text in seen[n]] for n in range(len(WEIGHTS)))


def views(texts: Sequence[str], language: str, find_concepts: Concepts) -> _Views:
    """What the model looks at: the words, the words with what is denied marked, the same for its characters,
    concepts, the order of word classes, and all word classes."""
    classes = WordClasses.load(language)
    marked = [classes.marked(text) for text in texts]
    return (
        [fold(text) for text in texts],
        marked,
        marked,
        [" ".join(find_concepts(text)) for text in texts],
        [classes.sequence(text) for text in texts],
        [classes.all_in(text) for text in texts],
    )


def _blocks(vectorizers: Sequence[Any], seen: _Views) -> csr_matrix:
    blocks = [
        vectorizer.transform(texts) * weight
        for vectorizer, texts, weight in zip(vectorizers, seen, WEIGHTS, strict=True)
    ]
    return hstack(blocks, format="csr", dtype=np.float32)


def _rows(seen: _Views, rows: Any) -> _Views:
    return tuple([view[row] for row in rows] for view in seen)


def _new_vectorizers() -> tuple[Any, ...]:
    def terms(longest: int, **options: Any) -> TfidfVectorizer:
        return TfidfVectorizer(ngram_range=(1, longest), sublinear_tf=True, dtype=np.float32, **options)

    def present() -> CountVectorizer:
        return CountVectorizer(analyzer=str.split, binary=True, dtype=np.float32)

    return (
        terms(MOST_WORDS, token_pattern=WORD),
        terms(MOST_WORDS, token_pattern=WORD),
        TfidfVectorizer(ngram_range=CHARACTERS, analyzer="char_wb", sublinear_tf=True, min_df=2, dtype=np.float32),
        present(),
        terms(MOST_CLASSES, token_pattern=r"\S+"),
        present(),
    )


def _words(text: str) -> Iterable[str]:
    return word_grams(_WORDS.findall(text.lower()), MOST_WORDS)


_TERMS: Final[Tuple[Callable[[str], Iterable[str]], ...]] = (
    _words,
    _words,
    lambda text: character_grams(text.lower(), *CHARACTERS),
    str.split,
    lambda text: word_grams(text.lower().split(), MOST_CLASSES),
    str.split,
)
"""The terms of a text in each view, as the vectorizers above find them."""


def _best_thresholds(likelihoods: Scores, truth: Truth) -> npt.NDArray[np.float32]:
    """Of every move the threshold with the best F score."""
    chosen = [_best_threshold(likelihoods[:, n], truth[:, n]) for n in range(truth.shape[1])]
    return np.array(chosen, dtype=np.float32)


def _best_threshold(likelihoods: npt.NDArray[np.float32], truth: Truth) -> float:
    """The threshold with the best F score."""
    best, chosen = -1.0, 0.5
    for threshold in THRESHOLDS:
        found = likelihoods >= threshold
        score = 2 * float((found & truth).sum()) / max(found.sum() + truth.sum(), 1)
        if score > best:
            best, chosen = score, float(threshold)
    return chosen
