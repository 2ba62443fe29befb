"""A small stand-in for the assistant, and a browser in front of the page's routes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.web.conversations import Button, Message
from bot.web.page import PageSettings
from bot.web.routes import routes as web_routes
from bot.wording.catalogue import Texts

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}

LABELS = {
    "label.say": "Say:",
    "label.never": "Avoid:",
    "label.why": "Why:",
    "label.source": "From: {titles}",
    "label.quote": "“{words}”",
}


class FakeConversations:
    """Repeats what it is sent, counts, and fails when told to."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []
        self.wiped: list[tuple[str, str]] = []
        self.showing: list[Message] = []
        self.failure: Exception | None = None

    async def send(self, channel: str, person: str, text: str) -> list[Message]:
        if self.failure:
            raise self.failure
        self.sent.append((channel, person, text))
        return [Message(f"heard {text}", (Button("Next", "/next"),))]

    async def wipe(self, channel: str, person: str) -> list[Message]:
        if self.failure:
            raise self.failure
        self.wiped.append((channel, person))
        return []

    async def shown(self, channel: str, person: str) -> list[Message]:
        if self.failure:
            raise self.failure
        return self.showing

    @property
    def texts(self) -> list[str]:
        return [text for _, _, text in self.sent]


@pytest.fixture
def conversations() -> FakeConversations:
    return FakeConversations()


@pytest.fixture
def texts() -> Texts:
    return Texts(LABELS, {"ar": {"label.say": "قل:", "web.send": "إرسال"}})


Browse = Callable[..., TestClient]


@pytest.fixture
def browse(conversations: FakeConversations, texts: Texts) -> Browse:
    """Makes a browser that has opened the page (unless `opened=False`), by https on demand."""

    def make(opened: bool = True, base: str = "http://testserver", **settings: object) -> TestClient:
        app = Starlette(routes=web_routes(conversations, texts, PageSettings(**settings)))  # type: ignore[arg-type]
        client = TestClient(app, base_url=base, headers=SAME_ORIGIN)
        if opened:
            client.get("/")
        return client

    return make


@pytest.fixture
def browser(browse: Browse) -> TestClient:
    return browse()
