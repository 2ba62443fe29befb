"""A second net for signals: a linear model beside the rules, so that an indirect wording is not missed.

The rules (`bot.understanding.signals`) stand on their own and always count. This model only ever adds a signal
they did not see; it never takes one away, and it does not depend on the topic classifier. It is trained on
`data/signals/<language>/*.jsonl`, and each signal's threshold is the lowest that keeps false alarms on held-out
messages without that signal below `FALSE_ALARMS`.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any, Callable, Iterable, Sequence, Tuple

import joblib
import numpy as np
from scipy.special import expit, logit
from sklearn.model_selection import train_test_split

from bot.understanding.detectors import fit
from bot.understanding.features import Concepts, Features, Linear, Scores, side_by_side

FORMAT = 3
FALSE_ALARMS = 0.0012
"""Share of held-out messages without a signal in which the model alone may raise it; chosen on the development
messages, where a higher share found hardly more and flagged more look-alikes."""

URGENT_FALSE_ALARMS = 0.003
"""The same for signs that must not be missed: a false alarm costs a tap, a miss can cost a life."""

URGENT = frozenset({"danger_now", "medical_emergency", "suicide_risk", "strangulation", "child"})

LIFE = frozenset({"danger_now", "suicide_risk"})
"""The signs with the most oblique wordings."""

LIFE_SHARE = 0.9
"""Share of their threshold at which these are raised already: on the development messages it finds more of them
and flags hardly more look-alikes (docs/understanding.md)."""

LEAST_EXAMPLES = 40
"""Messages with a signal below which no model is trained for it."""

HELD_OUT = 0.25
"""Share of the messages from which a threshold is chosen, by a detector that has not seen them."""

CERTAIN = 0.5
"""C of the detectors."""

STEEPNESS = 2.0
"""What a detector's score is multiplied with before it is taken as the logarithm of odds."""

LEAST_LIKELY = 0.3
"""Likelihood below which no threshold goes."""

Example = Tuple[str, frozenset]  # type: ignore[type-arg]
"""A message and the ids of the signals in it."""


LONGEST = 4
"""Characters of the longest character n-gram."""


class SignalModel:
    """Finds signals by likeness to known messages, in every language at once. Use `train` or `load`."""

    def __init__(self, features: Features, linear: Linear, names: Sequence[str], thresholds: Sequence[float]) -> None:
        self._features = features
        self._linear = linear
        self._names = tuple(names)
        self._thresholds = np.asarray(thresholds, dtype=np.float32)
        self.find_concepts: Concepts = lambda text: ()

    @classmethod
    def train(cls, examples: Sequence[Example], find_concepts: Concepts) -> SignalModel:
        """Trains a detector for every signal with enough messages.

        Raises:
            ValueError: no signal has enough.
        """
        counts = Counter(signal for _, signals in examples for signal in signals)
        names = sorted(name for name, count in counts.items() if count >= LEAST_EXAMPLES)
        if not names:
            raise ValueError("there are too few messages with signals to train on")
        features = Features(LONGEST)
        texts = [text for text, _ in examples]
        blocks, meaning = features.fit(texts, find_concepts), features.meaning(texts)
        together = side_by_side(blocks, meaning)
        truth = np.array([[name in signals for name in names] for _, signals in examples], dtype=bool)
        known, unknown = train_test_split(np.arange(len(texts)), test_size=HELD_OUT, random_state=7)
        partly = fit(together[known], truth[known], CERTAIN)
        held_out = Linear.of(partly.weights, partly.offsets, meaning.shape[1]).scores(blocks[unknown], meaning[unknown])
        whole = fit(together, truth, CERTAIN)
        linear = Linear.of(whole.weights, whole.offsets, meaning.shape[1])
        thresholds = [_threshold(name, held_out[~truth[unknown, n], n]) for n, name in enumerate(names)]
        model = cls(features, linear, names, thresholds)
        model.find_concepts = find_concepts
        return model

    def find(self, text: str) -> tuple[str, ...]:
        """The ids of the signals the model sees in a message."""
        scores = self._linear.scores(self._features.sparse([text], self.find_concepts), self._features.meaning([text]))
        found = scores[0] >= self._thresholds
        return tuple(name for name, is_there in zip(self._names, found, strict=True) if is_there)

    def save(self, path: Path) -> None:
        """Writes the model to one file."""
        parts: dict[str, Any] = {"features": self._features, "linear": self._linear, "names": self._names}
        joblib.dump({"format": FORMAT, **parts, "thresholds": self._thresholds}, path, compress=3)

    @classmethod
    def load(cls, file: object, find_concepts: Concepts) -> SignalModel:
        """Reads a model.

        Raises:
            ValueError: the file is of another format, or was trained with another encoder.
        """
        data = joblib.load(file)
        if data.pop("format", None) != FORMAT:
            raise ValueError("the signal model was saved by another version; train again")
        model = cls(**data)
        if not model._features.fits_encoder:
            raise ValueError("the signal model was trained with another sentence encoder; train again")
        model.find_concepts = find_concepts
        return model


def _threshold(name: str, quiet: Scores) -> float:
    """The least score that few enough messages without a signal reach."""
    allowed = URGENT_FALSE_ALARMS if name in URGENT else FALSE_ALARMS
    likely = expit(STEEPNESS * np.quantile(quiet, 1 - allowed)) * (LIFE_SHARE if name in LIFE else 1.0)
    return float(logit(max(LEAST_LIKELY, likely)) / STEEPNESS)


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
