"""How old the person a message is about may be.

Expressions are data (``ages`` in a language's ``grammar.yml``). An estimated age counts as
an age; of a range the lowest counts, because being wrong must fall on the careful side.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache

from bot.understanding.grammar import Grammar, load_grammar
from bot.understanding.numbers import Digits, Expression, expand, matches

ADULT = 18
"""Age from which a person is an adult, whatever local law says (IASC core principle 2)."""

_RANGE = (
    r"(?<![\d.])(?P<n>\d{1,3})(?: (?:or|to|and|/|-|maybe|y|o|ou|a|et|او|الي) (?P<n2>\d{1,3}))?"
    r"(?! ?[\d%])(?! (?:/|-) \d)(?! \. \d+ \. \d)"
)

_ALONE = r"(?<![\d.])(?<!\d )(?P<n>\d{1,2})(?!\d)(?! \d)(?! (?:\.|/|-) \d)"

YOUNGEST_ALONE = 5
"""Years from which a number by itself may be an age; smaller ones count things."""


@dataclass(frozen=True)
class Age:
    """Completed years (None: a child, age unknown) and the tokens that say so. One that somebody `turned` holds now,
    whenever that was ("she turned 14 last month")."""

    years: int | None
    first: int
    last: int
    turned: bool = False


@lru_cache(maxsize=None)
def _expressions(language: str) -> dict[str, list[Expression]]:
    grammar = load_grammar(language)
    return {
        name: expand(patterns, grammar.units, _ALONE if name == "alone" else _RANGE)
        for name, patterns in grammar.ages.items()
    }


def find_ages(digits: Digits, grammar: Grammar) -> list[Age]:
    """Every age in a message, in order; children's and adults' alike."""
    expressions = _expressions(grammar.code)
    barred = [m.span("n") for m in matches(expressions["not_survivor"], digits.text)]
    found: dict[int, Age] = {}

    def add(match: re.Match[str], years: int | None, start: int, turned: bool = False) -> None:
        if any(a <= start < b for a, b in barred):
            return
        age = Age(years, digits.token_at(match.start()), digits.token_at(match.end() - 1), turned)
        found.setdefault(start, age)

    for match in matches(expressions.get("turned", ()), digits.text):
        add(match, int(match.group("n")), match.start("n"), turned=True)
    for match in matches(expressions.get("under", ()), digits.text):
        limit = int(match.group("n"))
        add(match, limit - 1 if 0 < limit <= ADULT else limit, match.start("n"))
    for match in matches(expressions.get("months", ()), digits.text):
        add(match, int(match.group("n")) // 12, match.start("n"))
    for match in matches(expressions.get("weeks", ()), digits.text):
        add(match, 0, match.start("n"))
    for match in matches(expressions.get("years", ()), digits.text):
        numbers = [int(value) for name in ("n", "n2") if (value := match.groupdict().get(name))]
        counts = match.start("n") == match.start() and not set(match.group().split()) & set(grammar.units)
        if numbers == [1] and counts:
            continue  # "one girl"
        if max(numbers) <= 110:
            add(match, min(numbers), match.start("n"))
    for match in matches(expressions.get("birth_year", ()), digits.text):
        years = datetime.now(timezone.utc).year - int(match.group("year"))
        if years < ADULT:
            add(match, None, match.start("year"))
        elif years <= 110:
            add(match, years, match.start("year"))
    return [found[start] for start in sorted(found)]


def lone_number(digits: Digits, grammar: Grammar) -> int | None:
    """The one number by itself that can only be a child's age, if a child is spoken of: "a girl of 12 who".

    Returns:
        Years, of two neighbours the lower; None when there is no such number, or several.
    """
    expressions = _expressions(grammar.code)
    barred = [m.span("n") for m in matches(expressions["not_survivor"], digits.text)]
    numbers = {
        match.start("n"): int(match.group("n"))
        for match in matches(expressions.get("alone", ()), digits.text)
        if not any(start <= match.start("n") < end for start, end in barred)
    }
    likely = [years for years in numbers.values() if YOUNGEST_ALONE <= years < ADULT]
    return min(likely) if likely and max(likely) - min(likely) <= 1 else None
