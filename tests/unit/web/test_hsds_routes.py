"""The directory for other systems, over ASGI."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Optional

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.directory.exchange import hsds
from bot.directory.generate import generate
from bot.settings import Settings, SettingsError
from bot.web.hsds import hsds_routes
from bot.web.openapi import openapi
from tests.unit.directory.conftest import NOW, empty_sessions, loaded_once

TOKEN = "a-token-of-a-neighbouring-system"
SERVICES = [{"id": f"00000000-0000-0000-0000-{n:012d}", "name": f"Service {n}"} for n in range(120)]


@pytest.fixture
def asked() -> list[Optional[datetime]]:
    return []


@pytest.fixture
def client(asked: list[Optional[datetime]]) -> Iterator[TestClient]:
    class Services:
        def count(self, modified_after: Optional[datetime]) -> int:
            asked.append(modified_after)
            return len(SERVICES)

        def page(self, modified_after: Optional[datetime], limit: int, offset: int) -> list[dict[str, Any]]:
            return SERVICES[offset : offset + limit]

        def one(self, service_id: str) -> Optional[dict[str, Any]]:
            return next((each for each in SERVICES if each["id"] == service_id), None)

    app = Starlette(
        routes=hsds_routes(Services(), {"neighbour": TOKEN, "other": "another-token-of-somebody"})
    )
    with TestClient(app, headers={"Authorization": f"Bearer {TOKEN}"}) as ready:
        yield ready


def test_without_a_token_nothing_is_told(client: TestClient, asked: list[Optional[datetime]]) -> None:
    for header in ("", "Bearer guess", f"Basic {TOKEN}"):
        answer = client.get("/api/hsds/services", headers={"Authorization": header})
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert (
        client.get(f"/api/hsds/services/{SERVICES[0]['id']}", headers={"Authorization": ""}).status_code
        == 401
    )
    assert asked == []


def test_pages_cover_everything_once(client: TestClient) -> None:
    pages = [
        client.get("/api/hsds/services", params={"page": n, "per_page": 50}).json() for n in (1, 2, 3, 4)
    ]
    assert [page["size"] for page in pages] == [50, 50, 20, 0]
    assert [service for page in pages for service in page["contents"]] == SERVICES
    assert [page["last_page"] for page in pages] == [False, False, True, True]
    assert pages[0]["first_page"] and pages[3]["empty"] and pages[0]["total_items"] == 120


def test_asking_again_costs_nothing_when_nothing_has_changed(client: TestClient) -> None:
    first = client.get("/api/hsds/services")
    again = client.get("/api/hsds/services", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/api/hsds/services?page=2").headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize("moment", ["2026-11-01", "2026-11-01T08:00:00Z", "2026-11-01T08:00:00+03:00"])
def test_a_moment_is_read_with_or_without_a_zone(
    client: TestClient, asked: list[Optional[datetime]], moment: str
) -> None:
    assert client.get(f"/api/hsds/services?modified_after={moment}").status_code == 200
    assert asked[0] is not None and asked[0].tzinfo is not None


@pytest.mark.parametrize("query", ["page=0", "per_page=501", "page=x", "modified_after=soon"])
def test_a_bad_question_is_refused_in_words(client: TestClient, query: str) -> None:
    answer = client.get(f"/api/hsds/services?{query}")
    assert answer.status_code == 400 and "must be" in answer.json()["error"]


def test_one_service_can_be_asked_for(client: TestClient) -> None:
    assert client.get(f"/api/hsds/services/{SERVICES[7]['id']}").json() == SERVICES[7]
    assert client.get("/api/hsds/services/none").status_code == 404


def test_without_clients_there_is_no_such_address() -> None:
    assert hsds_routes(lambda after: [], {}) == []


def test_tokens_are_named_and_long() -> None:
    read = Settings.from_environment({"DISCLOSURE_GUIDE_DIRECTORY_TOKENS": f"a:{TOKEN} b:{TOKEN}x"})
    assert set(read.directory_tokens) == {"a", "b"}
    for wrong in ("a:short", TOKEN, f"a:{TOKEN},a:{TOKEN}x"):
        with pytest.raises(SettingsError, match="DIRECTORY_TOKENS"):
            Settings.from_environment({"DISCLOSURE_GUIDE_DIRECTORY_TOKENS": wrong})


def test_the_document_describes_every_route_and_every_reference_leads_somewhere(client: TestClient) -> None:
    document = client.get("/api/hsds/openapi.json", headers={"Authorization": ""}).json()
    assert (
        client.get("/api/hsds", headers={"Authorization": ""}).json()["openapi_url"]
        == "/api/hsds/openapi.json"
    )
    assert set(document["paths"]) == {route.path for route in client.app.routes}  # type: ignore[attr-defined]
    written = json.dumps(document)
    for reference in set(re.findall(r'"#/([^"]+)"', written)):
        found = document
        for part in reference.split("/"):
            found = found[part]


def test_every_field_that_is_given_is_described() -> None:
    with loaded_once()() as session:
        exported = hsds.services(session)
    schemas = openapi()["components"]["schemas"]

    def undescribed(kind: str, value: dict[str, Any]) -> list[str]:
        properties = schemas[kind]["properties"]
        found = [f"{kind}.{name}" for name in value if name not in properties]
        for name, inner in value.items():
            reference = properties.get(name, {}).get("$ref") or properties.get(name, {}).get("items", {}).get(
                "$ref"
            )
            for each in (inner if isinstance(inner, list) else [inner]) if reference else ():
                found += undescribed(reference.rsplit("/", 1)[1], each)
        return found

    assert {name for service in exported for name in undescribed("service", service)} == set()


def test_pages_of_a_large_directory_are_quick_and_complete() -> None:
    sessions = empty_sessions()
    with sessions() as session:
        generate(session, 3_000, today=NOW.date())
        session.commit()
    seen: list[str] = []
    with sessions() as session:
        for page in range(7):
            seen += [each["id"] for each in hsds.services(session, None, 500, page * 500)]
        times = []
        for _ in range(3):
            begun = time.thread_time()
            hsds.services(session, None, 50, 2_000)
            times.append(time.thread_time() - begun)
        assert min(times) < 0.3  # the others may have cleared up what earlier tests left in memory
        assert hsds.count(session) == len(seen) == len(set(seen)) == 3_000
