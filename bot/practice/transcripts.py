"""Transcripts from files: `{scenario, language, lines}`, as JSON or YAML."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Container, Optional

import yaml

from bot.practice.files import read_text

FILE_LIMIT = 200_000
MOST_LINES = 100
LINE_LIMIT = 2000
"""Characters of a line, as in the chat."""


class TranscriptError(ValueError):
    """A transcript cannot be judged; the message says why."""


@dataclass(frozen=True)
class Transcript:
    """What a trainee said in one scenario.

    Attributes:
        lines: their lines in order, without those of the person.
        knows_care: what they answered in the debrief to whether they know whom to turn to; None when not asked.
    """

    scenario: str
    language: str
    lines: tuple[str, ...]
    knows_care: Optional[bool] = None


def read_transcript(path: Path, scenarios: Container[str], languages: Container[str]) -> Transcript:
    """A transcript file.

    Raises:
        TranscriptError: it cannot be read, is of another shape, or names a scenario or language that is not there.
    """
    text = read_text(path, FILE_LIMIT, "a transcript", TranscriptError)
    try:
        data = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise TranscriptError(f"{path.name} is neither JSON nor YAML") from error
    return _checked(path.name, data, scenarios, languages)


def _checked(name: str, data: Any, scenarios: Container[str], languages: Container[str]) -> Transcript:
    if not isinstance(data, dict):
        raise TranscriptError(f"{name}: a transcript gives scenario, language and lines")
    scenario, language, lines = data.get("scenario"), data.get("language", "en"), data.get("lines")
    if not isinstance(scenario, str) or scenario not in scenarios:
        raise TranscriptError(f"{name}: there is no scenario {scenario!r} (see `practice list`)")
    if not isinstance(language, str) or language not in languages:
        raise TranscriptError(f"{name}: lines in {language!r} cannot be judged yet")
    if not isinstance(lines, list) or not lines or not all(isinstance(line, str) for line in lines):
        raise TranscriptError(f"{name}: lines: has to be a list of what was said")
    if len(lines) > MOST_LINES or any(len(line) > LINE_LIMIT for line in lines):
        raise TranscriptError(f"{name}: at most {MOST_LINES} lines of {LINE_LIMIT} characters each")
    knows_care = data.get("own_care")
    if knows_care is not None and not isinstance(knows_care, bool):
        raise TranscriptError(f"{name}: own_care: has to be true or false")
    return Transcript(scenario, language, tuple(lines), knows_care)
