"""Answers chats: each in the order of its updates, many at once, one process at a time.

A chat is leased in the database while it is answered, so that several processes behind one webhook never
answer the same chat at once; a lease that is not prolonged runs out, and the chat is taken up by another.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import Any, Coroutine, Dict, Iterable, Set

from bot.telegram.incoming import Incoming, Kind, read
from bot.telegram.limits import CHATS_AT_ONCE, MESSAGES_A_MINUTE
from bot.telegram.pace import Pace
from bot.telegram.records import Answer, Chat, Content, Waiting
from bot.telegram.sender import CallRefused, ChatGone, Sender
from bot.telegram.store import ChatStore
from bot.telegram.texts import Wording
from bot.telegram.turns import Turns
from bot.telegram.wiping import Wiping
from bot.wording.catalogue import SOURCE_LANGUAGE

logger = logging.getLogger(__name__)

TRIES = 3
"""Times an update is tried whose answer fails for a reason of ours; then it is let go, so that it blocks nobody."""

_LOOK_AGAIN_SECONDS = 0.05
"""How often an update that waits for an earlier one looks whether it has come."""


class Chats:
    """The chats that are being answered.

    Args:
        store, turns, sender, wiping, wording: see there.
    """

    def __init__(
        self, store: ChatStore, turns: Turns, sender: Sender, wiping: Wiping, wording: Wording
    ) -> None:
        self._store = store
        self._turns = turns
        self._sender = sender
        self._wiping = wiping
        self._wording = wording
        self._worker = secrets.token_hex(16)
        self._slots = asyncio.Semaphore(CHATS_AT_ONCE)
        self._tasks: Dict[str, asyncio.Task[None]] = {}
        self._again: Set[str] = set()
        self._pace = Pace(MESSAGES_A_MINUTE, 60.0)
        self._failures: Dict[int, int] = {}
        self._courtesies: Set[asyncio.Task[None]] = set()
        self._leasing: Set[asyncio.Task[bool]] = set()
        self._stopping = False

    async def receive(self, *updates: Content) -> None:
        """Records updates, then begins to answer them. When this returns, they cannot be lost."""
        chats = []
        for content in updates:
            incoming = read(content)
            if incoming.address is None or incoming.kind is Kind.NOTHING:
                continue
            number = int(content["update_id"])
            chats.append(await asyncio.to_thread(self._store.record, number, incoming.address, content))
        for chat in chats:
            if chat is not None:
                self.wake(chat)

    def wake(self, chat: str) -> None:
        """Begins to answer a chat, or goes on once more when it is being answered; nothing once this process stops."""
        if self._stopping:
            return
        if chat in self._tasks:
            self._again.add(chat)
            return
        task = asyncio.create_task(self._serve(chat))
        self._tasks[chat] = task
        task.add_done_callback(lambda done: self._ended(chat, done))

    def _ended(self, chat: str, task: asyncio.Task[None]) -> None:
        self._tasks.pop(chat, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("answering a chat failed with %s", type(error).__name__)
        if chat in self._again:
            self._again.discard(chat)
            self.wake(chat)

    async def take_up(self) -> None:
        """Goes on with what another process, or an earlier run, left."""
        for chat in await asyncio.to_thread(self._store.with_work):
            if chat not in self._tasks:
                self.wake(chat)

    async def idle(self) -> None:
        """Returns when nothing is being answered."""
        while running := [*self._tasks.values(), *self._courtesies]:
            await asyncio.wait(running)

    async def stop(self) -> None:
        """Stops where it is; everything unfinished is in the database."""
        self._stopping = True
        self._again.clear()
        tasks = [*self._tasks.values(), *self._courtesies]
        await end(tasks)
        # A task that was stopped while it took a chat gets it all the same, as soon as the database has time, and
        # nobody else could take it for two minutes: what is on its way comes to its end before all are given back.
        while self._leasing:
            await asyncio.wait(self._leasing)
        await asyncio.to_thread(self._store.release_all, self._worker)

    async def _serve(self, pseudonym: str) -> None:
        async with self._slots:
            if not await self._lease(pseudonym):
                return
            try:
                while await self._step(pseudonym):
                    pass
            except LostChat:
                logger.warning("another process has taken a chat over")
            finally:
                await asyncio.shield(asyncio.to_thread(self._store.release, pseudonym, self._worker))

    async def _step(self, pseudonym: str) -> bool:
        """Sends what waits, then answers the next update; whether there was anything to do."""
        chat = await asyncio.to_thread(self._store.chat, pseudonym)
        if chat is None:
            return False
        waiting = await asyncio.to_thread(self._store.waiting, pseudonym)
        for call in waiting:
            if not await self._deliver(chat, call):
                return False
        updates = await asyncio.to_thread(self._store.unanswered, pseudonym)
        if not updates:
            return bool(waiting)
        await self._prolong(chat)
        number, content = updates[0]
        if wait := await asyncio.to_thread(self._store.seconds_until_settled, number):
            await asyncio.sleep(min(wait, _LOOK_AGAIN_SECONDS))
            return True
        if (await asyncio.to_thread(self._store.unanswered, pseudonym))[:1] != updates[:1]:
            return True  # the one before has come in just now, and goes first
        try:
            await self._answer(chat, number, read(content))
        except ChatGone:
            await self._wiping.without_a_word(chat)
            return False
        except LostChat:
            raise
        except Exception as error:
            await self._let_go(chat, number, error)
        return True

    async def _let_go(self, chat: Chat, number: int, error: Exception) -> None:
        # Only the kind of error: its message may quote what was written.
        logger.error("an update failed with %s", type(error).__name__)
        self._failures[number] = self._failures.get(number, 0) + 1
        if self._failures[number] < TRIES:
            await asyncio.sleep(self._failures[number])
            return
        del self._failures[number]
        sorry = {"method": "send", "text": self._wording.shared("error.try_again", SOURCE_LANGUAGE)}
        await asyncio.to_thread(self._store.answer, chat.pseudonym, number, Answer(calls=[sorry]))

    async def _deliver(self, chat: Chat, waiting: Waiting) -> bool:
        """Makes a waiting call; whether the chat is still there."""

        async def still_wanted() -> bool:
            await self._prolong(chat)
            return not self._store.is_too_late(waiting)

        try:
            number = await self._sender.make(chat.address, waiting.content, still_wanted)
        except ChatGone:
            await self._wiping.without_a_word(chat)
            return False
        except CallRefused as error:
            logger.error("Telegram refused a call (%s)", error)
            number = None
        kept = None if waiting.content.get("keep") else number
        await asyncio.to_thread(self._store.made, waiting.id, kept)
        return True

    async def _prolong(self, chat: Chat) -> None:
        if not await self._lease(chat.pseudonym):
            raise LostChat

    async def _lease(self, pseudonym: str) -> bool:
        """Takes or prolongs a chat; whether it is ours. A thread cannot be cancelled, so `stop` has to know of it."""
        leasing = asyncio.create_task(asyncio.to_thread(self._store.lease, pseudonym, self._worker))
        self._leasing.add(leasing)
        leasing.add_done_callback(self._leasing.discard)
        return await asyncio.shield(leasing)

    async def _answer(self, chat: Chat, number: int, incoming: Incoming) -> None:
        if incoming.kind is Kind.LEFT:
            await self._wiping.without_a_word(chat)
            return
        if incoming.query is not None and incoming.by is None:
            self._beside(self._sender.acknowledge(incoming.query))
        if await asyncio.to_thread(self._turns.is_wipe, chat, incoming):
            language = self._wording.language(incoming.language)
            asked = incoming.message_id if incoming.kind is Kind.TEXT else None
            await self._wiping.on_request(chat, number, asked, language)
            return
        if not self._pace.allows(_who(chat, incoming)):
            await self._too_fast(chat, number, incoming)
            return
        if incoming.kind in (Kind.TEXT, Kind.PRESS) and incoming.by is None:
            self._beside(self._sender.show_progress(chat.address))
        answer = await self._turns.answer(chat, incoming)
        if incoming.query is not None and incoming.by is not None:
            self._beside(self._sender.acknowledge(incoming.query, answer.notice))
        await asyncio.to_thread(self._store.answer, chat.pseudonym, number, answer)

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Lets something run that no answer waits for."""
        task = asyncio.create_task(work)
        self._courtesies.add(task)
        task.add_done_callback(self._courtesies.discard)

    async def _too_fast(self, chat: Chat, number: int, incoming: Incoming) -> None:
        """Says once that it is too much; the rest of that minute is deleted by a wipe, but not answered."""
        answer = Answer(read=incoming.message_id if incoming.kind is Kind.TEXT else None)
        if incoming.by is None and self._pace.is_first_refusal(chat.pseudonym):
            text = self._wording.say("too_fast", self._wording.language(incoming.language))
            answer.calls.append({"method": "send", "text": text})
        await asyncio.to_thread(self._store.answer, chat.pseudonym, number, answer)


def _who(chat: Chat, incoming: Incoming) -> str:
    """Whose pace counts: in a group everybody's own."""
    return chat.pseudonym if incoming.by is None else f"{chat.pseudonym} {incoming.by}"


class LostChat(Exception):
    """Another process has taken the chat over."""

async def end(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancels tasks until they are done: in Python 3.10 `wait_for` can swallow a cancellation."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=1)
