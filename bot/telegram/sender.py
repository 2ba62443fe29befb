"""Makes calls to the Bot API at the pace it allows, again and again until they succeed or cannot.

What each failure means (Bot API, "Making requests"): 429 says how long to wait; 5xx and a broken connection
pass; 403 says that the person blocked the bot; another 4xx will fail for ever.

A call whose answer was lost may have been carried out. When the connection broke it is made again, because a
person without the next step is worse off than one who reads it twice; when only the answer took too long,
Telegram has it, and it is not.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import random
from typing import Awaitable, Callable, Dict, Optional, TypeVar

import httpx
from aiolimiter import AsyncLimiter
from telegram import Bot, InlineKeyboardMarkup
from telegram.constants import ChatAction
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.telegram.limits import (
    CHAT_EVERY_SECONDS,
    DELETED_AT_ONCE,
    GROUP_A_MINUTE,
    LONGEST_PAUSE,
    OVERALL_A_SECOND,
)
from bot.telegram.records import Content
from bot.telegram.turns import keyboard

logger = logging.getLogger(__name__)

T = TypeVar("T")

UNCHANGED = "message is not modified"
"""With what Telegram refuses to edit a message into what it is already: pressed twice, or the answer to the first try
was lost."""

_CHATS_REMEMBERED = 10_000
"""Chats whose pace is remembered; whoever is forgotten has not written for long."""


class ChatGone(Exception):
    """The person blocked the bot or the chat does not exist any more."""


class CallRefused(Exception):
    """The Bot API will never accept this call."""


class NotNow(CallRefused):
    """It did not succeed yet and is not tried any longer."""


class Sender:
    """Sends, deletes and shows that an answer is being prepared.

    Args:
        bot: the client.
        sleep: waits; tests bring one that does not.
    """

    def __init__(self, bot: Bot, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._bot = bot
        self._sleep = sleep
        self._overall = AsyncLimiter(OVERALL_A_SECOND, 1)
        self._chats: Dict[int, AsyncLimiter] = {}

    async def make(
        self, address: int, call: Content, still_wanted: Callable[[], Awaitable[bool]]
    ) -> Optional[int]:
        """Makes one waiting call; the number of the message it sent, if it sent one.

        Args:
            still_wanted: asked before each further try.

        Raises:
            ChatGone: nobody is there any more.
            CallRefused: it will never be accepted, or is no longer wanted.
        """
        try:
            return await self._make(address, call, still_wanted)
        except ChatMigrated as moved:
            # The group's own update, which moves its stage, is still on the way. Its messages are numbered anew.
            if call["method"] == "edit":
                call = {**call, "method": "send"}
            try:
                return await self._make(moved.new_chat_id, call, still_wanted)
            except ChatMigrated as again:
                raise CallRefused(type(again).__name__) from again

    async def _make(
        self, address: int, call: Content, still_wanted: Callable[[], Awaitable[bool]]
    ) -> Optional[int]:
        if call["method"] in ("send", "photo"):
            return await self._again_and_again(lambda: self._send(address, call), still_wanted)
        if call["method"] == "edit":
            return await self._edit(address, call, still_wanted)
        if call["method"] == "delete":
            await self.delete(address, call["message_ids"])
        elif call["method"] == "leave":
            await self._again_and_again(lambda: self._bot.leave_chat(address), still_wanted)
        return None

    async def _edit(
        self, address: int, call: Content, still_wanted: Callable[[], Awaitable[bool]]
    ) -> Optional[int]:
        """Puts new words and buttons into a message; where it is gone or too old, they are sent."""

        async def edit() -> None:
            await self._wait_for_turn(address)
            await self._bot.edit_message_text(
                call["text"], address, call["message_id"], reply_markup=_markup(call)
            )

        try:
            await self._again_and_again(edit, still_wanted)
        except CallRefused as refused:
            if isinstance(refused, NotNow):
                raise
            if UNCHANGED not in str(refused.__cause__).lower():
                return await self._again_and_again(lambda: self._send(address, call), still_wanted)
        return None

    async def _wait_for_turn(self, address: int) -> None:
        await self._chat(address).acquire()
        await self._overall.acquire()

    async def _send(self, address: int, call: Content) -> Optional[int]:
        await self._wait_for_turn(address)
        try:
            if call["method"] == "photo":
                picture = base64.b64decode(call["picture"])
                sent = await self._bot.send_photo(address, picture, protect_content=True)
                return sent.message_id
            sent = await self._bot.send_message(
                address,
                call["text"],
                protect_content=True,
                reply_markup=_markup(call),
            )
        except TimedOut as error:
            if isinstance(error.__cause__, httpx.ReadTimeout):
                return None
            raise
        return sent.message_id

    def _chat(self, address: int) -> AsyncLimiter:
        if address not in self._chats:
            while len(self._chats) >= _CHATS_REMEMBERED:
                del self._chats[next(iter(self._chats))]
            is_group = address < 0
            pace = (GROUP_A_MINUTE, 60.0) if is_group else (1.0, CHAT_EVERY_SECONDS)
            self._chats[address] = AsyncLimiter(*pace)
        return self._chats[address]

    async def _again_and_again(
        self, call: Callable[[], Awaitable[T]], still_wanted: Callable[[], Awaitable[bool]]
    ) -> T:
        pause = 0.5
        while True:
            try:
                return await call()
            except RetryAfter as error:
                after = error.retry_after
                wait = after if isinstance(after, (int, float)) else after.total_seconds()
            except ChatMigrated:
                raise
            except Forbidden as error:
                raise ChatGone from error
            except BadRequest as error:
                if "chat not found" in error.message.lower():
                    raise ChatGone from error
                raise CallRefused(type(error).__name__) from error
            except (NetworkError, TelegramError) as error:
                logger.warning("Telegram did not answer (%s); trying again", type(error).__name__)
                wait = pause * random.uniform(0.5, 1.5)  # noqa: S311 - spreads load, keeps no secret
                pause = min(pause * 2, LONGEST_PAUSE)
            if not await still_wanted():
                raise NotNow("too late")
            await self._sleep(wait)

    async def delete(self, address: int, message_ids: list[int]) -> int:
        """Deletes messages, as far as Telegram lets us; how many could not be deleted."""
        left = 0
        for start in range(0, len(message_ids), DELETED_AT_ONCE):
            some = message_ids[start : start + DELETED_AT_ONCE]
            try:
                await self._again_and_again(
                    lambda some=some: self._bot.delete_messages(address, some),  # type: ignore[misc]
                    _always,
                )
            except (CallRefused, ChatGone, ChatMigrated):
                left += len(some)
        return left

    async def show_progress(self, address: int) -> None:
        """Shows that an answer is being prepared. Nothing depends on it."""
        try:
            await self._bot.send_chat_action(address, ChatAction.TYPING)
        except TelegramError:
            logger.debug("no progress shown")

    async def acknowledge(self, query: str, notice: str = "") -> None:
        """Answers a button press, so that the phone stops waiting. A query too old to answer is let go."""
        try:
            await self._bot.answer_callback_query(query, text=notice or None)
        except TelegramError as error:
            logger.info("a press was not acknowledged (%s)", type(error).__name__)


async def _always() -> bool:
    return True


def _markup(call: Content) -> Optional[InlineKeyboardMarkup]:
    buttons = call.get("buttons")
    return InlineKeyboardMarkup(keyboard(buttons)) if buttons else None  # type: ignore[arg-type]
