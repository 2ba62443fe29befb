"""Opens files that people bring, and refuses those that are broken or hostile with a sentence that says what to do.

Nothing of a file is trusted: not its name, not what it says about its own size. Formulas are never computed.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final, Union

LARGEST_FILE: Final = 20 * 1024 * 1024
"""Bytes; a directory of 100,000 services takes less."""
LARGEST_UNPACKED: Final = 120 * 1024 * 1024
MOST_MEMBERS: Final = 500
MOST_ROWS: Final = 120_000
MOST_COLUMNS: Final = 300

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = b"PK\x03\x04"
_BYTE_ORDER_MARKS: Final = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}

Value = Union[str, int, float, bool, date, datetime, time, None]


class FileRefused(ValueError):
    """A file that cannot be read; the message is one sentence that says why and what would help."""


@dataclass(frozen=True)
class Formula:
    """A cell that would compute something. Its text is kept only to be named."""

    text: str


Cell = Union[Value, Formula]


@dataclass(frozen=True)
class Sheet:
    """A table as it stands in a file: `rows` by number, counted from 1 as people see them."""

    name: str
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    merged: tuple[tuple[int, int, str], ...] = ()
    """Ranges of joined cells: first row, last row, how they are written (`A3:C3`)."""


def read_bytes(path: Path) -> bytes:
    """The file, if it is one and not too large.

    Raises:
        FileRefused: it is not there, not a file, empty or too large.
    """
    try:
        if not path.is_file():
            raise FileRefused(f"There is no file {path.name}.")
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise FileRefused(
                f"{path.name} has {size // (1024 * 1024)} MB, and more than {LARGEST_FILE // (1024 * 1024)} MB are "
                "not read: split it, or remove pictures."
            )
        return path.read_bytes()
    except OSError as error:
        raise FileRefused(f"{path.name} cannot be read: {error.strerror}.") from error


def sheets(data: bytes, name: str) -> list[Sheet]:
    """The tables of an XLSX or CSV file; which of them it is, is decided by its content.

    Raises:
        FileRefused: it is neither, or cannot be read safely.
    """
    if not data.strip():
        raise FileRefused(f"{name} is empty.")
    if data.startswith(_OLE):
        raise FileRefused(
            f"{name} is in the old Excel format or locked with a password: save it as .xlsx without a password."
        )
    if data.startswith(_ZIP):
        return _workbook(data, name)
    if data.lstrip()[:5].lower() in (b"<html", b"<?xml", b"<!doc"):
        raise FileRefused(f"{name} is a web page or XML, not a spreadsheet: save it as .xlsx or .csv.")
    return [_csv(data, name)]


def safe_zip(data: bytes, name: str) -> zipfile.ZipFile:
    """A zip archive whose members, together, unpack to a reasonable size.

    Raises:
        FileRefused: it is broken, or unpacks to far more than it holds.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
        if len(members) > MOST_MEMBERS:
            raise FileRefused(f"{name} holds {len(members)} files, which no directory needs.")
        if sum(member.file_size for member in members) > LARGEST_UNPACKED:
            raise FileRefused(f"{name} unpacks to far more than a directory needs, so it was not opened.")
        for member in members:
            if member.flag_bits & 1:
                raise FileRefused(f"{name} is locked with a password: save it without one.")
            _measure(archive, member, name)
        return archive
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, ValueError) as error:
        if isinstance(error, FileRefused):
            raise
        raise FileRefused(f"{name} is damaged: it cannot be unpacked.") from error


