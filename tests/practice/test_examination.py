"""The judge of practice on transcripts and lines that others wrote: it must not get worse.

`examination/<language>.yml` holds whole transcripts, good, middling and bad; `examination/<language>_lines.yml` single
lines, with the critical fails they make. Nobody who wrote them had seen the judge's data. `least.yml` holds limits a
little under what was reached (docs/practice.md).
"""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Any, Dict

import pytest
import yaml

from benchmarks.practice import EXAMINATION, languages, measure
from bot.practice.judging import Judge
from bot.practice.moves import CRITICAL
from bot.practice.reading import judge_with
from bot.understanding.detection import LANGUAGES
from bot.understanding.labelled import plain
from bot.understanding.move_model import GRAVE
from bot.understanding.moves import Moves, read_sentences, split
from bot.understanding.trained_moves import DATA as MOVE_DATA

LIMITS: Dict[str, Dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "least.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def judge(moves: Moves) -> Judge:
    return judge_with(moves)


@pytest.mark.slow
@pytest.mark.parametrize("language", sorted(LIMITS))
def test_the_judge_is_as_good_as_it_was(language: str, judge: Judge) -> None:
    figures, limits = measure(language, judge), LIMITS[language]
    print(f"\n{language}: {figures.points}, found {figures.found:.3f}, wrong {figures.wrong:.3f}")
    assert median(figures.points["good"]) > max(figures.points["middling"] + figures.points["bad"])
    assert median(figures.points["middling"]) > max(figures.points["bad"])
    assert figures.found >= limits["critical fails found"]
    assert figures.wrong <= limits["good lines taken for one"]


def test_the_examination_is_not_in_the_judges_data() -> None:
    trained = {plain(text) for code in LANGUAGES for text, _ in read_sentences(MOVE_DATA / code)}
    examined = set()
    for path in EXAMINATION.glob("*.yml"):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
            lines = entry.get("lines") or [entry["text"]]
            examined |= {plain(sentence) for line in lines for sentence in split(line)}
    assert {text for text in examined & trained if len(text.split()) > 3} == set()


def test_every_language_is_examined() -> None:
    assert sorted(LIMITS) == languages() == sorted(LANGUAGES)


def test_the_model_is_careful_with_exactly_the_critical_fails() -> None:
    assert GRAVE == CRITICAL
