"""Reads scenario files. The JSON Schema beside this module says what may stand in one; `docs/practice.md`, why.

A text's id comes from where it stands and from the key its author gave it, never from its position or its
language: `practice.food_queue.opening.says.a`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Mapping, Optional

import jsonschema
import yaml

from bot.practice.files import read_text
from bot.practice.models import (
    Cue,
    Ending,
    Parallel,
    Persona,
    Promise,
    Scenario,
    State,
    Track,
    Way,
    Wordings,
)

SCENARIOS = Path(__file__).parent / "scenarios"
SCHEMA = Path(__file__).parent / "scenario.schema.json"

TRUST = 3
MOST_LINES = 14
PATIENCE = 1
"""What holds where a scenario does not say it; the schema names the same defaults."""

FILE_LIMIT = 200_000
"""Bytes of a scenario file; the longest of ours has a tenth of that."""


class ScenarioError(ValueError):
    """A scenario cannot be used; the message names the place in the file and the reason."""


@dataclass(frozen=True)
class Script:
    """A scenario with its texts: text id to the English sentence."""

    scenario: Scenario
    texts: Mapping[str, str]


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of a scenario file."""
    read: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return read


def read_script(path: Path) -> Script:
    """One scenario file.

    Raises:
        ScenarioError: it cannot be read, is not YAML or does not have the shape of a scenario.
    """
    text = read_text(path, FILE_LIMIT, "a scenario", ScenarioError)
    return parse_script(text, path.name)


def parse_script(text: str, name: str) -> Script:
    """A scenario from the text of its file; `name` is for messages.

    Raises:
        ScenarioError: as for `read_script`.
    """
    try:
        data = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        where = getattr(error, "problem_mark", None)
        line = f", line {where.line + 1}" if where else ""
        raise ScenarioError(f"{name}{line}: not valid YAML") from error
    try:
        problem = jsonschema.exceptions.best_match(_validator().iter_errors(data))
    except (TypeError, RecursionError) as error:
        raise ScenarioError(f"{name}: not the shape of a scenario") from error
    if problem is not None:
        place = ".".join(str(part) for part in problem.absolute_path) or "the file"
        raise ScenarioError(f"{name}: {place}: {problem.message[:200]}")
    script = _Builder(data).script()
    _check_references(script.scenario, name)
    return script


@lru_cache(maxsize=1)
def _validator() -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(schema())


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, Script]:
    """The scenarios of this package by id, in the order of their files."""
    return read_folder(SCENARIOS)


def read_folder(folder: Path) -> dict[str, Script]:
    """Every scenario of a folder by id.

    Raises:
        ScenarioError: one cannot be used, or two have the same id.
    """
    scripts: dict[str, Script] = {}
    for path in sorted(folder.glob("*.yml")):
        script = read_script(path)
        if script.scenario.id in scripts:
            raise ScenarioError(f"{path.name}: there is another scenario with the id {script.scenario.id!r}")
        scripts[script.scenario.id] = script
    return scripts


