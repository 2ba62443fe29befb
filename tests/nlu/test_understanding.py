"""The held-out examination: understanding must not get worse, in any language.

The messages in `<language>/` were written apart from the training data, by somebody who had not seen it. They are never
trained on and never tuned to. `least.yml` holds limits a little under what was reached (docs/understanding.md).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict

import pytest
import yaml

from bot.understanding.evaluation import evaluate
from bot.understanding.moves import Moves
from bot.understanding.reading import Reader

pytestmark = pytest.mark.slow

EXAMINATION = Path(__file__).parent
LIMITS: Dict[str, Dict[str, Any]] = yaml.safe_load((EXAMINATION / "least.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", sorted(LIMITS["at_least"]))
def test_understanding_is_as_good_as_it_was(language: str, reader: Reader, moves: Moves) -> None:
    figures = evaluate(EXAMINATION / language, reader, moves).figures
    print(f"\n{language}: " + ", ".join(f"{name} {value:.3f}" for name, value in figures.items()))
    low = {name: figures[name] for name, least in LIMITS["at_least"][language].items() if figures[name] < least}
    high = {name: figures[name] for name, most in LIMITS["at_most"][language].items() if figures[name] > most}
    assert (low, high) == ({}, {})


def test_every_language_is_examined() -> None:
    from bot.understanding.detection import LANGUAGES

    assert set(LIMITS["at_least"]) == set(LIMITS["at_most"]) == set(LANGUAGES)
