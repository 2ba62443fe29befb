"""One turn as the actions see it: the case, the place in the guide, and what the message taught.

Actions stay thin: they read a `Turn`, make one call to the knowledge behind them and return events.
"""

from __future__ import annotations

from typing import Any, Collection, Dict, Iterable, List, Optional, Set, Tuple

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.guidance.models import Guidance
from bot.guidance.pathway import Place
from bot.knowledge import Knowledge, knowledge
from bot.understanding.signals import DANGER
from bot.wording.reply import Part, Reply, quiet

STEPS_DONE = "steps_done"
REPLY = "reply"
TELLS = "inform"
ASKS = "ask"
EMERGENCY = "danger_signal"
"""Intents of a message, or a button, that tells something of the case, that asks, and that has a danger in it."""

CERTAIN = 0.8
"""Confidence from which a topic may say something of the case: a misread question must not change the way."""


class Turn:
    """What an action needs to know about the message and the conversation."""

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        self.knowledge: Knowledge = knowledge()
        self._dispatcher = dispatcher
        self._tracker = tracker
        self.facts = self.knowledge.situation.facts(tracker.slots)
        self.done: Set[str] = set(tracker.get_slot(STEPS_DONE) or ())
        self.shown_step: Optional[str] = tracker.get_slot("shown_step")
        self._shown = list(tracker.get_slot("signals_shown") or [])
        self._noticed = bool(tracker.get_slot("review_noticed"))

    @property
    def intent(self) -> str:
        return str((self._tracker.latest_message.get("intent") or {}).get("name") or "")

    @property
    def confidence(self) -> float:
        """How sure the intent is; 1 for a button."""
        return float((self._tracker.latest_message.get("intent") or {}).get("confidence") or 0.0)

    @property
    def likeliest(self) -> Tuple[str, ...]:
        """The likeliest intents of what was typed, best first; of topics, with the topic."""
        ranking = self._tracker.latest_message.get("intent_ranking") or ()
        return tuple(str(entry.get("name")) for entry in ranking)

    @property
    def text(self) -> str:
        """The message as typed. In memory only: nothing here may be stored or logged."""
        return str(self._tracker.latest_message.get("text") or "")

    @property
    def in_guide(self) -> bool:
        return bool(self._tracker.active_loop.get("name"))

    @property
    def place(self) -> Optional[Place]:
        """Where the conversation is in the guide; None when it has not begun, was stopped or is over."""
        if not self.in_guide:
            return None
        return self.knowledge.pathway.place(self.facts, self.done)

    def steps_done(self) -> SlotSet:
        """The event that keeps which steps are done, in the order of the pathway."""
        steps = self.knowledge.replies.library.steps
        return SlotSet(STEPS_DONE, [step.id for step in steps if step.id in self.done])

    def slot(self, name: str) -> Any:
        return self._tracker.get_slot(name)

    def entity(self, name: str) -> Optional[str]:
        return next(self._tracker.get_latest_entity_values(name), None)

    def entities(self, name: str) -> Tuple[str, ...]:
        return tuple(self._tracker.get_latest_entity_values(name))

    @property
    def danger_signals(self) -> Tuple[str, ...]:
        """The danger signals of this message, most pressing first and those in doubt last; a bare call for help
        ("emergency") means danger now."""
        sure = self._dangers(self.entities("signal"))
        doubtful = tuple(signal for signal in self._dangers(self._signals()) if signal not in sure)
        return (*sure, *doubtful) or DANGER[:1]

    def _signals(self) -> Tuple[str, ...]:
        """The signals of this message. Where a danger interrupts, one in doubt counts as well; it comes first, so that
        what it says of the case gives way to what is sure."""
        doubts = self.entities("doubt") if self.intent == EMERGENCY else ()
        return (*doubts, *self.entities("signal"))

    @staticmethod
    def _dangers(signals: Collection[str]) -> Tuple[str, ...]:
        return tuple(signal for signal in DANGER if signal in signals)

    def say(self, *replies: Reply, about: Optional[Guidance] = None) -> None:
        """Utters replies; with guidance that awaits review, says so once per conversation."""
        for number, reply in enumerate(replies):
            parts = reply.parts
            is_last = number == len(replies) - 1
            if is_last and about and not self._noticed and self.knowledge.replies.awaits_review(about):
                parts = (*parts, quiet("notice.review"))
                self._noticed = True
            message = Reply(parts, reply.choices)
            self._dispatcher.utter_message(response=REPLY, reply=message.as_json())

    def learn_facts(self, topic: Optional[str] = None) -> List[EventType]:
        """Takes in what the message says of the case; the slot events."""
        learnt = self.knowledge.situation.from_signals(self._signals())
        facets = self.knowledge.replies.library.facets
        told = {facet: str(self.entity(facet)) for facet in facets if self.entity(facet) in facets[facet]}
        learnt.update(told)
        if topic and self.confidence >= CERTAIN:
            learnt.update(self.knowledge.situation.from_topic(topic))
        plainly = told if self.intent in (TELLS, ASKS) else ()
        new: Dict[str, Optional[str]] = dict(self.knowledge.situation.new(self.facts, learnt, plainly))
        for facet in self.knowledge.situation.doubted(self.facts, learnt):
            new[facet] = None
            self.done -= {step.id for step in self.knowledge.replies.library.steps if step.facet == facet}
        self.facts.update(new)
        return [SlotSet(facet, value) for facet, value in new.items()]

    def learn(
        self, topic: Optional[str] = None, is_noted: bool = False
    ) -> Tuple[List[EventType], Tuple[Part, ...]]:
        """Takes in what the message says of the case, and says first what to do if a danger in doubt is one.

        Args:
            topic: the topic it asks about.
            is_noted: another action of this turn has done so before; nothing is said twice.

        Returns:
            The slot events, and the notes to show first: each signal's note once per conversation.
        """
        for doubt in () if is_noted else self._dangers(self.entities("doubt"))[:1]:
            self.say(self.knowledge.replies.doubt(doubt))
        events = self.learn_facts(topic)
        notes: List[Part] = []
        for signal in self.entities("signal"):
            if signal in self._shown or signal in DANGER:
                continue
            self._shown.append(signal)
            if self.knowledge.replies.is_covered(signal, topic):
                continue
            notes.extend(self.knowledge.replies.note(signal, self.facts).parts)
        return events, tuple(notes)

    def forget(self) -> None:
        """Starts a new case within this turn."""
        self.facts = self.knowledge.situation.facts({})
        self.done.clear()
        self._shown.clear()
        self.shown_step = None

    def remember(self) -> List[EventType]:
        """The events that record what this turn has shown."""
        events: List[EventType] = []
        if self._shown != list(self.slot("signals_shown") or []):
            events.append(SlotSet("signals_shown", self._shown))
        if self.shown_step and self.shown_step != self.slot("shown_step"):
            events.append(SlotSet("shown_step", self.shown_step))
        if self._noticed and not self.slot("review_noticed"):
            events.append(SlotSet("review_noticed", True))
        return events


def cleared_case(tracker: Tracker, facets: Iterable[str]) -> List[EventType]:
    """Events that forget the case and every step."""
    names = (STEPS_DONE, *facets, "signals_shown", "topic", "awaiting", "shown_step")
    return [SlotSet(name, None) for name in names if tracker.get_slot(name)]
