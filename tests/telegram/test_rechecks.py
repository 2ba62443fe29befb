"""An invitation to practise again, in Telegram over real HTTP: it says nothing, opens with a tap, ends with a tap."""

from __future__ import annotations

from functools import partial

import pytest

from bot.app import _Post as Post
from bot.app import practice_calls
from bot.practice.cohorts.members import Members, Place
from bot.practice.cohorts.rechecks import Rechecks
from bot.practice.repertoire import Repertoire
from bot.practice.service import texts as practice_texts
from bot.telegram.admission import Admission
from bot.telegram.front_end import TelegramFrontEnd
from bot.telegram.texts import Wording as TelegramWording
from bot.wording.catalogue import Texts
from bot.wording.payload import payload
from bot.wording.renderer import Renderer
from tests.telegram.bot_api import BotApi
from tests.telegram.conftest import TEXTS, Installation, until

ANNA = 801
WEEK = 7 * 86_400.0


class NoOffice:
    """A directory without news."""

    def take_notices(self, channel: str) -> list[object]:
        return []


class NoLocalValues:
    not_set: tuple[str, ...] = ()

    def __call__(self, language: str) -> dict[str, str]:
        return {}


class Practising:
    """An installation in which Anna agreed to be invited again."""

    def __init__(self, installation: Installation) -> None:
        self.it = installation
        self.now = 1_800_000_000.0
        self.members = Members(installation.engine, installation.keyring, lambda: self.now)
        self.rechecks = Rechecks(installation.engine, installation.keyring, lambda: self.now)
        member, _ = self.members.alone(Place("a" * 32, "telegram", "en", str(ANNA)))
        self.members.agree(member, wants_recheck=True)
        self.rechecks.plan(member.id, "food_queue")

    def front_end(self) -> TelegramFrontEnd:
        it = self.it
        renderer = Renderer(Texts(practice_texts(Repertoire.of(it.home / "none"))), NoLocalValues())
        post = Post(NoOffice(), partial(practice_calls, self.rechecks, renderer))  # type: ignore[arg-type]
        return TelegramFrontEnd(
            it.settings, it.gateway, it.engine, it.keyring, it.conversations, TelegramWording(TEXTS, ("en",)),
            Admission(it.people, False), it.clock, post=post,
        )  # fmt: skip


@pytest.fixture
def practising(installation: Installation) -> Practising:
    return Practising(installation)


async def test_an_invitation_says_nothing_on_a_locked_screen_and_comes_once(
    practising: Practising, api: BotApi
) -> None:
    async with practising.front_end().running():
        practising.now += WEEK + 60
        await until(lambda: api.chats[ANNA])
        assert api.newest(ANNA).text == "Your reminder."
        practising.now += 3600
        api.says(ANNA, "hello")
        await until(lambda: "hello" in api.newest(ANNA).text)
        assert [each.text for each in api.chats[ANNA]].count("Your reminder.") == 1


@pytest.mark.parametrize(("title", "does"), [("Open", "recheck"), ("Not again", "decline")])
async def test_its_buttons_work_after_weeks_and_a_restart(
    practising: Practising, api: BotApi, title: str, does: str
) -> None:
    async with practising.front_end().running():
        practising.now += WEEK + 60
        await until(lambda: api.chats[ANNA])
    async with practising.front_end().running():
        api.presses(ANNA, title)
        await until(lambda: payload("practice", do=does) in api.newest(ANNA).text)
