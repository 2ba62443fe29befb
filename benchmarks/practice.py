"""Measures the judge of practice on transcripts and lines written apart from its data (`tests/practice/examination`).

Good, middling and bad transcripts must separate by their points; critical fails must be found, and good lines must
not be taken for one. `make evaluate` prints the figures. With `--development` the development transcripts and lines are
measured, which may be read and corrected against; with `--details` the lines that were misjudged are printed.
"""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import dataclass, field
from typing import Any, Collection, Dict, List, Mapping, Tuple

import yaml

from bot.privacy.logs import configure

configure()

from bot.practice.debrief import judge_transcript  # noqa: E402
from bot.practice.judging import Judge, JudgedLine  # noqa: E402
from bot.practice.loader import Script, shipped  # noqa: E402
from bot.practice.moves import CRITICAL  # noqa: E402
from bot.settings import ROOT, Settings  # noqa: E402
from bot.understanding.labelled import DEVELOPMENT, read_lines  # noqa: E402

EXAMINATION = ROOT / "tests" / "practice" / "examination"
SINGLE_LINES = "practice_[234].jsonl"
"""Development lines on which no threshold was chosen."""

GRADES = ("good", "middling", "bad")

Entries = List[Dict[str, Any]]


@dataclass
class Figures:
    """What was measured in one language.

    Attributes:
        points: of every transcript, by grade.
        failed: share of the transcripts of a grade with a critical fail.
        found: share of critical lines in which the judge sees that critical fail.
        wrong: share of the other lines in which it sees one.
        asked: share of critical lines in which it does not see that fail but asks about it.
        asked_wrongly: share of the other lines in which it sees none but asks about one.
        milliseconds: to judge a line, median.
        missed, mistaken: the lines behind `found` and `wrong`.
    """

    points: Dict[str, List[int]] = field(default_factory=dict)
    failed: Dict[str, float] = field(default_factory=dict)
    found: float = 0.0
    wrong: float = 0.0
    asked: float = 0.0
    asked_wrongly: float = 0.0
    milliseconds: float = 0.0
    missed: List[str] = field(default_factory=list)
    mistaken: List[str] = field(default_factory=list)


def measure(language: str, judge: Judge, development: bool = False) -> Figures:
    """The figures of a language: of its examination, or of its development messages."""
    figures = Figures()
    transcripts, lines = _development(language) if development else _examination(language)
    times = _transcripts(figures, transcripts, language, judge, shipped())
    figures.milliseconds = statistics.median(times)
    measure_lines(figures, lines, language, judge)
    return figures


def measure_lines(figures: Figures, lines: Entries, language: str, judge: Judge) -> None:
    """The figures of single lines: which critical fails are found, and which harmless lines are taken for one."""
    critical = [(entry["text"], set(entry["critical"])) for entry in lines if entry["critical"]]
    harmless = [entry["text"] for entry in lines if not entry["critical"]]
    asked = asked_wrongly = 0
    for text, wanted in critical:
        judged = judge.judge(text, language, of_a_child="question_child" in wanted)
        if not wanted & judged.critical:
            asked += _asks(judged, wanted)
            figures.missed.append(f"{sorted(wanted)} {text}{' (asked)' if _asks(judged, wanted) else ''}")
    for text in harmless:
        judged = judge.judge(text, language)
        if judged.critical:
            figures.mistaken.append(f"{sorted(judged.critical)} {text}")
        else:
            asked_wrongly += _asks(judged, CRITICAL)
    figures.found = 1 - len(figures.missed) / len(critical)
    figures.wrong = len(figures.mistaken) / len(harmless)
    figures.asked, figures.asked_wrongly = asked / len(critical), asked_wrongly / len(harmless)


def _asks(line: JudgedLine, moves: Collection[str]) -> bool:
    """Whether the judge asks about one of the moves."""
    return any(move in sentence.offered for sentence in line.sentences for move in moves)


def _transcripts(
    figures: Figures, transcripts: Entries, language: str, judge: Judge, scripts: Mapping[str, Script]
) -> List[float]:
    times = []
    failed: Dict[str, List[bool]] = {grade: [] for grade in GRADES}
    for entry in transcripts:
        lines = tuple(entry["lines"])
        begin = time.perf_counter()
        result, _ = judge_transcript(scripts[entry["scenario"]], lines, language, judge)
        times.append((time.perf_counter() - begin) * 1000 / len(lines))
        figures.points.setdefault(entry["grade"], []).append(result.score.points)
        failed[entry["grade"]].append(bool(result.score.critical))
    figures.failed = {grade: sum(each) / len(each) for grade, each in failed.items() if each}
    return times


def languages() -> List[str]:
    """Those with an examination."""
    return sorted(path.stem for path in EXAMINATION.glob("??.yml"))


def _examination(language: str) -> Tuple[Entries, Entries]:
    """Transcripts, and single lines with their critical fails."""
    return _read(f"{language}.yml"), _read(f"{language}_lines.yml")


def _development(language: str) -> Tuple[Entries, Entries]:
    """The same. No threshold was chosen on these."""
    entries = read_lines(DEVELOPMENT / language / "transcripts.jsonl")
    transcripts = [{**entry, "lines": [line["text"] for line in entry["lines"]]} for entry in entries]
    lots = sorted((DEVELOPMENT / language).glob(SINGLE_LINES))
    return transcripts, [entry for path in lots for entry in _checked(path.name, read_lines(path))]


def _read(name: str) -> Entries:
    return _checked(name, yaml.safe_load((EXAMINATION / name).read_text(encoding="utf-8")))


def _checked(name: str, found: Entries) -> Entries:
    unknown = {move for entry in found for move in entry.get("critical", ())} - CRITICAL
    if unknown:
        raise ValueError(f"{name}: {sorted(unknown)} are no critical fails")
    return found


def main(details: bool, development: bool = False) -> None:
    """Measures every language with an examination and prints the figures."""
    from bot.practice.reading import judge_with
    from bot.understanding.trained_moves import trained_moves

    moves = trained_moves(Settings.from_environment().models, lambda sentence: print(sentence, file=sys.stderr))
    judge = judge_with(moves)
    for language in languages():
        figures = measure(language, judge, development)
        for grade in GRADES:
            points = sorted(figures.points[grade])
            print(f"{language} {grade}: {points}, critical fail in {figures.failed[grade]:.0%}")
        print(
            f"{language} critical fails found {figures.found:.1%}, asked about {figures.asked:.1%}; "
            f"good lines taken for one {figures.wrong:.1%}, asked about {figures.asked_wrongly:.1%}; "
            f"{figures.milliseconds:.1f} ms a line"
        )
        for line in [*figures.missed, "—", *figures.mistaken] if details else ():
            print("   ", line)


if __name__ == "__main__":
    main("--details" in sys.argv, "--development" in sys.argv)
