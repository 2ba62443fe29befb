"""Reads opening hours as people type them, in four languages, into OpenStreetMap syntax.

Wrong hours send somebody to a closed door, so nothing is guessed: a word that is not understood, days that are not
named, or "8-5" that could be anything make the answer None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

import yaml

from bot.directory import hours
from bot.directory.plain_words import WORDS
from bot.directory.spelling import fold

ALWAYS: Final = "24/7"
BY_APPOINTMENT: Final = '"by appointment"'
LONGEST: Final = 300

_DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_RULE: Final = r"((Mo|Tu|We|Th|Fr|Sa|Su|PH|SH)[-,]?)+ (\d\d:\d\d-\d\d:\d\d(,\d\d:\d\d-\d\d:\d\d)*|off|closed)"
_OSM: Final = re.compile(rf"(24/7|{_RULE}|\"[^\"]+\")(; ?{_RULE})*")
_TIME: Final = re.compile(r"(\d{1,2})\s*(?:[:.]\s*([0-5]\d)|h\s*([0-5]\d)?(?![a-z]))?(?![\d:])")
_MORNING: Final = range(6, 12)
_EVENING: Final = range(1, 7)


class _Token(NamedTuple):
    kind: str
    text: str


@cache
def _words() -> Mapping[str, tuple[str, str]]:
    """Folded word or phrase → (what it is, which one)."""
    data = yaml.safe_load((WORDS / "hours.yml").read_text(encoding="utf-8"))
    found: dict[str, tuple[str, str]] = {}
    for day, words in data.pop("days").items():
        for word in words:
            found[_plain(word)] = ("day", day)
    for kind, words in data.items():
        for word in words:
            found.setdefault(_plain(str(word)), (kind, kind))
    return found


def _plain(text: str) -> str:
    text = text.translate(_DIGITS).replace("’", "'").replace("،", ",").replace("؛", ";").casefold()
    text = re.sub(r"[^\W\d_][^\W_]*", lambda word: fold(word[0]), text)
    return re.sub(r"\s+", " ", text).strip()


def read_hours(text: str) -> str | None:
    """The hours in OpenStreetMap syntax; None when they cannot be read with certainty."""
    written = text.strip()
    if len(written) > LONGEST:
        return None
    if _OSM.fullmatch(written) and hours.is_valid(written):
        return written
    plain = _plain(re.sub(r"[–—−]", "-", written)).strip(" .;,")
    whole = re.sub(r"\s*/\s*", "/", plain)
    kind = _words().get(whole, ("", ""))[0]
    if kind == "always":
        return ALWAYS
    if kind == "appointment":
        return BY_APPOINTMENT
    tokens = _tokens(plain)
    if tokens is None:
        return None
    rules = _rules(tokens)
    if not rules:
        return None
    answer = "; ".join(rules)
    return answer if hours.is_valid(answer) else None


def _tokens(text: str) -> list[_Token] | None:
    """The text as days, times and signs; None when a word is not known."""
    found: list[_Token] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        if text[at] in "-;,/:()|\n":
            sign = {"-": "to", ";": "break", "|": "break", "\n": "break", ",": "comma", "/": "comma"}.get(
                text[at]
            )
            if sign:
                found.append(_Token(sign, text[at]))
            at += 1
            continue
        phrase = _phrase(text, at)
        if phrase is not None:
            (kind, which), length = phrase
            found.append(_Token(kind, which))
            at += length
            continue
        time = _TIME.match(text, at)
        if time is None:
            return None
        minutes = time[2] or time[3] or "00"
        if int(time[1]) > 24:
            return None
        found.append(_Token("time", f"{int(time[1]):02d}:{minutes}"))
        at = time.end()
        if at < len(text) and text[at] == "." and (at + 1 == len(text) or not text[at + 1].isdigit()):
            at += 1
    return found


def _phrase(text: str, at: int) -> tuple[tuple[str, str], int] | None:
    """The longest known word or phrase that begins here."""
    words = _words()
    for end in range(min(len(text), at + 28), at, -1):
        after = text[end : end + 1]
        if text[end - 1].isspace() or (after.isalpha() and text[end - 1].isalpha()):
            continue
        if (known := words.get(text[at:end])) and known[0] != "hour":
            if text[at].isdigit() and known[0] not in ("every_day", "always"):
                continue
            skip = end - at + (1 if after == "." else 0)
            return known, skip
    hour = re.match(r"[^\W\d]+", text[at:])
    if hour and words.get(hour[0], ("", ""))[0] == "hour":
        return ("hour", "hour"), len(hour[0])
    return None


def _rules(tokens: list[_Token]) -> list[str] | None:
    """Rules of the form days + times, and days that are closed."""
    parser = _Parser([token for token in tokens if token.kind not in ("from", "hour")])
    rules: list[str] = []
    closed: list[str] = []
    while not parser.done:
        if parser.skip("break", "comma", "and"):
            continue
        off_first = parser.skip("closed")
        days = parser.days()
        parser.skip("comma")
        times: list[str] = []
        if days is None and not off_first:
            times = parser.times() or []
            if not times:
                return None
            parser.skip("comma")
            days = parser.days()
        if days is None:
            return None
        if off_first or parser.skip("closed"):
            closed.append(f"{_written(days)} off")
            continue
        times = times or parser.times() or []
        if parser.skip("always"):
            times = ["00:00-24:00"]
        if not times:
            return None
        rules.append(
            f"{_written(days)} {','.join(times)}" if len(days) < 7 or times != ["00:00-24:00"] else ALWAYS
        )
    if not rules:
        return None
    return rules + closed


class _Parser:
    """Goes through the tokens from left to right."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def done(self) -> bool:
        return self._at >= len(self._tokens)

    def _kind(self, ahead: int = 0) -> str:
        at = self._at + ahead
        return self._tokens[at].kind if at < len(self._tokens) else ""

    def skip(self, *kinds: str) -> bool:
        if self._kind() in kinds:
            self._at += 1
            return True
        return False

    def days(self) -> list[str] | None:
        """`Mo to Fr`, `Mo, We and Fr`, every day."""
        if self.skip("every_day"):
            return list(_DAYS)
        if self._kind() != "day":
            return None
        found: list[str] = []
        while self._kind() == "day":
            first = self._tokens[self._at].text
            self._at += 1
            if self._kind() == "to" and self._kind(1) == "day":
                last = self._tokens[self._at + 1].text
                self._at += 2
                found += _span(first, last)
            else:
                found.append(first)
            if self._kind() in ("comma", "and") and self._kind(1) == "day":
                self._at += 1
        return list(dict.fromkeys(found))

    def times(self) -> list[str] | None:
        """`8 to 12 and 14 to 18`."""
        found: list[str] = []
        while True:
            start = self._at
            self.skip("comma") if found else None
            self.skip("and") if found else None
            opens = self._clock()
            if opens is None or not self.skip("to"):
                self._at = start
                return found or None
            closes = self._clock()
            if closes is None:
                return None
            span = _certain(opens, closes)
            if span is None:
                return None
            found.append(span)

    def _clock(self) -> tuple[str, str] | None:
        """A time and whether am or pm was said."""
        if self._kind() in ("noon", "midnight"):
            which = self._kind()
            self._at += 1
            return ("12:00", "said") if which == "noon" else ("24:00", "said")
        if self._kind() != "time":
            return None
        time = self._tokens[self._at].text
        self._at += 1
        half = self._kind() if self._kind() in ("am", "pm") else ""
        if half:
            self._at += 1
        return time, half


