"""The texts of the Telegram front end, in the person's language."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Mapping

import yaml

from bot.wording.catalogue import SOURCE_LANGUAGE, Texts

HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def telegram_texts() -> Mapping[str, str]:
    """The English texts by id (`telegram.…`)."""
    texts: dict[str, str] = yaml.safe_load((HERE / "texts.yml").read_text(encoding="utf-8"))["texts"]
    return texts


class Wording:
    """Says a text of the front end in a language.

    Args:
        texts: the assistant's texts, which hold the translations.
        offered: the languages the organisation offers.
    """

    def __init__(self, texts: Texts, offered: tuple[str, ...]) -> None:
        self._texts = texts.with_source(telegram_texts())
        self.offered = offered

    def say(self, text_id: str, language: str, **values: object) -> str:
        text = self._texts.get(f"telegram.{text_id}", language)
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", str(value))
        return text

    def shared(self, text_id: str, language: str) -> str:
        """A text of the assistant, such as a button's title."""
        return self._texts.get(text_id, language)

    def language(self, code: str | None) -> str:
        """The language to use with somebody whose phone is set to `code` (an IETF tag, such as `fr-CA`)."""
        asked = (code or "").split("-")[0].lower()
        return asked if asked in self.offered else self.offered[0] if self.offered else SOURCE_LANGUAGE
