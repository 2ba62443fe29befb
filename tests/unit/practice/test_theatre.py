"""Group sessions over a database: coming in, being told, leaving, coming back, being forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.practice.cohorts import tables
from bot.practice.cohorts.members import Place
from bot.practice.theatre.door import Links
from bot.privacy.keys import Keyring
from bot.storage.engine import open_engine
from bot.storage.migrations import every_metadata
from bot.storage.reencryption import reencrypt
from tests.unit.practice.house import Company
from tests.unit.practice.plays import GOOD


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = open_engine(f"sqlite:///{tmp_path / 'guide.db'}")
    for metadata in every_metadata():
        metadata.create_all(engine)
    return engine


@pytest.fixture
def company(engine: Engine, keyring: Keyring, tmp_path: Path) -> Company:
    return Company(engine, keyring, tmp_path)


@pytest.fixture
def evening(company: Company) -> tuple[Company, str]:
    """A session with a trainer and three others."""
    code = company.opens()
    for person in ("anna", "ben", "cleo"):
        company.joins(person, code)
    return company, code


def test_words_outside_a_session_are_not_for_it(company: Company) -> None:
    for words in ("she is crying", "/guide", "join us tomorrow", "back to school", "session notes"):
        assert company.theatre.answer(company.place("anna"), words) is None


def test_the_notice_comes_before_the_name_and_the_name_before_anything_else(company: Company) -> None:
    code = company.opens()
    told = company.says("anna", f"/join {code}")
    assert "All of it is invented" in told[0].text and "Nobody is told" in told[0].text
    assert told[-1].text.startswith("What shall I call you?")
    assert "Anna" in company.says("anna", "Anna")[0].text
    company.says("ben", f"join {code.lower()}")
    assert "called that already" in company.says("ben", "ANNA")[0].text


def test_a_wrong_code_is_said_kindly_and_words_without_the_sign_are_left_alone(company: Company) -> None:
    assert "no session with this code" in company.says("anna", "/join 222222")[0].text
    assert company.theatre.answer(company.place("anna"), "join 222222") is None


def test_everybody_reads_the_same_and_the_responder_is_judged(evening: tuple[Company, str]) -> None:
    company, _ = evening
    company.begins("anna")
    assert company.says("anna", "private_place introduce_role") == []
    said = {person: company.fetches(person)[-1].text for person in ("tess", "anna", "ben", "cleo")}
    assert len(set(said.values())) == 1
    assert said["ben"].startswith("Anna (responder): private_place") and "Kept:" in said["ben"]


def test_names_in_a_line_are_masked_for_everybody_else(evening: tuple[Company, str]) -> None:
    company, _ = evening
    company.begins("anna")
    company.says("anna", "Call me at 0712 345 678")
    assert "[phone]" in company.fetches("ben")[-1].text


def test_observers_do_not_speak_in_the_scene(evening: tuple[Company, str]) -> None:
    company, _ = evening
    company.begins("anna")
    company.fetches("cleo")
    answer = company.says("ben", "state_limits")
    assert "You are watching" in answer[0].text and company.fetches("cleo") == []


def test_the_same_message_twice_counts_once_even_after_a_restart(evening: tuple[Company, str]) -> None:
    company, _ = evening
    company.begins("anna")
    company.says("anna", "private_place", key="m1")
    again = company.restarted()
    assert again.says("anna", "private_place", key="m1") == []
    assert [m.text for m in again.fetches("ben")].count(again.read["ben"][-1].text) == 1
    assert len([m for m in again.read["ben"] if m.text.startswith("Anna (responder)")]) == 1


def test_stop_leaves_without_anybody_being_told(evening: tuple[Company, str]) -> None:
    company, _ = evening
    company.begins("anna")
    for person in ("tess", "cleo"):
        company.fetches(person)
    left = company.says("ben", "Stop!")
    assert "Nobody is told" in left[0].text
    assert company.fetches("tess") == [] and company.fetches("cleo") == []
    assert company.theatre.answer(company.place("ben"), "she is crying") is None
    company.says("anna", "state_limits")
    assert not any("state_limits" in message.text for message in company.fetches("ben"))
    back = company.presses("ben", "Come back", among=left)
    assert any("state_limits" in message.text for message in back)


def test_something_real_leaves_for_the_guide(evening: tuple[Company, str]) -> None:
    company, _ = evening
    handled = company.theatre.answer(company.place("ben"), "it is real")
    assert handled and handled.pass_on == "/guide" and not company.theatre.is_here("seat-ben")


def test_a_line_that_sounds_real_is_answered_with_the_way_out(evening: tuple[Company, str]) -> None:
    company, _ = evening
    company.begins("anna")
    assert "If this is really happening" in company.says("anna", "she is bleeding badly")[0].text


def test_another_command_leaves_the_session_but_asking_for_results_does_not(evening: tuple[Company, str]) -> None:
    company, _ = evening
    passed = company.theatre.answer(company.place("tess"), "/results ABCDEF")
    assert passed and passed.pass_on == "/results ABCDEF" and company.theatre.is_here("seat-tess")
    passed = company.theatre.answer(company.place("ben"), "/guide")
    assert passed and passed.pass_on == "/guide" and not company.theatre.is_here("seat-ben")


def test_somebody_comes_back_from_another_phone_with_their_word(evening: tuple[Company, str]) -> None:
    company, _ = evening
    company.begins("anna")
    word = company.read["anna"][1].text.split("Your own word: ")[1][:8]
    company.says("anna", "private_place")
    found = company.says("phone2", f"back {word}")
    assert any("private_place" in message.text for message in found) and "Your turn" in found[-1].text
    company.says("phone2", "state_limits")
    assert "Anna (responder): state_limits" in company.fetches("ben")[-1].text
    assert company.theatre.answer(company.place("anna"), "state_limits") is None


def test_who_comes_back_reads_what_was_missed_once(evening: tuple[Company, str]) -> None:
    company, _ = evening
    company.begins("anna")
    company.says("anna", "private_place")
    shown = company.theatre.shown(company.place("cleo"))
    company.says("anna", "state_limits")
    everything = [m.text for m in (*shown, *company.fetches("cleo"))]
    assert sum(text.startswith("Anna (responder): private_place") for text in everything) == 1
    assert sum(text.startswith("Anna (responder): state_limits") for text in everything) == 1


def test_a_doubtful_line_is_asked_of_the_responder_also_after_coming_back(evening: tuple[Company, str]) -> None:
    company, _ = evening
    company.begins("anna")
    for person in ("ben", "anna"):
        company.fetches(person)
    company.says("anna", "shock? listen_reflect?")
    assert company.fetches("ben") == []
    shown = company.theatre.shown(company.place("anna"))
    assert any("not sure what you meant" in message.text for message in shown)
    company.says("anna", next(b.payload for m in shown for b in m.buttons if "meant" in b.payload))
    assert company.fetches("ben")[-1].text.startswith("Anna (responder)")


def test_a_whole_evening(evening: tuple[Company, str]) -> None:
    company, code = evening
    company.begins("anna")
    company.says("anna", "promise_secrecy")
    company.presses("ben", "Stop the scene")
    assert "Your line was not said" in company.says("anna", "state_limits")[0].text
    company.presses("cleo", "Suggest a line")
    company.says("cleo", "state_limits")
    for person in ("ben", "anna"):
        company.presses(person, "Vote for 1")
    lines = company.presses("tess", "Rewind")
    company.presses("tess", "1: ", among=lines)
    waiting = company.presses("tess", "Suggested lines (1)")
    assert "1 (2): “state_limits”" in waiting[0].text
    company.presses("tess", "Say suggestion 1", among=waiting)
    assert company.fetches("ben")[-1].text.startswith("Suggested line: state_limits")
    for moves in (*GOOD, *GOOD[-4:]):
        company.says("anna", " ".join(moves))
    company.fetches("ben")
    assert any("The scene is over." in message.text for message in company.read["ben"])
    sheet = company.presses("ben", "Checklist")
    marked = company.presses("ben", "○ Limits", among=sheet)
    assert any(button.title.startswith("● Limits") for button in marked[0].buttons)
    company.presses("tess", "Compare scores")
    told = "\n".join(message.text for message in company.fetches("cleo"))
    assert "The judge: " in told and "checklists: 1" in told and "agree" in told
    kept = company.results.of_cohort(code)
    assert len(kept) == 1 and kept[0].member is None and kept[0].content["observers"]["observers"] == 1
    with company.engine.connect() as connection:
        assert connection.execute(sa.select(tables.cohorts.c.scene)).scalar_one() is None


def test_a_result_belongs_to_whoever_played_alone_and_their_words_only_if_they_agreed(
    evening: tuple[Company, str],
) -> None:
    company, code = evening
    anna = company.members.of("seat-anna")[0]
    company.members.agree(anna, keeps_words=True)
    company.begins("anna")
    company.says("anna", "state_limits")
    company.presses("tess", "End the scene")
    company.presses("tess", "Compare scores")
    kept = company.results.of_cohort(code)[0]
    assert kept.member == anna.id and kept.transcript == [["state_limits"]]


def test_a_button_can_be_typed(evening: tuple[Company, str]) -> None:
    company, _ = evening
    company.begins("anna")
    company.says("ben", "stop the scene")
    assert company.fetches("cleo")[-1].text.startswith("Ben stops the scene")
    company.says("tess", "Go on")
    assert company.fetches("cleo")[-1].text.startswith("The scene goes on")


def test_old_buttons_do_nothing(evening: tuple[Company, str]) -> None:
    company, _ = evening
    company.begins("anna")
    company.fetches("ben")
    stop = next(b.payload for m in reversed(company.read["ben"]) for b in m.buttons if b.title == "Stop the scene")
    company.presses("tess", "End the scene")
    company.presses("tess", "Compare scores")
    company.begins("cleo")
    company.fetches("cleo")
    assert "earlier scene" in company.says("ben", stop)[0].text and company.fetches("cleo") == []


def test_nobody_but_the_trainer_closes(evening: tuple[Company, str]) -> None:
    company, _ = evening
    assert "somebody else" in company.says("ben", "/session:close:-")[0].text
    company.says("tess", "/session:close:-")
    assert "has closed the session" in company.fetches("ben")[-1].text
    assert company.theatre.answer(company.place("ben"), "hello") is None


def test_sessions_are_for_trainers_once_one_was_invited(company: Company) -> None:
    company.opens("tess")
    invitation = company.people.invite("trainer")
    assert "opened by trainers" in company.says("ben", "/session")[0].text
    assert "cannot be used" in company.says("ben", "/session " + "x" * 22)[0].text
    assert "Your session is open" in company.says("ben", f"session {invitation.token}")[0].text


def test_a_wipe_forgets_places_words_and_marks_but_not_the_others(evening: tuple[Company, str]) -> None:
    company, code = evening
    company.begins("anna")
    company.says("anna", "planted_words state_limits")
    company.theatre.forget("seat-anna")
    session = company.restarted()
    told = session.theatre.shown(company.place("ben"))
    assert "planted_words" not in "".join(message.text for message in told)
    assert company.members.of("seat-anna") == [] and len(company.members.in_session(code)) == 3
    assert "The scene waits" in told[-1].text and "The scene waits" in company.fetches("cleo")[-1].text


def test_a_session_whose_trainer_is_gone_is_closed(evening: tuple[Company, str]) -> None:
    company, _ = evening
    company.theatre.forget("seat-tess")
    assert "has closed the session" in company.fetches("ben")[-1].text
    assert not company.theatre.is_here("seat-ben")


def test_nothing_that_was_typed_stands_readable_in_the_database(evening: tuple[Company, str], tmp_path: Path) -> None:
    company, _ = evening
    company.begins("anna")
    company.says("anna", "planted_words")
    company.presses("ben", "Suggest a line")
    company.says("ben", "planted_suggestion")
    with company.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    for path in tmp_path.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"planted" not in content and b"Anna" not in content


def test_keys_are_rotated_under_a_running_scene(evening: tuple[Company, str]) -> None:
    company, _ = evening
    company.begins("anna")
    company.says("anna", "state_limits")
    company.keyring.add_key()
    reencrypt(company.engine, company.keyring.rotate)
    company.keyring.drop_older_keys()
    again = company.restarted()
    assert any("state_limits" in message.text for message in again.fetches("ben"))
    again.says("anna", "listen_reflect")
    assert "Anna (responder): listen_reflect" in again.fetches("cleo")[-1].text


def test_a_group_shows_what_everybody_reads_and_takes_presses(evening: tuple[Company, str]) -> None:
    company, code = evening
    group = Place("seat-group", "telegram", "en", "-100")
    assert "Only the trainer" in company.theatre.show_in(group, code, "seat-ben")[0].text
    assert "now shows session" in company.theatre.show_in(group, code, "seat-tess")[0].text
    company.begins("anna")
    company.says("anna", "state_limits")
    shown = company.letters.for_channel("telegram")
    assert {letter.address for letter in shown} == {"-100"}
    assert shown[-1].message.text.startswith("Anna (responder): state_limits")
    stop = next(button for button in shown[-1].message.buttons if button.title == "Stop the scene")
    assert "First join" in company.theatre.pressed_on_stage("seat-group", company.place("stranger"), stop.payload)
    assert company.theatre.pressed_on_stage("seat-group", company.place("ben"), stop.payload) == ""
    assert company.letters.for_channel("telegram")[-1].message.text.startswith("Ben stops the scene")
    sheet = next(b for letter in reversed(shown) for b in letter.message.buttons if b.title == "Checklist")
    company.theatre.pressed_on_stage("seat-group", company.place("ben"), sheet.payload)
    assert "What do you see?" in company.fetches("ben")[-1].text
    assert "What do you see?" not in company.letters.for_channel("telegram")[-1].message.text


def test_links_lead_to_the_page_and_to_telegram(engine: Engine, keyring: Keyring, tmp_path: Path) -> None:
    company = Company(engine, keyring, tmp_path, Links("https://guide.example", lambda: "guide_bot"))
    told = company.says("tess", "/session")[0].text
    code = told.split("/join ")[1][:6]
    for link in (
        f"https://guide.example/?join={code}",
        f"https://guide.example/session/{code}",
        f"https://t.me/guide_bot?start=join_{code}",
        f"https://t.me/guide_bot?startgroup=join_{code}",
    ):
        assert link in told


def test_what_nobody_fetches_goes_after_a_day(evening: tuple[Company, str]) -> None:
    company, _ = evening
    company.begins("anna")
    with company.engine.begin() as connection:
        connection.execute(sa.update(tables.letters).values(at=0.0))
    company.letters.purge()
    assert company.letters.waiting("seat-ben") == []




def test_a_word_of_ones_own_results_brings_them_here(evening: tuple[Company, str]) -> None:
    company, _ = evening
    _, word = company.members.alone(company.place("zoe"))
    found = company.says("zed", f"back {word}")
    assert "Your results are here now" in found[0].text and found[0].buttons[0].title == "My results"
    assert not company.theatre.is_here("seat-zed")
