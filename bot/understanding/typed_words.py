"""The words people type: those in the training data of a language, with how often."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from bot.understanding.normalise import fold

_DATA: Final = Path(__file__).parents[2] / "data"
_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=None)
def typed_words(language: str) -> Mapping[str, int]:
    """Folded words of the files a language is learnt from, and how often each occurs; a few are the files' own (labels)."""
    return Counter(word for text in _texts(language) for word in _WORD.findall(fold(text)))


def _texts(language: str) -> Iterator[str]:
    for folder in ("nlu", "moves"):
        for path in sorted((_DATA / folder / language).glob("*.yml")):
            yield path.read_text(encoding="utf-8")
    for path in sorted((_DATA / "signals" / language).glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)["text"]
