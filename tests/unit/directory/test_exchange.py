from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from bot.directory.changes import Changes
from bot.directory.exchange.exchange import Exchange, Import
from bot.directory.exchange.files import FileRefused
from bot.directory.record import Record
from bot.directory.record_reading import read_record, read_records
from bot.storage.engine import SessionFactory
from tests.unit.directory.conftest import NOW, loaded_once

HEADINGS = ["organization", "name", "needs", "place", "phones", "hours"]
GOOD = ["Sun Clinic", "Night desk", "health", "Port Sellim", "+999 20 555 7777", "Mon-Fri 8am-5pm"]


def seal(content: str) -> str:
    return hashlib.sha256(b"key" + content.encode()).hexdigest()


@pytest.fixture
def exchange(own_sessions: SessionFactory) -> Exchange:
    return Exchange(own_sessions, Changes(own_sessions, seal, lambda: NOW))


@pytest.fixture(scope="module")
def reader() -> Exchange:
    """For tests that change nothing."""
    sessions = loaded_once()
    return Exchange(sessions, Changes(sessions, seal, lambda: NOW))


def csv_of(*rows: list[str], delimiter: str = ",") -> bytes:
    return "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows).encode()


def xlsx_of(*rows: list[object], merge: str | None = None, title: str = "Sheet") -> bytes:
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    output = io.BytesIO()
    workbook.save(output)
    return output.getvalue()


def reasons(read: Import) -> list[tuple[int, str, str]]:
    return [(each.where.row, each.column, each.reason) for each in read.plan.refused]


def only_new(read: Import) -> Record:
    assert reasons(read) == []
    assert len(read.plan.new) == 1
    return read.plan.new[0][0]


# Going out and coming back ---------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [".xlsx", ".csv", ".hxl.csv", ".hsds.json", ".hsds.zip"])
def test_what_is_exported_comes_back_the_same(reader: Exchange, ending: str) -> None:
    read = reader.read(reader.export(ending), f"directory{ending}")
    assert reasons(read) == []
    assert [each.fields for each in read.plan.changed] == []
    assert (len(read.plan.new), len(read.plan.vanished), read.plan.same) == (0, 0, 55)
    assert (read.plan.new_places, read.plan.changed_places) == (0, 0)


@pytest.mark.parametrize("ending", [".xlsx", ".csv", ".hxl.csv", ".hsds.json", ".hsds.zip"])
def test_nothing_confidential_is_exported(
    reader: Exchange, own_sessions: SessionFactory, ending: str
) -> None:
    with own_sessions() as session:
        hidden = [
            each
            for each in read_records(session)
            if each.confidentiality != "public" or "safety" in each.needs
        ]
    assert hidden
    secrets = {part for each in hidden for location in each.locations for part in (location.address,) if part}
    secrets |= {phone.number for each in hidden for phone in each.phones}
    exported = reader.export(ending)
    content = unpacked(exported)
    assert secrets and not [secret for secret in secrets if secret in content]


def unpacked(data: bytes) -> str:
    if not data.startswith(b"PK"):
        return data.decode("utf-8-sig")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def test_a_new_service_is_added_and_taken_back(exchange: Exchange, own_sessions: SessionFactory) -> None:
    read = exchange.read(csv_of(HEADINGS, GOOD), "sheet.csv")
    record = only_new(read)
    assert (record.hours, record.phones[0].number) == ("Mo-Fr 08:00-17:00", "+999 20 555 7777")
    batch = exchange.apply(read, "command line", "sheet.csv")
    with own_sessions() as session:
        assert read_record(session, record.id) is not None
    Changes(own_sessions, seal, lambda: NOW).revert_batch(batch, "command line", "undo")
    with own_sessions() as session:
        assert read_record(session, record.id) is None


