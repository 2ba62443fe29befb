"""Looking up services, and the handover note."""

from __future__ import annotations

import asyncio
import secrets
from datetime import datetime, timezone
from typing import Any, Dict, List, Optional, Text, Tuple

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn
from bot.directory import replies as wording
from bot.directory.codes import NEEDS
from bot.directory.plain_words import Request
from bot.directory.query import Query
from bot.wording.reply import Choice, Part, Reply

AWAITING_PLACE = "place"

WORDS_OF_A_SERVICE = 3
"""Words of a message that names a service and a place, and asks nothing else."""

DEFAULT_LANGUAGE = "en"
"""In which results are measured while nobody has chosen one, to see how many fit into one message."""

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Letters and digits that are not mistaken for each other when read aloud or copied by hand."""


def is_place_answer(turn: Turn) -> bool:
    """Whether a message that no intent fits answers the question where somebody is."""
    return turn.slot("awaiting") == AWAITING_PLACE and bool(turn.text)


def names_a_service(turn: Turn) -> bool:
    """Whether a message is a kind of service and hardly anything else: "doctor in Atlantis"."""
    if not turn.text or len(turn.text.split()) > WORDS_OF_A_SERVICE:
        return False
    request = turn.knowledge.directory.understand(turn.text)
    return bool(request and request.need)


class FindService(Action):
    """Looks up services by need and place; asks for what is missing."""

    def name(self) -> Text:
        return "action_find_service"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[EventType]:
        turn = Turn(dispatcher, tracker)
        return await asyncio.to_thread(find_for, turn)


def find_for(turn: Turn) -> List[EventType]:
    """Searches with what the message, the buttons and the case say. Blocking: reads the database."""
    directory = turn.knowledge.directory
    events, _ = turn.learn()
    request = directory.understand(turn.text) if turn.text else None
    need = turn.entity("need") or (request.need if request else None) or _need_of_case(turn)
    place = turn.entity("place") or (request.place if request else None)
    if place is None and is_place_answer(turn):
        place = turn.text
    asked_elsewhere = (
        turn.intent == "find_service" and turn.entity("need") and not turn.text and not turn.entity("place")
    )
    if place is None and not asked_elsewhere:
        place = turn.slot("place")
    if need not in NEEDS:
        turn.say(wording.ask_need())
        return [*events, SlotSet("awaiting", None)]
    if place is None and need != "hotline":
        turn.say(wording.ask_place(need, directory.places_to_choose()))
        return [*events, SlotSet("need", need), SlotSet("awaiting", AWAITING_PLACE)]
    return [*events, *_search(turn, _query(turn, need, place, request))]


def _need_of_case(turn: Turn) -> Optional[str]:
    need = turn.slot("need")
    if need and need != "nothing":
        return str(need)
    return "child_protection" if turn.facts.get("person") == "child" and turn.in_guide else None


def _query(turn: Turn, need: str, place: Optional[str], request: Optional[Request]) -> Query:
    offset = turn.entity("offset")
    said = request or Request(need=need, place=place)
    return Query(
        need=need,
        place=place,
        age_years=said.age_years,
        age=said.age or turn.facts.get("person"),  # type: ignore[arg-type]
        sex=said.sex,
        language=said.language,
        accessible=said.accessible,
        open_now=said.open_now,
        tonight=said.tonight,
        lgbtiq=said.lgbtiq,
        capacities=said.capacities,
        offset=int(offset) if offset else 0,
    )


def _search(turn: Turn, query: Query) -> List[EventType]:
    directory = turn.knowledge.directory
    result = directory.search_for_somebody(query)
    if result.ambiguous or result.place_state == "unknown":
        choices = result.ambiguous or directory.places_to_choose()
        turn.say(
            wording.ask_place(
                query.need, choices, unknown=not result.ambiguous, ambiguous=bool(result.ambiguous)
            )
        )
        return [SlotSet("need", query.need), SlotSet("awaiting", AWAITING_PLACE)]
    back = turn.knowledge.replies.back_to_step(turn.place)
    now = datetime.now(timezone.utc)
    otherwise = turn.knowledge.replies.answer("no_service_available", turn.facts, turn.place)
    renderer, language = turn.knowledge.renderer, turn.slot("language") or DEFAULT_LANGUAGE

    def length(part: Part) -> int:
        return len(renderer.line(part.id, language, part.params))

    turn.say(
        *wording.result_replies(result, query, now, back, directory.is_sample, length, otherwise.parts)
    )
    events: List[EventType] = [SlotSet("need", query.need), SlotSet("awaiting", None)]
    return [*events, SlotSet("place", result.place.code)] if result.place else events


class ReportService(Action):
    """Takes in what happened when somebody called a service. It says something of the service only."""

    def name(self) -> Text:
        return "action_report_service"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[EventType]:
        turn = Turn(dispatcher, tracker)
        await asyncio.to_thread(_report, turn, tracker.sender_id)
        return []


def _report(turn: Turn, person: str) -> None:
    """Asks which service and what happened, or counts it. Blocking: reads and writes the database."""
    service, kind = turn.entity("service"), turn.entity("kind")
    back = turn.knowledge.replies.back_to_step(turn.place)
    if service and kind:
        outcome = turn.knowledge.reports.report(service, kind, person).outcome  # type: ignore[arg-type]
        turn.say(_with(wording.report_taken(outcome, kind), back))
        return
    if service:
        name = turn.knowledge.directory.name_of(service)
        turn.say(wording.ask_how_it_went(service, name) if name else wording.report_taken("unknown", ""))
        return
    need, place = turn.entity("need") or turn.slot("need"), turn.entity("place") or turn.slot("place")
    if need not in NEEDS or not place:
        turn.say(wording.ask_need())
        return
    result = turn.knowledge.directory.search(Query(need, place, offset=int(turn.entity("offset") or 0)))
    turn.say(wording.ask_which_service(result) if result.matches else wording.ask_need())


def _with(reply: Reply, choices: Tuple[Choice, ...]) -> Reply:
    return Reply(reply.parts, (*reply.choices, *choices))


class HandoverNote(Action):
    """Composes the note without identity. It is uttered once and stored nowhere."""

    def name(self) -> Text:
        return "action_handover_note"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[Text, Any]
    ) -> List[EventType]:
        turn = Turn(dispatcher, tracker)
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(6))
        turn.say(turn.knowledge.replies.handover_note(turn.facts, f"{code[:3]}-{code[3:]}", turn.place))
        return []
