"""The shapes of practice: a scenario is a graph of moments between a trainee and the person they listen to.

A moment (`State`) holds what the person says, what the moment calls for, and where it leads. What leads on is
what the trainee's line *does* (its moves, ids of catalogue.yml), never which of several sentences was picked.
Texts are ids: `practice.<scenario>.<state>.says.<key>` and so on, so a translation is data alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Mapping, Optional

Wordings = tuple[str, ...]
"""Text ids of wordings that say the same, so that two runs differ."""


class Track(str, Enum):
    """How long a scenario is: a whole conversation, or three turns for staff who hand over at once."""

    CORE = "core"
    SHORT = "short"


class Ending(str, Enum):
    """How a conversation ended, seen by the person."""

    WELL = "well"
    MIXED = "mixed"
    LEFT = "left"


@dataclass(frozen=True)
class Persona:
    """Who the assistant plays. Always fictional.

    Attributes:
        name: a first name, or a role where there is no person ("the note").
        age: years; None where it must not be known.
        gender: `woman`, `man` or `unknown`.
    """

    name: str
    gender: str
    age: Optional[int] = None


@dataclass(frozen=True)
class Cue:
    """Something the person lets slip that must be picked up, now or later in the conversation.

    Attributes:
        id: unique within the scenario.
        item: id of the rubric item it counts for.
        answered_by: moves, any of which picks it up.
        is_critical: missing it until the end is a critical fail (somebody at risk was left alone).
        about: text id, for the debrief: what was there to be heard.
    """

    id: str
    item: str
    answered_by: frozenset[str]
    about: str
    is_critical: bool = False


@dataclass(frozen=True)
class Way:
    """One way out of a moment; the first whose conditions all hold is taken.

    Attributes:
        to: id of the next state.
        after: moves, any of which must have been made in this moment; empty asks for none.
        trust: the least trust with which it is taken.
        missed: cues, all of which must still be unanswered.
        promised: harmful moves, all of which must have been made at some time.
    """

    to: str
    after: frozenset[str] = frozenset()
    trust: int = 0
    missed: frozenset[str] = frozenset()
    promised: frozenset[str] = frozenset()


@dataclass(frozen=True)
class State:
    """One moment of a conversation.

    Attributes:
        says: wordings of what the person says on arriving here.
        shows: text id of what can be seen or heard beside it; None for nothing.
        steps: guide steps this moment exercises (`bot.guidance`).
        calls_for: helpful moves of which this moment asks for one at least, most wanted first.
        line: text id of a line that would do well here.
        waiting: wordings for when a line led nowhere.
        patience: lines that may lead nowhere before the person goes on by themselves, along `otherwise`.
        ways, otherwise: where it leads.
        cue: what must be picked up from here on.
        tells: from here on the person tells of what happened; limits must have been said before.
        ending: set on last states only.
    """

    id: str
    says: Wordings
    steps: tuple[str, ...] = ()
    calls_for: tuple[str, ...] = ()
    line: Optional[str] = None
    shows: Optional[str] = None
    waiting: Wordings = ()
    patience: int = 1
    ways: tuple[Way, ...] = ()
    otherwise: Optional[str] = None
    cue: Optional[Cue] = None
    tells: bool = False
    ending: Optional[Ending] = None

    @property
    def targets(self) -> tuple[str, ...]:
        """Every state that this one can lead to, each once."""
        found = [way.to for way in self.ways] + ([self.otherwise] if self.otherwise else [])
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True)
class Promise:
    """A harmful line that the person remembers, and what they say when it comes back.

    Attributes:
        move: the harmful move that was the promise.
        at: states on whose arrival it comes back, once.
        says: wordings.
    """

    move: str
    at: frozenset[str]
    says: Wordings


@dataclass(frozen=True)
class Parallel:
    """The same conversation on another surface, for a recheck months later: other names, places and wordings.

    Attributes:
        says: state id to wordings; states that are not named keep theirs.
    """

    title: str
    scene: str
    persona: Persona
    says: Mapping[str, Wordings]


@dataclass(frozen=True)
class Scenario:
    """A practice scenario.

    Attributes:
        id: snake case, unique.
        letter: the outline of guidance.md §11 it follows; empty for others.
        title, outline, notice, scene: text ids of its name, one sentence for choosing, the content notice that
            comes first, and what the trainee sees on arriving.
        channel: how the disclosure comes (a value of the facet `contact`).
        is_child: the person is under 18, or a child is concerned: then facts are never asked.
        trust: trust at the start, 1 to 6; at 0 the person leaves, to the state `leaves`.
        most: lines of the trainee after which every conversation has ended.
        reactions: harmful move to wordings of how this person takes it.
        skips: rubric items that this scenario gives no occasion for.
        asks_also: rubric item to groups of moves it asks for in this scenario beside its usual ones.
    """

    id: str
    letter: str
    track: Track
    title: str
    outline: str
    notice: str
    scene: str
    persona: Persona
    channel: str
    is_child: bool
    start: str
    trust: int
    leaves: str
    most: int
    states: Mapping[str, State]
    reactions: Mapping[str, Wordings]
    promises: tuple[Promise, ...] = ()
    parallel: Optional[Parallel] = None
    skips: frozenset[str] = frozenset()
    asks_also: Mapping[str, tuple[frozenset[str], ...]] = field(default_factory=dict)

    @property
    def cues(self) -> tuple[Cue, ...]:
        """Every cue, in the order of the states."""
        return tuple(state.cue for state in self.states.values() if state.cue)

    def steps_to_end(self) -> dict[str, int]:
        """State id to the least number of lines until an end; states without a way to an end are left out."""
        distance = {state.id: 0 for state in self.states.values() if state.ending}
        changed = True
        while changed:
            changed = False
            for state in self.states.values():
                nearest = [distance[target] for target in state.targets if target in distance]
                if nearest and min(nearest) + 1 < distance.get(state.id, len(self.states) + 1):
                    distance[state.id] = min(nearest) + 1
                    changed = True
        return distance
