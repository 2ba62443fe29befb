"""Measures understanding on labelled messages: what `make evaluate` reports and what the tests hold.

The examination (`tests/nlu/<language>/`) is written apart from the training data and never tuned to. Files:
`topics.yml`, `controls.yml`, `out_of_scope.yml` in Rasa's format; `signals.jsonl`, `redaction.jsonl`, `moves.jsonl`.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Dict, Final, List, Mapping, Sequence, Tuple

from bot.understanding.labelled import read_labelled, read_lines
from bot.understanding.moves import Moves
from bot.understanding.reading import CONTROL_NAMES, TOPIC_PREFIX, Reader
from bot.understanding.redaction import redact

URGENT: Final = ("danger_now", "medical_emergency", "suicide_risk", "strangulation", "child")

CONFUSIONS: Final = 15
BINS: Final = 10


@dataclass
class Report:
    """What was measured, in one language.

    Attributes:
        figures: shares between 0 and 1 by name, and `milliseconds`.
        confusions: (meant, taken for) with how often, the commonest first.
        signals: share found, by signal; moves: F1, by move.
        missed: what was not found or wrongly flagged, for reading.
    """

    language: str
    figures: Dict[str, float] = field(default_factory=dict)
    confusions: List[Tuple[Tuple[str, str], int]] = field(default_factory=list)
    signals: Dict[str, float] = field(default_factory=dict)
    moves: Dict[str, float] = field(default_factory=dict)
    missed: List[str] = field(default_factory=list)


def evaluate(folder: Path, reader: Reader, moves: Moves | None = None, lot: str = "") -> Report:
    """Measures one language.

    Args:
        folder: its examination; its name is the language's code.
        reader: with the trained models.
        moves: the model of moves; they are left out without it.
        lot: what the name of the file of signals ends in. What is to be masked is read from every lot.
    """
    report = Report(folder.name)
    _labels(report, folder, reader)
    _signals(report, folder / f"signals{lot}.jsonl", reader)
    _redaction(report, [entry for path in sorted(folder.glob("redaction*.jsonl")) for entry in read_lines(path)])
    if moves is not None and (folder / "moves.jsonl").exists():
        _moves(report, folder, moves)
    return report


def _labels(report: Report, folder: Path, reader: Reader) -> None:
    confusions: Counter[Tuple[str, str]] = Counter()
    certain: List[Tuple[float, bool]] = []
    first, three, refused, times = [], [], [], []
    for text, label in read_labelled(folder / "topics.yml"):
        start = time.perf_counter()
        reading = reader.read(text)
        times.append(1000 * (time.perf_counter() - start))
        topic = label[len(TOPIC_PREFIX) :]
        first.append(reading.topic == topic)
        three.append(topic in [ranked.label for ranked in reading.topics])
        refused.append(reading.out_of_scope)
        certain.append((reading.ranked[0].confidence, reading.label == label))
        if not first[-1]:
            confusions[topic, reading.topic or reading.control or reading.label] += 1
    controls = []
    for text, label in read_labelled(folder / "controls.yml"):
        reading = reader.read(text)
        controls.append(reading.control == CONTROL_NAMES.get(label, label))
        refused.append(reading.out_of_scope)
        if not controls[-1]:
            confusions[label, reading.topic or reading.control or reading.label] += 1
    outside = [reader.read(text).out_of_scope for text, _ in read_labelled(folder / "out_of_scope.yml")]
    report.confusions = confusions.most_common(CONFUSIONS)
    report.figures.update(
        {
            "topic, first choice": _share(first),
            "topic, among three": _share(three),
            "controls": _share(controls),
            "out of scope, caught": _share(outside),
            "real messages refused": _share(refused),
            "calibration error": _calibration_error(certain),
            "milliseconds": median(times),
        }
    )


def _signals(report: Report, path: Path, reader: Reader) -> None:
    found: Dict[str, List[bool]] = {}
    alarms, exact = [], []
    for entry in read_lines(path):
        signals = {signal.id: signal for signal in reader.read(entry["text"]).signals}
        wanted = {signal["id"]: signal for signal in entry["signals"]}
        for name, signal in wanted.items():
            found.setdefault(name, []).append(name in signals)
            if name not in signals:
                report.missed.append(f"{name} not found: {entry['text']}")
            for measure in ("age", "hours"):
                if measure in signal:
                    exact.append(name in signals and getattr(signals[name], measure) == signal[measure])
                    if not exact[-1]:
                        report.missed.append(f"{measure} {signal[measure]} not read: {entry['text']}")
        if not wanted:
            alarms.append(bool(signals))
            if signals:
                report.missed.append(f"flagged {', '.join(signals)}: {entry['text']}")
    report.signals = {name: _share(hits) for name, hits in sorted(found.items())}
    report.figures.update(
        {
            "urgent signals found": _share([hit for name in URGENT for hit in found.get(name, [])]),
            "other signals found": _share([hit for name, hits in found.items() if name not in URGENT for hit in hits]),
            "look-alikes flagged": _share(alarms),
            "ages and hours exact": _share(exact),
        }
    )


def _redaction(report: Report, entries: Sequence[Dict[str, Any]]) -> None:
    masked, changed = [], []
    for entry in entries:
        redacted = redact(entry["text"], report.language)
        masked += [detail not in redacted for detail in entry["masked"]]
        if not entry["masked"]:
            changed.append(redacted != entry["text"])
    report.figures.update({"details masked": _share(masked), "harmless lines changed": _share(changed)})


def _moves(report: Report, folder: Path, moves: Moves) -> None:
    entries = read_lines(folder / "moves.jsonl")
    seen = [{move for sentence in moves.read(e["text"], report.language) for move in sentence.moves} for e in entries]
    report.moves = f1_of_each([set(entry["moves"]) for entry in entries], seen)
    report.figures["moves, macro-F1"] = sum(report.moves.values()) / len(report.moves)


def f1_of_each(truth: Sequence[set[str]], found: Sequence[set[str]]) -> Dict[str, float]:
    """The F1 of every label that occurs in the truth."""
    result = {}
    for name in sorted({label for labels in truth for label in labels}):
        hits = sum(name in wanted and name in seen for wanted, seen in zip(truth, found, strict=True))
        total = sum(name in wanted for wanted in truth) + sum(name in seen for seen in found)
        result[name] = 2 * hits / total
    return result


def _share(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits) if hits else float("nan")


def _calibration_error(certain: Sequence[Tuple[float, bool]]) -> float:
    """How far, on average, confidence is from being right (expected calibration error over ten bins)."""
    bins: Mapping[int, List[Tuple[float, bool]]] = {n: [] for n in range(BINS)}
    for confidence, right in certain:
        bins[min(BINS - 1, int(confidence * BINS))].append((confidence, right))
    gaps = [
        abs(sum(c for c, _ in each) - sum(right for _, right in each)) for each in bins.values() if each
    ]
    return sum(gaps) / len(certain)


def as_markdown(report: Report) -> str:
    """The report for people."""
    lines = [f"# Understanding: {report.language}", "", "| | |", "|---|---|"]
    for name, value in report.figures.items():
        lines.append(f"| {name} | {value:.1f} |" if name == "milliseconds" else f"| {name} | {value:.1%} |")
    for title, values in (("Signals found", report.signals), ("Moves, F1", report.moves)):
        if values:
            lines += ["", f"## {title}", ""]
            lines += [f"* {name}: {value:.2f}" for name, value in sorted(values.items(), key=lambda item: item[1])]
    lines += ["", "## Commonest confusions (meant → taken for)", ""]
    lines += [f"* {meant} → {taken}: {count}" for (meant, taken), count in report.confusions]
    lines += ["", "## Missed and wrongly flagged", "", *(f"* {line}" for line in report.missed), ""]
    return "\n".join(lines)
