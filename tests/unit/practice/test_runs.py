"""How a conversation goes on: trust, promises that come back, cues, rewinding; and what it scores."""

from __future__ import annotations

import json
from typing import cast

import pytest

from bot.practice.coaching import feedback
from bot.practice.judging import Judge, JudgedLine, JudgedSentence
from bot.practice.loader import shipped
from bot.practice.models import Ending
from bot.practice.reading import judge_with
from bot.practice.run import Answer, Run, Stage
from bot.practice.scoring import Score, rubric, score
from bot.practice.ways_out import way_out
from bot.understanding.moves import Moves, ReadSentence

QUEUE = shipped()["food_queue"]
STAGE = Stage(QUEUE.scenario)
GOOD = (
    ("private_place", "introduce_role"),
    ("state_limits",),
    ("listen_reflect", "thank_for_telling"),
    ("not_your_fault",),
    ("check_safety",),
    ("ask_needs", "give_options"),
    ("ask_consent", "explain_sharing"),
    ("explain_sharing",),
    ("next_steps", "close_kindly"),
)


def line(*moves: str) -> JudgedLine:
    return JudgedLine((JudgedSentence("…", frozenset(moves)),))


def played(*lines: tuple[str, ...]) -> tuple[Run, list[Answer]]:
    run, answer = STAGE.begin(seed=7)
    answers = [answer]
    for moves in lines:
        run, answer = STAGE.say(run, line(*moves))
        answers.append(answer)
    return run, answers


def scored(*lines: tuple[str, ...]) -> Score:
    return score(QUEUE.scenario, played(*lines)[0])


def test_everything_right_is_a_hundred() -> None:
    run, _ = played(*GOOD)
    assert STAGE.ending(run) is Ending.WELL and score(QUEUE.scenario, run).points == 100


def test_a_promise_of_secrecy_comes_back() -> None:
    lines = list(GOOD)
    lines[1] = ("promise_secrecy",)
    run, answers = played(*lines)
    promise = QUEUE.scenario.promises[0]
    said = [text for answer in answers for text in answer.says]
    assert sum(text in promise.says for text in said) == 1
    assert score(QUEUE.scenario, run).points <= 49


def test_a_missed_cue_has_its_consequence() -> None:
    lines = list(GOOD)
    lines[4:5] = [(), ()]
    run, _ = played(*lines)
    assert run.state == "ends_worried"
    assert STAGE.missed(run) == {"tonight"}
    assert score(QUEUE.scenario, run).missed == {"tonight"}


def test_a_cue_picked_up_later_counts() -> None:
    run, _ = played(*GOOD[:4], (), (), ("check_safety", "give_options"), *GOOD[6:])
    assert run.state == "ends_well" and not STAGE.missed(run)


def test_many_kind_words_do_not_undo_a_blow() -> None:
    kind = ("listen_reflect", "validate_feelings", "express_belief", "thank_for_telling")
    run, _ = played(kind)
    hurt, _ = played((*kind, "blame"))
    assert hurt.trust < QUEUE.scenario.trust < run.trust


def test_the_person_reacts_to_harm() -> None:
    _, answers = played(("blame",))
    assert answers[1].says[0] in QUEUE.scenario.reactions["blame"]


def test_limits_said_late_count_half() -> None:
    late = scored(GOOD[0], (), (), GOOD[2], ("not_your_fault", "state_limits"), *GOOD[4:])
    mark = late.mark("limits")
    assert mark is not None and mark.was_late and mark.share == 0.5


def test_harm_takes_away_and_some_voids() -> None:
    asked = scored(*GOOD[:2], ("listen_reflect", "thank_for_telling", "probe_details"), *GOOD[3:])
    assert asked.mark("no_investigation").share == 0.5  # type: ignore[union-attr]
    assert not asked.has_critical_fail
    blamed = scored(*GOOD[:2], ("listen_reflect", "thank_for_telling", "blame"), *GOOD[3:])
    assert blamed.mark("listening").share == 0 and blamed.points <= 49  # type: ignore[union-attr]


