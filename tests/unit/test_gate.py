"""What the dialogue acts on: danger first, facts inform, unsure asks, else the clearest label."""

from __future__ import annotations

import pytest

from bot.assistant.gate import Decision, decide
from bot.understanding.reading import interpret
from bot.understanding.signals import Signal, find
from bot.understanding.topics import Ranked


def decision(
    label: str, confidence: float, *signals: Signal, text: str = "some words that were typed"
) -> Decision:
    ranked = (Ranked(label, confidence), Ranked("ask/what_to_say", 0.1), Ranked("ask/my_role", 0.05))
    return decide(interpret(text, "en", ranked, 0.4, signals))


def test_a_danger_sign_wins_over_a_sure_label() -> None:
    assert decision("thanks", 0.99, Signal("suicide_risk")).intent == "danger_signal"


def test_a_sign_that_no_rule_sees_gives_way_to_a_few_words_that_steer() -> None:
    sign = Signal("suicide_risk")
    assert decision("goodbye", 0.99, sign, text="goodbye").intent == "goodbye"
    assert decision("repeat", 0.99, sign, text="slower once more please").intent == "repeat"
    search = "a safe place for a woman tonight in port sellim"
    assert decision("find_service", 0.99, Signal("danger_now"), text=search).intent == "find_service"


@pytest.mark.parametrize(
    ("label", "confidence", "text"),
    [
        ("goodbye", 0.99, "goodbye all of you"),
        ("repeat", 0.9, "slower once more please"),
        ("stop", 0.99, "make it stop"),
        ("help", 0.99, "help"),
        ("unsure", 0.99, "she wants to die"),
        ("find_service", 0.9, "a safe place for a woman tonight"),
        ("find_service", 0.99, "a doctor, she is bleeding"),
        ("next", 0.99, "go on telling her to stay calm"),
    ],
)
def test_it_does_not_where_it_may_be_one(label: str, confidence: float, text: str) -> None:
    assert decision(label, confidence, Signal("suicide_risk"), text=text).intent == "danger_signal"


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


@pytest.mark.parametrize(
    ("text", "language", "intent"),
    [
        ("elle a 14 ans", "fr", "inform"),
        ("tiene 15 años", "es", "inform"),
        ("لديها ١٤ سنة فقط", "ar", "inform"),
        ("elle a 14 ans, qui décide", "fr", "ask"),
        ("a girl of 15 tells me about her uncle", "en", "ask"),
    ],
)
def test_words_that_say_only_of_whom_it_is_do_not_hide_a_fact(text: str, language: str, intent: str) -> None:
    ranked = (Ranked("ask/child_consent", 0.9),)
    assert decide(interpret(text, language, ranked, 0.4, find(text, language))).intent == intent


def test_something_else_stays_out_of_scope_unless_it_speaks_of_a_case() -> None:
    assert decision("out_of_scope", 0.9).intent == "out_of_scope"
    assert decision("out_of_scope", 0.9, Signal("pregnant")).intent == "out_of_scope"
    assert decision("out_of_scope", 0.9, Signal("recent_assault")).intent == "inform"


def test_somebody_elses_story_is_no_confession_and_no_cry_for_help() -> None:
    ranked = (Ranked("ask/user_is_survivor", 0.7), Ranked("start_guide", 0.2))
    reading = interpret("she cry, a worker ask bad thing", "en", ranked, 0.4, (Signal("aid_worker_accused"),))
    assert decide(reading).intent == "start_guide"
    assert decide(interpret("it happened to me", "en", ranked, 0.4, ())).intent == "ask"


def test_a_sign_rules_out_a_topic_that_denies_it() -> None:
    assert decision("ask/happened_long_ago", 0.9, Signal("recent_assault", hours=30)).intent == "inform"


