"""The directory as the assistant uses it: plain words in, results out, and the sample for trying it."""

from __future__ import annotations

import logging
from datetime import datetime, timezone
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.directory import models, sample
from bot.directory.freshness import Thresholds
from bot.directory.gaps import Gap, Gaps
from bot.directory.history import changes
from bot.directory.match import SearchResult
from bot.directory.places import Gazetteer, Place
from bot.directory.plain_words import Request, read_request
from bot.directory.query import Query
from bot.directory.search import Directory
from bot.storage.engine import session_factory

logger = logging.getLogger(__name__)

_CHOICE_LEVELS: Final = ("town", "camp")
"""Places people are offered to choose from; smaller ones are found by name."""


class LookUp:
    """Looks up services.

    Args:
        engine: the database; its tables must exist.
        zone: where opening hours are read. The fictional sample brings its own.
        thresholds: after how many days something counts as old; the usual ones by default.
    """

    def __init__(self, engine: Engine, zone: ZoneInfo, thresholds: Thresholds | None = None) -> None:
        self._thresholds = thresholds
        self._sessions = session_factory(engine)
        self._zone = zone
        self._gaps = Gaps(engine)

    @cached_property
    def _directory(self) -> Directory:
        zone = ZoneInfo(sample.TIMEZONE) if self.is_sample else self._zone
        return Directory(
            self._sessions,
            lambda: datetime.now(timezone.utc),
            local_zone=zone,
            thresholds=self._thresholds,
        )

    @cached_property
    def is_sample(self) -> bool:
        """Whether the directory holds the fictional country, which users must be told."""
        with self._sessions() as session:
            return session.get(models.Place, sample.COUNTRY_ID) is not None

    def load_sample_if_empty(self) -> int:
        """Fills an empty directory with the fictional sample; how many services were added. A directory that was
        ever changed is not empty, even when nothing is in it."""
        with self._sessions() as session:
            if session.execute(select(func.count()).select_from(models.Place)).scalar_one():
                return 0
            if session.execute(select(func.count()).select_from(changes)).scalar_one():
                return 0
            added = sample.load_sample(session, datetime.now(timezone.utc).date())
            session.commit()
        self.__dict__.pop("is_sample", None)
        return added

    def forget_sample(self) -> None:
        """Reads everything anew, after the sample was taken out."""
        for name in ("is_sample", "_directory"):
            self.__dict__.pop(name, None)

    def understand(self, message: str) -> Request:
        """What a message in plain words asks for."""
        return read_request(message, self._directory.gazetteer())

    def search(self, query: Query) -> SearchResult:
        """The services for a query, best first."""
        return self._directory.search(query)

    def search_for_somebody(self, query: Query) -> SearchResult:
        """As `search`, for a person who needs it: what is not found is counted, so that focal points see where
        help is missing."""
        result = self._directory.search(query)
        if result.place is not None and not query.offset:
            try:
                gazetteer, today = self._directory.gazetteer(), self._directory.now.date()
                self._gaps.count(query.need, result.place, result.scope, gazetteer, today)
            except SQLAlchemyError as error:
                # A count is never worth an answer.
                logger.error("a gap was not counted (%s)", type(error).__name__)
        return result

    def name_of(self, service_id: str) -> str | None:
        """What a service is called; None when there is none of this id."""
        with self._sessions() as session:
            name: str | None = session.execute(
                select(models.Service.__table__.c.name).where(models.Service.__table__.c.id == service_id)
            ).scalar_one_or_none()
        return name

    def gaps(self) -> list[tuple[Gap, str]]:
        """What was looked for in vain, each with the name of the area."""
        self._gaps.purge(self._directory.now.date())
        gazetteer = self._directory.gazetteer()
        named = [(gap, gazetteer.by_code(gap.area)) for gap in self._gaps.table()]
        return [(gap, area.name if area else gap.area) for gap, area in named]

    def gazetteer(self) -> Gazetteer:
        """The places as they are now."""
        return self._directory.gazetteer()

    def places_to_choose(self) -> tuple[Place, ...]:
        """Places to offer as buttons, when nobody has said where."""
        places = [place for place in self._directory.gazetteer() if place.level in _CHOICE_LEVELS]
        return tuple(sorted(places, key=lambda place: place.name))
