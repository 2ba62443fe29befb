"""From what a message means to what the dialogue does: signals first, then the clearest label, else ask.

A danger signal wins over every intent. A message that only adds facts ("she is 15") informs. Below the
confidence threshold the user is asked, never guessed at.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.understanding.noticing import stated_age
from bot.understanding.reading import TOPIC_PREFIX, Reading

DANGER = ("danger_now", "perpetrator_nearby", "medical_emergency", "strangulation", "suicide_risk")
"""Signals that interrupt whatever is going on, most pressing first."""

CANDIDATES = 3
"""Topics offered when unsure (architecture.md)."""


ABOUT_A_CASE = frozenset({"child", "recent_assault", "aid_worker_accused"})
"""Signals that speak of a disclosure, whatever else the message seems to be about."""

FACT_SHARE = 0.5
"""Share of a message that signs must cover for it to be a plain fact."""


ADULT = 18
AGE_WORDS = 7
"""Words of a message that only gives an age."""


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
    if _is_fact(reading) and found != {"identifying_details"}:
        return Decision("inform")
    if _is_adult_age(reading):
        return Decision("inform", (("person", "adult"),))
    if reading.ask_back:
        # An account of what happened is no question: coach, do not quiz.
        if found & ABOUT_A_CASE and _is_account(reading):
            return Decision("start_guide")
        if found - {"identifying_details"}:
            return Decision("inform")
        return Decision(
            "nlu_fallback", tuple(("candidate", topic.label) for topic in reading.topics[:CANDIDATES])
        )
    if reading.label.startswith(TOPIC_PREFIX):
        return Decision("ask", (("topic", reading.label[len(TOPIC_PREFIX) :]),))
    if reading.out_of_scope and found & ABOUT_A_CASE:
        return Decision("inform")
    return Decision(reading.label)


def _is_account(reading: Reading) -> bool:
    """Whether being told of a disclosure is among the likeliest meanings."""
    return any(entry.label == "start_guide" for entry in reading.ranked[:3])


def _is_fact(reading: Reading) -> bool:
    """Whether a message says little more than a sign: "she is 15" is told, not asked."""
    if "?" in reading.text or "؟" in reading.text:
        return False
    covered = sum(signal.end - signal.start for signal in reading.signals)
    return covered >= FACT_SHARE * len(reading.text.strip()) > 0


def _is_adult_age(reading: Reading) -> bool:
    """Whether a short message gives the age of an adult: "she is 40"."""
    if "?" in reading.text or len(reading.text.split()) > AGE_WORDS:
        return False
    age = stated_age(reading.text, reading.language)
    return age is not None and age >= ADULT
