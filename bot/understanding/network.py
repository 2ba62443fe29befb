"""What the models of understanding are made of: a linear layer over a message's blocks, and a hidden one over its vector.

The scores of a label are a weighted sum of the words, characters and concepts in a message and of the sentence's vector,
and of a few hundred hidden units that see the vector alone. Trained in small batches with Adagrad; a batch reads and
writes the weights of what occurs in it and no others, so that a hundred labels over three hundred thousand terms take under a
minute. (One linear support vector machine a label, by scikit-learn, took five times as long and chose less well:
docs/understanding.md.) The same messages in the same order give the same weights.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Callable, Final, Optional, Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.special import expit, softmax
from threadpoolctl import ThreadpoolController

from bot.understanding.encoder import Vectors

Weights = npt.NDArray[np.float32]

Scores = npt.NDArray[np.float32]
"""One row a message, one column a label."""

Truth = npt.NDArray[np.bool_]
"""What is true of each message, of shape (messages, labels)."""

HIDDEN: Final = 512
"""Units that see the vector."""

BATCH: Final = 128
ROUNDS: Final = 8
LEAST_BATCHES: Final = 200
"""Messages a batch; times every message is seen, at least; batches altogether, at least, when there are few messages."""

STEP: Final = 0.1
HIDDEN_STEP: Final = 0.05
"""How far weights move at first; from the second round on less and less."""

SMOOTHED: Final = 0.1
"""Share of a label's certainty given to chance: labels are people's, and people err."""

RARITY: Final = 0.5
"""How much more a rare label's messages count, where every message has one label: their count to the power of minus this."""

NATURAL_COUNTS: Final = np.float32(3)
"""How much in training a message counts that is such as people naturally type; the others were written to be hard."""

KEPT: Final = 0.7
"""Share of the hidden units that a batch in training sees."""

GRAIN: Final = 0.04
MOST_GRAINS: Final = 127
"""Weights of terms are kept in steps of so much, a byte each: the file is an eighth of that with half precision, because
most steps are none, and the choices stay the same (docs/understanding.md)."""

_TINY = np.float32(1e-8)


@dataclass(frozen=True)
class Network:
    """Scores labels. Use `one_of` or `several`.

    Attributes:
        sparse: weights of the sparse blocks, of shape (terms, labels), in steps of `GRAIN`.
        meaning: weights of the vector, of shape (size, labels).
        offsets: of each label.
        into, into_offsets: from the vector to the hidden units, of shape (size, hidden).
        out: from the hidden units to the labels, of shape (hidden, labels).
    """

    sparse: npt.NDArray[np.int8]
    meaning: Weights
    offsets: Weights
    into: Weights
    into_offsets: Weights
    out: Weights

    @classmethod
    def one_of(
        cls, blocks: csr_matrix, meaning: Vectors, labels: Sequence[int], counting: Optional[Weights] = None
    ) -> Network:
        """Trains on messages that have one label each.

        Args:
            blocks: sparse, one row a message.
            meaning: the vectors of the same messages.
            labels: of each message, from 0 on without gaps.
            counting: how much each message counts; None: all the same.
        """
        known = np.asarray(labels)
        counts = np.bincount(known)
        weights = (counts[known] ** -RARITY).astype(np.float32)
        if counting is not None:
            weights *= counting
        weights /= weights.mean()
        chance = np.float32(SMOOTHED / len(counts))

        def slope(scores: Scores, rows: Any) -> Scores:
            found: Scores = softmax(scores, axis=1) - chance
            found[np.arange(len(rows)), known[rows]] -= np.float32(1 - SMOOTHED)
            found *= weights[rows, None]
            return found

        return _train(blocks, meaning, len(counts), slope)

    @classmethod
    def several(
        cls, blocks: csr_matrix, meaning: Vectors, truth: Truth, counting: Optional[Weights] = None
    ) -> Network:
        """Trains on messages that may have several labels, or none; each label is learnt by itself.

        Args:
            blocks, meaning, counting: as for `one_of`.
            truth: of each message, of shape (messages, labels).
        """
        wanted = (truth * (1 - SMOOTHED) + SMOOTHED * truth.mean(axis=0)).astype(np.float32)
        weights = np.ones(len(truth), dtype=np.float32) if counting is None else counting / counting.mean()

        def slope(scores: Scores, rows: Any) -> Scores:
            found: Scores = expit(scores) - wanted[rows]
            found *= weights[rows, None]
            return found

        return _train(blocks, meaning, truth.shape[1], slope)

    def scores(self, blocks: csr_matrix, meaning: Vectors) -> Scores:
        """The score of every label for every message."""
        hidden = np.maximum(meaning @ self.into + self.into_offsets, 0)
        found: Scores = meaning @ self.meaning + hidden @ self.out + self.offsets
        for row in range(blocks.shape[0]):
            start, end = blocks.indptr[row], blocks.indptr[row + 1]
            # Only the weights of what occurs in the message are read.
            weights = self.sparse[blocks.indices[start:end]].astype(np.float32)
            found[row] += (blocks.data[start:end] * np.float32(GRAIN)) @ weights
        return found


