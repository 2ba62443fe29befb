"""The directory's desk and its notices in Telegram, over real HTTP."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from bot.app import _Post as Post
from bot.directory.lookup import LookUp
from bot.directory.record import Record
from bot.directory.record_reading import read_records
from bot.directory.sample import load_sample
from bot.directory.upkeep.desk import Desk
from bot.directory.upkeep.office import Office
from bot.directory.upkeep.rounds import Rounds
from bot.directory.upkeep.wording import Wording
from bot.storage.engine import session_factory
from bot.telegram.admission import Admission
from bot.telegram.front_end import TelegramFrontEnd
from bot.telegram.texts import Wording as TelegramWording
from bot.wording.catalogue import Texts
from tests.telegram.bot_api import BotApi
from tests.telegram.conftest import TEXTS, Installation, until

ANNA, BEN, OWNER, STAFF = 701, 702, 703, 704
HOSPITAL = "Sellim General Hospital, room 4"


class Town:
    """An installation with a directory and people who look after it."""

    def __init__(self, installation: Installation, api: BotApi) -> None:
        self.installation = installation
        self.api = api
        self.now = datetime.now(timezone.utc)
        self.sessions = session_factory(installation.engine)
        with self.sessions() as session:
            load_sample(session, self.now.date())
            session.commit()
        self.office = Office(
            self.sessions,
            LookUp(installation.engine, ZoneInfo("UTC")),
            installation.people,
            installation.keyring,
            lambda content: hashlib.sha256(b"key" + content.encode()).hexdigest(),
            Wording(Texts({}, {})),
            lambda: self.now,
        )

    def front_end(self) -> TelegramFrontEnd:
        it = self.installation
        return TelegramFrontEnd(
            it.settings, it.gateway, it.engine, it.keyring, it.conversations, TelegramWording(TEXTS, ("en",)),
            Admission(it.people, False), it.clock, Desk(self.office, it.keyring), Post(self.office),
        )  # fmt: skip

    async def joins(self, person: int, role: str, area: str | None = None) -> None:
        before = len(self.api.made("sendMessage"))
        made = self.installation.people.invite(role, area)  # type: ignore[arg-type]
        self.api.says(person, f"/start {made.token}")
        await until(lambda: len(self.api.made("sendMessage")) > before)
        await until(lambda: "Welcome" in "".join(each.text for each in self.api.chats[person]))

    async def says(self, person: int, text: str, expected: str) -> None:
        self.api.says(person, text)
        await until(lambda: self.api.chats[person] and expected in self.api.chats[person][-1].text)

    async def presses(self, person: int, title: str, expected: str) -> None:
        self.api.presses(person, title)
        await until(lambda: expected in self.api.newest(person).text)

    def hospital(self) -> Record:
        with self.sessions() as session:
            return next(each for each in read_records(session) if each.name == HOSPITAL)


@pytest.fixture
def town(installation: Installation, api: BotApi) -> Town:
    return Town(installation, api)


async def test_a_number_is_proposed_told_and_approved(town: Town, api: BotApi) -> None:
    front_end = town.front_end()
    async with front_end.running():
        await town.joins(ANNA, "focal_point")
        await town.joins(BEN, "focal_point")
        await town.says(ANNA, "/directory Sellim General", HOSPITAL)
        await town.presses(ANNA, "Change", "What has changed")
        await town.presses(ANNA, "Phone", "Write the new one")
        await town.says(ANNA, "+999 20 555 8888", "After: +999 20 555 8888")
        await town.presses(ANNA, "they told me", "proposal")
        await until(lambda: "waits for approval" in api.newest(BEN).text)
        await town.says(BEN, "/directory", "find a service")
        await town.presses(BEN, "To approve", "+999 20 555 8888")
        await town.presses(BEN, "Approve", "Approved")
    assert town.hospital().phones[0].number == "+999 20 555 8888"
    assert town.office.changes.check() == []
    assert api.violations == []


async def test_words_outside_the_desk_go_to_the_assistant(town: Town) -> None:
    front_end = town.front_end()
    async with front_end.running():
        await town.joins(ANNA, "focal_point")
        await town.says(ANNA, "/directory Sellim General", HOSPITAL)
        await town.says(ANNA, "/help", ": /help")
        await town.says(ANNA, "she is crying", ": she is crying")


async def test_a_sign_of_danger_leaves_the_desk(town: Town) -> None:
    front_end = town.front_end()
    async with front_end.running():
        await town.joins(ANNA, "focal_point")
        await town.says(ANNA, "/directory Sellim General", HOSPITAL)
        await town.presses(ANNA, "Change", "What has changed")
        await town.presses(ANNA, "Warning", "Write the new one")
        await town.says(ANNA, "he is here with a knife", ": he is here with a knife")
        await town.says(ANNA, "Use gate 2", ": Use gate 2")
    assert town.hospital().alert is None


async def test_staff_without_a_role_have_no_desk(town: Town) -> None:
    front_end = town.front_end()
    async with front_end.running():
        await town.says(STAFF, "/directory Sellim General", ": /directory")
        town.api.presses_data(STAFF, f"desk:close:{town.hospital().id}")
        await until(lambda: "focal points" in town.api.newest(STAFF).text)
    assert town.hospital().status == "active"


async def test_an_owner_is_asked_and_answers_weeks_later_with_one_tap(town: Town, api: BotApi) -> None:
    front_end = town.front_end()
    async with front_end.running():
        await town.joins(OWNER, "owner", town.hospital().id)
        town.now += timedelta(days=40)
        Rounds(town.office).ask_owners()
        await until(lambda: "still right" in api.newest(OWNER).text)
        await front_end.chats.idle()
        api.says(OWNER, "/wipe")
        await until(lambda: "Cleared" in api.newest(OWNER).text)
        question = next(each for each in api.chats[OWNER] if "still right" in each.text)
        api.presses(OWNER, "Still right", question)
        await until(lambda: "counts as confirmed" in api.newest(OWNER).text)
    assert town.hospital().assured_date == town.now.date()


async def test_a_role_taken_back_takes_the_address_with_it(town: Town) -> None:
    front_end = town.front_end()
    async with front_end.running():
        await town.joins(ANNA, "focal_point")
    pseudonym = front_end.store.pseudonym(ANNA)
    assert town.installation.people.address(pseudonym) is not None
    for invitation in town.installation.people.invitations():
        town.installation.people.revoke(invitation.id)
    assert town.installation.people.address(pseudonym) is None
