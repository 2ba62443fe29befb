from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.directory import plain_words
from bot.directory.codes import NEEDS
from bot.directory.places import Gazetteer
from bot.directory.plain_words import Request, load_words, read_request
from bot.directory.query import Query
from bot.directory.search import Directory


@pytest.fixture
def gazetteer(directory: Directory) -> Gazetteer:
    return directory.gazetteer()


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (
            "doctor for a woman tonight near gate 3",
            {"need": "health", "place": "QV01020203", "age": "adult", "sex": "female", "tonight": True},
        ),
        (
            "14 year old girl needs hospital in Nuralla",
            {"need": "health", "place": "QV010202", "age": "child", "age_years": 14, "sex": "female"},
        ),
        (
            "14yo boy clinic gate 2",
            {"need": "health", "place": "QV02020102", "age_years": 14, "sex": "male", "age": "child"},
        ),
        (
            "baby 6 months old bleeding Orrin",
            {"need": "health", "place": "QV020102", "age_years": 0, "age": "child"},
        ),
        (
            "where can a gay man get PEP near Port Sellim right now",
            {
                "need": "health",
                "place": "QV010101",
                "sex": "male",
                "lgbtiq": True,
                "open_now": True,
                "capacities": ("pep",),
            },
        ),
        (
            "she needs a lawyer in Marruda who speaks french",
            {"need": "legal", "place": "QV010102", "sex": "female", "language": "fr"},
        ),
        ("wheelchair accessible clinic Sahwat", {"need": "health", "place": "QV020201", "accessible": True}),
        (
            "she has no food and no money in marruda",
            {"need": "material", "place": "QV010102", "sex": "female"},
        ),
        ("not safe at home, Haddun", {"need": "safety", "place": "QV010201"}),
        ("lgbt people in port sellim", {"need": "lgbtiq", "place": "QV010101", "lgbtiq": True}),
        (
            "what services are there for men in Haddun",
            {"need": "men_and_boys", "place": "QV010201", "sex": "male", "age": "adult"},
        ),
        ("help for a child in Velkesh", {"need": "child_protection", "place": "QV020101", "age": "child"}),
        ("counsellor for staff Velkesh", {"need": "staff_welfare", "place": "QV020101"}),
        ("how do i report my colleague", {"need": "psea_reporting"}),
        ("hotline", {"need": "hotline"}),
        ("gate 3 in nuralla camp doctor", {"need": "health", "place": "QV01020203"}),
        ("doctor QV020101", {"need": "health", "place": "QV020101"}),
        ("in Haddun", {"place": "QV010201"}),
    ],
)
def test_a_message_says_what_is_needed(gazetteer: Gazetteer, message: str, said: dict[str, Any]) -> None:
    assert read_request(message, gazetteer) == Request(**said)


@pytest.mark.parametrize(
    ("message", "need"),
    [
        ("no police, just a counsellor", "mhpss"),
        ("she does not want to go to the police, she wants a lawyer", "legal"),
        ("a shelter without police", "safety"),
        ("there is no doctor here", "health"),
        ("he hurt her, she needs a shelter", "safety"),
        ("she was raped", "health"),
        ("report or hospital", "psea_reporting"),
    ],
)
def test_the_service_named_and_not_refused_is_the_need(gazetteer: Gazetteer, message: str, need: str) -> None:
    assert read_request(message, gazetteer).need == need


@pytest.mark.parametrize(
    ("message", "sex", "age"),
    [
        ("beaten by her husband, needs a shelter", None, None),
        ("woman with 2 children needs shelter", "female", "adult"),
        ("a girl with her mother needs a clinic", "female", "child"),
        ("female doctor for a man", "male", "adult"),
        ("a man and a woman need food", None, "adult"),
        ("a boy and his mother need a doctor", None, None),
    ],
)
def test_people_who_are_only_mentioned_are_not_whom_it_is_for(
    gazetteer: Gazetteer, message: str, sex: str | None, age: str | None
) -> None:
    request = read_request(message, gazetteer)
    assert (request.sex, request.age) == (sex, age)


@pytest.mark.parametrize(
    ("message", "place"),
    [
        ("nurse nurala", "nurala"),
        ("shelter for a man in velkech", "velkech"),
        ("clinic in sector 2", "sector 2"),
        ("doctor at Xanderville", "xanderville"),
        ("doctor in pain", None),
        ("doctor at night", None),
        ("can somebody come to the market now", None),
        ("عيادة في حدون", "QV010201"),
    ],
)
def test_the_place_is_a_code_when_certain_else_the_words(
    gazetteer: Gazetteer, message: str, place: str | None
) -> None:
    assert read_request(message, gazetteer).place == place


@pytest.mark.parametrize("message", ["hello", "", "thank you", "I need help", "🙂", "/intent{}", "no"])
def test_a_message_without_a_need_is_an_empty_request(gazetteer: Gazetteer, message: str) -> None:
    request = read_request(message, gazetteer)
    assert request == Request()
    assert request.query() is None


@given(st.text(max_size=200))
def test_no_message_breaks_the_reader(text: str) -> None:
    request = read_request(text, Gazetteer(()))
    assert request.need is None or request.need in NEEDS


def test_a_very_long_message_is_read_only_so_far(gazetteer: Gazetteer) -> None:
    assert read_request("x " * 5_000 + "doctor", gazetteer).need is None


def test_every_need_has_words_and_every_word_list_is_text() -> None:
    for path in Path(plain_words.WORDS).glob("*.yml"):
        lists = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert all(isinstance(word, str) for word in leaves(lists)), path  # YAML reads a bare `no` as false
    english = yaml.safe_load((plain_words.WORDS / "en.yml").read_text(encoding="utf-8"))
    assert set(english["needs"]) == set(NEEDS)
    assert set(english["signs"]) <= set(NEEDS)


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in (key, *leaves(inner))]
    return [leaf for inner in value for leaf in leaves(inner)] if isinstance(value, list) else [value]


def test_a_language_without_words_yet_is_read_with_the_english_ones() -> None:
    assert load_words("xx").stop == load_words("en").stop
    assert load_words("../places").stop == load_words("en").stop


def test_what_a_text_asks_for_is_found(directory: Directory, gazetteer: Gazetteer) -> None:
    request = read_request("doctor for a woman tonight near gate 3", gazetteer, "en")
    assert request.place == "QV01020203"
    query = request.query(limit=1)
    assert query is not None
    (match,) = directory.search(query).as_dict()["matches"]
    assert match["name"] == "Nur Care clinic, gate 3"
    assert match["hours"]["at"] == "2026-11-25T22:00:00+03:00"
    assert read_request("hello", gazetteer, "en").query() is None


def test_a_misspelt_place_is_found(directory: Directory) -> None:
    assert directory.search(Query(need="safety", place="velkech")).as_dict()["place"]["name"] == "Velkesh"
    with pytest.raises(ValueError):
        Query(need="magic")
