"""Places from a table: new ones are added, known ones get their names and coordinates; none is ever removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.directory import models
from bot.directory.base import utc_now
from bot.directory.codes import PLACE_LEVELS
from bot.directory.entries import entry_id
from bot.directory.exchange.cells import CellRefused, Reading, read
from bot.directory.exchange.tables import Problem, Row
from bot.directory.exchange.words import plain, vocabulary
from bot.directory.places import Gazetteer


@dataclass(frozen=True)
class PlaceRow:
    """A place as a file names it."""

    pcode: str
    name: str
    level: str
    parent: str | None
    latitude: float | None
    longitude: float | None
    names: tuple[str, ...]


def read_places(rows: Sequence[Row], gazetteer: Gazetteer) -> tuple[list[PlaceRow], list[Problem]]:
    """The places in the rows, parents before what lies in them, and what is wrong."""
    found: dict[str, PlaceRow] = {}
    problems: list[Problem] = []
    for row in rows:
        try:
            place = _place(row, gazetteer)
        except _Refused as error:
            problems.append(Problem(row.where, error.column, str(error)))
            continue
        if place.pcode in found:
            problems.append(Problem(row.where, "pcode", f"{place.pcode} stands in the table twice"))
        found[place.pcode] = place
    for row in rows:
        mine = found.get(str(row.values.get("pcode") or "").strip())
        if mine and mine.parent and mine.parent not in found and gazetteer.by_code(mine.parent) is None:
            problems.append(Problem(row.where, "parent", f"there is no place {mine.parent}"))
    ordered = sorted(found.values(), key=lambda each: PLACE_LEVELS.index(each.level))
    return ordered, problems


class _Refused(ValueError):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


def _place(row: Row, gazetteer: Gazetteer) -> PlaceRow:
    reading = Reading(gazetteer)

    def cell(column: str) -> Any:
        try:
            value = read(column, row.values.get(column), reading)
        except CellRefused as error:
            raise _Refused(column, str(error)) from error
        return value if isinstance(value, (str, float, int)) else None

    code, name, level = cell("pcode"), cell("name") or cell("place"), cell("level")
    if not code or not name:
        raise _Refused("name" if code else "pcode", "a place needs a P-code and a name")
    known = vocabulary("level").get(plain(str(level or "")))
    if known is None:
        raise _Refused("level", f"“{level or ''}” is no kind of place: {', '.join(PLACE_LEVELS)}")
    names = tuple(
        part.strip() for part in str(cell("names") or "").replace("،", ";").split(";") if part.strip()
    )
    parent = cell("parent")
    inside = str(parent) if parent else None
    return PlaceRow(str(code), str(name), known, inside, cell("latitude"), cell("longitude"), names)


def compare(places: Sequence[PlaceRow], gazetteer: Gazetteer) -> tuple[int, int]:
    """How many are new and how many say something new."""
    new = changed = 0
    for place in places:
        known = gazetteer.by_code(place.pcode)
        if known is None:
            new += 1
        elif _differs(place, known.name, known.latitude, known.longitude, known.names):
            changed += 1
    return new, changed


def _differs(
    place: PlaceRow, name: str, latitude: float | None, longitude: float | None, names: Sequence[str]
) -> bool:
    moved = place.latitude is not None and (place.latitude, place.longitude) != (latitude, longitude)
    return place.name != name or moved or not set(place.names) <= set(names)


def write_places(session: Session, places: Sequence[PlaceRow]) -> None:
    """Adds and completes places; they must come parents first. Commit is the caller's."""
    table = models.Place.__table__
    for place in places:
        row = session.execute(select(models.Place).where(table.c.pcode == place.pcode)).scalars().first()
        if row is None:
            row = models.Place(
                id=entry_id("place", place.pcode), pcode=place.pcode, name=place.name, level=place.level
            )
            session.add(row)
        if place.parent:
            parent = select(table.c.id).where(table.c.pcode == place.parent)
            row.parent_id = session.execute(parent).scalar_one_or_none()
        row.name, row.level, row.last_modified = place.name, place.level, utc_now()
        if place.latitude is not None and place.longitude is not None:
            row.latitude, row.longitude = place.latitude, place.longitude
        session.flush()
        present = {each.name for each in row.names}
        session.add_all(
            models.PlaceName(place_id=row.id, name=name) for name in place.names if name not in present
        )
        session.flush()
        session.expire(row)
