import contextvars
import inspect

import pytest

from bot.understanding import arabizi
from bot.understanding.arabizi import in_arabic_letters, is_arabizi
from bot.understanding.detection import detect
from bot.understanding.noticing import notice
from bot.understanding.signals import find


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("khana2ha", "خنقها"),
        ("5ana2ha", "خنقها"),
        ("el maktab", "المكتب"),
        ("bent 3omra 12", "بنت عمرها 12"),
        ("3ayza amout", "عايزه اموت"),
        ("yo2tolha elyom", "رح يقتلها اليوم"),
    ],
)
def test_arabic_in_latin_letters_is_written_in_its_own(typed: str, written: str) -> None:
    assert in_arabic_letters(typed, "ar") == written


@pytest.mark.parametrize(
    "text",
    [
        "she is 12 and afraid of the man at the gate",
        "elle a 12 ans",
        "12 ans",
        "17 yo",
        "hace 2 días",
        "مرحبا khalas",
        "hello",
        "72 what",
        "",
    ],
)
def test_what_is_no_arabic_in_latin_letters_stays(text: str) -> None:
    assert not is_arabizi(text) and in_arabic_letters(text) == text


def test_what_was_typed_stays_with_its_own_turn() -> None:
    contextvars.copy_context().run(in_arabic_letters, "ismha Ruba w 3am tebki bel maktab", "ar")
    last = arabizi._last.get()
    assert last is None or "Ruba" not in last[0]
    cached = [each for each in vars(arabizi).values() if hasattr(each, "cache_info")]
    own = [each for each in cached if each.__module__ == arabizi.__name__]
    assert own and all(not inspect.signature(each.__wrapped__).parameters for each in own)


def test_english_words_among_it_stay() -> None:
    assert "police" in in_arabic_letters("lazem tballghi el police elyom")


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("khana2ha w ma 3am te2dar tetnaffas", "strangulation"),
        ("btetmanna tmout kel yom, 3ayza tmout", "suicide_risk"),
        ("el bent 3omra 13 w betebki", "child"),
        ("Jozha ma3o sekkin w wa2ef barra 3al bab", "danger_now"),
    ],
)
def test_signs_are_found_in_it_and_say_where(text: str, signal: str) -> None:
    found = {each.id: each for each in find(text, "ar")}
    assert signal in found and 0 <= found[signal].start < found[signal].end <= len(text)


def test_an_age_in_it_is_read() -> None:
    [age] = [each.age for each in notice("bent 3omra 13, batnha wajja3ha", "ar", None) if each.id == "child"]
    assert age == 13
    hours = [each.hours for each in find("eghtasaboha men 6 sa3at 3al 7ajez", "ar") if each.id == "recent_assault"]
    assert hours == [6]


@pytest.mark.parametrize("text", ["12 ans", "17 yrs", "almost 17, shes 16", "call 112"])
def test_numbers_do_not_tell_the_language(text: str) -> None:
    assert detect(text) != "ar"
