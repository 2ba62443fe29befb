"""The one door through which the directory is changed: every change is checked, written and entered in the history
in the same transaction.

Writers take turns (`History.take_turn`), and a change names what it expects to find, so that of two people who edit at
once neither overwrites the other unseen.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from bot.directory import codes
from bot.directory.base import utc_now
from bot.directory.history import Action, Entry, Fault, History, Seal
from bot.directory.record import Json, Record, difference, new_service_id
from bot.directory.record_reading import read_record, read_records
from bot.directory.record_writing import remove_service, write_record
from bot.people.invitations import ID_LETTERS
from bot.storage.engine import SessionFactory

CODE_LENGTH: Final = 6

COMMAND_LINE: Final = "command line"
"""The actor at the command line: somebody who could change the database by hand as well."""


class Refusal(ValueError):
    """A change that cannot be made; the message is one sentence for whoever asked."""


class Conflict(Refusal):
    """Somebody else changed the same field in the meantime; `now` is what stands there."""

    def __init__(self, field: str, now: Any) -> None:
        super().__init__(
            f"“{field}” was changed by somebody else in the meantime; look again before you change it"
        )
        self.field = field
        self.now = now


@dataclass(frozen=True)
class Made:
    """A change that was made: its number in the history and the service as it is now (None: removed)."""

    number: int
    record: Record | None


def new_code() -> str:
    """A short id people can type."""
    return "".join(secrets.choice(ID_LETTERS) for _ in range(CODE_LENGTH))


class Changes:
    """Changes the directory. Every method blocks and is one transaction.

    Args:
        sessions: the database.
        seal: a keyed hash, for the history.
        clock: the present.
    """

    def __init__(self, sessions: SessionFactory, seal: Seal, clock: Callable[[], datetime] = utc_now) -> None:
        self._sessions = sessions
        self._history = History(seal)
        self._clock = clock

    def add(self, record: Record, actor: str, why: str) -> Made:
        """Adds a service.

        Raises:
            Refusal: it is there already, or its place is not known.
        """
        record = record if record.id else record.changed(id=new_service_id(record))
        with self._sessions() as session, session.begin():
            self._history.take_turn(session)
            if read_record(session, record.id) is not None:
                raise Refusal(f"“{record.name}” of {record.organization} is there already")
            return self._write(session, None, record, actor, "add", why, new_code())

    def edit(
        self,
        service_id: str,
        values: Mapping[str, Any],
        actor: str,
        why: str,
        expected: Mapping[str, Any] | None = None,
        action: Action = "edit",
    ) -> Made | None:
        """Changes fields of a service; None when it says so already.

        Args:
            values: field → new value, as JSON has it.
            expected: field → value that was seen before.

        Raises:
            Conflict: a field is not as expected.
            Refusal: there is no such service, or the values do not fit.
        """
        with self._sessions() as session, session.begin():
            self._history.take_turn(session)
            return self.edit_in(session, service_id, values, actor, why, expected, action)

    def edit_in(
        self,
        session: Session,
        service_id: str,
        values: Mapping[str, Any],
        actor: str,
        why: str,
        expected: Mapping[str, Any] | None = None,
        action: Action = "edit",
    ) -> Made | None:
        """As `edit`, in a transaction of the caller's that has taken its turn."""
        before = self._existing(session, service_id)
        present = before.values()
        for field, seen in (expected or {}).items():
            if present[field] != seen and present[field] != values.get(field, seen):
                raise Conflict(field, present[field])
        try:
            after = before.changed(**values)
        except ValueError as error:
            raise Refusal(first_reason(error)) from error
        if not difference(before, after):
            return None
        return self._write(session, before, after, actor, action, why, new_code())

    def confirm(self, service_id: str, actor: str, why: str, *fields: codes.Field) -> Made | None:
        """Notes that a service, or fields of it, were found right today."""
        today = self._clock().date()
        with self._sessions() as session, session.begin():
            self._history.take_turn(session)
            before = self._existing(session, service_id)
            after = before.confirmed(today, *fields)
            if after.status == "temporarily closed" and not fields:
                after = after.changed(status="active")
            if not difference(before, after):
                return None
            return self._write(session, before, after, actor, "confirm", why, new_code())

    def close(self, service_id: str, actor: str, why: str) -> Made | None:
        """Marks a service as closed for good. It stays in the tables."""
        return self.edit(service_id, {"status": "defunct"}, actor, why, action="close")

    def apply(
        self, records: Iterable[tuple[Record | None, Record]], actor: str, why: str, action: Action = "import"
    ) -> str:
        """Writes many services, all or none, as one batch; its id.

        Args:
            records: (as it was seen, None for a new one; as it shall be).

        Raises:
            Conflict: a service is no longer as it was seen.
            Refusal: one cannot be written.
        """
        batch = new_code()
        with self._sessions() as session, session.begin():
            self._history.take_turn(session)
            records = list(records)
            identities = [record.id for _, record in records]
            present = {each.id: each for each in read_records(session, identities)}
            for seen, record in records:
                before = present.get(record.id)
                if (seen is None) != (before is None):
                    raise Refusal(f"“{record.name}” was added or removed by somebody else in the meantime")
                if seen is not None and before is not None and (changed := difference(seen, before)):
                    field = next(iter(changed))
                    raise Conflict(field, changed[field][1])
                self._put(session, record)
            written = {each.id: each for each in read_records(session, identities)}
            for identity in dict.fromkeys(identities):
                self._enter(
                    session, present.get(identity), written[identity], identity, actor, action, why, batch
                )
        return batch

    def remove_in(self, session: Session, service_ids: Sequence[str], actor: str, why: str) -> int:
        """Takes services out of the tables, in a transaction of the caller's; how many there were. Only for what was
        never true, such as the sample: a service that closes is closed."""
        self._history.take_turn(session)
        batch, number = new_code(), 0
        for service_id in service_ids:
            before = read_record(session, service_id)
            if before is not None:
                self._write(session, before, None, actor, "remove", why, batch)
                number += 1
        return number

    def revert(self, number: int, actor: str, why: str) -> Made:
        """Takes back one change.

        Raises:
            Conflict: what it changed was changed again since.
            Refusal: there is no such change.
        """
        with self._sessions() as session, session.begin():
            self._history.take_turn(session)
            entry = self._history.entry(session, number)
            if entry is None:
                raise Refusal(f"there is no change {number}")
            return self._take_back(session, entry, actor, why, new_code())

    def revert_batch(self, batch: str, actor: str, why: str) -> int:
        """Takes back everything one import did, all or nothing; how many changes that were.

        Raises:
            Conflict: a service was changed again since.
            Refusal: there is no such import.
        """
        with self._sessions() as session, session.begin():
            self._history.take_turn(session)
            entries = self._history.entries(session, batch=batch.upper())
            if not entries:
                raise Refusal(f"there is no import {batch}")
            again = new_code()
            for entry in entries:
                self._take_back(session, entry, actor, why, again)
        return len(entries)

    def history(self, service_id: str | None = None, limit: int | None = 20) -> list[Entry]:
        """The latest changes first."""
        with self._sessions() as session:
            return self._history.entries(session, service_id, limit=limit)

    def check(self) -> list[Fault]:
        """What was done to the directory or its history behind our back."""
        with self._sessions() as session:
            return self._history.check(session)

    def take_turn(self, session: Session) -> None:
        """See `History.take_turn`."""
        self._history.take_turn(session)

    def _existing(self, session: Session, service_id: str) -> Record:
        record = read_record(session, service_id)
        if record is None:
            raise Refusal("there is no such service any more")
        return record

    def _take_back(self, session: Session, entry: Entry, actor: str, why: str, batch: str) -> Made:
        present = read_record(session, entry.service_id)
        if entry.action == "add" or (not entry.before and entry.after):
            if present is None:
                raise Refusal("the service is not there any more")
            self._as_left(present, entry)
            return self._write(session, present, None, actor, "remove", why, batch)
        if present is None:
            if entry.after:
                raise Refusal("the service is not there any more")
            restored = Record.parse_obj({**entry.before, "id": entry.service_id})
            return self._write(session, None, restored, actor, "revert", why, batch)
        self._as_left(present, entry)
        return self._write(session, present, present.changed(**entry.before), actor, "revert", why, batch)

    def _as_left(self, present: Record, entry: Entry) -> None:
        values = present.values()
        for field, left in entry.after.items():
            if values.get(field) != left:
                raise Conflict(field, values.get(field))

    def _write(
        self,
        session: Session,
        before: Record | None,
        after: Record | None,
        actor: str,
        action: Action,
        why: str,
        batch: str,
    ) -> Made:
        """Writes one service and its entry. What is entered is what the tables then say."""
        identity = (after or before).id  # type: ignore[union-attr]
        if after is None:
            remove_service(session, identity)
        else:
            self._put(session, after)
        written = read_record(session, identity)
        return self._enter(session, before, written, identity, actor, action, why, batch)

    def _put(self, session: Session, record: Record) -> None:
        try:
            write_record(session, record)
        except ValueError as error:
            raise Refusal(str(error)) from error

    def _enter(
        self,
        session: Session,
        before: Record | None,
        written: Record | None,
        identity: str,
        actor: str,
        action: Action,
        why: str,
        batch: str,
    ) -> Made:
        """Enters a change that is in the tables."""
        old, new = before.values() if before else {}, written.values() if written else {}
        if before and written:
            differing = [field for field in new if old[field] != new[field]]
            old, new = {field: old[field] for field in differing}, {field: new[field] for field in differing}
        number = self._history.append(session, actor, action, identity, old, new, why, batch, self._clock())
        return Made(number, written)


def first_reason(error: ValueError) -> str:
    """What is wrong, in one sentence, of a validation error."""
    errors: Sequence[Json] = error.errors() if hasattr(error, "errors") else []
    if not errors:
        return str(error)
    place = "/".join(str(part) for part in errors[0]["loc"] if part != "__root__")
    message = str(errors[0]["msg"])
    return f"{place}: {message}" if place and not message.startswith("“") else message
