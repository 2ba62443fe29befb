"""What observers saw and what the judge scored, side by side.

Whoever has marked nothing at all watched without a checklist and does not count; of the others, an item they left
unmarked is one they did not see. Agreement is the plain share of equal marks: with a handful of observers and three
marks, anything finer would pretend.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from bot.practice.loader import Script
from bot.practice.moves import all_moves
from bot.practice.scoring import Score, rubric, score
from bot.practice.theatre.state import Scene
from bot.wording.reply import ParamValue, Part, quiet, text


@dataclass(frozen=True)
class Row:
    """An item of the rubric.

    Attributes:
        weight: points it can give in this scenario.
        judge: the judge's points.
        observers: the observers' points, on average.
        agreeing: observers who gave the judge's mark.
    """

    item: str
    weight: float
    judge: float
    observers: float
    agreeing: int


@dataclass(frozen=True)
class Comparison:
    """Both scores.

    Attributes:
        score: the judge's.
        observers: how many observers marked something.
        observed: their points together, 0 to 100, on average; critical fails are the judge's matter.
        only_observers: moves that observers saw and the judge did not, with how many saw each.
    """

    score: Score
    rows: tuple[Row, ...]
    observers: int
    observed: float
    only_observers: tuple[tuple[str, int], ...]

    @property
    def agreement(self) -> float:
        """The share of observers' marks that are the judge's, 0 to 1; 0 without observers."""
        marks = self.observers * len(self.rows)
        return sum(row.agreeing for row in self.rows) / marks if marks else 0.0

    def as_json(self) -> dict[str, Any]:
        """What is kept with the result: numbers, and no names."""
        return {
            "observers": self.observers,
            "points": round(self.observed),
            "agreement": round(self.agreement, 2),
            "items": {
                row.item: {"share": round(row.observers / row.weight, 2), "agreeing": row.agreeing}
                for row in self.rows
            },
            "only_observers": dict(self.only_observers),
        }


def compare(script: Script, scene: Scene) -> Comparison:
    """Both scores of a scene as it stands."""
    result = score(script.scenario, scene.run, scene.knows_care)
    sheets = [marks for marks in scene.marks.values() if marks]
    rows = []
    for mark in result.marks:
        if rubric().items[mark.item].is_answered:
            continue  # what the responder answers, nobody can see
        given = [sheet.get(mark.item, 0.0) for sheet in sheets]
        mean = sum(given) / len(given) if given else 0.0
        agreeing = sum(share == mark.share for share in given)
        rows.append(Row(mark.item, mark.weight, mark.points, mean * mark.weight, agreeing))
    whole = sum(row.weight for row in rows) or 1.0
    seen = Counter(sight.move for sight in scene.sights if sight.move not in scene.run.made)
    return Comparison(
        result,
        tuple(rows),
        len(sheets),
        sum(row.observers for row in rows) * 100 / whole,
        tuple(sorted(seen.items(), key=lambda each: (-each[1], each[0]))),
    )


def told(comparison: Comparison) -> tuple[Part, ...]:
    """The comparison as everybody reads it."""
    parts = [text("practice.session.judge_score", points=comparison.score.points)]
    if comparison.score.cap is not None:
        parts.append(text("practice.score.critical", cap=comparison.score.cap))
    count = comparison.observers
    if count:
        parts.append(text("practice.session.observers_score", points=round(comparison.observed), number=count))
    for row in comparison.rows:
        values: dict[str, ParamValue] = {"title": {"text": f"practice.rubric.{row.item}"}, "most": round(row.weight)}
        judge, observers = round(row.judge), round(row.observers)
        if count:
            values.update(judge=judge, observers=observers, agreeing=row.agreeing, number=count)
            parts.append(quiet("practice.session.row", **values))
        else:
            parts.append(quiet("practice.score.item", **values, got=judge))
    if count:
        parts.append(text("practice.session.agreement", percent=round(comparison.agreement * 100)))
    for move, number in comparison.only_observers:
        title = {"text": all_moves()[move].title}
        parts.append(text("practice.session.only_observers", move=title, number=number))
    return tuple(parts)


def cues_missed(script: Script, comparison: Comparison) -> tuple[Part, ...]:
    """What the person let slip and nobody picked up."""
    alone = {cue.id for cue in comparison.score.left_alone}
    return tuple(
        text("practice.alone" if cue.id in alone else "practice.missed", about={"text": cue.about})
        for cue in script.scenario.cues
        if cue.id in comparison.score.missed
    )
