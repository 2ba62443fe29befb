"""Writes the directory as a spreadsheet: XLSX, CSV, and CSV with HXL hashtags.

What is confidential is left out of tables that are handed on (`for_sharing`), and a cell that a spreadsheet would
compute is neutralised: in CSV with an apostrophe (OWASP, CSV injection), in XLSX by its type.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from bot.directory.codes import SHELTER
from bot.directory.exchange.cell_writing import write
from bot.directory.exchange.columns import COLUMNS, HXL, PLACE_HXL
from bot.directory.places import Gazetteer
from bot.directory.record import TRANSLATED, Record

SERVICES: Final = "services"
PLACES: Final = "places"

_COMPUTED: Final = ("=", "+", "-", "@", "\t", "\r")
_HIDDEN: Final[dict[str, object]] = {
    "locations": (), "phones": (), "email": None, "url": None, "description": None, "alert": None,
    "application_process": None, "hours": None, "assurer_email": None,
}  # fmt: skip
_WIDEST: Final = 48

Table = list[list[str]]


def for_sharing(record: Record) -> Record:
    """The record as others may have it: of a confidential service, and of any shelter, nothing that leads there; of
    every service, not whom we ask whether it is right."""
    if record.confidentiality == "public" and SHELTER not in record.needs:
        return record.copy(update={"assurer_email": None})
    texts = {field: words for field, words in record.translations.items() if field == "name"}
    return record.copy(update={**_HIDDEN, "translations": texts, "focal_point": record.focal_point})


def service_table(records: Iterable[Record]) -> tuple[list[str], Table]:
    """Headings and rows; a service with several locations takes as many rows."""
    records = list(records)
    translated = sorted(
        {
            f"{field}:{language}"
            for record in records
            for field in TRANSLATED
            for language in record.translations.get(field, {})
        }
    )
    headings = [*COLUMNS, *translated]
    rows = []
    for record in records:
        for location in range(max(1, len(record.locations))):
            cells = [write(column, record, location) for column in COLUMNS]
            for heading in translated:
                field, _, language = heading.partition(":")
                cells.append(record.translations.get(field, {}).get(language, ""))
            rows.append(cells)
    return headings, rows


def place_table(gazetteer: Gazetteer) -> tuple[list[str], Table]:
    """Headings and rows of the places, the larger ones first."""
    rows = []
    for place in sorted(gazetteer, key=lambda each: (len(each.within), each.code)):
        parent = gazetteer.get(place.parent_id) if place.parent_id else None
        at = [("" if degrees is None else f"{degrees:g}") for degrees in (place.latitude, place.longitude)]
        rows.append(
            [place.code, place.name, place.level, parent.code if parent else "", *at, "; ".join(place.names)]
        )
    return list(PLACE_HXL), rows


def as_csv(headings: Sequence[str], rows: Table, hashtags: bool = False) -> bytes:
    """CSV in UTF-8 with a byte order mark, which Excel needs to see that it is UTF-8."""
    output = io.StringIO(newline="")
    writer = csv.writer(output)
    writer.writerow(headings)
    if hashtags:
        writer.writerow([_hashtag(heading) for heading in headings])
    writer.writerows([[neutral(cell) for cell in row] for row in rows])
    return output.getvalue().encode("utf-8-sig")


def _hashtag(heading: str) -> str:
    column, _, language = heading.partition(":")
    return f"{HXL.get(column, '#meta+' + column)}+i_{language}" if language else HXL.get(column, "#meta")


def neutral(cell: str) -> str:
    """A cell that no spreadsheet computes."""
    return f"'{cell}" if cell.startswith(_COMPUTED) else cell


def as_xlsx(headings: Sequence[str], rows: Table, places: tuple[list[str], Table] | None = None) -> bytes:
    """A workbook: services, and the places they name on a second sheet."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    sheet = workbook.create_sheet(SERVICES)
    _fill(sheet, headings, rows)
    if places is not None:
        _fill(workbook.create_sheet(PLACES), *places)
    output = io.BytesIO()
    workbook.save(output)
    return output.getvalue()


def _fill(sheet: object, headings: Sequence[str], rows: Table) -> None:
    widths = [len(heading) for heading in headings]
    for number, cells in enumerate([list(headings), *rows], start=1):
        for column, text in enumerate(cells, start=1):
            if not text:
                continue
            cell = sheet.cell(number, column)  # type: ignore[attr-defined]
            cell.value = text
            cell.data_type = "s"  # what begins with = is text, not a formula
            cell.number_format = "@"  # a phone number keeps its plus sign and zeros when it is edited
            cell.alignment = Alignment(vertical="top", wrap_text=number > 1)
            widths[column - 1] = max(widths[column - 1], min(len(text), _WIDEST))
            if number == 1:
                cell.font = Font(bold=True)
                cell.fill = PatternFill("solid", fgColor="DDE7E4")
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width + 2  # type: ignore[attr-defined]
    sheet.freeze_panes = "D2"  # type: ignore[attr-defined]
