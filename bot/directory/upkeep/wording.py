"""The texts of the upkeep, in the language of whoever reads them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.directory.exchange.cell_writing import write
from bot.directory.record import Record
from bot.wording.catalogue import Texts
from bot.wording.renderer import Button, Message

HERE = Path(__file__).parent

FIELDS = (
    "name", "phones", "hours", "place", "address", "alert", "description", "needs", "languages", "costs", "status",
)  # fmt: skip
"""Columns that can be changed by chat, in the order in which they are offered."""

SHOWN = ("needs", "place", "address", "phones", "hours", "languages", "costs", "alert")
"""Columns shown of a service at the desk."""


@lru_cache(maxsize=1)
def upkeep_texts() -> Mapping[str, str]:
    """The English texts by id (`desk.…`)."""
    texts: dict[str, str] = yaml.safe_load((HERE / "texts.yml").read_text(encoding="utf-8"))["texts"]
    return texts


class Wording:
    """Says a text of the upkeep in a language.

    Args:
        texts: the assistant's texts, which hold the translations.
    """

    def __init__(self, texts: Texts) -> None:
        self._texts = texts.with_source(upkeep_texts())

    def say(self, text_id: str, language: str, **values: object) -> str:
        """The text with its values."""
        text = self._texts.get(f"desk.{text_id}", language)
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", str(value))
        return text

    def message(self, language: str, *lines: str, buttons: tuple[Button, ...] = ()) -> Message:
        return Message("\n".join(line for line in lines if line), buttons)

    def button(self, text_id: str, language: str, *payload: object, **values: object) -> Button:
        """A button that comes back to the desk."""
        return Button(self.say(text_id, language, **values), payload_of(*payload))

    def label(self, field: str, language: str) -> str:
        known = f"field.{field}" if f"desk.field.{field}" in upkeep_texts() else ""
        return self.say(known, language) if known else field.replace("_", " ")

    def value(self, column: str, record: Record, language: str) -> str:
        return write(column, record) or self.say("unknown", language)

    def reports(self, counts: Mapping[str, int], language: str) -> str:
        """`2 × no answer, 1 × closed`."""
        parts = [
            f"{number} × {self.say(f'report.{kind}', language)}" for kind, number in sorted(counts.items())
        ]
        return ", ".join(parts)


PREFIX = "desk"


def payload_of(*parts: object) -> str:
    """What a button of the desk sends back."""
    return ":".join((PREFIX, *(str(part) for part in parts)))


def in_words(value: Any) -> str:
    """A field's value, as JSON has it, in few words for a list of changes."""
    if value is None or value in ([], {}):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(in_words(each) for each in value)
    if isinstance(value, dict):
        for name in ("number", "title"):
            if value.get(name):
                return str(value[name])
        return ", ".join(in_words(each) for each in value.values() if each not in (None, [], {}, ""))
    return str(value)
