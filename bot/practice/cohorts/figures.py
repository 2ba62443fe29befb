"""Figures of a session: how people got on, and never how one of them did.

No group of fewer than five people is told of, nor can one be found by taking one figure from another: a group is shown
only when every piece into which the shown groups cut the people has five at least. And figures move on only when five
people's results have changed, so that looking twice tells nothing about the one who played in between.
"""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Iterable, Mapping, Optional, Sequence

import sqlalchemy as sa

from bot.practice.cohorts import tables
from bot.practice.cohorts.members import Members, trainees
from bot.practice.cohorts.results import PRACTICE, RECHECK_DAYS, Result, Results
from bot.practice.moves import HARMFUL
from bot.practice.run import Run
from bot.practice.scoring import rubric

FEWEST: Final = 5
"""People in the smallest group that is told of (issue 6)."""

COMMONEST: Final = 5
"""Moves named in each list."""

WHOLE, BEFORE, AFTER, SCENARIO, OCCASION = "whole", "before", "after", "scenario", "occasion"
"""Kinds of groups: everybody's latest result; the first and the latest of who has two at least; by scenario; by
recheck."""


@dataclass(frozen=True)
class Spread:
    """How many people did a rubric item in full, by half, or not."""

    item: str
    full: int
    half: int
    none: int


@dataclass(frozen=True)
class Figures:
    """Figures of one group, one result a person.

    Attributes:
        kind: which group; with `name` for a scenario or occasion.
        people: how many.
        points: their points on average.
        compliant: how many made no critical fail.
        spreads: the rubric's items; only those that every one of them had occasion for.
        missing: moves that were asked for and not made, with how many people, the commonest first. One group of moves
            serves the same; it is named by all of them, joined with `|`.
        harmful: harmful moves that were made, with how many people.
    """

    kind: str
    name: str
    people: int
    points: float
    compliant: int
    spreads: tuple[Spread, ...]
    missing: tuple[tuple[str, int], ...]
    harmful: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Report:
    """What a trainer sees of a session.

    Attributes:
        names: of who joined, as they chose them.
        completed: how many of them have played a scenario to its end; None when they or the joined are too few.
        together: points of the scenes that several played in front of all, the oldest first.
        groups: figures of groups that may be told of.
        hidden: groups that are too small, or would tell of too few: kind and name.
        is_waiting: there are results that are not in these figures yet.
    """

    code: str
    names: tuple[str, ...]
    completed: Optional[int]
    together: tuple[int, ...]
    groups: tuple[Figures, ...]
    hidden: tuple[tuple[str, str], ...] = ()
    is_waiting: bool = False

    def group(self, kind: str, name: str = "") -> Optional[Figures]:
        return next((each for each in self.groups if (each.kind, each.name) == (kind, name)), None)


class Statistics:
    """Makes the figures of sessions. Every method blocks.

    Args:
        members, results: see there.
    """

    def __init__(self, members: Members, results: Results) -> None:
        self._members = members
        self._results = results

    def report(self, code: str) -> Report:
        """The figures of a session as they may be shown now."""
        code = code.upper()
        people = trainees(self._members.in_session(code))
        found = self._results.of_cohort(code)
        mine = {member.id: [each for each in found if each.member == member.id] for member in people}
        mine = {member: played for member, played in mine.items() if played}
        state = {member: [f"{each.id}:{each.points}" for each in played] for member, played in mine.items()}
        shown = self._shown(code)
        changed = _changed(shown["state"], state) if shown else set(state)
        if changed and len(changed) >= FEWEST:
            groups, hidden = _publishable(mine)
            shown = {
                "state": state,
                "groups": [asdict(each) for each in groups],
                "hidden": hidden,
                "completed": len(mine),
            }
            self._show(code, shown)
            changed = set()
        names = tuple(member.name or "" for member in people)
        together = tuple(each.points for each in found if each.member is None)
        if shown is None:
            return Report(code, names, None, together, (), ((WHOLE, ""),), bool(changed))
        completed = shown["completed"] if len(people) >= FEWEST else None
        return Report(
            code,
            names,
            completed,
            together,
            tuple(_figures_from(each) for each in shown["groups"]),
            tuple((kind, name) for kind, name in shown["hidden"]),
            bool(changed),
        )

    def _shown(self, code: str) -> Optional[dict[str, Any]]:
        query = sa.select(tables.shown.c.content).where(tables.shown.c.cohort == code)
        with self._results.engine.connect() as connection:
            content = connection.execute(query).scalar_one_or_none()
        return dict(json.loads(self._results.keyring.decrypt(content))) if content else None

    def _show(self, code: str, shown: Mapping[str, Any]) -> None:
        content = self._results.keyring.encrypt(json.dumps(shown).encode())
        # Of two looks at the same moment the first is kept; both saw the same results.
        with contextlib.suppress(sa.exc.IntegrityError), self._results.engine.begin() as connection:
            connection.execute(sa.delete(tables.shown).where(tables.shown.c.cohort == code))
            connection.execute(sa.insert(tables.shown).values(cohort=code, content=content))


