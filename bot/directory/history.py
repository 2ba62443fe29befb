"""The history of the directory: who changed what, when and why. It only grows, and each entry seals the one before.

An entry's seal is a keyed hash over its content and the seal before it; the last seal stands beside the number of
entries. Whoever changes or drops an entry behind the application's back breaks the chain, and without the
installation's key cannot mend it. `check` finds the first place where it is broken, and services whose rows say
something other than their last entry.

No person is named: `actor` is a role with the id of an invitation, or the command line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Final, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.directory.base import UtcDateTime
from bot.directory.record import Json, Record
from bot.directory.record_reading import read_records

metadata = sa.MetaData()

changes = sa.Table(
    "directory_change",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", UtcDateTime(), nullable=False),
    sa.Column("actor", sa.String(60), nullable=False),
    sa.Column("action", sa.String(12), nullable=False),
    sa.Column("service_id", sa.String(36), nullable=False, index=True),
    sa.Column("before", sa.Text, nullable=False),
    sa.Column("after", sa.Text, nullable=False),
    sa.Column("why", sa.String(400), nullable=False),
    sa.Column("batch", sa.String(8), nullable=False, index=True),
    sa.Column("seal", sa.String(64), nullable=False),
)
"""`before` and `after`: JSON of the fields that changed; of a service that was added or removed, of all."""

chain = sa.Table(
    "directory_chain",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("length", sa.Integer, nullable=False),
    sa.Column("seal", sa.String(64), nullable=False),
)
"""One row: how many entries there are and the last seal. Writing it first makes writers take turns."""

Action = Literal["add", "edit", "close", "confirm", "import", "revert", "remove"]

START: Final = ""
"""The seal before the first entry."""

Seal = Callable[[str], str]
"""A keyed hash of a text."""


@dataclass(frozen=True)
class Entry:
    """One change. `before` and `after` hold the fields that changed."""

    number: int
    at: datetime
    actor: str
    action: str
    service_id: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    why: str
    batch: str


@dataclass(frozen=True)
class Fault:
    """Where the history and what it should say differ; `number` is an entry's, or None for a service's rows."""

    number: int | None
    service_id: str | None
    sentence: str


class History:
    """Reads and extends the history inside a session of the caller's.

    Args:
        seal: a keyed hash of a text.
    """

    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    def take_turn(self, session: Session) -> None:
        """Waits until nobody else is changing the directory; others wait until this transaction ends."""
        taken = session.execute(sa.update(chain).where(chain.c.id == 1).values(length=chain.c.length))
        if not taken.rowcount:
            session.execute(sa.insert(chain).values(id=1, length=0, seal=START))

    def append(
        self,
        session: Session,
        actor: str,
        action: Action,
        service_id: str,
        before: Json,
        after: Json,
        why: str,
        batch: str,
        at: datetime,
    ) -> int:
        """Adds an entry; its number. `take_turn` was called before in this transaction."""
        head = session.execute(sa.select(chain).where(chain.c.id == 1)).one()
        entry = {
            "number": head.length + 1,
            "at": at.astimezone(timezone.utc),
            "actor": actor,
            "action": action,
            "service_id": service_id,
            "before": _written(before),
            "after": _written(after),
            "why": why[:400],
            "batch": batch,
        }
        seal = self._seal(_content(head.seal, entry))
        session.execute(sa.insert(changes).values(**entry, seal=seal))
        session.execute(sa.update(chain).where(chain.c.id == 1).values(length=entry["number"], seal=seal))
        return int(entry["number"])

    def entries(
        self,
        session: Session,
        service_id: str | None = None,
        batch: str | None = None,
        limit: int | None = None,
    ) -> list[Entry]:
        """Entries, the latest first."""
        query = sa.select(changes).order_by(changes.c.number.desc())
        if service_id is not None:
            query = query.where(changes.c.service_id == service_id)
        if batch is not None:
            query = query.where(changes.c.batch == batch)
        return [_entry(row) for row in session.execute(query.limit(limit))]

    def entry(self, session: Session, number: int) -> Entry | None:
        row = session.execute(sa.select(changes).where(changes.c.number == number)).first()
        return _entry(row) if row else None

    def check(self, session: Session) -> list[Fault]:
        """What is wrong with the history; empty when it is whole."""
        faults, seal, number = [], START, 0
        last: dict[str, dict[str, Any]] = {}
        for row in session.execute(sa.select(changes).order_by(changes.c.number)):
            number += 1
            if row.number != number:
                faults.append(Fault(number, None, f"entry {number} is missing"))
                number = row.number
            elif self._seal(_content(seal, row._mapping)) != row.seal:
                faults.append(
                    Fault(number, row.service_id, f"entry {number} was changed after it was written")
                )
            seal = row.seal
            known = last.setdefault(row.service_id, {})
            known.update(json.loads(row.after))
            if row.action == "remove":
                last[row.service_id] = {}
        head = session.execute(sa.select(chain).where(chain.c.id == 1)).first()
        if head is not None and (head.length != number or head.seal != seal):
            faults.append(
                Fault(None, None, f"the history has {number} entries and should end after {head.length}")
            )
        elif head is None and number:
            faults.append(Fault(None, None, "the end of the history is not known any more"))
        return faults + _changed_outside(session, last)


def _changed_outside(session: Session, last: Mapping[str, Mapping[str, Any]]) -> list[Fault]:
    """Services whose rows no longer say what their last entries say."""
    faults = []
    present: dict[str, Record] = {each.id: each for each in read_records(session, sorted(last))}
    for service_id, known in sorted(last.items()):
        record = present.get(service_id)
        if not known or record is None:
            if known or record is not None:
                state = "is there again" if record else "is gone"
                faults.append(Fault(None, service_id, f"service {service_id} {state} without an entry"))
            continue
        values = record.values()
        different = sorted(field for field, value in known.items() if values.get(field) != value)
        if different:
            faults.append(
                Fault(
                    None,
                    service_id,
                    f"service {service_id} was changed without an entry: {', '.join(different)}",
                )
            )
    return faults


def _content(previous: str, entry: Mapping[str, Any]) -> str:
    parts = [previous, *(entry[name] for name in ("number", "at", "actor", "action", "service_id"))]
    parts += [entry[name] for name in ("before", "after", "why", "batch")]
    return json.dumps(
        [part.isoformat() if isinstance(part, datetime) else part for part in parts], ensure_ascii=False
    )


def _written(values: Json) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _entry(row: Any) -> Entry:
    return Entry(
        row.number, row.at, row.actor, row.action, row.service_id, json.loads(row.before), json.loads(row.after),
        row.why, row.batch,
    )  # fmt: skip
