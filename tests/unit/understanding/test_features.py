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
    alone = features.sparse([text], concepts).toarray()
    among = features.sparse([text, text], concepts).toarray()
    assert alone.shape[1] == among.shape[1]
    assert np.allclose(alone[0], among[0], atol=1e-6)


def test_features_are_the_same_after_being_saved(features: Features) -> None:
    features.sparse([TEXTS[0]], concepts)
    again = pickle.loads(pickle.dumps(features))
    assert (again.sparse([TEXTS[1]], concepts) != features.sparse([TEXTS[1]], concepts)).nnz == 0
