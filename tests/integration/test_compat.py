"""The one change to Rasa is still the right one."""

from __future__ import annotations

import inspect

import pytest

pytestmark = pytest.mark.slow


def test_rasa_is_the_version_the_change_was_written_for() -> None:
    import rasa

    from bot.assistant.compat import SUPPORTED_RASA

    assert rasa.__version__ == SUPPORTED_RASA


def test_rasa_still_calls_what_is_replaced() -> None:
    from rasa.core.actions.action import RemoteAction

    assert "self._validate_action_result(response)" in inspect.getsource(RemoteAction.run)


def test_an_unusable_result_is_refused() -> None:
    from rasa.core.actions.action import RemoteAction

    from bot.assistant import compat

    compat.apply()
    action = RemoteAction("action_help", None)
    assert action._validate_action_result({"events": [{"event": "slot"}], "responses": [{"text": "x"}]})
    for result in ({"events": "x"}, {"events": [{}]}, {"responses": [1]}, {"events": [{"event": 1}]}):
        with pytest.raises(compat.UnusableActionResult):
            action._validate_action_result(result)


def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import rasa

    from bot.assistant import compat

    monkeypatch.setattr(rasa, "__version__", "3.7.0")
    with pytest.raises(compat.UnsupportedRasa):
        compat.apply()
