"""The topic model: which question, control or out-of-scope message a text is.

A linear classifier over TF-IDF word 1–2-grams, character 2–5-grams and the concepts of the lexicon
(architecture.md gives the measurements behind this choice). Its scores become probabilities by one
temperature, and the threshold under which the dialogue asks back is chosen on the development messages beside
this module, never on the test set.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterable, Optional, Sequence, Tuple

import joblib
import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.svm import LinearSVC

from bot.understanding.normalise import fold

logger = logging.getLogger(__name__)

OUT_OF_SCOPE = "out_of_scope"
FORMAT = 1
"""Version of the file a model is saved in."""

WRONG_ANSWER_RATE = 0.08
"""Share of development messages that may be answered wrongly without asking back. Asking costs a tap, a wrong
answer can cost trust; the threshold is the lowest that keeps to this."""

Matrix = npt.NDArray[np.float64]
"""One row a message, one column a label."""

Labelled = Sequence[Tuple[str, str]]
"""Messages with their labels."""

Concepts = Callable[[str], Sequence[str]]
"""Message to the ids of the concepts in it."""


class TopicModelError(ValueError):
    """The model cannot be trained or read; the message says why."""


@dataclass(frozen=True)
class Ranked:
    """A label with its probability, 0 to 1."""

    label: str
    confidence: float


class TopicModel:
    """Ranks labels for a message.

    Use `train` or `load`, not the constructor.
    """

    def __init__(
        self,
        words: TfidfVectorizer,
        characters: TfidfVectorizer,
        concepts: CountVectorizer,
        classifier: LinearSVC,
        temperature: float = 1.0,
        ask_back_below: float = 0.5,
    ) -> None:
        self._words = words
        self._characters = characters
        self._concepts = concepts
        self._classifier = classifier
        self.temperature = temperature
        self.ask_back_below = ask_back_below
        self.find_concepts: Concepts = lambda text: ()

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(self._classifier.classes_)

    @classmethod
    def train(cls, examples: Labelled, development: Labelled, find_concepts: Concepts) -> TopicModel:
        """Trains on labelled messages and calibrates on others.

        Args:
            examples: messages with their labels.
            development: messages of the kind people type, none of them in `examples`, from which the
                temperature and the threshold for asking back are chosen. May be empty.

        Raises:
            TopicModelError: fewer than two labels.
        """
        if len({label for _, label in examples}) < 2:
            raise TopicModelError("there must be training messages for at least two labels")
        model = cls._fit([text for text, _ in examples], [label for _, label in examples], find_concepts)
        known = [(text, label) for text, label in development if label in model.labels]
        if known:
            model._calibrate([text for text, _ in known], [label for _, label in known])
        return model

    @classmethod
    def _fit(cls, texts: Sequence[str], labels: Sequence[str], find_concepts: Concepts) -> TopicModel:
        model = cls(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=WORD),
            TfidfVectorizer(ngram_range=(2, 5), analyzer="char_wb", sublinear_tf=True, min_df=2),
            CountVectorizer(analyzer=str.split, binary=True, dtype=np.float64),
            LinearSVC(C=0.5, class_weight="balanced", random_state=7),
        )
        model.find_concepts = find_concepts
        clean = [fold(text) for text in texts]
        concepts = [model._concept_text(text) for text in texts]
        model._words.fit(clean)
        model._characters.fit(clean)
        model._concepts.fit([*concepts, "none"])
        model._classifier.fit(model._features(clean, concepts), labels)
        return model

    def _concept_text(self, text: str) -> str:
        return " ".join(self.find_concepts(text))

    def _features(self, clean: Sequence[str], concepts: Sequence[str]) -> csr_matrix:
        """One row a message, from its plain spelling and the ids of its concepts."""
        words = self._words.transform(clean)
        characters = self._characters.transform(clean)
        return hstack([words, characters, self._concepts.transform(concepts) * CONCEPT_WEIGHT]).tocsr()

    def _scores(self, texts: Sequence[str]) -> Matrix:
        features = self._features([fold(text) for text in texts], [self._concept_text(text) for text in texts])
        scores = self._classifier.decision_function(features)
        return scores if scores.ndim == 2 else np.column_stack([-scores, scores])

    def _probabilities(self, scores: Matrix) -> Matrix:
        scaled = scores * self.temperature
        scaled -= scaled.max(axis=1, keepdims=True)
        exponent = np.exp(scaled)
        probabilities: Matrix = exponent / exponent.sum(axis=1, keepdims=True)
        return probabilities

    def _calibrate(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        scores = self._scores(texts)
        truth = np.array([self.labels.index(label) for label in labels])
        rows = np.arange(len(truth))

        def loss(log_temperature: float) -> float:
            self.temperature = float(np.exp(log_temperature))
            return float(-np.log(self._probabilities(scores)[rows, truth] + 1e-12).mean())

        self.temperature = float(np.exp(minimize_scalar(loss, bounds=(-2, 4), method="bounded").x))
        probabilities = self._probabilities(scores)
        best, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
        self.ask_back_below = 0.0
        for threshold in np.linspace(0.0, 0.9, 91):
            self.ask_back_below = float(threshold)
            if (~right[best >= threshold]).sum() <= WRONG_ANSWER_RATE * len(truth):
                break
        logger.info("topic model calibrated on %d messages: %.3f right first", len(truth), right.mean())

    def rank(self, text: str, most: int = 10) -> tuple[Ranked, ...]:
        """The likeliest labels, best first."""
        probabilities = self._probabilities(self._scores([text]))[0]
        best = np.argsort(-probabilities)[:most]
        return tuple(Ranked(self.labels[i], float(probabilities[i])) for i in best)

    def rank_many(self, texts: Sequence[str], most: int = 10) -> Iterable[tuple[Ranked, ...]]:
        """`rank` for many messages at once; much faster in bulk."""
        for row in self._probabilities(self._scores(texts)):
            best = np.argsort(-row)[:most]
            yield tuple(Ranked(self.labels[i], float(row[i])) for i in best)

    def save(self, path: Path) -> None:
        """Writes the model to one file. It holds n-grams of the training data and nothing else."""
        joblib.dump(
            {
                "format": FORMAT,
                "words": self._words,
                "characters": self._characters,
                "concepts": self._concepts,
                "classifier": self._classifier,
                "temperature": self.temperature,
                "ask_back_below": self.ask_back_below,
            },
            path,
            compress=3,
        )

    @classmethod
    def load(cls, file: object, find_concepts: Optional[Concepts] = None) -> TopicModel:
        """Reads a model from a path or an open file.

        Raises:
            TopicModelError: the file is of another format.
        """
        data = joblib.load(file)
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise TopicModelError("the topic model was saved by another version; train again")
        data.pop("format")
        model = cls(**data)
        if find_concepts is not None:
            model.find_concepts = find_concepts
        return model


WORD = r"(?u)\b\w+\b"
"""What counts as a word; scikit-learn leaves out single letters, but "u" and "i" matter here."""

CONCEPT_WEIGHT = 0.25
"""Weight of one concept feature beside the unit-length TF-IDF blocks, chosen on held-out training data."""
