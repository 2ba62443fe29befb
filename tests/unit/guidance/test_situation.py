"""What is known of a case, and how it is learnt."""

from __future__ import annotations

from bot.guidance.models import Library
from bot.guidance.situation import Situation


def situation(library: Library) -> Situation:
    return Situation(library, {"adult_no_consent_mode": "report_non_identifying"})


def test_only_known_facets_and_values_become_facts(library: Library) -> None:
    facts = situation(library).facts(
        {"person": "child", "name": "nobody", "accused": "the baker", "need": "health"}
    )
    assert facts["person"] == "child" and facts["need"] == "health"
    assert facts["accused"] is None
    assert "name" not in facts


def test_signals_tell_of_the_case(library: Library) -> None:
    learnt = situation(library).from_signals(["child", "aid_worker_accused", "danger_now"])
    assert learnt == {"person": "child", "accused": "aid_worker"}


def test_an_answer_is_not_overwritten_by_a_later_signal(library: Library) -> None:
    assert situation(library).new({"accused": "other"}, {"accused": "aid_worker"}) == {}


def test_how_it_came_may_be_told_anew(library: Library) -> None:
    new = situation(library).new
    assert new({"contact": "in_person"}, {"contact": "remote"}) == {}
    assert new({"contact": "in_person"}, {"contact": "remote"}, told={"contact"}) == {"contact": "remote"}
    assert new({"contact": "written"}, {"contact": "in_person"}, told={"contact"}) == {"contact": "in_person"}
    assert new({"accused": "other"}, {"accused": "aid_worker"}, told={"accused"}) == {}
    assert new({"contact": "in_person"}, {"contact": "in_person"}, told={"contact"}) == {}


def test_a_child_is_always_believed_to_be_a_child(library: Library) -> None:
    assert situation(library).new({"person": "adult"}, {"person": "child"}) == {"person": "child"}


def test_a_child_said_to_be_an_adult_is_asked_about_again(library: Library) -> None:
    assert situation(library).doubted({"person": "child"}, {"person": "adult"}) == ("person",)
    assert situation(library).doubted({"person": None}, {"person": "adult"}) == ()
    assert situation(library).doubted({"person": "adult"}, {"person": "child"}) == ()
