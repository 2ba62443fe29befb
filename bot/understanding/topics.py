"""The topic model: which question, control or out-of-scope message a text is.

One network (:mod:`bot.understanding.network`) for all languages over the blocks of :mod:`bot.understanding.features`;
docs/understanding.md gives the measurements behind this choice. Its scores become probabilities by one temperature; what counts as out of
scope and when the dialogue asks back are chosen on the development messages beside this module, never on the test set.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Iterable, Optional, Sequence, Tuple, Union

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from bot.understanding.encoder import current
from bot.understanding.features import Concepts, Features
from bot.understanding.model_store import read, write
from bot.understanding.network import Network, Scores

logger = logging.getLogger(__name__)

OUT_OF_SCOPE: Final = "out_of_scope"
FORMAT: Final = 6
"""Version of the file a model is saved in."""

WRONG_ANSWER_RATE: Final = 0.08
"""Share of development messages that may be answered wrongly without asking back. Asking costs a tap, a wrong
answer can cost trust; the threshold is the lowest that keeps to this."""

REFUSED: Final = 0.04
"""Share of real questions and controls among the development messages that may be taken for out of scope; what is
out of scope is caught as far as this allows."""

LONGEST: Final = 4
"""Characters of the longest character n-gram."""

SAMPLED: Final = 8
"""Of how many messages one is looked at for the word pieces that are frequent."""

TIE: Final = 1e-3
"""Far less than any two scores differ by, and far more than rounding."""

Probabilities = npt.NDArray[np.float32]
"""One row a message, one column a label."""

Labelled = Sequence[Tuple[str, str]]
"""Messages with their labels."""


class TopicModelError(ValueError):
    """The model cannot be trained; the message says why."""


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
        features: Features,
        network: Network,
        labels: Sequence[str],
        temperature: float = 1.0,
        ask_back_below: float = 0.5,
        out_of_scope_bonus: float = 0.0,
        pieces: Sequence[int] = (),
    ) -> None:
        self._features = features
        self._network = network
        self.labels = tuple(labels)
        self.temperature = temperature
        self.ask_back_below = ask_back_below
        self.out_of_scope_bonus = out_of_scope_bonus
        self.pieces = pieces
        self.find_concepts: Concepts = lambda text: ()

    @classmethod
    def train(cls, examples: Labelled, development: Labelled, find_concepts: Concepts) -> TopicModel:
        """Trains on labelled messages and calibrates on others.

        Args:
            examples: messages with their labels, in every language.
            development: messages of the kind people type, none of them in `examples`, from which the
                temperature and the thresholds are chosen. May be empty.

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
        features = Features(LONGEST)
        blocks, meaning = features.fit(texts, find_concepts)
        names = sorted(set(labels))
        numbers = {name: number for number, name in enumerate(names)}
        model = cls(features, Network.one_of(blocks, meaning, [numbers[label] for label in labels]), names)
        model.find_concepts = find_concepts
        model.pieces = current().frequent_pieces(texts[::SAMPLED])
        return model

    def _scores(self, texts: Sequence[str]) -> Scores:
        return self._network.scores(*self._features.see(texts, self.find_concepts))

    def _probabilities(self, scores: Scores) -> Probabilities:
        scaled = scores * self.temperature
        if OUT_OF_SCOPE in self.labels:
            scaled[:, self.labels.index(OUT_OF_SCOPE)] += self.out_of_scope_bonus
        scaled -= scaled.max(axis=1, keepdims=True)
        exponent = np.exp(scaled)
        probabilities: Probabilities = exponent / exponent.sum(axis=1, keepdims=True)
        return probabilities

    def _calibrate(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        scores = self._scores(texts)
        truth = np.array([self.labels.index(label) for label in labels])
        self._choose_temperature(scores, truth)
        self._choose_out_of_scope_bonus(scores, truth)
        probabilities = self._probabilities(scores)
        best, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
        self.ask_back_below = 0.0
        for threshold in np.linspace(0.0, 0.9, 91):
            self.ask_back_below = float(threshold)
            if (~right[best >= threshold]).sum() <= WRONG_ANSWER_RATE * len(truth):
                break
        logger.info("topic model calibrated on %d messages: %.3f right first", len(truth), right.mean())

    def _choose_temperature(self, scores: Scores, truth: npt.NDArray[np.int_]) -> None:
        rows = np.arange(len(truth))

        def loss(log_temperature: float) -> float:
            self.temperature = float(np.exp(log_temperature))
            return float(-np.log(self._probabilities(scores)[rows, truth] + 1e-12).mean())

        self.temperature = float(np.exp(minimize_scalar(loss, bounds=(-2, 4), method="bounded").x))

    def _choose_out_of_scope_bonus(self, scores: Scores, truth: npt.NDArray[np.int_]) -> None:
        """The bonus at which just `REFUSED` of the real messages fall to it."""
        if OUT_OF_SCOPE not in self.labels:
            return
        outside = self.labels.index(OUT_OF_SCOPE)
        real = truth != outside
        if not real.any() or real.all():
            return
        others = np.delete(scores[real], outside, axis=1).max(axis=1)
        needed = (others - scores[real][:, outside]) * self.temperature
        # A hair less, so that the message at this very place keeps its own label.
        self.out_of_scope_bonus = float(np.quantile(needed, REFUSED)) - TIE

    def rank(self, text: str, most: int = 10) -> tuple[Ranked, ...]:
        """The likeliest labels, best first."""
        return next(iter(self.rank_many([text], most)))

    def rank_many(self, texts: Sequence[str], most: int = 10) -> Iterable[tuple[Ranked, ...]]:
        """`rank` for many messages at once; much faster in bulk."""
        for row in self._probabilities(self._scores(texts)):
            best = np.argsort(-row)[:most]
            yield tuple(Ranked(self.labels[i], float(row[i])) for i in best)

    def save(self, path: Path) -> None:
        """Writes the model to one file. It holds n-grams of the training data and nothing else."""
        parts: dict[str, Any] = {"features": self._features, "network": self._network, "labels": self.labels}
        parts.update(temperature=self.temperature, ask_back_below=self.ask_back_below)
        parts.update(out_of_scope_bonus=self.out_of_scope_bonus, pieces=self.pieces)
        write(path, FORMAT, parts)

    @classmethod
    def load(cls, file: Union[Path, IO[bytes]], find_concepts: Optional[Concepts] = None) -> TopicModel:
        """Reads a model from a path or an open file.

        Raises:
            ModelFileError: see `bot.understanding.model_store.read`.
        """
        model = cls(**read(file, FORMAT))
        current().prepare(model.pieces)
        if find_concepts is not None:
            model.find_concepts = find_concepts
        return model
