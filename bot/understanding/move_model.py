"""The model that finds the moves of a sentence: one linear detector a move, for all languages at once.

It looks at words, characters, concepts and classes of words (:mod:`bot.understanding.word_classes`), whose names are
the same in every language, and at the sentence's place in meaning (:mod:`bot.understanding.encoder`): what is learnt in
one language serves the others (docs/understanding.md). A small perceptron (:mod:`bot.understanding.weighing`) then looks
at all their scores together: what one line does makes other moves more or less likely. A move's threshold is the one with
the best F score on sentences held out from both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Final, Mapping, Sequence, Tuple

import joblib
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.model_selection import KFold

from bot.understanding.detectors import AT_ONCE, Truth, fit
from bot.understanding.encoder import Vectors, current
from bot.understanding.features import WORD, Concepts, Features, Linear, Scores, side_by_side
from bot.understanding.normalise import fold
from bot.understanding.weighing import Size, Weighing
from bot.understanding.word_classes import WordClasses

FOLDS: Final = 2
"""Parts of the sentences; each is scored by detectors that have not seen it."""

CERTAIN: Final = 0.1
"""C of the detectors, chosen by cross-validation."""

GRAVE: Final = frozenset(
    {
        *("promise_secrecy", "blame", "doubt", "contact_accused"),
        *("condition_aid", "expose_identity", "question_child", "too_late"),
    }
)
"""Moves that cost a trainee half the points: better overlooked than said wrongly. Just below the threshold the trainee
is asked, if the sentence does nothing else for sure."""

PRECISION_WEIGHS: Final = 2.0
"""How much more precision weighs than recall when the threshold of such a move is chosen (F0.5)."""

PERCEPTRON: Final = Size(hidden=128, caution=0.5)
"""Of the weighing, chosen on the development sentences."""

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
        detectors: _Detectors,
        weighing: Weighing,
        names: Sequence[str],
        thresholds: Any,
        encoder: str,
    ) -> None:
        self._detectors = detectors
        self._weighing = weighing
        self.names = tuple(names)
        self.thresholds: npt.NDArray[np.float32] = np.asarray(thresholds, dtype=np.float32)
        self.encoder = encoder

    @classmethod
    def train(cls, examples: Mapping[str, Sequence[Sentence]], concepts_of: ConceptsOf) -> MoveModel:
        """Trains a detector for every move.

        Args:
            examples: sentences with their moves, by language.
            concepts_of: finds concepts in the texts of a language.

        Raises:
            ValueError: there are too few examples.
        """
        sentences = [sentence for found in examples.values() for sentence in found]
        if len(sentences) < 2 * FOLDS:
            raise ValueError("too few sentences to train on")
        names = sorted({move for _, moves in sentences for move in moves})
        truth = np.array([[name in moves for name in names] for _, moves in sentences], dtype=bool)
        seen = _joined(
            joblib.Parallel(n_jobs=AT_ONCE)(
                joblib.delayed(views)([text for text, _ in found], code, concepts_of(code))
                for code, found in examples.items()
            )
        )
        meaning = Features.meaning([text for text, _ in sentences])
        scores = np.zeros(truth.shape, dtype=np.float32)
        for known, unknown in KFold(FOLDS, shuffle=True, random_state=7).split(sentences):
            detectors = _Detectors.train(_rows(seen, known), meaning[known], truth[known])
            scores[unknown] = detectors.scores(_rows(seen, unknown), meaning[unknown])
        return cls(
            _Detectors.train(seen, meaning, truth),
            Weighing.train(scores, truth, PERCEPTRON),
            names,
            _best_thresholds(scores, truth, names),
            current().name,
        )

    def likelihoods(self, seen: _Views, meaning: Vectors) -> Scores:
        """How likely each move is in each sentence, 0 to 1, of shape (sentences, moves)."""
        return self._weighing.likelihoods(self._detectors.scores(seen, meaning))


@dataclass(frozen=True)
class _Detectors:
    """One linear detector a move over the views of a sentence and its vector."""

    vectorizers: tuple[Any, ...]
    linear: Linear

    @classmethod
    def train(cls, seen: _Views, meaning: Vectors, truth: Truth) -> _Detectors:
        vectorizers = _new_vectorizers()
        for vectorizer, texts in zip(vectorizers, seen, strict=True):
            vectorizer.fit([*texts, "none"])
        fitted = fit(side_by_side(_blocks(vectorizers, seen), meaning), truth, CERTAIN)
        return cls(vectorizers, Linear.of(fitted.weights, fitted.offsets, meaning.shape[1]))

    def scores(self, seen: _Views, meaning: Vectors) -> Scores:
        return self.linear.scores(_blocks(self.vectorizers, seen), meaning)


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


def _joined(several: Sequence[_Views]) -> _Views:
    """The views of all sentences, one after the other."""
    return tuple([text for seen in several for text in seen[n]] for n in range(len(WEIGHTS)))


def _rows(seen: _Views, rows: Any) -> _Views:
    return tuple([view[row] for row in rows] for view in seen)


def _new_vectorizers() -> tuple[Any, ...]:
    def terms(longest: int, **options: Any) -> TfidfVectorizer:
        return TfidfVectorizer(ngram_range=(1, longest), sublinear_tf=True, dtype=np.float32, **options)

    def present() -> CountVectorizer:
        return CountVectorizer(analyzer=str.split, binary=True, dtype=np.float32)

    return (
        terms(3, token_pattern=WORD),
        terms(3, token_pattern=WORD),
        TfidfVectorizer(
            ngram_range=(2, 5), analyzer="char_wb", sublinear_tf=True, min_df=2, dtype=np.float32
        ),
        present(),
        terms(4, token_pattern=r"\S+"),
        present(),
    )


def _best_thresholds(scores: Scores, truth: Truth, names: Sequence[str]) -> npt.NDArray[np.float32]:
    """Of every move the threshold with the best F score, on sentences that the weighing had not seen."""
    held_out = np.zeros(truth.shape, dtype=np.float32)
    for known, unknown in KFold(FOLDS, shuffle=True, random_state=3).split(scores):
        weighing = Weighing.train(scores[known], truth[known], PERCEPTRON, copies=1)
        held_out[unknown] = weighing.likelihoods(scores[unknown])
    weights = [PRECISION_WEIGHS if name in GRAVE else 1.0 for name in names]
    chosen = [_best_threshold(held_out[:, n], truth[:, n], weight) for n, weight in enumerate(weights)]
    return np.array(chosen, dtype=np.float32)


def _best_threshold(likelihoods: npt.NDArray[np.float32], truth: Truth, precision_weighs: float) -> float:
    """The threshold with the best F score; `precision_weighs` is how much more precision counts than recall."""
    best, chosen = -1.0, 0.5
    weight = 1 / precision_weighs**2
    for threshold in np.linspace(0.05, 0.95, 91):
        found = likelihoods >= threshold
        hits = float((found & truth).sum())
        score = (1 + weight) * hits / max(found.sum() + weight * truth.sum(), 1)
        if score > best:
            best, chosen = score, float(threshold)
    return chosen
