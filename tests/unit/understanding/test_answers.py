import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.guidance.loader import library
from bot.understanding.answers import answer_among, told
from bot.understanding.lexicon import Lexicon

QUESTIONS = {
    "surroundings": ["calm", "near", "hurt", "unsure"],
    "person": ["adult", "child"],
    "after_safety": ["safe", "unsafe", "unsaid"],
    "need": ["health", "safety", "mhpss", "material", "legal", "nothing"],
    "consent": ["full", "part", "later", "none"],
    "accused": ["aid_worker", "other", "unknown"],
    "report_wish": ["agrees", "refuses", "unasked"],
}


def answer(facet: str, text: str) -> str | None:
    given = answer_among(text, "en", [(facet, value) for value in QUESTIONS[facet]])
    return given[1] if given else None


@pytest.mark.parametrize(
    ("facet", "text", "value"),
    [
        ("surroundings", "nobody is near", "calm"),
        ("surroundings", "we are alone", "calm"),
        ("surroundings", "her mother is next to us", "near"),
        ("surroundings", "people can hear us", "near"),
        ("surroundings", "not alone", "near"),
        ("surroundings", "i dont know", "unsure"),
        ("person", "a grown woman", "adult"),
        ("person", "she is grown up", "adult"),
        ("person", "not a child", "adult"),
        ("person", "young girl", "child"),
        ("after_safety", "she will be ok", "safe"),
        ("after_safety", "not safe", "unsafe"),
        ("after_safety", "she cant go home", "unsafe"),
        ("after_safety", "she did not say", "unsaid"),
        ("need", "she needs a doctor", "health"),
        ("need", "food and clothes", "material"),
        ("need", "she doesnt want anything", "nothing"),
        ("consent", "only the clinic", "part"),
        ("consent", "she wants time", "later"),
        ("consent", "not now", "later"),
        ("consent", "she refuses", "none"),
        ("consent", "she does not want", "none"),
        ("accused", "her husband", "other"),
        ("accused", "not aid worker", "other"),
        ("accused", "i dont know who", "unknown"),
        ("report_wish", "without her name", "refuses"),
        ("report_wish", "her name can be used", "agrees"),
        ("report_wish", "i could not ask", "unasked"),
    ],
)
def test_an_answer_in_other_words_is_understood(facet: str, text: str, value: str) -> None:
    assert answer(facet, text) == value


@pytest.mark.parametrize(
    ("facet", "text"),
    [
        ("person", "she has a child"),  # a mother of any age
        ("person", "not an adult"),  # a sign: seen before any answer
        ("after_safety", "not safe he is coming with a knife"),
        ("surroundings", "she is bleeding a lot, nobody near"),
        ("need", "doctor and police"),
        ("need", "does she need a doctor?"),
        ("consent", "the clinic is far and it is late and she has two small children with her"),
        ("accused", "hello"),
    ],
)
def test_what_is_no_clear_answer_is_left_to_be_read(facet: str, text: str) -> None:
    assert answer(facet, text) is None


def test_nothing_is_answered_that_was_not_offered() -> None:
    assert answer_among("a grown woman", "en", [("consent", "full")]) is None
    assert answer_among("a grown woman", "en", []) is None


def test_every_answer_of_every_question_has_words() -> None:
    offered = {(s.facet, a.value) for s in library().steps for a in s.answers}
    lexicon = Lexicon.load("en")
    missing = {answer for answer in offered if "_answer." + ".".join(answer) not in lexicon.all_ids}
    assert not missing


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    answer_among(text, "en", [("person", "adult"), ("person", "child")])


@pytest.mark.parametrize(
    ("text", "language", "facets"),
    [
        ("a woman on the line tells me her boss touches her", "en", {"contact": "remote"}),
        ("somebody left a note under my door about our driver", "en", {"contact": "written"}),
        ("me llamó una mujer, llora", "es", {"contact": "remote"}),
        ("a woman came to me in the food line", "en", {}),
        ("please note that she is 16", "en", {}),
        ("se llama Ana y vino a contarme", "es", {}),
    ],
)
def test_what_is_told_in_passing(text: str, language: str, facets: dict[str, str]) -> None:
    assert dict(told(text, language)) == facets
