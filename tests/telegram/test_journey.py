"""The whole assistant in a Telegram chat: from the first word to the referral, over real HTTP."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.app import Foundation, build_telegram
from bot.settings import TelegramSettings
from tests.telegram.bot_api import TOKEN, BotApi
from tests.telegram.conftest import until

pytestmark = pytest.mark.slow

ANNA = 700_194_028_561
"""Long enough not to occur by chance in what is encrypted."""
PLANTED = ("Planted-Name", "+999 20 555 0177", "Marwa Haddad", str(ANNA))


async def test_from_the_first_word_to_the_referral_and_wiped(
    api: BotApi, foundation: Foundation, gateway: Any, settings: Any
) -> None:
    with_telegram = replace(settings, telegram=TelegramSettings(token=TOKEN, base_url=api.base_url))
    front_end = build_telegram(replace(foundation, settings=with_telegram), gateway)
    assert front_end is not None

    async def turn(count: int) -> str:
        await until(lambda: len(api.made("sendMessage")) >= count, 20)
        await front_end.chats.idle()
        return api.newest(ANNA).text

    async with front_end.running():
        api.says(ANNA, "a woman at the distribution just told me a volunteer asked her for sex")
        assert "First, safety" in await turn(1)
        api.presses(ANNA, "Yes, all right")
        assert "under 18" in await turn(2)
        api.presses(ANNA, "Adult")
        await turn(3)
        api.says(ANNA, "she says promise me nobody will know")
        assert "Do not promise" in await turn(4)
        api.says(ANNA, "her name is Marwa Haddad, phone +999 20 555 0177")
        assert "deleted your message" in await turn(5)
        api.says(ANNA, "find a doctor near gate 3")
        assert "Nur Care clinic" in await turn(6)
        api.presses(ANNA, "Back to step 3")
        await turn(7)
        kept = b"".join(path.read_bytes() for path in _files(settings.home))
        assert not [planted for planted in PLANTED if planted.encode() in kept]
        api.says(ANNA, "/wipe")
        assert "Cleared" in await turn(8)
    assert len(api.chats[ANNA]) <= 1
    assert api.violations == []


def _files(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file() and "models" not in path.parts]
