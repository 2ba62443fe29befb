"""What a language brings as data: one folder per language, the same file names in each.

::

    languages/<code>/
        grammar.yml       fillers, shortenings, clitics, numbers, units, age and time phrases
        identifiers.yml   cues for names, addresses, documents; words that are never a name
        sets.yml          word sets that phrases refer to
        concepts/*.yml    concept id → phrases; ids that begin with "_" are grammar, not meaning
        words.txt         ordinary vocabulary (optional), for typing errors and for names
        names.txt         given names (optional)

A new language is a new folder and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.understanding.normalise import Shortening, fold

_Safe = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

FOLDER = Path(__file__).parent / "languages"

FALLBACK = "en"
"""The language whose data serve when a message comes in one that has no folder yet."""


class LanguageDataError(ValueError):
    """A data file of a language is missing or malformed; the message names the file."""


@dataclass(frozen=True)
class Reading:
    """A word that is another one when ``written`` with its accent or ``before`` certain words ("$": the end)."""

    stands_for: str
    written: frozenset[str]
    before: frozenset[str]


@dataclass(frozen=True)
class Grammar:
    """The small words of a language and how it shortens, counts and dates."""

    code: str
    snowball: str
    fillers: frozenset[str]
    shortening: Shortening
    clitics: tuple[str, ...]
    inflections: tuple[str, ...]
    gap_blockers: frozenset[str]
    auxiliaries: frozenset[str]
    numbers: dict[str, float]
    number_joiners: frozenset[str]
    hundred_joiners: frozenset[str]
    units: dict[str, float]
    ages: dict[str, list[str]]
    durations: dict[str, Any]
    stems: dict[str, str]
    respelled: dict[str, str]
    by_twenties: bool
    hyphen_joins: bool
    teens: frozenset[str]
    typo_length: int
    break_clitics: tuple[str, ...]
    enclitics: tuple[str, ...]
    verb_first: bool
    question_start: re.Pattern[str]
    latin_joined: frozenset[str] = frozenset()
    latin_kept: frozenset[str] = frozenset()
    readings: dict[str, Reading] = field(default_factory=dict)


class _Words(_Safe):  # type: ignore[misc, valid-type]
    """A safe loader for which "no", "yes", "on" and "off" are the words they are."""


_Words.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in _Safe.yaml_implicit_resolvers.items()
}


@lru_cache(maxsize=None)
def available() -> tuple[str, ...]:
    """Codes of the languages that have a folder, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in FOLDER.glob("*/grammar.yml")))


def resolve(code: str) -> str:
    """The language whose data to use for ``code`` ("en-GB" → "en"; unknown → the fallback)."""
    base = code.lower().replace("_", "-").split("-")[0]
    return base if base in available() else FALLBACK


def read_yaml(path: Path) -> Any:
    """The content of a YAML file; raises :class:`LanguageDataError` naming it when unreadable."""
    try:
        with path.open(encoding="utf-8") as stream:
            return yaml.load(stream, Loader=_Words)  # noqa: S506 - a safe loader
    except (OSError, yaml.YAMLError) as error:
        raise LanguageDataError(f"{path.name} cannot be read: {error}") from error


@lru_cache(maxsize=None)
def load_grammar(code: str) -> Grammar:
    """The grammar of a language with a folder. Raises :class:`LanguageDataError`."""
    data = read_yaml(FOLDER / code / "grammar.yml")
    try:
        shortening = Shortening(
            words={fold(str(k)): fold(str(v)) for k, v in (data.get("shortenings") or {}).items()},
            endings=tuple(fold(e) for e in data.get("endings") or ()),
            elisions={fold(str(k)): fold(str(v)) for k, v in (data.get("elisions") or {}).items()},
            rewrites=tuple((re.compile(str(k)), str(v)) for k, v in (data.get("rewrites") or {}).items()),
        )
        return Grammar(
            code=code,
            snowball=data["snowball"],
            fillers=frozenset(fold(str(word)) for word in data["fillers"]),
            shortening=shortening,
            gap_blockers=frozenset(fold(str(word)) for word in data.get("gap_blockers") or ()),
            auxiliaries=frozenset(fold(str(word)) for word in data.get("auxiliaries") or ()),
            inflections=tuple(fold(str(ending)) for ending in data.get("inflections") or ()),
            clitics=tuple(fold(c) for c in data.get("clitics") or ()),
            numbers=_numbers(data["numbers"]),
            number_joiners=frozenset(fold(str(j)) for j in data["numbers"].get("joiners") or ()),
            hundred_joiners=frozenset(fold(str(j)) for j in data["numbers"].get("hundred_joiners") or ()),
            by_twenties=str(data["numbers"].get("by_twenties", "no")).lower() in ("yes", "true"),
            units={fold(str(name)): float(hours) for hours, names in data["units"].items() for name in names},
            ages=data["ages"],
            durations=data["durations"],
            readings={
                fold(entry["word"]): Reading(
                    stands_for=entry["as"],
                    written=frozenset(word.lower() for word in entry.get("written") or ()),
                    before=frozenset(fold(word) for word in entry.get("before") or ()),
                )
                for entry in data.get("readings") or ()
            },
            stems={fold(str(word)): fold(str(stem)) for word, stem in (data.get("stems") or {}).items()},
            respelled={fold(str(k)): fold(str(v)) for k, v in (data.get("respelled") or {}).items()},
            teens=frozenset(fold(str(word)) for word in data["numbers"].get("teens") or ()),
            typo_length=int(data.get("typo_length", 5)),
            break_clitics=tuple(fold(c) for c in data.get("break_clitics") or ()),
            enclitics=tuple(fold(c) for c in data.get("enclitics") or ()),
            verb_first=str(data.get("verb_first", "no")).lower() in ("yes", "true"),
            question_start=re.compile("(?:" + "|".join(data.get("question_starts") or ["(?!)"]) + r")(?!\w)"),
            hyphen_joins=str(data.get("hyphen_joins", "no")).lower() in ("yes", "true"),
            latin_joined=frozenset(fold(str(word)) for word in data.get("latin_joined") or ()),
            latin_kept=frozenset(fold(str(word)) for word in data.get("latin_kept") or ()),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise LanguageDataError(f"{code}/grammar.yml lacks or misspells {error}") from error


def _numbers(data: Mapping[str, Any]) -> dict[str, float]:
    """Number words with their values: with the article the teens as well, with the preposition those of 3 and more, where
    a language writes these together with them."""
    words = {fold(str(word)): float(value) for word, value in data["words"].items()}
    article, preposition = (fold(str(data.get(name) or "")) for name in ("article", "preposition"))
    with_article = {article + word: value for word, value in words.items() if article and 11 <= value <= 19}
    after_preposition = {preposition + word: value for word, value in words.items() if preposition and value >= 3}
    return {**after_preposition, **with_article, **words}


@lru_cache(maxsize=None)
def load_lines(code: str, name: str) -> frozenset[str]:
    """Folded words of a word list of a language; empty when it has none. ``#`` begins a comment."""
    path = FOLDER / code / name
    if not path.is_file():
        return frozenset()
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(fold(word) for line in lines if not line.startswith("#") for word in line.split())