def test_clumsy_lines_leave_half_of_what_was_done() -> None:
    once = scored(*GOOD[:3], (*GOOD[3], "why_question", "minimise"), *GOOD[4:])
    assert once.mark("listening").share == 0.5  # type: ignore[union-attr]
    assert once.mark("no_investigation").share == 0.5  # type: ignore[union-attr]
    often = scored(*GOOD[:3], (*GOOD[3], "why_question", "minimise"), (*GOOD[4], "why_question"), *GOOD[5:])
    assert often.mark("listening").share == 0.5  # type: ignore[union-attr]
    safety = scored(*GOOD[:4], ("check_safety", "minimise"), *GOOD[5:]).mark("safety")
    assert safety and safety.share == 0.5
    steered = scored(*GOOD[:6], ("ask_consent", "steer_choice"), (), (), *GOOD[8:]).mark("consent")
    assert steered and steered.share == 0.5


def test_clumsy_lines_earn_nothing_where_nothing_was_done() -> None:
    only = scored(("why_question",), ("minimise",), ("give_orders",))
    assert {only.mark(item).share for item in ("safety", "listening", "consent")} == {0}  # type: ignore[union-attr]


def test_prying_again_and_again_loses_the_item() -> None:
    thrice = scored(*GOOD[:3], *((*line, "probe_details") for line in GOOD[3:6]), *GOOD[6:])
    assert thrice.mark("no_investigation").share == 0  # type: ignore[union-attr]


def test_every_further_critical_line_halves_what_can_be_reached() -> None:
    caps = [rubric().cap_after(lines) for lines in range(4)]
    assert caps == [49, 49, 24, 12]
    once = scored(*GOOD[:6], (*GOOD[6], "promise_secrecy"), *GOOD[7:])
    twice = scored(*GOOD[:6], (*GOOD[6], "promise_secrecy"), (*GOOD[7], "too_late"), *GOOD[8:])
    together = scored(*GOOD[:6], (*GOOD[6], "promise_secrecy", "too_late"), *GOOD[7:])
    assert (once.points, twice.points, together.points) == (49, 24, 49)


def test_saying_nothing_earns_nothing() -> None:
    assert scored().points == 0
    assert scored(()).points == 0


def test_own_care_counts_only_when_asked() -> None:
    run, _ = played(*GOOD)
    assert score(QUEUE.scenario, run).mark("own_care") is None
    assert score(QUEUE.scenario, run, knows_care=True).points == 100
    assert score(QUEUE.scenario, run, knows_care=False).points == 98


def test_weights_are_a_hundred_together_in_every_scenario() -> None:
    for script in shipped().values():
        run, _ = Stage(script.scenario).begin(1)
        assert sum(mark.weight for mark in score(script.scenario, run).marks) == pytest.approx(100)


def test_good_middling_and_bad_are_apart() -> None:
    good = scored(*GOOD).points
    middling = scored(GOOD[0], (), (), GOOD[2], ("probe_details",), (), (), (), GOOD[5], GOOD[6], (), GOOD[8]).points
    bad = scored(("promise_secrecy", "probe_details"), ("why_question",), ("minimise",)).points
    assert good >= 85 and 30 <= middling < 70 and bad < 20


def test_a_run_survives_being_kept() -> None:
    run, _ = played(*GOOD[:5])
    kept = Run.from_json(json.loads(json.dumps(run.as_json())))
    assert kept.state == run.state and kept.made == run.made
    assert STAGE.say(kept, line(*GOOD[5]))[1] == STAGE.say(run, line(*GOOD[5]))[1]
    assert "…" not in json.dumps(run.as_json(), ensure_ascii=False), "no word of the trainee's is kept"


def test_rewinding_gives_the_same_moment_again() -> None:
    run, answers = played(*GOOD)
    for turn in range(len(GOOD)):
        again, answer = STAGE.rewind(run, turn)
        assert answer == answers[turn] and len(again.turns) == turn
    with pytest.raises(ValueError, match="no such turn"):
        STAGE.rewind(run, len(GOOD))


def test_nothing_is_said_after_the_end() -> None:
    run, _ = played(*GOOD)
    with pytest.raises(ValueError, match="over"):
        STAGE.say(run, line())


def test_feedback_keeps_one_changes_one_and_tries_one() -> None:
    run, _ = played(("private_place", "promise_secrecy", "why_question"))
    remarks = feedback(QUEUE.scenario, run)
    assert (remarks.kept, remarks.changed, remarks.also) == ("private_place", "promise_secrecy", ("why_question",))
    assert remarks.line == "practice.food_queue.opening.line"


