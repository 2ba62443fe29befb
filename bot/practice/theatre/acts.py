"""What can happen to a scene. Everything names who does it; whether they may is the scene's own matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Union

from bot.practice.judging import JudgedLine
from bot.practice.theatre.state import Spoken


@dataclass(frozen=True)
class SeekVolunteers:
    """The trainer asks who would like to be the responder."""

    by: str


@dataclass(frozen=True)
class Ask:
    """The trainer asks somebody to be the responder; a volunteer has agreed already."""

    by: str
    whom: str


@dataclass(frozen=True)
class Volunteer:
    by: str


@dataclass(frozen=True)
class Agree:
    """Somebody who was asked says yes or no."""

    by: str
    agrees: bool


@dataclass(frozen=True)
class Begin:
    by: str


@dataclass(frozen=True)
class SetRemarks:
    """Whether the coach speaks after every line, or at the end."""

    by: str
    now: bool


@dataclass(frozen=True)
class Say:
    """The responder's line, judged."""

    by: str
    line: JudgedLine
    spoken: Spoken


@dataclass(frozen=True)
class Meant:
    """What a doubtful sentence was meant to do; None: nothing of what was offered."""

    by: str
    move: Optional[str]


@dataclass(frozen=True)
class Freeze:
    by: str


@dataclass(frozen=True)
class GoOn:
    by: str


@dataclass(frozen=True)
class Rewind:
    """Back to before line `turn`, from 0."""

    by: str
    turn: int


@dataclass(frozen=True)
class Draft:
    """An observer's next words are a line they suggest."""

    by: str


@dataclass(frozen=True)
class Suggest:
    by: str
    words: str


@dataclass(frozen=True)
class Vote:
    by: str
    number: int


@dataclass(frozen=True)
class PlaySuggestion:
    """The trainer lets a suggested line be said."""

    by: str
    number: int
    line: JudgedLine
    spoken: Spoken


@dataclass(frozen=True)
class MarkItem:
    """An observer marks an item of the rubric: 0, 0.5 or 1."""

    by: str
    item: str
    share: float


@dataclass(frozen=True)
class SeeMove:
    """An observer saw a move, or takes that back."""

    by: str
    move: str
    seen: bool


@dataclass(frozen=True)
class End:
    """The trainer ends the scene where it is."""

    by: str


@dataclass(frozen=True)
class Care:
    """The responder says whether they know whom to turn to."""

    by: str
    knows: bool


@dataclass(frozen=True)
class Leave:
    """Somebody has left. Nobody is told who. `forgets`: what they said and marked goes as well."""

    by: str
    forgets: bool = False


Act = Union[
    SeekVolunteers, Ask, Volunteer, Agree, Begin, SetRemarks, Say, Meant, Freeze, GoOn, Rewind, Draft, Suggest, Vote,
    PlaySuggestion, MarkItem, SeeMove, End, Care, Leave,
]  # fmt: skip
