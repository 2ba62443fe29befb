"""Sessions and who is in them.

A trainer opens a session and gets its code; whoever has the code joins under a name they choose. Everybody gets a word
of their own with which they come back to their place from another phone or browser.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from typing import Any, Callable, Final, Optional, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row
from sqlalchemy.exc import IntegrityError

from bot.people.invitations import ID_LETTERS
from bot.practice.cohorts import tables
from bot.practice.cohorts.places import Member, Place
from bot.privacy.keys import Keyring

__all__ = ["CODE_LENGTH", "DAY", "WORD_LENGTH", "Member", "Members", "Place", "Refused", "trainees"]

CODE_LENGTH: Final = 6
WORD_LENGTH: Final = 8
"""Letters of a member's word: 29^8 of them, which nobody tries one by one."""

NAME_LIMIT: Final = 30
MOST_MEMBERS: Final = 60

OPEN_AT_ONCE: Final = 5
"""Sessions one trainer can open in a day."""

KEPT_DAYS: Final = 400
"""Days a session is kept after anybody last played in it: the last recheck is half a year after the first scene."""

DAY: Final = 86_400.0

_TRIES: Final = 3


class Refused(Exception):
    """It cannot be done; `reason` is the id of the text that says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Members:
    """Sessions and their members. Every method blocks.

    Args:
        engine: the database.
        keyring: encrypts names and addresses.
        clock: seconds since 1970.
    """

    def __init__(self, engine: Engine, keyring: Keyring, clock: Callable[[], float] = time.time) -> None:
        self.engine = engine
        self.keyring = keyring
        self.clock = clock

    # Coming ---------------------------------------------------------------------------------------------

    def open(self, place: Place) -> tuple[Member, str]:
        """Opens a session; the trainer's own membership, and the word for coming back.

        Raises:
            Refused: this person has opened too many.
        """
        table = tables.cohorts
        opened = (
            sa.select(sa.func.count())
            .select_from(tables.members.join(table, table.c.code == tables.members.c.cohort))
            .where(
                tables.members.c.seat == place.seat,
                tables.members.c.is_trainer,
                table.c.opened_at > self.clock() - DAY,
            )
        )
        with self.engine.begin() as connection:
            if connection.execute(opened).scalar_one() >= OPEN_AT_ONCE:
                raise Refused("too_many_sessions")
            code, now = _random(CODE_LENGTH), self.clock()
            connection.execute(sa.insert(table).values(code=code, opened_at=now, last_at=now, version=0))
            return self._add(connection, code, place, is_trainer=True)

    def join(self, code: str, place: Place) -> tuple[Member, Optional[str]]:
        """Joins, or comes back to one's place from the same chat.

        Returns:
            The membership, and the word for coming back; None for somebody who was there already.

        Raises:
            Refused: there is no such session, or it is full.
        """
        code = code.upper()
        for _ in range(_TRIES):
            try:
                return self._join(code, place)
            except IntegrityError:
                continue  # the same chat joined in this moment
        raise Refused("no_such_session")

    def _join(self, code: str, place: Place) -> tuple[Member, Optional[str]]:
        with self.engine.begin() as connection:
            known = tables.cohorts.c.code == code
            if connection.execute(sa.select(tables.cohorts.c.code).where(known)).first() is None:
                raise Refused("no_such_session")
            table = tables.members
            mine = connection.execute(
                sa.select(table).where(table.c.cohort == code, table.c.seat == place.seat)
            ).first()
            if mine is not None:
                self._sit(connection, mine.id, place)
                return self._member(connection, mine.id), None
            count = sa.select(sa.func.count()).where(table.c.cohort == code)
            if connection.execute(count).scalar_one() >= MOST_MEMBERS:
                raise Refused("session_is_full")
            return self._add(connection, code, place, is_trainer=False)

    def come_back(self, word: str, place: Place) -> Member:
        """Takes one's place again from another chat; the chat it was left from is no longer part of it.

        Raises:
            Refused: nobody has this word.
        """
        table = tables.members
        with self.engine.begin() as connection:
            row = connection.execute(
                sa.select(table).where(table.c.word_hash == _hash(word.upper()))
            ).first()
            if row is None:
                raise Refused("no_such_word")
            connection.execute(  # whoever joined anew from here first sits on their old place now
                sa.update(table)
                .where(table.c.seat == place.seat, table.c.cohort == row.cohort, table.c.id != row.id)
                .values(seat=None, address=None, is_here=False)
            )
            self._sit(connection, row.id, place)
            return self._member(connection, row.id)

    def alone(self, place: Place) -> tuple[Member, Optional[str]]:
        """The record of somebody who practises without a session, made now when there is none, and its word."""
        table = tables.members
        with self.engine.begin() as connection:
            row = connection.execute(
                sa.select(table).where(table.c.seat == place.seat, table.c.cohort.is_(None))
            ).first()
            if row is not None:
                return self._member(connection, row.id), None
            return self._add(connection, None, place, is_trainer=False)

    def _add(
        self, connection: Connection, code: Optional[str], place: Place, is_trainer: bool
    ) -> tuple[Member, str]:
        identity, word = _random(8), _random(WORD_LENGTH)
        connection.execute(
            sa.insert(tables.members).values(
                id=identity,
                cohort=code,
                is_trainer=is_trainer,
                seat=place.seat,
                is_here=False,
                word_hash=_hash(word),
                language=place.language,
                channel=place.channel,
                joined_at=self.clock(),
            )
        )
        self._sit(connection, identity, place)
        return self._member(connection, identity), word

    def _sit(self, connection: Connection, identity: str, place: Place) -> None:
        """Somebody is here now, and nowhere else."""
        table = tables.members
        connection.execute(sa.update(table).where(table.c.seat == place.seat).values(is_here=False))
        address = self.keyring.encrypt(place.address.encode()) if place.address else None
        connection.execute(
            sa.update(table)
            .where(table.c.id == identity)
            .values(
                seat=place.seat,
                is_here=table.c.cohort.is_not(None),
                language=place.language,
                channel=place.channel,
                address=address,
            )
        )

    # Who ------------------------------------------------------------------------------------------------

    def here(self, seat: str) -> Optional[Member]:
        """Who writes from a chat in a session they are in now; None when they are in none."""
        return self._one(tables.members.c.seat == seat, tables.members.c.is_here)

    def get(self, identity: str) -> Optional[Member]:
        return self._one(tables.members.c.id == identity)

    def of(self, seat: str) -> list[Member]:
        """Every membership of a chat, the latest first."""
        table = tables.members
        query = sa.select(table).where(table.c.seat == seat).order_by(table.c.joined_at.desc())
        with self.engine.connect() as connection:
            return [self._read(row) for row in connection.execute(query)]

    def in_session(self, code: str) -> list[Member]:
        """Everybody in a session, in the order in which they joined."""
        table = tables.members
        query = sa.select(table).where(table.c.cohort == code).order_by(table.c.joined_at, table.c.id)
        with self.engine.connect() as connection:
            return [self._read(row) for row in connection.execute(query)]

    def trains(self, seat: str, code: str) -> bool:
        """Whether the trainer of a session writes from this chat."""
        return any(m.is_trainer and m.cohort == code.upper() for m in self.of(seat))

    def address(self, member: Member) -> Optional[str]:
        """Where somebody is written to; None where nobody can be."""
        query = sa.select(tables.members.c.address).where(tables.members.c.id == member.id)
        with self.engine.connect() as connection:
            sealed = connection.execute(query).scalar_one_or_none()
        return self.keyring.decrypt(sealed).decode() if sealed else None

    # What they say of themselves ------------------------------------------------------------------------

    def call(self, member: Member, name: str) -> Member:
        """Gives somebody the name they chose.

        Raises:
            Refused: it has no letters, or somebody else in the session has it.
        """
        name = " ".join(name.split())[:NAME_LIMIT].strip()
        if not any(character.isalnum() for character in name):
            raise Refused("name_is_empty")
        others = self.in_session(member.cohort) if member.cohort else []
        if any(o.id != member.id and o.name and o.name.casefold() == name.casefold() for o in others):
            raise Refused("name_is_taken")
        return self._set(member, name=self.keyring.encrypt(name.encode()))

    def agree(self, member: Member, keeps_words: Optional[bool] = None, wants_recheck: Optional[bool] = None) -> Member:
        """Keeps what somebody agreed to, or no longer agrees to. Words kept so far go when they take it back."""
        if keeps_words is False:
            with self.engine.begin() as connection:
                connection.execute(
                    sa.update(tables.results)
                    .where(tables.results.c.member == member.id)
                    .values(transcript=None)
                )
        if wants_recheck is False:
            with self.engine.begin() as connection:
                connection.execute(sa.delete(tables.rechecks).where(tables.rechecks.c.member == member.id))
        said: dict[str, Any] = {"keeps_words": keeps_words, "wants_recheck": wants_recheck}
        return self._set(member, **{name: value for name, value in said.items() if value is not None})

    def leave(self, seat: str) -> None:
        """What is typed in a chat is no longer meant for a session; the place in it stays."""
        table = tables.members
        with self.engine.begin() as connection:
            connection.execute(sa.update(table).where(table.c.seat == seat).values(is_here=False))

    def close(self, code: str) -> None:
        """Everybody leaves a session; what was played stays."""
        table = tables.members
        with self.engine.begin() as connection:
            connection.execute(sa.update(table).where(table.c.cohort == code).values(is_here=False))
            connection.execute(sa.delete(tables.stages).where(tables.stages.c.cohort == code))

    # Forgetting -----------------------------------------------------------------------------------------

    def forget(self, seat: str) -> None:
        """Deletes everything about the person who writes from a chat: memberships, results, words, invitations. A
        session goes with its trainer only when nobody else is in it."""
        for member in self.of(seat):
            self.delete(member)
        with self.engine.begin() as connection:
            connection.execute(sa.delete(tables.letters).where(tables.letters.c.seat == seat))

    def delete(self, member: Member) -> None:
        """Deletes one membership with everything that belongs to it."""
        with self.engine.begin() as connection:
            _delete(connection, member.id)
            left = sa.select(tables.members.c.id).where(tables.members.c.cohort == member.cohort).limit(1)
            if member.cohort and connection.execute(left).first() is None:
                _drop(connection, member.cohort)

    def purge(self) -> None:
        """Drops sessions, and records of people who practise alone, in which nothing has happened for long."""
        before = self.clock() - KEPT_DAYS * DAY
        with self.engine.begin() as connection:
            old = sa.select(tables.cohorts.c.code).where(tables.cohorts.c.last_at < before)
            for code in list(connection.execute(old).scalars()):
                _drop(connection, code)
            played = sa.select(tables.results.c.member).where(tables.results.c.at >= before)
            stale = sa.select(tables.members.c.id).where(
                tables.members.c.cohort.is_(None),
                tables.members.c.joined_at < before,
                tables.members.c.id.not_in(played.where(tables.results.c.member.is_not(None))),
            )
            for identity in list(connection.execute(stale).scalars()):
                _delete(connection, identity)

    # Rows -----------------------------------------------------------------------------------------------

    def _set(self, member: Member, **values: object) -> Member:
        with self.engine.begin() as connection:
            if values:
                connection.execute(
                    sa.update(tables.members).where(tables.members.c.id == member.id).values(**values)
                )
            return self._member(connection, member.id)

    def _one(self, *which: Any) -> Optional[Member]:
        with self.engine.connect() as connection:
            row = connection.execute(sa.select(tables.members).where(*which)).first()
        return self._read(row) if row else None

    def _member(self, connection: Connection, identity: str) -> Member:
        return self._read(
            connection.execute(sa.select(tables.members).where(tables.members.c.id == identity)).one()
        )

    def _read(self, row: Row) -> Member:
        return Member(
            id=row.id,
            cohort=row.cohort,
            is_trainer=row.is_trainer,
            name=self.keyring.decrypt(row.name).decode() if row.name else None,
            seat=row.seat,
            is_here=row.is_here,
            language=row.language,
            channel=row.channel,
            keeps_words=row.keeps_words,
            wants_recheck=row.wants_recheck,
        )


def trainees(members: Sequence[Member]) -> list[Member]:
    """Those who practise, without the trainer and without whoever has not said a name yet."""
    return [member for member in members if not member.is_trainer and member.name]


def _delete(connection: Connection, identity: str) -> None:
    for table in (tables.results, tables.rechecks, tables.overrides):
        connection.execute(sa.delete(table).where(table.c.member == identity))
    connection.execute(sa.delete(tables.members).where(tables.members.c.id == identity))


def _drop(connection: Connection, code: str) -> None:
    """Deletes a session with everything in it."""
    of_it = sa.select(tables.members.c.id).where(tables.members.c.cohort == code)
    connection.execute(sa.delete(tables.rechecks).where(tables.rechecks.c.member.in_(of_it)))
    for table in (tables.results, tables.members, tables.stages, tables.overrides, tables.shown):
        connection.execute(sa.delete(table).where(table.c.cohort == code))
    connection.execute(sa.delete(tables.cohorts).where(tables.cohorts.c.code == code))


def _random(length: int) -> str:
    return "".join(secrets.choice(ID_LETTERS) for _ in range(length))


def _hash(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()
