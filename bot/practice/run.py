"""One run through a scenario: where the conversation is, what the person remembers, and what they answer.

A run is plain data without a word of the trainee's: states, moves, trust. The same run, seed and moves always
give the same answers, so it can be kept in a few bytes, replayed from any turn, and judged again after an
override.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from typing import Any, Mapping, Optional

from bot.practice.judging import JudgedLine
from bot.practice.models import Ending, Promise, Scenario, State, Wordings
from bot.practice.moves import all_moves

MOST_TRUST = 6


@dataclass(frozen=True)
class Turn:
    """A line of the trainee and what came of it.

    Attributes:
        state: where it was said.
        line: the line, judged.
        to: the state reached.
        trust: the trust after it.
    """

    state: str
    line: JudgedLine
    to: str
    trust: int


@dataclass(frozen=True)
class Run:
    """A run, as far as it has come.

    Attributes:
        scenario: the scenario's id.
        seed: chooses the wordings.
        parallel: the scenario's other surface is played.
        state: where it is.
        trust: 0 to 6.
        waited: lines in this state that led nowhere.
        turns: what has been said.
        recalled: promises that came back.
    """

    scenario: str
    seed: int
    state: str
    trust: int
    parallel: bool = False
    waited: int = 0
    turns: tuple[Turn, ...] = ()
    recalled: frozenset[str] = frozenset()

    @property
    def made(self) -> frozenset[str]:
        """Every move made so far."""
        return frozenset().union(*(turn.line.moves for turn in self.turns))

    @property
    def visited(self) -> frozenset[str]:
        """Every state reached so far."""
        return frozenset({self.state, *(turn.state for turn in self.turns)})

    def as_json(self) -> dict[str, Any]:
        """The run as plain data; no words."""
        return {
            "scenario": self.scenario,
            "seed": self.seed,
            "parallel": self.parallel,
            "state": self.state,
            "trust": self.trust,
            "waited": self.waited,
            "recalled": sorted(self.recalled),
            "turns": [
                {"state": turn.state, "line": turn.line.as_json(), "to": turn.to, "trust": turn.trust}
                for turn in self.turns
            ],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Run:
        return cls(
            scenario=data["scenario"],
            seed=data["seed"],
            parallel=data["parallel"],
            state=data["state"],
            trust=data["trust"],
            waited=data["waited"],
            recalled=frozenset(data["recalled"]),
            turns=tuple(
                Turn(entry["state"], JudgedLine.from_json(entry["line"]), entry["to"], entry["trust"])
                for entry in data["turns"]
            ),
        )


@dataclass(frozen=True)
class Answer:
    """What the person answers: text ids from first to last, and what can be seen."""

    says: Wordings
    shows: Optional[str] = None


@dataclass(frozen=True)
class Stage:
    """Plays a scenario. It keeps nothing: every call takes a run and gives the next one."""

    scenario: Scenario
    _steps_to_end: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_steps_to_end", self.scenario.steps_to_end())

    def begin(self, seed: int, parallel: bool = False) -> tuple[Run, Answer]:
        """A new run and the person's first words."""
        run = Run(
            self.scenario.id,
            seed,
            self.scenario.start,
            self.scenario.trust,
            parallel=parallel and self.scenario.parallel is not None,
        )
        state = self.scenario.states[run.state]
        return run, Answer((self._choose(run, self._says(run, state)),), state.shows)

    def is_over(self, run: Run) -> bool:
        return self.scenario.states[run.state].ending is not None

    def ending(self, run: Run) -> Optional[Ending]:
        return self.scenario.states[run.state].ending

    def say(self, run: Run, line: JudgedLine) -> tuple[Run, Answer]:
        """Says a judged line.

        Args:
            run: a run that is not over.
            line: the line; doubtful sentences count as nothing.

        Returns:
            The run after it, and the person's answer.

        Raises:
            ValueError: the run is over.
        """
        if self.is_over(run):
            raise ValueError("the run is over")
        state = self.scenario.states[run.state]
        trust = self._trust_after(run.trust, line)
        target = self._target(run, state, line, trust)
        new = replace(
            run,
            state=target or run.state,
            trust=trust,
            waited=0 if target else run.waited + 1,
            turns=(*run.turns, Turn(run.state, line, target or run.state, trust)),
        )
        reaction = self._reaction(new, line)
        if target is None:
            waiting = state.waiting or self._says(new, state)
            return new, Answer(reaction or (self._choose(new, waiting),), state.shows if not reaction else None)
        arrived = self.scenario.states[target]
        promise = self._recalled(new, arrived)
        broken: Wordings = ()
        if promise is not None:
            broken = (self._choose(new, promise.says),)
            new = replace(new, recalled=new.recalled | {promise.move}, trust=max(1, new.trust - 1))
        return new, Answer(
            (*reaction, *broken, self._choose(new, self._says(new, arrived))), arrived.shows
        )

    def rewind(self, run: Run, turn: int) -> tuple[Run, Answer]:
        """The run as it was before turn `turn` (from 0), and what the person had just said.

        Raises:
            ValueError: there is no such turn.
        """
        if not 0 <= turn < len(run.turns):
            raise ValueError("there is no such turn")
        again, answer = self.begin(run.seed, run.parallel)
        for earlier in run.turns[:turn]:
            again, answer = self.say(again, earlier.line)
        return again, answer

    def replayed(self, run: Run, lines: tuple[JudgedLine, ...]) -> Run:
        """The run with other judgements of the same lines; what comes after an end is left out."""
        again, _ = self.begin(run.seed, run.parallel)
        for line in lines:
            if self.is_over(again):
                break
            again, _ = self.say(again, line)
        return again

    def with_more(self, run: Run, lines: tuple[JudgedLine, ...]) -> Run:
        """A run that is over, with lines that somebody said all the same: judged, and leading nowhere."""
        more = tuple(Turn(run.state, line.without_doubt(), run.state, run.trust) for line in lines)
        return replace(run, turns=(*run.turns, *more))

    def missed(self, run: Run) -> frozenset[str]:
        """Cues that were given and not picked up so far."""
        return frozenset(
            state.cue.id
            for state in self.scenario.states.values()
            if state.cue and state.id in run.visited and not self._answered(run, state)
        )

    @staticmethod
    def _answered(run: Run, state: State) -> bool:
        """Whether the cue of a state was picked up at or after the first time it was given."""
        first = next((n for n, turn in enumerate(run.turns) if turn.state == state.id), None)
        picked = state.cue.answered_by if state.cue else frozenset()
        return first is not None and any(turn.line.moves & picked for turn in run.turns[first:])

    @staticmethod
    def _trust_after(trust: int, line: JudgedLine) -> int:
        """Harm weighs by its kind; kindness counts once a line, so that many kind words do not undo a blow."""
        effects = [all_moves()[move].trust for move in line.moves]
        change = sum(effect for effect in effects if effect < 0) + max([0, *effects])
        return max(0, min(MOST_TRUST, trust + change))

    def _target(self, run: Run, state: State, line: JudgedLine, trust: int) -> Optional[str]:
        """Where the line leads; None when the person waits."""
        if trust == 0:
            return self.scenario.leaves
        here = line.moves
        for turn in reversed(run.turns):
            if turn.state != run.state:
                break
            here = here | turn.line.moves
        after = replace(run, turns=(*run.turns, Turn(run.state, line, run.state, trust)))
        missed, made = self.missed(after), after.made
        for way in state.ways:
            if (
                (not way.after or way.after & here)
                and trust >= way.trust
                and way.missed <= missed
                and way.promised <= made
            ):
                return way.to
        left = self.scenario.most - len(after.turns)
        is_late = left <= self._steps_to_end.get(run.state, 0)
        if run.waited >= state.patience or is_late:
            return state.otherwise
        return None

    def _reaction(self, run: Run, line: JudgedLine) -> Wordings:
        """How the person takes the worst harmful move of the line."""
        worst = sorted(line.harmful & set(self.scenario.reactions), key=lambda m: (all_moves()[m].trust, m))
        return (self._choose(run, self.scenario.reactions[worst[0]]),) if worst else ()

    def _recalled(self, run: Run, state: State) -> Optional[Promise]:
        for promise in self.scenario.promises:
            if state.id in promise.at and promise.move in run.made and promise.move not in run.recalled:
                return promise
        return None

    def _says(self, run: Run, state: State) -> Wordings:
        other = self.scenario.parallel.says if run.parallel and self.scenario.parallel else {}
        return other.get(state.id, state.says)

    @staticmethod
    def _choose(run: Run, wordings: Wordings) -> str:
        """One wording, the same for the same run."""
        chance = random.Random(f"{run.seed}.{len(run.turns)}.{run.state}")  # noqa: S311 - variety, no secret
        return wordings[chance.randrange(len(wordings))]
