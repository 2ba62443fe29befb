"""Answers one update: what to say, what to delete, what to remember."""

from __future__ import annotations

import asyncio
import base64
import logging
from typing import Any, Callable, Dict, List, Optional, Protocol, Sequence

from bot.practice.cohorts.members import Place
from bot.practice.cohorts.presence import writing
from bot.privacy.conversations import ConversationStore
from bot.telegram.admission import Admission
from bot.telegram.incoming import Incoming, Kind
from bot.telegram.limits import AUTO_WIPE_HOURS, REMIND_HOURS, TEXT
from bot.telegram.records import Answer, Chat, Content
from bot.telegram.sessions import IN_A_GROUP, JOIN_LINK, SESSION, Sessions
from bot.telegram.store import CHANNEL, HOUR, ChatStore
from bot.telegram.texts import Wording
from bot.understanding.detection import detect
from bot.understanding.noticing import notice
from bot.understanding.redaction import identifying_spans
from bot.understanding.signals import DANGER
from bot.wording.payload import payload
from bot.wording.renderer import Button, Message

logger = logging.getLogger(__name__)

WIPE_WORDS = frozenset({"wipe", "/wipe"})
AUTO_WIPE = "telegram:autowipe:"
REMIND = "telegram:remind:"
"""Payloads that this front end answers itself begin so; no Rasa intent does."""

DESK = "desk:"
"""Payloads of the directory's desk begin so. Under notices they travel as they are, because a notice waits for weeks;
the desk lets nobody do what their role does not allow."""

PRACTICE = "/practice{"
"""Payloads of practice begin so. An invitation's travel as they are too: it waits for weeks, and does nothing but open
what is the presser's own."""

RESULTS = "/results:"
"""Payloads of the trainer's desk begin so; as they are they come with what everybody in a session is told. The desk
looks up whose session it is with every press."""

DIRECTORY = "/directory"

RESUME = payload("resume")


class Conversations(Protocol):
    """What is needed of the gateway."""

    async def send(self, channel: str, person: str, text: str) -> List[Message]:
        """The answer to a text or a button's payload."""
        ...


class Desk(Protocol):
    """What is needed of the directory's desk. Every method blocks."""

    def is_staffed_by(self, pseudonym: str) -> bool:
        """Whether a person has anything to do there."""
        ...

    def awaits(self, pseudonym: str) -> bool:
        """Whether what the person types next is meant for the desk."""
        ...

    def leave(self, pseudonym: str) -> None:
        """Forgets what the person was in the middle of."""
        ...

    def answer(self, pseudonym: str, language: str, text: str) -> List[Message]:
        """The answer to typed words."""
        ...

    def press(self, pseudonym: str, language: str, payload: str) -> List[Message]:
        """The answer to one of the desk's buttons."""
        ...


