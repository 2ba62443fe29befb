"""Runs of a scenario to keep and to count: good, bad and broken off."""

from __future__ import annotations

import re
from typing import Optional

from bot.practice.cohorts.results import content_of
from bot.practice.debrief import debrief
from bot.practice.judging import JudgedLine, JudgedSentence
from bot.practice.loader import shipped
from bot.practice.run import Run, Stage

QUEUE = shipped()["food_queue"]
STAGE = Stage(QUEUE.scenario)

GOOD = (
    ("private_place", "introduce_role"),
    ("state_limits",),
    ("listen_reflect", "thank_for_telling"),
    ("not_your_fault",),
    ("check_safety",),
    ("ask_needs", "give_options"),
    ("ask_consent", "explain_sharing"),
    ("explain_sharing",),
    ("next_steps", "close_kindly"),
)
"""Lines, by their moves, with which the first scenario ends well and scores 100."""

BAD = (GOOD[0], ("promise_secrecy",), *GOOD[2:])


def says_points(text: str) -> bool:
    """Whether the points of the bad run stand there as a number, and not inside somebody's code."""
    return re.search(r"\b49\b", text) is not None


def line(*moves: str) -> JudgedLine:
    return JudgedLine((JudgedSentence("…", frozenset(moves)),))


def run_of(lines: tuple[tuple[str, ...], ...]) -> Run:
    run, _ = STAGE.begin(seed=7)
    for moves in lines:
        run, _ = STAGE.say(run, line(*moves))
    return run


def content(lines: tuple[tuple[str, ...], ...] = GOOD, knows_care: Optional[bool] = None) -> dict[str, object]:
    return content_of(debrief(QUEUE, run_of(lines), knows_care), knows_care)
