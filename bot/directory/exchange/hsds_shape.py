"""What the objects of HSDS 3.0 look like: fields, which are required, and what they hold.

Taken down from the specification (Open Referral, HSDS 3.0, schema of the service object) as facts, one line an object:
`!` marks what is required. From it come the check of files we are given and the tables of the tabular package.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

_OBJECTS: Final = """
organization: id!uuid name! alternate_name description! email:email website:uri tax_status tax_id
    year_incorporated:number legal_status logo uri:uri parent_organization_id:uuid | funding* contacts*
    phones* locations* programs* organization_identifiers* attributes* metadata*
program: id!uuid organization_id:uuid name! alternate_name description! | attributes* metadata*
service: id!uuid organization_id:uuid program_id:uuid name! alternate_name description url:uri email:email
    status!status interpretation_services application_process fees_description wait_time fees accreditations
    eligibility_description minimum_age:number maximum_age:number assured_date:date assurer_email:email
    licenses alert last_modified:moment | phones* schedules* service_areas* service_at_locations* languages*
    organization program funding* cost_options* required_documents* contacts* attributes* metadata*
attribute: id!uuid link_id:uuid taxonomy_term_id:uuid link_type link_entity value | taxonomy_term metadata*
service_at_location: id!uuid service_id:uuid location_id:uuid description | contacts* phones* schedules*
    location attributes* metadata*
location: id!uuid location_type!location_type url:uri organization_id:uuid name alternate_name description
    transportation latitude:number longitude:number external_identifier external_identifier_type |
    languages* addresses* contacts* accessibility* phones* schedules* attributes* metadata*
phone: id!uuid location_id:uuid service_id:uuid organization_id:uuid contact_id:uuid
    service_at_location_id:uuid number! extension:number type description | languages* attributes* metadata*
contact: id!uuid organization_id:uuid service_id:uuid service_at_location_id:uuid location_id:uuid name
    title department email:email | phones* attributes* metadata*
address: id!uuid location_id:uuid attention address_1! address_2 city! region state_province! postal_code!
    country! address_type!location_type | attributes* metadata*
schedule: id!uuid service_id:uuid location_id:uuid service_at_location_id:uuid valid_from:date valid_to:date
    dtstart timezone:number until count:number wkst:day freq:freq interval:number byday byweekno bymonthday
    byyearday description opens_at closes_at schedule_link:uri attending_type notes | attributes* metadata*
funding: id!uuid organization_id:uuid service_id:uuid source | attributes* metadata*
service_area: id!uuid service_id:uuid name description extent extent_type uri | attributes* metadata*
required_document: id!uuid service_id:uuid document uri:uri | attributes* metadata*
language: id!uuid service_id:uuid location_id:uuid phone_id:uuid name code note | attributes* metadata*
accessibility: id!uuid location_id:uuid description details url:uri | attributes* metadata*
taxonomy_term: id!uuid code name! description! parent_id:uuid taxonomy language taxonomy_id:uuid
    term_uri:uri | taxonomy_detail metadata*
metadata: id!uuid resource_id:uuid resource_type last_action_date! last_action_type! field_name!
    previous_value! replacement_value! updated_by!
cost_option: id!uuid service_id:uuid valid_from:date valid_to:date option currency amount:number
    amount_description | attributes* metadata*
organization_identifier: id!uuid organization_id:uuid identifier_scheme identifier_type! identifier! |
    attributes* metadata*
