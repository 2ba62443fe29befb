"""Delivers a message once, even when the phone sends it again because the answer was lost on the way.

The page gives each message a random id and repeats it on "try again". For ten minutes the answer is kept in
memory under that id, never on disk and never what the person wrote. With several server processes a repeat
that reaches another one is delivered again; the conversation itself lives in the shared store.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from bot.wording.renderer import Message

LIFETIME = 600.0
"""Seconds an answer can be fetched again."""

MOST = 2048
"""Answers kept at a time, a few kilobytes each."""

_Key = tuple[str, str]


class Deliveries:
    """The answers of the last minutes, by visitor and message id.

    Args:
        clock: seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[_Key, tuple[float, asyncio.Future[list[Message]]]] = OrderedDict()

    async def once(
        self, person: str, message_id: str, deliver: Callable[[], Awaitable[list[Message]]]
    ) -> list[Message]:
        """The answer, from `deliver` the first time and from memory (or still to come) after that.

        Raises:
            Exception: whatever `deliver` raises. Nothing is kept then, so that a repeat delivers again.
        """
        self._drop_old()
        key = (person, message_id)
        kept = self._kept.get(key)
        if kept is None:
            answer: asyncio.Future[list[Message]] = asyncio.ensure_future(deliver())
            self._kept[key] = (self._clock(), answer)
            answer.add_done_callback(lambda done: self._drop_failed(key, done))
        else:
            answer = kept[1]
        return await asyncio.shield(answer)

    def forget(self, person: str) -> None:
        """Drops every answer to that person."""
        for key in [key for key in self._kept if key[0] == person]:
            del self._kept[key]

    def _drop_old(self) -> None:
        now = self._clock()
        while self._kept:
            key, (since, _) = next(iter(self._kept.items()))
            if len(self._kept) < MOST and now - since < LIFETIME:
                return
            del self._kept[key]

    def _drop_failed(self, key: _Key, done: asyncio.Future[list[Message]]) -> None:
        # Asking for the exception also keeps asyncio from logging it, and with it what the person wrote.
        if (done.cancelled() or done.exception() is not None) and self._kept.get(key, (0.0, None))[1] is done:
            del self._kept[key]
