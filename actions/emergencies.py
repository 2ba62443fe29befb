"""Emergencies: danger signals interrupt everything and then lead back."""

from __future__ import annotations

from typing import Any, Dict, List, Text

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn
from bot.wording.payload import payload
from bot.wording.reply import Choice

SHOWN_AT_ONCE = 2
"""Emergencies told in one turn; a third would only be scrolled past."""


class Emergency(Action):
    """Says what to do about the danger signals of the message, before anything else."""

    def name(self) -> Text:
        return "action_emergency"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[EventType]:
        turn = Turn(dispatcher, tracker)
        events = turn.learn_facts()
        signals = turn.danger_signals[:SHOWN_AT_ONCE]
        replies = turn.knowledge.replies.emergency(signals, turn.facts, turn.place)
        turn.say(*replies, about=turn.knowledge.replies.library.signals[signals[-1]])
        return [*events, *turn.remember()]


class EmergencyHelp(Action):
    """The buttons under an emergency: the number, and what to do when nobody can move."""

    def name(self) -> Text:
        return "action_emergency_help"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[EventType]:
        turn = Turn(dispatcher, tracker)
        contacts = turn.knowledge.organisation.contacts
        text_id = "emergency.cannot_move"
        if turn.entity("ask") == "number":
            known = contacts.emergency_number or contacts.site_security
            text_id = "emergency.number" if known else "emergency.no_number"
        safe = Choice("button.we_are_safe", payload("resume", after="emergency"))
        turn.say(turn.knowledge.replies.plain(text_id, (safe,)))
        return []
