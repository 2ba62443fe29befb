"""What people who know Rasa will try works on the repository."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.settings import ROOT

pytestmark = pytest.mark.slow


def rasa(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "DISCLOSURE_GUIDE_HOME": str(home),
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    command = [sys.executable, "-W", "ignore", "-m", "rasa", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


def test_the_data_is_valid_without_warnings(tmp_path: Path) -> None:
    done = rasa("data", "validate", "--fail-on-warnings", home=tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]


def test_the_stories_hold(tmp_path: Path, model: Path) -> None:
    done = rasa(
        "test", "core", "--model", str(model), "--stories", "tests/test_stories.yml",
        "--out", str(tmp_path / "results"), "--fail-on-prediction-errors",
        home=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]


def test_every_action_in_the_domain_exists() -> None:
    import yaml

    from bot.assistant.actions_in_process import InProcessActions

    domain: Any = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    assert set(domain["actions"]) == InProcessActions().names


def test_the_facets_are_the_slots_of_the_domain(library: Any) -> None:
    import yaml

    domain: Any = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    assert set(library.facets) <= set(domain["slots"])
    assert set(library.facets) <= set(domain["entities"])
