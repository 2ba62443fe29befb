"""The rubric itself: transcripts whose moves their writers gave are told apart by points, whatever the judge sees.

`development/<language>/transcripts.jsonl`: what responders said in one scenario, each line with its moves; written by
people who knew the guidance and the moves. Nobody who wrote them had seen the judge's data.
"""

from __future__ import annotations

from typing import Any, Dict, List

import pytest

from bot.practice.debrief import judge_transcript
from bot.practice.judging import Judge, JudgedSentence
from bot.practice.loader import shipped
from bot.practice.moves import CRITICAL
from bot.understanding.detection import LANGUAGES
from bot.understanding.labelled import DEVELOPMENT, read_lines


def points(language: str) -> Dict[str, List[int]]:
    """The points of every transcript, by grade, with each line judged as its writer meant it."""
    found: Dict[str, List[int]] = {}
    for entry in read_lines(DEVELOPMENT / language / "transcripts.jsonl"):
        meant = {line["text"]: frozenset(line["moves"]) for line in entry["lines"]}
        judge = Judge(lambda line, _: [JudgedSentence(line, meant[line])], lambda line: language)  # noqa: B023
        result, _ = judge_transcript(shipped()[entry["scenario"]], tuple(meant), language, judge)
        found.setdefault(entry["grade"], []).append(result.score.points)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_good_middling_and_bad_stand_apart(language: str) -> None:
    found = points(language)
    assert min(found["good"]) > max(found["middling"])
    assert min(found["middling"]) > 2 * max(found["bad"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_kind_but_clumsy_colleague_is_not_left_with_nothing(language: str) -> None:
    assert min(points(language)["middling"]) >= 20


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_transcripts_are_what_they_say(language: str) -> None:
    entries: List[Dict[str, Any]] = read_lines(DEVELOPMENT / language / "transcripts.jsonl")
    assert {entry["grade"] for entry in entries} == {"good", "middling", "bad"}
    for entry in entries:
        fails = [move for line in entry["lines"] for move in line["moves"] if move in CRITICAL]
        assert bool(fails) == (entry["grade"] == "bad"), entry["scenario"]
