"""Which step comes next, in every kind of case."""

from __future__ import annotations

from typing import Optional

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.guidance.loader import library as shipped
from bot.guidance.models import Library
from bot.guidance.pathway import Pathway, answer_for

FACETS = shipped().facets
CASES = st.fixed_dictionaries({facet: st.sampled_from([None, *values]) for facet, values in FACETS.items()})


def path(library: Library, **facts: Optional[str]) -> list[str]:
    """The steps of a case, answering no question."""
    return [step.id for step in Pathway(library).steps(facts, ())]


def test_limits_of_confidentiality_come_before_listening(library: Library) -> None:
    steps = path(library, contact="in_person", person="adult")
    assert steps.index("limits") < steps.index("listen")


def test_safety_comes_first_when_somebody_is_there(library: Library) -> None:
    assert path(library, contact="in_person")[0] == "safety"
    assert path(library, contact="remote")[0] == "safety"


def test_a_child_brings_the_steps_for_children_and_leaves_consent_to_specialists(library: Library) -> None:
    steps = path(library, contact="in_person", person="child")
    assert {"child_safety", "safe_adult", "pass_on_child"} <= set(steps)
    assert not {"consent", "report_wish"} & set(steps)


def test_time_windows_are_told_in_every_encounter_and_early_when_it_was_recent(library: Library) -> None:
    for person in ("adult", "child"):
        late = path(library, contact="in_person", person=person)
        early = path(library, contact="in_person", person=person, recent="yes")
        assert "windows" in late and "windows_now" not in late
        assert "windows_now" in early and "windows" not in early
        assert early.index("windows_now") < early.index("needs")


def test_a_rumour_is_received_and_reported_but_nobody_is_listened_to(library: Library) -> None:
    steps = path(library, contact="third_party")
    assert steps[0] == "receive_rumour"
    assert "report" in steps
    assert not {"listen", "limits", "consent", "windows"} & set(steps)


def test_somebody_not_in_aid_leaves_no_report_to_fill(library: Library) -> None:
    steps = path(library, contact="in_person", person="adult", accused="other")
    assert not {"report_content", "report_wish"} & set(steps)


def test_a_colleague_is_not_asked_about_a_sea_report(library: Library) -> None:
    steps = path(library, contact="in_person", person="adult", survivor_role="colleague")
    assert not {"accused", "report_wish", "report_content"} & set(steps)
    assert "report" in steps


def test_what_is_known_is_not_asked(library: Library) -> None:
    assert "accused" not in path(library, contact="in_person", accused="aid_worker")
    assert "age" not in path(library, contact="in_person", person="child")


def test_an_answered_question_stays_in_the_numbering(library: Library) -> None:
    pathway = Pathway(library)
    before = pathway.place({"contact": "in_person"}, ())
    after = pathway.place({"contact": "in_person", "surroundings": "calm"}, {"safety"})
    assert before and after
    assert (before.position, after.position) == (1, 2)
    assert before.total == after.total


def test_learning_that_it_is_a_child_leads_back_to_what_was_missed(library: Library) -> None:
    done = {"safety", "age", "look", "limits", "listen", "validate", "windows", "needs", "options"}
    place = Pathway(library).place({"contact": "in_person", "person": "child", "surroundings": "calm"}, done)
    assert place and place.step.id == "child_safety"


@given(CASES)
@settings(max_examples=300, deadline=None)
def test_every_case_comes_to_an_end_and_ends_with_the_helper(case: dict[str, Optional[str]]) -> None:
    library = shipped()
    pathway = Pathway(library)
    facts, done, last = dict(case), set(), None
    for _ in range(100):
        place = pathway.place(facts, done)
        if place is None:
            break
        assert 1 <= place.position <= place.total
        last = place.step
        done.add(last.id)
        if last.facet:
            facts[last.facet] = last.answers[0].value
    else:
        pytest.fail("the guide does not end")
    assert last is not None and last.id == "self_care"


@given(CASES, st.lists(st.sampled_from(["next", "back"]), max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_sequence_of_next_and_back_leads_somewhere(
    case: dict[str, Optional[str]], moves: list[str]
) -> None:
    pathway = Pathway(shipped())
    facts, done = dict(case), set()
    for move in moves:
        if move == "next":
            place = pathway.place(facts, done)
            if place:
                done.add(place.step.id)
                if place.step.facet:
                    facts[place.step.facet] = place.step.answers[-1].value
        else:
            before = pathway.previous(facts, done)
            if before:
                done.discard(before.id)
                if before.facet:
                    facts[before.facet] = None
        assert pathway.place(facts, done) or pathway.previous(facts, done)


def test_every_question_can_be_answered_with_yes_no_or_not_sure(library: Library) -> None:
    open_questions = {"needs"}  # asks what, not whether; a bare yes is taken as wanting to talk
    for step in library.steps:
        if step.is_question and step.id not in open_questions:
            assert {answer_for(step, word, None) is not None for word in ("yes", "no", "unsure")} == {True}, (
                step.id
            )
