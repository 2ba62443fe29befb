"""Fetches updates by long polling: for an installation that cannot be reached from outside."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from typing import List, Optional

from telegram import Bot
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.telegram.chats import Chats
from bot.telegram.limits import ALLOWED_UPDATES, LONGEST_PAUSE, POLL_SECONDS
from bot.telegram.records import Content
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
        updates = sorted(await self._updates(offset), key=lambda update: int(update["update_id"]))
        await self._chats.receive(*updates)
        return int(updates[-1]["update_id"]) + 1 if updates else offset

    async def _updates(self, offset: Optional[int]) -> List[Content]:
        try:
            updates = await self._bot.get_updates(
                offset=offset,
                timeout=POLL_SECONDS,
                allowed_updates=list(ALLOWED_UPDATES),
                read_timeout=POLL_SECONDS + 10,
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            # The client cannot read one of them. Taken as they are, only that one is left out; else it would
            # stand in the way of everybody for ever.
            logger.error("Telegram sent an update that cannot be read")
            wanted = {"offset": offset, "allowed_updates": list(ALLOWED_UPDATES)}
            given = {name: value for name, value in wanted.items() if value is not None}
            raw: List[Content] = await self._bot.do_api_request("getUpdates", given)
            return raw
        return [json.loads(update.to_json()) for update in updates]
