"""Reads one message: signals, topic or control, language, and the redacted text.

This is what `disclosure-guide understand` prints and what the Rasa pipeline is made of; the rules for when
the dialogue asks back, answers or refuses stand here once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional

from bot.understanding.detection import detect
from bot.understanding.noticing import notice
from bot.understanding.redaction import redact
from bot.understanding.signal_model import SignalModel
from bot.understanding.signals import Signal
from bot.understanding.topics import OUT_OF_SCOPE, Ranked, TopicModel

TOPIC_PREFIX = "ask/"
"""Training data labels topics as Rasa retrieval intents, `ask/<topic id>`."""

RANKED = 40
"""Labels looked at for each message: enough that three topics are always among them."""

CONTROL_NAMES = {"go_back": "back", "start_over": "restart"}
"""Labels that cannot carry the catalogue's id, because Rasa gives the intents `back` and `restart` a
meaning of its own."""


CONTROLS = frozenset(
    {
        *("next", "back", "repeat", "yes", "no", "unsure", "stop", "restart", "help", "start_guide"),
        *("find_service", "start_practice", "update_directory", "change_language", "wipe", "greet"),
        *("thanks", "goodbye"),
    }
)
"""Controls of catalogue.yml. Other labels beside topics are what buttons say, for those who type it."""


@dataclass(frozen=True)
class Reading:
    """What a message means.

    Attributes:
        label: the label the dialogue should act on: `ask/<topic>`, a control's label or `out_of_scope`.
        ranked: the likeliest labels of every kind, best first.
        topics: the three likeliest topics with confidence.
        ask_back: the dialogue should offer the likeliest topics in place of an answer.
    """

    text: str
    language: str
    label: str
    ranked: tuple[Ranked, ...]
    topics: tuple[Ranked, ...]
    ask_back: bool
    signals: tuple[Signal, ...]

    @property
    def topic(self) -> Optional[str]:
        """The likeliest topic, also when the dialogue asks back."""
        return self.topics[0].label if self.topics and not self.out_of_scope and not self.control else None

    @property
    def control(self) -> Optional[str]:
        """The catalogue id of the control, when the message is one."""
        name = CONTROL_NAMES.get(self.label, self.label)
        return name if name in CONTROLS else None

    @property
    def out_of_scope(self) -> bool:
        return self.label == OUT_OF_SCOPE

    def as_dict(self) -> dict[str, Any]:
        """The fixed output of `disclosure-guide understand` (architecture.md, interface 3)."""
        result: dict[str, Any] = {
            "text": self.text,
            "language": self.language,
            "topic": self.topic,
            "topics": [{"id": t.label, "confidence": round(t.confidence, 4)} for t in self.topics],
            "control": self.control,
            "out_of_scope": self.out_of_scope,
            "signals": [_signal(signal) for signal in self.signals],
            "moves": [],
            "redacted": redact(self.text, self.language),
        }
        if self.ask_back:
            result["ask_back"] = True
        return result


def _signal(signal: Signal) -> dict[str, Any]:
    result: dict[str, Any] = {"id": signal.id}
    if signal.age is not None:
        result["age"] = signal.age
    if signal.hours is not None:
        result["hours"] = signal.hours
    return result


class Reader:
    """Reads messages with the trained models."""

    def __init__(self, topics: TopicModel, signals: Optional[SignalModel]) -> None:
        self._topics = topics
        self._signals = signals

    def read(self, text: str, language: Optional[str] = None) -> Reading:
        """What the message means; in the language it seems to be in, unless one is given."""
        language = language or detect(text)
        ranked = self._topics.rank(text, most=RANKED)
        noticed = notice(text, language, self._signals)
        return interpret(text, language, ranked, self._topics.ask_back_below, noticed)


def interpret(
    text: str, language: str, ranked: tuple[Ranked, ...], ask_back_below: float, signals: tuple[Signal, ...]
) -> Reading:
    """Decides what the dialogue acts on, from the ranked labels and the signals."""
    topics = tuple(
        Ranked(entry.label[len(TOPIC_PREFIX) :], entry.confidence)
        for entry in ranked
        if entry.label.startswith(TOPIC_PREFIX)
    )[:3]
    label = ranked[0].label if ranked else OUT_OF_SCOPE
    unsure = bool(ranked) and ranked[0].confidence < ask_back_below
    return Reading(text, language, label, ranked, topics, unsure, signals)