def test_nothing_is_applied_while_one_row_is_refused(
    exchange: Exchange, own_sessions: SessionFactory
) -> None:
    bad = [*GOOD[:1], "Other desk", "teleportation", *GOOD[3:]]
    read = exchange.read(csv_of(HEADINGS, GOOD, bad), "sheet.csv")
    assert [(row, column) for row, column, _ in reasons(read)] == [(3, "needs")]
    with pytest.raises(ValueError, match="put right"):
        exchange.apply(read, "command line", "")
    with own_sessions() as session:
        assert len(list(read_records(session))) == 55


def test_only_what_the_file_says_is_changed(exchange: Exchange, own_sessions: SessionFactory) -> None:
    with own_sessions() as session:
        known = next(
            each for each in read_records(session) if len(each.phones) > 1 and each.hours and each.costs
        )
    rows = [["id", "organization", "name", "hours"], [known.id, known.organization, known.name, "24/7"]]
    read = exchange.read(csv_of(*rows), "sheet.csv")
    if known.hours == "24/7":
        assert read.plan.same == 1
        return
    days = {"assured_date", "existence_verified", "phone_verified", "hours_verified"}
    assert set(read.plan.changed[0].fields) <= {"hours", *days}
    assert read.plan.changed[0].after.phones == known.phones


def test_an_empty_cell_leaves_and_a_dash_takes_away(exchange: Exchange, own_sessions: SessionFactory) -> None:
    with own_sessions() as session:
        known = next(each for each in read_records(session) if each.phones and each.description)
    rows = [
        ["id", "organization", "name", "phones", "description"],
        [known.id, known.organization, known.name, "-", ""],
    ]
    read = exchange.read(csv_of(*rows), "sheet.csv")
    after = read.plan.changed[0].after
    assert (after.phones, after.description) == ((), known.description)


def test_a_new_number_is_not_confirmed_until_somebody_does(
    exchange: Exchange, own_sessions: SessionFactory
) -> None:
    with own_sessions() as session:
        known = next(each for each in read_records(session) if each.phones and each.assured_date)
    rows = [
        ["id", "organization", "name", "phones"],
        [known.id, known.organization, known.name, "+999 20 555 9876"],
    ]
    after = exchange.read(csv_of(*rows), "sheet.csv").plan.changed[0].after
    assert (after.assured_date, after.phone_verified, after.existence_verified) == (
        None,
        None,
        known.assured_date,
    )


def test_what_the_file_does_not_name_is_listed_and_left(
    exchange: Exchange, own_sessions: SessionFactory
) -> None:
    read = exchange.read(csv_of(HEADINGS, GOOD), "sheet.csv")
    assert len(read.plan.vanished) == 55
    exchange.apply(read, "command line", "")
    with own_sessions() as session:
        assert sum(each.status == "active" for each in read_records(session)) > 50


def test_what_the_file_does_not_name_can_be_closed(exchange: Exchange, own_sessions: SessionFactory) -> None:
    exchange.apply(
        exchange.read(csv_of(HEADINGS, GOOD), "sheet.csv"), "command line", "", close_vanished=True
    )
    with own_sessions() as session:
        assert sum(each.status != "defunct" for each in read_records(session)) == 1


def test_a_change_in_the_meantime_stops_the_import(exchange: Exchange, own_sessions: SessionFactory) -> None:
    with own_sessions() as session:
        known = next(read_records(session))
    rows = [
        ["id", "organization", "name", "alert"],
        [known.id, known.organization, known.name, "from the sheet"],
    ]
    read = exchange.read(csv_of(*rows), "sheet.csv")
    Changes(own_sessions, seal, lambda: NOW).edit(known.id, {"alert": "by chat"}, "K7", "")
    with pytest.raises(ValueError, match="meantime"):
        exchange.apply(read, "command line", "")


