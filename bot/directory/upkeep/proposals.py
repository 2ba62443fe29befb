"""Changes that a second person approves, because a wrong one sends somebody to a wrong or to a hidden door."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.directory.base import utc_now
from bot.directory.changes import Changes, Conflict, Made, Refusal, first_reason, new_code
from bot.directory.record import SENSITIVE, Json, Record, difference, new_service_id
from bot.directory.record_reading import read_record
from bot.directory.upkeep.tables import proposals
from bot.storage.engine import SessionFactory

OPEN_DAYS: Final = 30
"""Days a proposal waits; what nobody approved by then is let go."""


@dataclass(frozen=True)
class Editor:
    """Somebody who edits: a pseudonym, to tell people apart, and what the history calls them."""

    pseudonym: str
    actor: str


@dataclass(frozen=True)
class Proposal:
    """A change that waits. `service_id` is empty when a service is to be added."""

    id: str
    service_id: str
    wanted: Json
    seen: Json
    proposer: str
    actor: str
    why: str
    at: datetime


class Proposals:
    """Proposals. Every method blocks.

    Args:
        sessions: the database.
        changes: the door for changes.
        clock: the present.
    """

    def __init__(
        self, sessions: SessionFactory, changes: Changes, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._sessions = sessions
        self._changes = changes
        self._clock = clock

    def edit(
        self, service_id: str, values: Mapping[str, Any], seen: Mapping[str, Any], by: Editor, why: str,
        always: bool = False,
    ) -> Made | Proposal | None:  # fmt: skip
        """Changes a service, or proposes it when the change is sensitive (`always`: in any case). None when the
        service says so already.

        Raises:
            Refusal: the values do not fit, or somebody else changed the same field.
        """
        with self._sessions() as session:
            record = read_record(session, service_id)
        if record is None:
            raise Refusal("there is no such service any more")
        present = record.values()
        for field, value in seen.items():
            if present[field] != value:
                raise Conflict(field, present[field])
        changed = _checked(record, values)
        fields = difference(record, changed)
        if not fields:
            return None
        if not always and not SENSITIVE & set(fields):
            return self._changes.edit(service_id, values, by.actor, why, seen)
        return self._keep(service_id, values, {field: present[field] for field in values}, by, why)

    def add(self, record: Record, by: Editor, why: str) -> Proposal:
        """Proposes a new service: its phone and its door are sensitive like any other's.

        Raises:
            Refusal: it is there already.
        """
        with self._sessions() as session:
            if read_record(session, new_service_id(record)) is not None:
                raise Refusal(f"“{record.name}” of {record.organization} is there already")
        return self._keep("", record.values(), {}, by, why)

    def waiting(self, service_id: str | None = None) -> list[Proposal]:
        """Open proposals, the oldest first."""
        query = sa.select(proposals).where(proposals.c.state == "open", proposals.c.at > self._oldest())
        if service_id is not None:
            query = query.where(proposals.c.service_id == service_id)
        with self._sessions() as session:
            return [_proposal(row) for row in session.execute(query.order_by(proposals.c.at))]

    def get(self, code: str) -> Proposal:
        """An open proposal.

        Raises:
            Refusal: there is none of this code, or it is decided.
        """
        with self._sessions() as session:
            return self._open(session, code)

    def approve(self, code: str, by: Editor) -> Made:
        """Does what was proposed.

        Raises:
            Refusal: it is one's own, or decided, or the service was changed since.
        """
        with self._sessions() as session:
            proposal = self._open(session, code)
        if proposal.proposer == by.pseudonym:
            raise Refusal("somebody else must approve what you proposed")
        actor = f"{proposal.actor}, approved by {by.actor}"[:60]
        if not proposal.service_id:
            made: Made | None = self._changes.add(Record.parse_obj(proposal.wanted), actor, proposal.why)
        else:
            wanted = self._confirmed(proposal)
            made = self._changes.edit(proposal.service_id, wanted, actor, proposal.why, proposal.seen)
        self._decide(code, "approved", by)
        if made is None:
            raise Refusal("the service says so already")
        return made

    def refuse(self, code: str, by: Editor) -> Proposal:
        """Lets a proposal go; whoever made it may take it back this way too.

        Raises:
            Refusal: it is decided.
        """
        with self._sessions() as session:
            proposal = self._open(session, code)
        self._decide(code, "refused", by)
        return proposal

    def _confirmed(self, proposal: Proposal) -> Json:
        """What two people say is so counts as confirmed today, but only that."""
        with self._sessions() as session:
            record = read_record(session, proposal.service_id)
        if record is None:
            raise Refusal("there is no such service any more")
        if "phones" not in proposal.wanted:
            return proposal.wanted
        today = self._clock().date()
        days = record.unconfirmed("phone").confirmed(today, "phone").values()
        names = ("assured_date", "existence_verified", "phone_verified", "hours_verified")
        return {**proposal.wanted, **{name: days[name] for name in names}}

    def _keep(
        self, service_id: str, wanted: Mapping[str, Any], seen: Mapping[str, Any], by: Editor, why: str
    ) -> Proposal:
        proposal = Proposal(
            new_code(), service_id, dict(wanted), dict(seen), by.pseudonym, by.actor, why[:400], self._clock()
        )
        with self._sessions() as session, session.begin():
            session.execute(
                sa.insert(proposals).values(
                    id=proposal.id,
                    service_id=service_id,
                    wanted=json.dumps(wanted, ensure_ascii=False, default=str),
                    seen=json.dumps(seen, ensure_ascii=False, default=str),
                    proposer=by.pseudonym,
                    actor=by.actor,
                    why=proposal.why,
                    at=proposal.at,
                    state="open",
                )
            )
        return proposal

    def _open(self, session: Session, code: str) -> Proposal:
        row = session.execute(sa.select(proposals).where(proposals.c.id == code.upper())).first()
        if row is None:
            raise Refusal(f"there is no proposal {code}")
        if row.state != "open" or row.at <= self._oldest():
            state = "is decided already" if row.state != "open" else "is too old"
            raise Refusal(f"the proposal {code} {state}")
        return _proposal(row)

    def _decide(self, code: str, state: str, by: Editor) -> None:
        with self._sessions() as session, session.begin():
            session.execute(
                sa.update(proposals)
                .where(proposals.c.id == code.upper(), proposals.c.state == "open")
                .values(state=state, decided_by=by.actor, decided_at=self._clock())
            )

    def _oldest(self) -> datetime:
        return self._clock() - timedelta(days=OPEN_DAYS)


def _checked(record: Record, values: Mapping[str, Any]) -> Record:
    try:
        return record.changed(**values)
    except ValueError as error:
        raise Refusal(first_reason(error)) from error


def _proposal(row: Any) -> Proposal:
    return Proposal(
        row.id,
        row.service_id,
        json.loads(row.wanted),
        json.loads(row.seen),
        row.proposer,
        row.actor,
        row.why,
        row.at,
    )
