"""From what a message means to what the dialogue does: signals first, then the clearest label, else ask.

A danger signal wins over every intent. A message that only adds facts ("she is 15") informs. Below the
confidence threshold the user is asked, never guessed at.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.understanding.reading import TOPIC_PREFIX, Reading

DANGER = ("danger_now", "perpetrator_nearby", "medical_emergency", "strangulation", "suicide_risk")
"""Signals that interrupt whatever is going on, most pressing first."""

CANDIDATES = 3
"""Topics offered when unsure (architecture.md)."""


@dataclass(frozen=True)
class Decision:
    """A Rasa intent and the entities that go with it, as (name, value) pairs."""

    intent: str
    entities: tuple[tuple[str, str], ...] = ()


def decide(reading: Reading) -> Decision:
    """What the dialogue acts on."""
    found = {signal.id for signal in reading.signals}
    if found & set(DANGER):
        return Decision("danger_signal")
    if reading.ask_back:
        # An account of what happened is no question: coach, do not quiz.
        if found - {"identifying_details"} and _is_account(reading):
            return Decision("start_guide")
        if found:
            return Decision("inform")
        return Decision(
            "nlu_fallback", tuple(("candidate", topic.label) for topic in reading.topics[:CANDIDATES])
        )
    if reading.label.startswith(TOPIC_PREFIX):
        return Decision("ask", (("topic", reading.label[len(TOPIC_PREFIX) :]),))
    if reading.out_of_scope and found:
        return Decision("inform")
    return Decision(reading.label)


def _is_account(reading: Reading) -> bool:
    """Whether being told of a disclosure is among the likeliest meanings."""
    return any(entry.label == "start_guide" for entry in reading.ranked[:3])
