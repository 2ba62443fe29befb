"""Practice: passes presses and lines on, and keeps where the run is."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Text

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn
from bot.practice.service import Outcome, Practice, Situation
from bot.understanding.detection import detect
from bot.understanding.noticing import DANGER, is_question, notice
from bot.wording.reply import Reply

SLOT = "practice"


class RunPractice(Action):
    """Everything in practice: the menu, a scenario, a line, the debrief."""

    def name(self) -> Text:
        return "action_practice"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[EventType]:
        turn = Turn(dispatcher, tracker)
        replies = turn.knowledge.replies
        if turn.in_guide:
            turn.say(replies.plain("practice.busy", replies.back_to_step(turn.place)))
            return []
        kept = turn.slot(SLOT)
        situation = Situation.from_json(kept) if kept else None
        if turn.entity("do") == "why" and situation is not None:
            turn.say(*_why(turn, situation))
            return []
        outcome = _outcome(turn.knowledge.practice, turn, tracker.sender_id, situation)
        asked = (turn.knowledge.practice.is_it_real(),) if _sounds_real(turn) else ()
        turn.say(*asked, *outcome.replies)
        return [SlotSet(SLOT, outcome.situation.as_json() if outcome.situation else None)]


def _outcome(practice: Practice, turn: Turn, person: str, situation: Optional[Situation]) -> Outcome:
    if turn.intent == "practice_line":
        return practice.say(situation, person, turn.text) if situation else practice.menu()
    do, scenario = turn.entity("do"), turn.entity("scenario")
    if do == "notice" and scenario:
        return practice.notice(scenario)
    if do == "begin" and scenario:
        return practice.begin(scenario, person)
    if do == "stop":
        return practice.stop(person)
    if do == "care":
        return practice.care(turn.entity("answer") == "yes")
    if do == "meant" and situation:
        return practice.meant(situation, person, turn.entity("move"))
    if do == "again" and situation:
        return practice.again(situation)
    return practice.menu(int(turn.entity("page") or 0))


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
        return (Reply(rule, turn.knowledge.practice.ways_on()),)
    behind = turn.knowledge.replies.why(guidance, turn.facts, None)
    return (Reply((*rule, *behind.parts), turn.knowledge.practice.ways_on()),)
