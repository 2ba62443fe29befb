"""The sentence encoder: meaning across languages, any text, nothing remembered beyond the turn."""

from __future__ import annotations

import contextvars

import numpy as np

from bot.understanding import encoder


def test_what_means_the_same_lies_close_in_every_language() -> None:
    same = ["nobody must know about it", "personne ne doit le savoir", "nadie debe saberlo", "يجب ألا يعرف أحد"]
    vectors = encoder.encode([*same, "the car needs fuel"])
    close = vectors @ vectors.T
    assert close[0, 1:4].min() > 0.5
    assert close[0, 4] < 0.3


def test_any_text_has_a_vector_of_length_one() -> None:
    vectors = encoder.encode(["", " ", "\ud800", "a" * 20_000, "🙂", "٣"])
    assert vectors.shape == (6, encoder.current().size)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)


def test_a_text_is_remembered_in_its_own_task_only() -> None:
    def encode_here() -> object:
        encoder.encode_one("a secret thing")
        return encoder._last.get()

    assert contextvars.Context().run(encode_here) is not None
    assert contextvars.Context().run(encoder._last.get) is None
