"""A person's own results: kept only when they said so, shown only to them, deleted when they say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Optional, Sequence

from bot.practice.cohorts.members import Member, Members, Place
from bot.practice.cohorts.overrides import Change, Overrides
from bot.practice.cohorts.rechecks import Recheck, Rechecks
from bot.practice.cohorts.results import PRACTICE, PRIVATE, Result, Results, Transcript
from bot.practice.loader import Script


@dataclass(frozen=True)
class Comparison:
    """How a score stands beside an earlier one.

    Attributes:
        before: points of the earlier one.
        better, worse: rubric items that gained or lost, the largest change first.
    """

    before: int
    better: tuple[str, ...]
    worse: tuple[str, ...]


class Records:
    """What people keep of their own practice. Every method blocks.

    Args:
        members, results, rechecks, overrides: see there.
    """

    def __init__(self, members: Members, results: Results, rechecks: Rechecks, overrides: Overrides) -> None:
        self._members = members
        self._results = results
        self._rechecks = rechecks
        self._overrides = overrides

    def agreed(self, place: Place) -> bool:
        """Whether somebody has said that their results are kept."""
        return self._alone(place) is not None

    def begin(self, place: Place) -> Optional[str]:
        """Somebody wants their results kept. Their word for coming back from elsewhere; None if they had one."""
        return self._members.alone(place)[1]

    def keep(
        self,
        place: Place,
        scenario: str,
        content: Mapping[str, Any],
        occasion: str = PRACTICE,
        transcript: Transcript = (),
        language: str = "en",
    ) -> Optional[str]:
        """Keeps a result; in a session that somebody is a member of it counts there too.

        Returns:
            The result's id; None when the person never agreed.
        """
        owner = self._owner(place)
        if owner is None:
            return None
        identity = self._results.keep(
            owner.id,
            owner.cohort,
            scenario,
            occasion,
            {**content, PRIVATE: True},
            transcript=transcript,
            language=language,
        )
        due = self._rechecks.due(self._ids(place)) if occasion != PRACTICE else None
        if due is not None:
            self._rechecks.done(due)
        if occasion == PRACTICE and owner.wants_recheck:
            self._rechecks.plan(owner.id, scenario)
        return identity

    def amend(self, identity: str, content: Mapping[str, Any]) -> None:
        """Puts another content in a result's place."""
        result = self._results.get(identity)
        if result is not None:
            self._results.change(result, {**result.content, **content})

    def change(self, identity: str, script: Script, change: Change, language: str) -> None:
        """Changes a judgement of a kept result."""
        result = self._results.get(identity)
        if result is not None:
            self._overrides.change(script, result, change, language)

    def history(self, place: Place) -> list[Result]:
        """Everything kept of somebody, the oldest first."""
        return self._results.of_members(self._ids(place))

    def forget(self, place: Place) -> int:
        """Deletes everything kept of somebody's own practice; how many results there were."""
        gone = self._results.forget(self._ids(place))
        alone = self._alone(place)
        if alone is not None:
            self._members.delete(alone)
        return gone

    def settings(self, place: Place) -> Optional[Member]:
        """What somebody agreed to; None when nothing is kept of them."""
        return self._owner(place)

    def agree(
        self, place: Place, keeps_words: Optional[bool] = None, wants_recheck: Optional[bool] = None
    ) -> None:
        """Changes what somebody agreed to. Who wants rechecks is invited from the latest scenario on."""
        if wants_recheck is False:
            self._rechecks.decline(self._ids(place))
        for member in self._members.of(place.seat):
            if not member.is_trainer:
                self._members.agree(member, keeps_words, wants_recheck)
        owner, history = self._owner(place), self.history(place)
        if wants_recheck and owner is not None and history:
            self._rechecks.plan(owner.id, history[-1].scenario)

    def due(self, place: Place) -> Optional[Recheck]:
        """The recheck somebody is invited to now."""
        return self._rechecks.due(self._ids(place))

    def _ids(self, place: Place) -> list[str]:
        return [member.id for member in self._members.of(place.seat)]

    def _alone(self, place: Place) -> Optional[Member]:
        return next((each for each in self._members.of(place.seat) if each.cohort is None), None)

    def _owner(self, place: Place) -> Optional[Member]:
        """The membership results are kept under: the latest session, for who agreed to keep them at all."""
        alone = self._alone(place)
        if alone is None:
            return None
        mine = self._members.of(place.seat)
        return next((each for each in mine if each.cohort and not each.is_trainer), alone)


def compare(now: Mapping[str, Any], earlier: Sequence[Result]) -> Optional[Comparison]:
    """A score beside the last one in the same scenario, else beside the last one; None when there is none.

    Args:
        now: see `results.content_of`.
        earlier: the oldest first.
    """
    if not earlier:
        return None
    same = [result for result in earlier if result.scenario == now["run"]["scenario"]]
    before = (same or list(earlier))[-1]
    changes = {
        item: mark["share"] - before.content["items"][item]["share"]
        for item, mark in now["items"].items()
        if item in before.content["items"]
    }
    ordered = sorted(changes, key=lambda item: -abs(changes[item]))
    return Comparison(
        before.points,
        tuple(item for item in ordered if changes[item] > 0),
        tuple(item for item in ordered if changes[item] < 0),
    )
