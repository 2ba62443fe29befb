"""Everything that is noticed in a message: what the rules find, and what the second net adds."""

from __future__ import annotations

from typing import Optional

from bot.understanding.signal_model import SignalModel
from bot.understanding.signals import Signal, find

ORDER = (
    "danger_now",
    "perpetrator_nearby",
    "medical_emergency",
    "strangulation",
    "suicide_risk",
    "child",
    "pregnant",
    "recent_assault",
    "aid_worker_accused",
    "identifying_details",
)
"""Signal ids in the order of catalogue.yml."""


def notice(text: str, language: str, model: Optional[SignalModel]) -> tuple[Signal, ...]:
    """The signals in a message, at most one of each id, in the catalogue's order."""
    found = {signal.id: signal for signal in find(text, language)}
    for name in model.find(text) if model else ():
        found.setdefault(name, Signal(name))
    return tuple(found[name] for name in ORDER if name in found)
