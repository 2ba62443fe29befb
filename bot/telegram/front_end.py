"""The Telegram front end as a whole: builds its parts, starts and stops them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from dataclasses import dataclass
from typing import AsyncIterator, Callable, List, Optional, Protocol

from sqlalchemy.engine import Connection, Engine
from starlette.routing import Route
from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats
from telegram.error import InvalidToken, TelegramError
from telegram.request import HTTPXRequest

from bot.privacy.conversations import ConversationStore
from bot.privacy.keys import Keyring
from bot.settings import TelegramSettings
from bot.telegram.admission import Admission
from bot.telegram.chats import Chats, end
from bot.telegram.errands import REMIND, Errand, Errands
from bot.telegram.limits import ALLOWED_UPDATES, CHATS_AT_ONCE
from bot.telegram.polling import Polling
from bot.telegram.sender import CallRefused, ChatGone, NotNow, Sender
from bot.telegram.sessions import Sessions
from bot.telegram.store import ChatStore
from bot.telegram.texts import Wording
from bot.telegram.turns import Conversations, Desk, Turns, outgoing
from bot.telegram.webhook import PATH, webhook_route
from bot.telegram.wiping import Wiping
from bot.wording.catalogue import SOURCE_LANGUAGE
from bot.wording.renderer import Message

logger = logging.getLogger(__name__)

COMMANDS = ("start", "guide", "find", "ask", "practice", "language", "remind", "autowipe", "wipe", "help")
"""Commands shown in Telegram's menu, in this order."""

UPKEEP_SECONDS = 5.0
"""How often work that somebody left is looked for, and errands that are due."""

CARRY_SECONDS = 1.0
"""How often messages of practice sessions are looked for that another process has left."""

PURGE_SECONDS = 600.0


class TokenRefused(RuntimeError):
    """Telegram does not know the token; the message is one sentence for the administrator."""


async def check_token(settings: TelegramSettings) -> None:
    """Asks Telegram who we are, before the slow part of the start. An unreachable Telegram is no reason not to start.

    Raises:
        TokenRefused: Telegram does not know the token.
    """
    bot = _client(settings)
    try:
        await bot.initialize()
        await bot.shutdown()
    except InvalidToken as error:
        raise TokenRefused(
            "Telegram does not accept TELEGRAM_BOT_TOKEN: copy it again from BotFather."
        ) from error
    except TelegramError as error:
        logger.warning("Telegram cannot be reached yet (%s)", type(error).__name__)


@dataclass(frozen=True)
class Notice:
    """A message for a chat."""

    address: int
    message: Message


class Post(Protocol):
    """Where notices for people with a role wait."""

    def take(self) -> List[Notice]:
        """Those for people reached in Telegram; each is handed out once. It blocks."""
        ...


@dataclass(frozen=True)
class Parcel:
    """A message of a practice session for a chat. `take` takes it from where it waits, in the transaction that hands it
    over; when it says no, somebody else has it."""

    address: int
    message: Message
    take: Callable[[Connection], bool]


class Parcels(Protocol):
    """Where messages of practice sessions wait."""

    def waiting(self) -> List[Parcel]:
        """Those for chats in Telegram, the oldest first. It blocks."""
        ...


