"""Telegram down, slow, busy or broken, and a process that is killed: nothing lost, nothing out of order."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict, List

import httpx
import pytest
from starlette.applications import Starlette

from bot.settings import ROOT
from bot.telegram import store
from bot.telegram.front_end import TokenRefused, check_token
from bot.telegram.webhook import PATH, SECRET_HEADER
from tests.telegram.bot_api import TOKEN, BotApi
from tests.telegram.conftest import Installation, until

ANNA = 7001
CHATS = 200


@pytest.mark.parametrize("fault", [("status", 500), ("status", (429, 1)), ("drop_before", None), ("slow", 1.0)])
async def test_a_message_that_fails_at_first_arrives_once(
    api: BotApi, installation: Installation, fault: tuple[str, Any]
) -> None:
    async with installation.running():
        api.fault("sendMessage", *fault, times=2)
        api.says(ANNA, "hello")
        await until(lambda: api.said(ANNA))
        api.says(ANNA, "again")
        await until(lambda: len(api.said(ANNA)) == 2)
    assert api.said(ANNA) == ["1: hello", "2: again"]


async def test_what_is_written_while_telegram_is_down_is_answered_afterwards(
    api: BotApi, installation: Installation
) -> None:
    async with installation.running():
        api.says(ANNA, "hello")
        await until(lambda: api.said(ANNA))
        api.is_down = True
        api.says(ANNA, "one")
        api.says(ANNA, "two")
        await asyncio.sleep(1.0)
        api.is_down = False
        await until(lambda: len(api.said(ANNA)) == 3, 20)
    assert api.said(ANNA) == ["1: hello", "2: one", "3: two"]


async def test_a_start_without_telegram_goes_on_when_it_is_back(api: BotApi, installation: Installation) -> None:
    api.is_down = True
    async with installation.running():
        api.says(ANNA, "hello")
        await asyncio.sleep(0.5)
        api.is_down = False
        await until(lambda: api.said(ANNA) == ["1: hello"], 20)


async def test_a_refused_message_does_not_block_the_next(api: BotApi, installation: Installation) -> None:
    async with installation.running():
        api.fault("sendMessage", "status", 400)
        api.says(ANNA, "hello")
        api.says(ANNA, "again")
        await until(lambda: api.said(ANNA) == ["2: again"])


async def test_a_wrong_token_is_one_clear_sentence(api: BotApi, installation: Installation) -> None:
    with pytest.raises(TokenRefused, match="TELEGRAM_BOT_TOKEN"):
        await check_token(replace(installation.settings, token="123456:WRONG"))
    await check_token(installation.settings)
    api.is_down = True
    await check_token(installation.settings)


async def test_no_log_holds_the_token_or_what_was_written(
    api: BotApi, installation: Installation, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO, logger="bot")
    async with installation.running():
        api.fault("sendMessage", "status", 500)
        api.fault("getUpdates", "drop_before")
        installation.gateway.failures = 1
        api.says(ANNA, "my secret sentence")
        await until(lambda: api.said(ANNA))
    said = caplog.text + "".join(capfd.readouterr())
    assert "secret sentence" not in said and TOKEN not in said and "Planted-Name" not in said
    assert caplog.records


async def test_a_webhook_wants_the_secret_and_answers_only_what_is_recorded(
    tmp_path: Path, api: BotApi
) -> None:
    installation = Installation(tmp_path, api, webhook_url="https://guide.example.org")
    async with installation.running() as front_end:
        await until(lambda: api.webhook)
        app = Starlette(routes=front_end.routes)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="https://guide.example.org") as client:
            update = api.says(ANNA, "hello")
            for headers in ({}, {SECRET_HEADER: "guess"}):
                assert (await client.post(PATH, json=update, headers=headers)).status_code == 403
            good = {SECRET_HEADER: api.webhook["secret_token"]}  # type: ignore[index]
            assert (await client.post(PATH, content=b"{", headers=good)).status_code == 400
            assert (await client.post(PATH, content=b"x" * 2_000_000, headers=good)).status_code == 413
            await api.deliver(client, PATH)
            await until(lambda: api.said(ANNA) == ["1: hello"])
    assert api.webhook["url"] == "https://guide.example.org/telegram"  # type: ignore[index]
    assert api.violations == []


async def test_two_processes_behind_one_webhook_answer_each_update_once(tmp_path: Path, api: BotApi) -> None:
    settings = {"webhook_url": "https://guide.example.org"}
    first, second = (Installation(tmp_path, api, **settings) for _ in range(2))
    async with first.running() as one, second.running() as two:
        for n in range(10):
            update = api.says(ANNA, f"m{n}")
            await random.choice([one, two]).chats.receive(update)
        await until(lambda: len(api.said(ANNA)) == 10, 30)
    assert api.said(ANNA) == [f"{n + 1}: m{n}" for n in range(10)]


async def test_updates_that_overtake_each_other_are_answered_in_their_order(
    tmp_path: Path, api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "REORDER_SECONDS", 120.0)  # a busy machine must not decide it
    installation = Installation(tmp_path, api, webhook_url="https://guide.example.org")
    async with installation.running() as front_end:
        await front_end.chats.receive(api.says(ANNA, "m0"))
        late = [api.says(ANNA, f"m{n}") for n in range(1, 6)]
        for update in reversed(late):
            await front_end.chats.receive(update)
            await asyncio.sleep(0.02)
        await until(lambda: len(api.said(ANNA)) == 6, 60)
        monkeypatch.setattr(store, "REORDER_SECONDS", 0.5)
        skipped = api.says(ANNA, "m6")
        await front_end.chats.receive({**skipped, "update_id": skipped["update_id"] + 5})
        await until(lambda: len(api.said(ANNA)) == 7)
    assert api.said(ANNA) == [f"{n + 1}: m{n}" for n in range(7)]


async def test_two_hundred_chats_in_a_hurry_each_read_every_reply_once_and_in_order(
    tmp_path: Path, api: BotApi
) -> None:
    installation = Installation(tmp_path, api, webhook_url="https://guide.example.org")
    updates: List[Dict[str, Any]] = []
    async with installation.running() as front_end:
        for n in range(2):
            updates = [api.says(10_000 + chat, f"m{n}") for chat in range(CHATS)]
            hurried = [update for update in updates for _ in range(random.choice([1, 1, 2]))]
            random.shuffle(hurried)
            await asyncio.gather(*(front_end.chats.receive(update) for update in hurried))
        await until(lambda: all(len(api.said(10_000 + chat)) >= 2 for chat in range(CHATS)), 60)
        await front_end.chats.idle()
    for chat in range(CHATS):
        assert api.said(10_000 + chat) == ["1: m0", "2: m1"]
    assert api.violations == []


async def test_a_process_that_stops_while_it_takes_a_chat_does_not_keep_it(
    api: BotApi, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However late the database lets the process have the chat, the next one answers at once."""
    first = installation.front_end()
    lease, asked, taken = first.store.lease, threading.Event(), threading.Event()

    def late(chat: str, worker: str) -> bool:
        asked.set()
        time.sleep(1.0)
        try:
            return lease(chat, worker)
        finally:
            taken.set()

    monkeypatch.setattr(first.store, "lease", late)
    async with first.running():
        api.says(ANNA, "hello")
        assert await asyncio.to_thread(asked.wait, 10)
    assert await asyncio.to_thread(taken.wait, 10)
    async with installation.running():
        await until(lambda: api.said(ANNA))
    assert api.said(ANNA) == ["1: hello"]


