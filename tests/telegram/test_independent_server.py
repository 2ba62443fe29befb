"""The same front end against a Bot API server that others wrote (telegram-test-api from npm)."""

from __future__ import annotations

import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any, Iterator, List

import httpx
import pytest

from tests.telegram.bot_api import TOKEN
from tests.telegram.conftest import Installation, until

FOLDER = Path(__file__).parent / "independent"
ANNA = 7001

pytestmark = pytest.mark.skipif(shutil.which("npm") is None, reason="needs Node.js")


class Independent:
    """The server, seen from a person's side."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.base_url = f"{self.address}/bot"

    def _person(self) -> dict[str, Any]:
        return {
            "botToken": TOKEN,
            "from": {"id": ANNA, "first_name": "Planted-Name", "is_bot": False},
            "chat": {"id": ANNA, "first_name": "Planted-Name", "type": "private"},
            "date": 1_700_000_000,
        }

    def says(self, text: str) -> None:
        httpx.post(f"{self.address}/sendMessage", json={**self._person(), "text": text}).raise_for_status()

    def presses(self, title: str) -> None:
        shown = next(message for message in reversed(self.messages()) if title in _titles(message))
        press = {**self._person(), "data": _titles(shown)[title], "message": self._person()}
        httpx.post(f"{self.address}/sendCallback", json=press).raise_for_status()

    def messages(self) -> List[dict[str, Any]]:
        answer = httpx.post(f"{self.address}/getUpdatesHistory", json={"token": TOKEN})
        answer.raise_for_status()
        return [entry["message"] for entry in answer.json()["result"] if "chat_id" in entry.get("message", {})]

    def said(self) -> List[str]:
        return [message["text"] for message in self.messages()]


def _titles(message: dict[str, Any]) -> dict[str, str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return {button["text"]: button["callback_data"] for row in rows for button in row}


@pytest.fixture(scope="module")
def independent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Independent]:
    folder = tmp_path_factory.mktemp("independent")
    for name in ("package.json", "server.js"):
        shutil.copy(FOLDER / name, folder / name)
    quiet = ["--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]
    installed = subprocess.run(
        ["npm", "install", *quiet], cwd=folder, capture_output=True, timeout=180, check=False
    )
    if installed.returncode:
        pytest.skip("the npm registry cannot be reached")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["node", "server.js", str(port)]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline().strip() == "ready"
        yield Independent(port)
        process.terminate()


async def test_words_and_buttons_are_answered_on_a_server_of_others(
    tmp_path: Path, independent: Independent
) -> None:
    installation = Installation(tmp_path, independent)
    async with installation.running():
        independent.says("hello")
        await until(lambda: independent.said() == ["1: hello"])
        independent.presses("Done")
        await until(lambda: independent.said() == ["1: hello", "2: /next"])
        independent.says("and")
        await until(lambda: len(independent.said()) == 3)
        assert independent.messages()[-1]["protect_content"] in (True, "true")