def test_somebodys_details_are_noted_unless_they_are_clearly_for_a_control() -> None:
    details = Signal("identifying_details")
    assert decision("update_directory", 0.45, details).intent == "inform"
    assert decision("update_directory", 0.9, details).intent == "update_directory"
    assert decision("update_directory", 0.45).intent == "update_directory"
    assert decision("find_service", 0.45, details, text="port selim").intent == "find_service"
    assert decision("find_service", 0.45, details, text="Amina 0712345678").intent == "inform"
    assert decision("find_service", 0.45, details, text="it was Amina who told me all").intent == "inform"


def test_how_the_account_came_goes_with_it() -> None:
    started = decision("start_guide", 0.9, text="on the phone a woman tells me about her boss")
    assert started == Decision("start_guide", (("contact", "remote"),))


def test_a_short_denial_is_noted_and_not_quizzed() -> None:
    assert decision("ask/bleeding", 0.2, text="nobody is bleeding").intent == "inform"
    assert decision("ask/bleeding", 0.2, text="is nobody bleeding?").intent == "nlu_fallback"


def test_a_sign_denied_is_no_answer() -> None:
    assert decision("no", 0.95, text="she is not bleeding").intent == "inform"
    assert decision("no", 0.95, text="no she did not").intent == "no"
    assert decision("no", 0.95, text="no").intent == "no"
    assert decision("ask/health_windows", 0.6, text="she is not bleeding").intent == "inform"
    assert decision("ask/health_windows", 0.9, text="she is not bleeding").intent == "ask"


@pytest.mark.parametrize(
    ("text", "language"),
    [("her husband is 51", "en"), ("the driver is 30 years old", "en"), ("son mari a 51 ans", "fr"),
     ("su marido tiene 40", "es"), ("زوجها عمره 45", "ar")],
)  # fmt: skip
def test_somebody_elses_age_makes_nobody_an_adult(text: str, language: str) -> None:
    ranked = (Ranked("inform", 0.9),)
    assert decide(interpret(text, language, ranked, 0.4, ())) == Decision("inform")
    assert decide(interpret("she is 51", "en", ranked, 0.4, ())) == Decision("inform", (("person", "adult"),))


@pytest.mark.parametrize(
    ("text", "language"),
    [("she is an adult", "en"), ("a grown woman", "en"), ("c'est une adulte", "fr"), ("elle est majeure", "fr"),
     ("es una mujer adulta", "es"), ("es mayor de edad", "es"), ("هي بالغة", "ar"), ("مش طفلة", "ar")],
)  # fmt: skip
def test_an_adult_is_taken_in_whatever_is_being_asked(text: str, language: str) -> None:
    ranked = (Ranked("inform", 0.5), Ranked("ask/child_how_to_talk", 0.4))
    assert decide(interpret(text, language, ranked, 0.6, ())) == Decision("inform", (("person", "adult"),))


@pytest.mark.parametrize(
    ("text", "language"),
    [("is she an adult", "en"), ("a woman", "en"), ("she is not an adult", "en"), ("if she is an adult", "en"),
     ("her husband is an adult", "en"), ("there was no adult near the child at all", "en"),
     ("elle n'est pas majeure", "fr"), ("una mujer", "es"), ("no es adulta", "es"), ("ليست بالغة", "ar")],
)  # fmt: skip
def test_nobody_is_an_adult_on_less(text: str, language: str) -> None:
    ranked = (Ranked("inform", 0.9),)
    assert decide(interpret(text, language, ranked, 0.4, ())).entities == ()


@pytest.mark.parametrize(
    ("label", "confidence", "signals", "text", "intent"),
    [
        ("ask/user_is_survivor", 0.99, ["recent_assault"], "my boss forced me last night", "ask"),
        ("ask/user_is_survivor", 0.9, ["recent_assault"], "my boss forced me last night", "inform"),
        ("start_guide", 0.99, ["recent_assault"], "a man says soldiers raped him today", "start_guide"),
        ("ask/under_18_local_law", 0.99, ["child"], "she is fifteen", "inform"),
        ("ask/pregnant", 0.99, ["pregnant"], "she is pregnant", "inform"),
        ("ask/paternity_support", 0.99, ["pregnant"], "it is a soldier's baby", "ask"),
        ("inform", 0.99, ["aid_worker_accused"], "he is our driver", "inform"),
    ],
)
def test_a_fact_in_what_is_surely_a_question_or_an_account_does_not_silence_it(
    label: str, confidence: float, signals: list[str], text: str, intent: str
) -> None:
    found = [Signal(name, start=0, end=len(text)) for name in signals]
    assert decision(label, confidence, *found, text=text).intent == intent


