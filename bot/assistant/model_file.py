"""Reads the topic model out of a Rasa model archive, without starting Rasa."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

from bot.understanding.concept_features import concept_ids
from bot.understanding.topics import TopicModel, TopicModelError

MODEL_FILE = "topics.joblib"
"""Name of the topic model inside the archive."""


def read_topic_model(archive: Path) -> TopicModel:
    """The topic model of a trained Rasa model.

    Raises:
        TopicModelError: the archive holds none, or one of another version.
    """
    with tarfile.open(archive, "r:*") as files:
        for member in files:
            if member.isfile() and Path(member.name).name == MODEL_FILE:
                file = files.extractfile(member)
                assert file is not None
                return TopicModel.load(io.BytesIO(file.read()), concept_ids)
    raise TopicModelError(f"{archive.name} holds no topic model; train again.")
