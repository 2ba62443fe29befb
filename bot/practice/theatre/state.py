"""A scene as plain data: where it is, who plays, what was said, what observers saw.

It is kept encrypted for as long as it is played, with the lines that everybody has read anyway, so that whoever drops
out finds them again; it goes when the scene ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Mapping, Optional

from bot.practice.judging import JudgedLine
from bot.practice.run import Run

MASKED = "…"
"""Stands where words were that are forgotten."""

KEYS_REMEMBERED = 200
"""Messages that are known when they come again: with thirty people, those of some minutes."""


class Phase(str, Enum):
    """Where a scene is: somebody is looked for, it is played, it is over and can still be rewound."""

    CASTING = "casting"
    PLAYING = "playing"
    OVER = "over"


class Role(str, Enum):
    """What somebody is in a session just now. A stage is a group chat that shows the scene to all who are in it."""

    TRAINER = "trainer"
    RESPONDER = "responder"
    OBSERVER = "observer"
    STAGE = "stage"


@dataclass(frozen=True)
class Cast:
    """Who is there: ids of members to the names they chose; the trainer; who is in the session now."""

    names: Mapping[str, str]
    trainer: Optional[str]
    here: frozenset[str]

    def name(self, member: Optional[str]) -> str:
        return self.names.get(member or "", "…")

    @property
    def players(self) -> tuple[str, ...]:
        """Those who could play the responder, in the order in which they joined."""
        return tuple(each for each in self.names if each in self.here and each != self.trainer)


@dataclass(frozen=True)
class Spoken:
    """A line that was said.

    Attributes:
        by: who said it, or suggested it.
        sentences: its words, without what could identify anybody.
        was_suggested: an observer's line that the trainer let play.
    """

    by: str
    sentences: tuple[str, ...]
    was_suggested: bool = False

    @property
    def words(self) -> str:
        return " ".join(self.sentences)

    def as_json(self) -> list[Any]:
        return [self.by, list(self.sentences), self.was_suggested]

    @classmethod
    def from_json(cls, data: list[Any]) -> Spoken:
        return cls(data[0], tuple(data[1]), data[2])


@dataclass(frozen=True)
class Pending:
    """A line with a sentence to be asked about; it is not said yet."""

    line: JudgedLine
    spoken: Spoken


@dataclass(frozen=True)
class Suggestion:
    """A line that an observer suggested, and who voted for it."""

    number: int
    by: str
    words: str
    votes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Sight:
    """A move that an observer saw, after so many lines."""

    by: str
    move: str
    turn: int


@dataclass(frozen=True)
class Scene:
    """A scene.

    Attributes:
        key: tells its buttons from those of another scene.
        run: where the conversation is.
        spoken: what was said, a line for each turn of the run.
        responder: who plays; None while somebody is looked for.
        asked: whom the trainer has asked to play.
        wants_volunteers, volunteers: whether volunteers are looked for, and who came forward.
        frozen_by: who stopped it; None while it goes on.
        remarks_now: the coach speaks after every line; otherwise at the end.
        drafting: observers whose next words are a line they suggest.
        marks: observer to item of the rubric to 0.5 or 1.
        knows_care: whether the responder knows whom to turn to, once they have said.
        seen_keys: the messages that led here, so that one that comes twice counts once.
    """

    key: str
    run: Run
    phase: Phase = Phase.CASTING
    spoken: tuple[Spoken, ...] = ()
    responder: Optional[str] = None
    asked: Optional[str] = None
    wants_volunteers: bool = False
    volunteers: tuple[str, ...] = ()
    frozen_by: Optional[str] = None
    pending: Optional[Pending] = None
    remarks_now: bool = True
    suggestions: tuple[Suggestion, ...] = ()
    suggested: int = 0
    drafting: frozenset[str] = frozenset()
    marks: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    sights: frozenset[Sight] = frozenset()
    knows_care: Optional[bool] = None
    seen_keys: tuple[str, ...] = ()

    def role(self, member: str, cast: Cast) -> Role:
        if member == cast.trainer:
            return Role.TRAINER
        return Role.RESPONDER if member == self.responder else Role.OBSERVER

    def knows(self, key: Optional[str]) -> bool:
        return key is not None and key in self.seen_keys

    def with_key(self, key: Optional[str]) -> Scene:
        return replace(self, seen_keys=(*self.seen_keys, key)[-KEYS_REMEMBERED:]) if key else self

    @property
    def speakers(self) -> tuple[str, ...]:
        """Everybody whose lines stand, each once."""
        return tuple(dict.fromkeys(line.by for line in self.spoken))

    def suggestion(self, number: int) -> Optional[Suggestion]:
        return next((each for each in self.suggestions if each.number == number), None)

    def without(self, member: str) -> Scene:
        """The scene without the words and marks of somebody who wants to be forgotten."""
        gone = Spoken("", (MASKED,))
        return replace(
            self,
            spoken=tuple(gone if line.by == member else line for line in self.spoken),
            suggestions=tuple(
                replace(each, votes=each.votes - {member}) for each in self.suggestions if each.by != member
            ),
            marks={by: items for by, items in self.marks.items() if by != member},
            sights=frozenset(each for each in self.sights if each.by != member),
        )

    def as_json(self) -> dict[str, Any]:
        """The scene as plain data."""
        pending = self.pending
        return {
            "key": self.key,
            "run": self.run.as_json(),
            "phase": self.phase.value,
            "spoken": [line.as_json() for line in self.spoken],
            "responder": self.responder,
            "asked": self.asked,
            "wants_volunteers": self.wants_volunteers,
            "volunteers": list(self.volunteers),
            "frozen_by": self.frozen_by,
            "pending": [pending.line.as_json(), pending.spoken.as_json()] if pending else None,
            "remarks_now": self.remarks_now,
            "suggestions": [[s.number, s.by, s.words, sorted(s.votes)] for s in self.suggestions],
            "suggested": self.suggested,
            "drafting": sorted(self.drafting),
            "marks": {member: dict(items) for member, items in self.marks.items()},
            "sights": sorted([s.by, s.move, s.turn] for s in self.sights),
            "knows_care": self.knows_care,
            "seen_keys": list(self.seen_keys),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Scene:
        pending = None
        if data["pending"]:
            spoken = Spoken.from_json(data["pending"][1])
            pending = Pending(JudgedLine.from_json(data["pending"][0], spoken.sentences), spoken)
        return cls(
            **{
                **data,
                "run": Run.from_json(data["run"]),
                "phase": Phase(data["phase"]),
                "spoken": tuple(Spoken.from_json(line) for line in data["spoken"]),
                "volunteers": tuple(data["volunteers"]),
                "pending": pending,
                "suggestions": tuple(Suggestion(n, by, w, frozenset(v)) for n, by, w, v in data["suggestions"]),
                "drafting": frozenset(data["drafting"]),
                "sights": frozenset(Sight(*sight) for sight in data["sights"]),
                "seen_keys": tuple(data["seen_keys"]),
            }
        )