@pytest.mark.parametrize(
    ("text", "language", "contact"),
    [("face to face", "en", "in_person"), ("by phone", "en", "remote"), ("en personne", "fr", "in_person"),
     ("por telefono", "es", "remote"), ("وجها لوجه", "ar", "in_person")],
)  # fmt: skip
def test_a_few_words_that_only_tell_how_it_came_are_taken_in(text: str, language: str, contact: str) -> None:
    ranked = (Ranked("find_service", 0.9), Ranked("ask/wants_to_confront", 0.05))
    assert decide(interpret(text, language, ranked, 0.4, ())) == Decision("inform", (("contact", contact),))


@pytest.mark.parametrize("text", ["by phone?", "can i refer her by phone", "face", "doctor by phone", "people talk"])
def test_more_words_or_a_question_tell_nothing_of_it(text: str) -> None:
    assert decision("find_service", 0.9, text=text).intent == "find_service"


@pytest.mark.parametrize(
    ("text", "told"),
    [("no wait it is by phone", (("contact", "remote"),)), ("may i ask her by phone?", ()), ("can i see her", ())],
)
def test_who_tells_how_it_came_beside_its_topic_has_it_taken_in(text: str, told: tuple[tuple[str, str], ...]) -> None:
    assert decision("ask/remote_contact", 0.9, text=text) == Decision("ask", (("topic", "remote_contact"), *told))
    assert decision("ask/consent_how", 0.9, text=text).entities == (("topic", "consent_how"),)


def test_where_it_happened_is_not_how_it_came() -> None:
    told = decision("start_guide", 0.9, text="a woman on the phone says he threatened her in person")
    assert told == Decision("start_guide", (("contact", "remote"),))


def test_a_doubtful_remark_is_noted_and_not_quizzed() -> None:
    assert decision("inform", 0.3, text="she sits under the tree").intent == "inform"
    assert decision("inform", 0.3, text="where does she sit").intent == "nlu_fallback"
    assert decision("inform", 0.9, text="she was drunk, does her yes count?").intent == "nlu_fallback"


def test_what_surely_is_out_of_scope_is_so_with_a_no_in_it() -> None:
    assert decision("out_of_scope", 0.95, text="the printer is not working").intent == "out_of_scope"
    assert decision("out_of_scope", 0.6, text="the printer is not working").intent == "inform"
    assert decision("out_of_scope", 0.95, text="nobody is bleeding").intent == "inform"


DOUBT = Signal("suicide_risk", is_doubtful=True)


def test_a_danger_in_doubt_leaves_the_answer_as_it_is() -> None:
    assert decision("ask/consent_how", 0.9, DOUBT) == Decision("ask", (("topic", "consent_how"),))
    assert decision("ask/consent_how", 0.2, DOUBT).intent == "nlu_fallback"
    assert decision("start_guide", 0.9, DOUBT).intent == "start_guide"
    assert decision("inform", 0.9, DOUBT, text="she took off her shoes").intent == "inform"


@pytest.mark.parametrize("label", ["next", "no", "stop", "out_of_scope", "find_service", "thanks", "wipe"])
def test_a_danger_in_doubt_counts_where_nothing_would_ask_about_it(label: str) -> None:
    assert decision(label, 0.9, DOUBT).intent == "danger_signal"


def test_a_danger_in_doubt_gives_way_to_a_few_words_that_steer() -> None:
    assert decision("goodbye", 0.99, DOUBT, text="goodbye").intent == "goodbye"


def test_a_danger_beside_one_in_doubt_wins() -> None:
    assert decision("ask/consent_how", 0.9, DOUBT, Signal("danger_now")).intent == "danger_signal"
