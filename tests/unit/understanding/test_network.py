"""What the models of understanding are made of learns, repeats itself, and keeps to the messages it is given."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix, vstack

from bot.understanding.network import Network

TERMS, SIZE = 40, 16


def messages(labels: int, count: int = 400) -> tuple[csr_matrix, np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """Messages of one label each: a term stands for it in half of them, and the vector's direction in all."""
    random = np.random.default_rng(7)
    known = np.arange(count) % labels
    blocks = random.random((count, TERMS)) < 0.1
    told = np.flatnonzero(random.random(count) < 0.5)
    blocks[told, known[told]] = True
    directions = random.standard_normal((labels, SIZE))
    vectors = directions[known] + random.standard_normal((count, SIZE))
    return csr_matrix(blocks.astype(np.float32)), vectors.astype(np.float32), known


@pytest.mark.parametrize("labels", [2, 3, 9])
def test_one_label_each(labels: int) -> None:
    blocks, vectors, known = messages(labels)
    network = Network.one_of(blocks[:300], vectors[:300], known[:300].tolist())
    chosen = network.scores(blocks[300:], vectors[300:]).argmax(axis=1)
    assert np.mean(chosen == known[300:]) > 0.85


def test_a_rare_label_is_learnt_too() -> None:
    blocks, vectors, known = messages(3)
    rare = np.flatnonzero(known == 2)
    kept = np.setdiff1d(np.arange(300), rare[10:])
    network = Network.one_of(blocks[kept], vectors[kept], known[kept].tolist())
    unseen = rare[rare >= 300]
    assert np.mean(network.scores(blocks[unseen], vectors[unseen]).argmax(axis=1) == 2) > 0.5


def test_several_labels_each_are_told_apart_by_themselves() -> None:
    random = np.random.default_rng(7)
    truth = random.random((600, 3)) < 0.3
    blocks = csr_matrix((truth @ np.eye(3, TERMS)).astype(np.float32))
    vectors = (truth @ random.standard_normal((3, SIZE)) + 0.3 * random.standard_normal((600, SIZE))).astype(np.float32)
    network = Network.several(blocks[:500], vectors[:500], truth[:500])
    assert np.mean((network.scores(blocks[500:], vectors[500:]) > 0) == truth[500:]) > 0.97


def test_what_counts_more_is_believed_more() -> None:
    """The same messages are labelled twice, against each other: the labels that count more win."""
    blocks, vectors, known = messages(2, 200)
    twice, both = vstack([blocks, blocks]), np.vstack([vectors, vectors])
    for heavy in (0, 1):
        counting = np.repeat([4.0, 1.0] if heavy == 0 else [1.0, 4.0], 200).astype(np.float32)
        labels = np.concatenate([known, 1 - known])
        wanted = known if heavy == 0 else 1 - known
        one = Network.one_of(csr_matrix(twice), both, labels.tolist(), counting).scores(blocks, vectors).argmax(axis=1)
        assert np.mean(one == wanted) > 0.8
        several = Network.several(csr_matrix(twice), both, labels[:, None] == 1, counting).scores(blocks, vectors)
        assert np.mean((several[:, 0] > 0) == (wanted == 1)) > 0.8


def test_the_vector_alone_tells_what_no_single_direction_can() -> None:
    """Two labels lie crosswise: the linear layer cannot part them, the hidden one can."""
    random = np.random.default_rng(7)
    vectors = random.standard_normal((1000, 2)).astype(np.float32)
    crosswise = (vectors[:, 0] * vectors[:, 1] > 0).astype(int)
    nothing = csr_matrix((1000, TERMS), dtype=np.float32)
    network = Network.one_of(nothing[:800], vectors[:800], crosswise[:800].tolist())
    chosen = network.scores(nothing[800:], vectors[800:]).argmax(axis=1)
    assert np.mean(chosen == crosswise[800:]) > 0.9


def test_weights_in_steps_of_a_byte_choose_as_finer_ones_do(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks, vectors, known = messages(9)
    kept = Network.one_of(blocks[:300], vectors[:300], known[:300].tolist())
    monkeypatch.setattr("bot.understanding.network.GRAIN", 0.01)
    finer = Network.one_of(blocks[:300], vectors[:300], known[:300].tolist()).scores(blocks[300:], vectors[300:])
    monkeypatch.undo()
    coarse = kept.scores(blocks[300:], vectors[300:])
    assert not np.array_equal(coarse, finer)
    assert np.mean(coarse.argmax(axis=1) == finer.argmax(axis=1)) > 0.97


def test_the_same_messages_give_the_same_weights() -> None:
    blocks, vectors, known = messages(3)
    first, second = (Network.one_of(blocks, vectors, known.tolist()) for _ in range(2))
    assert np.array_equal(first.sparse, second.sparse)
    assert np.array_equal(first.scores(blocks, vectors), second.scores(blocks, vectors))


def test_a_message_scores_alone_as_it_does_among_many() -> None:
    blocks, vectors, known = messages(3)
    network = Network.one_of(blocks, vectors, known.tolist())
    together = network.scores(blocks, vectors)
    assert np.allclose(network.scores(blocks[7], vectors[7:8]), together[7:8], atol=1e-4)
