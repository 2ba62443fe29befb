"""The judge that reads lines with the trained models of moves."""

from __future__ import annotations

from bot.practice.judging import Judge, JudgedSentence
from bot.understanding.moves import Moves


def judge_with(moves: Moves) -> Judge:
    """A judge over trained models."""

    def read(line: str, language: str) -> tuple[JudgedSentence, ...]:
        return tuple(
            JudgedSentence(sentence.text, frozenset(sentence.moves), sentence.doubtful)
            for sentence in moves.read(line, language)
        )

    return Judge(read)
