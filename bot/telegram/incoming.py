"""What an update is, in our own words: the rest of the front end never looks into one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Mapping, Optional

from telegram import CallbackQuery, ChatMember, Message, Update
from telegram.constants import ChatType


class Kind(Enum):
    """Kinds of update, by what is to be done about them."""

    TEXT = "text"
    PRESS = "press"
    EDITED = "edited"
    UNREADABLE = "unreadable"
    REVEALING = "revealing"
    """Photos, voices, contacts, places: they show who somebody is, so they are deleted."""
    GROUP = "group"
    LEFT = "left"
    """The person blocked the bot, or it was taken out of a group."""
    MOVED = "moved"
    """A group became a supergroup: it goes on under another number."""
    NOTHING = "nothing"


@dataclass(frozen=True)
class Incoming:
    """An update as far as it matters.

    Attributes:
        address: the chat's number; None when the update belongs to no chat.
        text: what was written, or the data of the button pressed.
        message_id: the person's message, or the one whose button was pressed.
        query: id of the button press, which must be answered.
        language: the language the person's phone is set to, as an IETF tag.
        by: in a group, who wrote or pressed: the number of their private chat; None in private chats.
        update: the update's number, the same when it comes again.
        moved_to: the number under which a group goes on, when told in the old group.
        moved_from: the number it had before, when told in the new one.
    """

    kind: Kind
    address: Optional[int] = None
    text: str = ""
    message_id: Optional[int] = None
    query: Optional[str] = None
    language: Optional[str] = None
    by: Optional[int] = None
    update: Optional[int] = None
    moved_to: Optional[int] = None
    moved_from: Optional[int] = None


_REVEALING = (
    "photo",
    "voice",
    "video",
    "video_note",
    "audio",
    "contact",
    "location",
    "venue",
    "document",
    "animation",
    "story",
)


def read(content: Mapping[str, Any]) -> Incoming:
    """Reads an update as Telegram sent it. What is not understood is `Kind.NOTHING`; nothing is raised."""
    return replace(_read(content), update=content.get("update_id"))


def _read(content: Mapping[str, Any]) -> Incoming:
    try:
        update = Update.de_json(dict(content), None)
    except (KeyError, TypeError, ValueError, AttributeError):
        return Incoming(Kind.NOTHING)
    if update.callback_query is not None:
        return _press(update.callback_query)
    if update.my_chat_member is not None:
        status = update.my_chat_member.new_chat_member.status
        gone = status in (ChatMember.BANNED, ChatMember.LEFT)
        return Incoming(Kind.LEFT if gone else Kind.NOTHING, update.my_chat_member.chat.id)
    message = update.message or update.edited_message
    if message is not None and message.migrate_to_chat_id is not None:
        return Incoming(Kind.MOVED, message.chat.id, moved_to=message.migrate_to_chat_id)
    if message is not None and message.migrate_from_chat_id is not None:
        return Incoming(Kind.MOVED, message.chat.id, moved_from=message.migrate_from_chat_id)
    if message is None or message.from_user is None:
        return Incoming(Kind.NOTHING)
    kind = _kind(message, edited=update.edited_message is not None)
    language = message.from_user.language_code
    by = message.from_user.id if kind is Kind.GROUP else None
    return Incoming(kind, message.chat.id, message.text or "", message.message_id, None, language, by)


def _kind(message: Message, edited: bool) -> Kind:
    if message.chat.type != ChatType.PRIVATE:
        return Kind.GROUP
    if any(getattr(message, name) for name in _REVEALING):
        return Kind.REVEALING
    if edited:
        return Kind.EDITED
    return Kind.TEXT if message.text else Kind.UNREADABLE


def _press(query: CallbackQuery) -> Incoming:
    message = query.message
    address = message.chat.id if message is not None else None
    number = message.message_id if message is not None else None
    if address is None:
        return Incoming(Kind.NOTHING)
    by = query.from_user.id if message is not None and message.chat.type != ChatType.PRIVATE else None
    return Incoming(Kind.PRESS, address, query.data or "", number, query.id, query.from_user.language_code, by)
