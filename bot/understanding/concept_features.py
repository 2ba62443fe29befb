"""What the models see of a message besides its words: the concepts in it."""

from __future__ import annotations

from functools import partial
from typing import Callable, Sequence

from bot.understanding.detection import detect
from bot.understanding.lexicon import Lexicon


def concept_ids(text: str) -> Sequence[str]:
    """The ids of the concepts in a message of whatever language, each once, in order of appearance."""
    return _ids(detect(text), text)


def concepts_of(language: str) -> Callable[[str], Sequence[str]]:
    """The same for messages that are known to be in a language."""
    return partial(_ids, language)


def _ids(language: str, text: str) -> Sequence[str]:
    matches = Lexicon.load(language).concepts(text)
    return tuple(dict.fromkeys(match.id for match in matches))