# Spreadsheets as people have them --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headings", "need"),
    [
        (
            [
                "Organisation name",
                "Facility Name",
                "Type of service",
                "Town",
                "Phone number(s)",
                "Opening hours",
            ],
            "Hospital",
        ),
        (
            ["Organisme", "Nom de la structure", "Type de service", "Localité", "Téléphone", "Horaires"],
            "Santé",
        ),
        (
            ["Organización", "Nombre", "Tipo de servicio", "Localidad", "Teléfono", "Horario de atención"],
            "Salud",
        ),
        (["المنظمة", "اسم الخدمة", "نوع الخدمة", "المكان", "رقم الهاتف", "ساعات العمل"], "صحة"),
        (
            ["ORGANISATION *", "Service Name", "Sector", "Location", "Contact Number", "Working Hours"],
            "medical",
        ),
    ],
)
def test_headings_are_understood_in_four_languages(reader: Exchange, headings: list[str], need: str) -> None:
    record = only_new(reader.read(csv_of(headings, [*GOOD[:2], need, *GOOD[3:]]), "sheet.csv"))
    assert record.needs == ("health",)
    assert record.locations[0].place == "QV010101"


def test_titles_above_and_notes_below_are_stepped_over(reader: Exchange) -> None:
    rows: list[list[object]] = [
        ["Referral directory 2026"],
        [],
        ["Updated by the working group"],
        [],
        [*HEADINGS],
        [*GOOD],
    ]
    record = only_new(reader.read(xlsx_of(*rows, merge="A1:F1"), "messy.xlsx"))
    assert record.name == "Night desk"


def test_hashtags_count_rather_than_headings(reader: Exchange) -> None:
    rows = [
        ["A", "B", "C", "D", "E"],
        ["#org", "#service+name", "#sector", "#adm3+name", "#contact+phone"],
        GOOD[:5],
    ]
    assert only_new(reader.read(csv_of(*rows), "hxl.csv")).phones[0].number == "+999 20 555 7777"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found(reader: Exchange, delimiter: str) -> None:
    only_new(reader.read(csv_of(HEADINGS, GOOD, delimiter=delimiter), "sheet.csv"))


def test_what_a_new_service_does_is_taken_from_its_name_and_noted(reader: Exchange) -> None:
    rows = [["organization", "name", "place"], ["Sun", "Sun Hospital", "Port Sellim"]]
    read = reader.read(csv_of(*rows), "sheet.csv")
    assert only_new(read).needs == ("health",)
    assert "check it" in read.plan.notes[-1].reason


def test_a_sheet_that_does_not_speak_of_needs_changes_none(exchange: Exchange, own_sessions: SessionFactory) -> None:
    with own_sessions() as session:
        records = list(read_records(session))
    rows = [["id", "organization", "name"], *([each.id, each.organization, each.name] for each in records)]
    assert exchange.read(csv_of(*rows), "sheet.csv").plan.same == 55


def test_a_district_stands_in_where_no_town_is_named(reader: Exchange) -> None:
    rows = [["#org", "#service+name", "#sector", "#adm2+code"], ["Sun", "Mobile desk", "health", "QV0101"]]
    assert only_new(reader.read(csv_of(*rows), "hxl.csv")).locations[0].place == "QV0101"


def test_columns_nobody_knows_are_named(reader: Exchange) -> None:
    read = reader.read(csv_of([*HEADINGS, "Donor"], [*GOOD, "X"]), "sheet.csv")
    assert read.plan.unknown_columns == ("Donor",)


def test_a_misspelt_place_is_understood_and_noted(reader: Exchange) -> None:
    read = reader.read(csv_of(HEADINGS, [*GOOD[:3], "Port Selim", *GOOD[4:]]), "sheet.csv")
    assert only_new(read).locations[0].place == "QV010101"


def test_a_nearly_equal_name_means_the_same_service(exchange: Exchange) -> None:
    exchange.apply(exchange.read(csv_of(HEADINGS, GOOD), "one.csv"), "command line", "")
    read = exchange.read(csv_of(HEADINGS, [GOOD[0], "Nigth desk", *GOOD[2:]]), "two.csv")
    assert len(read.plan.changed) == 1 and not read.plan.new
    assert "Night desk" in read.plan.notes[0].reason


