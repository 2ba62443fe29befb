"""The judge of practice on transcripts and lines that others wrote: it must not get worse.

`examination/<language>.yml` holds whole transcripts, good, middling and bad; `examination/<language>_lines.yml` single
lines, with the critical fails they make. Nobody who wrote them had seen the judge's data. `least.yml` holds limits a
little under what was reached (docs/practice.md).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict

import pytest
import yaml

from benchmarks.practice import languages, measure
from bot.practice.judging import Judge
from bot.practice.moves import CRITICAL
from bot.practice.reading import judge_with
from bot.settings import Settings
from bot.understanding.move_model import GRAVE

LIMITS: Dict[str, Dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "least.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def judge() -> Judge:
    from bot.understanding.trained_moves import trained_moves

    return judge_with(trained_moves(Settings.from_environment().models, print))


@pytest.mark.slow
@pytest.mark.parametrize("language", sorted(LIMITS))
def test_the_judge_is_as_good_as_it_was(language: str, judge: Judge) -> None:
    figures, limits = measure(language, judge), LIMITS[language]
    print(f"\n{language}: {figures.points}, found {figures.found:.3f}, wrong {figures.wrong:.3f}")
    assert min(figures.points["good"]) > max(figures.points["middling"])
    assert figures.found >= limits["critical fails found"]
    assert figures.wrong <= limits["good lines taken for one"]


def test_every_language_is_examined() -> None:
    assert sorted(LIMITS) == languages()


def test_the_model_is_careful_with_exactly_the_critical_fails() -> None:
    assert GRAVE == CRITICAL
