"""The words of a message with every number as digits, for the age and time expressions.

"she is twenty-four, the boy maybe 15 or 16" → "she is 24 , the boy maybe 15 or 16".
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.understanding.grammar import Grammar
from bot.understanding.lexicon import Token

NUMBER = r"\d{1,4}(?:\.\d{1,2})?"

_DIGIT = re.compile(r"\d")
_ESCAPED = re.compile(r"\\.")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\]]*\]")
_REQUIRED = re.compile(r"\{n\}(?![?*{])")


@dataclass(frozen=True)
class Digits:
    """``text``: words with one space between; token *i* begins at ``begins[k]`` for ``index[k] == i``."""

    text: str
    begins: tuple[int, ...]
    index: tuple[int, ...]

    def token_at(self, position: int) -> int:
        """The index in the message's tokens of the word at a character position."""
        return self.index[max(bisect_right(self.begins, position) - 1, 0)]


def with_digits(tokens: Sequence[Token], grammar: Grammar) -> Digits:
    """Rewrite number words as digits; compounds of tens and units are added up."""
    words: list[str] = []
    index: list[int] = []
    position = 0
    while position < len(tokens):
        word = tokens[position].word
        value = grammar.numbers.get(word)
        used = 1
        if value is not None:
            value, used = _compound(tokens, position, grammar)
        elif word.isdigit() and position + 2 < len(tokens) and tokens[position + 1].word == ".":
            fraction = tokens[position + 2]
            if (
                fraction.word.isdigit()
                and fraction.start == tokens[position + 1].end == tokens[position].end + 1
            ):
                word, used = f"{word}.{fraction.word}", 3
        words.append(_plain(value) if value is not None else word)
        index.append(position)
        position += used
    begins = []
    length = 0
    for word in words:
        begins.append(length)
        length += len(word) + 1
    return Digits(" ".join(words), tuple(begins), tuple(index))


def _compound(tokens: Sequence[Token], position: int, grammar: Grammar) -> tuple[float, int]:
    value = grammar.numbers[tokens[position].word]
    following = position + 1
    joiners = grammar.number_joiners | (grammar.hundred_joiners if value == 100 else frozenset())
    while following < len(tokens) and tokens[following].word in joiners:
        following += 1
    if following < len(tokens):
        if tokens[following].word in grammar.teens and 0 < value < 10:
            return value + 10, following - position + 1
        more = grammar.numbers.get(tokens[following].word)
        adjoins = following == position + 1  # "dix et huit" are two
        if adjoins and more == 100 and 0 < value < 10:  # "one hundred and ten"
            rest, used = _compound(tokens, following, grammar)
            return rest + (value - 1) * 100, used + 1
        if grammar.by_twenties and adjoins and (value, more) == (4, 20):  # "quatre-vingts"
            return _with_more(80, tokens, following + 1, position, grammar)
        if more is not None and (_adds_up(value, more) or (adjoins and _is_ten_and_more(value, more))):
            if more == 10 and following + 1 < len(tokens):  # "soixante-dix-huit"
                last = grammar.numbers.get(tokens[following + 1].word)
                if last is not None and _is_ten_and_more(more, last):
                    return value + more + last, following - position + 2
            return value + more, following - position + 1
    return value, 1


def _with_more(
    value: float, tokens: Sequence[Token], following: int, position: int, grammar: Grammar
) -> tuple[float, int]:
    """French 80 to 99, whose rest follows as it does after the other tens."""
    more = grammar.numbers.get(tokens[following].word) if following < len(tokens) else None
    if more is None or not _adds_up(value, more):
        return value, following - position
    return value + more, following - position + 1


def _adds_up(value: float, more: float) -> bool:
    if value == 100:
        return 0 < more < 100
    tens, units = (value, more) if value > more else (more, value)
    return tens >= 20 and tens % 10 == 0 and 0 < units < (20 if tens in (60, 80) else 10)


def _is_ten_and_more(value: float, more: float) -> bool:
    """French "dix-sept" to "dix-neuf"."""
    return value == 10 and 7 <= more <= 9


def _plain(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


@dataclass(frozen=True)
class Expression:
    """A way of saying something with a number or a unit of time.

    Attributes:
        pattern: what is looked for.
        numeric: it cannot be there without a digit.
    """

    pattern: re.Pattern[str]
    numeric: bool


def matches(expressions: Iterable[Expression], text: str) -> Iterator[re.Match[str]]:
    """Where any of the expressions stands in a text."""
    has_digits = _DIGIT.search(text) is not None
    for expression in expressions:
        if has_digits or not expression.numeric:
            yield from expression.pattern.finditer(text)


def expand(patterns: Iterable[str], units: Iterable[str], number: str) -> list[Expression]:
    """Compile expressions with ``{n}`` (a number) and ``{unit}`` (a unit of time)."""
    unit = "(?P<unit>" + "|".join(sorted(units, key=len, reverse=True)) + r")\b"
    bare = unit.replace("?P<unit>", "?:")
    compiled = []
    for pattern in patterns:
        numeric = _needs_number(pattern)
        pattern = re.sub(r"(\(\?[!=][^()]*(?:\([^()]*)?)\{unit\}", lambda m: m.group(1) + bare, pattern)
        compiled.append(Expression(re.compile(pattern.replace("{n}", number).replace("{unit}", unit)), numeric))
    return compiled


def _needs_number(pattern: str) -> bool:
    """Whether a number must stand in what an expression finds: one outside of all brackets, and no choice there."""
    outside = _ESCAPED.sub("", pattern)
    while (inner := _BRACKETS.sub("", outside)) != outside:
        outside = inner
    return "|" not in outside and _REQUIRED.search(outside) is not None
