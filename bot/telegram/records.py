"""What is kept of a Telegram chat: the chat, what came in and is to go out, and what an answer comes to."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional

from bot.privacy.conversations import Held

Content = Dict[str, Any]
"""An update as Telegram sent it, or a call as it is to be made: `{"method": …, …}`."""


@dataclass(frozen=True)
class Chat:
    """A chat: its pseudonym, its number, what the gateway knows the person by."""

    pseudonym: str
    address: int
    conversation: str
    auto_wipe_hours: int


@dataclass(frozen=True)
class Waiting:
    """A call that is still to be made, and since when."""

    id: int
    content: Content
    since: float


@dataclass
class Answer:
    """What answering an update comes to.

    Attributes:
        calls: the calls to make, in order.
        buttons: payload by button id, for the buttons in them.
        read: number of the person's message in the chat, to be deleted by a wipe.
        held: the conversation's new state.
        auto_wipe_hours: a new choice of the person.
        remind_after: seconds after which the person wants to be reminded.
        notice: what somebody who pressed a button in a group sees at once, and nobody else.
    """

    calls: List[Content] = field(default_factory=list)
    buttons: Dict[str, str] = field(default_factory=dict)
    read: Optional[int] = None
    held: Optional[Held] = None
    auto_wipe_hours: Optional[int] = None
    remind_after: Optional[float] = None
    notice: str = ""

    def button(self, payload: str) -> str:
        """The id under which a payload travels."""
        identity = secrets.token_urlsafe(16)
        self.buttons[identity] = payload
        return identity
