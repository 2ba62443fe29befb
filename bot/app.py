"""The composition root: builds every part of the application and connects them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, AsyncIterator, Callable, Dict, List, Optional

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from bot import knowledge as knowledge_module
from bot.assistant.training import current_model, train
from bot.encoding import choose_encoder
from bot.guidance.check import unreviewed_high_risk
from bot.guidance.loader import library
from bot.knowledge import Knowledge, build_knowledge
from bot.practice.cohorts.letters import Letters
from bot.practice.cohorts.members import Members
from bot.practice.cohorts.rechecks import Rechecks
from bot.practice.service import Practice
from bot.privacy.conversations import ConversationStore
from bot.privacy.keys import Keyring
from bot.processor import memory_available
from bot.settings import Settings
from bot.storage.engine import SessionFactory, session_factory, shared_engine
from bot.storage.migrations import migrate_engine
from bot.understanding.trained_moves import trained_moves
from bot.wording.renderer import Renderer

if TYPE_CHECKING:
    from bot.assistant.gateway import Gateway
    from bot.directory.upkeep.desk import Desk
    from bot.directory.upkeep.office import Office
    from bot.directory.upkeep.rounds import Rounds
    from bot.practice.cohorts.desk import TrainersDesk
    from bot.telegram.front_end import Notice, TelegramFrontEnd

logger = logging.getLogger(__name__)

PURGE_EVERY_SECONDS = 600
"""How often records past their retention time are deleted."""

ROUND_EVERY_SECONDS = 30
"""How often the directory is gone through: focal points hear of a dead number within a minute."""

MEMORY_FOR_BOTH = 6 * 1024**3
"""Bytes that have to be free to train the guide and the judge of practice at once."""

Progress = Callable[[str], None]


class CannotStart(RuntimeError):
    """The application must not start; the message is one sentence for the administrator."""


@dataclass(frozen=True)
class Foundation:
    """What works without Rasa: storage, keys and knowledge."""

    settings: Settings
    keyring: Keyring
    store: ConversationStore
    knowledge: Knowledge


def build_foundation(settings: Settings) -> Foundation:
    """Creates or migrates the database, loads the sample directory into an empty one, reads the guidance.

    Raises:
        CannotStart: the settings forbid to start with unreviewed wording, or a language has no texts.
    """
    if settings.require_reviewed:
        waiting = unreviewed_high_risk(library())
        if waiting:
            raise CannotStart(
                f"REQUIRE_REVIEWED is set, but {len(waiting)} high-risk texts still await review "
                "(disclosure-guide content status lists them)."
            )
    choose_encoder(settings)
    settings.home.mkdir(parents=True, exist_ok=True)
    migrate_engine(shared_engine(settings.database_url))
    knowledge = build_knowledge(settings)
    available = knowledge.renderer.texts.languages
    for language in knowledge.organisation.languages:
        if language not in available:
            raise CannotStart(
                f"organisation.yml offers the language “{language}”, but there are no texts in it "
                f"(there are: {', '.join(available)})."
            )
    knowledge.directory.load_sample_if_empty()
    keyring = Keyring(settings.home)
    return Foundation(
        settings, keyring, ConversationStore(shared_engine(settings.database_url), keyring), knowledge
    )


def ensure_model(settings: Settings, progress: Progress) -> Path:
    """The guide's model for the files as they are; it and the judge of practice are trained where there are none.

    Both at once where the memory allows: each by itself leaves one of two cores idle half of the time.
    """
    choose_encoder(settings)
    model = current_model(settings.models)
    if model is not None:
        trained_moves(settings.models, progress)
        return model
    progress("Training the models (once, some minutes) …")
    if (memory_available() or 0) < MEMORY_FOR_BOTH:
        model = train(settings.models)
    else:
        with ProcessPoolExecutor(1, get_context("spawn")) as beside:
            judge = beside.submit(_train_judge, settings)
            model = train(settings.models)
            with contextlib.suppress(BrokenProcessPool, MemoryError):  # it did not suffice after all
                judge.result()
    trained_moves(settings.models, progress)
    progress("Trained.")
    return model


def _train_judge(settings: Settings) -> None:
    choose_encoder(settings)
    trained_moves(settings.models, lambda sentence: None)


def build_gateway(foundation: Foundation, model: Path) -> Gateway:
    """Loads Rasa and builds the one door to the assistant."""
    from bot.assistant.gateway import Gateway
    from bot.assistant.loading import load_agent
    from bot.assistant.payloads import known_payloads

    knowledge = foundation.knowledge
    knowledge_module.use(knowledge)  # the actions run in this process
    return Gateway(
        agent=load_agent(model, foundation.store),
        store=foundation.store,
        keyring=foundation.keyring,
        payloads=known_payloads(knowledge.replies.library),
        replies=knowledge.replies,
        renderer=knowledge.renderer,
        waiting=knowledge.practice.invited,
        desk=build_trainers_desk(foundation).answer,
    )


def build_trainers_desk(foundation: Foundation) -> TrainersDesk:
    """The trainer's desk: figures of sessions, and changed judgements."""
    from bot.directory.upkeep.links import Links as OneTimeLinks
    from bot.practice.cohorts.desk import TrainersDesk
    from bot.practice.cohorts.overrides import Overrides
    from bot.practice.cohorts.results import Results
    from bot.web.results import results_link

    settings, keyring = foundation.settings, foundation.keyring
    engine = shared_engine(settings.database_url)
    links, knowledge = OneTimeLinks(session_factory(engine)), foundation.knowledge

    def make_link(code: str) -> Optional[str]:
        address = settings.page_address
        return results_link(address, links, code) if address else None

    return TrainersDesk(
        Members(engine, keyring),
        Results(engine, keyring),
        Overrides(engine, keyring),
        knowledge.practice.repertoire,
        knowledge.renderer,
        make_link,
    )


