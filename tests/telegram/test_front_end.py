"""Chats over real HTTP: words, buttons, what is refused, and what is forgotten."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.telegram import tables
from bot.telegram.limits import DOUBLE_TAP_SECONDS
from bot.wording.renderer import Button, Message
from tests.telegram.bot_api import BotApi
from tests.telegram.conftest import Installation, until

ANNA, BEN = 7001, 7002


def rows(installation: Installation) -> int:
    """Rows about any chat; update numbers without a chat are not about anybody."""
    with installation.engine.connect() as connection:
        about = [tables.chats, tables.messages, tables.buttons, tables.errands]
        count = sum(connection.execute(sa.select(sa.func.count()).select_from(t)).scalar_one() for t in about)
        waiting = sa.select(sa.func.count()).where(tables.updates.c.chat.is_not(None))
        return count + connection.execute(waiting).scalar_one() + installation.conversations.count()


async def test_words_are_answered_and_a_button_sends_its_payload(api: BotApi, installation: Installation) -> None:
    async with installation.running():
        api.says(ANNA, "hello")
        await until(lambda: api.said(ANNA) == ["1: hello"])
        api.presses(ANNA, "Done")
        await until(lambda: api.said(ANNA) == ["1: hello", "2: /next"])
        await until(lambda: len(api.made("answerCallbackQuery")) == 1)
    assert api.newest(ANNA).protected
    assert api.violations == []


async def test_a_double_tap_acts_once(api: BotApi, installation: Installation) -> None:
    async with installation.running():
        api.says(ANNA, "hello")
        await until(lambda: api.said(ANNA))
        api.presses(ANNA, "Done")
        api.presses(ANNA, "Done", api.chats[ANNA][1])
        await until(lambda: len(api.made("answerCallbackQuery")) == 2)
        api.says(ANNA, "and")
        await until(lambda: "3: and" in api.said(ANNA))
    assert api.said(ANNA) == ["1: hello", "2: /next", "3: and"]
    assert DOUBLE_TAP_SECONDS > 1


async def test_a_button_of_somebody_else_or_of_long_ago_offers_to_go_on(
    api: BotApi, installation: Installation
) -> None:
    async with installation.running():
        api.says(ANNA, "hello")
        await until(lambda: api.said(ANNA))
        api.chats[BEN] = []
        api.presses_data(BEN, api.newest(ANNA).data("Done"))
        await until(lambda: api.said(BEN))
        assert "too old" in api.newest(BEN).text
        assert [button["text"] for button in api.newest(BEN).buttons] == ["Go on"]
    assert len(api.said(ANNA)) == 1


async def test_what_is_sent_twice_is_answered_once(api: BotApi, installation: Installation) -> None:
    async with installation.running() as front_end:
        update = api.says(ANNA, "hello")
        await until(lambda: api.said(ANNA))
        await front_end.chats.receive(update)
        await front_end.chats.receive(update)
        await front_end.chats.idle()
    assert api.said(ANNA) == ["1: hello"]


async def test_photos_voices_and_contacts_are_deleted_with_a_kind_word(
    api: BotApi, installation: Installation
) -> None:
    async with installation.running():
        api.sends(ANNA, voice={"file_id": "f", "file_unique_id": "u", "duration": 1})
        await until(lambda: api.said(ANNA))
        await until(lambda: all(shown.from_bot for shown in api.chats[ANNA]))
        api.sends(BEN, contact={"phone_number": "+999 1", "first_name": "Planted-Name"})
        await until(lambda: api.said(BEN) and all(shown.from_bot for shown in api.chats[BEN]))
    assert "do not send" in api.newest(ANNA).text


async def test_stickers_and_edits_get_a_kind_word(api: BotApi, installation: Installation) -> None:
    async with installation.running():
        api.sends(ANNA, dice={"emoji": "🎲", "value": 1})
        await until(lambda: api.said(ANNA))
        api.edits(ANNA, "hello again")
        await until(lambda: len(api.said(ANNA)) == 2)
    assert "only read words" in api.said(ANNA)[0]
    assert "changes" in api.said(ANNA)[1]


async def test_a_group_is_told_why_and_left(api: BotApi, installation: Installation) -> None:
    group = {"id": -500, "type": "group", "title": "Team"}
    async with installation.running():
        api.says(ANNA, "hello", chat=group)
        await until(lambda: -500 in api.left)
    assert "private chats only" in api.said(-500)[0]


async def test_a_message_that_shows_who_somebody_is_is_deleted(api: BotApi, installation: Installation) -> None:
    async with installation.running():
        api.says(ANNA, "her number is +999 20 555 0151")
        await until(lambda: api.said(ANNA))
        await until(lambda: all(shown.from_bot for shown in api.chats[ANNA]))
    assert api.newest(ANNA).text.startswith("I have deleted your message")


async def test_a_long_answer_comes_in_pieces_with_the_buttons_last(
    api: BotApi, installation: Installation
) -> None:
    paragraph = "word " * 150
    installation.gateway.replies = lambda text, turn: [
        Message("\n\n".join([paragraph.strip()] * 8), (Button("Done", "/next"),))
    ]
    async with installation.running():
        api.says(ANNA, "hello")
        await until(lambda: len(api.said(ANNA)) == 2)
    first, second = [shown for shown in api.chats[ANNA] if shown.from_bot]
    assert not first.buttons and second.buttons
    assert first.text.endswith("word") and api.violations == []


async def test_wiping_deletes_both_sides_every_row_and_then_its_own_confirmation(
    api: BotApi, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.wiping.CONFIRMATION_SECONDS", 0.2)
    async with installation.running():
        api.says(ANNA, "hello")
        await until(lambda: api.said(ANNA))
        api.says(ANNA, "/wipe")
        await until(lambda: api.said(ANNA) and "Cleared" in api.newest(ANNA).text)
        await until(lambda: api.chats[ANNA] == [])
        await until(lambda: rows(installation) == 0)
        api.says(ANNA, "again")
        await until(lambda: api.said(ANNA) == ["1: again"])


async def test_wiping_works_while_the_assistant_does_not(api: BotApi, installation: Installation) -> None:
    async with installation.running():
        api.says(ANNA, "hello")
        await until(lambda: api.said(ANNA))
        installation.gateway.failures = 99
        api.presses(ANNA, "Clear everything")
        await until(lambda: "Cleared" in "".join(api.said(ANNA)))
    assert installation.conversations.count() == 0


async def test_a_failing_turn_ends_with_a_sentence(api: BotApi, installation: Installation) -> None:
    installation.gateway.failures = 3
    async with installation.running():
        api.says(ANNA, "hello")
        await until(lambda: api.said(ANNA) == ["Try again."])


async def test_somebody_who_blocks_the_bot_is_forgotten_without_a_word(
    api: BotApi, installation: Installation
) -> None:
    async with installation.running():
        api.says(ANNA, "hello")
        await until(lambda: api.said(ANNA))
        sent = len(api.made("sendMessage"))
        api.blocks(ANNA)
        await until(lambda: rows(installation) == 0)
    assert len(api.made("sendMessage")) == sent


async def test_a_quiet_chat_is_cleared_after_the_time_its_person_chose(
    api: BotApi, installation: Installation
) -> None:
    async with installation.running():
        api.says(ANNA, "/autowipe")
        await until(lambda: api.said(ANNA))
        api.presses(ANNA, "1 h")
        await until(lambda: len(api.said(ANNA)) == 2)
        installation.now = lambda: time.time() + 3700
        await until(lambda: rows(installation) == 0)
    assert api.chats[ANNA] == []


async def test_who_writes_too_fast_is_told_once(
    api: BotApi, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.chats.MESSAGES_A_MINUTE", 2)
    async with installation.running() as front_end:
        for n in range(6):
            api.says(ANNA, f"message {n}")
        await until(lambda: len(api.said(ANNA)) == 3)
        await front_end.chats.idle()
    assert [text[:2] for text in api.said(ANNA)] == ["1:", "2:", "On"]


async def test_a_reminder_says_nothing_and_survives_a_restart(api: BotApi, installation: Installation) -> None:
    async with installation.running():
        api.says(ANNA, "/remind")
        await until(lambda: api.said(ANNA))
        api.presses(ANNA, "4 h")
        await until(lambda: len(api.said(ANNA)) == 2)
    installation.now = lambda: time.time() + 4 * 3600 + 1
    api.fault("sendMessage", "status", 500)
    async with installation.running():
        await until(lambda: not api.faults_left("sendMessage"))
        assert "Your reminder." not in api.said(ANNA)
        installation.now = lambda: time.time() + 4 * 3600 + 200
        await until(lambda: "Your reminder." in api.said(ANNA))
        await asyncio.sleep(0.5)
    assert api.said(ANNA).count("Your reminder.") == 1


async def test_who_is_not_invited_is_told_whom_to_ask_and_an_invitation_lets_in(
    tmp_path: Path, api: BotApi
) -> None:
    installation = Installation(tmp_path, api, by_invitation=True)
    async with installation.running():
        api.says(ANNA, "hello")
        await until(lambda: api.said(ANNA))
        assert "invited staff" in api.newest(ANNA).text
        invitation = installation.people.invite("trainer")
        api.says(ANNA, f"/start {invitation.token}")
        await until(lambda: "1: /start" in "".join(api.said(ANNA)))
        api.says(BEN, f"/start {invitation.token}")
        await until(lambda: api.said(BEN))
    assert "cannot be used" in api.newest(BEN).text
    assert not any(invitation.token in shown.text for shown in api.chats[ANNA])
    with installation.engine.connect() as connection:
        stored = connection.execute(sa.text("SELECT * FROM invitation")).fetchall()
    assert invitation.token not in str(stored)


async def test_an_update_nobody_can_read_stands_in_nobodys_way(api: BotApi, installation: Installation) -> None:
    async with installation.running():
        api.push({"message": {"message_id": 1, "date": "yesterday", "chat": 5}})
        api.says(ANNA, "hello")
        await until(lambda: api.said(ANNA) == ["1: hello"])
