"""The guide: its form's validation, and the controls that move through it."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Text

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import TELLS, Turn, cleared_case
from bot.guidance.models import Step
from bot.guidance.pathway import answer_for
from bot.guidance.situation import ASSUMED
from bot.understanding.signals import DETAILS
from bot.wording.reply import Reply

GUIDE_FORM = "guide_form"
NOTE_FACTS = "action_note_facts"
REQUESTED_SLOT = "requested_slot"
STEP = "step"

ANSWERED_BY_ITSELF = frozenset(
    {
        "action_answer",
        "action_why",
        "action_emergency",
        "action_emergency_help",
        "action_help",
        "action_find_service",
        "action_report_service",
        "action_handover_note",
        "action_did_you_mean",
        "action_ask_again",
        "action_out_of_scope",
        "action_thanks",
        "action_goodbye",
        "action_confirm_wipe",
        "action_change_language",
        "action_practice",
        "action_update_directory",
        "action_greet",
    }
)
"""Actions after which the step is not shown again: their message carries the button back to it."""


class ValidateGuideForm(FormValidationAction):
    """Decides which step is done, takes in answers, and shows the step that comes next.

    Rasa calls it when a step's slot was filled, when the guide starts, and after every interruption.
    """

    def name(self) -> Text:
        return "validate_guide_form"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[EventType]:
        turn = Turn(dispatcher, tracker)
        replied = STEP in tracker.slots_to_validate()
        interrupted_by = _action_before_form(tracker)
        asked = turn.slot(REQUESTED_SLOT) == STEP
        if interrupted_by in ANSWERED_BY_ITSELF or (asked and not replied and interrupted_by is None):
            # Answered already, or nothing for this step: in the second case Rasa now looks for a rule.
            return _request(turn)
        events: List[EventType] = []
        if not asked and turn.intent == "start_guide" and _is_another_case(turn):
            events += cleared_case(tracker, turn.knowledge.replies.library.facets)
            turn.forget()
        place = turn.knowledge.pathway.place(turn.facts, turn.done)
        learnt, notes = turn.learn(is_noted=interrupted_by == NOTE_FACTS)
        events += learnt
        lead: Optional[str] = None
        if replied:
            taken, lead = _take(turn, place.step, bool(learnt)) if place and asked else ([], None)
            events += [*taken, SlotSet(STEP, None)]
        if not turn.facts.get("contact"):
            turn.facts["contact"] = ASSUMED["contact"]
            events.append(SlotSet("contact", ASSUMED["contact"]))
        _show(turn, notes, lead)
        return [*events, turn.steps_done(), *_request(turn), *turn.remember()]


def _is_another_case(turn: Turn) -> bool:
    """Whether a start begins a new case: the last one is at its end, or this one came in another way."""
    at_the_end = bool(turn.done) and turn.knowledge.pathway.place(turn.facts, turn.done) is None
    contact = turn.entity("contact")
    return at_the_end or (contact is not None and turn.facts.get("contact") not in (None, contact))


def _request(turn: Turn) -> List[EventType]:
    """Asks for another step, or for nothing when the case has no more."""
    place = turn.knowledge.pathway.place(turn.facts, turn.done)
    return [SlotSet(REQUESTED_SLOT, STEP if place else None)]


def _take(turn: Turn, step: Step, has_learnt: bool) -> tuple[List[EventType], Optional[str]]:
    """Takes the user's reply to a step; `has_learnt` when the message has told something new of the case.

    Returns:
        Events, and the text id to say first, if any: why the step is not done by it, or how the reply was taken.
    """
    pressed_for = turn.entity("step")
    if pressed_for is not None and pressed_for != step.id:
        return [], "guide.old_button"
    if pressed_for is None and turn.shown_step != step.id:
        return [], None  # an emergency changed the way: this step has not been shown yet
    if not step.is_question:
        if turn.intent in ("next", "yes"):
            turn.done.add(step.id)
            return [], None
        return [], _noted(has_learnt) if turn.intent == TELLS else None
    assert step.facet is not None
    word = turn.entity("word") or turn.intent
    answer = answer_for(step, word, turn.entity(step.facet))
    learnt = turn.facts.get(step.facet)
    if answer is None and turn.intent == TELLS and learnt:
        turn.done.add(step.id)
        return [], None
    if answer is None and has_learnt:
        return [], "guide.noted"
    if answer is None:
        is_remark = turn.intent == TELLS and DETAILS not in turn.entities("signal")
        return [], "question.noted" if is_remark else "question.choose"
    turn.done.add(step.id)
    turn.facts[step.facet] = answer.value
    lead = answer.remark if word in answer.words else None
    return [SlotSet(step.facet, answer.value)], lead


def _noted(has_learnt: bool) -> str:
    return "guide.noted" if has_learnt else "guide.noted_same"


def _show(turn: Turn, notes: tuple, lead: Optional[str]) -> None:  # type: ignore[type-arg]
    place = turn.knowledge.pathway.place(turn.facts, turn.done)
    if notes:
        turn.say(Reply(notes))
    if place is not None:
        turn.shown_step = place.step.id
        turn.say(turn.knowledge.replies.step(place, turn.facts, lead), about=place.step.guidance)


def _action_before_form(tracker: Tracker) -> Optional[str]:
    """The last action of this turn before the form itself, None when the form came first."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return None
        if event.get("event") == "action" and event.get("name") not in (GUIDE_FORM, None):
            return None if event["name"] == "action_listen" else str(event["name"])
    return None


