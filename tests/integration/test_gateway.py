"""The door to the assistant: bad input, failures, and controls in any order."""

from __future__ import annotations

import random
from typing import Any

import pytest

from bot.understanding.signals import Signal

pytestmark = pytest.mark.slow

BAD_INPUT = {
    "": "error.empty",
    "   \n\t ": "error.empty",
    "a" * 10_000: "error.too_long",
    "😀😀😀": "error.no_words",
    "???": "error.no_words",
    "\x00\x01\x02": "error.no_words",
    "\udcff\udcfe": "error.no_words",
    "/nothing": "error.unknown_command",
    '/session_start{"x": "y"}': "error.unknown_button",
    '/inform{"requested_slot": "step"}': "error.unknown_button",
    '/ask{"topic": "no_such_topic"}': "error.unknown_button",
    '/next{"step": "limits", "language": "xx"}': "error.unknown_button",
}


@pytest.mark.parametrize(("said", "text_id"), BAD_INPUT.items(), ids=list(BAD_INPUT.values()))
async def test_bad_input_gets_a_helpful_sentence_and_changes_nothing(
    said: str, text_id: str, gateway: Any, foundation: Any, library: Any
) -> None:
    person = "bad-input"
    await gateway.send("test", person, '/start_guide{"contact": "in_person"}')
    pseudonym = foundation.keyring.pseudonym("test", person)
    before = foundation.store.read(pseudonym)
    messages = await gateway.send("test", person, said)
    assert messages[0].text == library.texts[text_id]
    assert foundation.store.read(pseudonym) == before


async def test_a_failing_database_is_told_and_nothing_goes_on_in_memory(
    gateway: Any, foundation: Any, library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(foundation.store, "write", broken)
    messages = await gateway.send("test", "no-disk", "hello")
    assert [message.text for message in messages] == [library.texts["error.try_again"]]
    monkeypatch.undo()
    assert foundation.store.read(foundation.keyring.pseudonym("test", "no-disk")) is None


async def test_a_failing_action_is_told(
    gateway: Any, foundation: Any, library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr(type(foundation.knowledge.replies), "greeting", broken)
    messages = await gateway.send("test", "failing-action", "/start")
    assert [message.text for message in messages] == [library.texts["error.try_again"]]


async def test_a_wipe_leaves_nothing_and_the_next_message_starts_anew(
    gateway: Any, foundation: Any, library: Any
) -> None:
    await gateway.send("test", "wiper", '/start_guide{"contact": "remote"}')
    pseudonym = foundation.keyring.pseudonym("test", "wiper")
    assert foundation.store.read(pseudonym) is not None
    messages = await gateway.send("test", "wiper", "Wipe")
    assert messages[0].text == library.texts["wipe.done"]
    assert foundation.store.read(pseudonym) is None
    assert (await gateway.send("test", "wiper", "/start"))[0].text == library.texts["greet"]


CONTROLS = [
    "next",
    "back",
    "repeat",
    "stop",
    "restart",
    "help",
    "yes",
    "no",
    "not sure",
    "/start",
    "/guide",
    "she is 15",
    "he works for the agency",
    "what do i say",
    "thanks",
    "/resume",
    "/find",
    "asdf qwer zxcv",
]


@pytest.mark.parametrize("seed", range(6))
async def test_any_sequence_of_controls_never_gets_stuck(seed: int, gateway: Any, library: Any) -> None:
    chance = random.Random(seed)
    person = f"controls-{seed}"
    for _ in range(25):
        messages = await gateway.send("test", person, chance.choice(CONTROLS))
        assert messages and all(message.text for message in messages)
        assert library.texts["error.try_again"] not in [message.text for message in messages]
    # From wherever it went, a new start leads to the first step.
    await gateway.send("test", person, "/start_over")
    messages = await gateway.send("test", person, "/resume")
    assert any("1/" in message.text for message in messages), [message.text for message in messages]


@pytest.mark.parametrize("said", ["what is consent", "she took off her shoes", "a woman tells me her boss wants sex"])
async def test_a_danger_in_doubt_is_told_of_once_and_the_rest_answered(
    said: str, gateway: Any, library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = f"doubt-{len(said)}"
    await gateway.send("test", person, "/guide")
    doubt = (Signal("suicide_risk", is_doubtful=True),)
    monkeypatch.setattr("bot.assistant.nlu.notice", lambda *anything: doubt)
    messages = await gateway.send("test", person, said)
    told = [message for message in messages if library.texts["doubt.suicide_risk"] in message.text]
    assert told == messages[:1]
    assert [button.title for button in told[0].buttons] == [library.texts["button.doubt"]]
    assert len(messages) > 1 and messages[-1].buttons, "what was typed is answered as well"
    monkeypatch.undo()
    emergency = await gateway.send("test", person, told[0].buttons[0].payload)
    assert library.texts["button.we_are_safe"] in [button.title for button in emergency[-1].buttons]


async def test_a_danger_in_doubt_counts_where_it_would_go_untold(
    gateway: Any, foundation: Any, library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = "doubt-untold"
    await gateway.send("test", person, "/guide")
    doubts = (Signal("medical_emergency", is_doubtful=True), Signal("suicide_risk"))
    for noticed in (doubts[:1], doubts):
        monkeypatch.setattr("bot.assistant.nlu.notice", lambda *anything, noticed=noticed: noticed)
        messages = await gateway.send("test", person, "where is the next bus stop to the airport please")
        assert library.texts["button.we_are_safe"] in [button.title for button in messages[-1].buttons]
        assert len(messages) == len(noticed), "beside another danger it is told of as well"
    slots = foundation.store.read(foundation.keyring.pseudonym("test", person))["slots"]
    assert slots["surroundings"] == "hurt"