class Turns:
    """Answers updates.

    Args:
        gateway: the assistant.
        store: the chats.
        conversations: where the gateway keeps its state; held back until the answer is committed.
        wording: the front end's own texts.
        admission: who may use the assistant.
        desk: answers people who keep the directory; None without one.
        sessions: practice in groups; None without.
    """

    def __init__(
        self,
        gateway: Conversations,
        store: ChatStore,
        conversations: ConversationStore,
        wording: Wording,
        admission: Admission,
        desk: Optional[Desk] = None,
        sessions: Optional[Sessions] = None,
    ) -> None:
        self._sessions = sessions
        self._gateway = gateway
        self._store = store
        self._conversations = conversations
        self._wording = wording
        self._admission = admission
        self._desk = desk
        self._kinds: Dict[Kind, Callable[[Incoming, Answer], None]] = {
            Kind.EDITED: self._edited,
            Kind.UNREADABLE: self._unreadable,
            Kind.REVEALING: self._revealing,
        }

    def is_wipe(self, chat: Chat, incoming: Incoming) -> bool:
        """Whether the person asks to clear everything. Needs the database only."""
        if incoming.kind is Kind.TEXT:
            return incoming.text.strip().lower() in WIPE_WORDS
        if incoming.kind is Kind.PRESS:
            return self._store.peek(chat.pseudonym, incoming.text) == payload("wipe")
        return False

    async def answer(self, chat: Chat, incoming: Incoming) -> Answer:
        """What answering the update comes to; nothing of it has happened yet."""
        answer = Answer(read=None if incoming.kind in (Kind.PRESS, Kind.GROUP, Kind.MOVED) else incoming.message_id)
        if incoming.kind in self._kinds:
            self._kinds[incoming.kind](incoming, answer)
        elif incoming.kind is Kind.GROUP:
            await self._group(chat, incoming, answer)
        elif incoming.kind is Kind.MOVED and self._sessions is not None:
            # Told in both groups, which are answered side by side: whichever is first moves the stage.
            old = chat.address if incoming.moved_from is None else incoming.moved_from
            group = self._place(chat, incoming, incoming.moved_to)
            await asyncio.to_thread(self._sessions.move_stage, self._store.pseudonym(old), group)
        elif incoming.kind is Kind.TEXT:
            await self._text(chat, incoming, answer)
        elif incoming.by is not None:
            await self._press_in_group(chat, incoming, answer)
        elif incoming.kind is Kind.PRESS:
            await self._press(chat, incoming, answer)
        return answer

    # Words and buttons ----------------------------------------------------------------------------------

    async def _text(self, chat: Chat, incoming: Incoming, answer: Answer) -> None:
        text = incoming.text.strip()
        command, _, rest = text.partition(" ")
        command = command.partition("@")[0].lower()
        pseudonym = self._store.pseudonym(chat.address)
        if command == "/start" and (link := JOIN_LINK.fullmatch(rest.strip())):
            text, command, rest = f"/join {link.group(1)}", "/join", link.group(1)
        passed_on = await self._in_session(chat, incoming, answer, text)
        if passed_on is None:
            return
        if passed_on != text:
            text = passed_on
            command, _, rest = text.partition(" ")
        if command == "/start" and rest:
            accepted = await asyncio.to_thread(
                self._admission.accept, rest.strip(), pseudonym, chat.address, self._language(incoming)
            )
            if accepted is not None:
                self._say(incoming, answer, await self._welcome(pseudonym) if accepted else "invitation.refused")
                answer.calls.append({"method": "delete", "message_ids": [incoming.message_id]})
                if not accepted:
                    return
            text = "/start"
        if not await self._is_welcome(chat, incoming, answer):
            return
        if command in ("/autowipe", "/remind"):
            ask = self._ask_auto_wipe if command == "/autowipe" else self._ask_reminder
            ask(incoming, answer)
            return
        if await self._at_the_desk(chat, incoming, answer, command, rest):
            return
        if command.startswith("/") and not rest:
            text = command
        lead = ""
        if identifying_spans(text, detect(text)):
            answer.calls.append({"method": "delete", "message_ids": [incoming.message_id]})
            answer.read = None
            lead = self._wording.say("identifying_deleted", self._language(incoming))
        await self._ask(chat, incoming, text, answer, lead)

    async def _press(self, chat: Chat, incoming: Incoming, answer: Answer) -> None:
        pressed: Optional[str] = incoming.text
        first = True
        if not incoming.text.startswith((DESK, PRACTICE, SESSION, RESULTS)):
            pressed, first = await asyncio.to_thread(self._store.press, chat.pseudonym, incoming.text)
        if not first:
            return
        if pressed is not None:
            pressed = await self._in_session(chat, incoming, answer, pressed)
            if pressed is None:
                return
        if not await self._is_welcome(chat, incoming, answer):
            return
        if pressed is None:
            language = self._language(incoming)
            go_on = [self._wording.shared("button.resume", language), answer.button(RESUME)]
            text = self._wording.say("old_button", language)
            answer.calls.append({"method": "send", "text": text, "buttons": [go_on]})
            return
        if pressed.startswith(AUTO_WIPE):
            self._set_auto_wipe(incoming, answer, int(pressed.removeprefix(AUTO_WIPE)))
            return
        if pressed.startswith(REMIND):
            self._set_reminder(incoming, answer, int(pressed.removeprefix(REMIND)))
            return
        if self._desk is not None and pressed.startswith(DESK):
            pseudonym, language = self._store.pseudonym(chat.address), self._language(incoming)
            messages = await asyncio.to_thread(self._desk.press, pseudonym, language, pressed)
            self._put(messages, answer)
            return
        await self._ask(chat, incoming, pressed, answer, "")

    async def _in_session(self, chat: Chat, incoming: Incoming, answer: Answer, text: str) -> Optional[str]:
        """What is left for others to answer: all of it when it is not meant for a practice session, None when it was
        answered there. A session's code lets people in who were not invited to anything else."""
        if self._sessions is None or text.startswith(DESK):
            return text
        handled = await asyncio.to_thread(self._sessions.answer, self._place(chat, incoming), text, _key(incoming))
        if handled is None:
            return text
        self._put(handled.messages, answer, incoming.message_id if incoming.kind is Kind.PRESS else None)
        return handled.pass_on

    def _place(self, chat: Chat, incoming: Incoming, address: Optional[int] = None) -> Place:
        """The place of the chat, or of whoever is reached at `address`."""
        address = chat.address if address is None else address
        return Place(self._store.pseudonym(address), CHANNEL, self._language(incoming), str(address))

    async def _welcome(self, pseudonym: str) -> str:
        """The id of the text that greets somebody with a new role."""
        staffed = self._desk is not None and await asyncio.to_thread(self._desk.is_staffed_by, pseudonym)
        return "invitation.welcome_desk" if staffed else "invitation.welcome"

    async def _at_the_desk(
        self, chat: Chat, incoming: Incoming, answer: Answer, command: str, rest: str
    ) -> bool:
        """Whether the message is for the directory's desk; if so, it is answered there. Any other command leaves it."""
        pseudonym = self._store.pseudonym(chat.address)
        if self._desk is None or not await asyncio.to_thread(self._desk.is_staffed_by, pseudonym):
            return False
        if command == DIRECTORY:
            words = rest
            await asyncio.to_thread(self._desk.leave, pseudonym)
        elif await asyncio.to_thread(self._is_awaited, pseudonym, incoming.text):
            words = incoming.text.strip()
        else:
            await asyncio.to_thread(self._desk.leave, pseudonym)
            return False
        messages = await asyncio.to_thread(self._desk.answer, pseudonym, self._language(incoming), words)
        self._put(messages, answer)
        return True

    def _is_awaited(self, pseudonym: str, text: str) -> bool:
        """Whether typed words are what the desk has asked for. A sign of danger never is: it goes to the guide."""
        if self._desk is None or text.strip().startswith("/") or not self._desk.awaits(pseudonym):
            return False
        return not {signal.id for signal in notice(text, detect(text), None)} & set(DANGER)

    def _put(self, messages: Sequence[Message], answer: Answer, pressed: Optional[int] = None) -> None:
        """Each message with its own buttons: at the desk they belong to what stands above them. `pressed`: the message
        whose button was, for what takes its place."""
        for message in messages:
            calls = outgoing([message], lambda payload: travelling(payload, answer))
            if message.replaces and pressed is not None and len(calls) == 1:
                calls[0].update(method="edit", message_id=pressed)
            answer.calls += calls

    async def _is_welcome(self, chat: Chat, incoming: Incoming, answer: Answer) -> bool:
        """Whether the person may use the assistant; if not, that is the answer."""
        pseudonym = self._store.pseudonym(chat.address)
        welcome = await asyncio.to_thread(self._admission.is_welcome, pseudonym)
        if not welcome:
            self._say(incoming, answer, "by_invitation")
        return welcome

    async def _ask(self, chat: Chat, incoming: Incoming, text: str, answer: Answer, lead: str) -> None:
        with self._conversations.hold() as held, writing(self._place(chat, incoming)):
            messages = await self._gateway.send(CHANNEL, chat.conversation, text)
        answer.held = held
        answer.calls += outgoing(messages, lambda payload: travelling(payload, answer), lead)

    # Everything else --------------------------------------------------------------------------------------

    def _edited(self, incoming: Incoming, answer: Answer) -> None:
        self._say(incoming, answer, "edited")

    def _unreadable(self, incoming: Incoming, answer: Answer) -> None:
        self._say(incoming, answer, "not_text")

    def _revealing(self, incoming: Incoming, answer: Answer) -> None:
        answer.read = None
        answer.calls.append({"method": "delete", "message_ids": [incoming.message_id]})
        self._say(incoming, answer, "not_private")

    async def _group(self, chat: Chat, incoming: Incoming, answer: Answer) -> None:
        """In a group the assistant only shows practice sessions; nothing else is read there."""
        asked = IN_A_GROUP.fullmatch(incoming.text.strip())
        if self._sessions is not None:
            if asked and incoming.by is not None:
                by = self._store.pseudonym(incoming.by)
                group = self._place(chat, incoming)
                self._put(await asyncio.to_thread(self._sessions.show_in, group, asked.group(1), by), answer)
                return
            if await asyncio.to_thread(self._sessions.is_stage, chat.pseudonym):
                return
            if not incoming.text:
                self._say(incoming, answer, "group_waits")
                return
        self._say(incoming, answer, "group")
        answer.calls.append({"method": "leave"})

    async def _press_in_group(self, chat: Chat, incoming: Incoming, answer: Answer) -> None:
        if self._sessions is None or incoming.by is None or not incoming.text.startswith(SESSION):
            return
        place = self._place(chat, incoming, incoming.by)
        answer.notice = await asyncio.to_thread(
            self._sessions.pressed_on_stage, chat.pseudonym, place, incoming.text, _key(incoming)
        )

    def _ask_auto_wipe(self, incoming: Incoming, answer: Answer) -> None:
        self._ask_hours(incoming, answer, "auto_wipe.ask", AUTO_WIPE, AUTO_WIPE_HOURS)

    def _set_auto_wipe(self, incoming: Incoming, answer: Answer, hours: int) -> None:
        answer.auto_wipe_hours = hours
        self._say(incoming, answer, "auto_wipe.set" if hours else "auto_wipe.off", hours=hours)

    def _ask_reminder(self, incoming: Incoming, answer: Answer) -> None:
        self._ask_hours(incoming, answer, "remind.ask", REMIND, REMIND_HOURS)

    def _set_reminder(self, incoming: Incoming, answer: Answer, hours: int) -> None:
        answer.remind_after = hours * HOUR
        self._say(incoming, answer, "remind.set", hours=hours)

    def _ask_hours(
        self, incoming: Incoming, answer: Answer, text_id: str, prefix: str, offered: Sequence[int]
    ) -> None:
        """Asks for a number of hours, with a button for each."""
        language = self._language(incoming)
        buttons = [
            [self._wording.say("hours" if hours else "never", language, hours=hours), answer.button(f"{prefix}{hours}")]
            for hours in offered
        ]
        text = self._wording.say(text_id, language)
        answer.calls.append({"method": "send", "text": text, "buttons": buttons})

    def _say(self, incoming: Incoming, answer: Answer, text_id: str, **values: object) -> None:
        text = self._wording.say(text_id, self._language(incoming), **values)
        answer.calls.append({"method": "send", "text": text})

    def _language(self, incoming: Incoming) -> str:
        return self._wording.language(incoming.language)


