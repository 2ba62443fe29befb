"""Detectors fitted in parts are those scikit-learn fits in one go."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from bot.understanding.detectors import TOLERANCE, fit, fit_one_of


@pytest.mark.parametrize("labels", [2, 3, 7])
def test_one_label_each_as_in_one_go(labels: int) -> None:
    random = np.random.default_rng(7)
    known = np.array([*range(labels), *random.integers(0, labels, 80)])
    features = csr_matrix(random.normal(size=(len(known), 12)) + known[:, None] * random.normal(size=12))
    fitted = fit_one_of(features, list(known), 0.5)
    whole = LinearSVC(C=0.5, tol=TOLERANCE, class_weight="balanced", random_state=7).fit(features, known)
    assert fitted.weights.shape == (labels, 12)
    chosen = (features @ fitted.weights.T + fitted.offsets).argmax(axis=1)
    agreed = np.mean(chosen == whole.predict(features))
    assert agreed >= 0.95


def test_several_labels_each_are_told_apart_by_themselves() -> None:
    random = np.random.default_rng(7)
    truth = random.random((200, 3)) < 0.3
    features = csr_matrix(truth @ random.normal(size=(3, 10)) + 0.05 * random.normal(size=(200, 10)))
    fitted = fit(features, truth, 1.0)
    found = (features @ fitted.weights.T + fitted.offsets) > 0
    assert np.mean(found == truth) > 0.97
