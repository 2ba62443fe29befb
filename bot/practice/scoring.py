"""The score of a run: the rubric of guidance.md §11, item by item, each with the line that shows it.

Points come from what was done, never from how sure the judge was: doubtful sentences count as nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Mapping, Optional

import yaml

from bot.practice.models import Cue, Scenario
from bot.practice.moves import CRITICAL
from bot.practice.run import Run, Stage

RUBRIC = Path(__file__).parent / "rubric.yml"

FULL, HALF, NONE = 1.0, 0.5, 0.0
"""The three marks an item can get."""


@dataclass(frozen=True)
class Item:
    """One line of the rubric; the file says what each field means."""

    id: str
    weight: int
    title: str
    asks: tuple[frozenset[str], ...] = ()
    before: frozenset[str] = frozenset()
    spoils: frozenset[str] = frozenset()
    voids: frozenset[str] = frozenset()
    is_answered: bool = False


@dataclass(frozen=True)
class Rubric:
    """All items and the rules over them; the file says what each means."""

    items: Mapping[str, Item]
    cap: int
    cap_of_further_ones: float
    least_lines: int
    most_slips: int
    texts: Mapping[str, str]

    def cap_after(self, lines: int) -> int:
        """The most points after a critical fail in so many lines; in none, when somebody was only left alone."""
        return int(self.cap * self.cap_of_further_ones ** max(0, lines - 1))


@lru_cache(maxsize=1)
def rubric() -> Rubric:
    """The rubric in use.

    Raises:
        ValueError: its weights are not 100 together.
    """
    data = yaml.safe_load(RUBRIC.read_text(encoding="utf-8"))
    items = {
        item_id: Item(
            id=item_id,
            weight=entry["weight"],
            title=f"practice.rubric.{item_id}",
            asks=tuple(frozenset(group) for group in entry.get("asks", ())),
            before=frozenset(entry.get("before", ())),
            spoils=frozenset(entry.get("spoils", ())),
            voids=frozenset(entry.get("voids", ())),
            is_answered=entry.get("answered", False),
        )
        for item_id, entry in data["items"].items()
    }
    if sum(item.weight for item in items.values()) != 100:
        raise ValueError("the weights of the rubric have to be 100 together")
    titles = {items[item_id].title: entry["title"] for item_id, entry in data["items"].items()}
    return Rubric(
        items=items,
        cap=data["cap_after_critical_fail"],
        cap_of_further_ones=data["cap_of_further_ones"],
        least_lines=data["least_lines"],
        most_slips=data["most_slips"],
        texts=titles,
    )


@dataclass(frozen=True)
class Evidence:
    """A line that counts for or against an item.

    Attributes:
        turn: number of the line, from 0.
        sentence: number of the sentence in it.
        move: what it did.
    """

    turn: int
    sentence: int
    move: str


@dataclass(frozen=True)
class Mark:
    """An item's mark.

    Attributes:
        item: its id.
        weight: points of the item in this scenario; all weights are 100 together.
        share: 0, 0.5 or 1.
        shown: what counted for it.
        against: what spoiled it.
        missing: groups of moves of which none was made.
        was_late: it was done, but only after the person had told.
    """

    item: str
    weight: float
    share: float
    shown: tuple[Evidence, ...] = ()
    against: tuple[Evidence, ...] = ()
    missing: tuple[frozenset[str], ...] = ()
    was_late: bool = False

    @property
    def points(self) -> float:
        return self.weight * self.share


@dataclass(frozen=True)
class Score:
    """The score of a run.

    Attributes:
        points: 0 to 100, rounded; after a critical fail at most the cap.
        marks: one an item that this scenario gives occasion for.
        critical: critical fails: harmful lines.
        left_alone: critical cues that nobody picked up: somebody at risk was left alone.
        missed: ids of every cue that was not picked up.
        cap: the most points there could be after the critical fails; None without any.
    """

    points: int
    marks: tuple[Mark, ...]
    critical: tuple[Evidence, ...]
    left_alone: tuple[Cue, ...]
    missed: frozenset[str]
    cap: Optional[int] = None

    @property
    def has_critical_fail(self) -> bool:
        return self.cap is not None

    def mark(self, item: str) -> Optional[Mark]:
        return next((mark for mark in self.marks if mark.item == item), None)

    def as_json(self) -> dict[str, Any]:
        """The score as plain data; no words."""
        return {
            "points": self.points,
            "items": {
                mark.item: {"weight": round(mark.weight, 2), "share": mark.share} for mark in self.marks
            },
            "critical": sorted({evidence.move for evidence in self.critical}),
            "left_alone": [cue.id for cue in self.left_alone],
            "missed": sorted(self.missed),
        }


def score(scenario: Scenario, run: Run, knows_care: Optional[bool] = None) -> Score:
    """Scores a run.

    Args:
        scenario: what was played.
        run: the run, over or broken off.
        knows_care: whether the trainee, asked in the debrief, knows whom to turn to for themselves; None when
            nobody asked, and the item is left out.
    """
    rules = rubric()
    stage = Stage(scenario)
    missed = stage.missed(run)
    items = [
        item
        for item in rules.items.values()
        if item.id not in scenario.skips and not (item.is_answered and knows_care is None)
    ]
    scale = 100 / sum(item.weight for item in items)
    made = _evidence(run)
    marks = tuple(_mark(item, scenario, run, made, scale, bool(knows_care)) for item in items)
    critical = tuple(evidence for evidence in made if evidence.move in CRITICAL)
    left_alone = tuple(cue for cue in scenario.cues if cue.is_critical and cue.id in missed)
    points = round(sum(mark.points for mark in marks))
    cap = None
    if critical or left_alone:
        cap = rules.cap_after(len({evidence.turn for evidence in critical}))
        points = min(points, cap)
    return Score(points, marks, critical, left_alone, missed, cap)


def _evidence(run: Run) -> tuple[Evidence, ...]:
    """Every move of the run with its place, in the order it was made."""
    return tuple(
        Evidence(turn, number, move)
        for turn, said in enumerate(run.turns)
        for number, sentence in enumerate(said.line.sentences)
        for move in sorted(sentence.moves)
    )


def _mark(
    item: Item, scenario: Scenario, run: Run, made: tuple[Evidence, ...], scale: float, knows_care: bool
) -> Mark:
    weight = item.weight * scale
    if item.is_answered:
        return Mark(item.id, weight, FULL if knows_care else NONE)
    groups = [*item.asks, *scenario.asks_also.get(item.id, ())]
    groups += [
        cue.answered_by
        for state in scenario.states.values()
        if (cue := state.cue) and cue.item == item.id and state.id in run.visited
    ]
    moves = {evidence.move for evidence in made}
    missing = tuple(group for group in groups if not group & moves)
    wanted = frozenset().union(*groups)
    shown = _first_of_each(made, wanted)
    against = _first_of_each(made, item.spoils | item.voids)
    was_late = _was_late(item, scenario, run, made)
    share = _share(len(groups), len(missing), was_late)
    if not groups and len(run.turns) < min(rubric().least_lines, scenario.steps_to_end()[scenario.start]):
        share = NONE
    if {evidence.move for evidence in against} & item.voids:
        share = NONE
    share = _spoiled(item, share, bool(groups), made)
    return Mark(item.id, weight, share, shown, against, missing, was_late)


def _share(groups: int, missing: int, was_late: bool) -> float:
    if not missing:
        return HALF if was_late else FULL
    return NONE if missing == groups else HALF


def _spoiled(item: Item, share: float, asks_something: bool, made: tuple[Evidence, ...]) -> float:
    """What is left of an item's share after the harmful moves that spoil it: at most half.

    What was done for it still counts; an item that asks for nothing is lost when it is spoiled again and again.
    """
    slips = {(evidence.turn, evidence.sentence) for evidence in made if evidence.move in item.spoils}
    if len(slips) > rubric().most_slips and not asks_something:
        return NONE
    return min(share, HALF) if slips else share


def _was_late(item: Item, scenario: Scenario, run: Run, made: tuple[Evidence, ...]) -> bool:
    """Whether what had to come before the telling came after it."""
    if not item.before:
        return False
    told = next((n for n, turn in enumerate(run.turns) if scenario.states[turn.state].tells), None)
    first = next((evidence.turn for evidence in made if evidence.move in item.before), None)
    # The line spoken at the first telling itself is the last moment: the person has only begun.
    return told is not None and first is not None and first > told


def _first_of_each(made: tuple[Evidence, ...], moves: frozenset[str]) -> tuple[Evidence, ...]:
    found: dict[str, Evidence] = {}
    for evidence in made:
        if evidence.move in moves:
            found.setdefault(evidence.move, evidence)
    return tuple(found.values())
