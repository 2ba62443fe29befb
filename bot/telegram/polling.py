"""Fetches updates by long polling: for an installation that cannot be reached from outside."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from typing import Optional

from telegram import Bot
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.telegram.chats import Chats
from bot.telegram.limits import ALLOWED_UPDATES, LONGEST_PAUSE, POLL_SECONDS
from bot.telegram.store import ChatStore

logger = logging.getLogger(__name__)


class Polling:
    """Fetches updates until it is cancelled. Asking for the next ones tells Telegram that the earlier ones have
    arrived, so each is recorded first."""

    def __init__(self, bot: Bot, chats: Chats, store: ChatStore) -> None:
        self._bot = bot
        self._chats = chats
        self._store = store

    async def run(self) -> None:
        offset = await asyncio.to_thread(self._store.next_update)
        pause = 1.0
        while True:
            try:
                offset = await self._fetch(offset)
                pause = 1.0
                continue
            except InvalidToken:
                logger.error("Telegram no longer accepts the token: polling has stopped")
                return
            except Conflict:
                logger.error("another process fetches this bot's updates, or a webhook is set; trying again")
                wait = LONGEST_PAUSE / 2
            except RetryAfter as error:
                after = error.retry_after
                wait = after if isinstance(after, (int, float)) else after.total_seconds()
            except TelegramError as error:
                logger.warning("no updates (%s); trying again", type(error).__name__)
                wait = pause * random.uniform(0.5, 1.5)  # noqa: S311 - spreads load, keeps no secret
                pause = min(pause * 2, LONGEST_PAUSE)
            except Exception as error:
                logger.error("an update could not be recorded (%s); trying again", type(error).__name__)
                wait = pause
                pause = min(pause * 2, LONGEST_PAUSE)
            await asyncio.sleep(wait)

    async def _fetch(self, offset: Optional[int]) -> Optional[int]:
        updates = await self._bot.get_updates(
            offset=offset,
            timeout=POLL_SECONDS,
            allowed_updates=list(ALLOWED_UPDATES),
            read_timeout=POLL_SECONDS + 10,
        )
        for update in updates:
            await self._chats.receive(json.loads(update.to_json()))
            offset = update.update_id + 1
        return offset
