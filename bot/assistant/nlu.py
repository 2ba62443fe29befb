"""The Rasa NLU pipeline: signals, topics, and the gate that turns both into one intent.

The components are thin: they translate between Rasa's messages and `bot.understanding`.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.assistant.gate import decide
from bot.assistant.model_file import MODEL_FILE, SIGNAL_MODEL_FILE
from bot.encoding import choose_encoder
from bot.settings import ROOT, Settings
from bot.understanding.concept_features import concept_ids
from bot.understanding.detection import detect
from bot.understanding.evidence import gather_unread
from bot.understanding.labelled import DEVELOPMENT, read_folder
from bot.understanding.noticing import notice
from bot.understanding.reading import RANKED, TOPIC_PREFIX, interpret
from bot.understanding.signal_model import SAID_IN_PASSING, SignalModel, read_examples
from bot.understanding.signals import Signal
from bot.understanding.topics import Labelled, Ranked, TopicModel

SIGNAL_DATA = ROOT / "data" / "signals"
SPEAK_OF_NOTHING = frozenset(
    {"out_of_scope", "thanks", "goodbye", "greet", "help", "next", "repeat", "change_language"}
)
"""Intents whose messages hold no sign of anything, unless a rule sees one."""
CALM_TOPICS = frozenset(
    f"{TOPIC_PREFIX}{topic}"
    for topic in (
        *("secrecy_request", "secrecy_already_promised", "declines_services", "interpreter", "enumerator_survey"),
        *("wants_compensation", "media_request", "written_disclosure", "no_network", "asks_if_believed"),
        *("protects_accused", "knows_survivor", "doubts_story", "happened_long_ago", "wants_police"),
        *("silent_or_crying", "physical_comfort", "same_gender_responder", "wants_me_to_fix_it", "define_sea"),
        *("sea_or_harassment", "survivor_centred_principles", "survivor_rights", "my_role", "what_to_say"),
        *("what_not_to_say", "questions_not_to_ask", "confidentiality_limits", "mandatory_reporting"),
        *("refuses_report", "consent_how", "consent_withdrawn", "report_how", "report_content", "report_deadline"),
        *("report_anonymous", "after_report", "investigation", "investigation_duration", "case_closed"),
        *("longer_term_assistance", "note_taking", "warm_referral", "no_service_available", "focal_point_role"),
        *("specialist_roles", "transport_and_costs", "self_care", "talk_to_colleagues", "chat_privacy"),
        "returns_later",
    )
)
"""Topics that are asked about without anything urgent: their messages show the second net what secrecy, tears and
silence sound like when nobody is in danger."""

NATURAL_FILES = "natural*.jsonl"
"""Messages such as people naturally type, none of them written to be hard."""

CALIBRATION_FILES = "signals_[234].jsonl"
"""Development messages from which it is chosen when a sign is raised: rules fit the others too well."""

ORDINARY_FILES = "signals_ordinary*.jsonl"
"""Development messages such as most are, for the same."""

QUIET_STEP = 3
"""Of how many such messages one is shown to the second net, and one measured with: the rules must read each."""

SIGNALS = "disclosure_signals"
READING = "disclosure_ranked"
ASK_BACK_BELOW = "disclosure_ask_back_below"


def _quiet(labelled: Labelled) -> list[str]:
    """The messages that speak of nothing urgent."""
    return [text for text, label in labelled if text and label in SPEAK_OF_NOTHING | CALM_TOPICS]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class SignalExtractor(GraphComponent, EntityExtractorMixin):  # type: ignore[misc]
    """Notices signals in every message, before and apart from the topic classifier."""

    def __init__(
        self, model_storage: ModelStorage, resource: Resource, model: Optional[SignalModel] = None
    ) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SignalExtractor:
        choose_encoder(Settings.from_environment())
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SignalExtractor:
        choose_encoder(Settings.from_environment())
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, SignalModel.load(folder / SIGNAL_MODEL_FILE))

    def train(self, training_data: TrainingData) -> Resource:
        """Trains the second net; other messages show it what holds no sign."""
        labelled = [(e.get(TEXT), e.get(INTENT_RESPONSE_KEY) or e.get(INTENT)) for e in training_data.intent_examples]
        examples, quiet = read_examples(SIGNAL_DATA), _quiet(labelled)[::QUIET_STEP]
        development = read_examples(DEVELOPMENT, CALIBRATION_FILES)
        # Nobody has labelled what questions say in passing: as though all did, they count for none of these signs.
        questions = [(text, SAID_IN_PASSING) for text in _quiet(read_folder(DEVELOPMENT))[::QUIET_STEP]]
        ordinary = [*read_examples(DEVELOPMENT, ORDINARY_FILES), *questions]
        natural = {text for text, _ in read_examples(SIGNAL_DATA, NATURAL_FILES)}
        self._model = SignalModel.train(examples, quiet, gather_unread, development, ordinary, natural)
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder / SIGNAL_MODEL_FILE)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            text = message.get(TEXT) or ""
            signals = notice(text, detect(text), self._model)
            message.set(SIGNALS, signals)
            entities = [
                {
                    "entity": "doubt" if s.is_doubtful else "signal",
                    "value": s.id,
                    "start": s.start,
                    "end": s.end,
                    "confidence_entity": 1.0,
                }
                for s in signals
            ]
            message.set(
                ENTITIES, message.get(ENTITIES, []) + self.add_extractor_name(entities), add_to_output=True
            )
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(GraphComponent, IntentClassifier):
    """Ranks topics, controls and out-of-scope with `TopicModel`."""

    def __init__(
        self, model_storage: ModelStorage, resource: Resource, model: Optional[TopicModel] = None
    ) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TopicClassifier:
        choose_encoder(Settings.from_environment())
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TopicClassifier:
        choose_encoder(Settings.from_environment())
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, TopicModel.load(folder / MODEL_FILE, concept_ids))

    def train(self, training_data: TrainingData) -> Resource:
        examples = [
            (e.get(TEXT), e.get(INTENT_RESPONSE_KEY) or e.get(INTENT))
            for e in training_data.intent_examples
            if e.get(TEXT)
        ]
        self._model = TopicModel.train(examples, read_folder(DEVELOPMENT), concept_ids)
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder / MODEL_FILE)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            text = message.get(TEXT)
            ranked = self._model.rank(text, most=RANKED) if text and self._model else ()
            message.set(READING, ranked)
            message.set(ASK_BACK_BELOW, self._model.ask_back_below if self._model else 0.0)
            ranking = [{"name": r.label, "confidence": r.confidence} for r in ranked[:10]]
            message.set(
                INTENT, ranking[0] if ranking else {"name": None, "confidence": 0.0}, add_to_output=True
            )
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class DialogueGate(GraphComponent, IntentClassifier):
    """Turns signals and ranked labels into the one intent the dialogue acts on; see `bot.assistant.gate`."""

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DialogueGate:
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            text = message.get(TEXT) or ""
            ranked: tuple[Ranked, ...] = message.get(READING) or ()
            signals: tuple[Signal, ...] = message.get(SIGNALS) or ()
            reading = interpret(text, detect(text), ranked, message.get(ASK_BACK_BELOW) or 0.0, signals)
            decision = decide(reading)
            entities = [
                {"entity": name, "value": value, "start": 0, "end": 0, "extractor": "DialogueGate"}
                for name, value in decision.entities
            ]
            message.set(ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True)
            confidence = ranked[0].confidence if ranked else 0.0
            message.set(INTENT, {"name": decision.intent, "confidence": confidence}, add_to_output=True)
        return messages
