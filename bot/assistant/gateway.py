"""The one door to the assistant: a person's message in, messages out.

Every channel (web chat, REST, terminal, Telegram) comes through here. The gateway gives the person a
pseudonym, turns away what cannot be read, tells button presses from text, keeps a conversation's turns in
order, and makes sure that nobody is ever left without an answer.
"""

from __future__ import annotations

import asyncio
import logging
import unicodedata
from typing import Callable, List, Optional

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

from bot.assistant.actions_in_process import failed_action
from bot.assistant.last_buttons import LastButtons
from bot.guidance.replies import Replies
from bot.practice.cohorts.members import Place
from bot.practice.cohorts.presence import writer, writing
from bot.practice.ways_out import way_out
from bot.privacy.conversations import ConversationStore
from bot.privacy.keys import Keyring
from bot.wording.catalogue import SOURCE_LANGUAGE
from bot.wording.payload import Payloads, Press, payload
from bot.wording.renderer import Button, Message, Renderer
from bot.wording.reply import Reply

logger = logging.getLogger(__name__)

TEXT_LIMIT = 2000
"""Characters read of one message. Longer ones are pasted stories, which do not belong here."""

COMMANDS = {
    "start": Press("greet"),
    "guide": Press("start_guide"),
    "find": Press("find_service"),
    "help": Press("help"),
    "ask": Press("help"),
    "language": Press("change_language"),
    "practice": Press("start_practice"),
    "results": Press("practice", {"do": "results"}),
}
"""Typed commands, as in Telegram, and what they stand for. `/wipe` is handled before Rasa."""

PRACTICE = "practice"
"""The intent of practice's buttons, and the slot that holds a run."""

PRACTICE_LINE = Press("practice_line")
"""What is typed during practice."""

Waiting = Callable[[Place], Optional[Reply]]
"""What waits for the person who writes from a place; None for nothing."""

Desk = Callable[[Place, str], Optional[List[Message]]]
"""The answer of somebody beside the dialogue to what was typed or pressed; None when it is not meant for them."""

WIPE_WORDS = frozenset({"wipe", "/wipe"})


