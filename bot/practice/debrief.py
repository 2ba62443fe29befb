"""The debrief of a run: the score with what shows it, what to keep, what to change, and how one did before.

Plain data, for every surface: the chat, the web page, and `disclosure-guide practice judge`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Optional, Sequence

from bot.practice.judging import Judge, JudgedLine
from bot.practice.loader import Script
from bot.practice.models import Ending
from bot.practice.moves import HELPFUL, all_moves
from bot.practice.moves import texts as move_texts
from bot.practice.run import Run, Stage
from bot.practice.scoring import Evidence, Mark, Score, rubric, score


@dataclass(frozen=True)
class Debrief:
    """A judged run.

    Attributes:
        run: the run.
        score: its score.
        ending: how it ended for the person; None when it was broken off.
        steps: guide step to the share of its moments that got what they called for, 0 to 1.
        best: the helpful line to remember.
        worst: the harmful line to change first.
    """

    run: Run
    score: Score
    ending: Optional[Ending]
    steps: Mapping[str, float]
    best: Optional[Evidence]
    worst: Optional[Evidence]


def debrief(script: Script, run: Run, knows_care: Optional[bool] = None) -> Debrief:
    """Judges a run as a whole; `knows_care` as for `score`."""
    result = score(script.scenario, run, knows_care)
    return Debrief(
        run=run,
        score=result,
        ending=Stage(script.scenario).ending(run),
        steps=_step_profile(script, run),
        best=_best(result),
        worst=_worst(result),
    )


def _step_profile(script: Script, run: Run) -> dict[str, float]:
    """How each guide step went, over the moments that exercised it."""
    got: dict[str, list[bool]] = {}
    for state in script.scenario.states.values():
        said = [turn.line for turn in run.turns if turn.state == state.id]
        if not said or not state.calls_for:
            continue
        moves = frozenset().union(*(line.moves for line in said))
        harmed = any(line.harmful for line in said)
        for step in state.steps:
            got.setdefault(step, []).append(bool(moves & set(state.calls_for)) and not harmed)
    return {step: sum(results) / len(results) for step, results in got.items()}


def _best(result: Score) -> Optional[Evidence]:
    """The helpful line of the weightiest item that was done in full."""
    done = sorted((m for m in result.marks if m.share == 1 and m.shown), key=lambda m: -m.weight)
    shown = [evidence for mark in done for evidence in mark.shown if evidence.move in HELPFUL]
    return shown[0] if shown else None


def _worst(result: Score) -> Optional[Evidence]:
    """The first critical fail; else what cost the most points."""
    if result.critical:
        return result.critical[0]
    spoiled = sorted((m for m in result.marks if m.against), key=lambda m: m.points - m.weight)
    return spoiled[0].against[0] if spoiled else None


def judge_transcript(
    script: Script, lines: Sequence[str], language: str, judge: Judge, knows_care: Optional[bool] = None
) -> tuple[Debrief, tuple[JudgedLine, ...]]:
    """Plays the lines of a transcript through a scenario and judges them.

    Lines after the conversation has ended are judged as part of its last moment, so that nothing said is lost.

    Returns:
        The debrief, and every line as judged, with what the judge was unsure of still marked.
    """
    judged = tuple(judge.judge(line, language, script.scenario.is_child) for line in lines)
    stage = Stage(script.scenario)
    run, _ = stage.begin(seed=0)
    for number, line in enumerate(judged):
        if stage.is_over(run):
            run = stage.with_more(run, judged[number:])
            break
        run, _ = stage.say(run, line.without_doubt())
    return debrief(script, run, knows_care), judged


def as_json(script: Script, result: Debrief, lines: Sequence[str], judged: Sequence[JudgedLine]) -> dict[str, Any]:
    """The debrief of a transcript as `practice judge` prints it."""

    def quote(evidence: Evidence) -> dict[str, Any]:
        sentence = judged[evidence.turn].sentences[evidence.sentence].text
        return {"line": evidence.turn + 1, "sentence": sentence, "move": evidence.move}

    return {
        "scenario": script.scenario.id,
        "score": result.score.points,
        "critical_fails": [
            {**quote(evidence), "because": _because(evidence.move)} for evidence in result.score.critical
        ],
        "left_alone": [script.texts[cue.about] for cue in result.score.left_alone],
        "ending": result.ending.value if result.ending else None,
        "items": [_mark_json(mark, quote) for mark in result.score.marks],
        "cues_missed": [
            script.texts[cue.about] for cue in script.scenario.cues if cue.id in result.score.missed
        ],
        "steps": {step: round(share, 2) for step, share in result.steps.items()},
        "keep": quote(result.best) if result.best else None,
        "change": quote(result.worst) if result.worst else None,
        "lines": [
            {
                "text": text,
                "sentences": [
                    {"text": s.text, "moves": sorted(s.moves), "unsure": list(s.doubtful)}
                    for s in line.sentences
                ],
            }
            for text, line in zip(lines, judged, strict=True)
        ],
    }


def _because(move: str) -> str:
    return move_texts()[all_moves()[move].because]


def _mark_json(mark: Mark, quote: Any) -> dict[str, Any]:
    return {
        "id": mark.item,
        "title": rubric().texts[f"practice.rubric.{mark.item}"],
        "weight": round(mark.weight, 1),
        "points": round(mark.points, 1),
        "mark": {1.0: "full", 0.5: "half", 0.0: "0"}[mark.share],
        "shown": [quote(evidence) for evidence in mark.shown],
        "against": [quote(evidence) for evidence in mark.against],
        "missing": [sorted(group) for group in mark.missing],
        "late": mark.was_late,
    }
