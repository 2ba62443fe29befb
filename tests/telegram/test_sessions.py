"""Practice sessions in Telegram, over real HTTP: private chats, a group as the stage, thirty people."""

from __future__ import annotations

import re
from typing import Any, Iterator

import pytest

from bot.practice.theatre.door import Links
from bot.telegram import front_end as front_end_module
from bot.telegram import sender
from bot.telegram.admission import Admission
from bot.telegram.front_end import TelegramFrontEnd
from bot.telegram.sender import Sender
from bot.telegram.texts import Wording
from bot.theatres import LateFrontEnd, parcels
from tests.telegram.bot_api import BotApi
from tests.telegram.conftest import TEXTS, Installation, until
from tests.unit.practice.house import Company
from tests.unit.practice.plays import GOOD

TESS, ANNA, BEN, CLEO = 801, 802, 803, 804
GROUP = -100800
PEOPLE = 30


class Parcels:
    def __init__(self, company: Company) -> None:
        self._company = company

    def waiting(self) -> list[Any]:
        return parcels(self._company.letters)


class Evening:
    """An installation whose bot plays theatre."""

    def __init__(self, installation: Installation, api: BotApi) -> None:
        self.installation, self.api = installation, api

    def front_end(self) -> TelegramFrontEnd:
        it, late = self.installation, LateFrontEnd()
        company = Company(
            it.engine, it.keyring, it.home, Links("https://guide.example", late.user_name), late.wake
        )
        late.front_end = TelegramFrontEnd(
            it.settings, it.gateway, it.engine, it.keyring, it.conversations, Wording(TEXTS, ("en",)),
            Admission(it.people, it.settings.by_invitation), it.clock,
            sessions=company.theatre, parcels=Parcels(company),
        )  # fmt: skip
        self.company = company
        return late.front_end

    async def says(self, person: int, text: str, expected: str, seconds: float = 20.0) -> None:
        seen = len(self.api.said(person))
        self.api.says(person, text)
        await until(lambda: any(expected in each for each in self.api.said(person)[seen:]), seconds)

    async def presses(self, person: int, title: str, expected: str, seconds: float = 20.0) -> None:
        seen = len(self.api.said(person))
        await until(lambda: any(b["text"] == title for m in self.api.chats[person] for b in m.buttons), seconds)
        self.api.presses(person, title)
        await until(lambda: any(expected in each for each in self.api.said(person)[seen:]), seconds)

    async def opens(self) -> str:
        await self.says(TESS, "/session", "What is next?")
        found = re.search(r"/join (\w{6})", "\n".join(self.api.said(TESS)))
        assert found
        return found.group(1)

    async def joins(self, person: int, code: str, name: str) -> None:
        await self.says(person, f"/start join_{code}", "What shall I call you?")
        await self.says(person, name, f"You are in, {name}")

    async def begins(self, responder: int, name: str) -> None:
        self.api.presses_data(TESS, "/session:stage:-:food_queue")
        await self.presses(TESS, "Ask somebody", "Whom do you ask?")
        await self.presses(TESS, f"· {name}", f"I have asked {name}")
        await self.presses(responder, "Yes, I will", "You answer")
        await self.presses(TESS, "Begin", "The scene begins")


