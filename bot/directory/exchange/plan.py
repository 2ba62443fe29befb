"""What an import would do, before it does it: new, changed, same, vanished, refused. Then all of it, or nothing.

A row without an id is matched with the service of the same organization, name and place, then with one whose name is
nearly the same there. What a row does not say stays as it is; what the file does not name at all is listed as vanished
and left alone, unless closing it is asked for.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from rapidfuzz import fuzz

from bot.directory.changes import Changes, first_reason
from bot.directory.exchange.cells import CLEAR
from bot.directory.exchange.columns import LOCATION_COLUMNS
from bot.directory.exchange.tables import Problem, Row, Where
from bot.directory.record import Json, LocationRecord, Record, difference, new_service_id
from bot.directory.spelling import fold

NEARLY: Final = 90.0
"""How like a name (0–100) must be, in the same organization and place, to mean the same service."""

_TUPLES: Final = frozenset(
    {"needs", "area", "phones", "languages", "costs", "documents", "locations", "accessibility"}
)
_VERIFIED: Final = ("assured_date", "existence_verified", "phone_verified", "hours_verified")


@dataclass(frozen=True)
class Change:
    """A service as it is and as the file wants it; `where` is its first row."""

    before: Record
    after: Record
    where: Where

    @property
    def fields(self) -> dict[str, tuple[Any, Any]]:
        return difference(self.before, self.after)


@dataclass(frozen=True)
class Plan:
    """What an import would do. Applying it is refused while there is anything in `refused`."""

    new: tuple[tuple[Record, Where], ...] = ()
    changed: tuple[Change, ...] = ()
    same: int = 0
    vanished: tuple[Record, ...] = ()
    refused: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    unknown_columns: tuple[str, ...] = ()
    skipped_sheets: tuple[str, ...] = ()
    new_places: int = 0
    changed_places: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.new or self.changed or self.new_places or self.changed_places)

    def as_dict(self) -> Json:
        """As JSON has it."""
        return {
            "new": [{"id": record.id, "organization": record.organization, "name": record.name, **_at(where)}
                    for record, where in self.new],
            "changed": [
                {"id": each.after.id, "organization": each.after.organization, "name": each.after.name,
                 "fields": {name: {"before": old, "after": new} for name, (old, new) in each.fields.items()},
                 **_at(each.where)}
                for each in self.changed
            ],
            "same": self.same,
            "vanished": [
                {"id": each.id, "organization": each.organization, "name": each.name} for each in self.vanished
            ],
            "refused": [_problem(each) for each in self.refused],
            "notes": [_problem(each) for each in self.notes],
            "unknown_columns": list(self.unknown_columns),
            "skipped_sheets": list(self.skipped_sheets),
            "places": {"new": self.new_places, "changed": self.changed_places},
        }  # fmt: skip


def _at(where: Where) -> Json:
    return {"row": where.row, **({"sheet": where.sheet} if where.sheet else {})}


def _problem(each: Problem) -> Json:
    return {**_at(each.where), "column": each.column, "reason": each.reason}


@dataclass
class _Known:
    """The services there are, to be found again."""

    by_id: dict[str, Record] = field(default_factory=dict)
    by_names: dict[tuple[str, str], list[Record]] = field(default_factory=lambda: defaultdict(list))
    by_organization: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))

    def add(self, record: Record) -> None:
        self.by_id[record.id] = record
        self.by_names[fold(record.organization), fold(record.name)].append(record)
        self.by_organization[fold(record.organization)].append(record)

    def find(self, values: Mapping[str, Any]) -> tuple[Record | None, str | None]:
        """The service a row means, and a note when that was not written exactly; a reason instead of a service when
        several fit."""
        identity = values.get("id")
        if identity and (record := self.by_id.get(str(identity))):
            return record, None
        found, note = self._by_names(values)
        if found is not None and identity and note is None:
            note = f"taken for “{found.name}”, which is there under another id"
        return found, note

    def _by_names(self, values: Mapping[str, Any]) -> tuple[Record | None, str | None]:
        organization, name = fold(str(values.get("organization", ""))), fold(str(values.get("name", "")))
        place = values.get("place")
        same = [each for each in self.by_names.get((organization, name), []) if _stands_at(each, place)]
        if len(same) == 1:
            return same[0], None
        if len(same) > 1:
            exact = [each for each in same if place and each.locations and each.locations[0].place == place]
            return (
                (exact[0], None)
                if len(exact) == 1
                else (None, "several services have this name: write the id")
            )
        near = [
            each
            for each in self.by_organization.get(organization, [])
            if _stands_at(each, place) and _alike(fold(each.name), name)
        ]
        if len(near) == 1:
            return near[0], f"taken for “{near[0].name}”, which is there already"
        return None, None


def _stands_at(record: Record, place: Any) -> bool:
    """Whether a service may be the one at a place; a row or a service without a place may be anywhere."""
    stands = [location.place for location in record.locations if location.place]
    return not isinstance(place, str) or not stands or place in stands


def _alike(one: str, other: str) -> bool:
    """Nearly the same name; numbers never bend: “Clinic 1” is not “Clinic 2”."""
    if [part for part in one.split() if part.isdigit()] != [part for part in other.split() if part.isdigit()]:
        return False
    return bool(fuzz.ratio(one, other) >= NEARLY)


def make_plan(
    rows: Sequence[Row],
    present: Iterable[Record],
    problems: Sequence[Problem] = (),
    unknown_columns: Sequence[str] = (),
    skipped_sheets: Sequence[str] = (),
    places: tuple[int, int] = (0, 0),
) -> Plan:
    """Compares rows with the services there are.

    Args:
        problems: what is wrong with the file besides its rows.
        places: how many places are new and changed.
    """
    comparison = _Comparison(present, problems)
    for row in rows:
        comparison.take(row)
    return replace(
        comparison.plan(),
        unknown_columns=tuple(dict.fromkeys(unknown_columns)),
        skipped_sheets=tuple(skipped_sheets),
        new_places=places[0],
        changed_places=places[1],
    )


class _Comparison:
    """Rows against services, one row after the other."""

    def __init__(self, present: Iterable[Record], problems: Sequence[Problem]) -> None:
        self._known = _Known()
        self._present = {each.id: each for each in present}
        for each in self._present.values():
            self._known.add(each)
        self._refused, self._notes = list(problems), list[Problem]()
        self._wanted: dict[str, tuple[Record, Where]] = {}
        self._named: set[str] = set()

    def take(self, row: Row) -> None:
        """Finds out what a row wants; a row that cannot be used is refused."""
        self._notes += row.notes
        record, note = self._known.find(row.values)
        if note:
            (row.problems if record is None else self._notes).append(Problem(row.where, "name", note))
        if record is not None:
            self._named.add(record.id)
        if row.problems:
            self._refused += row.problems
            return
        earlier = self._wanted.get(record.id) if record else None
        try:
            after = merged(
                earlier[0] if earlier else record, self._values(row, record), added=earlier is not None
            )
        except RowRefused as error:
            self._refused.append(Problem(row.where, error.column, str(error)))
            return
        except ValueError as error:
            self._refused.append(Problem(row.where, _column_of(error), first_reason(error)))
            return
        earlier = earlier or self._wanted.get(after.id)
        if earlier and (clash := _clash(earlier[0], after)):
            said = f"the same service stands in row {earlier[1].row} with something else here"
            self._refused.append(Problem(row.where, clash, said))
            return
        self._wanted[after.id] = (after, earlier[1] if earlier else row.where)
        if record is None:
            self._known.add(after)
            if not after.needs:
                unfound = "it does not say what the service does, so no search finds it"
                self._notes.append(Problem(row.where, "needs", unfound))

    def _values(self, row: Row, record: Record | None) -> dict[str, Any]:
        """What a row says; of a new service also what its words suggest that it does."""
        if record is not None or row.likely_need is None or row.values.get("needs"):
            return row.values
        self._notes.append(
            Problem(row.where, "needs", f"“{row.likely_need}” was taken from its words: check it")
        )
        return {**row.values, "needs": [row.likely_need]}

    def plan(self) -> Plan:
        """What the rows taken come to."""
        new, changed, same = [], [], 0
        for identity, (after, where) in self._wanted.items():
            before = self._present.get(identity)
            if before is None:
                new.append((after, where))
            elif difference(before, after):
                changed.append(Change(before, after, where))
            else:
                same += 1
        spoken_of = self._named | set(self._wanted)
        vanished = [
            each for each in self._present.values() if each.id not in spoken_of and each.status != "defunct"
        ]
        return Plan(
            tuple(new), tuple(changed), same, tuple(vanished), tuple(self._refused), tuple(self._notes)
        )


class RowRefused(ValueError):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


def _column_of(error: ValueError) -> str:
    errors = error.errors() if hasattr(error, "errors") else []
    place = [str(part) for part in errors[0]["loc"] if part != "__root__"] if errors else []
    return place[0] if place else ""


def merged(before: Record | None, values: Mapping[str, Any], added: bool) -> Record:
    """The record a row wants: what it says over what is known. `added`: an earlier row spoke of the same service, so
    another place is one more location."""
    given = {name: (_nothing(name) if value is CLEAR else value) for name, value in values.items()}
    for name in ("organization", "name"):
        if before is None and not given.get(name):
            raise RowRefused(name, f"the {name} is missing")
        if name in given and not given[name]:
            raise RowRefused(name, f"the {name} cannot be taken away")
    data = json.loads(before.json()) if before else {}
    location: Json = {str(name): given.pop(name) for name in LOCATION_COLUMNS if name in given}
    _put_location(data, location, added)
    _put_focal_point(data, given)
    if "phones" in given:
        given["phones"] = _with_details(given["phones"], data.get("phones", []))
    if "translations" in given:
        given["translations"] = _translations(data.get("translations", {}), given["translations"])
    identity = data.get("id") or given.get("id") or ""
    given.pop("id", None)
    if before is not None and "organization" in given and given["organization"] != before.organization:
        data["organization_id"] = None
    fields = {name: value for name, value in given.items() if name in Record.__fields__}
    after = Record.parse_obj({**data, **fields, "id": identity})
    if before is not None and not any(name in given for name in _VERIFIED):
        after = _doubted(before, after)
    return after if after.id else after.changed(id=new_service_id(after))


def _nothing(name: str) -> Any:
    return () if name in _TUPLES else None


def _put_location(data: Json, location: Json, added: bool) -> None:
    if not location:
        return
    present = data.get("locations") or []
    number = 0
    if added and (place := location.get("place")):
        number = next((at for at, each in enumerate(present) if each["place"] == place), len(present))
    if number < len(present):
        present = [*present[:number], {**present[number], **location}, *present[number + 1 :]]
    else:
        present = [*present, json.loads(LocationRecord.parse_obj(location).json())]
    data["locations"] = [each for each in present if any(each.values())]


def _put_focal_point(data: Json, given: dict[str, Any]) -> None:
    """Title and phones stand in two columns."""
    told = "focal_point" in given or "focal_point_phones" in given
    title, phones = given.pop("focal_point", None), given.pop("focal_point_phones", None)
    if not told:
        return
    present = data.get("focal_point") or {}
    title = title or present.get("title")
    if not title:
        data["focal_point"] = None
        return
    same = title == present.get("title")
    kept = present.get("phones", []) if same else []
    data["focal_point"] = {
        "title": title,
        "organization": present.get("organization") if same else None,
        "phones": kept if phones is None else phones,
    }


def _with_details(phones: Iterable[Json], present: Sequence[Json]) -> list[Json]:
    """A number that was there before keeps its kind and its note."""
    known = {"".join(filter(str.isdigit, each["number"])): each for each in present}
    found = []
    for phone in phones:
        same = known.get("".join(filter(str.isdigit, phone["number"])))
        found.append({**same} if same else phone)
    return found


def _translations(present: Mapping[str, Mapping[str, str]], given: Mapping[str, Mapping[str, Any]]) -> Json:
    merged = {name: dict(texts) for name, texts in present.items()}
    for name, texts in given.items():
        merged.setdefault(name, {}).update(texts)
        merged[name] = {language: text for language, text in merged[name].items() if text}
    return {name: texts for name, texts in merged.items() if texts}


def _doubted(before: Record, after: Record) -> Record:
    """A number or hours that are new count as not confirmed, unless the file says when they were."""
    columns = (("phone", "phones"), ("hours", "hours"))
    fields = [name for name, column in columns if getattr(before, column) != getattr(after, column)]
    return after.unconfirmed(*fields) if fields else after  # type: ignore[arg-type]


def _clash(earlier: Record, later: Record) -> str | None:
    """The first field in which two rows of one service disagree, its locations aside."""
    return next((name for name in difference(earlier, later) if name not in ("locations", "id")), None)


def apply_plan(plan: Plan, changes: Changes, actor: str, why: str, close_vanished: bool = False) -> str:
    """Does what the plan says, all or nothing; the id of the batch, by which it can be taken back.

    Raises:
        ValueError: rows are refused, so nothing may be done.
        Refusal: the directory was changed in the meantime.
    """
    if plan.refused:
        raise ValueError(f"{len(plan.refused)} things in the file must be put right first")
    records: list[tuple[Record | None, Record]] = [(None, record) for record, _ in plan.new]
    records += [(change.before, change.after) for change in plan.changed]
    if close_vanished:
        records += [(each, each.changed(status="defunct")) for each in plan.vanished]
    return changes.apply(records, actor, why)
