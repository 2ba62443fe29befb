"""Runs the rasa-sdk actions in this process: an action endpoint without HTTP."""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from typing import Any, Dict, Optional, Text

from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

logger = logging.getLogger(__name__)

failed_action: ContextVar[Optional[str]] = ContextVar("failed_action", default=None)
"""The action that raised in this turn. Rasa goes on without its events, so the gateway must look here."""


class InProcessActions(EndpointConfig):
    """An `EndpointConfig` whose requests go straight to a rasa-sdk executor."""

    def __init__(self) -> None:
        super().__init__(url="in-process://actions")
        self._executor = ActionExecutor()
        self._executor.register_package("actions")

    @property
    def names(self) -> set[str]:
        return set(self._executor.actions)

    async def request(self, method: Text = "post", **kwargs: Any) -> Optional[Dict[Text, Any]]:  # type: ignore[override]
        """Runs the action named in `kwargs["json"]`.

        Raises:
            ClientResponseError: 400 when the action rejects, 500 when it fails (Rasa expects both).
        """
        call = kwargs["json"]
        name = call["next_action"]
        try:
            result: Optional[Dict[Text, Any]] = await self._executor.run(call)
            return result
        except ActionExecutionRejection as error:
            body = json.dumps({"action_name": error.action_name, "error": error.message})
            raise ClientResponseError(400, "rejected", body) from error
        except ActionNotFoundException as error:
            failed_action.set(name)
            raise ClientResponseError(404, "unknown action", json.dumps({"action_name": name})) from error
        except Exception as error:
            failed_action.set(name)
            # Only the kind of error: its message may quote what the user typed.
            logger.error("action %s failed with %s", name, type(error).__name__)
            raise ClientResponseError(500, "failed", json.dumps({"action_name": name})) from None