def _changed(before: Mapping[str, Sequence[str]], now: Mapping[str, Sequence[str]]) -> set[str]:
    """Whose results are others than before, those who deleted theirs too."""
    return {member for member in {*before, *now} if list(before.get(member, ())) != list(now.get(member, ()))}


@dataclass
class _Groups:
    """Lets groups be told of, one after the other, as long as no small one can be found from them."""

    everybody: frozenset[str]
    shown: list[frozenset[str]] = field(default_factory=list)

    def admit(self, people: Iterable[str]) -> bool:
        """Whether this group may be told of beside those that are."""
        group = frozenset(people)
        pieces = Counter(tuple(member in each for each in (*self.shown, group)) for member in self.everybody)
        # Whoever is in no shown group at all is not told of, so that their number is free.
        small = [size for piece, size in pieces.items() if any(piece) and size < FEWEST]
        if len(group) < FEWEST or small:
            return False
        self.shown.append(group)
        return True


def _publishable(mine: Mapping[str, Sequence[Result]]) -> tuple[list[Figures], list[tuple[str, str]]]:
    """The figures that may be told, and the groups that may not."""
    twice = {member: played for member, played in mine.items() if len(played) > 1}
    wanted: list[tuple[str, str, Mapping[str, Result]]] = [
        (WHOLE, "", {member: played[-1] for member, played in mine.items()}),
        (BEFORE, "", {member: played[0] for member, played in twice.items()}),
        (AFTER, "", {member: played[-1] for member, played in twice.items()}),
    ]
    for kind, names in ((OCCASION, (PRACTICE, *RECHECK_DAYS)), (SCENARIO, _scenarios(mine))):
        for name in names:
            wanted.append((kind, name, _latest(mine, kind, name)))
    admission = _Groups(frozenset(mine))
    groups, hidden = [], []
    for kind, name, chosen in wanted:
        if not chosen or (kind == OCCASION and name == PRACTICE):
            continue
        if admission.admit(chosen):
            groups.append(_figures(kind, name, list(chosen.values())))
        else:
            hidden.append((kind, name))
    return groups, hidden


def _scenarios(mine: Mapping[str, Sequence[Result]]) -> list[str]:
    """The scenarios that were played, the most played first: where not all may be told of, the larger ones are."""
    players = Counter(scenario for played in mine.values() for scenario in {each.scenario for each in played})
    return [scenario for scenario, _ in sorted(players.items(), key=lambda each: (-each[1], each[0]))]


def _latest(mine: Mapping[str, Sequence[Result]], kind: str, name: str) -> dict[str, Result]:
    """Everybody's latest result in a scenario or recheck."""
    found = {}
    for member, played in mine.items():
        for each in played:
            if (each.scenario if kind == SCENARIO else each.occasion) == name:
                found[member] = each
    return found


def _figures(kind: str, name: str, chosen: Sequence[Result]) -> Figures:
    marks = [each.content["items"] for each in chosen]
    items = [item for item in rubric().items if all(item in each for each in marks)]
    spreads = []
    for item in items:
        shares = Counter(each[item]["share"] for each in marks)
        spreads.append(Spread(item, shares[1.0], shares[0.5], shares[0.0]))
    missing = Counter(group for each in chosen for group in _missing(each))
    harmful = Counter(move for each in chosen for move in Run.from_json(each.content["run"]).made & HARMFUL)
    return Figures(
        kind=kind,
        name=name,
        people=len(chosen),
        points=round(sum(each.points for each in chosen) / len(chosen), 1),
        compliant=sum(not each.content["critical"] and not each.content["left_alone"] for each in chosen),
        spreads=tuple(spreads),
        missing=_commonest(missing),
        harmful=_commonest(harmful),
    )


def _missing(result: Result) -> set[str]:
    return {"|".join(group) for groups in result.content["lacking"].values() for group in groups}


def _commonest(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:COMMONEST])


def _figures_from(data: Mapping[str, Any]) -> Figures:
    return Figures(
        **{
            **data,
            "spreads": tuple(Spread(**each) for each in data["spreads"]),
            "missing": tuple((name, number) for name, number in data["missing"]),
            "harmful": tuple((name, number) for name, number in data["harmful"]),
        }
    )