def test_numbered_services_are_not_the_same(exchange: Exchange) -> None:
    rows = [[GOOD[0], f"Health post {number}", *GOOD[2:]] for number in range(1, 6)]
    assert len(exchange.read(csv_of(HEADINGS, *rows), "posts.csv").plan.new) == 5


def test_a_row_that_stands_twice_counts_once(reader: Exchange) -> None:
    only_new(reader.read(csv_of(HEADINGS, GOOD, GOOD), "twice.csv"))


def test_two_rows_that_disagree_are_refused(reader: Exchange) -> None:
    read = reader.read(csv_of(HEADINGS, GOOD, [*GOOD[:4], "+999 20 555 1111", GOOD[5]]), "twice.csv")
    assert [(row, column) for row, column, _ in reasons(read)] == [(3, "phones")]
    assert "row 2" in reasons(read)[0][2]


def test_places_come_on_a_sheet_of_their_own(exchange: Exchange, own_sessions: SessionFactory) -> None:
    workbook = Workbook()
    services = workbook.active
    services.append(HEADINGS)
    services.append([*GOOD[:3], "New Ferry", *GOOD[4:]])
    places = workbook.create_sheet("Places")
    places.append(["pcode", "name", "level", "parent", "latitude", "longitude", "names"])
    places.append(["QV010199", "New Ferry", "town", "QV0101", -24.2, -22.2, "المعبر الجديد; Neu Fähre"])
    output = io.BytesIO()
    workbook.save(output)
    read = exchange.read(output.getvalue(), "book.xlsx")
    assert read.plan.new_places == 1
    assert only_new(read).locations[0].place == "QV010199"
    exchange.apply(read, "command line", "")
    again = exchange.read(output.getvalue(), "book.xlsx")
    assert (again.plan.same, again.plan.new_places, again.plan.changed_places) == (1, 0, 0)


# Cells that cannot be used ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("organization", "", "missing"),
        ("name", "", "missing"),
        ("phones", "call Jane", "not a phone number"),
        ("phones", 205557777, "stored as a number"),
        ("place", "Nowhere at all", "no place"),
        ("needs", "teleportation", "not known here"),
        ("assured_date", "03/04/2026", "two different days"),
        ("assured_date", 45678, "format “date”"),
        ("assured_date", "31.02.2026", "calendar"),
        ("phones", date(2026, 1, 2), "a date"),
        ("minimum_age", "grown up", "age"),
        ("latitude", "north", "coordinate"),
        ("latitude", "-24.1", "together"),
        ("has_pep", "perhaps", "neither yes nor no"),
        ("name", "=HYPERLINK(A1)", "formula"),
        ("phones", "=1+1", "formula"),
        ("confidentiality", "hidden", "hidden address"),
        ("url", "javascript:alert(1)", "http"),
        ("languages", "Klingonese", "language"),
        ("serves", "cats", "women, men or both"),
    ],
)
def test_what_cannot_be_used_is_refused_with_row_column_and_reason(
    reader: Exchange, column: str, cell: object, reason: str
) -> None:
    headings = [*HEADINGS] if column in HEADINGS else [*HEADINGS, column]
    row: list[object] = [*GOOD, ""][: len(headings)]
    row[headings.index(column)] = cell
    read = reader.read(xlsx_of([*headings], row), "sheet.xlsx")
    assert [each[0] for each in reasons(read)] == [2]
    assert reason in reasons(read)[0][2]


def test_formulas_are_found_in_csv_too(reader: Exchange) -> None:
    read = reader.read(csv_of(HEADINGS, [GOOD[0], "=cmd|'/c calc'!A0", *GOOD[2:]]), "sheet.csv")
    assert "formula" in reasons(read)[0][2]


