"""The figures of a session as CSV and XLSX: one figure a row, and nothing about one person but the names they chose.

A cell that a spreadsheet would compute is neutralised: people choose their names.
"""

from __future__ import annotations

import io
from typing import Callable, Final

from openpyxl import Workbook
from openpyxl.styles import Font

from bot.directory.exchange.spreadsheets import as_csv
from bot.practice.cohorts.figures import Figures, Report
from bot.practice.cohorts.telling import Scenarios, move_title, scenario_title

HEADINGS: Final = ("group", "name", "figure", "item", "people", "value")

Say = Callable[[str], str]


def rows(report: Report, say: Say, scenarios: Scenarios) -> list[list[str]]:
    """The rows under `HEADINGS`."""
    found = [["session", report.code, "joined", "", "", str(len(report.names))]]
    found += [["session", report.code, "member", name, "", ""] for name in report.names]
    if report.completed is not None:
        found.append(["session", report.code, "completed", "", "", str(report.completed)])
    found += [["session", report.code, "played_together", "", "", str(points)] for points in report.together]
    for group in report.groups:
        name = scenario_title(group.name, scenarios) if group.kind == "scenario" else group.name
        found += _group(group, say(name["text"]) if isinstance(name, dict) else name, say)
    found += [[kind, name, "left_out", "", "", ""] for kind, name in report.hidden]
    return found


def _group(group: Figures, name: str, say: Say) -> list[list[str]]:
    start, people = [group.kind, name], str(group.people)
    found = [
        [*start, "points_on_average", "", people, f"{group.points:g}"],
        [*start, "without_critical_fail", "", people, str(group.compliant)],
    ]
    for spread in group.spreads:
        title = say(f"practice.rubric.{spread.item}")
        for figure, number in (("in_full", spread.full), ("by_half", spread.half), ("not", spread.none)):
            found.append([*start, figure, title, people, str(number)])
    found += [
        [*start, "missed", say(move_title(moves)), people, str(number)] for moves, number in group.missing
    ]
    found += [
        [*start, "harmful", say(move_title(move)), people, str(number)] for move, number in group.harmful
    ]
    return found


def csv_of(report: Report, say: Say, scenarios: Scenarios) -> bytes:
    """The figures as CSV, UTF-8 with a byte order mark."""
    return as_csv(HEADINGS, rows(report, say, scenarios))


def xlsx_of(report: Report, say: Say, scenarios: Scenarios) -> bytes:
    """The figures as a workbook; numbers are numbers, everything else is text."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "figures"
    for row, cells in enumerate([list(HEADINGS), *rows(report, say, scenarios)], start=1):
        for column, value in enumerate(cells, start=1):
            if not value:
                continue
            cell = sheet.cell(row, column)
            if row > 1 and column > 4:
                cell.value = float(value)
                continue
            cell.value = value
            cell.data_type = "s"  # what begins with = is text, not a formula
            if row == 1:
                cell.font = Font(bold=True)
    for letter, width in zip("ABCDEF", (14, 28, 28, 40, 10, 10), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    output = io.BytesIO()
    workbook.save(output)
    return output.getvalue()
