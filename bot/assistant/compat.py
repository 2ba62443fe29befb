"""Changes to Rasa itself, each with its reason and a guard on the version it was written for.

There is one. Rasa checks the result of every action against a JSON schema whose validator it builds anew on
each call: 17–29 ms under load, and still 2 ms with the validator kept. Our actions run in this process and
build their events with rasa-sdk, so the outline is checked here and the events by Rasa when it reads them.
`tests/integration/test_compat.py` fails when Rasa changes.
"""

from __future__ import annotations

from typing import Any, Dict

import rasa
from rasa.core.actions.action import RemoteAction

SUPPORTED_RASA = "3.6.21"


class UnsupportedRasa(RuntimeError):
    """The installed Rasa is not the version these changes were written for."""


class UnusableActionResult(ValueError):
    """An action returned something that is no list of events and responses."""


def apply() -> None:
    """Applies the changes; calling it again does nothing.

    Raises:
        UnsupportedRasa: another Rasa version is installed.
    """
    if rasa.__version__ != SUPPORTED_RASA:
        raise UnsupportedRasa(f"Rasa {SUPPORTED_RASA} is needed, {rasa.__version__} is installed.")
    RemoteAction._validate_action_result = _validate_action_result


def _validate_action_result(self: RemoteAction, result: Dict[str, Any]) -> bool:
    events, responses = result.get("events", []), result.get("responses", [])
    usable = (
        isinstance(events, list)
        and isinstance(responses, list)
        and all(isinstance(event, dict) and isinstance(event.get("event"), str) for event in events)
        and all(isinstance(response, dict) for response in responses)
    )
    if not usable:
        raise UnusableActionResult(
            f"The action {self.name()} returned something that is not events and responses."
        )
    return True
