from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.directory.lookup import LookUp
from bot.directory.record import Record
from bot.directory.record_reading import read_records
from bot.directory.upkeep.desk import Desk
from bot.directory.upkeep.office import Office
from bot.directory.upkeep.rounds import Post, Rounds
from bot.directory.upkeep.wording import Wording, upkeep_texts
from bot.people.invitations import People
from bot.privacy.keys import Keyring
from bot.storage.engine import SessionFactory
from bot.wording.catalogue import Texts
from bot.wording.renderer import Message
from tests.unit.directory.conftest import NOW


def seal(content: str) -> str:
    return hashlib.sha256(b"key" + content.encode()).hexdigest()


class World:
    """A desk with people at it."""

    def __init__(self, sessions: SessionFactory, folder: Path) -> None:
        with sessions() as session:
            engine = session.get_bind()
        self.now = NOW
        self.sessions = sessions
        keyring = Keyring(folder)
        self.people = People(engine, keyring, lambda: self.clock().timestamp())
        directory = LookUp(engine, ZoneInfo("UTC"))
        self.office = Office(
            sessions, directory, self.people, keyring, seal, Wording(Texts({}, {})), self.clock
        )
        self.desk = Desk(
            self.office, keyring, lambda pseudonym, actor: f"https://example.org/desk/{pseudonym}"
        )
        self.last: list[Message] = []

    def clock(self) -> datetime:
        return self.now

    def join(self, name: str, role: str, area: str | None = None) -> str:
        pseudonym = hashlib.md5(name.encode()).hexdigest()
        self.people.redeem(self.people.invite(role, area).token, pseudonym)  # type: ignore[arg-type]
        return pseudonym

    def say(self, who: str, text: str) -> str:
        self.last = self.desk.answer(who, "en", text)
        return "\n".join(message.text for message in self.last)

    def press(self, who: str, title: str) -> str:
        buttons = {button.title: button.payload for message in self.last for button in message.buttons}
        payload = next((payload for shown, payload in buttons.items() if shown.startswith(title)), None)
        assert payload is not None, f"no button {title}: {list(buttons)}"
        self.last = self.desk.press(who, "en", payload)
        return "\n".join(message.text for message in self.last)

    def service(self, name: str) -> Record:
        with self.sessions() as session:
            return next(each for each in read_records(session) if each.name == name)


@pytest.fixture
def world(own_sessions: SessionFactory, tmp_path: Path) -> World:
    return World(own_sessions, tmp_path)


HOSPITAL = "Sellim General Hospital, room 4"


def test_every_text_is_used_with_the_values_it_needs() -> None:
    folder = Path(__file__).parents[3] / "bot/directory/upkeep"
    code = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py")) + "".join(
        path.read_text(encoding="utf-8")
        for path in (folder.parents[1] / "web").rglob("*")
        if path.suffix in (".py", ".html")
    )
    families = (
        "add.",
        "action.",
        "why.",
        "field.",
        "report.",
        "button.",
        "answer.",
        "answered.",
        "told.",
        "told",
    )
    for text_id in upkeep_texts():
        name = text_id.removeprefix("desk.")
        assert f'"{name}"' in code or name.startswith(families), name


def test_a_service_is_found_by_part_of_its_name_misspelt_or_by_its_number(world: World) -> None:
    anna = world.join("anna", "focal_point")
    assert "find a service" in world.say(anna, "")
    for words in ("Sellim General", "selim general hospital", "20 555 0121", "مستشفى سليم العام"):
        assert HOSPITAL in world.say(anna, words), words
    assert "Nothing found" in world.say(anna, "zzzz qqqq")


def test_what_is_not_sensitive_is_saved_and_taken_back(world: World) -> None:
    anna = world.join("anna", "focal_point")
    world.say(anna, "Sellim General")
    world.press(anna, "Change")
    assert "24/7" in world.press(anna, "Open")
    shown = world.say(anna, "Mon-Fri 8am-5pm")
    assert "After: Mo-Fr 08:00-17:00" in shown
    assert "Saved" in world.press(anna, "they told me")
    assert world.service(HOSPITAL).hours == "Mo-Fr 08:00-17:00"
    world.say(anna, "")
    assert "focal point" in world.press(anna, "Latest changes")
    assert "Taken back" in world.press(anna, "Take back")
    assert world.service(HOSPITAL).hours == "24/7"
    assert world.office.changes.check() == []


