"""What a person types is found nowhere afterwards: not in the state folder, the model or the logs."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Iterator

import pytest

pytestmark = pytest.mark.slow

SECRETS = {
    "name": "Zephyrine Oddoukwu",
    "phone": "0799 555 0182",
    "story": "behind the blue generator shed at the quarry",
    "place": "Quarrystone",
}

KEEPING = ('/practice{"do": "keep"}', '/practice{"do": "agree", "what": "words", "answer": "yes"}')

SAID = [
    "/start",
    '/start_guide{"contact": "in_person"}',
    f"her name is {SECRETS['name']} and her phone is {SECRETS['phone']}",
    f"it happened {SECRETS['story']}",
    "do i have to report it",
    f"where is a clinic near {SECRETS['place']}",
    "she is bleeding heavily",
    "/resume",
    "next",
    "/handover_note",
    "stop",
    "/start_over",
    "stop",  # practice does not begin in the middle of a guide
    "/practice",
    '/practice{"do": "begin", "scenario": "food_queue"}',
    f"are you {SECRETS['name']} from {SECRETS['place']}? i call you at {SECRETS['phone']}",
    f"I promise I tell nobody what happened {SECRETS['story']}",
    f"je vous promets, {SECRETS['name']}, que personne ne saura",
    '/practice{"do": "why"}',
    # A practice that is kept, words and all, and one that is kept because the first one was.
    *(
        said
        for keeps in (True, False)
        for said in (
            '/practice{"do": "begin", "scenario": "ninety_seconds"}',
            f"come behind the wall, {SECRETS['name']}, nobody hears us at {SECRETS['place']}. are you safe?",
            "I can't keep it only to myself, i have to tell one person whose job it is",
            f"I call Mariam, our focal point, on {SECRETS['phone']}. you can always come back to me",
            '/practice{"do": "care", "answer": "yes"}',
            *(KEEPING if keeps else ()),
        )
    ),
    '/practice{"do": "results"}',
]


def _texts_of(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path, path.read_bytes()


async def test_nothing_planted_reaches_disk_or_logs(
    gateway: Any, foundation: Any, model: Path, caplog: pytest.LogCaptureFixture, capfd: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    person = "planted-person-id-4417"
    shown: list[str] = []
    for said in SAID:
        shown += [message.text for message in await gateway.send("test", person, said)]
    assert len(shown) >= len(SAID)
    assert "How you got on: " in shown[-1] and "→" in shown[-1], "nothing was kept"
    state = foundation.store.read(foundation.keyring.pseudonym("test", person))
    out, err = capfd.readouterr()
    planted = [*SECRETS.values(), *SECRETS["name"].split(), "generator", person]
    for secret in planted:
        assert secret not in str(state), secret
        assert secret not in out and secret not in err, secret
        for path, content in _texts_of(foundation.settings.home):
            assert secret.encode() not in content, (secret, path)
        assert secret.encode() not in model.read_bytes()


async def test_the_handover_note_is_not_kept(gateway: Any, foundation: Any) -> None:
    person = "note-taker"
    await gateway.send("test", person, '/start_guide{"contact": "in_person"}')
    note = "\n".join(message.text for message in await gateway.send("test", person, "/handover_note"))
    code = note.split("code ", 1)[1].split()[0]
    assert len(code) == 7
    state = foundation.store.read(foundation.keyring.pseudonym("test", person))
    assert code not in str(state)
    for _, content in _texts_of(foundation.settings.home):
        assert code.encode() not in content


async def test_only_the_place_in_the_dialogue_is_held(gateway: Any, foundation: Any) -> None:
    person = "what-is-held"
    await gateway.send("test", person, "a woman told me a guard asked her for sex, her name is Ilzabeth")
    state = foundation.store.read(foundation.keyring.pseudonym("test", person))
    assert set(state) == {"at", "said_at", "intent", "form", "slots"}
    allowed = {
        "contact",
        "person",
        "survivor_role",
        "accused",
        "surroundings",
        "recent",
        "after_safety",
        "need",
        "consent",
        "report_wish",
        "language",
        "role",
        "place",
        "topic",
        "signals_shown",
        "review_noticed",
        "awaiting",
        "shown_step",
        "steps_done",
        "requested_slot",
    }
    assert set(state["slots"]) <= allowed
