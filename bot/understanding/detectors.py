"""Fits one linear detector a label over the same features, on every core there is.

A detector is a linear support vector machine (scikit-learn's LinearSVC); what all models of understanding are made of.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import joblib
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

TOLERANCE: Final = 0.1
"""How near the best solution is near enough: finer ones take several times as long and choose the same."""

AT_ONCE: Final = 2
"""Processes; the machines this is meant for have two cores."""

Truth = npt.NDArray[np.bool_]
"""What is true of each message, of shape (messages, labels)."""


class Fitted(NamedTuple):
    """Weights of shape (labels, features), and an offset a label."""

    weights: npt.NDArray[np.float32]
    offsets: npt.NDArray[np.float32]


def fit(features: csr_matrix, truth: Truth, certain: float, against_all: bool = False) -> Fitted:
    """Fits a detector for every label.

    Args:
        features: one row a message.
        truth: of which every column has a true and a false value.
        certain: C of LinearSVC; the smaller, the more cautious.
        against_all: messages have one label each, and a message counts the more the rarer its label; else what has a
            label and what has not counts the same altogether.
    """
    # In the form liblinear wants, so that no detector makes a copy of its own: shared memory is read-only.
    features = features.astype(np.float64)
    features.sum_duplicates()
    parts = [part for part in np.array_split(np.arange(truth.shape[1]), AT_ONCE) if part.size]
    found = joblib.Parallel(n_jobs=len(parts))(
        joblib.delayed(_fit_some)(features, truth[:, part], certain, truth.shape[1] if against_all else 0)
        for part in parts
    )
    return Fitted(np.vstack([f.weights for f in found]), np.concatenate([f.offsets for f in found]))


def _fit_some(features: csr_matrix, truth: Truth, certain: float, labels: int) -> Fitted:
    weights = np.empty((truth.shape[1], features.shape[1]), dtype=np.float32)
    offsets = np.empty(truth.shape[1], dtype=np.float32)
    for column in range(truth.shape[1]):
        is_there = truth[:, column]
        weight: Any = {True: len(is_there) / (labels * is_there.sum()), False: 1.0} if labels else "balanced"
        detector = LinearSVC(C=certain, tol=TOLERANCE, class_weight=weight, random_state=7)
        detector.fit(features, is_there)
        weights[column], offsets[column] = detector.coef_[0], detector.intercept_[0]
    return Fitted(weights, offsets)
