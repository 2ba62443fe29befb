"""Turns a `Reply` into the text and buttons a person sees, in their language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Collection, Mapping, Optional, Protocol

from bot.wording.catalogue import Texts
from bot.wording.reply import Choice, Kind, ParamValue, Part, Reply

MESSAGE_LIMIT = 600
"""Characters of a message, so that it is read without scrolling on a small phone (architecture.md)."""

HARD_LIMIT = 4096
"""Characters of a message in the Telegram Bot API."""

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_SENTENCE_START = re.compile(r"(?:^|[.!?؟]\s+|\n\s*)$")

NOT_SET = "organisation.not_set"
"""Text that ends a message which names a contact nobody has filled in."""

NOT_SET_URGENT = "organisation.not_set_urgent"
"""The same when the contact is one to call at once."""

_URGENT_CONTACTS = frozenset({"emergency_number", "site_security", "crisis_line"})
_FOCAL_POINT = "focal_point"


class LocalValues(Protocol):
    """The organisation's own values for placeholders."""

    def __call__(self, language: str) -> Mapping[str, str]:
        """Placeholder name to text."""

    @property
    def not_set(self) -> Collection[str]:
        """Placeholders whose contact is not filled in."""


@dataclass(frozen=True)
class Button:
    """A button as shown: its title in the user's language, and its payload."""

    title: str
    payload: str


@dataclass(frozen=True)
class Message:
    """A message as shown.

    Attributes:
        picture: a PNG that stands above the text, which says the same in words; None for most.
        replaces: it takes the place of the message whose button was pressed, where a channel can do that.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    picture: Optional[bytes] = None
    replaces: bool = False


class Renderer:
    """Renders replies.

    Args:
        texts: every text by id and language.
        local_values: what the organisation says for `{focal_point}` and its like, by language.
    """

    def __init__(self, texts: Texts, local_values: LocalValues) -> None:
        self.texts = texts
        self._local_values = local_values

    def render(self, reply: Reply, language: str) -> Message:
        """The message in `language`.

        Raises:
            KeyError: a part or choice names a text, or a text a placeholder, that does not exist.
        """
        blocks = [
            self._block(kind, list(parts), language)
            for kind, parts in groupby(reply.parts, key=lambda part: part.kind)
        ]
        blocks.append(self._about_empty_contacts(reply, language))
        buttons = tuple(self._button(choice, language) for choice in reply.choices)
        return Message("\n".join(block for block in blocks if block), buttons, replaces=reply.replaces)

    def _about_empty_contacts(self, reply: Reply, language: str) -> str:
        """What to do about a contact nobody has set; nothing where the reply names the focal point anyway."""
        named: set[str] = set()
        for part in reply.parts:
            named |= placeholders(self.texts.get(part.id, language)) - set(part.params)
        empty = named & set(self._local_values.not_set)
        if empty & _URGENT_CONTACTS:
            return self.texts.get(NOT_SET_URGENT, language)
        return self.texts.get(NOT_SET, language) if empty and _FOCAL_POINT not in named else ""

    def line(self, text_id: str, language: str, params: Mapping[str, ParamValue] | None = None) -> str:
        """One text with its placeholders filled.

        Raises:
            KeyError: no such text, or no value for one of its placeholders.
        """
        return self._filled(text_id, language, params or {}, begins=True)

    def _filled(self, text_id: str, language: str, params: Mapping[str, ParamValue], begins: bool) -> str:
        """A text with its placeholders filled; `begins`: what stands first in it begins a sentence."""
        local = self._local_values(language)
        text = self.texts.get(text_id, language)

        def value(match: re.Match[str]) -> str:
            name = match.group(1)
            found = self._value(params[name], language) if name in params else local[name]
            before = text[: match.start()]
            begins_sentence = _SENTENCE_START.search(before) and (begins or before.strip())
            return found[:1].upper() + found[1:] if begins_sentence else found

        return _PLACEHOLDER.sub(value, text)

    def _value(self, value: Any, language: str) -> str:
        if isinstance(value, Mapping):
            return self._filled(value["text"], language, value.get("params", {}), begins=False)
        return str(value)

    def _block(self, kind: Kind, parts: list[Part], language: str) -> str:
        lines = [self.line(part.id, language, part.params) for part in parts]
        if kind is Kind.SAY:
            quote = self.texts.get("label.quote", language)
            quoted = " ".join(quote.replace("{words}", line) for line in lines)
            return f"{self.texts.get('label.say', language)} {quoted}"
        if kind is Kind.NEVER:
            return f"{self.texts.get('label.never', language)} " + " ".join(lines)
        return "\n".join(lines)

    def _button(self, choice: Choice, language: str) -> Button:
        return Button(self.line(choice.title, language, choice.params), choice.payload)


def placeholders(text: str) -> set[str]:
    """The placeholder names in a text."""
    return set(_PLACEHOLDER.findall(text))
