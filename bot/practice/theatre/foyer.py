"""Stands before the assistant for channels whose people fetch what waits: the web chat, the terminal, REST.

What somebody in a session writes goes to the theatre, everything else to the assistant.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Callable, Final, List, Optional, Protocol, Sequence

from bot.practice.cohorts.letters import Letters
from bot.practice.cohorts.members import Place
from bot.practice.theatre.theatre import Theatre
from bot.wording.catalogue import SOURCE_LANGUAGE
from bot.wording.renderer import Message

logger = logging.getLogger(__name__)

FETCHING: Final = frozenset({"web"})
"""Channels that ask for what waits by themselves; for others it comes before the next answer."""

TEXT_LIMIT: Final = 2000
"""Characters read of one message, as everywhere."""

WIPE_WORDS: Final = frozenset({"wipe", "/wipe"})


class Assistant(Protocol):
    """What is needed of the assistant."""

    async def send(self, channel: str, person: str, text: str) -> List[Message]: ...

    async def wipe(self, channel: str, person: str) -> List[Message]: ...

    async def shown(self, channel: str, person: str) -> List[Message]: ...


@dataclass(frozen=True)
class Fetched:
    """What waited for somebody.

    Attributes:
        last: number of the newest message; asking for what comes after it says that it has arrived.
        in_session: there may be more.
    """

    messages: Sequence[Message]
    last: int
    in_session: bool


class Foyer:
    """The assistant and the theatre behind one door.

    Args:
        assistant: answers whatever is not for a session.
        theatre: the sessions.
        letters: what waits.
        seat_of: a channel and its id of the person to their seat.
        language_of: a seat to the language to use there; it blocks.
    """

    def __init__(
        self,
        assistant: Assistant,
        theatre: Theatre,
        letters: Letters,
        seat_of: Callable[[str, str], str],
        language_of: Callable[[str], str] = lambda seat: SOURCE_LANGUAGE,
    ) -> None:
        self._assistant = assistant
        self._theatre = theatre
        self._letters = letters
        self._seat_of = seat_of
        self._language_of = language_of

    async def send(self, channel: str, person: str, text: str) -> List[Message]:
        """The answer to a message or a press, as the assistant gives it. In a session it may be empty: what everybody
        reads waits as a letter."""
        return await self.deliver(channel, person, text, None)

    async def deliver(self, channel: str, person: str, text: str, key: Optional[str]) -> List[Message]:
        """As `send`; a message that comes again under the same `key` counts once in a session."""
        if text.strip().lower() in WIPE_WORDS:
            return await self.wipe(channel, person)
        if not text.strip() and channel not in FETCHING and await self.in_session(channel, person):
            return await asyncio.to_thread(self._take, channel, person)
        handled = None
        if 0 < len(text.strip()) <= TEXT_LIMIT:
            place = await asyncio.to_thread(self._place, channel, person)
            handled = await asyncio.to_thread(self._theatre.answer, place, text, key)
        if handled is None:
            return await self._assistant.send(channel, person, text)
        messages = list(handled.messages)
        if channel not in FETCHING:
            messages = [*await asyncio.to_thread(self._take, channel, person), *messages]
        if handled.pass_on is not None:
            messages += await self._assistant.send(channel, person, handled.pass_on)
        return messages

    async def wipe(self, channel: str, person: str) -> List[Message]:
        """Forgets somebody, in sessions too.

        Raises:
            Exception: not everything is deleted.
        """
        await asyncio.to_thread(self._theatre.forget, self._seat_of(channel, person))
        return await self._assistant.wipe(channel, person)

    async def shown(self, channel: str, person: str) -> List[Message]:
        """Where somebody is who opens the chat: in their session, or where the assistant knows them."""
        place = await asyncio.to_thread(self._place, channel, person)
        standing = await asyncio.to_thread(self._theatre.shown, place)
        return list(standing) or await self._assistant.shown(channel, person)

    async def waiting(self, channel: str, person: str, after: int) -> Fetched:
        """What waits for somebody, after the letter with number `after`, which has arrived with all before it."""
        seat = self._seat_of(channel, person)
        letters = await asyncio.to_thread(self._letters.waiting, seat, after)
        in_session = await asyncio.to_thread(self._theatre.is_here, seat)
        last = letters[-1].number if letters else after
        return Fetched([letter.message for letter in letters], last, in_session or bool(letters))

    async def in_session(self, channel: str, person: str) -> bool:
        """Whether somebody is in a session, or something of one waits for them."""
        return (await self.waiting(channel, person, 0)).in_session

    def exists(self, code: str) -> bool:
        """Whether there is a session with this code. It blocks."""
        return self._theatre.exists(code)

    def _place(self, channel: str, person: str) -> Place:
        seat = self._seat_of(channel, person)
        return Place(seat, channel, self._language_of(seat))

    def _take(self, channel: str, person: str) -> List[Message]:
        seat = self._seat_of(channel, person)
        letters = self._letters.waiting(seat)
        if letters:
            self._letters.waiting(seat, letters[-1].number)
        return [letter.message for letter in letters]

