"""Changed judgements: both scores stay, and the sentence becomes a candidate only of who agreed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.practice.cohorts.members import Members, Place
from bot.practice.cohorts.overrides import (
    TRAINER,
    Change,
    ChangeRefused,
    Overrides,
    as_yaml,
    candidate_lines,
    offered,
    toggled,
)
from bot.practice.cohorts.rechecks import Rechecks
from bot.practice.cohorts.records import Records
from bot.practice.cohorts.results import PRACTICE, Result, Results
from bot.practice.judging import Judge
from bot.practice.repertoire import Repertoire
from bot.practice.run import Run
from bot.practice.service import Practice
from bot.understanding.moves import read_sentences
from tests.unit.practice.plays import BAD, GOOD, QUEUE, content, run_of
from tests.unit.practice.test_afterwards import HERE, play, read, said, value
from tests.unit.practice.test_afterwards import offered as buttons

SEAT = Place("6" * 32, "web", "en")


@pytest.fixture
def overrides(results: Results) -> Overrides:
    return Overrides(results.engine, results.keyring, results.clock)


@pytest.fixture
def practice(members: Members, results: Results, overrides: Overrides, tmp_path: Path) -> Practice:
    rechecks = Rechecks(results.engine, results.keyring, results.clock)
    judge = Judge(read, lambda line: "en")
    return Practice(
        Repertoire.of(tmp_path / "none"), lambda: judge, Records(members, results, rechecks, overrides)
    )


def kept(members: Members, results: Results, words: bool) -> Result:
    """A bad run, its second line a promise, by somebody who agreed to have their words kept or did not."""
    member, _ = members.join(members.open(HERE)[0].cohort or "", SEAT)
    members.agree(member, keeps_words=words)
    said = [["…"], ["I keep it to myself, Fatuma Ali, as far as I may."], *[["…"]] * 7]
    identity = results.keep(member.id, member.cohort, "food_queue", PRACTICE, content(BAD), transcript=said)
    return results.get(identity)  # type: ignore[return-value]


NOT_A_PROMISE = Change(1, 0, ("promise_secrecy",), ("state_limits",), "She said as far as I may.", TRAINER)


def test_a_trainers_change_gives_a_new_score_and_keeps_the_judges(
    members: Members, results: Results, overrides: Overrides
) -> None:
    result = kept(members, results, words=True)
    now = overrides.change(QUEUE, result, NOT_A_PROMISE)
    assert (now.points, now.content["judged_points"]) == (100, result.points) == (100, 49)
    assert now.content["changes"] == [
        {**NOT_A_PROMISE.as_json(), "before": ["promise_secrecy"], "after": ["state_limits"]}
    ]
    again = overrides.change(QUEUE, now, Change(1, 0, ("state_limits",), (), "meant", TRAINER))
    assert again.content["judged_points"] == 49 and len(again.content["changes"]) == 2 and again.points < 100


def test_candidates_are_lines_of_the_next_model_without_names(
    members: Members, results: Results, overrides: Overrides, tmp_path: Path
) -> None:
    overrides.change(QUEUE, kept(members, results, words=True), NOT_A_PROMISE)
    lines = candidate_lines(overrides.all())
    assert lines == {"en": {"state_limits": ["I keep it to myself, [name], as far as I may."]}}
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "candidates.yml").write_text(as_yaml(lines["en"]), encoding="utf-8")
    assert read_sentences(tmp_path / "en") == [
        ("I keep it to myself, [name], as far as I may.", frozenset({"state_limits"}))
    ]


def test_the_last_change_of_a_sentence_counts() -> None:
    first = {"language": "fr", "sentence": "je dois le dire", "after": ["state_limits", "next_steps"]}
    lines = candidate_lines([first, {**first, "after": []}])
    assert lines == {"fr": {"none": ["je dois le dire"]}}
    assert yaml.safe_load(as_yaml(lines["fr"])) == {"none": "je dois le dire\n"}


def test_words_of_who_did_not_agree_are_in_no_change(
    members: Members, results: Results, overrides: Overrides
) -> None:
    now = overrides.change(QUEUE, kept(members, results, words=False), NOT_A_PROMISE)
    assert now.points == 100 and candidate_lines(overrides.all()) == {}


def test_changes_go_with_whose_line_it_was(members: Members, results: Results, overrides: Overrides) -> None:
    result = kept(members, results, words=True)
    overrides.change(QUEUE, result, NOT_A_PROMISE)
    results.forget([result.member or ""])
    assert overrides.all() == []


def test_a_sentence_or_move_that_is_not_there_cannot_be_changed() -> None:
    for turn, sentence, move in ((40, 0, "blame"), (0, 3, "blame"), (0, 0, "dance"), (-1, 0, "blame")):
        with pytest.raises(ChangeRefused):
            toggled(run_of(BAD), turn, sentence, move, "meant", TRAINER)


def test_what_the_moment_calls_for_is_offered_first() -> None:
    found, others = offered(QUEUE, run_of(BAD), 1, 0)
    wanted = QUEUE.scenario.states[run_of(BAD).turns[1].state].calls_for
    assert found == ("promise_secrecy",) and others[: len(wanted)] == wanted


def test_a_trainee_says_that_is_not_what_i_did(practice: Practice) -> None:
    over = practice.afterwards.care(play(practice, BAD).situation, HERE, True)
    assert "practice.button.not_so" in buttons(over)
    change = practice.changing
    assert len(buttons(change.lines(over.situation, "me"))) == len(BAD)  # type: ignore[arg-type]
    shown = change.line(over.situation, "me", 1, None, 0)  # type: ignore[arg-type]
    assert value(shown, "practice.change.taken", "move") == {"text": "practice.move.promise_secrecy.title"}
    assert len(buttons(change.judge(over.situation, 1, 0, "promise_secrecy"))) == 3  # type: ignore[arg-type]
    after = change.because(over.situation, "me", 1, 0, "promise_secrecy", "meant")  # type: ignore[arg-type]
    assert value(after, "practice.change.judged", "points") == 49
    assert value(after, "practice.score", "points") > 49  # type: ignore[operator]
    assert "practice.score.critical" not in said(after) and "practice.change.told" in said(after)


def test_a_trainees_change_reaches_what_is_kept(
    practice: Practice, members: Members, results: Results
) -> None:
    practice.afterwards.keep(play(practice).situation, "me", HERE)
    over = play(practice, BAD)
    practice.changing.because(over.situation, "me", 1, 0, "promise_secrecy", "judge")  # type: ignore[arg-type]
    last = results.of_members([members.of(HERE.seat)[0].id])[-1]
    assert last.points > 49 and last.content["judged_points"] == 49


def test_every_move_can_be_reached_by_paging(practice: Practice) -> None:
    over = play(practice, BAD).situation
    assert over is not None
    moves: set[str] = set()
    page = 0
    while True:
        shown = practice.changing.line(over, "me", 1, 0, page)
        moves |= {str(c.params["move"]) for r in shown.replies for c in r.choices if "move" in c.params}
        if "practice.button.more" not in buttons(shown):
            break
        page += 1
    from bot.practice.moves import all_moves

    assert len(moves) == len(all_moves())


def test_nothing_is_changed_while_it_is_played(practice: Practice) -> None:
    begun = practice.begin("food_queue", "me").situation
    assert begun is not None
    assert said(practice.changing.because(begun, "me", 0, 0, "blame", "meant")) == ["practice.change.gone"]


def test_the_moves_of_a_run_that_is_kept_can_be_read_back(members: Members, results: Results) -> None:
    result = kept(members, results, words=False)
    assert Run.from_json(result.content["run"]).made == run_of(BAD).made != run_of(GOOD).made
