"""What the front end needs of practice sessions, and what of them it knows by itself: how they are joined."""

from __future__ import annotations

import re
from typing import Optional, Protocol, Sequence

from bot.practice.cohorts.members import Place
from bot.wording.renderer import Message

SESSION = "/session:"
"""Payloads of practice sessions begin so; they travel as they are, and the theatre looks up who may do what."""

JOIN_LINK = re.compile(r"join_([0-9A-Za-z]{6})")
IN_A_GROUP = re.compile(r"/(?:join|stage|start)(?:@\w+)? (?:join_)?([0-9A-Za-z]{6})", re.IGNORECASE)
"""With what a session's trainer shows it in a group: typed, or by the link that adds the bot to it."""


class Forgetting(Protocol):
    """What is needed of practice sessions here. Every method blocks."""

    def forget(self, seat: str) -> None:
        """Deletes everything about somebody."""
        ...

    def lose(self, seat: str) -> None:
        """Nobody can be reached at a seat any more; their place waits for them."""
        ...


class Handled(Protocol):
    """What a message came to in a session: messages for the person alone, and what the assistant is to answer."""

    @property
    def messages(self) -> Sequence[Message]: ...

    @property
    def pass_on(self) -> Optional[str]: ...


class Sessions(Forgetting, Protocol):
    """What is needed of practice sessions. Every method blocks."""

    def answer(self, place: Place, text: str, key: Optional[str] = None) -> Optional[Handled]:
        """The answer to typed words or a press; None when they are not meant for a session."""
        ...

    def show_in(self, group: Place, code: str, by: str) -> Sequence[Message]:
        """Shows a session in a group, if its trainer asked for it."""
        ...

    def is_stage(self, seat: str) -> bool:
        """Whether a group shows a session."""
        ...

    def move_stage(self, seat: str, group: Place) -> None:
        """A group goes on under another number, and still shows what it showed."""
        ...

    def pressed_on_stage(self, stage: str, place: Place, payload: str, key: Optional[str] = None) -> str:
        """A press in a group; what whoever pressed sees at once."""
        ...