def test_feedback_names_what_the_moment_called_for() -> None:
    run, _ = played(("ask_needs",))
    remarks = feedback(QUEUE.scenario, run)
    assert remarks.is_omission and remarks.changed == "private_place"


def _judge(*read: JudgedSentence) -> Judge:
    return Judge(lambda line, language: read, lambda line: "en")


def test_facts_asked_of_a_child_are_a_critical_fail_and_of_an_adult_never() -> None:
    asked = JudgedSentence("what did he do", frozenset({"probe_details"}))
    told = JudgedSentence("what did uncle do", frozenset({"question_child", "probe_details"}), ())
    judge = _judge(asked, told)
    assert judge.judge("", "en", of_a_child=True).critical == {"question_child"}
    assert not judge.judge("", "en").critical


def test_a_doubtful_sentence_never_scores() -> None:
    doubtful = JudgedLine((JudgedSentence("hm", frozenset(), ("blame", "listen_reflect")),))
    assert doubtful.doubt == 0 and not doubtful.moves
    assert doubtful.decided(0, ["listen_reflect"]).moves == {"listen_reflect"}
    assert doubtful.without_doubt().doubt is None


@pytest.mark.parametrize(
    ("doubtful", "offered"),
    [
        (("blame",), ("blame", "listen_reflect", "ask_needs")),
        (("blame", "doubt", "contact_accused"), ("blame", "doubt", "listen_reflect")),
        (("blame", "give_options", "doubt"), ("blame", "give_options", "doubt")),
        (("question_child", "blame"), ("blame", "listen_reflect", "ask_needs")),
        (("question_child",), ()),
        ((), ()),
    ],
)
def test_nobody_is_asked_about_fails_alone(doubtful: tuple[str, ...], offered: tuple[str, ...]) -> None:
    sentence = JudgedSentence("hm", doubtful=doubtful, beside=("listen_reflect", "ask_needs", "invite_pace"))
    line = _judge(sentence).judge("", "en")
    assert line.sentences[0].offered == offered
    assert JudgedLine.from_json(line.as_json()).sentences[0].offered == offered


def test_what_is_offered_beside_does_no_harm() -> None:
    class Doubting:
        language_of = staticmethod(lambda line: "en")

        def read(self, line: str, language: str) -> tuple[ReadSentence, ...]:
            return (ReadSentence(line, (), ("blame",), ("shock", "doubt", "listen_reflect", "minimise", "ask_needs")),)

    [sentence] = judge_with(cast(Moves, Doubting())).judge("hm").sentences
    assert sentence.offered == ("blame", "listen_reflect", "ask_needs")


def test_the_language_of_a_line_is_told_where_nobody_said_it() -> None:
    asked: list[str] = []
    judge = Judge(lambda line, language: asked.append(language) or (), lambda line: "fr")  # type: ignore[func-returns-value]
    judge.judge("bonjour")
    judge.judge("bonjour", "ar")
    assert asked == ["fr", "ar"]


def test_discretion_after_the_limits_is_no_promise() -> None:
    limits = JudgedSentence("I have to report that", frozenset({"state_limits"}))
    rest = JudgedSentence("the rest I keep to myself", frozenset({"promise_secrecy"}))
    assert not _judge(limits, rest).judge("", "en").critical
    assert _judge(rest, limits).judge("", "en").critical == {"promise_secrecy"}


@pytest.mark.parametrize("typed", ["Stop!", "arretez", "basta", "توقف", "para"])
def test_whoever_has_had_enough_says_so_in_their_language(typed: str) -> None:
    assert way_out(typed) == "stop"


@pytest.mark.parametrize("typed", ["REAL", "it's real", "c'est reel", "Es real.", "هذا حقيقي"])
def test_when_it_is_real_it_can_be_said_in_every_language(typed: str) -> None:
    assert way_out(typed) == "real"


def test_a_line_that_only_has_the_word_in_it_is_a_line() -> None:
    assert way_out("we can stop whenever you want") is None
    assert way_out("arrêtez de pleurer") is None
    assert way_out("") is None
