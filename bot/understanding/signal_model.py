"""A second net for signals: a linear model beside the rules, so that an indirect wording is not missed.

The rules (`bot.understanding.signals`) stand on their own and always count. This model only ever adds a signal
they did not see; it never takes one away, and it does not depend on the topic classifier. It is trained on
`data/signals/<language>/*.jsonl`, and each signal's threshold is the lowest that keeps false alarms on held-out
messages without that signal below `FALSE_ALARMS`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Callable, Iterable, Mapping, Sequence, Tuple

import joblib
import numpy as np
from scipy.sparse import csr_matrix, hstack
from scipy.special import expit
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from bot.understanding.normalise import fold
from bot.understanding.topics import WORD, Concepts

FORMAT = 1
FALSE_ALARMS = 0.0012
"""Share of held-out messages without a signal in which the model alone may raise it; chosen on the development
messages, where a higher share found hardly more and flagged more look-alikes."""

URGENT_FALSE_ALARMS = 0.003
"""The same for signs that must not be missed: a false alarm costs a tap, a miss can cost a life."""

URGENT = frozenset({"danger_now", "medical_emergency", "suicide_risk", "strangulation", "child"})

LIFE = frozenset({"danger_now", "suicide_risk"})
"""The signs with the most oblique wordings."""

LIFE_SHARE = 0.75
"""Share of their threshold at which these are raised already: on the development messages it finds more of them
and flags hardly more look-alikes (docs/understanding.md)."""

LEAST_EXAMPLES = 40
"""Messages with a signal below which no model is trained for it."""

Example = Tuple[str, frozenset]  # type: ignore[type-arg]
"""A message and the ids of the signals in it."""


@dataclass(frozen=True)
class _Detector:
    classifier: LogisticRegression
    threshold: float


class SignalModel:
    """Finds signals by likeness to known messages. Use `train` or `load`."""

    def __init__(
        self,
        words: TfidfVectorizer,
        characters: TfidfVectorizer,
        concepts: CountVectorizer,
        detectors: Mapping[str, _Detector],
    ) -> None:
        self._words = words
        self._characters = characters
        self._concepts = concepts
        self._detectors = dict(detectors)
        self.find_concepts: Concepts = lambda text: ()

    @classmethod
    def train(cls, examples: Sequence[Example], find_concepts: Concepts) -> SignalModel:
        """Trains a detector for every signal with enough messages."""
        model = cls(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=WORD),
            TfidfVectorizer(ngram_range=(2, 4), analyzer="char_wb", sublinear_tf=True, min_df=2),
            CountVectorizer(analyzer=str.split, binary=True, dtype=np.float64),
            {},
        )
        model.find_concepts = find_concepts
        texts = [text for text, _ in examples]
        clean = [fold(text) for text in texts]
        concepts = [" ".join(find_concepts(text)) for text in texts]
        model._words.fit(clean)
        model._characters.fit(clean)
        model._concepts.fit([*concepts, "none"])
        features = model._features(clean, concepts)
        for name in sorted({signal for _, signals in examples for signal in signals}):
            truth = np.array([name in signals for _, signals in examples])
            if truth.sum() >= LEAST_EXAMPLES:
                allowed = URGENT_FALSE_ALARMS if name in URGENT else FALSE_ALARMS
                share = LIFE_SHARE if name in LIFE else 1.0
                model._detectors[name] = _detector(features, truth, allowed, share)
        return model

    def _features(self, clean: Sequence[str], concepts: Sequence[str]) -> csr_matrix:
        words = self._words.transform(clean)
        characters = self._characters.transform(clean)
        return hstack([words, characters, self._concepts.transform(concepts) * 0.3]).tocsr()

    def find(self, text: str) -> tuple[str, ...]:
        """The ids of the signals the model sees in a message."""
        features = self._features([fold(text)], [" ".join(self.find_concepts(text))])
        weights, offsets = self._stacked
        likelihood = expit(features @ weights + offsets)[0]
        return tuple(
            name
            for (name, detector), found in zip(self._detectors.items(), likelihood, strict=True)
            if found >= detector.threshold
        )

    @cached_property
    def _stacked(self) -> Tuple[Any, Any]:
        """All detectors as one matrix, because one product is several times faster than nine."""
        classifiers = [detector.classifier for detector in self._detectors.values()]
        weights = np.ascontiguousarray(np.vstack([c.coef_[0] for c in classifiers]).T)
        return weights, np.array([c.intercept_[0] for c in classifiers])

    def save(self, path: Path) -> None:
        """Writes the model to one file."""
        parts: dict[str, Any] = {"format": FORMAT, "words": self._words, "characters": self._characters}
        joblib.dump({**parts, "concepts": self._concepts, "detectors": self._detectors}, path, compress=3)

    @classmethod
    def load(cls, file: object, find_concepts: Concepts) -> SignalModel:
        """Reads a model.

        Raises:
            ValueError: the file is of another format.
        """
        data = joblib.load(file)
        if data.pop("format", None) != FORMAT:
            raise ValueError("the signal model was saved by another version; train again")
        model = cls(**data)
        model.find_concepts = find_concepts
        return model


def _detector(features: csr_matrix, truth: Any, false_alarms: float, share: float) -> _Detector:
    def fresh() -> LogisticRegression:
        return LogisticRegression(C=20.0, solver="liblinear", class_weight="balanced", random_state=7)

    folds = StratifiedKFold(3, shuffle=True, random_state=7)
    held_out = cross_val_predict(fresh(), features, truth, cv=folds, method="predict_proba")[:, 1]
    alarms = np.sort(held_out[~truth])
    threshold = max(0.3, share * float(np.quantile(alarms, 1 - false_alarms)))
    return _Detector(fresh().fit(features, truth), threshold)


def read_examples(folder: Path) -> list[Example]:
    """The labelled messages below a folder."""
    found = []
    for path in sorted(folder.rglob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                entry = json.loads(line)
                found.append((entry["text"], frozenset(_id(signal) for signal in entry["signals"])))
    return found


def _id(signal: Any) -> str:
    return str(signal["id"] if isinstance(signal, dict) else signal)


def without_signals(texts: Iterable[str], has_signal: Callable[[str], bool]) -> list[Example]:
    """Messages that speak of nothing in particular, as examples without any signal."""
    return [(text, frozenset()) for text in texts if not has_signal(text)]
