"""The texts of group sessions."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Mapping

import yaml

HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def theatre_texts() -> Mapping[str, str]:
    """The English texts by id (`practice.session.…`)."""
    own: dict[str, str] = yaml.safe_load((HERE / "texts.yml").read_text(encoding="utf-8"))
    return {f"practice.session.{text_id}": line for text_id, line in own.items()}
