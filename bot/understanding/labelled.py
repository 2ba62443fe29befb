"""Reads labelled messages: the YAML format of Rasa's training data."""

from __future__ import annotations

from pathlib import Path
from typing import List, Tuple

import yaml

DEVELOPMENT = Path(__file__).parent / "development"
"""Messages for choosing thresholds, one folder a language; neither training data nor test set."""


def read_labelled(path: Path) -> List[Tuple[str, str]]:
    """The messages of one file with their labels."""
    found = []
    for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
        for line in entry["examples"].splitlines():
            if line.startswith("- "):
                found.append((line[2:].strip(), str(entry["intent"])))
    return found


def read_folder(folder: Path) -> List[Tuple[str, str]]:
    """The messages of every file below a folder."""
    return [pair for path in sorted(folder.rglob("*.yml")) for pair in read_labelled(path)]
