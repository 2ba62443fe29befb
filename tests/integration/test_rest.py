"""The REST route speaks Rasa's format and keeps strangers out."""

from __future__ import annotations

from typing import Any, List

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.web.rest import BODY_LIMIT, rest_routes
from bot.wording.renderer import Button, Message


class Echo:
    """Answers with what it was sent."""

    async def send(self, channel: str, person: str, text: str) -> List[Message]:
        return [Message(f"{channel}:{person}:{text}", (Button("Done", "/next"),)), Message("plain")]


def client(token: Any = None) -> TestClient:
    return TestClient(Starlette(routes=rest_routes(Echo(), token)))


def test_answers_are_in_rasa_s_rest_format() -> None:
    response = client().post("/webhooks/rest/webhook", json={"sender": "a", "message": "hello"})
    assert response.json() == [
        {"recipient_id": "a", "text": "rest:a:hello", "buttons": [{"title": "Done", "payload": "/next"}]},
        {"recipient_id": "a", "text": "plain"},
    ]
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"not json", 400),
        (b"[]", 400),
        (b'{"sender": "a"}', 400),
        (b'{"sender": 1, "message": "x"}', 400),
        (b'{"sender": "", "message": "x"}', 400),
        (b'{"sender": "a", "message": null}', 400),
        (b'{"sender": "' + b"a" * 300 + b'", "message": "x"}', 400),
        (b" " * (BODY_LIMIT + 1), 413),
    ],
)
def test_a_broken_request_is_refused(body: bytes, status: int) -> None:
    response = client().post(
        "/webhooks/rest/webhook", content=body, headers={"content-type": "application/json"}
    )
    assert response.status_code == status


def test_a_form_from_another_site_is_refused() -> None:
    response = client().post("/webhooks/rest/webhook", content=b"{}", headers={"content-type": "text/plain"})
    assert response.status_code == 415


def test_the_token_is_asked_for() -> None:
    body = {"sender": "a", "message": "x"}
    guarded = client("secret")
    assert guarded.post("/webhooks/rest/webhook", json=body).status_code == 401
    wrong = {"authorization": "Bearer wrong"}
    assert guarded.post("/webhooks/rest/webhook", json=body, headers=wrong).status_code == 401
    right = {"authorization": "Bearer secret"}
    assert guarded.post("/webhooks/rest/webhook", json=body, headers=right).status_code == 200
