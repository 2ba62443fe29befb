"""What the web page needs of the assistant.

The real one is the gateway (`bot.assistant.gateway`); the tests bring a small one of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.wording.renderer import Button, Message

__all__ = ["CHANNEL", "Button", "Conversations", "Message", "Post", "Waiting"]

CHANNEL = "web"
"""The channel name of people who write on the page."""


class Conversations(Protocol):
    """Talks to one person, known by the channel and an id that says nothing about them.

    Any exception a method raises is shown to the person as "not sent, try again"; only its type is logged,
    because its message may hold what they wrote.
    """

    async def send(self, channel: str, person: str, text: str) -> list[Message]:
        """The answer to free text or to a button's payload.

        Only a payload begins with "/": the page takes that sign off what people type.
        """
        ...

    async def wipe(self, channel: str, person: str) -> list[Message]:
        """Deletes all that is held about the person.

        The page tells the person that everything is gone as soon as this returns; so it must not return
        when it failed.

        Raises:
            Exception: not everything is deleted. The page says so and offers to try again.
        """
        ...

    async def shown(self, channel: str, person: str) -> list[Message]:
        """What to show when the page is opened again: where the person is. Empty when nowhere."""
        ...


class Waiting(Protocol):
    """What waited for somebody: messages, the number of the last one, and whether more may come."""

    @property
    def messages(self) -> Sequence[Message]: ...

    @property
    def last(self) -> int: ...

    @property
    def in_session(self) -> bool: ...


class Post(Protocol):
    """Messages that come by themselves, to people in a practice session."""

    async def deliver(self, channel: str, person: str, text: str, key: str | None) -> list[Message]:
        """As `Conversations.send`, but possibly without any message; the same `key` counts once."""
        ...

    async def waiting(self, channel: str, person: str, after: int) -> Waiting:
        """What waits, after the message with number `after`, which has arrived with all before it."""
        ...

    async def in_session(self, channel: str, person: str) -> bool:
        """Whether messages may come by themselves."""
        ...
