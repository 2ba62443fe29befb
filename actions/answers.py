"""Answers to questions, reasons, and what to do when a message was not understood."""

from __future__ import annotations

from typing import Any, Dict, List, Text

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.services import find_for, is_place_answer, names_a_service
from actions.turn import TELLS, Turn
from bot.understanding.detection import detect
from bot.understanding.noticing import is_question
from bot.wording.reply import Reply

SURELY_OUTSIDE = 0.95
"""Confidence from which what is said in the middle of the steps is out of scope and no remark."""

LIKELIEST = 3
WORDS_OF_A_REMARK = 3
"""Among how many likeliest meanings of a remark is that it tells something; how many words it has, at least."""


class AnswerTopic(Action):
    """Answers a topic; what the question tells of the case goes into the guide."""

    def name(self) -> Text:
        return "action_answer"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[EventType]:
        turn = Turn(dispatcher, tracker)
        topic = turn.entity("topic")
        if topic is None or topic not in turn.knowledge.replies.library.answers:
            return _did_you_mean(turn)
        return answer(turn, topic)


def answer(turn: Turn, topic: str) -> List[EventType]:
    """Says the answer to a topic, after the notes of any new signal."""
    events, notes = turn.learn(topic)
    if notes:
        turn.say(Reply(notes))
    guidance = turn.knowledge.replies.library.answers[topic]
    turn.say(turn.knowledge.replies.answer(topic, turn.facts, turn.place), about=guidance)
    return [*events, SlotSet("topic", topic), SlotSet("awaiting", None), *turn.remember()]


class Repeat(Action):
    """Outside the guide: says the last answer again."""

    def name(self) -> Text:
        return "action_repeat"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[EventType]:
        turn = Turn(dispatcher, tracker)
        topic = turn.slot("topic")
        if topic in turn.knowledge.replies.library.answers:
            return answer(turn, topic)
        turn.say(turn.knowledge.replies.plain("guide.not_started", turn.knowledge.replies.ways_in()))
        return []


class Why(Action):
    """The reason behind a text, and its source."""

    def name(self) -> Text:
        return "action_why"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[EventType]:
        turn = Turn(dispatcher, tracker)
        place = turn.place
        guidance = turn.knowledge.replies.library.find(turn.entity("guidance") or "")
        if guidance is None and place is not None:
            guidance = place.step.guidance
        if guidance is None:
            turn.say(turn.knowledge.replies.plain("why.none", turn.knowledge.replies.ways_in()))
        else:
            turn.say(turn.knowledge.replies.why(guidance, turn.facts, place))
        return []


class DidYouMean(Action):
    """Offers the likeliest topics in place of a guess."""

    def name(self) -> Text:
        return "action_did_you_mean"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[EventType]:
        turn = Turn(dispatcher, tracker)
        if is_place_answer(turn):
            return find_for(turn)
        return _did_you_mean(turn)


def _did_you_mean(turn: Turn) -> List[EventType]:
    events, notes = turn.learn()
    if notes:
        turn.say(Reply(notes))
    known = turn.knowledge.replies.library.answers
    topics = [topic for topic in turn.entities("candidate") if topic in known]
    if topics:
        turn.say(turn.knowledge.replies.did_you_mean(topics, turn.place))
    else:
        turn.say(turn.knowledge.replies.plain("ask.none", turn.knowledge.replies.back_to_step(turn.place)))
    return [*events, *turn.remember()]


class AskAgain(Action):
    """When none of the offers was right, or no rule fits."""

    def name(self) -> Text:
        return "action_ask_again"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[EventType]:
        turn = Turn(dispatcher, tracker)
        turn.say(turn.knowledge.replies.plain("ask.none", turn.knowledge.replies.back_to_step(turn.place)))
        return []


class OutOfScope(Action):
    """A polite boundary."""

    def name(self) -> Text:
        return "action_out_of_scope"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[EventType]:
        turn = Turn(dispatcher, tracker)
        if is_place_answer(turn) or names_a_service(turn):
            return find_for(turn)
        events, notes = turn.learn()
        if notes:
            turn.say(Reply(notes))
        text_id = "guide.noted_same" if _is_remark(turn) else "out_of_scope"
        turn.say(turn.knowledge.replies.plain(text_id, turn.knowledge.replies.back_to_step(turn.place)))
        return [*events, *turn.remember()]


def _is_remark(turn: Turn) -> bool:
    """Whether a message in the middle of the steps asks nothing and may well belong there ("we have a torch now")."""
    if turn.place is None or turn.confidence >= SURELY_OUTSIDE or TELLS not in turn.likeliest[:LIKELIEST]:
        return False
    return len(turn.text.split()) >= WORDS_OF_A_REMARK and not is_question(turn.text, detect(turn.text))
