"""The figures of a session in words: for the chat, the page and tables."""

from __future__ import annotations

from typing import Callable, Optional

from bot.practice.cohorts.figures import AFTER, BEFORE, OCCASION, SCENARIO, WHOLE, Figures, Report
from bot.practice.loader import Script
from bot.practice.moves import all_moves
from bot.wording.reply import Part, Reply, quiet, text

Scenarios = Callable[[str], Optional[Script]]
"""A scenario by its id; None when it is not here any more."""


def told(report: Report, scenarios: Scenarios) -> Reply:
    """The figures as one message."""
    parts = [head(report)]
    if report.completed is not None:
        parts.append(text("practice.figures.completed", completed=report.completed, joined=len(report.names)))
    whole = report.group(WHOLE)
    if whole is None:
        parts.append(text("practice.figures.too_few"))
    else:
        parts += [*_whole(whole), *changes(report), *_parts_of(report, scenarios)]
    if report.together:
        points = ", ".join(str(each) for each in report.together)
        parts.append(quiet("practice.figures.together", points=points))
    return Reply((*parts, *remarks(report)))


def head(report: Report) -> Part:
    """Which session, and who joined it."""
    names = ", ".join(report.names) or "–"
    return text("practice.figures.head", code=report.code, joined=len(report.names), names=names)


def remarks(report: Report) -> list[Part]:
    """What is left out, and why."""
    parts = []
    if report.group(WHOLE) is not None and report.hidden:
        parts.append(quiet("practice.figures.hidden"))
    if report.is_waiting:
        parts.append(quiet("practice.figures.waiting"))
    return parts


def average(group: Figures) -> str:
    """A group's points on average, without a needless .0."""
    return f"{group.points:g}"


def _whole(whole: Figures) -> list[Part]:
    parts = [
        text("practice.figures.points", points=average(whole), compliant=whole.compliant, people=whole.people)
    ]
    for spread in whole.spreads:
        title = {"text": f"practice.rubric.{spread.item}"}
        parts.append(
            quiet("practice.figures.item", title=title, full=spread.full, half=spread.half, none=spread.none)
        )
    for name, found in (("missing", whole.missing), ("harmful", whole.harmful)):
        for moves, number in found:
            parts.append(quiet(f"practice.figures.{name}", move={"text": move_title(moves)}, number=number))
    return parts


def changes(report: Report) -> list[Part]:
    """Before and after, and how it went at each recheck."""
    parts = []
    before, after = report.group(BEFORE), report.group(AFTER)
    if before is not None and after is not None:
        parts.append(
            text("practice.figures.change", before=average(before), after=average(after), people=after.people)
        )
    for each in report.groups:
        if each.kind == OCCASION:
            occasion = {"text": f"practice.occasion.{each.name}"}
            parts.append(
                quiet("practice.figures.part", title=occasion, points=average(each), people=each.people)
            )
    return parts


def _parts_of(report: Report, scenarios: Scenarios) -> list[Part]:
    return [
        quiet(
            "practice.figures.part",
            title=scenario_title(each.name, scenarios),
            points=average(each),
            people=each.people,
        )
        for each in report.groups
        if each.kind == SCENARIO
    ]


def scenario_title(scenario_id: str, scenarios: Scenarios) -> str | dict[str, str]:
    """A scenario's title as a value for a text; its id when it is not here any more."""
    script = scenarios(scenario_id)
    return {"text": script.scenario.title} if script else scenario_id


def move_title(moves: str) -> str:
    """Text id that names a group of moves, joined with `|`: the first of them in the order of the catalogue."""
    group = moves.split("|")
    return next((move.title for move in all_moves().values() if move.id in group), "practice.figures.unnamed")
