"""What the rules hand to the second net: findings, denials, how it is said, and numbers that stand alone."""

from __future__ import annotations

import pytest

from bot.understanding.evidence import MARKS, gather
from bot.understanding.signals import rule_names


def test_what_is_found_and_what_is_denied() -> None:
    evidence = gather("she is not bleeding but he said he will kill her", "en")
    assert "danger_now" in evidence.found and "medical_emergency" not in evidence.found
    assert "medical_emergency" in evidence.denied and "negated" in evidence.marks


@pytest.mark.parametrize(
    ("text", "language", "mark"),
    [
        ("what if she were choked?", "en", "hypothetical"),
        ("elle a 34 ans", "fr", "adult"),
        ("la violaron hace ocho años", "es", "long_since"),
        ("nobody is bleeding", "en", "short_denial"),
        ("هل تنزف؟", "ar", "asks"),
    ],
)
def test_how_it_is_said(text: str, language: str, mark: str) -> None:
    assert mark in gather(text, language).marks


def test_few_plain_words_say_one_thing() -> None:
    assert gather("Help! He wants to kill her, now!!!", "en").is_plain
    assert gather("she can't breathe, she is bleeding!!", "en").is_plain
    assert not gather("does he want to kill her tonight?", "en").is_plain
    assert not gather("he wants to kill her tonight, that is what the neighbour told the guard", "en").is_plain


def test_numbers_speak_against_a_sign() -> None:
    assert "child" in gather("she is 29 and small", "en").against
    assert "recent_assault" in gather("it was three years ago", "en").against


@pytest.mark.parametrize(
    ("text", "language", "years"),
    [
        ("une de 11 qui vient seule", "fr", 11),
        ("la chamaquita d 12 trae una marca", "es", 12),
        ("class six, twelve I suppose, and it is the grandfather", "en", 12),
        ("12 people came with 3 bags", "en", None),
        ("what if a girl of 12 tells me", "en", None),
        ("twelve, or thirteen, who knows", "en", 12),
        ("they called 07 12 13", "en", None),
        ("around 12 years, speaks only Pashto, somebody translates", "en", 12),
        ("بنت الكرفان اللي ورانا ٩ سنين حكت لي", "ar", 9),
        ("the boy was beaten for 12 years by his uncle", "en", None),
        ("he has been hurting the girl for 6 years", "en", None),
    ],
)
def test_a_number_alone_may_be_a_childs_age(text: str, language: str, years: int | None) -> None:
    assert gather(text, language).signal("child").age == years


@pytest.mark.parametrize(
    ("text", "language", "hours"),
    [
        ("20 horas, pongamos", "es", 20),
        ("3 days after rape", "en", 72),
        ("in 6 months", "en", None),
        ("raped 3 weeks ago and we waited 2 hours", "en", None),
        ("20 hours have passed, they attacked her at the border", "en", 20),
        ("3d since it happened", "en", 72),
        ("وصلتنا بعد اللي صار بثلاث ايام", "ar", 72),
        ("اجت بعد الحادثة بيومين", "ar", 48),
        ("it was 2 years back, she arrived 3 days ago", "en", None),
    ],
)
def test_a_stretch_of_time_alone_may_be_the_time_since(text: str, language: str, hours: float | None) -> None:
    assert gather(text, language).signal("recent_assault").hours == hours


def test_as_numbers_there_is_one_for_each_thing_that_can_be_said() -> None:
    numbers = gather("she is not bleeding", "en").as_numbers(("danger_now", "medical_emergency"))
    assert numbers[:4] == [0, 0, 0, 1] and len(numbers) == 4 + len(MARKS) + len(rule_names())
