"""The blocks the models look at."""

from __future__ import annotations

import pickle
from typing import Sequence

import numpy as np
import pytest

from bot.understanding.features import Features

TEXTS = [
    "she asks me to promise, promise!",
    "elle ne veut pas que ça se sache",
    "لا تريد أن يعرف أحد",
    "u r ok?  no\nno no",
    "",
]


def concepts(text: str) -> Sequence[str]:
    return ("promise", "secrecy") if "promise" in text else ("know",)


@pytest.fixture(scope="module")
def features() -> Features:
    fitted = Features(longest=4)
    fitted.fit([*TEXTS, *TEXTS], concepts)
    return fitted


@pytest.mark.parametrize("text", [*TEXTS, "something promised elsewhere: ça, أحد, 😀 a-b", "x"])
def test_one_message_has_the_features_it_has_among_many(features: Features, text: str) -> None:
    alone, meaning = features.see([text], concepts)
    among, meanings = features.see([text, text], concepts)
    assert alone.shape[1] == among.shape[1]
    assert np.allclose(alone.toarray()[0], among.toarray()[0], atol=1e-6)
    assert np.allclose(meaning[0], meanings[0], atol=1e-4)


def test_features_are_the_same_after_being_saved(features: Features) -> None:
    features.see([TEXTS[0]], concepts)
    again = pickle.loads(pickle.dumps(features))
    assert (again.see([TEXTS[1]], concepts)[0] != features.see([TEXTS[1]], concepts)[0]).nnz == 0
