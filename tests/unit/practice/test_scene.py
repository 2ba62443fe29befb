"""A scene of the theatre: who may do what when, what everybody is told, and both scores at the end."""

from __future__ import annotations

import json

import pytest

from bot.practice.judging import JudgedLine, JudgedSentence
from bot.practice.theatre import acts, comparison
from bot.practice.theatre.acts import Act
from bot.practice.theatre.scene import ALL, Notice, NotNow, play, prepare
from bot.practice.theatre.state import Cast, Phase, Role, Scene, Spoken
from bot.practice.theatre.ways import PREFIX, payload_of, read_payload, ways
from tests.unit.practice.plays import GOOD, QUEUE, line

TRAINER, ANNA, BEN, CLEO = "trainer1", "anna0001", "ben00001", "cleo0001"
CAST = Cast(
    {TRAINER: "Trainer", ANNA: "Anna", BEN: "Ben", CLEO: "Cleo"}, TRAINER, frozenset({TRAINER, ANNA, BEN, CLEO})
)


class Theatre:
    """A scene that acts are played on, and everything that was told."""

    def __init__(self) -> None:
        self.scene, self.told = prepare(QUEUE, "KEY", 7)

    def act(self, *played: Act) -> tuple[Notice, ...]:
        for each in played:
            # What is kept must be enough to go on from: a restart between any two acts.
            kept = Scene.from_json(json.loads(json.dumps(self.scene.as_json())))
            assert kept.as_json() == self.scene.as_json()
            self.scene, self.told = play(QUEUE, kept, each, CAST)
        return self.told

    def begins(self, responder: str = ANNA) -> Theatre:
        self.act(acts.Ask(TRAINER, responder), acts.Agree(responder, True), acts.Begin(TRAINER))
        return self

    def says(self, *moves: str, by: str = ANNA, words: str = "I hear you.") -> tuple[Notice, ...]:
        return self.act(acts.Say(by, line(*moves), Spoken(by, (words,))))


def ids(notices: tuple[Notice, ...], to: object = ALL) -> list[str]:
    return [part.id for notice in notices if notice.to == to for part in notice.parts]


def refused(scene: Theatre, act: Act) -> str:
    before = scene.scene
    with pytest.raises(NotNow) as error:
        scene.act(act)
    assert scene.scene == before
    return error.value.reason


def test_the_notice_comes_before_anything_is_shown() -> None:
    scene = Theatre()
    assert "practice.ready" in ids(scene.told) and "practice.scene" not in ids(scene.told)
    assert scene.scene.phase is Phase.CASTING


def test_whoever_is_asked_may_say_no_and_only_the_trainer_hears_it() -> None:
    scene = Theatre()
    scene.act(acts.Ask(TRAINER, ANNA))
    told = scene.act(acts.Agree(ANNA, False))
    assert {notice.to for notice in told} == {ANNA, Role.TRAINER}
    assert scene.scene.responder is None
    assert refused(scene, acts.Begin(TRAINER)) == "no_responder"


def test_a_volunteer_is_chosen_without_being_asked_again() -> None:
    scene = Theatre()
    scene.act(acts.SeekVolunteers(TRAINER), acts.Volunteer(BEN), acts.Volunteer(BEN))
    assert scene.scene.volunteers == (BEN,)
    scene.act(acts.Ask(TRAINER, BEN))
    assert scene.scene.responder == BEN


@pytest.mark.parametrize(
    "act",
    [acts.Begin(ANNA), acts.SeekVolunteers(ANNA), acts.Ask(ANNA, BEN), acts.SetRemarks(BEN, False)],
)
def test_only_the_trainer_leads(act: Act) -> None:
    assert refused(Theatre(), act) == "not_yours"


def test_everybody_reads_the_line_the_remarks_and_the_answer() -> None:
    scene = Theatre().begins()
    told = ids(scene.says("private_place", "introduce_role"))
    assert told[0] == "practice.session.said" and "practice.kept" in told and "practice.speaks" in told


def test_remarks_can_wait_for_the_end() -> None:
    scene = Theatre().begins()
    scene.act(acts.SetRemarks(TRAINER, False))
    assert "practice.change" not in ids(scene.says("promise_secrecy"))


def test_nobody_but_the_responder_speaks() -> None:
    scene = Theatre().begins()
    assert refused(scene, acts.Say(BEN, line(), Spoken(BEN, ("Hello",)))) == "not_yours"


def test_a_doubtful_sentence_is_asked_of_who_said_it_and_nobody_else_reads_it_yet() -> None:
    scene = Theatre().begins()
    doubtful = JudgedLine((JudgedSentence("Hm.", doubtful=("listen_reflect", "shock")),))
    told = scene.act(acts.Say(ANNA, doubtful, Spoken(ANNA, ("Hm.",))))
    assert [notice.to for notice in told] == [ANNA] and not scene.scene.run.turns
    assert refused(scene, acts.Meant(BEN, "shock")) == "not_yours"
    assert "practice.session.said" in ids(scene.act(acts.Meant(ANNA, "listen_reflect")))
    assert scene.scene.run.turns[0].line.moves == {"listen_reflect"}


def test_an_answer_that_was_not_offered_counts_as_nothing() -> None:
    scene = Theatre().begins()
    doubtful = JudgedLine((JudgedSentence("Hm.", doubtful=("shock",)),))
    scene.act(acts.Say(ANNA, doubtful, Spoken(ANNA, ("Hm.",))), acts.Meant(ANNA, "state_limits"))
    assert scene.scene.run.turns[0].line.moves == frozenset()


