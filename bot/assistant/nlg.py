"""Rasa's natural language generation, done here: replies of text ids become text in the user's language."""

from __future__ import annotations

from typing import Any, Dict, Optional, Text

from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.knowledge import knowledge
from bot.wording.reply import Reply

REPLY = "reply"
"""The one response name actions utter; its `reply` argument holds what to say."""


class ContentNLG(NaturalLanguageGenerator):
    """Renders a `Reply`; any other response name yields nothing, so no text can slip past the content."""

    def __init__(self, endpoint_config: Optional[EndpointConfig] = None, domain: Any = None) -> None:
        super().__init__()

    async def generate(
        self, utter_action: Text, tracker: DialogueStateTracker, output_channel: Text, **kwargs: Any
    ) -> Optional[Dict[Text, Any]]:
        if utter_action != REPLY or "reply" not in kwargs:
            return None
        language = tracker.get_slot("language") or "en"
        message = knowledge().renderer.render(Reply.from_json(kwargs["reply"]), language)
        buttons = [{"title": button.title, "payload": button.payload} for button in message.buttons]
        return {"text": message.text, "buttons": buttons}