@pytest.fixture(autouse=True)
def no_pace(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The pace the Bot API allows has tests of its own."""
    monkeypatch.setattr(sender, "OVERALL_A_SECOND", 2000)
    monkeypatch.setattr(sender, "CHAT_EVERY_SECONDS", 0.01)
    monkeypatch.setattr(sender, "GROUP_A_MINUTE", 2000)
    monkeypatch.setattr(front_end_module, "CARRY_SECONDS", 0.2)
    yield


@pytest.fixture
def evening(installation: Installation, api: BotApi) -> Evening:
    return Evening(installation, api)


async def test_a_line_reaches_everybody_in_private_chats(evening: Evening, api: BotApi) -> None:
    async with evening.front_end().running():
        code = await evening.opens()
        assert f"https://t.me/guide_test_bot?start=join_{code}" in "".join(api.said(TESS))
        await evening.joins(ANNA, code, "Anna")
        await evening.joins(BEN, code, "Ben")
        await evening.begins(ANNA, "Anna")
        await evening.says(ANNA, "private_place", "Anna (responder): private_place")
        for person in (TESS, BEN):
            await until(lambda: "Anna (responder): private_place" in api.newest(person).text)  # noqa: B023
        await evening.presses(BEN, "Stop the scene", "Ben stops the scene")
        await evening.says(ANNA, "state_limits", "Your line was not said")
        await evening.presses(TESS, "Go on", "The scene goes on")
    assert api.violations == []


async def test_words_outside_a_session_go_to_the_assistant(evening: Evening, api: BotApi) -> None:
    async with evening.front_end().running():
        code = await evening.opens()
        await evening.joins(ANNA, code, "Anna")
        await evening.says(ANNA, "stop", "You have left the session")
        await evening.says(ANNA, "she is crying", ": she is crying")
        await evening.presses(ANNA, "Come back", "You are back in session")
        await evening.says(ANNA, "/guide", ": /guide")
        await evening.says(ANNA, "she is crying", ": she is crying")


async def test_a_wipe_forgets_the_place_and_a_blocked_bot_keeps_it(evening: Evening, api: BotApi) -> None:
    async with evening.front_end().running():
        code = await evening.opens()
        for person, name in ((ANNA, "Anna"), (BEN, "Ben")):
            await evening.joins(person, code, name)
        api.says(ANNA, "/wipe")
        await until(lambda: api.said(ANNA) and "Cleared" in api.newest(ANNA).text)
        await until(lambda: len(evening.company.members.in_session(code)) == 2)
        api.blocks(BEN)
        await until(lambda: not any(m.is_here for m in evening.company.members.in_session(code) if m.name == "Ben"))
        api.blocked.discard(BEN)
        await evening.says(BEN, f"/join {code}", f"You are back in session {code}, Ben.")


async def test_who_was_not_invited_may_still_join_a_session(api: BotApi, tmp_path: Any) -> None:
    evening = Evening(Installation(tmp_path, api, by_invitation=True), api)
    async with evening.front_end().running():
        invitation = evening.installation.people.invite("trainer")
        await evening.says(TESS, f"/start {invitation.token}", "Welcome")
        code = await evening.opens()
        await evening.says(ANNA, "hello", "for invited staff")
        await evening.joins(ANNA, code, "Anna")
        await evening.says(BEN, "/session", "opened by trainers")


async def test_a_group_is_the_stage(evening: Evening, api: BotApi) -> None:
    async with evening.front_end().running():
        code = await evening.opens()
        for person, name in ((ANNA, "Anna"), (BEN, "Ben")):
            await evening.joins(person, code, name)
        api.added_to(GROUP, TESS)
        await until(lambda: "/join and its code" in "".join(api.said(GROUP)))
        api.writes_in(GROUP, BEN, f"/join@guide_test_bot {code}")
        await until(lambda: "Only the trainer" in "".join(api.said(GROUP)))
        api.writes_in(GROUP, TESS, f"/start@guide_test_bot join_{code}")
        await until(lambda: "now shows session" in "".join(api.said(GROUP)))
        await evening.begins(ANNA, "Anna")
        await evening.says(ANNA, "private_place", "Anna (responder)")
        await until(lambda: "Anna (responder): private_place" in api.newest(GROUP).text)
        api.presses_in(GROUP, CLEO, "Stop the scene")
        await until(lambda: any("First join" in str(each.parameters) for each in api.made("answerCallbackQuery")))
        api.presses_in(GROUP, BEN, "Checklist")
        await until(lambda: "What do you see?" in api.newest(BEN).text)
        api.writes_in(GROUP, CLEO, "nobody reads this")
        api.presses_in(GROUP, BEN, "Stop the scene")
        await until(lambda: "Ben stops the scene" in api.newest(GROUP).text)
        assert not any("What do you see?" in text or "Cleo" in text for text in api.said(GROUP))
    assert GROUP not in api.left and api.violations == []


async def test_the_checklist_is_marked_where_it_stands(evening: Evening, api: BotApi) -> None:
    def marks() -> list[str]:
        return [button["text"] for button in api.newest(BEN).buttons]

    async with evening.front_end().running():
        code = await evening.opens()
        for person, name in ((ANNA, "Anna"), (BEN, "Ben")):
            await evening.joins(person, code, name)
        await evening.begins(ANNA, "Anna")
        await evening.presses(BEN, "Checklist", "What do you see?")
        sheet, standing = api.newest(BEN), len(api.chats[BEN])
        unmarked = list(sheet.buttons)
        api.presses(BEN, next(title for title in marks() if title.startswith("○ Limits")), sheet)
        await until(lambda: any(title.startswith("● Limits") for title in marks()))
        api.presses(BEN, "What helped", sheet)
        await until(lambda: not any("Limits" in title for title in marks()))
        api.presses(BEN, "Checklist", sheet)
        await until(lambda: any(title.startswith("● Limits") for title in marks()))
        assert len(api.chats[BEN]) == standing and api.newest(BEN) is sheet

        # The answer to an edit is lost, and it is made again; the same button pressed twice changes nothing twice.
        harmed = next(b["callback_data"] for b in sheet.buttons if b["text"] == "What harmed")
        api.fault("editMessageText", "drop_after")
        for _ in range(2):
            api.presses_data(BEN, harmed, sheet.message_id)
        await until(lambda: len([v for v in api.violations if "not modified" in v]) == 2)
        assert len(api.chats[BEN]) == standing and not any("Limits" in title for title in marks())

        # An old sheet that nobody can edit any more: a new one comes.
        api.chats[BEN].remove(sheet)
        api.presses_data(BEN, next(b["callback_data"] for b in unmarked if b["text"].startswith("○")), sheet.message_id)
        await until(lambda: api.newest(BEN) is not sheet and "What do you see?" in api.newest(BEN).text)
    refused = ("to edit not found", "is not modified")
    assert [each for each in api.violations if not any(words in each for words in refused)] == []


async def test_a_group_that_becomes_a_supergroup_stays_the_stage(evening: Evening, api: BotApi) -> None:
    async with evening.front_end().running():
        code = await evening.opens()
        for person, name in ((ANNA, "Anna"), (BEN, "Ben")):
            await evening.joins(person, code, name)
        api.writes_in(GROUP, TESS, f"/join@guide_test_bot {code}")
        await until(lambda: "now shows session" in "".join(api.said(GROUP)))
        new = api.upgrades(GROUP, TESS)
        api.writes_in(new, CLEO, "is this still the place?")
        await evening.begins(ANNA, "Anna")
        await evening.says(ANNA, "private_place", "Anna (responder)")
        await until(lambda: "Anna (responder): private_place" in api.newest(new).text)
        api.presses_in(new, BEN, "Stop the scene")
        await until(lambda: "Ben stops the scene" in api.newest(new).text)
        api.writes_in(new, CLEO, "nobody reads this")
        await evening.presses(TESS, "Go on", "The scene goes on")
    # What was sent in the moment before the news came in was refused, and followed the group.
    refused = "upgraded to a supergroup chat"
    assert new not in api.left and [each for each in api.violations if refused not in each] == []


async def test_what_is_sent_before_the_news_of_a_supergroup_follows_it(evening: Evening, api: BotApi) -> None:
    async with evening.front_end().running():
        api.added_to(GROUP, TESS)
        api.moved[GROUP] = new = GROUP - 10**12
        api.chats[new] = []
        await until(lambda: "/join and its code" in "".join(api.said(new)))


async def test_what_was_to_be_changed_in_a_group_that_moved_is_sent_there(evening: Evening, api: BotApi) -> None:
    async def still_wanted() -> bool:
        return True

    front_end = evening.front_end()
    async with front_end.running():
        api.moved[GROUP] = new = GROUP - 10**12
        api.chats[new] = []
        call = {"method": "edit", "message_id": 7, "text": "Who plays?"}
        number = await Sender(front_end.bot).make(GROUP, call, still_wanted)
        assert api.newest(new).text == "Who plays?" and api.newest(new).message_id == number


async def test_a_supergroup_without_a_session_is_left_under_its_new_number(evening: Evening, api: BotApi) -> None:
    async with evening.front_end().running():
        api.moved[GROUP] = new = GROUP - 10**12
        api.chats[new] = []
        api.writes_in(GROUP, CLEO, "hello")
        await until(lambda: new in api.left)


async def test_a_group_without_a_session_is_left(evening: Evening, api: BotApi) -> None:
    async with evening.front_end().running():
        api.writes_in(GROUP, CLEO, "hello")
        await until(lambda: GROUP in api.left)


async def test_thirty_people_lose_nothing(evening: Evening, api: BotApi) -> None:
    people = {1000 + number: f"Person{number}" for number in range(PEOPLE)}
    anna, bea = 1000, 1004
    names = list(people)
    async with evening.front_end().running():
        code = await evening.opens()
        for person in people:
            api.says(person, f"/start join_{code}")
        await until(lambda: all("call you" in "".join(api.said(person)) for person in people), 90)
        for person, name in people.items():
            api.says(person, name)
        await until(lambda: all("You are in" in "".join(api.said(person)) for person in people), 90)
        await evening.begins(anna, people[anna])
        update = api.says(anna, "promise_secrecy")
        api.repeat(update)
        await until(lambda: _reads(api, names, "(responder): promise_secrecy"), 90)
        api.fault("sendMessage", "drop_before", times=10)
        for person in names[1:]:
            api.presses(person, "Stop the scene")
        await until(lambda: _reads(api, names, "stops the scene"), 90)
    api.repeat(update)
    api.says(anna, "state_limits")  # written while nobody listens: the scene is stopped
    async with evening.front_end().running():
        await until(lambda: "Your line was not said" in "".join(api.said(anna)), 60)
        for person in names[1:4]:
            await evening.presses(person, "Suggest a line", "Write the line", 60)
            api.says(person, "state_limits")
        await until(lambda: _reads(api, names, "Suggestion 3: "), 90)
        for person in names[4:]:
            api.presses(person, "Vote for 3")
        await until(lambda: all("for suggestion 3 counts" in "".join(api.said(p)) for p in names[4:]), 90)
        await evening.presses(TESS, "Rewind", "Back to before which line?", 60)
        await evening.presses(TESS, "1: promise_secrecy", "Back to the moment before line 1", 60)
        await evening.presses(TESS, "Suggested lines (3)", f"3 ({PEOPLE - 4}): ", 60)
        await evening.presses(TESS, "Say suggestion 3", "Suggested line: state_limits", 60)
        await evening.presses(TESS, "Somebody else answers", "Whom do you ask?", 60)
        await evening.presses(TESS, f"· {people[bea]}", "I have asked", 60)
        await evening.presses(bea, "Yes, I will", "answers from here", 60)
        for moves in GOOD:
            await evening.says(bea, " ".join(moves), f"{people[bea]} (responder): {moves[0]}", 60)
        await evening.presses(TESS, "End the scene" if _runs(api) else "Compare scores", "The ", 60)
        if "The judge: " not in "".join(api.said(TESS)):
            await evening.presses(TESS, "Compare scores", "The judge: ", 60)
        await until(lambda: _reads(api, names, "The judge: "), 90)
    assert _told(api, names[1])[0].startswith("The scene begins") and len(_told(api, names[1])) > 12
    for person in names:
        assert _told(api, person) == _told(api, names[1]), people[person]
        assert sum("promise_secrecy" in text for text in _told(api, person)) == 1
    assert api.violations == []


def _runs(api: BotApi) -> bool:
    return "The scene is over" not in "".join(api.said(TESS))


def _reads(api: BotApi, people: list[int], words: str) -> bool:
    return all(any(words in text for text in api.said(person)) for person in people)


def _told(api: BotApi, person: int) -> list[str]:
    """The first line of what everybody reads, as it came. A message that was on its way when the process stopped may
    come twice in a row (docs/telegram.md)."""
    beginnings = (
        "The scene begins", "Person", "Suggestion ", "Suggested line: ", "Back to the moment", "The scene is over",
        "The judge",
    )  # fmt: skip
    told = [text.split("\n")[0] for text in api.said(person) if text.startswith(beginnings)]
    return [text for number, text in enumerate(told) if number == 0 or text != told[number - 1]]
