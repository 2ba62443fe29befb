"""What actions decide by themselves; the rest is played in tests/conversations."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import SURELY_OUTSIDE, _is_remark
from actions.turn import Turn


@pytest.mark.parametrize(
    ("text", "in_the_steps", "confidence", "remark"),
    [
        ("we have a torch now", True, 0.6, True),
        ("we have", True, 0.6, False),
        ("la lluvia suena fuerte", True, 0.6, True),
        ("we have a torch now", False, 0.6, False),
        ("we have a torch now", True, SURELY_OUTSIDE, False),
        ("how do i buy a torch", True, 0.6, False),
        ("where can i buy a torch?", True, 0.6, False),
    ],
)
def test_what_is_hardly_out_of_scope_and_asks_nothing_is_a_remark_in_the_steps(
    text: str, in_the_steps: bool, confidence: float, remark: bool
) -> None:
    ranked = ("out_of_scope", "ask/no_network", "inform")
    place = "a step" if in_the_steps else None
    turn = SimpleNamespace(text=text, place=place, confidence=confidence, likeliest=ranked)
    assert _is_remark(cast(Turn, turn)) is remark
    turn.likeliest = ("out_of_scope", "ask/no_network", "ask/interpreter", "inform")
    assert not _is_remark(cast(Turn, turn))


def test_what_is_sure_is_told_before_what_is_in_doubt() -> None:
    found = {"signal": ["suicide_risk", "child"], "doubt": ["danger_now", "medical_emergency"]}
    tracker = SimpleNamespace(
        slots={},
        active_loop={},
        latest_message={"intent": {"name": "danger_signal"}},
        get_slot=lambda name: None,
        get_latest_entity_values=lambda name: iter(found.get(name, ())),
    )
    turn = Turn(cast(CollectingDispatcher, None), cast(Tracker, tracker))
    assert turn.danger_signals == ("suicide_risk", "danger_now", "medical_emergency")
    tracker.latest_message["intent"]["name"] = "ask"
    assert turn.danger_signals == ("suicide_risk",)