def test_merged_cells_among_the_data_are_refused(reader: Exchange) -> None:
    rows: list[list[object]] = [[*HEADINGS], [*GOOD], ["", "Second", *GOOD[2:]]]
    read = reader.read(xlsx_of(*rows, merge="A2:A3"), "sheet.xlsx")
    assert reasons(read) == [(2, "A2:A3", reasons(read)[0][2])] and "merged" in reasons(read)[0][2]


# Files that cannot be used ---------------------------------------------------------------------------------


def bomb() -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (130 * 1024 * 1024))
    return output.getvalue()


def lying_bomb() -> bytes:
    """An archive whose directory says that a member is small."""
    data = bytearray(bomb())
    size = (130 * 1024 * 1024).to_bytes(4, "little")
    at = data.rfind(size)
    data[at : at + 4] = (100).to_bytes(4, "little")
    return bytes(data)


def xml_bomb() -> bytes:
    book = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx_of([*HEADINGS], [*GOOD]))) as source,
        zipfile.ZipFile(book, "w") as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                head = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
                content = head + content[content.index(b"<worksheet") :].replace(
                    b"<sheetData>", b"<sheetData>&b;"
                )
            target.writestr(name, content)
    return book.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\r\n", "empty"),
        ("organization,name\nHôpital,Unité".encode("latin-1"), "UTF-8"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "old Excel"),
        (b"<html><table></table></html>", "web page"),
        (b"PK\x03\x04 not really", "damaged"),
        (bomb(), "unpacks"),
        (lying_bomb(), "opened|damaged"),
        (xml_bomb(), "damaged"),
        (b"hello there", "holds no services"),
        (b"organization,name,needs\n", "holds no services"),
        (b'organization,name\n"open quote', "proper CSV"),
        (b"name\0organization\n1,2", "not a text file"),
        (b'{"contents": []}', "no services"),
        (b"[1, 2]", "HSDS"),
        (b'{"id": ', "proper JSON"),
        (b"[" * 100_000, "proper JSON"),
    ],
    ids=range(17),
)
def test_a_file_that_cannot_be_used_is_refused_with_a_reason(
    reader: Exchange, data: bytes, reason: str
) -> None:
    with pytest.raises(FileRefused, match=reason):
        reader.read(data, "file")


