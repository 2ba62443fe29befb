"""Who is writing just now: what a front end knows of a person and the dialogue engine must not.

The front end says it around its call of the assistant (`with writing(place): …`); within the same task and the threads
it asks, practice can ask `writer()`. In Telegram a seat outlives a chat that cleared itself, so it is another one than
the conversation's (`tracker.sender_id`); elsewhere it is the same.
"""

from __future__ import annotations

import contextlib
from contextvars import ContextVar
from typing import Iterator, Optional

from bot.practice.cohorts.members import Place

_writer: ContextVar[Optional[Place]] = ContextVar("practice_writer", default=None)


@contextlib.contextmanager
def writing(place: Place) -> Iterator[None]:
    """Within it, somebody writes from `place`."""
    token = _writer.set(place)
    try:
        yield
    finally:
        _writer.reset(token)


def writer() -> Optional[Place]:
    """Where the person writes from; None when nobody said it, as with actions in a process of their own."""
    return _writer.get()
