"""The moves of catalogue.yml, told apart: what helps, what harms, and what must never happen.

`moves.yml` holds what each does to the conversation, why it counts and where the guidance says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Mapping

import yaml

MOVES = Path(__file__).parent / "moves.yml"


@dataclass(frozen=True)
class Move:
    """One move.

    Attributes:
        id: its id in catalogue.yml.
        is_helpful: helps, or harms.
        is_critical: a critical fail (guidance.md §11).
        trust: what it adds to the person's trust, -3 to 1.
        title: text id of its name, for buttons and tables.
        because: text id: why it was right to do, or what it does to a real person.
        missing: text id of what to say when a moment called for it and it did not come; helpful moves only.
        guidance: the guidance it rests on: `step.<id>` or `answer.<topic>`.
    """

    id: str
    is_helpful: bool
    is_critical: bool
    trust: int
    title: str
    because: str
    missing: str | None
    guidance: str


@lru_cache(maxsize=1)
def _read() -> tuple[Mapping[str, Move], Mapping[str, str]]:
    moves: dict[str, Move] = {}
    texts: dict[str, str] = {}
    data = yaml.safe_load(MOVES.read_text(encoding="utf-8"))
    for kind in ("helpful", "harmful"):
        for move_id, entry in data[kind].items():
            root = f"practice.move.{move_id}"
            for field in ("title", "because", "missing"):
                if field in entry:
                    texts[f"{root}.{field}"] = " ".join(entry[field].split())
            moves[move_id] = Move(
                id=move_id,
                is_helpful=kind == "helpful",
                is_critical=entry.get("critical", False),
                trust=entry.get("trust", 0),
                title=f"{root}.title",
                because=f"{root}.because",
                missing=f"{root}.missing" if "missing" in entry else None,
                guidance=entry["guidance"],
            )
    return moves, texts


def all_moves() -> Mapping[str, Move]:
    """Every move by id, helpful ones first, in the order of catalogue.yml."""
    return _read()[0]


def texts() -> Mapping[str, str]:
    """The English texts of the moves by id."""
    return _read()[1]


HELPFUL = frozenset(move.id for move in all_moves().values() if move.is_helpful)
HARMFUL = frozenset(move.id for move in all_moves().values() if not move.is_helpful)
CRITICAL = frozenset(move.id for move in all_moves().values() if move.is_critical)
