import pytest

from bot.understanding.signals import find


def value(text: str, signal: str) -> object:
    for found in find(text):
        if found.id == signal:
            return found.age if signal == "child" else found.hours
    return "no signal"


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("she is 13yrs", 13),
        ("a ten year old boy", 10),
        ("she is 15 or 16", 15),
        ("girl of fourteen", 14),
        ("between 12 and 14 years", 12),
        ("not yet 18", 17),
        ("baby of 8 months old", 0),
        ("she is still in primary school", None),
        ("the survivor is a minor", None),
    ],
)
def test_a_childs_age_is_read(text: str, age: object) -> None:
    assert value(text, "child") == age


@pytest.mark.parametrize(
    "text",
    [
        "she is 25",
        "a young woman wants to talk",
        "a girl came to my office",
        "i have been here for 12 years",
        "see page 12",
        "she has three children",
        "a minor issue with the form",
        "when i was a child we lived there",
    ],
)
def test_no_child_where_none_is_meant(text: str) -> None:
    assert value(text, "child") == "no signal"


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("he raped her half an hour ago", 0.5),
        ("raped 2 days ago", 48),
        ("the day before yesterday he raped her", 48),
        ("an hour and a half ago he raped her", 1.5),
        ("raped five days ago", 120),
        ("she was raped last night", None),
        ("raped on monday", None),
    ],
)
def test_hours_since_an_assault(text: str, hours: object) -> None:
    assert value(text, "recent_assault") == hours


@pytest.mark.parametrize(
    "text",
    [
        "she was raped a week ago",
        "raped three years ago",
        "she told me yesterday that her husband raped her last year",
        "she came two hours ago to ask for food",
    ],
)
def test_what_is_not_a_recent_assault(text: str) -> None:
    assert value(text, "recent_assault") == "no signal"


def test_one_girl_is_no_age_but_aged_1_is() -> None:
    assert [signal.age for signal in find("the baby is aged 1 and was hurt") if signal.id == "child"] == [1]
    assert all(signal.age != 1 for signal in find("in school there is one girl, 14, and the cook"))
