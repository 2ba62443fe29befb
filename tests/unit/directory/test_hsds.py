"""The export for other systems: what the HSDS schema requires, and what must not leave."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any, Iterator

import pytest
from sqlalchemy.orm import Session

from bot.directory.base import utc_now
from bot.directory.exchange.hsds import services
from tests.unit.directory.conftest import loaded_once

REQUIRED = {
    "organization": {"id", "name", "description"},
    "location": {"id", "location_type"},
    "addresses": {"id", "address_1", "city", "state_province", "postal_code", "country", "address_type"},
    "phones": {"id", "number"},
    "taxonomy_term": {"id", "name", "description"},
}
"""What the service schema of HSDS 3.0 requires of the parts."""


@pytest.fixture(scope="module")
def exported() -> list[dict[str, Any]]:
    with loaded_once()() as session:
        return services(session)


def parts(data: Any, name: str = "service") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of an export, with the field it stands in."""
    if isinstance(data, dict):
        yield name, data
        for field, value in data.items():
            yield from parts(value, field)
    elif isinstance(data, list):
        for value in data:
            yield from parts(value, name)


def test_every_part_has_an_id_and_what_the_schema_requires(exported: list[dict[str, Any]]) -> None:
    assert len(exported) == 55
    for name, part in parts(exported):
        assert uuid.UUID(part["id"])
        assert REQUIRED.get(name, set()) <= set(part), name
    assert {"id", "name", "status", "organization", "attributes"} <= set(exported[0])
    json.dumps(exported)


def test_ids_are_unique_and_stay_the_same(exported: list[dict[str, Any]]) -> None:
    rules = [rule["id"] for service in exported for rule in service.get("schedules", ())]
    assert len(rules) == len(set(rules))
    with loaded_once()() as session:
        assert services(session) == exported


def test_nothing_of_a_confidential_service_leads_to_it(exported: list[dict[str, Any]]) -> None:
    shelters = [
        service
        for service in exported
        if any(each["taxonomy_term"]["code"] == "safety" for each in service["attributes"])
    ]
    assert shelters
    told = {"phones", "service_at_locations", "schedules", "description", "alert", "application_process"}
    told |= {"email", "url"}
    for shelter in shelters:
        assert not told & set(shelter)


def test_opening_hours_become_weekly_rules(exported: list[dict[str, Any]]) -> None:
    rules = {rule["description"]: rule for service in exported for rule in service.get("schedules", ())}
    assert rules["24/7"]["byday"] == "MO,TU,WE,TH,FR,SA,SU"
    weekdays = rules["Mo-Fr 08:00-17:00"]
    assert (weekdays["byday"], weekdays["opens_at"], weekdays["closes_at"]) == ("MO,TU,WE,TH,FR", "08:00", "17:00")
    assert rules["Sa-Th 08:00-15:00; Fr off"]["byday"] == "SA,SU,MO,TU,WE,TH"


def test_only_what_changed_after_a_moment_is_exported() -> None:
    with loaded_once()() as session:
        assert isinstance(session, Session)
        assert services(session, utc_now() + timedelta(hours=1)) == []
        assert len(services(session, utc_now() - timedelta(days=1))) == 55
