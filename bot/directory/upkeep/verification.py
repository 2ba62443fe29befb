"""Asks owners whether their service is still right: every month, sooner when it is in doubt.

One question at a time for each service, answered with one tap: still right, changed, closed, not mine. After two
silences the question goes to the focal points. What an owner says takes effect at once where it errs on the side of
caution; everything else is for the focal points to decide.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, get_args

import sqlalchemy as sa

from bot.directory import models
from bot.directory.base import utc_now
from bot.directory.changes import Changes, Refusal, new_code
from bot.directory.upkeep.reports import Reports
from bot.directory.upkeep.tables import verifications
from bot.people.tables import grants
from bot.storage.engine import SessionFactory

Answer = Literal["right", "changed", "closed", "not_mine"]
ANSWERS: Final[tuple[Answer, ...]] = get_args(Answer)

EVERY_DAYS: Final = 30
PATIENCE_DAYS: Final = 7
"""Days after which a silence counts."""
TRIES: Final = 2

OWNER: Final = "owner"
"""The role of whoever is asked; its area is the service's id."""

TOKEN_BYTES: Final = 16
KEPT_DAYS: Final = 365


@dataclass(frozen=True)
class Question:
    """A question to put to an owner: `token` opens the page where it is answered, and is known only now."""

    id: str
    service_id: str
    token: str
    tries: int
    pseudonyms: tuple[str, ...]
    email: str | None


@dataclass(frozen=True)
class Open:
    """A question that waits for an answer, or was answered or passed on."""

    id: str
    service_id: str
    state: str
    asked_at: datetime
    tries: int


