"""Fits one linear detector a label over the same features, on every core there is.

A detector is a linear support vector machine (scikit-learn's LinearSVC); what all models of understanding are made of.
"""

from __future__ import annotations

from typing import Any, Callable, Final, NamedTuple, Sequence

import joblib
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

TOLERANCE: Final = 0.1
"""How near the best solution is near enough: finer ones take several times as long and choose the same."""

AT_ONCE: Final = 2
"""Processes; the machines this is meant for have two cores."""

REST: Final = -1
"""Stands for every label that another part sees to."""

Truth = npt.NDArray[np.bool_]
"""What is true of each message, of shape (messages, labels)."""


class Fitted(NamedTuple):
    """Weights of shape (labels, features), and an offset a label."""

    weights: npt.NDArray[np.float32]
    offsets: npt.NDArray[np.float32]


def fit(features: csr_matrix, truth: Truth, certain: float) -> Fitted:
    """Fits a detector for every label; what has a label and what has not counts the same altogether.

    Args:
        features: one row a message.
        truth: of which every column has a true and a false value.
        certain: C of LinearSVC; the smaller, the more cautious.
    """
    return _in_parts(_fit_each, truth.shape[1], _shared(features), truth, certain)


def fit_one_of(features: csr_matrix, labels: Sequence[int], certain: float) -> Fitted:
    """Fits a detector for every label of messages that have one label each, the rarer a label the more it counts.

    Args:
        features: one row a message.
        labels: of each message, from 0 on without gaps.
        certain: as for `fit`.
    """
    known = np.asarray(labels)
    return _in_parts(_fit_against_rest, int(known.max()) + 1, _shared(features), known, certain)


def _shared(features: csr_matrix) -> csr_matrix:
    """In the form liblinear wants, so that no detector makes a copy of its own: shared memory is read-only."""
    features = features.astype(np.float64)
    features.sum_duplicates()
    return features


def _in_parts(
    fit_some: Callable[..., Fitted], labels: int, features: csr_matrix, truth: Any, certain: float
) -> Fitted:
    parts = [part for part in np.array_split(np.arange(labels), AT_ONCE) if part.size]
    found = joblib.Parallel(n_jobs=len(parts))(
        joblib.delayed(fit_some)(features, truth, part, certain) for part in parts
    )
    return Fitted(np.vstack([f.weights for f in found]), np.concatenate([f.offsets for f in found]))


def _fit_each(features: csr_matrix, truth: Truth, part: Any, certain: float) -> Fitted:
    fitted = [_detector(certain, "balanced").fit(features, truth[:, column]) for column in part]
    return Fitted(
        np.vstack([detector.coef_[0] for detector in fitted]).astype(np.float32),
        np.array([detector.intercept_[0] for detector in fitted], dtype=np.float32),
    )


def _fit_against_rest(features: csr_matrix, labels: npt.NDArray[np.int_], part: Any, certain: float) -> Fitted:
    """All labels of a part in one go: liblinear takes the messages over once, whatever the number of labels."""
    here = np.where(np.isin(labels, part), labels, REST)
    counts = np.bincount(labels)
    weights = {int(label): len(labels) / (len(counts) * counts[label]) for label in part}
    detector = _detector(certain, {**weights, REST: 1.0} if (here == REST).any() else weights)
    detector.fit(features, here)
    kept = detector.classes_ != REST
    coefficients, offsets = detector.coef_, detector.intercept_
    if len(detector.classes_) == 2:  # scikit-learn keeps one row for two labels
        coefficients, offsets = np.vstack([-coefficients, coefficients]), np.hstack([-offsets, offsets])
    return Fitted(coefficients[kept].astype(np.float32), offsets[kept].astype(np.float32))


def _detector(certain: float, weight: Any) -> LinearSVC:
    return LinearSVC(C=certain, tol=TOLERANCE, class_weight=weight, random_state=7)
