"""Models in files: what is written comes back; what does not fit is refused with what to do."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest

from bot.understanding import encoder
from bot.understanding.encoder import Vectors
from bot.understanding.model_store import ModelFileError, read, write

PARTS = {"labels": ("a", "b"), "weights": [1.5]}


class Other:
    """Another encoder than the packaged one."""

    name, size = "other", 512

    def encode(self, texts: list[str]) -> Vectors:
        return encoder.packaged().encode(texts)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write(tmp_path / "model", 3, PARTS)
    return tmp_path / "model"


def test_what_is_written_comes_back_from_a_path_and_an_open_file(file: Path) -> None:
    assert read(file, 3) == PARTS
    assert read(io.BytesIO(file.read_bytes()), 3) == PARTS


def test_another_version_is_refused(file: Path) -> None:
    with pytest.raises(ModelFileError, match="another version; train again"):
        read(file, 4)


def test_another_encoder_is_refused(file: Path) -> None:
    encoder.choose(Other())  # type: ignore[arg-type]
    try:
        with pytest.raises(ModelFileError, match="another sentence encoder; train again"):
            read(file, 3)
    finally:
        encoder.choose(None)


@pytest.mark.parametrize(
    "content",
    [b"", b"not a model", gzip.compress(b"not a model"), None],
    ids=["empty", "text", "packed text", "cut off"],  # a packed text holds the time, and so would its id
)
def test_a_damaged_file_is_refused(content: bytes | None, file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-20] if content is None else content)
    with pytest.raises(ModelFileError, match="cannot be read; train again"):
        read(file, 3)
