"""Given names of the regions the assistant is used in, from Faker's lists (MIT licence).

They add to the names written for this project (``names.txt``): staff write names of every region in every language. A
name that is also a word in one of the languages is left out: what is masked must not be the ordinary word "mercy".
Arabic does without: of its names too many are words, and so many short words are written in Latin letters.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import import_module
from typing import Final, Mapping

from bot.understanding.detection import LANGUAGES
from bot.understanding.grammar import load_lines
from bot.understanding.normalise import fold

_AFRICA_AND_ASIA: Final = (
    *("en_IN", "en_KE", "en_NG", "en_PK", "fr_DZ", "ha_NG", "ig_NG", "sw", "tw_GH", "yo_NG", "zu_ZA"),
)
_ENGLISH: Final = ("en_GB",)
_FRENCH: Final = ("fr_BE", "fr_CA", "fr_CH", "fr_FR")
_SPANISH: Final = ("es_AR", "es_CL", "es_CO", "es_ES", "es_MX")

LOCALES: Final[Mapping[str, tuple[str, ...]]] = {
    "en": (*_AFRICA_AND_ASIA, *_ENGLISH, *_FRENCH, *_SPANISH),
    "fr": (*_AFRICA_AND_ASIA, *_ENGLISH, *_SPANISH),
    "es": (*_AFRICA_AND_ASIA, *_ENGLISH, *_FRENCH),
}
"""Faker's names for the regions whose names are looked for in texts of a language. French and Spanish names are verbs
and nouns too often in their own language; those that are not stand in ``names.txt``."""

SHORTEST: Final = 4
"""Letters of the shortest name taken: shorter ones are words somewhere ("una", "les")."""

_LISTS = ("first_names", "first_names_female", "first_names_male")
_PARTS = re.compile(r"[\s\-'’]+")


@lru_cache(maxsize=None)
def given_names(language: str) -> frozenset[str]:
    """Folded given names to look for in texts of a language."""
    ordinary = frozenset().union(*(load_lines(code, "words.txt") for code in LANGUAGES))
    folded = {fold(part) for name in _listed(language) for part in _PARTS.split(name)}
    return frozenset(name for name in folded - ordinary if len(name) >= SHORTEST)


def _listed(language: str) -> set[str]:
    locales = LOCALES.get(language, ())
    providers = (import_module(f"faker.providers.person.{locale}").Provider for locale in locales)
    lists = (getattr(provider, names, ()) for provider in providers for names in _LISTS)
    # Some providers put "first_names" together from the others when asked: a property of their instances.
    return {name for names in lists if not isinstance(names, property) for name in names}