class StepBack(Action):
    """Takes back the step before, and its answer."""

    def name(self) -> Text:
        return "action_step_back"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[EventType]:
        turn = Turn(dispatcher, tracker)
        step = turn.knowledge.pathway.previous(turn.facts, turn.done)
        if step is None:
            turn.say(turn.knowledge.replies.plain("guide.at_start"))
            return []
        turn.done.discard(step.id)
        events: List[EventType] = [turn.steps_done()]
        if step.facet:
            events.append(SlotSet(step.facet, None))
        return events


class NoteFacts(Action):
    """Takes in what was told on the way back into the guide; the form then shows the step."""

    def name(self) -> Text:
        return NOTE_FACTS

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[EventType]:
        turn = Turn(dispatcher, tracker)
        events, notes = turn.learn()
        if notes:
            turn.say(Reply(notes))
        return [*events, *turn.remember()]


class StartOver(Action):
    """Forgets the case; the form then starts from the first step."""

    def name(self) -> Text:
        return "action_start_over"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[EventType]:
        turn = Turn(dispatcher, tracker)
        turn.say(turn.knowledge.replies.plain("guide.restarted"))
        return cleared_case(tracker, turn.knowledge.replies.library.facets)


class Stop(Action):
    """Leaves the guide and keeps its place."""

    def name(self) -> Text:
        return "action_stop"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[EventType]:
        turn = Turn(dispatcher, tracker)
        turn.say(turn.knowledge.replies.stopped())
        return [ActiveLoop(None), SlotSet(REQUESTED_SLOT, None)]


class GuideDone(Action):
    """After the last step: what else is there."""

    def name(self) -> Text:
        return "action_guide_done"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[EventType]:
        turn = Turn(dispatcher, tracker)
        turn.say(turn.knowledge.replies.done())
        return []


class NoGuide(Action):
    """A control of the guide while no guide is open."""

    def name(self) -> Text:
        return "action_no_guide"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[EventType]:
        turn = Turn(dispatcher, tracker)
        if turn.done:
            place = turn.knowledge.pathway.place(turn.facts, turn.done)
            turn.say(turn.knowledge.replies.greeting(place) if place else turn.knowledge.replies.done())
            return []
        text_id = "yes.nothing_open" if turn.intent in ("yes", "no", "unsure") else "guide.not_started"
        turn.say(turn.knowledge.replies.plain(text_id, turn.knowledge.replies.ways_in()))
        return []
