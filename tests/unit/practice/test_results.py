"""What is kept of scenarios that were played."""

from __future__ import annotations

import sqlalchemy as sa

from bot.practice.cohorts import tables
from bot.practice.cohorts.members import Members, Place
from bot.practice.cohorts.results import PRACTICE, Results
from bot.practice.run import Run
from tests.unit.practice.plays import BAD, GOOD, content, run_of

HERE = Place("5" * 32, "telegram", "en", "99")
SAID = [["My name is Fatuma Ali.", "You can tell me."]]


def test_a_result_is_read_back_as_it_was_kept(members: Members, results: Results) -> None:
    member, _ = members.alone(HERE)
    identity = results.keep(member.id, None, "food_queue", PRACTICE, content(BAD))
    kept = results.get(identity)
    assert kept is not None and (kept.points, kept.member, kept.occasion) == (49, member.id, PRACTICE)
    assert kept.content["critical"] == ["promise_secrecy"]
    assert Run.from_json(kept.content["run"]).state == run_of(BAD).state
    assert results.of_members([member.id]) == [kept]


def test_what_was_said_is_kept_only_of_who_agreed_and_without_names(members: Members, results: Results) -> None:
    member, _ = members.alone(HERE)
    silent = results.keep(member.id, None, "food_queue", PRACTICE, content(), transcript=SAID)
    members.agree(member, keeps_words=True)
    open_ = results.keep(member.id, None, "food_queue", PRACTICE, content(), transcript=SAID)
    together = results.keep(None, "ABCDEF", "food_queue", PRACTICE, content(), transcript=SAID)
    assert results.get(silent).transcript is None and results.get(together).transcript is None  # type: ignore[union-attr]
    assert results.get(open_).transcript == [["My name is [name].", "You can tell me."]]  # type: ignore[union-attr]


def test_no_word_or_move_stands_readable_in_the_database(members: Members, results: Results) -> None:
    member, _ = members.alone(HERE)
    members.agree(member, keeps_words=True)
    results.keep(member.id, None, "food_queue", PRACTICE, content(), transcript=SAID)
    with results.engine.connect() as connection:
        row = connection.execute(sa.select(tables.results)).one()
    assert b"tell me" not in row.transcript and b"state_limits" not in row.content


def test_taking_consent_back_deletes_the_words_and_keeps_the_score(members: Members, results: Results) -> None:
    member, _ = members.alone(HERE)
    members.agree(member, keeps_words=True)
    identity = results.keep(member.id, None, "food_queue", PRACTICE, content(), transcript=SAID)
    members.agree(member, keeps_words=False)
    kept = results.get(identity)
    assert kept is not None and kept.transcript is None and kept.points == 100


def test_forgetting_leaves_others_alone(members: Members, results: Results) -> None:
    mine, _ = members.alone(HERE)
    other, _ = members.alone(Place("6" * 32, "web", "en"))
    for member in (mine, other):
        results.keep(member.id, None, "food_queue", PRACTICE, content(GOOD))
    assert results.forget([mine.id]) == 1
    assert not results.of_members([mine.id]) and len(results.of_members([other.id])) == 1


def test_observers_marks_stand_beside_the_score(results: Results) -> None:
    identity = results.keep(None, "ABCDEF", "food_queue", PRACTICE, content(), observers={"limits": 0.5})
    kept = results.of_cohort("abcdef")[0]
    assert kept.id == identity and kept.content["observers"] == {"limits": 0.5}


def test_words_in_which_names_cannot_be_found_are_not_kept(members: Members, results: Results) -> None:
    member, _ = members.alone(HERE)
    members.agree(member, keeps_words=True)
    said = [["اسمي فاطمة علي"], ["Soy Fátima Ruiz, dime."]]
    identity = results.keep(
        member.id, None, "food_queue", PRACTICE, content(), transcript=said, language="es"
    )
    assert results.get(identity).transcript == [["…"], ["Soy [name], dime."]]  # type: ignore[union-attr]