def test_a_number_needs_a_second_person_who_hears_of_it(world: World) -> None:
    anna, ben = world.join("anna", "focal_point"), world.join("ben", "focal_point")
    world.say(anna, "Sellim General")
    world.press(anna, "Change")
    world.press(anna, "Phone")
    world.say(anna, "+999 20 555 8888")
    assert "proposal" in world.press(anna, "I was there")
    assert world.service(HOSPITAL).phones[0].number != "+999 20 555 8888"
    assert [notice.pseudonym for notice in world.office.notices.waiting()] == [ben]
    world.say(anna, "")
    assert "Somebody else" in world.press(anna, "To approve")
    world.say(ben, "")
    assert "+999 20 555 8888" in world.press(ben, "To approve")
    assert "Approved" in world.press(ben, "Approve")
    assert world.service(HOSPITAL).phones[0].number == "+999 20 555 8888"


def test_what_cannot_be_read_is_asked_again(world: World) -> None:
    anna = world.join("anna", "focal_point")
    world.say(anna, "Sellim General")
    world.press(anna, "Change")
    world.press(anna, "Phone")
    assert "not a phone number" in world.say(anna, "call Jane")
    assert "After" in world.say(anna, "+999 20 555 8888")


def test_an_area_is_not_left(world: World) -> None:
    anna = world.join("anna", "focal_point", "QV02")
    assert "Nothing found" in world.say(anna, "Sellim General")
    world.last = world.desk.press(anna, "en", f"desk:show:{world.service(HOSPITAL).id}")
    assert "not in your area" in world.last[0].text
    everywhere = world.join("ben", "focal_point", "QV01")
    assert HOSPITAL in world.say(everywhere, "Sellim General")


def test_somebody_without_a_role_gets_nothing(world: World) -> None:
    assert not world.desk.is_staffed_by("stranger")
    assert "focal points" in world.say("stranger", "Sellim")
    for verb in ("proposals", "changes", "add", f"show:{world.service(HOSPITAL).id}", "undo:1"):
        world.last = world.desk.press("stranger", "en", f"desk:{verb}")
        assert "focal points" in world.last[0].text


def test_two_people_changing_one_field_lose_nothing(world: World) -> None:
    anna, ben = world.join("anna", "focal_point"), world.join("ben", "focal_point")
    for who, text in ((anna, "Mon-Fri 8-17"), (ben, "Mon-Fri 9-16")):
        world.say(who, "Sellim General")
        world.press(who, "Change")
        world.press(who, "Open")
        world.say(who, text)
        if who == anna:
            held = world.last
    bens = world.last
    world.last = held
    assert "Saved" in world.press(anna, "they told me")
    world.last = bens
    assert "somebody else in the meantime" in world.press(ben, "they told me")
    assert world.service(HOSPITAL).hours == "Mo-Fr 08:00-17:00"


def test_a_service_is_added_by_two_people(world: World) -> None:
    anna, ben = world.join("anna", "focal_point"), world.join("ben", "focal_point")
    world.say(anna, "")
    world.press(anna, "Add")
    for text in ("Sun Clinic", "Night desk", "health", "Port Sellim", "+999 20 555 7777", "24/7"):
        shown = world.say(anna, text)
    assert "Night desk" in shown and "Port Sellim" in shown
    assert "proposal" in world.press(anna, "I was there")
    world.say(ben, "")
    world.press(ben, "To approve")
    world.press(ben, "Approve")
    assert world.service("Night desk").phones[0].number == "+999 20 555 7777"


def test_a_service_is_closed_and_opened_again(world: World) -> None:
    anna = world.join("anna", "focal_point")
    world.say(anna, "Sellim General")
    world.press(anna, "Close")
    assert "no longer shown" in world.press(anna, "I was there")
    assert world.service(HOSPITAL).status == "defunct"
    world.say(anna, "")
    world.press(anna, "Latest changes")
    world.press(anna, "Take back")
    assert world.service(HOSPITAL).status == "active"


