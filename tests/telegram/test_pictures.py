"""Pictures in Telegram over real HTTP: before the words, protected, and gone after a wipe."""

from __future__ import annotations

import io

from PIL import Image

from bot.wording.payload import payload
from bot.wording.renderer import Button, Message
from tests.telegram.bot_api import BotApi
from tests.telegram.conftest import Installation, until

ANNA = 811


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "white").save(out, "PNG")
    return out.getvalue()


async def test_a_picture_comes_before_its_words_and_goes_with_a_wipe(installation: Installation, api: BotApi) -> None:
    shown = picture()
    button = Button("Clear everything", payload("wipe"))
    installation.gateway.replies = lambda text, turn: [Message("Figures.", (button,), shown)]
    async with installation.running():
        api.says(ANNA, "/results ABCDEF")
        await until(lambda: api.made("sendMessage"))
        sent = api.made("sendPhoto")[0].parameters
        assert sent["photo"] == shown and sent["protect_content"] is True
        assert [each.text for each in api.chats[ANNA] if each.from_bot] == ["(photo)", "Figures."]
        api.presses(ANNA, "Clear everything")
        await until(lambda: "(photo)" not in [each.text for each in api.chats[ANNA]])
    assert not api.violations


async def test_a_picture_is_sent_again_when_the_connection_breaks(installation: Installation, api: BotApi) -> None:
    installation.gateway.replies = lambda text, turn: [Message("Figures.", (), picture())]
    api.fault("sendPhoto", "status", 502)
    async with installation.running():
        api.says(ANNA, "/results ABCDEF")
        await until(lambda: any(each.text == "(photo)" for each in api.chats[ANNA]))
        assert len(api.made("sendPhoto")) == 1, "the one that failed was never taken"
