"""Typing what a button says presses it, also after a side question, and never for anybody else."""

from __future__ import annotations

import pytest

from bot.assistant import last_buttons
from bot.assistant.last_buttons import ENDS, LastButtons
from bot.wording.payload import Payloads
from bot.wording.renderer import Button, Message

CALM = '/inform{"surroundings": "calm", "step": "safety"}'
NEAR = '/inform{"surroundings": "near", "step": "safety"}'
BACK = "/resume"

QUESTION = Message("Are you safe?", (Button("Yes, safe", CALM), Button("No, somebody is near", NEAR)))
RELATED = Button("And then?", '/ask{"topic": "after_report"}')
ASIDE = Message("It takes months.", (Button("Back to step 1", BACK), RELATED))
ELSEWHERE = Message("Anything else?", (RELATED,))


@pytest.fixture
def buttons() -> LastButtons:
    values = {"surroundings": {"calm", "near"}, "step": {"safety"}}
    others: dict[str, dict[str, set[str]]] = {key: {} for key in ENDS}
    resume, ask = {"after": {"emergency"}}, {"topic": {"after_report"}}
    last = LastButtons(Payloads({"inform": values, "resume": resume, "ask": ask, **others}))
    last.shown("a", [QUESTION])
    return last


@pytest.mark.parametrize(
    ("text", "pressed"),
    [
        ("yes safe!", CALM),
        ("nobody is near", CALM),
        ("people can hear us", NEAR),
        ("alone", CALM),
        ("what is consent", "what is consent"),
    ],
)
def test_a_title_or_an_answer_in_other_words_presses_the_button(buttons: LastButtons, text: str, pressed: str) -> None:
    assert buttons.typed("a", text) == pressed
    assert buttons.typed("b", text) == text, "nobody else saw these buttons"


def test_a_side_question_leaves_the_answers_of_the_step_open(buttons: LastButtons) -> None:
    buttons.shown("a", [ASIDE])
    buttons.shown("a", [ASIDE])
    assert buttons.typed("a", "she is alone with me") == CALM
    assert buttons.typed("a", "back to step 1") == BACK
    assert buttons.typed("a", "alone") == "alone", "one word may be about what was just shown"
    assert buttons.typed("a", "she is alone on the roof") == "she is alone on the roof", "that is more than an answer"
    assert buttons.typed("a", "is she alone here") == "is she alone here"


@pytest.mark.parametrize(
    "said", ["ok thanks", "no thanks", "no problem", "all good", "ok gracias", "d'accord merci", "لا شكرا", "تمام شكرا"]
)
def test_a_courtesy_after_a_side_question_answers_nothing(said: str) -> None:
    asked = [("after_safety", "safe"), ("consent", "none"), ("consent", "full"), ("report_wish", "agrees")]
    values: dict[str, set[str]] = {facet: {v for f, v in asked if f == facet} for facet, _ in asked}
    last = LastButtons(Payloads({"inform": values, "resume": {}}))
    answers = tuple(Button(f"{facet} {value}", f'/inform{{"{facet}": "{value}"}}') for facet, value in asked)
    last.shown("a", [Message("Which?", answers)])
    last.shown("a", [Message("It takes months.", (Button("Back to step 1", BACK),))])
    assert last.typed("a", said) == said


@pytest.mark.parametrize("other", ["/wipe", "/emergency", "/danger_signal", "/start_over", "/none_of_these"])
def test_another_question_or_a_danger_ends_the_steps_question(buttons: LastButtons, other: str) -> None:
    buttons.shown("a", [Message("Clear it now?", (Button("Back to step 1", BACK), Button("Other", other)))])
    assert buttons.typed("a", "she is alone with me") == "she is alone with me"


def test_only_the_way_back_from_a_side_question_leaves_it_open(buttons: LastButtons) -> None:
    buttons.shown("a", [Message("Stay with them.", (Button("We are safe", '/resume{"after": "emergency"}'),))])
    assert buttons.typed("a", "she is alone with me") == "she is alone with me"


def test_how_a_disclosure_came_can_be_typed_at_the_greeting() -> None:
    start = {kind: f'/start_guide{{"contact": "{kind}"}}' for kind in ("in_person", "remote")}
    last = LastButtons(Payloads({"start_guide": {"contact": {"in_person", "remote"}}}))
    last.shown("a", [Message("What is happening?", tuple(Button(kind, payload) for kind, payload in start.items()))])
    assert last.typed("a", "by phone") == start["remote"]
    assert last.typed("a", "cara a cara") == start["in_person"]
    questions = ("may i refer her by phone?", "can i talk to her on the phone")
    for other in (*questions, "email please", "he calls me names", "i heard noise", "she called goodbye to everybody"):
        assert last.typed("a", other) == other


def test_what_leads_nowhere_back_ends_the_question(buttons: LastButtons) -> None:
    buttons.shown("a", [ELSEWHERE])
    assert buttons.typed("a", "she is alone with me") == "she is alone with me"
    buttons.shown("a", [ASIDE])
    assert buttons.typed("a", "she is alone with me") == "she is alone with me"


def test_what_is_forgotten_is_gone(buttons: LastButtons) -> None:
    buttons.forget("a")
    assert buttons.typed("a", "nobody is near") == "nobody is near"


def test_only_so_many_people_are_remembered(buttons: LastButtons, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(last_buttons, "PEOPLE_REMEMBERED", 2)
    buttons.shown("b", [QUESTION])
    buttons.shown("c", [QUESTION])
    assert buttons.typed("a", "nobody is near") == "nobody is near"
    assert buttons.typed("c", "nobody is near") == CALM