def test_a_draft_runs_out(world: World) -> None:
    anna = world.join("anna", "focal_point")
    world.say(anna, "Sellim General")
    world.press(anna, "Change")
    world.press(anna, "Open")
    assert world.desk.awaits(anna)
    world.now += timedelta(minutes=31)
    assert not world.desk.awaits(anna)
    assert "find a service" in world.say(anna, "")


def test_reports_reach_the_focal_point_at_the_next_round(world: World) -> None:
    anna = world.join("anna", "focal_point")
    hospital = world.service(HOSPITAL)
    rounds = Rounds(world.office)
    world.office.reports.report(hospital.id, "wrong_number", "a")
    rounds.run()
    rounds.run()
    assert len(world.office.notices.waiting()) == 1
    for person in "bcdef":
        world.office.reports.report(hospital.id, "no_answer", person)
    rounds.run()
    told = [notice.message for notice in world.office.notices.waiting()]
    assert len(told) == 2 and "hidden" in told[1].text
    world.last = told
    assert "Hidden from staff" in world.press(anna, HOSPITAL)
    world.press(anna, "Still right")
    assert world.office.reports.in_doubt() == {}


def test_an_owner_answers_with_one_tap(world: World) -> None:
    anna = world.join("anna", "focal_point")
    hospital = world.service(HOSPITAL)
    owner = world.join("owner", "owner", hospital.id)
    rounds = Rounds(world.office)
    world.now += timedelta(days=40)
    rounds.run()
    asked = [notice for notice in world.office.notices.waiting() if notice.pseudonym == owner]
    assert len(asked) == 1 and HOSPITAL in asked[0].message.text
    world.last = [asked[0].message]
    assert "What has changed" in world.press(owner, "Changed")
    world.press(owner, "Phone")
    world.say(owner, "+999 20 555 8888")
    assert "proposal" in world.press(owner, "I was there")
    told = [notice.message.text for notice in world.office.notices.waiting() if notice.pseudonym == anna]
    assert any("something has changed" in text for text in told)
    assert any("waits for approval" in text for text in told)


def test_an_owner_sees_their_service_only(world: World) -> None:
    owner = world.join("owner", "owner", world.service(HOSPITAL).id)
    assert HOSPITAL in world.say(owner, "")
    world.last = world.desk.press(owner, "en", "desk:changes")
    assert "focal points" in world.last[0].text


def test_an_owner_without_a_chat_is_written_to(world: World) -> None:
    hospital = world.service(HOSPITAL)
    world.office.changes.edit(hospital.id, {"assurer_email": "owner@example.org"}, "x", "")
    world.now += timedelta(days=40)
    sent: list[tuple[str, str, str]] = []
    Rounds(world.office, Post(lambda *mail: sent.append(mail), "https://example.org")).run()
    assert [mail[0] for mail in sent] == ["owner@example.org"]
    token = sent[0][2].split("/confirm/")[1].strip()
    assert world.office.verification.by_token(token) is not None


def test_an_e_mail_that_cannot_be_sent_stops_nothing(world: World) -> None:
    hospital = world.service(HOSPITAL)
    world.office.changes.edit(hospital.id, {"assurer_email": "owner@example.org"}, "x", "")
    world.now += timedelta(days=40)

    def broken(*mail: str) -> None:
        raise OSError

    Rounds(world.office, Post(broken, "https://example.org")).run()
    world.now += timedelta(days=7)
    Rounds(world.office, Post(broken, "https://example.org")).run()
    world.now += timedelta(days=7)
    world.join("anna", "focal_point")
    Rounds(world.office).run()
    assert any("not answered twice" in notice.message.text for notice in world.office.notices.waiting())


def test_a_digest_comes_weekly(world: World) -> None:
    world.join("anna", "focal_point")
    rounds = Rounds(world.office)
    assert rounds.send_digests() == 0
    world.now += timedelta(days=7)
    assert rounds.send_digests() == 1
    assert rounds.send_digests() == 0
    assert "The directory this week: 5" in world.office.notices.waiting()[0].message.text
