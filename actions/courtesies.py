"""Greetings, thanks, and housekeeping: small things that must still be right."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Dict, List, Text

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, EventType, SessionStarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn
from bot.wording.payload import payload
from bot.wording.reply import Choice

CARRIED_OVER = ("language", "role", "place")
"""What a new session keeps; nothing about a case."""


class SessionStart(Action):
    """Begins a session with language, role and place only.

    Rasa's own action would carry every slot over with a new time stamp and so defeat retention.
    """

    def name(self) -> Text:
        return "action_session_start"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[EventType]:
        kept = [SlotSet(name, tracker.get_slot(name)) for name in CARRIED_OVER if tracker.get_slot(name)]
        return [SessionStarted(), *kept, ActionExecuted("action_listen")]


class Greet(Action):
    """The first message, or the offer to go on where the guide was left."""

    def name(self) -> Text:
        return "action_greet"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[EventType]:
        turn = Turn(dispatcher, tracker)
        place = turn.knowledge.pathway.place(turn.facts, turn.done) if turn.in_guide or turn.done else None
        turn.say(turn.knowledge.replies.greeting(place))
        return []


class Help(Action):
    """How to use the assistant."""

    def name(self) -> Text:
        return "action_help"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[EventType]:
        turn = Turn(dispatcher, tracker)
        replies = turn.knowledge.replies
        turn.say(replies.plain("help", replies.back_to_step(turn.place) if turn.place else replies.ways_in()))
        return []


class _Plain(Action, ABC):
    """Says one text of the interface and offers the way back."""

    text_id: str

    @abstractmethod
    def name(self) -> Text:
        """The action's name in domain.yml."""

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[EventType]:
        turn = Turn(dispatcher, tracker)
        turn.say(turn.knowledge.replies.plain(self.text_id, turn.knowledge.replies.back_to_step(turn.place)))
        return []


class Thanks(_Plain):
    """Answers thanks."""

    text_id = "thanks"

    def name(self) -> Text:
        return "action_thanks"


class Goodbye(_Plain):
    """Answers a goodbye."""

    text_id = "goodbye"

    def name(self) -> Text:
        return "action_goodbye"


class ChangeLanguage(_Plain):
    """Says which languages there are."""

    text_id = "language.only"

    def name(self) -> Text:
        return "action_change_language"


class UpdateDirectory(_Plain):
    """Says where corrections to the directory go."""

    text_id = "update_directory.not_here"

    def name(self) -> Text:
        return "action_update_directory"


class ConfirmWipe(Action):
    """A wish to clear everything, said in a sentence: asks once. The button is handled before Rasa."""

    def name(self) -> Text:
        return "action_confirm_wipe"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[EventType]:
        turn = Turn(dispatcher, tracker)
        choices = (
            Choice("button.wipe_yes", payload("wipe")),
            Choice("button.keep", payload("resume" if turn.in_guide else "greet")),
        )
        turn.say(turn.knowledge.replies.plain("wipe.confirm", choices))
        return []
