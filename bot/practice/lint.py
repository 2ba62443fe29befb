"""What is wrong with a scenario although it can be read: dead ends, harmful or identifying words, thin places.

An *error* would break a conversation or hurt somebody; a *warning* makes it poorer. The package's own scenarios
have neither (a test holds it).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Container, Iterator

import yaml

from bot.practice.loader import Script
from bot.practice.models import Ending, Scenario, State, Track
from bot.practice.moves import HARMFUL, HELPFUL, all_moves
from bot.practice.scoring import rubric

WORDS = Path(__file__).parent / "loaded_words.yml"

LEAST_LINES = {Track.CORE: 8, Track.SHORT: 3}
MOST_LINES = {Track.CORE: 14, Track.SHORT: 6}
LEAST_WORDINGS = 2

_NUMBER = re.compile(r"\+?\d[\d\s().-]{6,}\d")
_ADDRESS = re.compile(r"\S+@\S+\.\S+|https?://|www\.|(?<!\w)@\w{3,}")


@dataclass(frozen=True)
class Finding:
    """Something wrong, and where.

    Attributes:
        is_error: the scenario must not be used like this.
        place: the state or text it is about.
        message: one sentence.
    """

    is_error: bool
    place: str
    message: str


def lint(script: Script, guide_steps: Container[str]) -> list[Finding]:
    """Everything wrong with a scenario, errors first.

    Args:
        script: the scenario with its texts.
        guide_steps: ids of the steps of the guide.
    """
    scenario = script.scenario
    found = [
        *_unknown_ids(scenario, guide_steps),
        *_ways(scenario),
        *_length(scenario),
        *_thin(scenario),
        *_words(script),
    ]
    return sorted(found, key=lambda finding: not finding.is_error)


def _error(place: str, message: str) -> Finding:
    return Finding(True, place, message)


def _warning(place: str, message: str) -> Finding:
    return Finding(False, place, message)


def _unknown_ids(scenario: Scenario, guide_steps: Container[str]) -> Iterator[Finding]:
    known = set(all_moves())
    items = set(rubric().items)
    for state in scenario.states.values():
        named = {move for way in state.ways for move in way.after | way.promised}
        if state.cue:
            named |= state.cue.answered_by
            if state.cue.item not in items:
                yield _error(state.id, f"the rubric has no item {state.cue.item!r}")
        for move in sorted((named | set(state.calls_for)) - known):
            yield _error(state.id, f"there is no move {move!r}")
        for move in sorted(set(state.calls_for) & HARMFUL):
            yield _error(state.id, f"a moment cannot call for the harmful move {move!r}")
        for step in state.steps:
            if step not in guide_steps:
                yield _error(state.id, f"the guide has no step {step!r}")
    for move in sorted({*scenario.reactions, *(promise.move for promise in scenario.promises)} - HARMFUL):
        yield _error("reactions", f"there is no harmful move {move!r}")
    for group in (group for groups in scenario.asks_also.values() for group in groups):
        for move in sorted(group - HELPFUL):
            yield _error("asks_also", f"there is no helpful move {move!r}")
    for item in sorted((scenario.skips | set(scenario.asks_also)) - items):
        yield _error("skips", f"the rubric has no item {item!r}")


def _ways(scenario: Scenario) -> Iterator[Finding]:
    """States that cannot be reached, and states from which no end can be."""
    reached = {scenario.leaves}
    ahead = [scenario.start]
    while ahead:
        state = ahead.pop()
        if state not in reached:
            reached.add(state)
            ahead += scenario.states[state].targets
    for state in scenario.states:
        if state not in reached:
            yield _error(state, "nothing leads here")
    ending = scenario.steps_to_end()
    for state in scenario.states:
        if state not in ending:
            yield _error(state, "no end can be reached from here")
    kinds = {state.ending for state in scenario.states.values()}
    if Ending.WELL not in kinds:
        yield _error("states", "there is no good end")
    for name, moment in scenario.states.items():
        if moment.otherwise == name:
            yield _error(name, "'otherwise' leads nowhere")


def _length(scenario: Scenario) -> Iterator[Finding]:
    shortest = _lines_to_good_end(scenario)
    least, most = LEAST_LINES[scenario.track], MOST_LINES[scenario.track]
    if shortest is not None and shortest < least:
        yield _warning("states", f"a good end is reached after {shortest} lines; {least} are the least")
    if scenario.most > most:
        yield _warning("most", f"more than {most} lines are tiring")
    if shortest is not None and scenario.most < shortest:
        yield _error("most", f"a good end takes {shortest} lines")


def _lines_to_good_end(scenario: Scenario) -> int | None:
    """The least number of lines to a good end."""
    ahead, lines, seen = {scenario.start}, 0, set[str]()
    while ahead:
        if any(scenario.states[state].ending is Ending.WELL for state in ahead):
            return lines
        seen |= ahead
        ahead = {target for state in ahead for target in scenario.states[state].targets} - seen
        lines += 1
    return None


def _thin(scenario: Scenario) -> Iterator[Finding]:
    for state in scenario.states.values():
        yield from _thin_state(state)
    if not any(state.tells for state in scenario.states.values()):
        yield _warning("states", "no state has 'tells', so nobody can be late with the limits of confidentiality")
    if not scenario.cues and scenario.track is Track.CORE:
        yield _warning("states", "there is no cue to pick up")
    if scenario.parallel is None:
        yield _warning("parallel", "without a parallel variant it cannot serve a recheck")
    else:
        for state in scenario.states.values():
            if not state.ending and state.id not in scenario.parallel.says:
                yield _warning(f"parallel.{state.id}", "the parallel variant says the same here")


def _thin_state(state: State) -> Iterator[Finding]:
    if len(state.says) < LEAST_WORDINGS:
        yield _warning(state.id, "says the same in every run; two wordings are the least")
    if state.ending:
        return
    if not state.calls_for:
        yield _warning(state.id, "calls for nothing, so the coach has nothing to miss")
    if not state.line:
        yield _warning(state.id, "has no line to try instead")
    if state.patience and not state.waiting:
        yield _warning(state.id, "repeats itself while waiting; give it 'waiting'")
    if state.cue and not set(state.calls_for) & state.cue.answered_by:
        yield _warning(state.id, "what it calls for does not pick up its own cue")


@lru_cache(maxsize=1)
def _loaded() -> tuple[tuple[bool, re.Pattern[str], str], ...]:
    data = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return tuple(
        (kind == "graphic", re.compile(rf"\b(?:{'|'.join(entry['words'])})\b", re.IGNORECASE), entry["because"])
        for kind, entries in data.items()
        for entry in entries
    )


def _words(script: Script) -> Iterator[Finding]:
    """Numbers and addresses of people, anything graphic, and words that judge or label."""
    for text_id, text in script.texts.items():
        place = text_id.split(".", 2)[2]
        if "{" in text or "}" in text:
            yield _error(place, "braces stand for placeholders, of which a scenario has none")
        if _NUMBER.search(text):
            yield _error(place, "a telephone or document number does not belong in a scenario")
        if _ADDRESS.search(text):
            yield _error(place, "an address or account does not belong in a scenario")
        for is_graphic, pattern, because in _loaded():
            word = pattern.search(text)
            if word:
                yield Finding(is_graphic, place, f"“{word.group()}”: {because}")
