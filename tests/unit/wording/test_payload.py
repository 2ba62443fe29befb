"""Only the assistant's own buttons are buttons."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wording.payload import Payloads, Press, payload

PAYLOADS = Payloads({"next": {"step": {"limits"}}, "stop": {}})


def test_a_button_s_own_payload_is_recognised() -> None:
    assert PAYLOADS.parse(payload("next", step="limits")) == Press("next", {"step": "limits"})
    assert PAYLOADS.parse("/stop") == Press("stop")


@pytest.mark.parametrize(
    "message",
    [
        "/session_start",
        '/next{"step": "nowhere"}',
        '/next{"slot": "x"}',
        '/stop{"step": "limits"}',
        "/next{",
        '/next{"step": 1}',
        '/next["limits"]',
        "stop",
        "/",
        "/next{}x",
        '/next{"step": ["limits"]}',
    ],
)
def test_anything_else_is_not(message: str) -> None:
    assert PAYLOADS.parse(message) is None


@given(st.text())
def test_no_text_breaks_it(message: str) -> None:
    PAYLOADS.parse("/" + message)
