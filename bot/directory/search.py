"""Looks up services: the way from a query to what is shown.

    query ─► place (places.py) ─► one inquiry (inquiry.py) ─► SearchResult (match.py)

Only the page that is shown is loaded in full. A search opens one session, writes nothing and logs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.directory import models
from bot.directory.codes import PlaceState
from bot.directory.freshness import Thresholds
from bot.directory.inquiry import Inquiry, Setting
from bot.directory.match import SearchResult
from bot.directory.places import SURE_SCORE, Candidate, Gazetteer, Resolution, load_gazetteer
from bot.directory.query import Query
from bot.storage.engine import SessionFactory

_RECHECK: Final = timedelta(seconds=30)
"""How often the gazetteer is compared with the database: a renamed place is known by then."""


class Directory:
    """The directory of services, for reading. Safe to share between threads.

    `clock` returns the present as an aware instant; `local_zone` is where opening hours are read.
    """

    def __init__(
        self,
        session_factory: SessionFactory,
        clock: Callable[[], datetime],
        *,
        local_zone: ZoneInfo | None = None,
        thresholds: Thresholds | None = None,
    ) -> None:
        self._sessions = session_factory
        self._clock = clock
        self._zone = local_zone or ZoneInfo("UTC")
        self._thresholds = thresholds or Thresholds()
        self._gazetteer = Gazetteer(())
        self._stamp: object = None
        self._checked: datetime | None = None

    def search(self, query: Query) -> SearchResult:
        """The entries for a query, best first, `query.limit` of them from `query.offset` on."""
        with self._sessions() as session:
            gazetteer = self._current_gazetteer(session)
            state, resolution = _understand_place(gazetteer, query)
            if state == "ambiguous":
                tied = tuple(candidate.place for candidate in resolution.tied)
                return SearchResult((), None, tied, "none", False, state)
            place = resolution.best.place if resolution.best else None
            setting = Setting(session, gazetteer, self.now, self._zone, self._thresholds)
            return Inquiry(setting, query, place, state).answer()

    def resolve_place(self, text: str) -> Resolution:
        """The places a text may name."""
        return self.gazetteer().resolve(text)

    def gazetteer(self) -> Gazetteer:
        """The places as they are now."""
        with self._sessions() as session:
            return self._current_gazetteer(session)

    def refresh(self) -> None:
        """Forget the gazetteer, after places were changed by this process."""
        self._checked = self._stamp = None

    @property
    def now(self) -> datetime:
        """The present, in local time."""
        return self._clock().astimezone(self._zone)

    def _current_gazetteer(self, session: Session) -> Gazetteer:
        now = self._clock()
        if self._checked is None or not timedelta(0) <= now - self._checked < _RECHECK:
            column = models.Place.__table__.c
            stamp = tuple(session.execute(select(func.count(), func.max(column.last_modified))).one())
            if stamp != self._stamp:
                self._gazetteer = load_gazetteer(session)
            self._stamp, self._checked = stamp, now
        return self._gazetteer


def _understand_place(gazetteer: Gazetteer, query: Query) -> tuple[PlaceState, Resolution]:
    if query.place is None or not query.place.strip():
        if query.position and (nearest := gazetteer.nearest(*query.position)):
            return "found", Resolution((Candidate(nearest, 100.0, "code"),))
        return "not_given", Resolution()
    resolution = gazetteer.resolve(query.place)
    if resolution.best is None:
        return "unknown", resolution
    if resolution.ambiguous:
        return "ambiguous", resolution
    return ("found" if resolution.best.score >= SURE_SCORE else "guessed"), resolution
