"""The second net for signals: what a message is like, weighed together with what the rules say of it.

The rules (`bot.understanding.signals`) look for what has a name; they miss indirect wordings, and take "the people in
the play are going to be killed" for a threat. So a network trained on `data/signals/<language>/*.jsonl` says how much a message is
like known ones with each sign, and like messages without any; a small perceptron (`bot.understanding.weighing`)
weighs that against the rules' findings. It does not depend on the topic classifier. In a plain message of a few words a
sign that a rule sees stands, unless the net is all but sure that it is none (`PLAIN_FROM`) or the rule is doubted (`TRUSTED`).
"""

from __future__ import annotations

import logging
from collections import Counter
from pathlib import Path
from typing import IO, Any, Callable, Collection, Final, Sequence, Tuple, Union

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import KFold

from bot.understanding.evidence import Evidence
from bot.understanding.features import Features
from bot.understanding.labelled import read_lines
from bot.understanding.model_store import read, write
from bot.understanding.network import NATURAL_COUNTS, Network, Scores, Truth
from bot.understanding.sharing import of_each, side_by_side
from bot.understanding.signals import DETAILS, rule_names
from bot.understanding.weighing import Size, Weighing

logger = logging.getLogger(__name__)

FORMAT: Final = 8
"""Version of the file a model is saved in."""

URGENT: Final = frozenset({"danger_now", "medical_emergency", "suicide_risk", "strangulation", "child"})
"""Signs that must not be missed: a false alarm costs a tap, a miss can cost a life."""

ALONE_FROM: Final = 0.15
OTHERS_ALONE_FROM: Final = 0.3
"""Likelihood from which a sign is raised that no rule sees, at least; urgent ones and others."""

BESIDE_AN_AGE: Final = 0.5
"""The same in a few plain words in which a rule has read an age: they tell that, and the second net sees more in
them. Of 186 such development messages it saw a sign below that in ten, and never rightly."""

MISS_COUNTS: Final = 2.0
OTHER_MISS_COUNTS: Final = 1.5
QUIET_COUNTS: Final = 3.0
"""How much a share of missed signs, urgent and other, weighs against the same share of false alarms on messages that
were written to cause them; and how much false alarms weigh on ordinary messages, of which there are far more."""

PLAIN_FROM: Final = 0.01
"""Likelihood from which what a trusted rule sees in plain words stands: below, the rule took some word for another."""

AGE_FROM: Final = 0.1
"""The same for a child whose age a rule has read, in any words: of 919 such development messages two are missed, and
twelve with what is chosen for children of all kinds, for seven more false alarms among 59 other ages."""

TRUSTED: Final = 0.5
LEAST_TO_TRUST: Final = 8
"""Share of the plain messages for training in which a rule holds that have to hold its sign, for the rule to be trusted
in plain words; and how many such messages it takes to tell. A rule that nobody can tell of is trusted."""

DOUBTED_BELOW: Final = 0.4
"""Likelihood below which a danger that is raised is asked about first. Of the dangers in 2,500 natural development
messages 3 in 100 are, of those in messages written to be hard 6, and of the false alarms in both two thirds."""

FROM: Final = np.linspace(0.06, 0.5, 45)
"""Likelihoods from which a sign may be raised; which one is chosen on the development messages."""

UNCALIBRATED: Final = 0.15
"""The same where there are too few development messages with a sign."""

LEAST_DEVELOPMENT: Final = 20
"""Development messages with a sign, and without any, below which nothing is chosen from them."""

SAID_IN_PASSING: Final = frozenset({"child", "pregnant", "aid_worker_accused"})
"""Signals that questions about something else may hold all the same ("can a girl of ten sign?")."""

LEAST_EXAMPLES: Final = 40
"""Messages with a signal below which no model is trained for it."""

FOLDS: Final = 3
"""Parts of the messages; each is scored by a network that has not seen it, so that the weighing learns from honest
scores."""

PERCEPTRON: Final = Size(hidden=32, caution=0.1)
"""Of the weighing, chosen on the development messages."""

LONGEST: Final = 4
"""Characters of the longest character n-gram."""

Example = Tuple[str, frozenset]  # type: ignore[type-arg]
"""A message and the ids of the signals in it."""

Likelihoods = npt.NDArray[np.float32]
"""Of each signal in each message, 0 to 1, of shape (messages, signals)."""

Gather = Callable[[str], Evidence]
"""Finds the evidence of a message."""


