"""Words that end practice at once. They are read before anything is judged."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal, Optional

import yaml

from bot.understanding.normalise import fold

WAYS_OUT = Path(__file__).parent / "ways_out.yml"

WayOut = Literal["stop", "real"]


def way_out(text: str) -> Optional[WayOut]:
    """Which way out a message is, when it is nothing else; case, accents and punctuation do not matter."""
    return _ways_out().get(_plain(text))


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", fold(text)))


@lru_cache(maxsize=1)
def _ways_out() -> dict[str, WayOut]:
    ways: dict[WayOut, list[str]] = yaml.safe_load(WAYS_OUT.read_text(encoding="utf-8"))
    return {_plain(word): way for way, words in ways.items() for word in words}
