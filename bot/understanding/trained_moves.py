"""Finds the models of moves that belong to the data as it is, and trains them when there are none.

They stand apart from Rasa's model: practice needs them and Rasa does not, and they change at other times.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Callable, Iterator

from bot.understanding.concept_features import concepts_of
from bot.understanding.encoder import current
from bot.understanding.labelled import DEVELOPMENT
from bot.understanding.moves import CRITICAL_LINES, Moves, train_all

_HERE = Path(__file__).parent
_DATA = _HERE.parents[1] / "data"
DATA = _DATA / "moves"

KEPT = 2
"""Files of models kept: the one in use, and the one before."""

MADE_BY = (
    "moves.py",
    "move_model.py",
    "network.py",
    "features.py",
    "model_store.py",
    "terms.py",
    "encoder.py",
    "forward.py",
    "word_classes.py",
    "arabizi.py",
    "typed_words.py",
    "detection.py",
    "grammar.py",
    "normalise.py",
    "lexicon.py",
    "patterns.py",
    "gapped.py",
    "vocabulary.py",
    "concept_features.py",
)
"""Modules that a trained model depends on."""


def _inputs() -> Iterator[Path]:
    # The words and the languages of all training messages are known, not of these alone.
    for kind in ("moves", "nlu", "signals"):
        yield from sorted(path for path in (_DATA / kind).rglob("*") if path.suffix in (".yml", ".jsonl"))
    for name in CRITICAL_LINES:
        yield from sorted(DEVELOPMENT.rglob(name))
    yield from sorted((_HERE / "languages").rglob("*.*"))
    for name in MADE_BY:
        yield _HERE / name


def fingerprint() -> str:
    """Of every file the models depend on, and of the sentence encoder."""
    digest = hashlib.sha256(current().name.encode())
    for path in _inputs():
        digest.update(str(path.relative_to(_HERE.parents[1])).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def trained_moves(models: Path, progress: Callable[[str], None]) -> Moves:
    """The models for the data as it is; trained first when there are none.

    Args:
        models: the folder models are kept in.
        progress: told once, with a sentence, when training begins.

    Raises:
        MoveDataError: a data file cannot be used.
    """
    path = models / f"moves-{fingerprint()}.model"
    if not path.exists():
        progress("Training the judge of practice (once, some minutes) …")
        models.mkdir(parents=True, exist_ok=True)
        moves = train_all(DATA, concepts_of)
        # A training broken off must not leave half a file under the name of a whole one.
        handle, unfinished = tempfile.mkstemp(dir=models, suffix=".part")
        os.close(handle)
        moves.save(Path(unfinished))
        os.replace(unfinished, path)
        _forget_older(models)
    return Moves.load(path, concepts_of)


def _forget_older(models: Path) -> None:
    found = sorted(models.glob("moves-*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in found[KEPT:]:
        path.unlink()
