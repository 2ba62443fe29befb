"""Solo practice after the last line: own care, what is kept, comparison, invitations, forgetting; and going back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Optional

import pytest

from bot.practice.cohorts.members import Members, Place
from bot.practice.cohorts.overrides import Overrides
from bot.practice.cohorts.rechecks import Rechecks
from bot.practice.cohorts.records import Records
from bot.practice.cohorts.results import Results
from bot.practice.judging import Judge, JudgedSentence
from bot.practice.repertoire import Repertoire
from bot.practice.service import Practice
from bot.practice.situation import Outcome, Situation
from tests.unit.practice.conftest import Clock
from tests.unit.practice.plays import BAD, GOOD

HERE = Place("5" * 32, "telegram", "en", "99")
BROWSER = Place("7" * 32, "web", "en")


def read(line: str, language: str) -> tuple[JudgedSentence, ...]:
    """A judge for tests: a line is the ids of its moves."""
    return (JudgedSentence(line, frozenset(line.split())),)


@pytest.fixture
def rechecks(results: Results, clock: Clock) -> Rechecks:
    return Rechecks(results.engine, results.keyring, clock)


@pytest.fixture
def practice(members: Members, results: Results, rechecks: Rechecks, tmp_path: Path) -> Practice:
    judge = Judge(read, lambda line: "en")
    records = Records(members, results, rechecks, Overrides(results.engine, results.keyring, results.clock))
    return Practice(Repertoire.of(tmp_path / "none"), lambda: judge, records)


def play(
    practice: Practice,
    lines: tuple[tuple[str, ...], ...] = GOOD,
    place: Optional[Place] = HERE,
    late: bool = False,
) -> Outcome:
    outcome = practice.begin("food_queue", "me", is_late=late)
    for moves in lines:
        assert outcome.situation is not None
        outcome = practice.say(outcome.situation, "me", " ".join(moves), place)
    return outcome


def said(outcome: Outcome) -> list[str]:
    return [part.id for reply in outcome.replies for part in reply.parts]


def offered(outcome: Outcome) -> list[str]:
    return [choice.title for reply in outcome.replies for choice in reply.choices]


def value(outcome: Outcome, text_id: str, name: str) -> object:
    return next(p.params[name] for reply in outcome.replies for p in reply.parts if p.id == text_id)


def keep(practice: Practice, outcome: Outcome, place: Place = HERE) -> Outcome:
    outcome = practice.afterwards.care(outcome.situation, place, True)
    assert "practice.button.keep" in offered(outcome)
    return practice.afterwards.keep(outcome.situation, "me", place)


def test_own_care_counts_into_the_score(practice: Practice) -> None:
    outcome = play(practice)
    assert value(outcome, "practice.score", "points") == 100
    good = practice.afterwards.care(outcome.situation, HERE, True)
    bad = practice.afterwards.care(outcome.situation, HERE, False)
    assert value(good, "practice.care.counted", "points") == 100
    assert value(bad, "practice.care.counted", "points") == 98 and "practice.care.no" in said(bad)


def test_nothing_is_kept_of_who_did_not_ask_for_it(
    practice: Practice, results: Results, members: Members
) -> None:
    outcome = play(practice)
    practice.afterwards.care(outcome.situation, HERE, True)
    assert not members.of(HERE.seat)
    assert said_of(practice) == ["practice.results.none"]


def said_of(practice: Practice, place: Place = HERE) -> list[str]:
    return [part.id for reply in practice.afterwards.results(place) for part in reply.parts]


def test_later_runs_are_compared_with_earlier_ones(practice: Practice) -> None:
    keep(practice, play(practice, BAD))
    outcome = play(practice)
    assert value(outcome, "practice.compare", "points") == 49
    better = [
        p.params["title"] for r in outcome.replies for p in r.parts if p.id == "practice.compare.better"
    ]
    assert {"text": "practice.rubric.limits"} in better
    results = practice.afterwards.results(HERE)
    assert results[0].parts[0].params["points"] == "49 → 100"


def test_what_is_kept_takes_the_answer_about_care_in(
    practice: Practice, results: Results, members: Members
) -> None:
    keep(practice, play(practice))
    outcome = play(practice)
    practice.afterwards.care(outcome.situation, HERE, False)
    last = results.of_members([m.id for m in members.of(HERE.seat)])[-1]
    assert last.points == 98 and last.content["knows_care"] is False


def test_what_is_kept_by_hand_has_the_answer_about_care_too(
    practice: Practice, results: Results, members: Members
) -> None:
    outcome = practice.afterwards.care(play(practice).situation, HERE, False)
    practice.afterwards.keep(outcome.situation, "me", HERE)
    kept = results.of_members([members.of(HERE.seat)[0].id])
    assert [(each.points, each.content["knows_care"]) for each in kept] == [(98, False)]


def test_words_are_kept_only_after_a_yes_of_their_own(
    practice: Practice, results: Results, members: Members
) -> None:
    keep(practice, play(practice))
    mine = members.of(HERE.seat)[0].id
    assert results.of_members([mine])[0].transcript is None
    practice.afterwards.agree(HERE, "words", True)
    play(practice)
    assert results.of_members([mine])[-1].transcript is not None
    practice.afterwards.agree(HERE, "words", False)
    assert all(each.transcript is None for each in results.of_members([mine]))


def test_forgetting_asks_once_and_leaves_nothing(
    practice: Practice, results: Results, members: Members
) -> None:
    keep(practice, play(practice))
    practice.afterwards.agree(HERE, "recheck", True)
    mine = members.of(HERE.seat)[0].id
    practice.afterwards.forget(HERE, sure=False)
    assert results.of_members([mine])
    practice.afterwards.forget(HERE, sure=True)
    assert not results.of_members([mine]) and not members.of(HERE.seat) and practice.invited(HERE) is None


def test_in_a_browser_there_is_a_word_for_coming_back(practice: Practice, members: Members) -> None:
    outcome = keep(practice, play(practice, place=BROWSER), BROWSER)
    word = str(value(outcome, "practice.keep.word", "word"))
    elsewhere = Place("8" * 32, "web", "en")
    members.come_back(word, elsewhere)
    assert said_of(practice, elsewhere)[0] == "practice.results"
    assert said_of(practice, BROWSER) == ["practice.results.none"]


def test_any_moment_can_be_played_again_after_the_end(practice: Practice) -> None:
    outcome = play(practice, BAD)
    assert outcome.situation is not None and outcome.situation.is_over
    moments = practice.moments(outcome.situation, "me")
    assert len(offered(moments)) == len(BAD)
    again = practice.rewind(outcome.situation, 1)
    assert again.situation is not None and not again.situation.is_over and len(again.situation.run.turns) == 1
    for moves in GOOD[1:]:
        again = practice.say(again.situation, "me", " ".join(moves), HERE)  # type: ignore[arg-type]
    assert value(again, "practice.score", "points") == 100


def test_going_back_leaves_what_was_kept_as_it_was(
    practice: Practice, results: Results, members: Members
) -> None:
    keep(practice, play(practice))
    outcome = play(practice, BAD)
    again = practice.rewind(outcome.situation, 1)  # type: ignore[arg-type]
    for moves in GOOD[1:]:
        again = practice.say(again.situation, "me", " ".join(moves), HERE)  # type: ignore[arg-type]
    assert [r.points for r in results.of_members([members.of(HERE.seat)[0].id])] == [100, 49]


def test_a_turn_that_was_never_played_cannot_be_gone_back_to(practice: Practice) -> None:
    outcome = play(practice)
    assert practice.rewind(outcome.situation, 40).situation == outcome.situation  # type: ignore[arg-type]


def test_remarks_can_wait_until_the_end(practice: Practice) -> None:
    outcome = practice.begin("food_queue", "me", is_late=True)
    during = practice.say(outcome.situation, "me", "promise_secrecy")  # type: ignore[arg-type]
    assert not [each for each in said(during) if each in ("practice.change", "practice.kept", "practice.try")]
    assert offered(during) == ["practice.button.stop"]
    end = play(practice, BAD, late=True)
    assert "practice.change" in said(end) and value(end, "practice.late.line", "number") == 2


def test_an_invitation_comes_after_a_week_and_plays_the_other_surface(
    practice: Practice, clock: Clock, results: Results, members: Members, rechecks: Rechecks
) -> None:
    keep(practice, play(practice))
    practice.afterwards.agree(HERE, "recheck", True)
    clock.pass_days(6.9)
    assert rechecks.take_calls("telegram") == [] and practice.invited(HERE) is None
    clock.pass_days(0.2)
    assert [call.address for call in rechecks.take_calls("telegram")] == ["99"]
    assert rechecks.take_calls("telegram") == [], "it was handed out twice"
    notice = practice.recheck("me", HERE, is_sure=False)
    assert notice.situation is None and "practice.ready" in said(notice), "the content notice comes first"
    outcome = practice.recheck("me", HERE, is_sure=True)
    assert outcome.situation is not None and outcome.situation.run.parallel and outcome.situation.is_late
    for moves in GOOD:
        outcome = practice.say(outcome.situation, "me", " ".join(moves), HERE)  # type: ignore[arg-type]
    kept = results.of_members([members.of(HERE.seat)[0].id])
    assert [each.occasion for each in kept] == ["practice", "week"]
    assert practice.invited(HERE) is None
    clock.pass_days(23)
    assert practice.invited(HERE) is not None, "the one after a month"


def test_declining_is_one_tap_and_final(practice: Practice, clock: Clock, rechecks: Rechecks) -> None:
    keep(practice, play(practice))
    practice.afterwards.agree(HERE, "recheck", True)
    practice.afterwards.decline(HERE)
    for _ in range(3):
        clock.pass_days(90)
        assert not rechecks.take_calls("telegram") and practice.invited(HERE) is None
    keep_more = play(practice)
    clock.pass_days(8)
    assert keep_more.situation is not None and practice.invited(HERE) is None


def test_who_did_not_come_is_left_in_peace_until_the_next_one(
    practice: Practice, clock: Clock, rechecks: Rechecks
) -> None:
    keep(practice, play(practice))
    practice.afterwards.agree(HERE, "recheck", True)
    clock.pass_days(29)
    rechecks.purge()
    assert practice.invited(HERE) is None
    clock.pass_days(2)
    assert (
        rechecks.take_calls("telegram") and practice.recheck("me", HERE, is_sure=True).situation is not None
    )


def test_a_recheck_cannot_be_replayed_moment_by_moment(practice: Practice) -> None:
    outcome = play(practice)
    assert outcome.situation is not None
    recheck = replace(outcome.situation, occasion="week")
    assert practice.rewind(recheck, 1).situation == recheck
    assert not offered(practice.moments(recheck, "me"))


def test_a_situation_travels_as_plain_data_without_words(practice: Practice) -> None:
    outcome = play(practice, BAD, late=True)
    assert outcome.situation is not None
    data = outcome.situation.as_json()
    assert Situation.from_json(data).as_json() == data and "sentence" not in str(data)


def test_the_menu_can_be_paged_to_its_end_and_back(practice: Practice) -> None:
    titles: list[str] = []
    page = 0
    while True:
        shown = offered(practice.menu(page, HERE))
        titles += [each for each in shown if not each.startswith(("practice.button.", "practice.session."))]
        if "practice.button.more" not in shown:
            break
        page += 1
    assert len(titles) == len(practice.repertoire.scripts) == len(set(titles))
    assert "practice.button.first" in shown