class Gateway:
    """Answers messages.

    Args:
        agent: the loaded Rasa agent.
        store: where conversations are kept.
        keyring: for pseudonyms.
        payloads: the button payloads that exist.
        replies, renderer: for what the gateway says by itself.
        waiting: what waits for somebody who comes back; it blocks.
        desk: answers trainers, without the dialogue; it blocks.
    """

    def __init__(
        self,
        agent: Agent,
        store: ConversationStore,
        keyring: Keyring,
        payloads: Payloads,
        replies: Replies,
        renderer: Renderer,
        waiting: Waiting = lambda place: None,
        desk: Desk = lambda place, text: None,
    ) -> None:
        self._agent = agent
        self._store = store
        self._keyring = keyring
        self._payloads = payloads
        self._replies = replies
        self._renderer = renderer
        self._waiting = waiting
        self._desk = desk
        self._buttons = LastButtons(payloads)

    async def send(self, channel: str, person: str, text: str) -> List[Message]:
        """Answers a message or a button's payload.

        Args:
            channel: name of the channel, such as `web`.
            person: the channel's id of the person; only its pseudonym goes further.
            text: what was typed, or the payload of the button that was pressed.

        Returns:
            At least one message. Never raises: a failure is answered with a plain sentence.
        """
        cleaned = _clean(text)
        problem = _unreadable(text, cleaned)
        if problem:
            return [self._own(problem)]
        if cleaned.lower() in WIPE_WORDS:
            return await self._wipe_or_say(channel, person)
        place = writer() or Place(self._keyring.pseudonym(channel, person), channel, SOURCE_LANGUAGE)
        try:
            with writing(place):
                return await self._answer(channel, person, cleaned)
        except Exception as error:
            # Only the kind of error: its message may quote what the user typed.
            logger.error("a turn failed with %s", type(error).__name__)
            return [self._own("error.try_again")]

    async def _answer(self, channel: str, person: str, text: str) -> List[Message]:
        """Answers a readable message: a press when it is one, else text."""
        pseudonym = self._keyring.pseudonym(channel, person)
        at_desk = await asyncio.to_thread(self._desk, writer() or Place(pseudonym, channel, SOURCE_LANGUAGE), text)
        if at_desk is not None:
            self._buttons.shown(pseudonym, at_desk)
            return at_desk
        if not text.startswith("/"):
            text = self._buttons.typed(pseudonym, text)
        is_practising = await self._is_practising(pseudonym)
        if is_practising and not text.startswith("/"):
            out = way_out(text)
            if out is None:
                return await self._turn(pseudonym, text, PRACTICE_LINE)
            text = "/guide" if out == "real" else payload(PRACTICE, do="stop")
        press: Optional[Press] = None
        if text.startswith("/"):
            press = COMMANDS.get(text[1:].lower()) or self._payloads.parse(text)
            if press is None:
                problem = "error.unknown_button" if "{" in text else "error.unknown_command"
                return [self._own(problem, ways_in=True)]
            if press.intent == "wipe":
                return await self._wipe_or_say(channel, person)
            if is_practising and press.intent != PRACTICE:
                await self._turn(pseudonym, "", Press(PRACTICE, {"do": "stop"}))
        return await self._turn(pseudonym, text, press)

    async def _is_practising(self, pseudonym: str) -> bool:
        """Whether what is typed is a line of practice, which no classifier may act on."""
        state = await asyncio.to_thread(self._store.read, pseudonym)
        running = state["slots"].get(PRACTICE) if state else None
        return bool(running and not running.get("is_over"))

    async def _turn(self, pseudonym: str, text: str, press: Optional[Press]) -> List[Message]:
        output = CollectingOutputChannel()
        failed_action.set(None)
        message = UserMessage(text, output, pseudonym, parse_data=_parse_data(press, text) if press else None)
        await self._agent.handle_message(message)
        if failed_action.get() or not output.messages:
            return [self._own("error.try_again")]
        messages = [_message(said) for said in output.messages if said.get("text")]
        self._buttons.shown(pseudonym, messages)
        return messages

    async def shown(self, channel: str, person: str) -> List[Message]:
        """What to show somebody who opens the chat: the greeting, or the offer to go on, and what waits for them."""
        messages = await self.send(channel, person, "/start")
        pseudonym = self._keyring.pseudonym(channel, person)
        place = writer() or Place(pseudonym, channel, SOURCE_LANGUAGE)
        try:
            reply = await asyncio.to_thread(self._waiting, place)
        except Exception as error:
            logger.error("looking for what waits failed with %s", type(error).__name__)
            return messages
        if reply is not None:
            messages = [*messages, self._renderer.render(reply, place.language)]
            self._buttons.shown(pseudonym, messages)
        return messages

    async def wipe(self, channel: str, person: str) -> List[Message]:
        """Deletes everything held about the conversation. Needs the database, not Rasa.

        Raises:
            Exception: the database failed. Nobody may be told that something is gone when it is not.
        """
        pseudonym = self._keyring.pseudonym(channel, person)
        async with self._agent.lock_store.lock(pseudonym):
            await asyncio.to_thread(self._store.wipe, pseudonym)
        self._buttons.forget(pseudonym)
        return [self._own("wipe.done")]

    async def _wipe_or_say(self, channel: str, person: str) -> List[Message]:
        try:
            return await self.wipe(channel, person)
        except Exception as error:
            logger.error("a wipe failed with %s", type(error).__name__)
            return [self._own("wipe.failed")]

    def _own(self, text_id: str, ways_in: bool = False) -> Message:
        reply = self._replies.plain(text_id, self._replies.ways_in() if ways_in else ())
        return self._renderer.render(reply, "en")


def _message(said: dict) -> Message:  # type: ignore[type-arg]
    buttons = tuple(Button(button["title"], button["payload"]) for button in said.get("buttons") or ())
    return Message(said["text"], buttons)


def _parse_data(press: Press, typed: str) -> dict:  # type: ignore[type-arg]
    """What Rasa is told of a press. Only a line of practice has words; a payload is nothing anybody said."""
    text = typed if press == PRACTICE_LINE else ""
    intent = {"name": press.intent, "confidence": 1.0}
    entities = [
        {"entity": name, "value": value, "start": 0, "end": 0, "extractor": "button"}
        for name, value in press.entities.items()
    ]
    return {"text": text, "intent": intent, "entities": entities, "intent_ranking": [intent]}


def _clean(text: str) -> str:
    """Without control characters and surrounding space."""
    kept = "".join(
        c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn") else " " for c in text
    )
    return kept.strip()


def _unreadable(text: str, cleaned: str) -> Optional[str]:
    """The text id of what is wrong with a message that cannot be read, or None."""
    if not cleaned:
        return "error.no_words" if text.strip() else "error.empty"
    if len(cleaned) > TEXT_LIMIT:
        return "error.too_long"
    if not any(c.isalnum() for c in cleaned):
        return "error.no_words"
    return None
