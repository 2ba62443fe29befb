"""Rasa's REST route: `POST /webhooks/rest/webhook` with `{"sender", "message"}`.

Answers as Rasa's own REST channel does. On loopback it is open; anywhere else it asks for the bearer token.
"""

from __future__ import annotations

import hmac
import json
from typing import List, Optional, Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.wording.renderer import Message

BODY_LIMIT = 64 * 1024
"""Bytes of a request body."""

SENDER_LIMIT = 255
"""Characters of a sender id."""

CHANNEL = "rest"


class Answers(Protocol):
    """What the route needs of the gateway."""

    async def send(self, channel: str, person: str, text: str) -> List[Message]: ...


def rest_routes(gateway: Answers, api_token: Optional[str]) -> List[Route]:
    """The route.

    Args:
        gateway: answers the messages.
        api_token: bearer token that every request must carry; None when only loopback can reach it.
    """

    async def webhook(request: Request) -> Response:
        if api_token is not None and not _authorised(request, api_token):
            return JSONResponse({"error": "unauthorised"}, 401, {"WWW-Authenticate": "Bearer"})
        if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
            return JSONResponse({"error": "expected application/json"}, 415)
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_LIMIT:
                return JSONResponse({"error": "too large"}, 413)
        try:
            data = json.loads(body)
            sender, message = data["sender"], data["message"]
        except (ValueError, KeyError, TypeError):
            return JSONResponse({"error": 'expected {"sender", "message"}'}, 400)
        if not isinstance(sender, str) or not 0 < len(sender) <= SENDER_LIMIT or not isinstance(message, str):
            return JSONResponse({"error": "sender and message must be text"}, 400)
        messages = await gateway.send(CHANNEL, sender, message)
        return JSONResponse(
            [_as_rasa(sender, message) for message in messages], headers={"Cache-Control": "no-store"}
        )

    return [Route("/webhooks/rest/webhook", webhook, methods=["POST"])]


def _authorised(request: Request, token: str) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.encode(), token.encode())


def _as_rasa(sender: str, message: Message) -> dict[str, object]:
    said: dict[str, object] = {"recipient_id": sender, "text": message.text}
    if message.buttons:
        said["buttons"] = [{"title": button.title, "payload": button.payload} for button in message.buttons]
    return said