def travelling(payload: str, answer: Answer) -> str:
    """What a button carries: its payload where many press the same, else an id."""
    return payload if payload.startswith(SESSION) else answer.button(payload)


def _key(incoming: Incoming) -> Optional[str]:
    return None if incoming.update is None else f"telegram {incoming.update}"


def outgoing(messages: Sequence[Message], button: Callable[[str], str], lead: str = "") -> List[Content]:
    """The calls that say `messages`: as few as possible, each within the Bot API's limit, pictures first, the buttons
    under the last. `button` gives the id under which a payload travels."""
    text = "\n\n".join(part for part in (lead, *(message.text for message in messages)) if part)
    shown: List[Button] = [shown for message in messages for shown in message.buttons]
    pictures = [base64.b64encode(message.picture).decode() for message in messages if message.picture]
    calls: List[Content] = [{"method": "photo", "picture": picture} for picture in pictures]
    calls += [{"method": "send", "text": piece} for piece in split(text)]
    if calls and shown:
        calls[-1]["buttons"] = [[each.title, button(each.payload)] for each in shown]
    return calls


def split(text: str, limit: int = TEXT) -> List[str]:
    """A long text in pieces, cut at the ends of paragraphs, else of lines, else of words."""
    pieces = []
    rest = text.strip()
    while len(rest) > limit:
        cut = next(
            (at for mark in ("\n\n", "\n", " ") if (at := rest.rfind(mark, 1, limit)) > limit // 4), limit
        )
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*pieces, rest] if rest else pieces


def keyboard(buttons: Sequence[Sequence[str]]) -> List[List[Dict[str, Any]]]:
    """Inline buttons, one a row, so that titles are read in full on a narrow phone."""
    return [[{"text": title, "callback_data": identity}] for title, identity in buttons]