def build_office(foundation: Foundation) -> Office:
    """The upkeep of the directory."""
    from bot.directory.upkeep.office import Office
    from bot.directory.upkeep.wording import Wording
    from bot.knowledge import directory_seal
    from bot.people.invitations import People

    engine = shared_engine(foundation.settings.database_url)
    return Office(
        session_factory(engine),
        foundation.knowledge.directory,
        People(engine, foundation.keyring),
        foundation.keyring,
        directory_seal(foundation.keyring),
        Wording(foundation.knowledge.renderer.texts),
    )


def build_desk(foundation: Foundation, office: Office) -> Desk:
    """The directory's desk in a chat."""
    from bot.directory.upkeep.desk import Desk
    from bot.directory.upkeep.links import Links

    address = foundation.settings.public_url
    links = Links(office.sessions)

    def make_link(pseudonym: str, actor: str) -> str:
        return f"{address}/desk/{links.make(pseudonym, actor)}"

    return Desk(office, foundation.keyring, make_link if address else None)


class _Post:
    """Notices for people reached in Telegram: of the directory, and invitations to practise again."""

    def __init__(self, office: Office, calls: Callable[[], List[Notice]] = list) -> None:
        self._office = office
        self._calls = calls

    def take(self) -> List[Notice]:
        from bot.telegram.admission import CHANNEL
        from bot.telegram.front_end import Notice

        notices = [Notice(int(address), message) for address, message in self._office.take_notices(CHANNEL)]
        return [*notices, *self._calls()]


def practice_calls(rechecks: Rechecks, renderer: Renderer) -> List[Notice]:
    """The invitations to practise again that are due in Telegram; each is handed out once."""
    from bot.telegram.admission import CHANNEL
    from bot.telegram.front_end import Notice

    return [
        Notice(int(call.address), renderer.render(Practice.call(), call.language))
        for call in rechecks.take_calls(CHANNEL)
    ]


def build_telegram(foundation: Foundation, gateway: Gateway) -> Optional[TelegramFrontEnd]:
    """The Telegram front end; None when no token is set."""
    if foundation.settings.telegram is None:
        return None
    from bot.telegram.admission import Admission
    from bot.telegram.front_end import TelegramFrontEnd
    from bot.telegram.texts import Wording
    from bot.theatres import LateFrontEnd, SessionParcels, build_theatre

    knowledge, telegram = foundation.knowledge, foundation.settings.telegram
    engine = shared_engine(foundation.settings.database_url)
    office = build_office(foundation)
    late = LateFrontEnd()
    front_end = TelegramFrontEnd(
        telegram,
        gateway,
        engine,
        foundation.keyring,
        foundation.store,
        Wording(knowledge.renderer.texts, tuple(knowledge.organisation.languages)),
        Admission(office.people, telegram.by_invitation),
        desk=build_desk(foundation, office),
        post=_Post(
            office, partial(practice_calls, Rechecks(engine, foundation.keyring), knowledge.renderer)
        ),
        sessions=build_theatre(foundation, late.links(foundation), late.wake),
        parcels=SessionParcels(foundation),
    )
    late.front_end = front_end
    return front_end


