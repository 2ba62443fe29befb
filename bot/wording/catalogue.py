"""Every text a user can read, by id and language.

The English texts are the content files; other languages are gettext catalogues in
`bot/guidance/locales/<language>/content.po` whose `msgctxt` is the text id. A language that has no
catalogue, or a text that has no translation, falls back to English.
"""

from __future__ import annotations

from pathlib import Path
from typing import Iterable, Mapping, Optional

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

SOURCE_LANGUAGE = "en"


class Texts:
    """The texts of every language.

    Args:
        english: text id to English text.
        translations: language to (text id to text).
    """

    def __init__(
        self, english: Mapping[str, str], translations: Optional[Mapping[str, Mapping[str, str]]] = None
    ) -> None:
        self._english = dict(english)
        self._translations = {language: dict(texts) for language, texts in (translations or {}).items()}

    def with_source(self, more: Mapping[str, str]) -> Texts:
        """These texts and further English ones, such as a front end's own."""
        return Texts({**self._english, **more}, self._translations)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that can be chosen, English first."""
        return (SOURCE_LANGUAGE, *sorted(self._translations))

    def __contains__(self, text_id: str) -> bool:
        return text_id in self._english

    def ids(self) -> Iterable[str]:
        return self._english.keys()

    def get(self, text_id: str, language: str = SOURCE_LANGUAGE) -> str:
        """The text in that language, or in English.

        Raises:
            KeyError: no text has that id.
        """
        translated = self._translations.get(language, {}).get(text_id)
        return translated or self._english[text_id]


def read_translations(folder: Path) -> dict[str, dict[str, str]]:
    """Reads every `<language>/content.po` below `folder`: language to (text id to text)."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("*/content.po")):
        with path.open("rb") as file:
            catalogue = read_po(file)
        found[path.parent.name] = {
            message.context: message.string
            for message in catalogue
            if message.context and isinstance(message.string, str) and message.string
        }
    return found


def write_template(english: Mapping[str, str], path: Path) -> None:
    """Writes the gettext template translators start from, one entry a text, with the id as context."""
    catalogue = Catalog(project="disclosure-guide", charset="utf-8")
    for text_id in sorted(english):
        catalogue.add(english[text_id], context=text_id)
    with path.open("wb") as file:
        write_po(file, catalogue, width=100, sort_output=False, omit_header=False)
