"""A group session through the whole application: the page, the REST route, the trained judge, the assistant beside."""

from __future__ import annotations

import re
from typing import Any, Iterator

import pytest
from starlette.testclient import TestClient

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def application(foundation: Any, gateway: Any) -> Any:
    from bot.app import build_web

    return build_web(foundation, gateway)


class Browser:
    """A visitor of the page."""

    def __init__(self, application: Any) -> None:
        self.client = TestClient(application, base_url="http://127.0.0.1", headers={"Sec-Fetch-Site": "same-origin"})
        self.client.get("/")
        self.shown: list[dict[str, Any]] = []
        self.last = 0

    def sends(self, **what: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.client.post("/chat/messages", json=what).json()
        self.shown += answer["messages"]
        return answer

    def presses(self, title: str) -> dict[str, Any]:
        self.fetches()
        found = [b for m in self.shown for b in m["buttons"] if b["title"].startswith(title)]
        assert found, self.text
        return self.sends(payload=found[-1]["payload"])

    def fetches(self) -> None:
        answer = self.client.get(f"/chat/waiting?after={self.last}").json()
        self.shown += answer["messages"]
        self.last = answer["last"]

    @property
    def text(self) -> str:
        return "\n".join(message["text"] for message in self.shown)


@pytest.fixture
def evening(application: Any) -> Iterator[tuple[Browser, Browser, str]]:
    trainer, anna = Browser(application), Browser(application)
    trainer.sends(text="/practice")
    trainer.sends(text="practice")
    trainer.sends(payload="/start_practice")
    trainer.presses("Open a group session")
    found = re.search(r"/join (\w{6})", trainer.text)
    assert found, trainer.text
    anna.sends(payload=f"/join {found.group(1)}")
    anna.sends(text="Anna")
    yield trainer, anna, found.group(1)


def test_a_scene_is_judged_by_the_trained_judge(application: Any, evening: tuple[Browser, Browser, str]) -> None:
    trainer, anna, code = evening
    assert f"http://127.0.0.1:8080/?join={code}" in trainer.text
    assert application and trainer.client.get(f"/session/{code}").status_code == 200
    trainer.presses("Choose a scenario")
    trainer.presses("In the food queue")
    trainer.presses("Use it")
    trainer.presses("Ask somebody")
    trainer.presses("· Anna")
    anna.presses("Yes, I will")
    trainer.presses("Begin")
    anna.sends(text="I promise I will not tell anybody.")
    anna.fetches()
    if "not sure what you meant" in anna.text:
        anna.sends(payload=anna.shown[-1]["buttons"][0]["payload"])
    trainer.fetches()
    assert "Anna (responder): I promise I will not tell anybody." in trainer.text
    assert "Change: " in trainer.text and "Amina: " in trainer.text
    trainer.presses("End the scene")
    trainer.presses("Compare scores")
    anna.fetches()
    assert "The judge: " in anna.text


def test_the_rest_of_the_assistant_answers_who_leaves(evening: tuple[Browser, Browser, str]) -> None:
    _, anna, _ = evening
    assert anna.sends(text="stop")["session"] is False
    anna.sends(text="a woman just told me a guard asked her for sex")
    assert "session" not in anna.shown[-1]["text"] and len(anna.shown[-1]["text"]) > 40


def test_a_danger_in_a_session_leads_to_the_guide(evening: tuple[Browser, Browser, str]) -> None:
    _, anna, _ = evening
    answer = anna.sends(text="real")
    assert answer["session"] is False and answer["messages"]


def test_a_session_over_the_rest_route(application: Any, evening: tuple[Browser, Browser, str]) -> None:
    trainer, _, code = evening
    client = TestClient(application, base_url="http://127.0.0.1")

    def says(message: str) -> str:
        answer = client.post("/webhooks/rest/webhook", json={"sender": "ben", "message": message}).json()
        return "\n".join(each["text"] for each in answer)

    assert "You are joining session" in says(f"/join {code}")
    assert "You are in, Ben" in says("Ben")
    trainer.sends(text="We begin in five minutes")
    assert "Trainer: We begin in five minutes" in says("what is next")
    assert says("/wipe")