def build_web(
    foundation: Foundation, gateway: Gateway, telegram: Optional[TelegramFrontEnd] = None
) -> Starlette:
    """The ASGI application: web chat, REST route, Telegram's webhook, and what runs beside them."""
    from bot.directory.upkeep.imports import Imports
    from bot.directory.upkeep.links import Links
    from bot.theatres import LateFrontEnd, build_foyer
    from bot.web.desk import desk_routes
    from bot.web.hsds import hsds_routes
    from bot.web.page import PageSettings
    from bot.web.rest import rest_routes
    from bot.web.results import results_routes
    from bot.web.routes import routes as web_routes
    from bot.web.sheet import sheet_routes

    settings = foundation.settings
    token: Optional[str] = settings.api_token
    office = build_office(foundation)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        beside = [
            asyncio.create_task(_purge_for_ever(foundation)),
            asyncio.create_task(_go_round_for_ever(build_rounds(foundation, office))),
        ]
        try:
            async with telegram.running() if telegram else contextlib.nullcontext():
                yield
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    page = PageSettings(
        languages=tuple(foundation.knowledge.organisation.languages),
        title=settings.page_title,
        exit_to=settings.exit_address,
        https=settings.https,
    )
    texts = foundation.knowledge.renderer.texts
    late = LateFrontEnd(telegram)
    joining = late.links(foundation)
    foyer = build_foyer(foundation, gateway, joining, late.wake)
    routes = [*web_routes(foyer, texts, page, post=foyer), *rest_routes(foyer, token)]
    routes += sheet_routes(joining, foyer.exists, texts, page.languages[0])
    links, keyring = Links(office.sessions), foundation.keyring
    desk = build_desk(foundation, office)
    routes += desk_routes(office, desk, links, Imports(office, keyring), settings.page_title, settings.https)
    routes += results_routes(
        build_trainers_desk(foundation), foundation.knowledge.renderer, links, settings.page_title, settings.https
    )
    routes += hsds_routes(_Services(office.sessions), settings.directory_tokens)
    if telegram is not None:
        routes += telegram.routes
    guard = Middleware(TrustedHostMiddleware, allowed_hosts=list(settings.hosts))
    return Starlette(routes=routes, lifespan=lifespan, middleware=[guard])


class _Services:
    """The directory for other systems."""

    def __init__(self, sessions: SessionFactory) -> None:
        self._sessions = sessions

    def count(self, modified_after: Optional[datetime]) -> int:
        from bot.directory.exchange import hsds

        with self._sessions() as session:
            return hsds.count(session, modified_after)

    def page(self, modified_after: Optional[datetime], limit: int, offset: int) -> List[Dict[str, Any]]:
        from bot.directory.exchange import hsds

        with self._sessions() as session:
            return hsds.services(session, modified_after, limit, offset)

    def one(self, service_id: str) -> Optional[Dict[str, Any]]:
        from bot.directory.exchange import hsds

        with self._sessions() as session:
            return hsds.service(session, service_id)


def build_rounds(foundation: Foundation, office: Office) -> Rounds:
    """What is done for the directory again and again."""
    from bot.directory.upkeep.rounds import Post, Rounds
    from bot.mail import Mailer

    mail, address = foundation.settings.mail, foundation.settings.public_url
    return Rounds(office, Post(Mailer(mail).send, address) if mail and address else None)


async def _go_round_for_ever(rounds: Rounds) -> None:
    while True:
        try:
            await asyncio.to_thread(rounds.run)
        except Exception as error:
            logger.error("a round through the directory failed with %s", type(error).__name__)
        await asyncio.sleep(ROUND_EVERY_SECONDS)


def purge_practice(foundation: Foundation) -> None:
    """Drops invitations nobody took up, and what is kept of practice past its time."""
    engine = shared_engine(foundation.settings.database_url)
    Letters(engine, foundation.keyring).purge()
    Rechecks(engine, foundation.keyring).purge()
    Members(engine, foundation.keyring).purge()


async def _purge_for_ever(foundation: Foundation) -> None:
    hours = foundation.knowledge.organisation.retention_hours
    while True:
        try:
            gone = await asyncio.to_thread(foundation.store.purge, hours)
            await asyncio.to_thread(purge_practice, foundation)
            if gone:
                logger.info("purged %d conversations older than %d hours", gone, hours)
        except Exception as error:
            logger.error("the purge failed with %s", type(error).__name__)
        await asyncio.sleep(PURGE_EVERY_SECONDS)
