"""Receives updates by webhook: for an installation with an https address; any number of processes may serve it."""

from __future__ import annotations

import hmac
import json
import logging

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.telegram.chats import Chats

logger = logging.getLogger(__name__)

PATH = "/telegram"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name (Bot API, setWebhook)

LARGEST_BODY = 1_000_000
"""Bytes of an update we read; Telegram's own are a few thousand."""


def webhook_route(chats: Chats, secret: str) -> Route:
    """The route Telegram calls. It answers 200 only when the update is recorded: any other answer makes Telegram
    send it again."""

    async def receive(request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return Response(status_code=403)
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > LARGEST_BODY:
                return Response(status_code=413)
        try:
            content = json.loads(body)
            number = content["update_id"]
        except (ValueError, TypeError, KeyError):
            return Response(status_code=400)
        if not isinstance(number, int):
            return Response(status_code=400)
        try:
            await chats.receive(content)
        except Exception as error:
            logger.error("an update could not be recorded (%s)", type(error).__name__)
            return Response(status_code=503)
        return Response(status_code=200)

    return Route(PATH, receive, methods=["POST"])
