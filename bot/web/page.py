"""The chat page as HTML, in every language it is offered in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from babel import Locale, UnknownLocaleError
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.web.assets import Assets
from bot.wording.catalogue import SOURCE_LANGUAGE, Texts
from bot.wording.payload import payload

HERE = Path(__file__).parent

_WORDS = "web.script."
"""Texts with this prefix are the ones the page's script shows."""

_ERRORS = "web.error."


@dataclass(frozen=True)
class PageSettings:
    """What the organisation and the composition root decide about the page.

    Args:
        languages: the languages offered, the usual one first.
        title: the page's name in tabs and history. None means the harmless one in the texts.
        exit_to: where "Quick exit" leads: `about:blank`, which needs no network, or an http(s) address.
        https: whether people reach the page by https, even if a proxy in front speaks http to us.
        start_payload: sent when there is nothing to show, so that a first visit opens with a greeting.
            None leaves the screen empty.
        is_wipe: whether a message or payload makes the gateway delete everything at once. The page then
            empties the screen and changes the cookie too.
        language_payload: what pressing a language button would send, by language code.

    Raises:
        ValueError: `exit_to` is no address to leave to, or there is no language.
    """

    languages: tuple[str, ...] = (SOURCE_LANGUAGE,)
    title: str | None = None
    exit_to: str = "about:blank"
    https: bool = False
    start_payload: str | None = payload("greet")
    is_wipe: Callable[[str], bool] = lambda text: text.lower() in ("wipe", "/wipe")
    language_payload: Callable[[str], str] = lambda code: payload("change_language", language=code)

    def __post_init__(self) -> None:
        address = urlsplit(self.exit_to)
        if self.exit_to != "about:blank" and not (address.scheme in ("http", "https") and address.netloc):
            raise ValueError(f"the page to leave to must be about:blank or http(s): {self.exit_to!r}")
        if not self.languages:
            raise ValueError("the page needs at least one language")


@lru_cache(maxsize=1)
def page_texts() -> Mapping[str, str]:
    """The page's English texts, by id (`web.…`)."""
    texts: dict[str, str] = yaml.safe_load((HERE / "texts.yml").read_text(encoding="utf-8"))["texts"]
    return texts


class Page:
    """The page, rendered once for each language.

    Args:
        texts: the assistant's texts; labels come from here, and translations of the page's own texts.
        settings: see there.
        assets: the static files.

    Raises:
        KeyError: the texts lack a label.
    """

    def __init__(self, texts: Texts, settings: PageSettings, assets: Assets) -> None:
        self._texts = texts
        self._settings = settings
        templates = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined
        )
        templates.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
        template = templates.get_template("chat.html")
        labels = [self._labels(language) for language in settings.languages]
        self._rendered = {
            language: template.render(
                asset=assets.url,
                direction=direction(language),
                exit_to=settings.exit_to,
                labels=labels,
                language=language,
                languages=[(code, own_name(code)) for code in settings.languages],
                text=partial(self._text, language),
                title=settings.title or self._text(language, "web.title"),
                words=self._words(language),
            )
            for language in settings.languages
        }

    def html(self, language: str) -> str:
        """The page in one of its languages."""
        return self._rendered[language]

    def language(self, chosen: str | None, accepted: str) -> str:
        """The language to use: the one chosen, else one the browser asks for, else the usual one.

        Args:
            chosen: a language code from the visitor, unchecked.
            accepted: the `Accept-Language` header.
        """
        offered = self._settings.languages
        if chosen in offered:
            return str(chosen)
        for entry in accepted.split(","):
            wanted = _base(entry.partition(";")[0])
            for code in offered:
                if _base(code) == wanted:
                    return code
        return offered[0]

    def _text(self, language: str, text_id: str) -> str:
        try:
            return self._texts.get(text_id, language)
        except KeyError:
            return page_texts()[text_id]

    def _words(self, language: str) -> dict[str, str]:
        """What the script shows: name to text, errors as `error.<code>`."""
        return {
            text_id.replace(_WORDS, "").replace(_ERRORS, "error."): self._text(language, text_id)
            for text_id in page_texts()
            if text_id.startswith((_WORDS, _ERRORS))
        }

    def _labels(self, language: str) -> dict[str, str]:
        """How lines of a message begin, so that the script can tell what they are."""
        quote_start, _, quote_end = self._texts.get("label.quote", language).partition("{words}")
        return {
            "say": self._texts.get("label.say", language),
            "never": self._texts.get("label.never", language),
            "why": self._texts.get("label.why", language),
            "source": self._texts.get("label.source", language).partition("{")[0],
            "open": quote_start,
            "close": quote_end,
        }


def _base(language: str) -> str:
    """The language without its region: `fr` for `fr-CD`."""
    return language.strip().lower().partition("-")[0]


def direction(language: str) -> str:
    """`rtl` or `ltr`."""
    try:
        return Locale.parse(language, sep="-").text_direction
    except (UnknownLocaleError, ValueError):
        return "ltr"


def own_name(language: str) -> str:
    """The language's name in that language, or its code."""
    try:
        name = Locale.parse(language, sep="-").get_display_name() or language
    except (UnknownLocaleError, ValueError):
        return language
    return name[:1].upper() + name[1:]