taxonomy: id!uuid name! description! uri:uri version | metadata*
"""

_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "status": ("active", "inactive", "defunct", "temporarily closed"),
    "location_type": ("physical", "postal", "virtual"),
    "day": ("MO", "TU", "WE", "TH", "FR", "SA", "SU"),
    "freq": ("WEEKLY", "MONTHLY"),
}
_NESTED: Final[Mapping[str, str]] = {
    "organization": "organization", "program": "program", "taxonomy_term": "taxonomy_term",
    "taxonomy_detail": "taxonomy", "location": "location", "phones": "phone", "schedules": "schedule",
    "service_areas": "service_area", "service_at_locations": "service_at_location", "languages": "language",
    "funding": "funding", "cost_options": "cost_option", "required_documents": "required_document",
    "contacts": "contact", "attributes": "attribute", "metadata": "metadata", "addresses": "address",
    "accessibility": "accessibility", "locations": "location", "programs": "program",
    "organization_identifiers": "organization_identifier",
}  # fmt: skip

_FIELD: Final = re.compile(r"(\w+)(!?):?(\w*)")
_DEEPEST: Final = 8


class Field(NamedTuple):
    """One field: `kind` is `text` or what else it holds."""

    name: str
    required: bool
    kind: str


class Shape(NamedTuple):
    """An object: its own fields, and the objects in it (name → object, and whether it is a list of them)."""

    fields: tuple[Field, ...]
    nested: Mapping[str, tuple[str, bool]]


class Wrong(NamedTuple):
    """Something that is not as HSDS has it: where in the object, and what."""

    path: str
    reason: str


def _shapes() -> dict[str, Shape]:
    found = {}
    for line in _OBJECTS.strip().replace("\n    ", " ").splitlines():
        name, _, rest = line.partition(": ")
        own, _, inner = rest.partition("|")
        fields = []
        for word in own.split():
            matched = _FIELD.fullmatch(word)
            assert matched is not None
            fields.append(Field(matched[1], bool(matched[2]), matched[3] or "text"))
        nested = {word.rstrip("*"): (_NESTED[word.rstrip("*")], word.endswith("*")) for word in inner.split()}
        found[name] = Shape(tuple(fields), nested)
    return found


SHAPES: Final = _shapes()


def check(kind: str, value: Any, path: str = "", depth: int = 0) -> Iterator[Wrong]:
    """What of an object is not as HSDS has it. Empty values (null) count as absent; fields HSDS does not know are let
    pass, as the specification allows."""
    if not isinstance(value, dict):
        yield Wrong(path, f"must be an object, but is {_kind_of(value)}")
        return
    if depth > _DEEPEST:
        yield Wrong(path, "is nested too deeply")
        return
    shape = SHAPES[kind]
    for field in shape.fields:
        given = value.get(field.name)
        here = f"{path}/{field.name}" if path else field.name
        if given is None:
            if field.required:
                yield Wrong(here, "is missing, but HSDS requires it")
        elif reason := _wrong_value(field.kind, given):
            yield Wrong(here, reason)
    for name, (inner, is_list) in shape.nested.items():
        given = value.get(name)
        here = f"{path}/{name}" if path else name
        if given is None:
            continue
        if not is_list:
            yield from check(inner, given, here, depth + 1)
        elif not isinstance(given, list):
            yield Wrong(here, f"must be a list, but is {_kind_of(given)}")
        else:
            for number, each in enumerate(given):
                yield from check(inner, each, f"{here}/{number}", depth + 1)


def _wrong_value(kind: str, value: Any) -> str | None:
    if kind == "number":
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return None if is_number else f"must be a number, but is {_kind_of(value)}"
    if not isinstance(value, str):
        return f"must be text, but is {_kind_of(value)}"
    if kind in _CHOICES:
        return None if value in _CHOICES[kind] else f"“{value[:40]}” is none of: {', '.join(_CHOICES[kind])}"
    test = _TESTS.get(kind)
    return None if test is None or test(value) else f"“{value[:60]}” is not {_CALLED[kind]}"


def _is_uuid(value: str) -> bool:
    try:
        return str(UUID(value)) == value.lower()
    except ValueError:
        return False


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value[:10])
    except ValueError:
        return False
    return True


def _is_moment(value: str) -> bool:
    try:
        datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return False
    return "T" in value.upper() or " " in value


def _is_email(value: str) -> bool:
    return re.fullmatch(r"[^@\s]+@[^@\s]+", value) is not None


def _is_uri(value: str) -> bool:
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]*:\S+$", value) is not None


_TESTS: Final[Mapping[str, Any]] = {
    "uuid": _is_uuid, "date": _is_date, "moment": _is_moment, "email": _is_email, "uri": _is_uri,
}  # fmt: skip
_CALLED: Final[Mapping[str, str]] = {
    "uuid": "a UUID", "date": "a date such as 2026-11-30", "moment": "a date and time such as 2026-11-30T08:00:00Z",
    "email": "an e-mail address", "uri": "a web address with its http:// or https://",
}  # fmt: skip


def _kind_of(value: Any) -> str:
    names = {
        dict: "an object",
        list: "a list",
        str: "text",
        bool: "true or false",
        int: "a number",
        float: "a number",
    }
    return names.get(type(value), "nothing")