class _Builder:
    """Turns checked data into a scenario, giving texts their ids on the way."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        self._root = f"practice.{data['id']}"
        self._texts: dict[str, str] = {}

    def script(self) -> Script:
        data = self._data
        scenario = Scenario(
            id=data["id"],
            letter=data.get("letter", ""),
            track=Track(data["track"]),
            title=self._text("title", data["title"]),
            outline=self._text("outline", data["outline"]),
            notice=self._text("notice", data["notice"]),
            scene=self._text("scene", data["scene"]),
            persona=_persona(data["persona"]),
            channel=data["channel"],
            is_child=data.get("child", False),
            start=data["start"],
            trust=data.get("trust", TRUST),
            leaves=data["leaves"],
            most=data.get("most", MOST_LINES),
            states={name: self._state(name, entry) for name, entry in data["states"].items()},
            reactions={
                move: self._wordings(f"reactions.{move}", entry)
                for move, entry in data.get("reactions", {}).items()
            },
            promises=tuple(
                Promise(
                    entry["move"],
                    frozenset(entry["at"]),
                    self._wordings(f"promises.{entry['move']}", entry["says"]),
                )
                for entry in data.get("promises", ())
            ),
            parallel=self._parallel(data.get("parallel")),
            skips=frozenset(data.get("skips", ())),
            asks_also={
                item: tuple(frozenset(group) for group in groups)
                for item, groups in data.get("asks_also", {}).items()
            },
        )
        return Script(scenario, self._texts)

    def _text(self, place: str, text: str) -> str:
        text_id = f"{self._root}.{place}"
        self._texts[text_id] = " ".join(text.split())
        return text_id

    def _wordings(self, place: str, entry: Mapping[str, str]) -> Wordings:
        return tuple(self._text(f"{place}.{key}", text) for key, text in entry.items())

    def _state(self, name: str, entry: Mapping[str, Any]) -> State:
        return State(
            id=name,
            says=self._wordings(f"{name}.says", entry["says"]),
            steps=tuple(entry.get("steps", ())),
            calls_for=tuple(entry.get("calls_for", ())),
            line=self._text(f"{name}.line", entry["line"]) if "line" in entry else None,
            shows=self._text(f"{name}.shows", entry["shows"]) if "shows" in entry else None,
            waiting=self._wordings(f"{name}.waiting", entry.get("waiting", {})),
            patience=entry.get("patience", PATIENCE),
            ways=tuple(_way(way) for way in entry.get("ways", ())),
            otherwise=entry.get("otherwise"),
            cue=self._cue(name, entry.get("cue")),
            tells=entry.get("tells", False),
            ending=Ending(entry["end"]) if "end" in entry else None,
        )

    def _cue(self, state: str, entry: Optional[Mapping[str, Any]]) -> Optional[Cue]:
        if entry is None:
            return None
        return Cue(
            id=entry["id"],
            item=entry["item"],
            answered_by=frozenset(entry["answered_by"]),
            about=self._text(f"{state}.cue", entry["about"]),
            is_critical=entry.get("critical", False),
        )

    def _parallel(self, entry: Optional[Mapping[str, Any]]) -> Optional[Parallel]:
        if entry is None:
            return None
        return Parallel(
            title=self._text("parallel.title", entry["title"]),
            scene=self._text("parallel.scene", entry["scene"]),
            persona=_persona(entry["persona"]),
            says={
                state: self._wordings(f"parallel.{state}.says", wordings)
                for state, wordings in entry["says"].items()
            },
        )


def _persona(entry: Mapping[str, Any]) -> Persona:
    return Persona(entry["name"], entry["gender"], entry.get("age"))


def _way(entry: Mapping[str, Any]) -> Way:
    return Way(
        to=entry["to"],
        after=frozenset(entry.get("after", ())),
        trust=entry.get("trust", 0),
        missed=frozenset(entry.get("missed", ())),
        promised=frozenset(entry.get("promised", ())),
    )


def _check_references(scenario: Scenario, name: str) -> None:
    """Nothing may lead to a state, or name a cue, that is not there: the conversation would break off."""
    states = set(scenario.states)
    named = {scenario.start, scenario.leaves}
    for state in scenario.states.values():
        named.update(state.targets)
    for promise in scenario.promises:
        named |= promise.at
    if scenario.parallel:
        named.update(scenario.parallel.says)
    missing = sorted(named - states)
    if missing:
        raise ScenarioError(f"{name}: there is no state {missing[0]!r}")
    cues = [cue.id for cue in scenario.cues]
    missed = {cue for state in scenario.states.values() for way in state.ways for cue in way.missed}
    unknown = sorted(missed - set(cues))
    if unknown:
        raise ScenarioError(f"{name}: there is no cue {unknown[0]!r}")
    if len(cues) != len(set(cues)):
        raise ScenarioError(f"{name}: two cues have the same id")
    if scenario.states[scenario.leaves].ending is not Ending.LEFT:
        raise ScenarioError(f"{name}: leaves: {scenario.leaves!r} is not an end of the kind 'left'")
    for state in scenario.states.values():
        if bool(state.ending) == bool(state.otherwise):
            raise ScenarioError(f"{name}: states.{state.id}: has to have either 'end' or 'otherwise'")
