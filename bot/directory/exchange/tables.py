"""Finds the services in a sheet: which row holds the headings, which column means what, which rows are services.

People put titles above their tables, hashtags below their headings, and notes beneath the last row; all of that is
stepped over. What is in a service's row is read cell by cell, and what cannot be used is a `Problem` with row, column
and reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bot.directory.exchange.cells import CLEAR, READERS, CellRefused, Reading, find_place, read
from bot.directory.exchange.columns import by_hashtag, is_hashtag
from bot.directory.exchange.files import Cell, Formula, Sheet
from bot.directory.exchange.words import heading, plain
from bot.directory.places import Gazetteer
from bot.directory.plain_words import LONGEST_MESSAGE, read_request

_HEADINGS_WITHIN: Final = 25
"""Rows in which the headings are looked for."""
_LEAST_HEADINGS: Final = 2
_TRANSLATED: Final = re.compile(r"(name|description|alert|application_process)\s*[:_ ]\s*\(?([a-z]{2,3})\)?")
_PLACE_COLUMNS: Final = ("pcode", "place", "pcode2", "district", "pcode1", "region")
"""Columns that name a place, the most exact first; `pcode2` and `pcode1` are those of district and region (HXL)."""
_PLACES_TABLE: Final = frozenset({"pcode", "level"})


@dataclass(frozen=True)
class Where:
    """A row of a file, as people find it."""

    row: int
    sheet: str = ""


@dataclass(frozen=True)
class Problem:
    """Why a row is refused (or, as a note, what was understood in it). `column` is the heading as it stands there."""

    where: Where
    column: str
    reason: str


@dataclass
class Row:
    """One row that speaks of a service: what it says, under the names of the columns. `likely_need`: what its words
    suggest that it does, where no column says so."""

    where: Where
    values: dict[str, Any] = field(default_factory=dict)
    likely_need: str | None = None
    notes: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Table:
    """A table of services or of places: the rows and the columns that were not understood."""

    rows: tuple[Row, ...]
    holds_places: bool
    unknown: tuple[str, ...]


def tables(
    found: Sequence[Sheet], gazetteer: Gazetteer, region: str | None
) -> tuple[list[Table], list[Problem], list[str]]:
    """The tables in these sheets, what is wrong with their shape, and the names of sheets that hold none.

    Args:
        gazetteer: the places cells may name.
        region: the country (ISO 3166) of national phone numbers.
    """
    read_tables, problems, skipped = [], [], []
    for sheet in found:
        layout = _layout(sheet)
        if layout is None:
            skipped.append(sheet.name)
            continue
        wrong = _shape(sheet, layout)
        problems += wrong
        if not wrong:
            read_tables.append(_table(sheet, layout, gazetteer, region))
    return read_tables, problems, skipped


@dataclass(frozen=True)
class _Layout:
    """Where a table begins: the row of headings, the first row of data, column number → meaning and heading."""

    headings_row: int
    data_from: int
    columns: Mapping[int, str]
    titles: Mapping[int, str]
    unknown: tuple[str, ...]


def _layout(sheet: Sheet) -> _Layout | None:
    best: _Layout | None = None
    for position, (number, cells) in enumerate(sheet.rows[:_HEADINGS_WITHIN]):
        tags = {at: text for at, text in _texts(cells) if is_hashtag(text)}
        if len(tags) >= _LEAST_HEADINGS:
            above = dict(_texts(sheet.rows[position - 1][1])) if position else {}
            return _hashtag_layout(number, tags, above)
        columns, unknown = _meanings(dict(_texts(cells)))
        if len(columns) < _LEAST_HEADINGS or not {"name", "organization", "pcode"} & set(columns.values()):
            continue
        if best is None or len(columns) > len(best.columns):
            best = _Layout(number, number + 1, columns, dict(_texts(cells)), unknown)
    return best


def _texts(cells: Sequence[Cell]) -> list[tuple[int, str]]:
    return [(at, cell.strip()) for at, cell in enumerate(cells) if isinstance(cell, str) and cell.strip()]


def _hashtag_layout(number: int, tags: Mapping[int, str], above: Mapping[int, str]) -> _Layout:
    columns: dict[int, str] = {}
    unknown = []
    for at, tag in tags.items():
        meaning = by_hashtag(tag)
        if meaning is None or meaning in columns.values():
            unknown.append(above.get(at, tag))
        else:
            columns[at] = meaning
    return _Layout(
        number, number + 1, columns, {at: above.get(at, tag) for at, tag in tags.items()}, tuple(unknown)
    )


def _meanings(titles: Mapping[int, str]) -> tuple[dict[int, str], tuple[str, ...]]:
    """Column number → meaning. Of two headings with the same meaning the exact one counts."""
    columns: dict[int, str] = {}
    unknown: list[str] = []
    for at, title in titles.items():
        translated = _TRANSLATED.fullmatch(title.strip().lower())
        meaning = f"{translated[1]}:{translated[2]}" if translated else heading(title)
        if meaning is None:
            unknown.append(title)
        elif meaning in columns.values():
            other = next(key for key, value in columns.items() if value == meaning)
            if plain(title) == plain(meaning):
                unknown.append(titles[other])
                del columns[other]
                columns[at] = meaning
            else:
                unknown.append(title)
        else:
            columns[at] = meaning
    return columns, tuple(unknown)


def _shape(sheet: Sheet, layout: _Layout) -> list[Problem]:
    """Joined cells among the data: it is not clear which row they belong to."""
    return [
        Problem(
            Where(first, sheet.name), written,
            "the cells are merged: split them and fill each one, because it is not clear to which rows they belong",
        )
        for first, last, written in sheet.merged
        if last >= layout.headings_row
    ]  # fmt: skip


def _table(sheet: Sheet, layout: _Layout, gazetteer: Gazetteer, region: str | None) -> Table:
    holds_places = (
        set(layout.columns.values()) >= _PLACES_TABLE and "organization" not in layout.columns.values()
    )
    rows = []
    for number, cells in sheet.rows:
        if number < layout.data_from or not any(_is_filled(cells, at) for at in layout.columns):
            continue
        row = Row(Where(number, sheet.name))
        raw = {
            meaning: (layout.titles.get(at, meaning), cells[at])
            for at, meaning in layout.columns.items()
            if at < len(cells)
        }
        if holds_places:
            row.values = {meaning: cell for meaning, (_, cell) in raw.items()}
        else:
            _read_row(row, raw, gazetteer, region)
        rows.append(row)
    return Table(tuple(rows), holds_places, layout.unknown)


def _is_filled(cells: Sequence[Cell], at: int) -> bool:
    return at < len(cells) and cells[at] not in (None, "")


def _read_row(
    row: Row, raw: Mapping[str, tuple[str, Cell]], gazetteer: Gazetteer, region: str | None
) -> None:
    larger = tuple(
        cell
        for name in ("district", "region")
        if isinstance(cell := raw.get(name, ("", None))[1], str) and cell
    )
    for meaning, (title, cell) in raw.items():
        base, _, tongue = meaning.partition(":")
        if meaning in _PLACE_COLUMNS or base not in READERS:
            continue
        reading = Reading(gazetteer, region, larger)
        try:
            value = read(base, cell, reading)
        except CellRefused as error:
            row.problems.append(Problem(row.where, title, str(error)))
            continue
        row.notes += [Problem(row.where, title, note) for note in reading.notes]
        if value is None:
            continue
        if isinstance(value, dict):  # one column that fills several fields
            row.values |= value
        elif tongue:
            row.values.setdefault("translations", {}).setdefault(base, {})[tongue] = (
                None if value is CLEAR else value
            )
        else:
            row.values[meaning] = value
    _read_place(row, raw, Reading(gazetteer, region, larger))
    if "needs" not in row.values:
        words = " ".join(str(row.values.get(name) or "") for name in ("name", "description"))
        row.likely_need = read_request(words[:LONGEST_MESSAGE], gazetteer).need


def _read_place(row: Row, raw: Mapping[str, tuple[str, Cell]], reading: Reading) -> None:
    """The place, of the most exact column that is filled."""
    for meaning in _PLACE_COLUMNS:
        title, cell = raw.get(meaning, ("", None))
        if cell in (None, ""):
            continue
        if isinstance(cell, Formula):
            row.problems.append(Problem(row.where, title, "holds a formula: copy it and paste it as a value"))
            return
        if str(cell).strip() in ("-", "–"):
            row.values["place"] = CLEAR
            return
        smaller = Reading(
            reading.gazetteer, reading.region, reading.within if meaning in ("place", "pcode") else ()
        )
        try:
            row.values["place"] = find_place(str(cell), smaller).code
        except CellRefused as error:
            row.problems.append(Problem(row.where, title, str(error)))
        row.notes += [Problem(row.where, title, note) for note in smaller.notes]
        return
