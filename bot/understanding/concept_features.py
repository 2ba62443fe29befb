"""What the topic model sees of a message besides its words: the concepts in it."""

from __future__ import annotations

from typing import Sequence

from bot.understanding.detection import detect
from bot.understanding.lexicon import Lexicon


def concept_ids(text: str) -> Sequence[str]:
    """The ids of the concepts in a message, each once, in order of appearance."""
    matches = Lexicon.load(detect(text)).concepts(text)
    return tuple(dict.fromkeys(match.id for match in matches))
