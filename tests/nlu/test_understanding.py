"""The held-out examination: understanding must not get worse.

The messages in `en/` were written apart from the training data, by somebody who had not seen it. They are never
trained on and never tuned to. The limits below are a little under what was reached (docs/understanding.md).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List

import pytest

from bot.understanding.labelled import read_labelled
from bot.understanding.reading import CONTROL_NAMES, Reader

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parent / "en"
URGENT = ("danger_now", "medical_emergency", "suicide_risk", "strangulation", "child")

TOPIC_FIRST, TOPIC_THREE, CONTROLS = 0.84, 0.94, 0.96
URGENT_FOUND, LOOK_ALIKES, MASKED = 0.94, 0.12, 0.92


def lines(name: str) -> List[Dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def reader(model: Path) -> Reader:
    from bot.assistant.model_file import read_models

    return Reader(*read_models(model))


def test_topics(reader: Reader) -> None:
    pairs = [(reader.read(text), label.split("/")[1]) for text, label in read_labelled(FOLDER / "topics.yml")]
    first = sum(bool(reading.topics) and reading.topics[0].label == topic for reading, topic in pairs)
    three = sum(topic in [ranked.label for ranked in reading.topics] for reading, topic in pairs)
    print(f"topics: first {first / len(pairs):.3f}, among three {three / len(pairs):.3f}")
    assert first / len(pairs) >= TOPIC_FIRST
    assert three / len(pairs) >= TOPIC_THREE


def test_controls(reader: Reader) -> None:
    pairs = [
        (reader.read(text), CONTROL_NAMES.get(label, label))
        for text, label in read_labelled(FOLDER / "controls.yml")
    ]
    right = sum(reading.control == control for reading, control in pairs)
    print(f"controls: {right / len(pairs):.3f}")
    assert right / len(pairs) >= CONTROLS


def test_signals_are_found_and_look_alikes_are_not(reader: Reader) -> None:
    found: Dict[str, List[bool]] = {}
    alarms: List[bool] = []
    for entry in lines("signals.jsonl"):
        ids = {signal.id for signal in reader.read(entry["text"]).signals}
        wanted = {signal["id"] for signal in entry["signals"]}
        for name in wanted:
            found.setdefault(name, []).append(name in ids)
        if not wanted:
            alarms.append(bool(ids))
    recall = {name: sum(hits) / len(hits) for name, hits in found.items()}
    urgent = [hit for name in URGENT for hit in found[name]]
    print("signals:", {name: round(value, 3) for name, value in sorted(recall.items())})
    print(f"urgent {sum(urgent) / len(urgent):.3f}, look-alikes flagged {sum(alarms) / len(alarms):.3f}")
    assert sum(urgent) / len(urgent) >= URGENT_FOUND
    assert sum(alarms) / len(alarms) <= LOOK_ALIKES


def test_what_identifies_is_masked() -> None:
    from bot.understanding.redaction import redact

    kept = masked = changed = harmless = 0
    for entry in lines("redaction.jsonl"):
        redacted = redact(entry["text"], "en")
        for detail in entry["masked"]:
            masked += 1
            kept += detail in redacted
        if not entry["masked"]:
            harmless += 1
            changed += redacted != entry["text"]
    print(f"masked {1 - kept / masked:.3f}, harmless lines changed {changed / harmless:.3f}")
    assert 1 - kept / masked >= MASKED
