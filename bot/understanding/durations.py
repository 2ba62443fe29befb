"""How long ago something happened, as far as a message says.

Expressions are data (``durations`` in a language's ``grammar.yml``). Hours are given only
for what is stated as a number of hours, days or other units; "yesterday", "last night" or
a weekday are recent without a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.understanding.grammar import Grammar, load_grammar
from bot.understanding.numbers import NUMBER, Digits, Expression, expand, matches

RECENT_HOURS = 120
"""Hours after an assault in which the first medical care still prevents most (WHO 2021)."""

_LOOSE = frozenset({"not_since", "telling"})
"""Expressions whose words may stand apart from their number."""


@dataclass(frozen=True)
class Duration:
    """A time before now: hours when stated, whether within 120 hours, and its tokens."""

    hours: float | None
    recent: bool
    first: int
    last: int


@lru_cache(maxsize=None)
def _expressions(language: str) -> tuple[dict[str, list[Expression]], re.Pattern[str], re.Pattern[str]]:
    grammar = load_grammar(language)
    data = dict(grammar.durations)
    ones = data.pop("words_for_one")
    twos = data.pop("words_for_two")
    between = "|".join(data.pop("adjectives", ()))
    ordinals = "|".join(sorted(data.pop("ordinals", {}), key=len, reverse=True)) or "(?!)"
    units = "|".join(sorted(grammar.units, key=len, reverse=True))
    one = re.compile(r"\b(?:" + "|".join(ones) + rf")(?= (?:{units})\b)")
    two = re.compile(r"\b(?:" + "|".join(sorted(twos, key=len, reverse=True)) + rf")(?= (?:{units})\b)")
    number = rf"(?<![\d.])(?P<n>{NUMBER})(?: (?:or|to|-|/|o|ou|a|et|او|الي) (?P<n2>{NUMBER}))?"
    if between:
        number += rf"(?: (?:{between})(?= (?:{units})\b))?"
    for name in _LOOSE & set(data):
        # Where a word for one was left out, more than one space may stand before the number.
        data[name] = [pattern.replace("{n}", " *{n}") for pattern in data[name]]
    compiled = {
        name: expand(
            [rf"\b{p}" if p[0].isalpha() else p.replace("{nth}", f"(?P<nth>{ordinals})") for p in ps],
            grammar.units,
            number,
        )
        for name, ps in data.items()
    }
    return compiled, one, two


def find_durations(digits: Digits, grammar: Grammar) -> list[Duration]:
    """Every stretch of time before now, in order; of overlapping ones the most exact."""
    expressions, one, two = _expressions(grammar.code)
    text = one.sub(
        lambda m: "1".ljust(len(m.group())), two.sub(lambda m: "2".ljust(len(m.group())), digits.text)
    )
    text = re.sub(r"(\d) {2,}(?=\S)", lambda m: " " * (len(m.group()) - 2) + m.group(1) + " ", text)
    barred = _not_since(text, grammar)
    found: list[tuple[int, int, float | None, bool]] = []
    for start, end, hours, recent in _stated(text, digits.text, expressions, grammar):
        if not any(a < end and start < b for a, b in (*barred, *((a, b) for a, b, _, _ in found))):
            found.append((start, end, hours, recent))
    return [
        Duration(hours, recent, digits.token_at(start), digits.token_at(end - 1))
        for start, end, hours, recent in sorted(found, key=lambda item: item[0])
    ]


def lone_hours(digits: Digits, grammar: Grammar) -> float | None:
    """Hours of the one recent stretch of time that is named without "ago": "20 hours, say".

    Returns:
        Hours; None when there is no such stretch, or several.
    """
    units = "|".join(sorted(grammar.units, key=len, reverse=True))
    barred = _not_since(digits.text, grammar)
    stretches = [
        match
        for match in re.finditer(rf"(?<![\d.])({NUMBER}) ?({units})\b", digits.text)
        if not any(start < match.end() and match.start() < end for start, end in barred)
    ]
    hours = {float(number) * grammar.units[unit] for number, unit in (match.groups() for match in stretches)}
    recent = [each for each in hours if each <= RECENT_HOURS]
    return round(recent[0], 2) if len(recent) == 1 else None


def _not_since(text: str, grammar: Grammar) -> list[tuple[int, int]]:
    """Where a stretch of time stands that is none since the assault: waiting, a journey, a time to come."""
    expressions, _, _ = _expressions(grammar.code)
    return [(match.start("n"), match.end()) for match in matches(expressions.get("not_since", []), text)]


def _stated(
    text: str, plain: str, expressions: dict[str, list[Expression]], grammar: Grammar
) -> Iterator[tuple[int, int, float | None, bool]]:
    for match in matches(expressions.get("telling", []), text):
        yield match.start(), match.end(), None, True
    for name, hours in (("three_days", 72.0), ("day_before_yesterday", 48.0)):
        for match in matches(expressions.get(name, []), plain):
            yield match.start(), match.end(), hours, True
    for match in matches(expressions.get("nth", []), plain):
        yield _with_hours(match, grammar.durations["ordinals"][match.group("nth")] * grammar.units[match.group("unit")])
    for name, part in (("half", 0.5), ("quarter", 0.25), ("three_quarters", 0.75)):
        for match in matches(expressions[name], plain):
            if not re.search(r"\d (?:and )?(?:a )?$", plain[: match.start()]):
                yield _with_hours(match, part * grammar.units[match.group("unit")])
    for match in matches(expressions["and_a_half"], text):
        yield _with_hours(match, (_number(match) + 0.5) * grammar.units[match.group("unit")])
    for match in matches(expressions["ago"], text):
        yield _with_hours(match, _number(match) * grammar.units[match.group("unit")])
    for match in matches(expressions["not_recent"], plain):
        yield match.start(), match.end(), None, False
    for match in matches(expressions["recent"], plain):
        yield match.start(), match.end(), None, True


def _number(match: re.Match[str]) -> float:
    """The number said; one where a language leaves it out ("an hour ago" without "an")."""
    return float(match.groupdict().get("n") or 1)


def _with_hours(match: re.Match[str], hours: float) -> tuple[int, int, float | None, bool]:
    return match.start(), match.end(), round(hours, 2), hours <= RECENT_HOURS
