"""Clears a chat: the messages on both sides, the place in the guide, and every row about it."""

from __future__ import annotations

import asyncio
import logging
from typing import Optional

from bot.telegram.errands import Errands
from bot.telegram.limits import CONFIRMATION_SECONDS
from bot.telegram.records import Chat
from bot.telegram.sender import CallRefused, ChatGone, Sender
from bot.telegram.sessions import Forgetting
from bot.telegram.store import ChatStore
from bot.telegram.texts import Wording

logger = logging.getLogger(__name__)


class Wiping:
    """Clears chats. Needs the database and Telegram, not the dialogue engine.

    Args:
        sessions: practice sessions, whose people are forgotten too; None without them.
    """

    def __init__(
        self,
        store: ChatStore,
        sender: Sender,
        errands: Errands,
        wording: Wording,
        sessions: Optional[Forgetting] = None,
    ) -> None:
        self._sessions = sessions
        self._store = store
        self._sender = sender
        self._errands = errands
        self._wording = wording

    async def on_request(self, chat: Chat, update: int, asked: Optional[int], language: str) -> None:
        """Clears the chat because the person asked, and says so; the confirmation goes too after a while.

        Args:
            update: the update that asked for it.
            asked: number of the message that asked for it, to be deleted with the others.
        """
        if self._sessions is not None:
            await asyncio.to_thread(self._sessions.forget, chat.pseudonym)
        left = await self._clear(chat, update, asked)
        text = self._wording.say("wiped_some_left" if left else "wiped", language)
        try:
            number = await self._sender.make(chat.address, {"method": "send", "text": text}, _once)
        except (ChatGone, CallRefused):
            return
        if number is not None:
            await asyncio.to_thread(
                self._errands.delete_later, chat.pseudonym, chat.address, number, CONFIRMATION_SECONDS
            )

    async def quietly(self, chat: Chat) -> None:
        """Clears the chat after its quiet time; nobody is told, because a message would light up a phone. A place in a
        practice session stays: only a wipe that somebody asks for takes it."""
        await self._clear(chat, None, None)

    async def without_a_word(self, chat: Chat) -> None:
        """Forgets somebody who blocked the bot: nothing can be deleted there any more."""
        if self._sessions is not None:
            await asyncio.to_thread(self._sessions.lose, chat.pseudonym)
        await asyncio.to_thread(self._store.abandon, chat)

    async def _clear(self, chat: Chat, update: Optional[int], asked: Optional[int]) -> int:
        """Deletes messages, then rows; how many messages are left in the chat."""
        numbers, too_old = await asyncio.to_thread(self._store.deletable, chat.pseudonym)
        if asked is not None and asked not in numbers:
            numbers.append(asked)
        refused = await self._sender.delete(chat.address, numbers)
        await asyncio.to_thread(self._store.forget, chat, update)
        return too_old + refused


async def _once() -> bool:
    return False
