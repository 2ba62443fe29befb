"""Judgements that somebody changed: a trainer, or the trainee about their own line.

Both scores stay: what the judge gave, and what it is with the change. The sentence is kept as a candidate for the next
model only when who said it agreed that their words are kept, and without what could identify anybody.
"""

from __future__ import annotations

import json
import secrets
import time
from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import Any, Callable, Final, Mapping, Optional, Sequence

import sqlalchemy as sa
import yaml
from sqlalchemy.engine import Engine

from bot.people.invitations import ID_LETTERS
from bot.practice.cohorts import tables
from bot.practice.cohorts.results import NOT_KEPT, Result, Results, content_of
from bot.practice.debrief import debrief
from bot.practice.loader import Script
from bot.practice.moves import HARMFUL, HELPFUL, all_moves
from bot.practice.run import Run, Stage
from bot.privacy.keys import Keyring

REASONS: Final = ("meant", "place", "judge")
"""Reasons that are offered; their texts are `practice.because.<id>`. A trainer may also write one."""

REASON_LIMIT: Final = 300

TRAINER, TRAINEE = "trainer", "trainee"


class ChangeRefused(ValueError):
    """A judgement cannot be changed so; the message is the id of the text that says why."""


@dataclass(frozen=True)
class Change:
    """A changed judgement.

    Attributes:
        turn, sentence: which sentence, from 0.
        before, after: moves it was taken for, and moves it is.
        reason: one of `REASONS`, or a trainer's own words, redacted.
        by: `trainer` or `trainee`.
    """

    turn: int
    sentence: int
    before: tuple[str, ...]
    after: tuple[str, ...]
    reason: str
    by: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def toggled(run: Run, turn: int, sentence: int, move: str, reason: str, by: str) -> Change:
    """The change that takes a move away from a sentence, or gives it one.

    Raises:
        ChangeRefused: there is no such sentence or move.
    """
    sentences = run.turns[turn].line.sentences if 0 <= turn < len(run.turns) else ()
    if not 0 <= sentence < len(sentences) or move not in all_moves():
        raise ChangeRefused("practice.change.gone")
    before = sentences[sentence].moves
    after = before - {move} if move in before else before | {move}
    return Change(turn, sentence, tuple(sorted(before)), tuple(sorted(after)), reason, by)


def changed(script: Script, run: Run, change: Change) -> Run:
    """The run as it would have gone with the change; what comes after an end it now reaches is left out."""
    lines = [turn.line for turn in run.turns]
    lines[change.turn] = lines[change.turn].decided(change.sentence, change.after)
    return Stage(script.scenario).replayed(run, tuple(lines))


def changed_content(script: Script, content: Mapping[str, Any], change: Change) -> dict[str, Any]:
    """A result's content with a change: the new score, the judge's own beside it, and every change so far."""
    run = changed(script, Run.from_json(content["run"]), change)
    knows_care = content.get("knows_care")
    return {
        **content,
        **content_of(debrief(script, run, knows_care), knows_care),
        "judged_points": content.get("judged_points", content["points"]),
        "changes": [*content.get("changes", ()), change.as_json()],
    }


def offered(script: Script, run: Run, turn: int, sentence: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What can be changed about a sentence: the moves it was taken for, and every other, likeliest first: what the
    moment calls for, then what helps, then what harms."""
    found = run.turns[turn].line.sentences[sentence].moves
    wanted = script.scenario.states[run.turns[turn].state].calls_for
    order = dict.fromkeys(
        (*wanted, *(m for m in all_moves() if m in HELPFUL), *(m for m in all_moves() if m in HARMFUL))
    )
    return tuple(sorted(found)), tuple(move for move in order if move not in found)


class Overrides:
    """Changed judgements of results that are kept. Every method blocks.

    Args:
        engine, keyring, clock: see `Results`.
    """

    def __init__(self, engine: Engine, keyring: Keyring, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._keyring = keyring
        self._clock = clock
        self._results = Results(engine, keyring, clock)

    def change(self, script: Script, result: Result, change: Change, language: str = "en") -> Result:
        """Changes a judgement of a kept result: its score, and the record of the change."""
        self._results.change(result, changed_content(script, result.content, change))
        said = (
            result.transcript[change.turn]
            if result.transcript and change.turn < len(result.transcript)
            else ()
        )
        sentence = said[change.sentence] if change.sentence < len(said) else NOT_KEPT
        content = {
            **change.as_json(),
            "scenario": result.scenario,
            "language": language,
            "sentence": sentence if sentence != NOT_KEPT else None,
        }
        with self._engine.begin() as connection:
            connection.execute(
                sa.insert(tables.overrides).values(
                    id="".join(secrets.choice(ID_LETTERS) for _ in range(8)),
                    member=result.member,
                    cohort=result.cohort,
                    at=self._clock(),
                    content=self._keyring.encrypt(json.dumps(content, ensure_ascii=False).encode()),
                )
            )
        return self._results.get(result.id) or result

    def all(self) -> list[dict[str, Any]]:
        """Every change, the oldest first, as plain data."""
        query = sa.select(tables.overrides.c.content).order_by(tables.overrides.c.at, tables.overrides.c.id)
        with self._engine.connect() as connection:
            return [json.loads(self._keyring.decrypt(row)) for row in connection.execute(query).scalars()]


def candidate_lines(changes: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, list[str]]]:
    """Sentences for the next model, by language and by their moves, in the keys of `data/moves`. Of a sentence that was
    changed several times the last change counts."""
    latest: dict[tuple[str, str], tuple[str, ...]] = {}
    for change in changes:
        sentence: Optional[str] = change["sentence"]
        if sentence:
            latest[change["language"], " ".join(sentence.split())] = tuple(change["after"])
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for (language, sentence), moves in latest.items():
        found[language][" ".join(moves) or "none"].append(sentence)
    return {language: dict(lines) for language, lines in found.items()}


def as_yaml(lines: Mapping[str, Sequence[str]]) -> str:
    """Lines of one language in the form of a file of `data/moves`."""
    return yaml.dump(
        {moves: "\n".join(said) + "\n" for moves, said in sorted(lines.items())},
        Dumper=_Blocks, allow_unicode=True, sort_keys=False, width=10_000,
    )  # fmt: skip


class _Blocks(yaml.SafeDumper):
    """Writes every text with line ends as a block."""


def _block(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Blocks.add_representer(str, _block)
