from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.directory.freshness import Thresholds, freshness

TODAY = date(2026, 11, 25)


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("days", "existence", "phone", "hours"),
    [
        (0, "fresh", "fresh", "fresh"),
        (30, "fresh", "fresh", "fresh"),
        (31, "fresh", "fresh", "ageing"),
        (46, "fresh", "ageing", "ageing"),
        (61, "fresh", "ageing", "old"),
        (91, "ageing", "old", "old"),
        (180, "ageing", "old", "old"),
        (181, "old", "old", "old"),
    ],
)
def test_each_field_ages_at_its_own_rate(days: int, existence: str, phone: str, hours: str) -> None:
    found = freshness(days_ago(days), {}, TODAY, Thresholds())
    assert (found.existence, found.phone, found.hours) == (existence, phone, hours)
    assert found.verified_days == days


def test_the_entry_is_as_fresh_as_the_worse_of_existence_and_phone() -> None:
    assert freshness(days_ago(100), {}, TODAY, Thresholds()).level == "old"
    assert freshness(days_ago(100), {"phone": days_ago(3)}, TODAY, Thresholds()).level == "ageing"


def test_a_field_confirmed_later_than_the_entry_counts_from_then() -> None:
    found = freshness(days_ago(200), {"hours": days_ago(2)}, TODAY, Thresholds())
    assert (found.hours, found.existence) == ("fresh", "old")


def test_never_confirmed_is_worse_than_old() -> None:
    found = freshness(None, {}, TODAY, Thresholds())
    assert (found.level, found.verified_on, found.verified_days) == ("never", None, None)


def test_a_day_in_the_future_counts_as_today() -> None:
    assert freshness(days_ago(-2), {}, TODAY, Thresholds()).verified_days == 0


def test_an_organisation_may_set_other_thresholds() -> None:
    strict = Thresholds(existence=10, phone=10, hours=10)
    assert freshness(days_ago(11), {}, TODAY, strict).level == "old"
