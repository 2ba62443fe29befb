"""What the coach says after a line: one thing kept, one changed, one line to try.

Every remark rests on a move or a moment, so "why?" can always show the rule and the guidance behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from bot.practice.models import Scenario
from bot.practice.moves import HELPFUL, all_moves
from bot.practice.run import Run

WORST_FIRST = (
    "promise_secrecy", "condition_aid", "contact_accused", "expose_identity", "question_child", "blame", "doubt",
    "too_late", "involve_unsafe_caregiver", "examine_or_record", "pressure_police", "mediate", "give_orders",
    "probe_details", "why_question", "minimise", "steer_choice", "false_promise", "talk_over", "own_story",
    "judge_perpetrator", "shock",
)  # fmt: skip
"""Which harm is spoken of first when a line does several: critical fails, then by what follows from it."""


@dataclass(frozen=True)
class Feedback:
    """The coach's remarks on one line.

    Attributes:
        kept: a helpful move worth naming.
        changed: the harmful move to change, or the helpful one that the moment called for and did not get.
        is_omission: `changed` is something missing, not something harmful.
        line: text id of a line that would do well at this moment.
        also: further harmful moves of the line, worst first.
    """

    kept: Optional[str] = None
    changed: Optional[str] = None
    is_omission: bool = False
    line: Optional[str] = None
    also: tuple[str, ...] = ()

    @property
    def remarks(self) -> tuple[tuple[str, str], ...]:
        """The remarks as (kind, text id): `kept`, `change`, `try`."""
        found = []
        if self.kept:
            found.append(("kept", all_moves()[self.kept].because))
        if self.changed:
            move = all_moves()[self.changed]
            found.append(("change", (move.missing or move.because) if self.is_omission else move.because))
        found += [("change", all_moves()[move].because) for move in self.also]
        if self.line:
            found.append(("try", self.line))
        return tuple(found)


def feedback(scenario: Scenario, run: Run) -> Feedback:
    """The remarks on the last line of a run.

    Raises:
        ValueError: nothing has been said yet.
    """
    if not run.turns:
        raise ValueError("nothing has been said yet")
    turn = run.turns[-1]
    state = scenario.states[turn.state]
    wanted = state.calls_for
    helpful = turn.line.moves & HELPFUL
    kept = next((move for move in wanted if move in helpful), None) or next(
        (move for move in all_moves() if move in helpful), None
    )
    harms = [move for move in WORST_FIRST if move in turn.line.harmful]
    if "question_child" in harms:
        # For a child the questions are one thing to change, not three.
        harms = [m for m in harms if m not in ("probe_details", "why_question", "examine_or_record")]
    if harms:
        return Feedback(kept, harms[0], line=state.line, also=tuple(harms[1:2]))
    said_here = frozenset().union(*(t.line.moves for t in run.turns if t.state == turn.state))
    if wanted and not said_here & set(wanted):
        return Feedback(kept, wanted[0], is_omission=True, line=state.line)
    return Feedback(kept)
