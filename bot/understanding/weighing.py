"""Weighs numbers about a text together: scores of a network, and what rules found.

A small perceptron, a few copies of it averaged. It is trained by scikit-learn and run as the few matrix products it
is: a turn is waiting.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import expit
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from bot.understanding.network import Truth

Numbers = npt.NDArray[np.float32]
"""One row a message."""

COPIES: Final = 3
ROUNDS: Final = 25
BATCH: Final = 128
STEP: Final = 2e-3
"""Of the perceptron; on the development messages twice as many of any changed nothing."""


class Size(NamedTuple):
    """How large the perceptron is, chosen for a task on its development messages (docs/understanding.md).

    Attributes:
        hidden: units.
        caution: what large weights cost.
    """

    hidden: int
    caution: float


@dataclass(frozen=True)
class _Layers:
    """One copy's weights: from the numbers to the hidden units, and on to the labels."""

    into: Numbers
    into_offsets: Numbers
    out: Numbers
    out_offsets: Numbers

    def likelihoods(self, scaled: Numbers) -> Numbers:
        hidden = np.maximum(scaled @ self.into + self.into_offsets, 0)
        found: Numbers = expit(hidden @ self.out + self.out_offsets)
        return found


@dataclass(frozen=True)
class Weighing:
    """How likely each label is, from the numbers of a message. Use `train`, not the constructor.

    Attributes:
        means, spreads: of each number among the messages it was trained on.
        copies: of the perceptron.
    """

    means: Numbers
    spreads: Numbers
    copies: tuple[_Layers, ...]

    @classmethod
    def train(cls, numbers: Numbers, truth: Truth, size: Size, copies: int = COPIES) -> Weighing:
        """Learns from messages.

        Args:
            numbers: of shape (messages, numbers).
            truth: of shape (messages, labels), with two labels at least.
            size: of the perceptron.
            copies: that are averaged.
        """
        means = numbers.mean(axis=0)
        spreads = numbers.std(axis=0)
        spreads[spreads == 0] = 1
        scaled = (numbers - means) / spreads
        return cls(means, spreads, tuple(_trained(scaled, truth, size, copy) for copy in range(copies)))

    def likelihoods(self, numbers: Numbers) -> Numbers:
        """Of each label, 0 to 1, of shape (messages, labels)."""
        scaled = (numbers - self.means) / self.spreads
        found: Numbers = np.mean([copy.likelihoods(scaled) for copy in self.copies], axis=0)
        return found


def _trained(scaled: Numbers, truth: Truth, size: Size, copy: int) -> _Layers:
    perceptron = MLPClassifier(
        (size.hidden,), alpha=size.caution, max_iter=ROUNDS, batch_size=min(BATCH, len(scaled)),
        learning_rate_init=STEP, tol=0, n_iter_no_change=ROUNDS, random_state=copy,
    )  # fmt: skip
    with warnings.catch_warnings():
        # It is stopped early on purpose.
        warnings.simplefilter("ignore", ConvergenceWarning)
        perceptron.fit(scaled, truth)
    into, out = (weights.astype(np.float32) for weights in perceptron.coefs_)
    into_offsets, out_offsets = (offsets.astype(np.float32) for offsets in perceptron.intercepts_)
    return _Layers(into, into_offsets, out, out_offsets)
