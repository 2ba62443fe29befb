"""HSDS as a tabular data package: a zip of CSV files, one for each table, and `datapackage.json`, which describes them.

Services are nested objects in JSON; here each object is a row of its table, tied to the object it lies in by its id.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.directory.exchange.files import FileRefused, safe_zip
from bot.directory.exchange.hsds import Json
from bot.directory.exchange.hsds_shape import SHAPES
from bot.directory.exchange.spreadsheets import neutral
from bot.directory.exchange.tables import Problem, Where

DESCRIPTION: Final = "datapackage.json"
_PROFILE: Final = "tabular-data-package"
_FILES: Final[Mapping[str, str]] = {
    "organization": "organizations.csv", "program": "programs.csv", "service": "services.csv",
    "attribute": "attributes.csv", "service_at_location": "service_at_location.csv", "location": "locations.csv",
    "phone": "phones.csv", "contact": "contacts.csv", "address": "addresses.csv", "schedule": "schedules.csv",
    "funding": "funding.csv", "service_area": "service_areas.csv", "required_document": "required_documents.csv",
    "language": "languages.csv", "accessibility": "accessibility.csv", "taxonomy_term": "taxonomy_terms.csv",
    "cost_option": "cost_options.csv", "taxonomy": "taxonomies.csv",
}  # fmt: skip
"""Table → file, as HSDS names them."""

_TYPES: Final = {"number": "number", "date": "date", "moment": "datetime"}
_MAY_BE_EMPTY: Final = "address"
"""The table whose required texts are often empty: not every country has provinces or postal codes."""
_LONG_AGO: Final = (2020, 1, 1, 0, 0, 0)
"""The date of every member, so that the same directory gives the same file."""

_PARENTS: Final[Mapping[str, tuple[tuple[str, str, str], ...]]] = {
    # table: (field with the parent's id, parent table, name of the list in the parent)
    "phone": (("service_at_location_id", "service_at_location", "phones"), ("location_id", "location", "phones"),
              ("service_id", "service", "phones")),
    "schedule": (("service_at_location_id", "service_at_location", "schedules"),
                 ("location_id", "location", "schedules"), ("service_id", "service", "schedules")),
    "address": (("location_id", "location", "addresses"),),
    "accessibility": (("location_id", "location", "accessibility"),),
    "language": (("service_id", "service", "languages"), ("location_id", "location", "languages")),
    "service_area": (("service_id", "service", "service_areas"),),
    "required_document": (("service_id", "service", "required_documents"),),
    "cost_option": (("service_id", "service", "cost_options"),),
    "service_at_location": (("service_id", "service", "service_at_locations"),),
    "attribute": (("link_id", "service", "attributes"),),
}  # fmt: skip


_ONE_OF: Final = (
    ("attribute", "taxonomy_term_id", "taxonomy_term", "taxonomy_term"),
    ("service_at_location", "location_id", "location", "location"),
    ("service", "organization_id", "organization", "organization"),
)
"""Table, field with an id, name of the object it leads to, and that object's table."""

_LINE: Final = " line"
"""Where a row stood in its file, until it is known whether it belongs to anything; no field has a space in its name."""


def package(services: Sequence[Json]) -> bytes:
    """The zip of these services (HSDS JSON)."""
    rows: dict[str, dict[str, Json]] = defaultdict(dict)
    for service in services:
        _spread("service", service, {}, rows)
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, DESCRIPTION, json.dumps(_describe(rows), indent=1).encode())
        for table in _FILES:
            if table in rows:
                _add(archive, _FILES[table], _csv(table, list(rows[table].values())))
    return output.getvalue()


def _spread(kind: str, value: Json, parent: Mapping[str, str], rows: dict[str, dict[str, Json]]) -> None:
    """Puts an object and those in it into their tables."""
    shape = SHAPES[kind]
    row = {field.name: value.get(field.name) for field in shape.fields}
    row |= {name: identity for name, identity in parent.items() if name in row}
    for name, (inner, is_list) in shape.nested.items():
        for each in (value.get(name) or []) if is_list else [value[name]] if value.get(name) else []:
            mine = {f"{kind}_id": str(value["id"])}
            if inner == "attribute":
                mine = {"link_id": str(value["id"]), "link_entity": kind}
            _spread(inner, each, mine if is_list else {}, rows)
            if not is_list and f"{name}_id" in row:
                row[f"{name}_id"] = each["id"]
    rows[kind][str(value["id"])] = row


def _csv(table: str, rows: list[Json]) -> bytes:
    columns = [field.name for field in SHAPES[table].fields]
    output = io.StringIO(newline="")
    writer = csv.writer(output)
    writer.writerow(columns)
    writer.writerows(
        [["" if row[name] is None else neutral(str(row[name])) for name in columns] for row in rows]
    )
    return output.getvalue().encode()


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    member = zipfile.ZipInfo(name, _LONG_AGO)
    member.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(member, content)


def _describe(rows: Mapping[str, Any]) -> Json:
    resources = []
    for table, path in _FILES.items():
        if table not in rows:
            continue
        fields = [
            {
                "name": field.name,
                "type": _TYPES.get(field.kind, "string"),
                **({"constraints": {"required": True}} if field.required else {}),
            }
            for field in SHAPES[table].fields
        ]
        resources.append(
            {
                "name": table,
                "path": path,
                "profile": "tabular-data-resource",
                "schema": {"fields": fields, "primaryKey": "id"},
            }
        )
    return {"name": "hsds", "title": "Services (HSDS 3.0)", "profile": _PROFILE, "resources": resources}


