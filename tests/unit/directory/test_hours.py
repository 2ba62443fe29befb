from __future__ import annotations

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.directory.hours import Hours, hours_state, is_open_at, is_valid

ZONE = ZoneInfo("Etc/GMT-3")
WEDNESDAY_NOON = datetime(2026, 11, 25, 12, 0, tzinfo=ZONE)


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("24/7", Hours("always")),
        ("Mo-Su 00:00-24:00", Hours("always")),
        ("Mo-Fr 08:00-17:00", Hours("open_until", local(25, 17))),
        ("Mo-Fr 08:00-11:00", Hours("opens_at", local(26, 8))),
        ("Mo-Fr 09:00-12:00,13:00-17:00", Hours("opens_at", local(25, 13))),
        ("We 11:00-12:30, We 12:30-14:00", Hours("open_until", local(25, 14))),
        ("Mo-Sa 10:00-02:00", Hours("open_until", local(26, 2))),
        ("Sa-Th 08:00-11:00; Fr off", Hours("opens_at", local(26, 8))),
        ("Mo,Tu 08:00-17:00", Hours("opens_at", local(30, 8))),
        ("off", Hours("closed")),
        ("2031 Mo 09:00-10:00", Hours("closed")),
    ],
)
def test_hours_at_wednesday_noon(expression: str, expected: Hours) -> None:
    assert hours_state(expression, WEDNESDAY_NOON, ZONE) == expected


@pytest.mark.parametrize(
    "expression",
    [
        None,
        "",
        "nonsense",
        "Mo-Fr 25:99",
        "Mo-Fr",
        "\x00",
        "x" * 5000,
        "Su-Th 08:00-16:00; Ramadan 09:00-13:00",
    ],
)
def test_hours_that_cannot_be_read_are_unknown_or_what_they_say(expression: str | None) -> None:
    expected = Hours("open_until", local(28, 0)) if expression == "Mo-Fr" else Hours("unknown")
    assert hours_state(expression, WEDNESDAY_NOON, ZONE) == expected


@pytest.mark.parametrize(
    "expression", ['"by appointment"', 'Mo-Tu 08:00-12:00; "call first"', 'unknown "ask"']
)
def test_a_rule_that_is_only_a_comment_is_not_an_open_door(expression: str) -> None:
    assert hours_state(expression, WEDNESDAY_NOON, ZONE).state == "unknown"


def test_the_next_opening_is_found_beside_a_fallback_rule() -> None:
    assert hours_state("Mo-Fr 08:00-11:00 || unknown", WEDNESDAY_NOON, ZONE) == Hours(
        "opens_at", local(26, 8)
    )


def test_a_friday_that_is_off_is_skipped() -> None:
    friday = local(27, 9)
    assert hours_state("Sa-Th 08:00-16:00; Fr off", friday, ZONE) == Hours("opens_at", local(28, 8))


def test_the_moment_of_closing_is_closed() -> None:
    assert hours_state("Mo-Fr 08:00-12:00", WEDNESDAY_NOON, ZONE).state == "opens_at"


def test_hours_are_read_in_the_zone_of_the_service_not_of_the_clock() -> None:
    in_utc = datetime(2026, 11, 25, 14, 30, tzinfo=timezone.utc)
    assert hours_state("Mo-Fr 08:00-17:00", in_utc, ZoneInfo("UTC")).state == "open_until"
    assert hours_state("Mo-Fr 08:00-17:00", in_utc, ZONE).state == "opens_at"


def test_the_state_says_whether_it_is_open() -> None:
    assert hours_state("24/7", WEDNESDAY_NOON, ZONE).is_open is True
    assert hours_state("off", WEDNESDAY_NOON, ZONE).is_open is False
    assert hours_state("?", WEDNESDAY_NOON, ZONE).is_open is None
    assert is_open_at("Mo-Fr 08:00-17:00", local(25, 20), ZONE) is False
    assert is_open_at("?", WEDNESDAY_NOON, ZONE) is None


def test_an_expression_can_be_checked_before_it_is_stored() -> None:
    assert is_valid("Mo-Fr 08:00-17:00")
    assert not is_valid("monday to friday")


@given(st.text(max_size=60))
def test_no_text_whatever_breaks_the_reader(expression: str) -> None:
    state = hours_state(expression, WEDNESDAY_NOON, ZONE)
    assert (state.at is not None) == (state.state in ("open_until", "opens_at"))
