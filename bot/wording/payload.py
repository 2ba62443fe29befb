"""Button payloads: `/intent{"entity": "value"}`, the form Rasa's own channels use.

A payload is only accepted when its intent is one a button may carry and every entity value is known. So a
user who types `/slot_setting{"anything": "else"}` changes nothing: see `Payloads.parse`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Container, Mapping, Optional


@dataclass(frozen=True)
class Press:
    """A button that was pressed: a Rasa intent and its entities."""

    intent: str
    entities: Mapping[str, str] = field(default_factory=dict)


def payload(intent: str, **entities: str) -> str:
    """The payload a button carries."""
    return f"/{intent}" + (json.dumps(entities, ensure_ascii=False, sort_keys=True) if entities else "")


class Payloads:
    """Which payloads exist.

    Args:
        allowed: for each intent that a button may carry, the entities it may have and the values of each.
    """

    def __init__(self, allowed: Mapping[str, Mapping[str, Container[str]]]) -> None:
        self._allowed = allowed

    def parse(self, message: str) -> Optional[Press]:
        """The press a payload stands for, or None when no button of ours carries it."""
        if not message.startswith("/"):
            return None
        intent, brace, rest = message[1:].partition("{")
        entities: object = {}
        if brace:
            try:
                entities = json.loads(brace + rest)
            except ValueError:
                return None
        known = self._allowed.get(intent)
        if known is None or not isinstance(entities, dict):
            return None
        for name, value in entities.items():
            if not isinstance(value, str) or value not in known.get(name, ()):
                return None
        return Press(intent, entities)