class _Moving:
    """Weights in training. Every row has a pace of its own, the slower the more it has moved (Adagrad by rows)."""

    def __init__(self, values: Weights, step: float) -> None:
        self.values = values
        self._step = np.float32(step)
        self._moved = np.full((len(values), 1), _TINY, dtype=np.float32)

    def move(self, slope: Weights, pace: np.float32) -> None:
        """Moves all rows against their slope, an array of their shape that is written over."""
        self._moved += (np.einsum("ij,ij->i", slope, slope) / slope.shape[1])[:, None]
        slope *= (self._step * pace) / np.sqrt(self._moved)
        self.values -= slope

    def move_some(self, rows: Any, known: Weights, slope: Weights, pace: np.float32) -> None:
        """Moves some rows, whose values are `known` already; both arrays are written over."""
        moved = self._moved[rows] + (np.einsum("ij,ij->i", slope, slope) / slope.shape[1])[:, None]
        self._moved[rows] = moved
        slope *= (self._step * pace) / np.sqrt(moved)
        known -= slope
        self.values[rows] = known


def _train(
    blocks: csr_matrix, meaning: Vectors, labels: int, slope: Callable[[Scores, Any], Scores]
) -> Network:
    """Trains with a slope: how the loss of each message changes with its scores, given those and the messages' rows."""
    random = np.random.default_rng(7)
    size = meaning.shape[1]
    nothing = np.zeros((1, labels), dtype=np.float32)
    sparse = _Moving(np.zeros((blocks.shape[1], labels), dtype=np.float32), STEP)
    linear, offsets = _Moving(np.zeros((size, labels), dtype=np.float32), STEP), _Moving(nothing, STEP)
    into = _Moving(_random(random, size, HIDDEN, 2 / size), HIDDEN_STEP)
    into_offsets = _Moving(np.zeros((1, HIDDEN), dtype=np.float32), HIDDEN_STEP)
    out = _Moving(_random(random, HIDDEN, labels, 0.25 / HIDDEN), HIDDEN_STEP)
    narrowed = _Narrowing(blocks.shape[1])
    count = blocks.shape[0]
    rounds = max(ROUNDS, math.ceil(LEAST_BATCHES * BATCH / count))
    with ThreadpoolController().limit(limits=1, user_api="blas"):
        for number in range(rounds):
            pace = np.float32(1 - number / rounds)
            order = random.permutation(count)
            for start in range(0, count, BATCH):
                rows = order[start : start + BATCH]
                terms, some = narrowed(blocks[rows])
                weights = sparse.values[terms]
                vectors = meaning[rows]
                before = vectors @ into.values + into_offsets.values
                seen = (random.random(before.shape, dtype=np.float32) < KEPT) * np.float32(1 / KEPT)
                hidden = np.maximum(before, 0) * seen
                scores = some @ weights
                scores += vectors @ linear.values + hidden @ out.values + offsets.values
                against = slope(scores, rows) / np.float32(len(rows))
                back = (against @ out.values.T) * seen * (before > 0)
                sparse.move_some(terms, weights, some.T @ against, pace)
                linear.move(vectors.T @ against, pace)
                offsets.move(against.sum(axis=0, keepdims=True), pace)
                out.move(hidden.T @ against, pace)
                into.move(vectors.T @ back, pace)
                into_offsets.move(back.sum(axis=0, keepdims=True), pace)
    grains = np.clip(np.rint(sparse.values / GRAIN), -MOST_GRAINS, MOST_GRAINS).astype(np.int8)
    return Network(
        grains, linear.values, offsets.values[0], into.values, into_offsets.values[0], out.values
    )  # fmt: skip


class _Narrowing:
    """Finds the terms that occur in rows, and those rows over these terms alone. One for all batches of a training: sorting
    the terms of each would take longer than what is done with them."""

    def __init__(self, terms: int) -> None:
        self._occurs = np.zeros(terms, dtype=bool)
        self._column = np.zeros(terms, dtype=np.int32)

    def __call__(self, some: csr_matrix) -> tuple[Any, csr_matrix]:
        self._occurs[some.indices] = True
        terms = np.flatnonzero(self._occurs)
        self._occurs[terms] = False
        self._column[terms] = np.arange(len(terms), dtype=np.int32)
        columns = self._column[some.indices]
        return terms, csr_matrix((some.data, columns, some.indptr), shape=(some.shape[0], len(terms)))


def _random(random: np.random.Generator, rows: int, columns: int, variance: float) -> Weights:
    return random.standard_normal((rows, columns), dtype=np.float32) * np.float32(math.sqrt(variance))
