"""Models in files: their parts, compressed, with the number of the format.

Most of a model is terms, a million of them. Python's own unpickler, which joblib uses, takes ten seconds over those;
the one written in C takes one, and somebody is waiting for the assistant to start.
"""

from __future__ import annotations

import gzip
import pickle
from pathlib import Path
from typing import IO, Any, Final, Mapping, Union

from bot.understanding.encoder import current

COMPRESSION: Final = 3
"""Of gzip: higher numbers take seconds more for some hundredths of the size."""


class ModelFileError(ValueError):
    """A model's file cannot be used; the message says what to do."""


def write(path: Path, version: int, parts: Mapping[str, Any]) -> None:
    """Writes the parts of a model to one file, with the name of the encoder in use."""
    with gzip.open(path, "wb", compresslevel=COMPRESSION) as file:
        pickle.dump({"version": version, "encoder": current().name, "parts": dict(parts)}, file, protocol=5)


def read(file: Union[Path, IO[bytes]], version: int) -> dict[str, Any]:
    """The parts of a model, from a path or an open file. Only for files of one's own training: they are pickles.

    Raises:
        ModelFileError: the file is damaged, of another version, or was made with another encoder.
    """
    try:
        with gzip.open(file, "rb") as opened:
            found = pickle.load(opened)  # noqa: S301 - trained here, never taken in from elsewhere
    except (OSError, EOFError, pickle.UnpicklingError, AttributeError, ImportError) as error:
        raise ModelFileError("a model of understanding cannot be read; train again") from error
    if not isinstance(found, dict) or found.get("version") != version:
        raise ModelFileError("a model of understanding was saved by another version; train again")
    if found["encoder"] != current().name:
        raise ModelFileError(
            "a model of understanding was trained with another sentence encoder; train again"
        )
    parts: dict[str, Any] = found["parts"]
    return parts
