"""Group chats in which a session's scenes are shown to everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.practice.cohorts import tables
from bot.practice.cohorts.members import Place
from bot.privacy.keys import Keyring


@dataclass(frozen=True)
class Stage:
    """A group chat that shows a session."""

    seat: str
    cohort: str
    language: str


class Stages:
    """The group chats. Every method blocks.

    Args:
        engine: the database.
        keyring: encrypts their numbers.
    """

    def __init__(self, engine: Engine, keyring: Keyring) -> None:
        self._engine = engine
        self._keyring = keyring

    def show(self, code: str, place: Place) -> None:
        """Shows a session in a group from now on, in place of what it showed before.

        Raises:
            ValueError: the place cannot be written to.
        """
        if place.address is None:
            raise ValueError("a stage needs an address")
        values = {
            "cohort": code.upper(),
            "channel": place.channel,
            "address": self._keyring.encrypt(place.address.encode()),
            "language": place.language,
        }
        table = tables.stages
        with self._engine.begin() as connection:
            known = connection.execute(sa.update(table).where(table.c.seat == place.seat).values(**values))
            if not known.rowcount:
                connection.execute(sa.insert(table).values(seat=place.seat, **values))

    def move(self, seat: str, place: Place) -> None:
        """A group goes on elsewhere: what it shows, and what waits for it, goes with it. Where the new place shows
        something already, that stays."""
        if place.address is None:
            return
        address = self._keyring.encrypt(place.address.encode())
        stages, letters = tables.stages, tables.letters
        with self._engine.begin() as connection:
            is_shown = connection.execute(sa.select(stages.c.seat).where(stages.c.seat == place.seat)).first()
            if is_shown:
                connection.execute(sa.delete(stages).where(stages.c.seat == seat))
            else:
                moved = sa.update(stages).where(stages.c.seat == seat)
                connection.execute(moved.values(seat=place.seat, address=address))
            connection.execute(sa.update(letters).where(letters.c.seat == seat).values(seat=place.seat))

    def of(self, code: str) -> list[Stage]:
        """The groups that show a session."""
        return self._where(tables.stages.c.cohort == code)

    def at(self, seat: str) -> Optional[Stage]:
        """What a group shows; None when it shows nothing."""
        found = self._where(tables.stages.c.seat == seat)
        return found[0] if found else None

    def drop(self, seat: str) -> None:
        """A group shows nothing any more."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(tables.stages).where(tables.stages.c.seat == seat))
            connection.execute(sa.delete(tables.letters).where(tables.letters.c.seat == seat))

    def _where(self, condition: sa.sql.ColumnElement) -> list[Stage]:
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(tables.stages).where(condition)).all()
        return [Stage(row.seat, row.cohort, row.language) for row in rows]