def test_a_file_of_100_mb_is_not_even_opened(reader: Exchange, tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    with pytest.raises(FileRefused, match="100 MB"):
        reader.read_file(path)


def test_macros_are_refused(reader: Exchange) -> None:
    book = io.BytesIO(xlsx_of([*HEADINGS], [*GOOD]))
    with zipfile.ZipFile(book, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"0")
    with pytest.raises(FileRefused, match="macros"):
        reader.read(book.getvalue(), "book.xlsx")


def test_a_cell_at_the_end_of_the_world_is_refused(reader: Exchange) -> None:
    workbook = Workbook()
    workbook.active["XFD1048576"] = "far"
    output = io.BytesIO()
    workbook.save(output)
    with pytest.raises(FileRefused, match="column 16384"):
        reader.read(output.getvalue(), "far.xlsx")


# Formulas going out ----------------------------------------------------------------------------------------


def test_formulas_are_neutralised_going_out(exchange: Exchange, own_sessions: SessionFactory) -> None:
    wicked = '=HYPERLINK("http://x","y")'
    changes = Changes(own_sessions, seal, lambda: NOW)
    made = changes.add(
        Record(organization="@org", name="-1+1", description=wicked, needs=("health",)), "x", ""
    )
    assert made.record is not None
    text = exchange.export(".csv").decode("utf-8-sig")
    assert "'=HYPERLINK" in text and "'@org" in text and "'-1+1" in text and "'+999" in text
    sheet = load_workbook(io.BytesIO(exchange.export(".xlsx")))["services"]
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    for ending in (".csv", ".xlsx", ".hxl.csv", ".hsds.zip"):
        again = exchange.read(exchange.export(ending), f"x{ending}")
        assert (reasons(again), len(again.plan.changed), len(again.plan.new)) == ([], 0, 0)


# HSDS from others ------------------------------------------------------------------------------------------

SERVICE = {
    "id": "ac148810-d857-441c-9679-408f346de14b",
    "name": "Community counselling",
    "status": "active",
    "organization": {"id": "d9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610", "name": "Example Org", "description": "x"},
    "phones": [{"id": "1554c7d2-4d7a-4ea4-8d94-a9e4c3a2a6a1", "number": "+44 1234 234567"}],
    "schedules": [
        {"id": "48be9d9d-9b2c-4c0a-b38e-50c3e8a6a2b1", "freq": "WEEKLY",
         "byday": "MO,TU,WE", "opens_at": "08:00", "closes_at": "12:00"},
        {"id": "48be9d9d-9b2c-4c0a-b38e-50c3e8a6a2b2", "freq": "WEEKLY",
         "byday": "FR", "opens_at": "08:00:00", "closes_at": "10:30"},
    ],
    "languages": [{"id": "48be9d9d-9b2c-4c0a-b38e-50c3e8a6a2b3", "name": "Urdu", "code": "ur"}],
    "cost_options": [{"id": "48be9d9d-9b2c-4c0a-b38e-50c3e8a6a2b4", "amount": 0, "option": "Standard"}],
    "service_at_locations": [
        {
            "id": "48be9d9d-9b2c-4c0a-b38e-50c3e8a6a2b5",
            "location": {
                "id": "48be9d9d-9b2c-4c0a-b38e-50c3e8a6a2b6",
                "location_type": "physical",
                "latitude": -24.2,
                "longitude": -22.1,
                "addresses": [
                    {"id": "48be9d9d-9b2c-4c0a-b38e-50c3e8a6a2b7", "address_1": "1 Road", "city": "Port Sellim",
                     "state_province": "", "postal_code": "", "country": "QV", "address_type": "physical"}
                ],
            },
        }
    ],
}  # fmt: skip


def test_a_service_of_another_directory_is_read(reader: Exchange) -> None:
    record = only_new(reader.read(json.dumps([SERVICE]).encode(), "other.json"))
    assert record.id == SERVICE["id"]
    assert (record.organization, record.needs) == ("Example Org", ("mhpss",))
    assert record.hours == "Mo-We 08:00-12:00; Fr 08:00-10:30"
    location = record.locations[0]
    assert (location.place, location.address, location.latitude) == ("QV010101", "1 Road", -24.2)
    assert (record.languages, record.costs[0].code) == (("ur",), "free")


@pytest.mark.parametrize(
    ("wrong", "column", "reason"),
    [
        ({"status": "open"}, "status", "none of"),
        ({"id": "17"}, "id", "UUID"),
        ({"name": None}, "name", "missing"),
        ({"phones": {}}, "phones", "list"),
        ({"phones": [{"id": SERVICE["id"]}]}, "phones/0/number", "missing"),
        ({"minimum_age": "18"}, "minimum_age", "number"),
        ({"url": "www"}, "url", "web address"),
        ({"organization": None}, "organization", "no organization"),
        ({"assured_date": "yesterday"}, "assured_date", "date"),
        ({"service_at_locations": [{"id": SERVICE["id"], "location": {"id": SERVICE["id"], "location_type": "moon"}}]},
         "service_at_locations/0/location/location_type", "none of"),
    ],
)  # fmt: skip
def test_a_broken_service_is_refused_with_its_path(
    reader: Exchange, wrong: dict[str, object], column: str, reason: str
) -> None:
    read = reader.read(json.dumps([{**SERVICE, **wrong}]).encode(), "other.json")
    assert [(each[0], each[1]) for each in reasons(read)] == [(1, column)]
    assert reason in reasons(read)[0][2]


def package(**files: str) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.csv", content)
    return output.getvalue()


ORGANIZATION = "d9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610"
ORGANIZATIONS = f"id,name,description\n{ORGANIZATION},Example Org,x\n"


@pytest.mark.parametrize("service", ["services", "service"])
def test_a_package_of_another_directory_is_read(reader: Exchange, service: str) -> None:
    organization = {"services": "organizations", "service": "organization"}[service]
    rows = (
        f"id,organization_id,name,status,minimum_age\n{SERVICE['id']},{ORGANIZATION},Counselling,active,12\n"
    )
    phones = f"id,service_id,number\n{ORGANIZATION},{SERVICE['id']},+44 1234 234567\n"
    read = reader.read(
        package(**{service: rows, organization: ORGANIZATIONS, "phones": phones}), "package.zip"
    )
    record = only_new(read)
    assert (record.organization, record.minimum_age, record.phones[0].number) == (
        "Example Org",
        12,
        "+44 1234 234567",
    )


def test_a_service_whose_organization_is_not_in_the_package_is_refused(reader: Exchange) -> None:
    rows = f"id,name,status,organization_id\n{SERVICE['id']},A,active,nobody\n"
    read = reader.read(package(services=rows, organizations=ORGANIZATIONS), "package.zip")
    assert ("organization_id", "nobody is not in organizations.csv") in [each[1:] for each in reasons(read)]
    assert read.plan.new == ()


def test_a_row_that_belongs_to_nothing_in_the_package_is_left_out_and_noted(reader: Exchange) -> None:
    rows = f"id,organization_id,name,status\n{SERVICE['id']},{ORGANIZATION},Counselling,active\n"
    phones = f"id,service_id,number\n{ORGANIZATION},{ORGANIZATION},+44 1234 234567\n"
    read = reader.read(package(services=rows, organizations=ORGANIZATIONS, phones=phones), "package.zip")
    assert only_new(read).phones == ()
    assert any("belongs to" in note.reason and note.where.sheet == "phones.csv" for note in read.plan.notes)


def test_what_is_odd_but_allowed_is_taken(reader: Exchange) -> None:
    """Places off the map, quotation marks in a number, a postal address: the schema allows all of it."""
    at = {**SERVICE["service_at_locations"][0]}  # type: ignore[index]
    address = {**at["location"]["addresses"][0], "address_type": "postal", "city": "MyCity"}
    at["location"] = {**at["location"], "latitude": 100, "longitude": 101, "addresses": [address]}
    phones = [{"id": SERVICE["id"], "number": '"+44 1234 234567"'}]
    costs = [{"id": SERVICE["id"], "amount": 50, "currency": "gbp"}]
    odd = {
        **SERVICE,
        "service_at_locations": [at],
        "phones": phones,
        "cost_options": costs,
        "additional_urls": [],
    }
    read = reader.read(json.dumps(odd).encode(), "one.json")
    record = only_new(read)
    assert record.phones[0].number == "+44 1234 234567"
    assert (record.locations[0].locality, record.locations[0].address, record.locations[0].latitude) == (
        "MyCity",
        None,
        None,
    )
    assert record.costs[0].currency == "GBP"
    assert any("no place on earth" in note.reason for note in read.plan.notes)


# Columns ---------------------------------------------------------------------------------------------------


def test_every_column_we_write_is_read() -> None:
    from bot.directory.exchange.cells import READERS
    from bot.directory.exchange.columns import COLUMNS, HXL, by_hashtag
    from bot.directory.exchange.words import heading

    assert [column for column in COLUMNS if heading(column) != column] == []
    assert [column for column in COLUMNS if column not in READERS] == []
    assert [column for column in COLUMNS if by_hashtag(HXL[column]) != column] == []


def test_no_heading_means_two_things() -> None:
    import yaml

    from bot.directory.exchange.words import plain
    from bot.directory.plain_words import WORDS

    data = yaml.safe_load((WORDS / "sheets.yml").read_text(encoding="utf-8"))
    for section, codes in data.items():
        if not isinstance(codes, dict):
            continue
        seen: dict[str, str] = {}
        for code, words in codes.items():
            for word in words:
                assert seen.setdefault(plain(word), code) == code, f"{section}: {word}"