class SignalModel:
    """Finds signals in messages of every language at once. Use `train` or `load`."""

    def __init__(
        self,
        features: Features,
        network: Network,
        names: Sequence[str],
        weighing: Weighing,
        raised_from: Sequence[float] = (),
        doubted: Sequence[str] = (),
    ) -> None:
        self._features = features
        self._network = network
        self.names = tuple(names)
        self._weighing = weighing
        self.raised_from = tuple(raised_from) or (UNCALIBRATED,) * len(self.names)
        self.doubted = frozenset(doubted)

    @classmethod
    def train(
        cls,
        examples: Sequence[Example],
        quiet: Sequence[str],
        gather: Gather,
        development: Sequence[Example] = (),
        ordinary_development: Sequence[Example] = (),
        natural: Collection[str] = (),
    ) -> SignalModel:
        """Trains a network for the signals with enough messages, and the weighing.

        Args:
            examples: messages with the ids of their signals.
            quiet: messages that speak of nothing urgent. Where a rule sees something in them it is nearly always
                wrong, and that is worth learning; those with what is `SAID_IN_PASSING` are left out.
            gather: finds the evidence of a message. It has to bear being sent to another process.
            development: other messages, from which it is chosen at which likelihood a sign is raised. No rule may
                have been written for them.
            ordinary_development: other messages of the kind that most are, most of them without any sign, for the same.
            natural: the messages among the examples that are such as people naturally type; they count more.

        Raises:
            ValueError: fewer than two signals have enough messages.
        """
        counts = Counter(signal for _, signals in examples for signal in signals)
        names = sorted(name for name, count in counts.items() if count >= LEAST_EXAMPLES and name != DETAILS)
        if len(names) < 2:
            raise ValueError("there are too few messages with signals to train on")
        texts, evidence, truth = _gathered(examples, quiet, gather, names)
        features = Features(LONGEST)
        concepts = {text: each.concepts for text, each in zip(texts, evidence)}
        blocks, meaning = features.fit(texts, concepts.__getitem__)
        # One label more, for messages without any sign.
        wanted = np.hstack([truth, ~truth.any(axis=1, keepdims=True)])
        folds = list(KFold(FOLDS, shuffle=True, random_state=7).split(texts))
        lots = (*(known for known, _ in folds), slice(None))
        counting = np.array([NATURAL_COUNTS if text in natural else 1 for text in texts], dtype=np.float32)
        *others, network = side_by_side(
            ((Network.several, blocks[known], meaning[known], wanted[known], counting[known]) for known in lots),
            len(texts),
        )
        scores = np.zeros(wanted.shape, dtype=np.float32)
        for (_, unknown), other in zip(folds, others, strict=True):
            scores[unknown] = other.scores(blocks[unknown], meaning[unknown])
        weighing = Weighing.train(_numbers(scores, evidence, names), truth, PERCEPTRON)
        model = cls(features, network, names, weighing, doubted=_doubted(evidence, truth, names))
        model._calibrate(development, ordinary_development, gather)
        return model

    def _calibrate(self, development: Sequence[Example], ordinary: Sequence[Example], gather: Gather) -> None:
        if not development:
            return
        texts = [text for text, _ in (*development, *ordinary)]
        found = self._likelihoods(texts, of_each(texts, gather))
        known, common = found[: len(development)], found[len(development) :]
        raised = list(self.raised_from)
        for n, name in enumerate(self.names):
            signs = known[[name in signals for _, signals in development], n]
            none = known[[not signals for _, signals in development], n]
            calm = common[[name not in signals for _, signals in ordinary], n] if ordinary else common
            calm = calm if len(calm) else np.zeros(1, dtype=np.float32)
            if len(signs) >= LEAST_DEVELOPMENT and len(none) >= LEAST_DEVELOPMENT:
                counts = MISS_COUNTS if name in URGENT else OTHER_MISS_COUNTS
                costs = [
                    counts * (signs < start).mean() + (none >= start).mean() + QUIET_COUNTS * (calm >= start).mean()
                    for start in FROM
                ]
                raised[n] = float(FROM[int(np.argmin(costs))])
        self.raised_from = tuple(raised)
        logger.info("signals are raised from %s", dict(zip(self.names, np.round(raised, 2).tolist())))

    def likelihoods(self, text: str, evidence: Evidence) -> dict[str, float]:
        """How likely each signal is in a message, 0 to 1."""
        return dict(zip(self.names, self._likelihoods([text], [evidence])[0].tolist(), strict=True))

    def _likelihoods(self, texts: Sequence[str], evidence: Sequence[Evidence]) -> Likelihoods:
        concepts = {text: each.concepts for text, each in zip(texts, evidence, strict=True)}
        scores = self._network.scores(*self._features.see(texts, concepts.__getitem__))
        return self._weighing.likelihoods(_numbers(scores, evidence, self.names))

    def find(self, text: str, evidence: Evidence) -> dict[str, bool]:
        """The ids of the signals in a message, and whether each is rather not there than there. What a trusted rule sees in
        plain words is not in doubt."""
        likely = zip(self.likelihoods(text, evidence).items(), self.raised_from, strict=True)
        starts = {name: (value, self._from(name, start, evidence)) for (name, value), start in likely}
        return {
            name: value < DOUBTED_BELOW and start != PLAIN_FROM
            for name, (value, start) in starts.items()
            if value >= start
        }

    def _from(self, name: str, start: float, evidence: Evidence) -> float:
        """The likelihood from which a sign is raised in this message."""
        if name not in evidence.found:
            tells_age = "child" in evidence.found and evidence.found["child"].age is not None
            alone = ALONE_FROM if name in URGENT else OTHERS_ALONE_FROM
            return max(start, BESIDE_AN_AGE if evidence.is_plain and tells_age else alone)
        by = {rule for rule in evidence.rules if rule.startswith(f"{name}.")}
        # An age that is given needs no rule.
        is_doubted = bool(by) and by <= self.doubted and evidence.found[name].age is None
        if evidence.is_plain and not is_doubted:
            return PLAIN_FROM
        return min(start, AGE_FROM) if name == "child" and evidence.found[name].age is not None else start

    def save(self, path: Path) -> None:
        """Writes the model to one file."""
        parts: dict[str, Any] = {"features": self._features, "network": self._network, "names": self.names}
        parts.update(weighing=self._weighing, raised_from=self.raised_from, doubted=sorted(self.doubted))
        write(path, FORMAT, parts)

    @classmethod
    def load(cls, file: Union[Path, IO[bytes]]) -> SignalModel:
        """Reads a model from a path or an open file.

        Raises:
            ModelFileError: see `bot.understanding.model_store.read`.
        """
        return cls(**read(file, FORMAT))


