"""The tracker store: keeps where a conversation is, not what was said.

Rasa needs the slots, the active form and the last turn to go on. After every turn the store writes just
that, as one encrypted record: message text, parse data beyond the intent, bot messages and the course of
the conversation are dropped before anything reaches the disk.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Dict, Iterable, List, Optional, Text

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SerializedTrackerAsText, TrackerStore
from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    ACTION_SESSION_START_NAME,
    SESSION_START_METADATA_SLOT,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.privacy.conversations import ConversationStore

logger = logging.getLogger(__name__)

State = Dict[str, Any]
"""What `ConversationStore` holds for one conversation; see `snapshot`."""


def snapshot(tracker: DialogueStateTracker) -> State:
    """All that is kept of a conversation: its slots, the active form, and the last intent with its time."""
    said = tracker.get_last_event_for(UserUttered)
    return {
        "at": tracker.events[-1].timestamp if tracker.events else None,
        "said_at": said.timestamp if isinstance(said, UserUttered) else None,
        "intent": said.intent_name if isinstance(said, UserUttered) else None,
        "form": tracker.active_loop_name,
        "slots": {
            name: slot.value
            for name, slot in tracker.slots.items()
            if slot.value is not None and name != SESSION_START_METADATA_SLOT
        },
    }


def restored(state: State) -> List[Event]:
    """The fewest events from which the dialogue can go on: session, last intent, slots, form, listening."""
    at = state["at"]
    events: List[Event] = [
        ActionExecuted(ACTION_SESSION_START_NAME, timestamp=at),
        SessionStarted(timestamp=at),
        ActionExecuted(ACTION_LISTEN_NAME, timestamp=at),
    ]
    if state["said_at"] is not None:
        intent = {"name": state["intent"], "confidence": 1.0}
        parse_data: Dict[str, Any] = {"intent": intent, "entities": [], "text": None}
        events.append(
            UserUttered(
                text=None, intent=intent, entities=[], parse_data=parse_data, timestamp=state["said_at"]
            )
        )
    events += [SlotSet(name, value, timestamp=at) for name, value in state["slots"].items()]
    if state["form"]:
        events += [ActionExecuted(state["form"], timestamp=at), ActiveLoop(state["form"], timestamp=at)]
    return [*events, ActionExecuted(ACTION_LISTEN_NAME, timestamp=at)]


class MinimalTrackerStore(TrackerStore, SerializedTrackerAsText):
    """Rasa's view of `ConversationStore`.

    Rasa constructs it itself for `rasa shell` (see endpoints.yml); the application passes its own store.
    A failing database raises: nothing falls back to memory in silence.
    """

    def __init__(
        self,
        domain: Optional[Domain] = None,
        host: Optional[Text] = None,
        event_broker: Optional[EventBroker] = None,
        store: Optional[ConversationStore] = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain or Domain.empty(), event_broker)
        self._store = store or _store_from_environment()

    async def save(self, tracker: DialogueStateTracker) -> None:
        await asyncio.to_thread(self._store.write, tracker.sender_id, snapshot(tracker))

    async def retrieve(self, sender_id: Text) -> Optional[DialogueStateTracker]:
        state = await asyncio.to_thread(self._store.read, sender_id)
        if state is None:
            return None
        return DialogueStateTracker.from_events(sender_id, restored(state), self.domain.slots)

    async def keys(self) -> Iterable[Text]:
        return await asyncio.to_thread(self._store.pseudonyms)


def _store_from_environment() -> ConversationStore:
    from bot.privacy.keys import Keyring
    from bot.settings import Settings
    from bot.storage.engine import shared_engine
    from bot.storage.migrations import migrate_engine

    settings = Settings.from_environment()
    settings.home.mkdir(parents=True, exist_ok=True)
    migrate_engine(shared_engine(settings.database_url))
    return ConversationStore(shared_engine(settings.database_url), Keyring(settings.home))
