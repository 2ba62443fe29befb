"""Opening hours in OpenStreetMap syntax, read at one moment: states and instants, never text.

Everything is evaluated in the local time zone of the service, which the caller passes in. Broken syntax is
`unknown`, as is a rule that says so itself ("by appointment"): we do not guess a door open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, ParserError, State  # type: ignore[attr-defined]  # missing from its stub

from bot.directory.codes import HoursState

ALWAYS_AFTER: Final = timedelta(days=30)
"""Open without a break for longer than this is `always`: nobody is helped by "open until March"."""
LOOK_AHEAD: Final = timedelta(days=60)
"""How far ahead the next opening is looked for; nothing until then is `closed`."""
_FALLBACK: Final = re.compile(r'\|\|(?=(?:[^"]*"[^"]*")*[^"]*$)')
_PARSED: Final = 8192
"""How many different expressions stay parsed; a directory has far fewer."""


_ONLY_A_COMMENT: Final = re.compile(r'(^|;|\|\|)\s*("[^"]*")\s*(?=$|;|\|\|)')
"""A rule that is nothing but a comment means "unknown" in OpenStreetMap's grammar; the library reads it as
open.
"""


@dataclass(frozen=True)
class Hours:
    """`at` is, in local time, when an open door closes (`open_until`) or a closed one opens (`opens_at`)."""

    state: HoursState
    at: datetime | None = None

    @property
    def is_open(self) -> bool | None:
        """Whether it is open; None when not known."""
        return None if self.state == "unknown" else self.state in ("always", "open_until")


UNKNOWN: Final = Hours("unknown")


def hours_state(expression: str | None, now: datetime, timezone: ZoneInfo) -> Hours:
    """The state at `now` (time-zone aware) of a place in `timezone` that opens as `expression` says."""
    parsed = _parse(expression, timezone) if expression else None
    if parsed is None:
        return UNKNOWN
    local = now.astimezone(timezone)
    state = parsed.rules.state(local)[0]
    if state == State.CLOSED:
        return _closed(parsed.main, local)
    if state == State.OPEN and parsed.main.is_open(local):
        return _open(parsed.main, local)
    return UNKNOWN


def is_open_at(expression: str | None, moment: datetime, timezone: ZoneInfo) -> bool | None:
    """Whether it is open at `moment`; None when not known."""
    parsed = _parse(expression, timezone) if expression else None
    if parsed is None:
        return None
    state = parsed.rules.state(moment.astimezone(timezone))[0]
    return None if state == State.UNKNOWN else bool(state == State.OPEN)


def is_valid(expression: str) -> bool:
    """Whether an expression can be read, for whoever enters one."""
    return _parse(expression, ZoneInfo("UTC")) is not None


class _Parsed(NamedTuple):
    """`main` is what stands before a fallback (`||`), over which the library's intervals skip."""

    rules: OpeningHours
    main: OpeningHours


def _open(parsed: OpeningHours, local: datetime) -> Hours:
    for _, end, state, _comment in parsed.intervals(local, local + ALWAYS_AFTER):
        if state != State.OPEN:
            break
        until = end
    return Hours("always") if until >= local + ALWAYS_AFTER else Hours("open_until", until)


def _closed(parsed: OpeningHours, local: datetime) -> Hours:
    for start, _, state, _comment in parsed.intervals(local, local + LOOK_AHEAD):
        if state == State.OPEN:
            return Hours("opens_at", start)
    return Hours("closed")


@lru_cache(maxsize=_PARSED)
def _parse(expression: str, timezone: ZoneInfo) -> _Parsed | None:
    rules = _ONLY_A_COMMENT.sub(r"\1 unknown \2", expression)
    main = _FALLBACK.split(rules, maxsplit=1)[0]
    try:
        parsed = [
            OpeningHours(text, timezone=timezone, auto_country=False, auto_timezone=False)
            for text in (rules, main)
        ]
    except (ParserError, ValueError):
        return None
    return _Parsed(*parsed)
