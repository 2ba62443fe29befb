"""Reading the files people give to practice: scenarios, packs, transcripts."""

from __future__ import annotations

from pathlib import Path


def read_text(path: Path, limit: int, what: str, error: type[ValueError]) -> str:
    """The text of a file, as UTF-8.

    Args:
        path: the file.
        limit: bytes it may have.
        what: what it is, for messages: "a pack".
        error: raised, with the file's name and the reason.

    Raises:
        ValueError: of the kind `error`: it cannot be read, is too large, or is not UTF-8.
    """
    try:
        if path.stat().st_size > limit:
            raise error(f"{path.name} is larger than {what} can be ({limit // 1000} kB)")
        return path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise error(f"{path.name} cannot be read: {problem.strerror}") from problem
    except UnicodeDecodeError as problem:
        raise error(f"{path.name} is not UTF-8 text") from problem
