"""Which step of the guide comes next in a case.

Plain functions over the library and the facts of a case; the dialogue only asks and remembers which steps
are done. A case whose facts change in the middle gets another path at once, and "back" walks the path as it
is now.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Collection, Optional

from bot.guidance.models import UNKNOWN, Answer, Facts, Library, Step


@dataclass(frozen=True)
class Place:
    """Where somebody is in the guide: the step, its position and how many there are (both from 1)."""

    step: Step
    position: int
    total: int


class Pathway:
    """The steps of a case.

    Args:
        library: the guidance.
    """

    def __init__(self, library: Library) -> None:
        self._library = library

    def steps(self, facts: Facts, done: Collection[str]) -> tuple[Step, ...]:
        """The steps of this case in order.

        A question whose answer is known from elsewhere is left out; one that was answered stays, so that
        the numbering does not jump and "back" can return to it.
        """
        return tuple(
            step
            for step in self._library.steps
            if step.applies(facts) and (step.id in done or not self._answered(step, facts))
        )

    @staticmethod
    def _answered(step: Step, facts: Facts) -> bool:
        return step.facet is not None and facts.get(step.facet) not in (None, UNKNOWN)

    def place(self, facts: Facts, done: Collection[str]) -> Optional[Place]:
        """The first step of the case that is not done, or None at the end."""
        path = self.steps(facts, done)
        for position, step in enumerate(path, start=1):
            if step.id not in done:
                return Place(step, position, len(path))
        return None

    def previous(self, facts: Facts, done: Collection[str]) -> Optional[Step]:
        """The step that "back" returns to: the last done one before the current place, or None at the start."""
        path = self.steps(facts, done)
        place = self.place(facts, done)
        before = path[: place.position - 1] if place else path
        return before[-1] if before else None


def answer_for(step: Step, control: str, value: Optional[str]) -> Optional[Answer]:
    """The answer to a question step that was tapped (`value`) or typed (`control`), if it is one; of two with the same
    value the one that the control means."""
    fitting = [each for each in step.answers if (control in each.words if value is None else each.value == value)]
    return next((each for each in fitting if control in each.words), next(iter(fitting), None))
