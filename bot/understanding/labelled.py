"""Reads labelled messages: Rasa's training data in YAML, and files with one JSON object a line."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Dict, List, Tuple

import yaml

from bot.understanding.normalise import fold

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Ten times faster where PyYAML was built with it."""

DEVELOPMENT = Path(__file__).parent / "development"
"""Messages for choosing thresholds, one folder a language; neither training data nor test set."""


def read_labelled(path: Path) -> List[Tuple[str, str]]:
    """The messages of one file with their labels."""
    found = []
    for entry in yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)["nlu"]:  # noqa: S506 - a safe loader
        for line in entry["examples"].splitlines():
            if line.startswith("- "):
                found.append((line[2:].strip(), str(entry["intent"])))
    return found


def read_folder(folder: Path) -> List[Tuple[str, str]]:
    """The messages of every file below a folder."""
    return [pair for path in sorted(folder.rglob("*.yml")) for pair in read_labelled(path)]


def read_lines(path: Path) -> List[Dict[str, Any]]:
    """The objects of a file with one JSON object a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def plain(text: str) -> str:
    """A message without marks, capitals and accents: two that are the same so are the same to a reader."""
    return re.sub(r"\W+", " ", fold(text)).strip()
