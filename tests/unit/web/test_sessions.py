"""A practice session of thirty people in the web chat: at once, with lost answers, drops, repeats and restarts."""

from __future__ import annotations

import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Optional

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.practice.theatre.door import Links
from bot.practice.theatre.foyer import Foyer
from bot.privacy.keys import Keyring
from bot.storage.engine import open_engine
from bot.storage.migrations import every_metadata
from bot.web.page import PageSettings
from bot.web.routes import routes as web_routes
from bot.web.sheet import sheet_routes
from bot.wording.catalogue import Texts
from tests.unit.practice.house import Company
from tests.unit.practice.plays import GOOD
from tests.unit.web.conftest import LABELS, SAME_ORIGIN, FakeConversations

LINKS = Links("https://guide.example", lambda: "guide_bot")


class Server:
    """The page over one database; `restart` is a new process."""

    def __init__(self, home: Path) -> None:
        self.home = home
        engine = open_engine(f"sqlite:///{home / 'guide.db'}")
        for metadata in every_metadata():
            metadata.create_all(engine)
        engine.dispose()
        self.assistant = FakeConversations()
        self.restart()

    def restart(self) -> None:
        engine = open_engine(f"sqlite:///{self.home / 'guide.db'}")
        keyring = Keyring(self.home)
        self.company = Company(engine, keyring, self.home, LINKS)
        foyer = Foyer(self.assistant, self.company.theatre, self.company.letters, keyring.pseudonym)
        routes = web_routes(foyer, Texts(LABELS), PageSettings(), post=foyer)
        self.app = Starlette(routes=[*routes, *sheet_routes(LINKS, foyer.exists, Texts({}))])


class Visitor:
    """A browser: what its page does, without drawing it."""

    def __init__(self, server: Server, name: str) -> None:
        self.server, self.name = server, name
        self.cookies: Any = None
        self.last = 0
        self.screen: list[dict[str, Any]] = []
        self.opened()

    def opened(self) -> None:
        """Opens the page, for the first time or again after the browser lost it; the screen is empty then."""
        self.client = TestClient(self.server.app, headers=SAME_ORIGIN, cookies=self.cookies)
        self.client.get("/")
        self.cookies = self.client.cookies
        self.screen, self.last = [], 0
        self.show(self.client.get("/chat/messages").json())

    def show(self, answer: dict[str, Any]) -> dict[str, Any]:
        assert "error" not in answer, answer
        self.screen += answer["messages"]
        return answer

    def sends(self, message_id: Optional[str] = None, **what: str) -> dict[str, Any]:
        body = {"id": message_id or secrets.token_hex(16), **what}
        return self.show(self.client.post("/chat/messages", json=body).json())

    def says(self, text: str, message_id: Optional[str] = None) -> dict[str, Any]:
        return self.sends(message_id, text=text)

    def presses(self, title: str, message_id: Optional[str] = None) -> dict[str, Any]:
        self.fetches()
        for message in reversed(self.screen):
            for button in message["buttons"]:
                if button["title"].startswith(title):
                    return self.sends(message_id, payload=button["payload"])
        raise AssertionError(f"{self.name} sees no button {title!r}: {[m['text'] for m in self.screen[-3:]]}")

    def fetches(self, arrives: bool = True) -> dict[str, Any]:
        """Looks for what waits; with `arrives` False the answer is lost on the way."""
        answer: dict[str, Any] = self.client.get(f"/chat/waiting?after={self.last}").json()
        if arrives:
            self.show(answer)
            self.last = answer["last"]
        return answer

    def texts(self, beginning: str = "") -> list[str]:
        return [message["text"] for message in self.screen if message["text"].startswith(beginning)]


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return Server(tmp_path)


def opened(server: Server) -> tuple[Visitor, str]:
    trainer = Visitor(server, "Tess")
    trainer.says("/session")
    found = re.search(r"/join (\w{6})", "\n".join(trainer.texts()))
    assert found
    return trainer, found.group(1)


def joined(server: Server, code: str, name: str) -> Visitor:
    visitor = Visitor(server, name)
    visitor.sends(payload=f"/join {code}")
    visitor.says(name)
    return visitor


def begun(trainer: Visitor, responder: Visitor) -> None:
    trainer.sends(payload="/session:stage:-:food_queue")
    trainer.presses("Ask somebody")
    trainer.presses(f"· {responder.name}")
    responder.presses("Yes, I will")
    trainer.presses("Begin")


def test_the_page_looks_for_messages_only_in_a_session(server: Server) -> None:
    anna = Visitor(server, "Anna")
    assert anna.says("she is crying")["session"] is False
    _, code = opened(server)
    assert anna.sends(payload=f"/join {code}")["session"] is True
    assert anna.says("stop")["session"] is False
    assert anna.says("she is crying")["messages"][0]["text"] == "heard she is crying"