def is_package(data: bytes, name: str) -> bool:
    """Whether a zip holds tables of HSDS rather than a workbook."""
    members = [member.rsplit("/", 1)[-1] for member in safe_zip(data, name).namelist()]
    return "[Content_Types].xml" not in members and bool(
        {DESCRIPTION, _FILES["service"], "service.csv"} & set(members)
    )


def services(data: bytes, name: str) -> tuple[list[Json], list[Problem], list[Problem]]:
    """The services of a package, nested as in JSON; what is wrong with them; rows that belong to nothing in the package
    and were left out.

    Raises:
        FileRefused: it cannot be read.
    """
    archive = safe_zip(data, name)
    members = {member.rsplit("/", 1)[-1]: member for member in archive.namelist()}
    paths = _paths(archive, members, name)
    tables: dict[str, dict[str, Json]] = {}
    for table, path in paths.items():
        found = next((each for each in (path, f"{table}.csv") if each in members), None)
        if found is not None:
            tables[table] = _rows(archive.read(members[found]), table, found)
    if "service" not in tables:
        raise FileRefused(f"{name} holds no {_FILES['service']}.")
    wrong, apart = _nest(tables)
    whole = [row for row in tables["service"].values() if not row.get("organization_id") or row.get("organization")]
    return whole, wrong, apart


def _paths(archive: zipfile.ZipFile, members: Mapping[str, str], name: str) -> Mapping[str, str]:
    """Table → file name, by the package's own description where there is one."""
    if DESCRIPTION not in members:
        return _FILES
    try:
        described = json.loads(archive.read(members[DESCRIPTION]).decode("utf-8-sig"))
        own = {str(each["name"]): str(each["path"]).rsplit("/", 1)[-1] for each in described["resources"]}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FileRefused(f"{name}: {DESCRIPTION} does not describe the tables.") from error
    return {table: own.get(table, path) for table, path in _FILES.items()}


def _rows(content: bytes, table: str, path: str) -> dict[str, Json]:
    kinds = {field.name: field.kind for field in SHAPES[table].fields}
    try:
        text = content.decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        found: dict[str, Json] = {}
        for line in reader:
            if None in line:
                raise FileRefused(f"{path}, line {reader.line_num}: there are more cells than headings.")
            row = {
                key: _value(str(cell), kinds.get(key, "text"))
                for key, cell in line.items()
                if cell or (cell is not None and table == _MAY_BE_EMPTY)
            }
            row[_LINE] = reader.line_num
            identity = str(row.get("id") or f"line {reader.line_num}")
            if identity in found:
                raise FileRefused(
                    f"{path}, line {reader.line_num}: the id {identity} stands in the table twice."
                )
            found[identity] = row
    except UnicodeDecodeError as error:
        raise FileRefused(f"{path} is not in UTF-8.") from error
    except csv.Error as error:
        raise FileRefused(f"{path} is not a proper CSV file: {error}.") from error
    return found


def _value(cell: str, kind: str) -> Any:
    """Numbers as numbers; anything else, and what only claims to be a number, stays text for the check to name."""
    if cell.startswith("'") and cell[1:2] in ("=", "+", "-", "@"):
        cell = cell[1:]
    if kind == "number":
        try:
            number = float(cell)
        except ValueError:
            return cell
        return int(number) if number.is_integer() else number
    return cell


def _nest(tables: dict[str, dict[str, Json]]) -> tuple[list[Problem], list[Problem]]:
    """Puts rows into the objects they belong to; what is wrong with services, and what belongs to nothing here."""
    wrong: list[Problem] = []
    apart: list[Problem] = []
    for table, key, name, other in _ONE_OF:
        for row in tables.get(table, {}).values():
            if row.get(key) and not _put_one(row, key, name, tables.get(other, {})):
                problem = Problem(_where(row, table), key, f"{row[key]} is not in {_FILES[other]}")
                (wrong if table == "service" else apart).append(problem)
    for table, parents in _PARENTS.items():
        for row in tables.get(table, {}).values():
            if (
                not _put_under(row, parents, tables) and table != "attribute"
            ):  # those may belong to what we do not read
                keys = [key for key, _, _ in parents if row.get(key)]
                named = ", ".join(f"{key} {row[key]}" for key in keys) or "nothing"
                apart.append(
                    Problem(
                        _where(row, table), keys[0] if keys else "id", f"belongs to {named}, not in the file"
                    )
                )
    for row in tables["service"].values():
        row.pop(_LINE, None)
    return wrong, apart


def _put_one(row: Json, key: str, name: str, others: Mapping[str, Json]) -> bool:
    found = others.get(str(row[key]))
    if found is not None:
        row[name] = found
    return found is not None


def _put_under(
    row: Json, parents: tuple[tuple[str, str, str], ...], tables: Mapping[str, dict[str, Json]]
) -> bool:
    """Puts a row under the nearest object it names that is there."""
    for key, parent, name in parents:
        owner = tables.get(parent, {}).get(str(row.get(key)))
        if owner is not None:
            owner.setdefault(name, []).append(row)
            return True
    return False


def _where(row: Json, table: str) -> Where:
    return Where(int(row.get(_LINE, 0)), _FILES[table])
