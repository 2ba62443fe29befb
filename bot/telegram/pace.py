"""How fast somebody may write. In memory: after a restart everybody begins anew."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import Callable

PEOPLE = 10_000
"""People whose pace is remembered."""


class Pace:
    """At most `most` in any `seconds`, for each person.

    Args:
        clock: seconds that never go back.
    """

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._times: OrderedDict[str, list[float]] = OrderedDict()
        self._refused: dict[str, float] = {}

    def allows(self, person: str) -> bool:
        """Whether one more is allowed now; if so, it counts."""
        now = self._clock()
        recent = [at for at in self._times.pop(person, []) if now - at < self._seconds]
        allowed = len(recent) < self._most
        if allowed:
            recent.append(now)
        self._times[person] = recent
        while len(self._times) > PEOPLE:
            forgotten, _ = self._times.popitem(last=False)
            self._refused.pop(forgotten, None)
        return allowed

    def is_first_refusal(self, person: str) -> bool:
        """Whether nobody was refused in the last `seconds` under that name; then this counts as the refusal."""
        now = self._clock()
        last = self._refused.get(person)
        if last is not None and now - last < self._seconds:
            return False
        self._refused[person] = now
        return True