def test_a_frozen_scene_waits_for_the_trainer() -> None:
    scene = Theatre().begins()
    assert "practice.session.frozen" in ids(scene.act(acts.Freeze(BEN)))
    assert refused(scene, acts.Say(ANNA, line(), Spoken(ANNA, ("…",)))) == "is_frozen"
    assert refused(scene, acts.Freeze(CLEO)) == "is_frozen_already"
    assert refused(scene, acts.GoOn(BEN)) == "not_yours"
    scene.act(acts.GoOn(TRAINER))
    scene.says("state_limits")
    assert len(scene.scene.run.turns) == 1


def test_rewinding_takes_back_what_came_after_and_another_person_goes_on() -> None:
    scene = Theatre().begins()
    scene.says("private_place")
    here = scene.scene.run.as_json()
    scene.says("promise_secrecy", words="I tell nobody.")
    scene.act(acts.Rewind(TRAINER, 1))
    assert scene.scene.run.as_json() == here and len(scene.scene.spoken) == 1 and scene.scene.frozen_by == TRAINER
    told = scene.act(acts.Ask(TRAINER, BEN), acts.Agree(BEN, True))
    assert "practice.session.takes_over" in ids(told)
    scene.says("state_limits", by=BEN)
    assert scene.scene.speakers == (ANNA, BEN) and "promise_secrecy" not in scene.scene.run.made


def test_a_scene_that_is_over_can_be_rewound() -> None:
    scene = Theatre().begins()
    for moves in GOOD:
        scene.says(*moves)
    assert scene.scene.phase is Phase.OVER
    scene.act(acts.Rewind(TRAINER, 0), acts.GoOn(TRAINER))
    assert scene.scene.phase is Phase.PLAYING and not scene.scene.run.turns


def test_a_suggested_line_is_voted_for_once_each_and_played() -> None:
    scene = Theatre().begins()
    scene.act(acts.Draft(BEN), acts.Suggest(BEN, "Let me say what I keep private."))
    scene.act(acts.Vote(CLEO, 1), acts.Vote(CLEO, 1), acts.Vote(ANNA, 1))
    assert scene.scene.suggestions[0].votes == {CLEO, ANNA}
    spoken = Spoken(BEN, ("Let me say what I keep private.",), was_suggested=True)
    told = scene.act(acts.PlaySuggestion(TRAINER, 1, line("state_limits"), spoken))
    assert ids(told)[0] == "practice.session.said_suggested" and not scene.scene.suggestions
    assert refused(scene, acts.Vote(CLEO, 1)) == "suggestion_gone"


def test_the_least_wanted_suggestion_makes_room() -> None:
    scene = Theatre().begins()
    for number in range(12):
        scene.act(acts.Suggest(BEN, f"Line {number}"))
    scene.act(acts.Vote(CLEO, 1), acts.Suggest(BEN, "One more"))
    numbers = [each.number for each in scene.scene.suggestions]
    assert 1 in numbers and 2 not in numbers and 13 in numbers


def test_nobody_is_told_who_left() -> None:
    scene = Theatre().begins()
    assert scene.act(acts.Leave(BEN)) == ()
    told = scene.act(acts.Leave(ANNA))
    assert ids(told) == ["practice.session.pauses"] and "Anna" not in str(told)
    assert refused(scene, acts.GoOn(TRAINER)) == "no_responder"


def test_who_is_forgotten_leaves_no_word_behind() -> None:
    scene = Theatre().begins()
    scene.says("state_limits", words="planted words")
    scene.act(acts.Suggest(BEN, "planted suggestion"), acts.MarkItem(BEN, "limits", 1.0))
    scene.act(acts.Leave(ANNA, forgets=True), acts.Leave(BEN, forgets=True))
    kept = json.dumps(scene.scene.as_json())
    assert "planted" not in kept and BEN not in kept and ANNA not in kept
    assert len(scene.scene.run.turns) == 1


def test_observers_and_judge_stand_side_by_side() -> None:
    scene = Theatre().begins()
    for moves in GOOD:
        scene.says(*moves)
    scene.act(acts.MarkItem(BEN, "limits", 1.0), acts.MarkItem(CLEO, "limits", 0.5))
    scene.act(acts.SeeMove(BEN, "give_orders", True), acts.SeeMove(CLEO, "state_limits", True))
    found = comparison.compare(QUEUE, scene.scene)
    row = next(row for row in found.rows if row.item == "limits")
    assert (found.observers, row.agreeing) == (2, 1)
    assert row.judge == row.weight and row.observers == pytest.approx(row.weight * 0.75)
    assert found.only_observers == (("give_orders", 1),)
    assert found.score.points == 100 and 0 < found.agreement < 1


def test_whoever_marked_nothing_is_no_observer() -> None:
    scene = Theatre().begins()
    scene.says("state_limits")
    scene.act(acts.MarkItem(BEN, "limits", 1.0), acts.MarkItem(BEN, "limits", 0.0))
    assert comparison.compare(QUEUE, scene.scene).observers == 0


def test_the_responder_does_not_mark_themselves() -> None:
    assert refused(Theatre().begins(), acts.MarkItem(ANNA, "limits", 1.0)) == "not_yours"


def test_every_button_fits_into_telegram_and_is_read_back() -> None:
    scene = Theatre().begins()
    scene.says("state_limits")
    scene.act(acts.Suggest(BEN, "Line"), acts.Freeze(BEN))
    for role in Role:
        for choice in ways(scene.scene, role):
            assert len(choice.payload.encode()) <= 64 and read_payload(choice.payload)
    assert read_payload(payload_of("see", "KEY", "limits.0.5")) == ("see", "KEY", "limits.0.5")
    assert read_payload(PREFIX + "a:b:c:d") is None