def test_what_was_lost_on_the_way_comes_again_and_what_arrived_does_not(server: Server) -> None:
    trainer, code = opened(server)
    anna, ben = joined(server, code, "Anna"), joined(server, code, "Ben")
    begun(trainer, anna)
    anna.says("private_place")
    assert ben.fetches(arrives=False)["messages"] == ben.fetches()["messages"]
    assert ben.fetches()["messages"] == []


def test_clearing_the_page_takes_the_place_too(server: Server) -> None:
    _, code = opened(server)
    anna = joined(server, code, "Anna")
    assert len(server.company.members.in_session(code)) == 2
    assert anna.client.post("/chat/wipe", json={}).json()["cleared"] is True
    assert len(server.company.members.in_session(code)) == 1


def test_the_sheet_shows_the_code_and_ways_to_scan(server: Server) -> None:
    trainer, code = opened(server)
    page = trainer.client.get(f"/session/{code}")
    assert code in page.text and f"https://guide.example/?join={code}" in page.text
    for way in ("web", "telegram"):
        picture = trainer.client.get(f"/session/{code}/{way}.svg")
        assert picture.status_code == 200 and picture.headers["content-type"].startswith("image/svg")
    assert trainer.client.get("/session/222222").status_code == 404
    assert trainer.client.get(f"/session/{code}/other.svg").status_code == 404


def test_thirty_people_lose_nothing(server: Server) -> None:
    trainer, code = opened(server)
    names = [f"Person{number}" for number in range(30)]
    with ThreadPoolExecutor(8) as pool:
        people = list(pool.map(lambda name: joined(server, code, name), names))
        everybody = [trainer, *people]
        assert len(server.company.members.in_session(code)) == 31
        anna, others = people[0], people[1:]
        begun(trainer, anna)

        # Everybody stops the scene at once: it stops once. Every line is sent twice: it is said once.
        anna.says("promise_secrecy", "0" * 16)
        anna.says("promise_secrecy", "0" * 16)
        list(pool.map(lambda visitor: visitor.fetches(), others))
        list(pool.map(lambda visitor: visitor.presses("Stop the scene"), others))
        server.restart()
        for visitor in everybody[::3]:  # a third of them drop out and open the page anew
            visitor.opened()
        for visitor in everybody:
            visitor.client = TestClient(server.app, headers=SAME_ORIGIN, cookies=visitor.cookies)
        anna.says("promise_secrecy", "0" * 16)  # a repeat that reaches the new process

        # Ten suggest, everybody votes for the last, twice.
        def suggests(visitor: Visitor) -> None:
            visitor.presses("Suggest a line")
            visitor.says("state_limits")

        list(pool.map(suggests, others[:10]))
        list(pool.map(lambda visitor: (visitor.presses("Vote for 10"), visitor.presses("Vote for 10")), others))
        trainer.presses("Rewind")
        trainer.presses("1: ")
        trainer.presses("Suggested lines (10)")
        assert any("10 (29):" in text for text in trainer.texts())
        trainer.presses("Say suggestion 10")

        # Somebody else takes over; everybody ticks while lines are said.
        bea = others[4]
        trainer.presses("Somebody else answers")
        trainer.presses(f"· {bea.name}")
        bea.presses("Yes, I will")
        watching = [visitor for visitor in people if visitor is not bea]

        def ticks(visitor: Visitor) -> None:
            visitor.presses("Checklist")
            visitor.presses("○ Limits")

        ticking = pool.map(ticks, watching)
        for moves in GOOD:
            bea.says(" ".join(moves))
        list(ticking)
        for moves in GOOD:  # until it is over
            bea.says(" ".join(moves))
        list(pool.map(lambda visitor: visitor.fetches(), everybody))
        trainer.presses("Compare scores")
        list(pool.map(lambda visitor: visitor.fetches(), everybody))

    kept = server.company.results.of_cohort(code)
    assert len(kept) == 1 and kept[0].content["observers"]["observers"] == len(watching) == 29
    lines = [text.split("\n")[0] for text in trainer.texts() if " (responder): " in text.split("\n")[0]]
    assert len([line for line in lines if line.startswith(bea.name)]) == len(kept[0].content["run"]["turns"]) - 1
    dropped = {id(visitor) for visitor in everybody[::3]}
    for visitor in everybody:
        assert len(visitor.texts(f"{anna.name} (responder): promise_secrecy")) == 1, visitor.name
        assert sum("stops the scene" in text for text in visitor.texts()) == 1, visitor.name
        assert [line for line in _told(visitor) if line.startswith(bea.name)] == [
            line for line in _told(trainer) if line.startswith(bea.name)
        ]
        assert any(text.startswith("The judge: ") for text in visitor.texts()), visitor.name
        if id(visitor) not in dropped:
            assert _told(visitor) == _told(people[1]), visitor.name


def _told(visitor: Visitor) -> list[str]:
    """The first line of what everybody reads, as it came."""
    beginnings = ("Person", "Suggestion ", "Suggested line: ", "Back to ", "The scene is over", "The judge")
    return [text.split("\n")[0] for text in visitor.texts() if text.startswith(beginnings)]
