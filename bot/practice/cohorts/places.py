"""Where somebody writes from. A front end says so for as long as it answers them, and whoever keeps something for them
by itself (an invitation, a result) asks here.

`seat` is the pseudonym under which a person's memberships stand. In Telegram it outlives a chat that cleared itself, so
it is another one than the conversation's (`tracker.sender_id`).
"""

from __future__ import annotations

import contextlib
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Iterator, Optional


@dataclass(frozen=True)
class Place:
    """Where somebody writes from, and how they are written to.

    Attributes:
        seat: the chat's pseudonym.
        channel: `telegram`, `web`, …
        address: the chat's number, where the channel can be written to by itself; None elsewhere.
    """

    seat: str
    channel: str
    language: str
    address: Optional[str] = None


_now: ContextVar[Optional[Place]] = ContextVar("practice_place", default=None)


@contextlib.contextmanager
def answering(place: Place) -> Iterator[None]:
    """Within it, this task and the threads it asks know where the person is whom they answer."""
    token = _now.set(place)
    try:
        yield
    finally:
        _now.reset(token)


def place_now() -> Optional[Place]:
    """Where the person is who is being answered; None outside `answering`."""
    return _now.get()