PROCESS = """
import asyncio, sys
from pathlib import Path
from bot.privacy.logs import configure
configure()
from tests.telegram.conftest import Installation
class Api: base_url = sys.argv[2]
async def main():
    installation = Installation(Path(sys.argv[1]), Api())
    installation.gateway.delay = 0.05
    async with installation.running():
        await asyncio.sleep(60)
asyncio.run(main())
"""


async def test_a_killed_process_loses_nothing(tmp_path: Path, api: BotApi) -> None:
    """Killed in the middle of turns, over and over. A message that Telegram had just taken when the process died
    may come twice, because nobody was left to note it: at most one for each kill."""
    people = range(20_000, 20_020)
    kills = 4
    for person in people:
        for n in range(3):
            api.says(person, f"m{n}")
    for _ in range(kills):
        process = _start(tmp_path, api)
        await asyncio.sleep(2.2)
        process.send_signal(signal.SIGKILL)
        process.wait()
    process = _start(tmp_path, api)
    await until(lambda: all("3: m2" in api.said(person) for person in people), 60)
    process.terminate()
    process.wait()
    twice = 0
    for person in people:
        said = api.said(person)
        assert list(dict.fromkeys(said)) == ["1: m0", "2: m1", "3: m2"]
        twice += len(said) - 3
    assert twice <= kills


def _start(home: Path, api: BotApi) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", PROCESS, str(home), api.base_url]
    return subprocess.Popen(command, cwd=ROOT, env=environment)