def _numbers(scores: Scores, evidence: Sequence[Evidence], names: Sequence[str]) -> npt.NDArray[np.float32]:
    """What is weighed: scores, evidence, and how both go together."""
    said = np.array([each.as_numbers(names) for each in evidence], dtype=np.float32)
    found = said[:, : len(names)]
    like, unlike = scores[:, : len(names)], scores[:, len(names) :]
    parts = [scores, said, found * like, found * unlike, found.sum(axis=1, keepdims=True)]
    return np.hstack(parts).astype(np.float32)


def _gathered(
    examples: Sequence[Example], quiet: Sequence[str], gather: Gather, names: Sequence[str]
) -> tuple[list[str], list[Evidence], Truth]:
    """The messages to learn from, their evidence, and what is true of them."""
    texts = [*(text for text, _ in examples), *quiet]
    evidence = of_each(texts, gather)
    signals = [*(found for _, found in examples), *(frozenset() for _ in quiet)]
    kept = [n for n in range(len(texts)) if n < len(examples) or _speaks_of_nobody(evidence[n])]
    truth = np.array([[name in signals[n] for name in names] for n in kept], dtype=bool)
    return [texts[n] for n in kept], [evidence[n] for n in kept], truth


def _doubted(evidence: Sequence[Evidence], truth: Truth, names: Sequence[str]) -> tuple[str, ...]:
    """The rules that are more often wrong than right in plain messages."""
    plain = [n for n, each in enumerate(evidence) if each.is_plain]
    doubted = []
    for rule in rule_names():
        name = rule.rpartition(".")[0]
        held = [truth[n, names.index(name)] for n in plain if rule in evidence[n].rules] if name in names else []
        if len(held) >= LEAST_TO_TRUST and np.mean(held) < TRUSTED:
            doubted.append(rule)
    return tuple(doubted)


def _speaks_of_nobody(evidence: Evidence) -> bool:
    return not SAID_IN_PASSING & set(evidence.found)


def read_examples(folder: Path, pattern: str = "*.jsonl") -> list[Example]:
    """The labelled messages in the files below a folder whose names are of a pattern."""
    entries = [entry for path in sorted(folder.rglob(pattern)) for entry in read_lines(path)]
    return [(entry["text"], frozenset(map(_id, entry["signals"]))) for entry in entries]


def _id(signal: Any) -> str:
    return str(signal["id"] if isinstance(signal, dict) else signal)
