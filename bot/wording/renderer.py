"""Turns a `Reply` into the text and buttons a person sees, in their language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Collection, Mapping, Protocol

from bot.wording.catalogue import Texts
from bot.wording.reply import Choice, Kind, ParamValue, Part, Reply

MESSAGE_LIMIT = 600
"""Characters of a message, so that it is read without scrolling on a small phone (architecture.md)."""

HARD_LIMIT = 4096
"""Characters of a message in the Telegram Bot API."""

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")

NOT_SET = "organisation.not_set"
"""Text that ends a message which names a contact nobody has filled in."""


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
    """A message as shown."""

    text: str
    buttons: tuple[Button, ...] = ()


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
        if self._names_empty_contact(reply, language):
            blocks.append(self.texts.get(NOT_SET, language))
        buttons = tuple(self._button(choice, language) for choice in reply.choices)
        return Message("\n".join(block for block in blocks if block), buttons)

    def _names_empty_contact(self, reply: Reply, language: str) -> bool:
        empty = set(self._local_values.not_set)
        return any(
            empty & (placeholders(self.texts.get(part.id, language)) - set(part.params))
            for part in reply.parts
        )

    def line(self, text_id: str, language: str, params: Mapping[str, ParamValue] | None = None) -> str:
        """One text with its placeholders filled.

        Raises:
            KeyError: no such text, or no value for one of its placeholders.
        """
        local = self._local_values(language)
        given = params or {}

        def value(match: re.Match[str]) -> str:
            name = match.group(1)
            if name in given:
                return self._value(given[name], language)
            return local[name]

        return _PLACEHOLDER.sub(value, self.texts.get(text_id, language))

    def _value(self, value: Any, language: str) -> str:
        if isinstance(value, Mapping):
            return self.line(value["text"], language, value.get("params"))
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
