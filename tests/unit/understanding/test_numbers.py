"""Expressions with numbers: those that need a digit are only looked for where there is one."""

from __future__ import annotations

import pytest

from bot.understanding.ages import _expressions as age_expressions
from bot.understanding.detection import LANGUAGES
from bot.understanding.durations import _expressions as duration_expressions
from bot.understanding.labelled import DEVELOPMENT, read_lines
from bot.understanding.normalise import fold
from bot.understanding.numbers import NUMBER, expand, matches

UNITS = ("hours", "days")


@pytest.mark.parametrize(
    ("pattern", "numeric"),
    [
        ("{n} {unit} ago", True),
        ("(?:about )?{n}(?! {unit})", True),
        (r"\({n}\)", True),
        ("(?:{n} )?{unit} ago", False),
        ("an hour ago|{n} {unit} ago", False),
        ("last (?:night|{n})", False),
        ("yesterday(?! {n})", False),
    ],
)
def test_what_cannot_be_there_without_a_number(pattern: str, numeric: bool) -> None:
    (expression,) = expand([pattern], UNITS, rf"(?P<n>{NUMBER})")
    assert expression.numeric is numeric


def test_without_digits_only_the_others_are_looked_for() -> None:
    expressions = expand(["{n} {unit} ago", "yesterday"], UNITS, rf"(?P<n>{NUMBER})")
    assert [m.group() for m in matches(expressions, "yesterday or 3 days ago")] == ["3 days ago", "yesterday"]
    assert [m.group() for m in matches(expressions, "yesterday or days ago")] == ["yesterday"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_that_needs_a_number_is_found_in_a_text_without_one(language: str) -> None:
    both = (age_expressions(language), duration_expressions(language)[0])
    numeric = [e.pattern for each in both for found in each.values() for e in found if e.numeric]
    assert len(numeric) > 10
    for path in sorted((DEVELOPMENT / language).glob("ages*.jsonl")):
        for entry in read_lines(path):
            text = "".join(" " if character.isdigit() else character for character in fold(entry["text"]))
            assert not [pattern.pattern for pattern in numeric if pattern.search(text)]
