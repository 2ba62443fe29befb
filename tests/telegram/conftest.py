"""A front end on a database of its own, talking over real HTTP to a Bot API server on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
import zlib
from pathlib import Path
from typing import Any, AsyncIterator, Callable, Iterator, List, Optional

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine

from bot.people.invitations import People
from bot.privacy.conversations import ConversationStore
from bot.privacy.keys import Keyring
from bot.settings import TelegramSettings
from bot.storage.engine import open_engine
from bot.storage.migrations import migrate_engine
from bot.telegram import front_end
from bot.telegram.admission import Admission
from bot.telegram.front_end import TelegramFrontEnd
from bot.telegram.texts import Wording
from bot.wording.catalogue import Texts
from bot.wording.payload import payload
from bot.wording.renderer import Button, Message
from tests.telegram.bot_api import TOKEN, BotApi

TEXTS = Texts({"button.resume": "Go on", "error.try_again": "Try again."})


class Counting:
    """A gateway that counts a person's turns in the conversation store, as the assistant keeps its place there."""

    def __init__(self, store: ConversationStore, keyring: Keyring) -> None:
        self._store = store
        self._keyring = keyring
        self.delay = 0.0
        self.failures = 0
        self.replies: Optional[Callable[[str, int], List[Message]]] = None

    async def send(self, channel: str, person: str, text: str) -> List[Message]:
        await asyncio.sleep(self.delay)
        if self.failures:
            self.failures -= 1
            raise RuntimeError(text)
        pseudonym = self._keyring.pseudonym(channel, person)
        turn = ((await asyncio.to_thread(self._store.read, pseudonym)) or {"turn": 0})["turn"] + 1
        await asyncio.to_thread(self._store.write, pseudonym, {"turn": turn})
        if self.replies:
            return self.replies(text, turn)
        buttons = (Button("Done", payload("next")), Button("Clear everything", payload("wipe")))
        return [Message(f"{turn}: {text}", buttons)]


def database(home: Path) -> str:
    """The address of a database of its own: a file, or a schema where TEST_DATABASE_URL is a PostgreSQL database
    that may be emptied."""
    url = os.environ.get("TEST_DATABASE_URL")
    if not url:
        return f"sqlite:///{home / 'guide.db'}"
    schema = f"telegram_test_{zlib.crc32(str(home).encode())}"
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {schema}"))
    engine.dispose()
    return f"{url}?options=-csearch_path%3D{schema}"


class Installation:
    """One state folder, over which front ends can be started and stopped."""

    def __init__(self, home: Path, api: Any, **settings: Any) -> None:
        self.home = home
        self.api = api
        self.settings = TelegramSettings(**{"token": TOKEN, "base_url": api.base_url, **settings})
        self.engine: Engine = open_engine(database(home))
        migrate_engine(self.engine)
        self.keyring = Keyring(home)
        self.conversations = ConversationStore(self.engine, self.keyring)
        self.people = People(self.engine, self.keyring)
        self.gateway = Counting(self.conversations, self.keyring)
        self.now: Callable[[], float] = time.time

    def clock(self) -> float:
        return self.now()

    def front_end(self, gateway: Any = None) -> TelegramFrontEnd:
        wording = Wording(TEXTS, ("en",))
        return TelegramFrontEnd(
            self.settings,
            gateway or self.gateway,
            self.engine,
            self.keyring,
            self.conversations,
            wording,
            Admission(self.people, self.settings.by_invitation),
            self.clock,
        )

    @contextlib.asynccontextmanager
    async def running(self, gateway: Any = None) -> AsyncIterator[TelegramFrontEnd]:
        started = self.front_end(gateway)
        async with started.running():
            yield started


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as server:
        yield server


@pytest.fixture
def installation(tmp_path: Path, api: BotApi) -> Installation:
    return Installation(tmp_path, api)


@pytest.fixture(autouse=True)
def quick_upkeep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front_end, "UPKEEP_SECONDS", 0.1)


async def until(holds: Callable[[], object], seconds: float = 10.0) -> None:
    """Waits until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.02)
