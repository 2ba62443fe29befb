"""What the dialogue acts on: danger first, facts inform, unsure asks, else the clearest label."""

from __future__ import annotations

from bot.assistant.gate import Decision, decide
from bot.understanding.reading import interpret
from bot.understanding.signals import Signal
from bot.understanding.topics import Ranked


def decision(
    label: str, confidence: float, *signals: Signal, text: str = "some words that were typed"
) -> Decision:
    ranked = (Ranked(label, confidence), Ranked("ask/what_to_say", 0.1), Ranked("ask/my_role", 0.05))
    return decide(interpret(text, "en", ranked, 0.4, signals))


def test_a_danger_sign_wins_over_a_sure_label() -> None:
    assert decision("thanks", 0.99, Signal("suicide_risk")).intent == "danger_signal"


def test_a_sure_topic_is_answered() -> None:
    assert decision("ask/consent_how", 0.9) == Decision("ask", (("topic", "consent_how"),))


def test_unsure_offers_the_likeliest_topics() -> None:
    unsure = decision("ask/consent_how", 0.2)
    assert unsure.intent == "nlu_fallback"
    assert [value for _, value in unsure.entities] == ["consent_how", "what_to_say", "my_role"]


def test_an_unsure_account_is_coached_and_not_quizzed() -> None:
    assert decision("start_guide", 0.2, Signal("aid_worker_accused")).intent == "start_guide"


def test_a_plain_fact_informs_whatever_the_classifier_thinks() -> None:
    fact = Signal("child", age=15, start=0, end=9)
    assert decision("ask/under_18_local_law", 0.9, fact, text="she is 15").intent == "inform"
    assert decision("ask/under_18_local_law", 0.9, fact, text="she is 15?").intent == "ask"


def test_something_else_stays_out_of_scope_unless_it_speaks_of_a_case() -> None:
    assert decision("out_of_scope", 0.9).intent == "out_of_scope"
    assert decision("out_of_scope", 0.9, Signal("pregnant")).intent == "out_of_scope"
    assert decision("out_of_scope", 0.9, Signal("recent_assault")).intent == "inform"