def _certain(opens: tuple[str, str], closes: tuple[str, str]) -> str | None:
    """A span of time, if it is clear which halves of the day are meant."""
    (first, first_half), (last, last_half) = opens, closes
    if last_half == "pm" and not first_half and int(first[:2]) < int(last[:2]) and int(last[:2]) <= 12:
        first_half = "" if int(first[:2]) in _MORNING else "pm"
    start, end = _in_full(first, first_half), _in_full(last, last_half)
    if start is None or end is None:
        return None
    if start == "24:00":
        start = "00:00"
    if end == "00:00":
        end = "24:00"
    unsaid = not first_half and not last_half
    if unsaid and 0 < int(start[:2]) < _MORNING[0] and int(end[:2]) <= 12:
        return None
    if unsaid and end < start and int(end[:2]) <= 12 and len(first) == len(last):
        if int(start[:2]) in _MORNING and int(end[:2]) in _EVENING:
            end = f"{int(end[:2]) + 12:02d}{end[2:]}"
        elif int(start[:2]) <= 12:
            return None
    if start == end:
        return None
    return f"{start}-{end}"


def _in_full(time: str, half: str) -> str | None:
    hour, minute = int(time[:2]), time[3:]
    if half in ("am", "pm"):
        if not 1 <= hour <= 12:
            return time if half == "pm" and 12 < hour < 24 else None
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour == 24 and minute != "00":
        return None
    return f"{hour:02d}:{minute}"


def _span(first: str, last: str) -> list[str]:
    at, found = _DAYS.index(first), [first]
    while found[-1] != last:
        at = (at + 1) % 7
        found.append(_DAYS[at])
    return found


def _written(days: list[str]) -> str:
    """`Mo-We,Fr`; a run over the end of the week stays one (`Su-Th`)."""
    if len(days) == 7:
        return "Mo-Su"
    runs: list[list[str]] = []
    for day in days:
        if runs and _DAYS[(_DAYS.index(runs[-1][-1]) + 1) % 7] == day:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join(run) for run in runs)
