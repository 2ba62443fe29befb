"""Where a practice is, as plain data that travels with the conversation, and the words, which never do."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Mapping, Optional

from bot.practice.cohorts.results import PRACTICE
from bot.practice.judging import JudgedLine
from bot.practice.run import Run
from bot.practice.scoring import Evidence
from bot.wording.reply import Reply

PEOPLE_REMEMBERED = 2000
"""Practices whose words are in memory for the debrief; whoever is forgotten gets it without quotations."""

QUOTED = 90
"""Characters of a sentence that are quoted."""


@dataclass(frozen=True)
class Situation:
    """Where a practice is.

    Attributes:
        run: the run.
        pending: a line with a sentence to be asked about; not said yet.
        is_late: the coach's remarks come at the end.
        is_over: the debrief was shown; what is typed is not a line any more.
        occasion: `practice`, or the recheck that is played.
        kept: id of the result that is kept of it; None when nothing is.
        is_retried: it was over already, and a moment of it is played again: what was kept is how it went at first.
        knows_care: what they answered to whether they know whom to turn to; None as long as they have not.
        changes: judgements the trainee changed, as plain data without words.
        judged: points the judge alone gave, once something was changed.
    """

    run: Run
    pending: Optional[JudgedLine] = None
    is_late: bool = False
    is_over: bool = False
    occasion: str = PRACTICE
    kept: Optional[str] = None
    is_retried: bool = False
    knows_care: Optional[bool] = None
    changes: tuple[Mapping[str, Any], ...] = ()
    judged: Optional[int] = None

    @property
    def is_recheck(self) -> bool:
        return self.occasion != PRACTICE

    def as_json(self) -> dict[str, Any]:
        return {
            "run": self.run.as_json(),
            "pending": self.pending.as_json() if self.pending else None,
            "is_late": self.is_late,
            "is_over": self.is_over,
            "occasion": self.occasion,
            "kept": self.kept,
            "is_retried": self.is_retried,
            "knows_care": self.knows_care,
            "changes": [dict(change) for change in self.changes],
            "judged": self.judged,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Situation:
        pending = data["pending"]
        return cls(
            run=Run.from_json(data["run"]),
            pending=JudgedLine.from_json(pending) if pending else None,
            is_late=data.get("is_late", False),
            is_over=data.get("is_over", False),
            occasion=data.get("occasion", PRACTICE),
            kept=data.get("kept"),
            is_retried=data.get("is_retried", False),
            knows_care=data.get("knows_care"),
            changes=tuple(data.get("changes", ())),
            judged=data.get("judged"),
        )


@dataclass(frozen=True)
class Outcome:
    """What a press or a line led to: the replies, and the situation after it (None: no practice is running)."""

    replies: tuple[Reply, ...]
    situation: Optional[Situation] = None


class Words:
    """The sentences people said in practice, in memory only."""

    def __init__(self) -> None:
        self._by_person: OrderedDict[str, list[tuple[str, ...]]] = OrderedDict()

    def add(self, person: str, line: tuple[str, ...], turn: int) -> None:
        """Remembers line number `turn`; a later line with the same number takes its place."""
        said = self._by_person.pop(person, [])
        said[turn:] = [line]
        self._by_person[person] = said
        while len(self._by_person) > PEOPLE_REMEMBERED:
            self._by_person.popitem(last=False)

    def of(self, person: str, evidence: Evidence) -> Optional[str]:
        """A sentence, cut to what is quoted; None when it is forgotten."""
        said = self._by_person.get(person, [])
        if evidence.turn < len(said) and evidence.sentence < len(said[evidence.turn]):
            return cut(said[evidence.turn][evidence.sentence], QUOTED)
        return None

    def line(self, person: str, turn: int, most: int) -> Optional[str]:
        """A whole line, cut to `most` characters; None when it is forgotten."""
        said = self._by_person.get(person, [])
        return cut(" ".join(said[turn]), most) if turn < len(said) else None

    def all(self, person: str) -> list[tuple[str, ...]]:
        """Every line, each as its sentences."""
        return list(self._by_person.get(person, ()))

    def forget(self, person: str) -> None:
        self._by_person.pop(person, None)


def cut(sentence: str, most: int) -> str:
    return sentence if len(sentence) <= most else f"{sentence[: most - 1]}…"
