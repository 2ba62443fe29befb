"""The directory going out and coming in: by file ending, in every format there is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from bot.directory import models
from bot.directory.changes import Changes
from bot.directory.exchange import hsds, spreadsheets, tabular
from bot.directory.exchange.files import FileRefused, read_bytes, sheets
from bot.directory.exchange.hsds_reading import read_services
from bot.directory.exchange.place_rows import PlaceRow, compare, read_places, write_places
from bot.directory.exchange.plan import Plan, apply_plan, make_plan
from bot.directory.exchange.tables import Problem, Row, tables
from bot.directory.places import Gazetteer, Place, load_gazetteer
from bot.directory.record_reading import read_records
from bot.storage.engine import SessionFactory, refresh_statistics

ENDINGS: Final = (".hxl.csv", ".hsds.json", ".hsds.zip", ".json", ".zip", ".xlsx", ".csv")
"""Formats by ending, the longer first. `.json` and `.zip` are HSDS too."""


@dataclass(frozen=True)
class Import:
    """A file that was read: what it would do, and the places it brings."""

    plan: Plan
    places: tuple[PlaceRow, ...]


class Exchange:
    """Imports and exports. Every method blocks.

    Args:
        sessions: the database.
        changes: the door for changes.
    """

    def __init__(self, sessions: SessionFactory, changes: Changes) -> None:
        self._sessions = sessions
        self._changes = changes

    def read_file(self, path: Path) -> Import:
        """What importing a file would do. Nothing is changed.

        Raises:
            FileRefused: it cannot be read.
        """
        return self.read(read_bytes(path), path.name)

    def read(self, data: bytes, name: str) -> Import:
        """As `read_file`, of what was uploaded under a name.

        Raises:
            FileRefused: it cannot be read.
        """
        with self._sessions() as session:
            gazetteer = load_gazetteer(session)
            places: list[PlaceRow] = []
            if _is_hsds(data, name):
                rows, problems = self._hsds(data, name, gazetteer)
                unknown: list[str] = []
                skipped: list[str] = []
            else:
                rows, places, problems, unknown, skipped = self._tables(data, name, gazetteer)
            counted = compare(places, gazetteer)
            if not rows and not places and not problems:
                raise FileRefused(
                    f"{name} holds no services: the first row must name its columns, "
                    "among them “organization” and “name”."
                )
            present = read_records(session) if rows else ()
            plan = make_plan(rows, present, problems, unknown, skipped, counted)
            return Import(plan, tuple(places))

    def apply(self, read: Import, actor: str, why: str, close_vanished: bool = False) -> str:
        """Does what was read, all of it or nothing; the id of the batch.

        Raises:
            ValueError: something in the file is refused, or the directory was changed in the meantime.
        """
        if read.places and not read.plan.refused:
            with self._sessions() as session, session.begin():
                write_places(session, read.places)
        batch = apply_plan(read.plan, self._changes, actor, why, close_vanished)
        with self._sessions() as session, session.begin():
            refresh_statistics(session, models.Service.metadata.tables)
        return batch

    def export(self, ending: str, shared: bool = True) -> bytes:
        """The directory in the format of a file ending.

        Args:
            shared: leave out what is confidential. Only a spreadsheet can be had in full, for its upkeep.

        Raises:
            ValueError: no such format.
        """
        with self._sessions() as session:
            if ending in (".hsds.json", ".json"):
                text = json.dumps(hsds.services(session), ensure_ascii=False, indent=1)
                return (text + "\n").encode()
            if ending in (".hsds.zip", ".zip"):
                return tabular.package(hsds.services(session))
            return self._spreadsheet(session, ending, shared)

    def _spreadsheet(self, session: Session, ending: str, shared: bool) -> bytes:
        records = list(read_records(session))
        headings, rows = spreadsheets.service_table(
            [spreadsheets.for_sharing(each) for each in records] if shared else records
        )
        formats: dict[str, Callable[[], bytes]] = {
            ".csv": lambda: spreadsheets.as_csv(headings, rows),
            ".hxl.csv": lambda: spreadsheets.as_csv(headings, rows, hashtags=True),
            ".xlsx": lambda: spreadsheets.as_xlsx(
                headings, rows, spreadsheets.place_table(load_gazetteer(session))
            ),
        }
        if ending not in formats:
            raise ValueError(f"there is no format {ending}")
        return formats[ending]()

    def _hsds(self, data: bytes, name: str, gazetteer: Gazetteer) -> tuple[list[Row], list[Problem]]:
        if data.startswith(b"PK"):
            services, wrong, apart = tabular.services(data, name)
            rows, problems = read_services(services, gazetteer) if services else ([], [])
            if rows:
                rows[0].notes += apart
            return rows, [*wrong, *problems]
        try:
            document = json.loads(data.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise FileRefused(f"{name} is not in UTF-8, which JSON must be.") from error
        except (ValueError, RecursionError) as error:
            place = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
            raise FileRefused(f"{name} is not proper JSON{place}.") from error
        return read_services(document, gazetteer)

    def _tables(
        self, data: bytes, name: str, gazetteer: Gazetteer
    ) -> tuple[list[Row], list[PlaceRow], list[Problem], list[str], list[str]]:
        found = sheets(data, name)
        region = country_of(gazetteer)
        read, problems, skipped = tables(found, gazetteer, region)
        place_rows = [row for table in read if table.holds_places for row in table.rows]
        places, wrong = read_places(place_rows, gazetteer)
        if any(compare(places, gazetteer)):
            # Services of the same file may stand in places it brings.
            gazetteer = _with_new(gazetteer, places)
            read, problems, skipped = tables(found, gazetteer, region)
        rows = [row for table in read if not table.holds_places for row in table.rows]
        unknown = [title for table in read if not table.holds_places for title in table.unknown]
        return rows, places, [*problems, *wrong], unknown, skipped


def _is_hsds(data: bytes, name: str) -> bool:
    if data.startswith(b"PK"):
        return tabular.is_package(data, name)
    return data.lstrip()[:1] in (b"{", b"[") or data.lstrip(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def country_of(gazetteer: Gazetteer) -> str | None:
    """The country (ISO 3166) whose national phone numbers are meant: the one whose P-code begins so."""
    import pycountry

    codes = {place.code[:2].upper() for each in gazetteer.countries if (place := gazetteer.get(each))}
    known = [code for code in codes if pycountry.countries.get(alpha_2=code)]
    return known[0] if len(known) == 1 else None


def _with_new(gazetteer: Gazetteer, rows: list[PlaceRow]) -> Gazetteer:
    """The gazetteer as it will be."""
    from bot.directory.entries import entry_id

    by_code = {row.pcode: row for row in rows}
    places = {place.code: place for place in gazetteer}

    def within(row: PlaceRow) -> tuple[str, ...]:
        names: list[str] = []
        code = row.parent
        while code and len(names) < 10:
            parent = by_code.get(code)
            known = gazetteer.by_code(code)
            if parent is not None:
                names, code = [*names, *([parent.name] if parent.level != "country" else [])], parent.parent
            elif known is not None:
                return (*names, *([known.name] if known.level != "country" else []), *known.within)
            else:
                break
        return tuple(names)

    for row in rows:
        known = places.get(row.pcode)
        parent = gazetteer.by_code(row.parent) if row.parent else None
        places[row.pcode] = Place(
            known.id if known else entry_id("place", row.pcode),
            row.name,
            row.level,
            row.pcode,
            (parent.id if parent else entry_id("place", row.parent)) if row.parent else None,
            row.latitude if row.latitude is not None else (known.latitude if known else None),
            row.longitude if row.longitude is not None else (known.longitude if known else None),
            tuple(dict.fromkeys([*(known.names if known else ()), *row.names])),
            within(row),
        )
    return Gazetteer(places.values())


def ending_of(path: Path) -> str | None:
    """The ending that names a format; None when there is none for it."""
    return next((ending for ending in ENDINGS if path.name.lower().endswith(ending)), None)