class Verification:
    """Questions to owners. Every method blocks.

    Args:
        sessions: the database.
        changes: the door for changes.
        reports: what staff found, which an answer settles.
        clock: the present.
    """

    def __init__(
        self,
        sessions: SessionFactory,
        changes: Changes,
        reports: Reports,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._sessions = sessions
        self._changes = changes
        self._reports = reports
        self._clock = clock

    def owned_by(self, pseudonym: str) -> tuple[str, ...]:
        """Ids of the services a person is asked about."""
        query = sa.select(grants.c.area).where(grants.c.role == OWNER, grants.c.pseudonym == pseudonym)
        with self._sessions() as session:
            return tuple(session.execute(query.order_by(grants.c.area)).scalars())

    def questions(self, most: int = 50) -> list[Question]:
        """Questions to put now: new ones, and those to be put a second time. Each is handed out once."""
        now = self._clock()
        found = []
        with self._sessions() as session, session.begin():
            for row in session.execute(_unasked(now)).all()[:most]:
                pseudonyms = self._owners(session, row.id)
                if not pseudonyms and not row.assurer_email:
                    continue
                identity, token = new_code(), secrets.token_urlsafe(TOKEN_BYTES)
                session.execute(
                    sa.insert(verifications).values(
                        id=identity,
                        service_id=row.id,
                        token_hash=hash_of(token),
                        asked_at=now,
                        tries=1,
                        state="open",
                    )
                )
                found.append(Question(identity, row.id, token, 1, pseudonyms, row.assurer_email))
            for row in session.execute(_silent(now)).all()[: most - len(found)]:
                if row.tries >= TRIES:
                    continue
                token = secrets.token_urlsafe(TOKEN_BYTES)
                taken = session.execute(
                    sa.update(verifications)
                    .where(verifications.c.id == row.id, verifications.c.tries == row.tries)
                    .values(token_hash=hash_of(token), asked_at=now, tries=row.tries + 1)
                )
                if taken.rowcount:
                    pseudonyms = self._owners(session, row.service_id)
                    found.append(
                        Question(row.id, row.service_id, token, row.tries + 1, pseudonyms, row.assurer_email)
                    )
        return found

    def escalations(self) -> list[str]:
        """Services whose owner has been silent too often; each is named once."""
        now = self._clock()
        found = []
        with self._sessions() as session, session.begin():
            for row in session.execute(_silent(now)).all():
                if row.tries < TRIES:
                    continue
                taken = session.execute(
                    sa.update(verifications)
                    .where(verifications.c.id == row.id, verifications.c.state == "open")
                    .values(state="escalated")
                )
                if taken.rowcount:
                    found.append(row.service_id)
        return found

    def by_token(self, token: str) -> Open | None:
        """The question a link leads to."""
        return self._one(verifications.c.token_hash == hash_of(token))

    def get(self, identity: str) -> Open | None:
        return self._one(verifications.c.id == identity)

    def unanswered(self) -> list[Open]:
        """Questions that wait, and those passed on, the oldest first."""
        query = sa.select(verifications).where(verifications.c.state.in_(("open", "escalated")))
        with self._sessions() as session:
            return [_open(row) for row in session.execute(query.order_by(verifications.c.asked_at))]

    def answer(self, identity: str, answer: Answer, actor: str, pseudonym: str | None = None) -> Open:
        """Takes an answer. `changed` and `not_mine` leave the service as it is, for a focal point to look at.

        Raises:
            Refusal: the question is answered already, or the person is not its owner any more.
            ValueError: no such answer.
        """
        if answer not in ANSWERS:
            raise ValueError(f"no such answer: {answer}")
        question = self.get(identity)
        if question is None or question.state == "answered":
            raise Refusal("this question is answered already")
        if pseudonym is not None and pseudonym not in self._owners_of(question.service_id):
            raise Refusal("you are not asked about this service any more")
        with self._sessions() as session, session.begin():
            taken = session.execute(
                sa.update(verifications)
                .where(verifications.c.id == identity, verifications.c.state != "answered")
                .values(state="answered", answer=answer, answered_at=self._clock())
            )
        if not taken.rowcount:
            raise Refusal("this question is answered already")
        if answer == "right":
            self._changes.confirm(question.service_id, actor, "the owner says it is still right")
            self._reports.clear(question.service_id)
        elif answer == "closed":
            self._changes.edit(
                question.service_id,
                {"status": "inactive"},
                actor,
                "the owner says it is closed",
                action="close",
            )
        elif answer == "not_mine":
            self._disown(question.service_id, pseudonym, actor)
        return question

    def settle(self, service_id: str) -> None:
        """Ends an open question, because a focal point has looked."""
        with self._sessions() as session, session.begin():
            session.execute(
                sa.update(verifications)
                .where(verifications.c.service_id == service_id, verifications.c.state != "answered")
                .values(state="answered", answer="right", answered_at=self._clock())
            )

    def purge(self) -> None:
        before = self._clock() - timedelta(days=KEPT_DAYS)
        with self._sessions() as session, session.begin():
            session.execute(sa.delete(verifications).where(verifications.c.asked_at < before))

    def _disown(self, service_id: str, pseudonym: str | None, actor: str) -> None:
        if pseudonym is None:
            self._changes.edit(
                service_id, {"assurer_email": None}, actor, "the person asked says it is not theirs"
            )
            return
        with self._sessions() as session, session.begin():
            session.execute(sa.delete(grants).where(*_owning(service_id), grants.c.pseudonym == pseudonym))

    def _owners_of(self, service_id: str) -> tuple[str, ...]:
        with self._sessions() as session:
            return self._owners(session, service_id)

    def _owners(self, session: Any, service_id: str) -> tuple[str, ...]:
        query = sa.select(grants.c.pseudonym).where(*_owning(service_id)).distinct()
        return tuple(session.execute(query.order_by(grants.c.pseudonym)).scalars())

    def _one(self, condition: Any) -> Open | None:
        with self._sessions() as session:
            row = session.execute(sa.select(verifications).where(condition)).first()
        return _open(row) if row else None


def _owning(service_id: str) -> tuple[Any, ...]:
    return grants.c.role == OWNER, grants.c.area == service_id


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _unasked(now: datetime) -> Any:
    """Active services without a recent or open question that were not assured of late, or are in doubt."""
    service = models.Service.__table__
    since = now - timedelta(days=EVERY_DAYS)
    asked = sa.select(verifications.c.service_id).where(
        sa.or_(verifications.c.state == "open", verifications.c.asked_at > since)
    )
    asked_in_doubt = sa.select(verifications.c.service_id).where(
        sa.or_(
            verifications.c.state == "open", verifications.c.asked_at > now - timedelta(days=PATIENCE_DAYS)
        )
    )
    owned = sa.select(grants.c.area).where(grants.c.role == OWNER)
    old = sa.or_(service.c.assured_date.is_(None), service.c.assured_date <= since.date())
    return (
        sa.select(service.c.id, service.c.assurer_email)
        .where(
            service.c.status == "active",
            sa.or_(service.c.assurer_email.is_not(None), service.c.id.in_(owned)),
            sa.or_(
                sa.and_(old, service.c.id.not_in(asked)),
                sa.and_(service.c.doubt.is_not(None), service.c.id.not_in(asked_in_doubt)),
            ),
        )
        .order_by(service.c.doubt.is_(None), service.c.assured_date, service.c.id)
    )


def _silent(now: datetime) -> Any:
    service = models.Service.__table__
    return (
        sa.select(verifications, service.c.assurer_email)
        .join(service, service.c.id == verifications.c.service_id)
        .where(
            verifications.c.state == "open", verifications.c.asked_at <= now - timedelta(days=PATIENCE_DAYS)
        )
        .order_by(verifications.c.asked_at)
    )


def _open(row: Any) -> Open:
    return Open(row.id, row.service_id, row.state, row.asked_at, row.tries)