def _measure(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> None:
    """Unpacks a member without keeping it, because what an archive says about its sizes may be a lie."""
    left = member.file_size
    with archive.open(member) as stream:
        while chunk := stream.read(1 << 16):
            left -= len(chunk)
            if left < 0:
                raise FileRefused(f"{name} unpacks to more than it says, so it was not opened.")


def _workbook(data: bytes, name: str) -> list[Sheet]:
    from openpyxl import load_workbook

    archive = safe_zip(data, name)
    if "[Content_Types].xml" not in archive.namelist():
        raise FileRefused(f"{name} is an archive, but no spreadsheet.")
    if any(member.lower().endswith("vbaproject.bin") for member in archive.namelist()):
        raise FileRefused(f"{name} holds macros: save it as .xlsx, without them.")
    try:
        workbook = load_workbook(io.BytesIO(data), data_only=False, keep_links=False)
    except Exception as error:  # openpyxl fails in many ways on what is not a workbook
        raise FileRefused(f"{name} cannot be read as a spreadsheet: it is damaged or not .xlsx.") from error
    return [_worksheet(sheet, name) for sheet in workbook.worksheets if sheet.sheet_state == "visible"]


def _worksheet(sheet: Any, name: str) -> Sheet:
    by_row: dict[int, dict[int, Cell]] = {}
    for (
        row,
        column,
    ), cell in sheet._cells.items():  # only cells that exist: a sheet may claim a million rows
        value = _value(cell)
        if value is None or value == "":
            continue
        if column > MOST_COLUMNS:
            raise FileRefused(
                f"{name}, sheet “{sheet.title}”: there is something in column {column}; remove it."
            )
        by_row.setdefault(row, {})[column] = value
    if len(by_row) > MOST_ROWS:
        raise FileRefused(f"{name}, sheet “{sheet.title}” has more than {MOST_ROWS} rows.")
    rows = [(row, _filled(cells)) for row, cells in sorted(by_row.items())]
    merged = [(each.min_row, each.max_row, each.coord) for each in sheet.merged_cells.ranges]
    return Sheet(sheet.title, tuple(rows), tuple(sorted(merged)))


def _value(cell: Any) -> Cell:
    value = cell.value
    if cell.data_type == "f" or not isinstance(
        value, (str, int, float, bool, date, datetime, time, type(None))
    ):
        return Formula(str(getattr(value, "text", value))[:60])
    if cell.data_type == "e":
        return Formula(str(value)[:60])
    if isinstance(value, str):
        return value.strip()
    return value


def _filled(cells: dict[int, Cell]) -> tuple[Cell, ...]:
    return tuple(cells.get(column) for column in range(1, max(cells) + 1))


def _csv(data: bytes, name: str) -> Sheet:
    text = _decoded(data, name)
    if "\0" in text:
        raise FileRefused(f"{name} is not a text file: save the table as .xlsx or .csv.")
    dialect = _delimiter(text)
    rows = []
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=dialect, strict=True)
        for line in reader:
            if len(line) > MOST_COLUMNS:
                raise FileRefused(f"{name}, line {reader.line_num} has {len(line)} columns.")
            if any(cell.strip() for cell in line):
                rows.append((reader.line_num, tuple(_plain(cell) for cell in line)))
            if len(rows) > MOST_ROWS:
                raise FileRefused(f"{name} has more than {MOST_ROWS} rows.")
    except csv.Error as error:
        raise FileRefused(f"{name} is not a proper CSV file: {error}.") from error
    return Sheet("", tuple(rows))


def _decoded(data: bytes, name: str) -> str:
    encoding = _BYTE_ORDER_MARKS.get(data[:2], "utf-8-sig")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileRefused(
            f"{name} is not in UTF-8 (first seen in line {line}), so accents and Arabic would be garbled: save it "
            "as “CSV UTF-8”, or as .xlsx."
        ) from error


def _delimiter(text: str) -> str:
    """The delimiter that gives the first lines the most columns."""
    head = text[:20_000]

    def columns(delimiter: str) -> int:
        lines = _first_lines(head, delimiter)
        return max((len(line) for line in lines), default=0)

    return max(",;\t|", key=columns)


def _first_lines(head: str, delimiter: str) -> Sequence[list[str]]:
    def lines() -> Iterator[list[str]]:
        reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
        try:
            for number, line in enumerate(reader):
                if number >= 10:
                    return
                yield line
        except csv.Error:
            return

    return list(lines())


def _plain(cell: str) -> Cell:
    """A CSV cell: the apostrophe we put before what a spreadsheet would compute is taken off; anything that would
    still be computed is a formula."""
    cell = cell.strip()
    if cell.startswith("'") and cell[1:2] in tuple("=+-@\t\r"):
        return cell[1:].strip()
    if cell.startswith(("=", "@")) and len(cell) > 1:
        return Formula(cell[:60])
    return cell or None
