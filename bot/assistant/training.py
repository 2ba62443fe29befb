"""Trains the Rasa model and finds the current one.

A model belongs to the files it was trained from: its name carries their fingerprint, so a model is stale
exactly when one of them has changed.
"""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import Iterator, Optional

from bot.settings import ROOT
from bot.understanding.encoder import current

logger = logging.getLogger(__name__)

KEPT_MODELS = 2


class TrainingError(RuntimeError):
    """Training did not produce a model."""


def _inputs() -> Iterator[Path]:
    yield ROOT / "config.yml"
    yield ROOT / "domain.yml"
    for folder, pattern in (
        ("data/nlu", "*.yml"),
        ("data/signals", "*.jsonl"),
        ("data/moves", "*.yml"),  # the words of all training messages are known words
        ("data/rules", "*.yml"),
        ("data/stories", "*.yml"),
        ("bot/understanding", "*"),
    ):
        yield from sorted(
            path
            for path in (ROOT / folder).rglob(pattern)
            if path.suffix in (".py", ".yml", ".jsonl", ".txt") and path.is_file()
        )
    yield ROOT / "bot" / "assistant" / "nlu.py"


def fingerprint() -> str:
    """Of every file a model depends on, and of the sentence encoder."""
    digest = hashlib.sha256(current().name.encode())
    for path in _inputs():
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def current_model(models: Path) -> Optional[Path]:
    """The model trained from the files as they are, if there is one."""
    path = models / f"guide-{fingerprint()}.tar.gz"
    return path if path.exists() else None


def train(models: Path) -> Path:
    """Trains a model from the files as they are.

    Raises:
        TrainingError: Rasa could not train.
    """
    from rasa.model_training import train as rasa_train

    models.mkdir(parents=True, exist_ok=True)
    name = f"guide-{fingerprint()}"
    result = rasa_train(
        domain=str(ROOT / "domain.yml"),
        config=str(ROOT / "config.yml"),
        training_files=[str(ROOT / "data")],
        output=str(models),
        fixed_model_name=name,
        force_training=True,
    )
    if result.model is None or not Path(result.model).exists():
        raise TrainingError(f"training ended without a model (code {result.code})")
    _forget_older(models)
    return Path(result.model)


def _forget_older(models: Path) -> None:
    found = sorted(models.glob("guide-*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in found[KEPT_MODELS:]:
        path.unlink()
