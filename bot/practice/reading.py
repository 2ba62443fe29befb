"""The judge that reads lines with the trained models of moves."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import Optional, Sequence

from bot.practice.judging import MOST_OFFERED, Judge, JudgedSentence
from bot.practice.moves import HARMFUL
from bot.understanding.moves import Moves
from bot.understanding.trained_moves import trained_moves


def judge_with(moves: Moves) -> Judge:
    """A judge over trained models."""

    def read(line: str, language: str) -> tuple[JudgedSentence, ...]:
        return tuple(
            JudgedSentence(sentence.text, frozenset(sentence.moves), sentence.doubtful, _kindest(sentence.others))
            for sentence in moves.read(line, language)
        )

    return Judge(read, moves.language_of)


def _kindest(moves: Sequence[str]) -> tuple[str, ...]:
    """The likeliest moves that do no harm."""
    return tuple(move for move in moves if move not in HARMFUL)[:MOST_OFFERED]


class LazyJudge:
    """The judge, its models read when it is first asked for; threads may ask at the same time.

    Args:
        models: the folder of trained models.
    """

    def __init__(self, models: Path) -> None:
        self._folder = models
        self._lock = Lock()
        self._loaded: Optional[Judge] = None

    def __call__(self) -> Judge:
        with self._lock:
            if self._loaded is None:
                self._loaded = judge_with(trained_moves(self._folder, lambda sentence: None))
            return self._loaded
