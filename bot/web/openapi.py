"""The OpenAPI document of the directory's read API: built from what we know of HSDS, so that it says what is true."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from bot.directory.exchange.hsds_shape import SHAPES, Field

LARGEST_PAGE: Final = 500
USUAL_PAGE: Final = 50

BASE: Final[Mapping[str, str]] = {
    "version": "3.0",
    "profile": "https://docs.openreferral.org/en/3.0/hsds/",
    "openapi_url": "/api/hsds/openapi.json",
}
"""What the root of the API answers (HSDS 3 API reference, base metadata)."""

GIVEN: Final[Mapping[str, frozenset[str]]] = {
    "service": frozenset(
        [
            "id",
            "organization_id",
            "name",
            "alternate_name",
            "description",
            "url",
            "email",
            "status",
            "application_process",
            "alert",
            "eligibility_description",
            "minimum_age",
            "maximum_age",
            "assured_date",
            "last_modified",
            "organization",
            "phones",
            "schedules",
            "service_areas",
            "service_at_locations",
            "languages",
            "cost_options",
            "required_documents",
            "attributes",
        ]
    ),
    "organization": frozenset(["id", "name", "description"]),
    "phone": frozenset(["id", "number", "extension", "type", "description"]),
    "schedule": frozenset(["id", "service_id", "description", "freq", "byday", "opens_at", "closes_at"]),
    "service_area": frozenset(["id", "name", "description", "extent", "extent_type"]),
    "service_at_location": frozenset(["id", "description", "location"]),
    "location": frozenset(
        [
            "id",
            "location_type",
            "name",
            "transportation",
            "latitude",
            "longitude",
            "external_identifier",
            "external_identifier_type",
            "addresses",
            "accessibility",
        ]
    ),
    "address": frozenset(
        ["id", "address_1", "city", "state_province", "postal_code", "country", "address_type"]
    ),
    "accessibility": frozenset(["id", "description", "details"]),
    "language": frozenset(["id", "name", "code", "note"]),
    "cost_option": frozenset(["id", "option", "currency", "amount", "amount_description"]),
    "required_document": frozenset(["id", "document"]),
    "attribute": frozenset(["id", "link_entity", "taxonomy_term"]),
    "taxonomy_term": frozenset(["id", "code", "name", "description"]),
}
"""The fields we give, by object; a test holds an export against it."""

_FORMATS: Final = {"uuid": "uuid", "date": "date", "moment": "date-time", "email": "email", "uri": "uri"}

Json = dict[str, Any]


@cache
def openapi() -> Json:
    """The document (OpenAPI 3.1)."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Directory of services (HSDS 3.0, read only)",
            "version": "1",
            "description": "Services for people who need help. Of confidential services nothing is given that "
            "leads to them: no phone, address or location.",
        },
        "security": [{"token": []}],
        "paths": {
            "/api/hsds": {"get": _open("What this is", {"type": "object"})},
            "/api/hsds/openapi.json": {"get": _open("This document", {"type": "object"})},
            "/api/hsds/services": {"get": _listing()},
            "/api/hsds/services/{id}": {"get": _single()},
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {
                "unchanged": {"description": "Nothing has changed since the ETag"},
                "unauthorised": _error("A bearer token is needed"),
                "bad": _error("A parameter cannot be used"),
                "missing": _error("There is no such service"),
            },
            "schemas": {"page": _page(), **{name: _schema(name) for name in GIVEN}},
        },
    }


def _open(summary: str, schema: Json) -> Json:
    return {"summary": summary, "security": [], "responses": {"200": _content("As said", schema)}}


def _listing() -> Json:
    page = {"type": "integer", "minimum": 1, "default": 1}
    size = {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": USUAL_PAGE}
    after = "Only services changed after this moment; a date, or a date and time"
    return {
        "summary": "Services, ordered by id",
        "parameters": [
            {"name": "page", "in": "query", "schema": page},
            {"name": "per_page", "in": "query", "schema": size},
            {"name": "modified_after", "in": "query", "description": after, "schema": {"type": "string"}},
            _etag(),
        ],
        "responses": {
            "200": _content("A page", _reference("page")),
            "304": {"$ref": "#/components/responses/unchanged"},
            "400": {"$ref": "#/components/responses/bad"},
            "401": {"$ref": "#/components/responses/unauthorised"},
        },
    }


def _single() -> Json:
    return {
        "summary": "One service",
        "parameters": [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}},
            _etag(),
        ],
        "responses": {
            "200": _content("The service", _reference("service")),
            "304": {"$ref": "#/components/responses/unchanged"},
            "401": {"$ref": "#/components/responses/unauthorised"},
            "404": {"$ref": "#/components/responses/missing"},
        },
    }


def _etag() -> Json:
    return {"name": "If-None-Match", "in": "header", "schema": {"type": "string"}}


def _page() -> Json:
    numbers = ("total_items", "total_pages", "page_number", "size")
    flags = ("first_page", "last_page", "empty")
    properties = {
        **{name: {"type": "integer"} for name in numbers},
        **{name: {"type": "boolean"} for name in flags},
        "contents": {"type": "array", "items": _reference("service")},
    }
    return {"type": "object", "required": list(properties), "properties": properties}


def _schema(name: str) -> Json:
    shape, given = SHAPES[name], GIVEN[name]
    properties = {field.name: _type(field) for field in shape.fields if field.name in given}
    for nested, (inner, is_list) in shape.nested.items():
        if nested in given:
            one = _reference(inner)
            properties[nested] = {"type": "array", "items": one} if is_list else one
    required = [field.name for field in shape.fields if field.required and field.name in given]
    return {"type": "object", "required": required, "properties": properties}


def _type(field: Field) -> Json:
    if field.kind == "number":
        return {"type": "number"}
    return {"type": "string", **({"format": _FORMATS[field.kind]} if field.kind in _FORMATS else {})}


def _reference(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _content(description: str, schema: Json) -> Json:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _error(description: str) -> Json:
    return _content(description, {"type": "object", "properties": {"error": {"type": "string"}}})
