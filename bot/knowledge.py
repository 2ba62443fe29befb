"""Everything the actions draw on, built once: guidance, directory, the organisation's rules.

The composition root (`bot.app`) builds it with the application's settings; `rasa run actions`, which starts
the actions alone, builds it from the environment on first use.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import List
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Engine

from bot.directory.freshness import Thresholds
from bot.directory.history import Seal
from bot.directory.lookup import LookUp
from bot.directory.upkeep.reports import Reports
from bot.guidance.loader import library
from bot.guidance.organisation import LocalWording, Organisation, read_organisation, rule_facts
from bot.guidance.pathway import Pathway
from bot.guidance.replies import Replies
from bot.guidance.situation import Situation
from bot.practice.cohorts.members import Members
from bot.practice.cohorts.overrides import Overrides
from bot.practice.cohorts.rechecks import Rechecks
from bot.practice.cohorts.records import Records
from bot.practice.cohorts.results import Results
from bot.practice.reading import LazyJudge
from bot.practice.repertoire import Repertoire
from bot.practice.service import Practice
from bot.practice.service import texts as practice_texts
from bot.practice.theatre.wording import theatre_texts
from bot.privacy.keys import Keyring
from bot.settings import Settings
from bot.storage.engine import session_factory, shared_engine
from bot.wording.catalogue import Texts, read_translations
from bot.wording.renderer import Renderer

_SEAL_CHANNEL = "directory"


def directory_seal(keyring: Keyring) -> Seal:
    """The keyed hash that seals the directory's history and hides who reported."""
    return partial(keyring.pseudonym, _SEAL_CHANNEL)


def practice_records(engine: Engine, keyring: Keyring) -> Records:
    """What people keep of their own practice."""
    return Records(
        Members(engine, keyring),
        Results(engine, keyring),
        Rechecks(engine, keyring),
        Overrides(engine, keyring),
    )


LOCALES = Path(__file__).parent / "guidance" / "locales"


@dataclass(frozen=True)
class Knowledge:
    """The services behind the actions."""

    organisation: Organisation
    situation: Situation
    pathway: Pathway
    replies: Replies
    renderer: Renderer
    directory: LookUp
    reports: Reports
    practice: Practice
    judge: LazyJudge


def build_knowledge(settings: Settings) -> Knowledge:
    """Builds the services from the settings.

    Raises:
        OrganisationError: organisation.yml is not valid.
        ContentError: the guidance content is not valid.
        ScenarioError: a practice scenario is not valid.
    """
    guidance = library()
    organisation = read_organisation(settings.organisation_file)
    engine = shared_engine(settings.database_url)
    repertoire = Repertoire.of(settings.scenarios)
    english = {**guidance.texts, **practice_texts(repertoire), **theatre_texts()}
    texts = Texts(english, read_translations(LOCALES))
    judge = LazyJudge(settings.models)
    keyring = Keyring(settings.home)
    return Knowledge(
        organisation=organisation,
        situation=Situation(guidance, rule_facts(organisation)),
        pathway=Pathway(guidance),
        replies=Replies(guidance),
        renderer=Renderer(texts, LocalWording(organisation, texts)),
        directory=LookUp(engine, ZoneInfo(settings.time_zone), _thresholds(organisation)),
        reports=Reports(session_factory(engine), directory_seal(keyring)),
        practice=Practice(repertoire, judge, practice_records(engine, keyring)),
        judge=judge,
    )


def _thresholds(organisation: Organisation) -> Thresholds:
    days = organisation.directory_fresh_for
    return Thresholds(days.existence_days, days.phone_days, days.hours_days)


_in_use: List[Knowledge] = []


def use(knowledge: Knowledge) -> None:
    """Makes `knowledge` the one the actions draw on."""
    _in_use[:] = [knowledge]


def knowledge() -> Knowledge:
    """The knowledge in use, built from the environment when nobody has set it."""
    if not _in_use:
        use(build_knowledge(Settings.from_environment()))
    return _in_use[0]
