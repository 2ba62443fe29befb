"""Words that stand for each other in what a responder says, and what is denied of them.

"I won't call your husband" and "nobody will ring her father" do the same; a model that saw one should know the
other. `languages/<code>/move_words.yml` gives the classes; their names are the same in every language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Iterator, Mapping

import yaml

from bot.understanding.normalise import fold

LANGUAGES = Path(__file__).parent / "languages"
FILE = "move_words.yml"

REACH = 4
"""Words after a denial that it still denies."""

_TOKEN = re.compile(r"\w+|[.,;:!?]")
_CONTRACTED = (
    (re.compile(r"\bcan'?t\b|\bcannot\b"), "can not"),
    (re.compile(r"\bwon'?t\b"), "will not"),
    (re.compile(r"\b(do|does|did|is|was|are|would|could|should|have|has|need|had)n'?t\b"), r"\1 not"),
    (re.compile(r"'(?:s|m|re|ve|ll|d)\b"), ""),
)
"""English contractions. Elsewhere they do not occur."""

NEGATORS, ENDS_DENIAL = "_negators", "_ends_denial"


@dataclass(frozen=True)
class _Seen:
    """A word, its classes, and whether it is denied."""

    word: str
    classes: tuple[str, ...]
    is_denied: bool


class WordClasses:
    """Reads sentences as classes of words, in one language."""

    def __init__(self, classes: Mapping[str, list[str]]) -> None:
        self._negators = frozenset(fold(word) for word in classes.get(NEGATORS, ()))
        self._ends_denial = frozenset(fold(word) for word in classes.get(ENDS_DENIAL, ()))
        self._whole: dict[str, list[str]] = {}
        self._beginnings: dict[str, list[tuple[str, str]]] = {}
        self._phrases: list[tuple[str, str]] = []
        for name, words in classes.items():
            if not name.startswith("_"):
                for word in words:
                    self._add(name, fold(str(word)))

    def _add(self, name: str, word: str) -> None:
        if " " in word:
            self._phrases.append((word, name))
        elif word.endswith("*"):
            self._beginnings.setdefault(word[0], []).append((word[:-1], name))
        else:
            self._whole.setdefault(word, []).append(name)

    @classmethod
    def load(cls, language: str) -> WordClasses:
        """The classes of a language; none where it has no file."""
        return _load(language)

    def _classes(self, word: str) -> tuple[str, ...]:
        found = [*self._whole.get(word, ())]
        found += [name for beginning, name in self._beginnings.get(word[0], ()) if word.startswith(beginning)]
        return tuple(dict.fromkeys(found))

    def _read(self, sentence: str) -> Iterator[_Seen]:
        text = fold(sentence)
        for pattern, plain in _CONTRACTED:
            text = pattern.sub(plain, text)
        denied = 0
        for token in _TOKEN.findall(text):
            if not token[0].isalnum():
                denied = 0
                continue
            if token in self._ends_denial:
                denied = 0
            yield _Seen(token, self._classes(token), denied > 0)
            denied = REACH if token in self._negators else max(0, denied - 1)

    def marked(self, sentence: str) -> str:
        """The words, those that are denied with `not_` before them."""
        return " ".join(f"not_{seen.word}" if seen.is_denied else seen.word for seen in self._read(sentence))

    def sequence(self, sentence: str) -> str:
        """The words in their order, each as its first class where it has one."""
        return " ".join(
            f"{'N_' if seen.is_denied else ''}C_{seen.classes[0]}" if seen.classes else seen.word
            for seen in self._read(sentence)
        )

    def all_in(self, sentence: str) -> str:
        """Every class in the sentence, each once; denied ones apart."""
        found = {
            f"{'N_' if seen.is_denied else ''}{name}" for seen in self._read(sentence) for name in seen.classes
        }
        text = fold(sentence)
        found |= {name for phrase, name in self._phrases if phrase in text}
        return " ".join(sorted(found))


@lru_cache(maxsize=8)
def _load(language: str) -> WordClasses:
    path = LANGUAGES / language / FILE
    # Every scalar is a word here: "no" and "yes" too.
    return WordClasses(yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader) if path.exists() else {})  # noqa: S506
