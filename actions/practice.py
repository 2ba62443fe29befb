"""Practice: passes presses and lines on, and keeps where the run is."""

from __future__ import annotations

import asyncio
from typing import Any, Dict, List, Optional, Text

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn
from bot.practice.cohorts.presence import writer
from bot.practice.service import Practice
from bot.practice.situation import Outcome, Situation
from bot.understanding.detection import detect
from bot.understanding.noticing import is_question, notice
from bot.understanding.signals import DANGER
from bot.wording.reply import Reply

SLOT = "practice"


class RunPractice(Action):
    """Everything in practice: the menu, a scenario, a line, the debrief, one's results."""

    def name(self) -> Text:
        return "action_practice"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[EventType]:
        turn = Turn(dispatcher, tracker)
        return await asyncio.to_thread(_play, turn, tracker.sender_id)


def _play(turn: Turn, person: str) -> List[EventType]:
    replies = turn.knowledge.replies
    if turn.in_guide:
        turn.say(replies.plain("practice.busy", replies.back_to_step(turn.place)))
        return []
    kept = turn.slot(SLOT)
    situation = Situation.from_json(kept) if kept else None
    if turn.entity("do") == "why" and situation is not None:
        turn.say(*_why(turn, situation))
        return []
    outcome = _outcome(turn.knowledge.practice, turn, person, situation)
    asked = (turn.knowledge.practice.is_it_real(),) if _sounds_real(turn) else ()
    turn.say(*asked, *outcome.replies)
    return [SlotSet(SLOT, outcome.situation.as_json() if outcome.situation else None)]


def _outcome(practice: Practice, turn: Turn, person: str, situation: Optional[Situation]) -> Outcome:
    do, place = turn.entity("do"), writer()
    if turn.intent == "practice_line":
        return practice.say(situation, person, turn.text, place) if situation else practice.menu(place=place)
    if do == "meant" and situation:
        return practice.meant(situation, person, turn.entity("move"), place)
    return _in_the_run(practice, turn, person, situation) or _around_it(practice, turn, person, situation)


def _in_the_run(
    practice: Practice, turn: Turn, person: str, situation: Optional[Situation]
) -> Optional[Outcome]:
    """What a button does within a run, or to begin or end one."""
    do, scenario = turn.entity("do"), turn.entity("scenario")
    if do == "notice" and scenario:
        return practice.notice(scenario)
    if do == "begin" and scenario:
        return practice.begin(scenario, person, is_late=turn.entity("feedback") == "end")
    if do == "recheck":
        return practice.recheck(person, writer(), turn.entity("answer") == "yes")
    if do == "stop":
        return practice.stop(person)
    if situation and do == "again":
        return practice.again(situation)
    if situation and do == "moments":
        return practice.moments(situation, person)
    if situation and do == "rewind":
        return practice.rewind(situation, int(turn.entity("turn") or 0))
    return None


def _around_it(practice: Practice, turn: Turn, person: str, situation: Optional[Situation]) -> Outcome:
    """The debrief, one's results, and the menu."""
    do, place, after = turn.entity("do"), writer(), practice.afterwards
    is_yes = turn.entity("answer") == "yes"
    if do == "care":
        return after.care(situation, place, is_yes)
    if do == "keep":
        return after.keep(situation, person, place)
    if do == "agree":
        return Outcome(after.agree(place, turn.entity("what") or "", is_yes), situation)
    if do == "results":
        return Outcome(after.results(place), situation)
    if do == "forget":
        return Outcome(after.forget(place, is_yes), situation)
    if do == "decline":
        return Outcome(after.decline(place), situation)
    return _changing(practice, turn, person, situation) or practice.menu(int(turn.entity("page") or 0), place)


def _changing(practice: Practice, turn: Turn, person: str, situation: Optional[Situation]) -> Optional[Outcome]:
    """What a button does about a judgement the trainee does not agree with."""
    do, change = turn.entity("do"), practice.changing
    if situation is None:
        return None
    number, sentence = int(turn.entity("turn") or 0), turn.entity("sentence")
    at = int(sentence) if sentence else None
    if do == "lines":
        return change.lines(situation, person)
    if do == "line":
        return change.line(situation, person, number, at, int(turn.entity("page") or 0))
    if do == "judge":
        return change.judge(situation, number, at or 0, turn.entity("move") or "")
    if do == "because":
        reason = turn.entity("because") or ""
        return change.because(situation, person, number, at or 0, turn.entity("move") or "", reason)
    return None


def _sounds_real(turn: Turn) -> bool:
    """Whether a line speaks of a danger to somebody else: nobody says "she is bleeding" to her."""
    if turn.intent != "practice_line":
        return False
    language = detect(turn.text)
    found = {signal.id for signal in notice(turn.text, language, None)}
    return bool(found & set(DANGER)) and not is_question(turn.text, language)


def _why(turn: Turn, situation: Situation) -> tuple[Reply, ...]:
    """The rule, and the guidance behind it with its sources."""
    rule, guidance_id = turn.knowledge.practice.why(situation)
    library = turn.knowledge.replies.library
    guidance = next((g for g in library.guidance() if g.id == guidance_id), None)
    if guidance is None:
        return (Reply(rule, turn.knowledge.practice.ways_on(situation)),)
    behind = turn.knowledge.replies.why(guidance, turn.facts, None)
    return (Reply((*rule, *behind.parts), turn.knowledge.practice.ways_on(situation)),)
