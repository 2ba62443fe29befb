"""Reads the models of understanding out of a Rasa model archive, without starting Rasa."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from typing import Collection

from bot.understanding.concept_features import concept_ids
from bot.understanding.model_store import ModelFileError
from bot.understanding.signal_model import SignalModel
from bot.understanding.topics import TopicModel

MODEL_FILE = "topics.model"
SIGNAL_MODEL_FILE = "signals.model"
"""Names of the models inside the archive."""


def read_models(archive: Path) -> tuple[TopicModel, SignalModel]:
    """The topic model and the signal model of a trained Rasa model.

    Raises:
        ModelFileError: the archive lacks one, or holds one of another version.
    """
    files = _members(archive, {MODEL_FILE, SIGNAL_MODEL_FILE})
    if len(files) < 2:
        raise ModelFileError(f"{archive.name} holds no models of understanding; train again.")
    return (
        TopicModel.load(files[MODEL_FILE], concept_ids),
        SignalModel.load(files[SIGNAL_MODEL_FILE]),
    )


def _members(archive: Path, names: Collection[str]) -> dict[str, io.BytesIO]:
    found: dict[str, io.BytesIO] = {}
    with tarfile.open(archive, "r:*") as files:
        for member in files:
            name = Path(member.name).name
            file = files.extractfile(member) if member.isfile() and name in names else None
            if file is not None:
                found[name] = io.BytesIO(file.read())
    return found
