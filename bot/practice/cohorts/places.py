"""Where somebody writes from, and their place in a session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True)
class Place:
    """Where somebody writes from, and how they are written to. In Telegram the seat outlives a chat that cleared
    itself, so it is another pseudonym than the conversation's (`tracker.sender_id`).

    Attributes:
        seat: the chat's pseudonym.
        channel: `telegram`, `web`, …
        address: the chat's number, where the channel can be written to by itself; None elsewhere.
    """

    seat: str
    channel: str
    language: str
    address: Optional[str] = None


@dataclass(frozen=True)
class Member:
    """Somebody in a session.

    Attributes:
        id: known in this session only.
        cohort: the session's code; None for somebody who practises alone.
        name: what they chose to be called; None as long as they have not said.
        seat: where they write from; None when they cleared that chat.
        is_here: what they type is meant for the session.
        keeps_words, wants_recheck: what they agreed to; None when they have not said.
    """

    id: str
    cohort: Optional[str]
    is_trainer: bool
    name: Optional[str]
    seat: Optional[str]
    is_here: bool
    language: str
    channel: str
    keeps_words: Optional[bool]
    wants_recheck: Optional[bool]
