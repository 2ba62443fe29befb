"""Loads the Rasa agent with our own parts in place of Rasa's defaults, and fails closed."""

from __future__ import annotations

from pathlib import Path

from rasa.core.agent import Agent
from rasa.core.lock_store import InMemoryLockStore

from bot.assistant import compat
from bot.assistant.actions_in_process import InProcessActions
from bot.assistant.nlg import ContentNLG
from bot.assistant.tracker_store import MinimalTrackerStore
from bot.privacy.conversations import ConversationStore


class AssistantNotReady(RuntimeError):
    """The assistant cannot be started safely; the message says why."""


def load_agent(model: Path, store: ConversationStore) -> Agent:
    """The agent, ready to answer.

    Raises:
        AssistantNotReady: the model cannot be loaded, an action is missing, or Rasa put another tracker
            store in the place of ours.
    """
    compat.apply()
    endpoint = InProcessActions()
    tracker_store = MinimalTrackerStore(store=store)
    try:
        agent = Agent.load(
            model,
            generator=ContentNLG(),
            tracker_store=tracker_store,
            lock_store=InMemoryLockStore(),
            action_endpoint=endpoint,
        )
    except Exception as error:
        raise AssistantNotReady(
            f"The model {model.name} cannot be loaded ({type(error).__name__})."
        ) from error
    _fail_closed(agent, tracker_store)
    assert agent.domain is not None
    named = {name for name in agent.domain.user_actions if not name.startswith("utter_")}
    missing = named - endpoint.names
    if missing:
        raise AssistantNotReady(f"domain.yml names actions that do not exist: {', '.join(sorted(missing))}.")
    return agent


def _fail_closed(agent: Agent, tracker_store: MinimalTrackerStore) -> None:
    """Takes Rasa's fail-safe wrapper off: it would go on in memory when the database fails, and forget."""
    assert agent.processor is not None
    tracker_store.domain = agent.processor.domain
    agent.tracker_store = tracker_store
    agent.processor.tracker_store = tracker_store
    if type(agent.processor.tracker_store) is not MinimalTrackerStore:
        raise AssistantNotReady("Rasa replaced the tracker store.")