class TelegramFrontEnd:
    """The running front end.

    Args:
        settings: see there.
        gateway: the assistant.
        engine, keyring, conversations: where things are kept.
        wording: its texts.
        admission: who may use the assistant.
        clock: seconds since 1970.
        desk: answers people who keep the directory.
        post: notices for people with a role.
        sessions, parcels: practice in groups, and what waits there for people; None without.
    """

    def __init__(
        self,
        settings: TelegramSettings,
        gateway: Conversations,
        engine: Engine,
        keyring: Keyring,
        conversations: ConversationStore,
        wording: Wording,
        admission: Admission,
        clock: Callable[[], float] = time.time,
        desk: Optional[Desk] = None,
        post: Optional[Post] = None,
        sessions: Optional[Sessions] = None,
        parcels: Optional[Parcels] = None,
    ) -> None:
        self._parcels = parcels
        self._loop: Optional[asyncio.AbstractEventLoop] = None
        self._left = asyncio.Event()
        self._settings = settings
        self._wording = wording
        self.bot = _client(settings)
        self.store = ChatStore(engine, keyring, conversations, settings.auto_wipe_hours, clock)
        self.errands = Errands(engine, keyring, clock)
        self._sender = Sender(self.bot)
        turns = Turns(gateway, self.store, conversations, wording, admission, desk, sessions)
        self._post = post
        self._wiping = Wiping(self.store, self._sender, self.errands, wording, sessions)
        self.chats = Chats(self.store, turns, self._sender, self._wiping, wording)
        self._secret = keyring.pseudonym("telegram", "webhook")

    @property
    def routes(self) -> List[Route]:
        """The routes Telegram calls; none when updates are fetched."""
        return [webhook_route(self.chats, self._secret)] if self._settings.webhook_url else []

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serves Telegram as long as the context is open."""
        self._loop = asyncio.get_running_loop()
        works = (self._introduce(), self._keep_up(), self._carry_for_ever())
        tasks = [asyncio.create_task(work) for work in works]
        try:
            yield
        finally:
            await end(tasks)
            await self.chats.stop()
            with contextlib.suppress(TelegramError, RuntimeError):
                await self.bot.shutdown()

    async def _introduce(self) -> None:
        """Tells Telegram how to reach us, then fetches updates if that is how."""
        pause = 1.0
        while True:
            try:
                await self.bot.initialize()
                if self._settings.webhook_url:
                    await self.bot.set_webhook(
                        self._settings.webhook_url.rstrip("/") + PATH,
                        secret_token=self._secret,
                        allowed_updates=list(ALLOWED_UPDATES),
                        max_connections=CHATS_AT_ONCE,
                    )
                else:
                    await self.bot.delete_webhook()
                break
            except InvalidToken:
                logger.error("Telegram does not accept the token")
                return
            except Exception as error:
                logger.warning("Telegram cannot be reached (%s); trying again", type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 60.0)
        await self._set_commands()
        if not self._settings.webhook_url:
            await Polling(self.bot, self.chats, self.store).run()

    async def _set_commands(self) -> None:
        """Fills Telegram's menu. Nothing depends on it: every command can be typed."""
        for language in (None, *self._wording.offered):
            commands = [
                BotCommand(name, self._wording.say(f"command.{name}", language or SOURCE_LANGUAGE))
                for name in COMMANDS
            ]
            try:
                await self.bot.set_my_commands(
                    commands, scope=BotCommandScopeAllPrivateChats(), language_code=language
                )
            except TelegramError as error:
                logger.warning("the menu of commands was not set (%s)", type(error).__name__)

    async def _keep_up(self) -> None:
        """Takes up what was left, does errands, clears quiet chats."""
        since_purge = PURGE_SECONDS
        while True:
            try:
                await self.chats.take_up()
                for errand in await asyncio.to_thread(self.errands.take_due):
                    await self._run_errand(errand)
                await self._hand_over()
                for chat in await asyncio.to_thread(self.store.quiet_too_long):
                    await self._wiping.quietly(chat)
                if since_purge >= PURGE_SECONDS:
                    await asyncio.to_thread(self.store.purge)
                    since_purge = 0.0
            except Exception as error:
                logger.error("upkeep failed with %s", type(error).__name__)
            await asyncio.sleep(UPKEEP_SECONDS)
            since_purge += UPKEEP_SECONDS

    async def _hand_over(self) -> None:
        """Lets notices for people who are reached here wait in their chats."""
        if self._post is None:
            return
        for notice in await asyncio.to_thread(self._post.take):
            # These buttons travel as they are: they must work for weeks, and the desk checks who presses them.
            calls = [{**call, "keep": True} for call in outgoing([notice.message], str)]
            chat = await asyncio.to_thread(self.store.leave_message, notice.address, calls)
            if chat is not None:
                self.chats.wake(chat)

    # Practice sessions ----------------------------------------------------------------------------------

    def user_name(self) -> Optional[str]:
        """What the bot is called in links; None until Telegram has said so."""
        try:
            return self.bot.username
        except RuntimeError:
            return None

    def wake(self) -> None:
        """Something has been left for people in a session. Any thread may say so."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._left.set)

    async def _carry_for_ever(self) -> None:
        """Hands over what waits, at once when this process has left it, soon when another one has."""
        while self._parcels is not None:
            self._left.clear()
            try:
                await self._carry(self._parcels)
            except Exception as error:
                logger.error("handing over messages of a session failed with %s", type(error).__name__)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._left.wait(), CARRY_SECONDS)

    async def _carry(self, parcels: Parcels) -> None:
        for parcel in await asyncio.to_thread(parcels.waiting):
            calls = outgoing([parcel.message], str)
            chat = await asyncio.to_thread(self.store.leave_message, parcel.address, calls, parcel.take)
            if chat is not None:
                self.chats.wake(chat)

    async def _run_errand(self, errand: Errand) -> None:
        try:
            if errand.kind == REMIND:
                call = {"method": "send", "text": self._wording.say("reminder", SOURCE_LANGUAGE)}
                await self._sender.make(errand.address, call, _not_again)
            elif errand.message_id is not None:
                await self._sender.delete(errand.address, [errand.message_id])
        except NotNow:
            return  # it is handed out again
        except (ChatGone, CallRefused) as error:
            logger.info("an errand came to nothing (%s)", type(error).__name__)
        await asyncio.to_thread(self.errands.done, errand)


def _client(settings: TelegramSettings) -> Bot:
    fetching = HTTPXRequest(connection_pool_size=2, read_timeout=30.0, connect_timeout=10.0)
    calling = HTTPXRequest(
        connection_pool_size=CHATS_AT_ONCE + 8,
        read_timeout=20.0,
        connect_timeout=10.0,
        pool_timeout=30.0,
    )
    if settings.base_url:
        return Bot(settings.token, base_url=settings.base_url, request=calling, get_updates_request=fetching)
    return Bot(settings.token, request=calling, get_updates_request=fetching)


async def _not_again() -> bool:
    return False
