"""The words people use in spreadsheets, in every language: headings, codes, yes and no (`words/sheets.yml`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import yaml
from babel import Locale
from rapidfuzz import fuzz, process

from bot.directory.plain_words import WORDS
from bot.directory.spelling import fold

SURE: Final = 88.0
"""How like a known heading (0–100) an unknown one must be to be taken for it."""
_SHORTEST_GUESS: Final = 5
_LANGUAGES: Final = ("en", "fr", "es", "ar")


@cache
def _sheets() -> Mapping[str, Any]:
    data: Mapping[str, Any] = yaml.safe_load((WORDS / "sheets.yml").read_text(encoding="utf-8"))
    return data


def plain(text: str) -> str:
    """A heading or cell as it is compared: no case, accents, punctuation or doubled spaces."""
    return re.sub(r"[\s_\W]+", " ", fold(text)).strip()


@cache
def vocabulary(section: str) -> Mapping[str, str]:
    """Word → code, of one section of the file."""
    listed = _sheets()[section]
    found: dict[str, str] = {}
    for code, words in listed.items():
        for word in (code, *words):
            found.setdefault(plain(str(word)), code)
    return found


@cache
def listed(section: str) -> frozenset[str]:
    """The words of a section that is a plain list."""
    return frozenset(plain(str(word)) or str(word) for word in _sheets()[section])


def first_word(section: str, code: str) -> str:
    """How we write a code ourselves."""
    return str(_sheets()[section][code][0])


def heading(text: str) -> str | None:
    """The column a heading means: exactly, else without its brackets, else misspelt."""
    known = vocabulary("headings")
    for attempt in (plain(text), plain(re.sub(r"\(.*?\)|\[.*?\]|\*", " ", text))):
        if attempt in known:
            return known[attempt]
    attempt = plain(text)
    if len(attempt) < _SHORTEST_GUESS:
        return None
    best = process.extractOne(attempt, known.keys(), scorer=fuzz.ratio, score_cutoff=SURE)
    return known[best[0]] if best else None


@cache
def _language_names() -> Mapping[str, str]:
    names: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in Locale(language).languages.items():
            names.setdefault(plain(name), code)
    for code in list(Locale("en").languages):
        if re.fullmatch(r"[a-z]{2,3}", code):
            try:
                names.setdefault(plain(Locale.parse(code).languages.get(code, "")), code)
            except Exception:  # noqa: S112 - a language Babel has no data of has no own name there
                continue
    names.pop("", None)
    for word in (
        "sign language",
        "sign",
        "langue des signes",
        "lengua de señas",
        "lengua de signos",
        "لغة الإشارة",
    ):
        names[plain(word)] = "sgn"
    return names


def language(text: str) -> str | None:
    """The ISO 639 code of a language by code or by name."""
    import pycountry

    written = text.strip()
    if re.fullmatch(r"q[a-t][a-z]|sgn", written.lower()):
        return written.lower()
    if re.fullmatch(r"[A-Za-z]{2}", written) and pycountry.languages.get(alpha_2=written.lower()):
        return written.lower()
    if named := _language_names().get(plain(written)):
        return named
    if re.fullmatch(r"[A-Za-z]{3}", written) and (known := pycountry.languages.get(alpha_3=written.lower())):
        return str(getattr(known, "alpha_2", written.lower()))
    try:
        known = pycountry.languages.lookup(written)
    except LookupError:
        return None
    return str(getattr(known, "alpha_2", known.alpha_3))
