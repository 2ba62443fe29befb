"""The directory for other systems: `GET /api/hsds/services`, after the HSDS 3 API, described by an OpenAPI document.

Read only, for clients with a token. Pages of up to 500; `modified_after` for those who keep a copy; an ETag, so that
asking again costs nothing when nothing has changed. What is confidential is not in it (`bot.directory.exchange.hsds`).
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, Optional, Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.directory.exchange.hsds import Json
from bot.web.openapi import BASE, LARGEST_PAGE, USUAL_PAGE, openapi


class Services(Protocol):
    """The directory as HSDS JSON. Every method blocks."""

    def count(self, modified_after: Optional[datetime]) -> int:
        """How many services were changed after a moment, or there are."""
        ...

    def page(self, modified_after: Optional[datetime], limit: int, offset: int) -> list[Json]:
        """Some of them, in an order that stays."""
        ...

    def one(self, service_id: str) -> Optional[Json]:
        """A service by its id."""
        ...


class BadQuery(ValueError):
    """A query parameter cannot be used; the message says which."""


def hsds_routes(services: Services, tokens: Mapping[str, str]) -> list[Route]:
    """The routes; none when no client has a token.

    Args:
        services: the directory.
        tokens: bearer token by name of the client.
    """
    if not tokens:
        return []

    async def listing(request: Request) -> Response:
        if not _is_client(request, tokens):
            return _refused(401, "a bearer token is needed")
        try:
            page = _number(request, "page", 1, 1_000_000)
            size = _number(request, "per_page", USUAL_PAGE, LARGEST_PAGE)
            after = _moment(request)
        except BadQuery as error:
            return _refused(400, str(error))
        total = await asyncio.to_thread(services.count, after)
        contents = await asyncio.to_thread(services.page, after, size, (page - 1) * size)
        return _answer(request, _page(contents, total, page, size))

    async def single(request: Request) -> Response:
        if not _is_client(request, tokens):
            return _refused(401, "a bearer token is needed")
        wanted = await asyncio.to_thread(services.one, request.path_params["id"])
        return _answer(request, wanted) if wanted else _refused(404, "there is no such service")

    async def base(request: Request) -> Response:
        return _answer(request, BASE)

    async def description(request: Request) -> Response:
        return _answer(request, openapi())

    return [
        Route("/api/hsds", base, methods=["GET"]),
        Route("/api/hsds/openapi.json", description, methods=["GET"]),
        Route("/api/hsds/services", listing, methods=["GET"]),
        Route("/api/hsds/services/{id}", single, methods=["GET"]),
    ]


def _is_client(request: Request, tokens: Mapping[str, str]) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    matches = [hmac.compare_digest(given.encode(), token.encode()) for token in tokens.values()]
    return scheme.lower() == "bearer" and any(matches)


def _number(request: Request, name: str, usual: int, most: int) -> int:
    written = request.query_params.get(name)
    if written is None:
        return usual
    if not written.isdigit() or not 1 <= int(written) <= most:
        raise BadQuery(f"{name} must be a number from 1 to {most}")
    return int(written)


def _moment(request: Request) -> Optional[datetime]:
    written = request.query_params.get("modified_after")
    if written is None:
        return None
    try:
        # A plus sign in an address is read as a space, and Python 3.10 does not know the Z.
        moment = datetime.fromisoformat(written.replace(" ", "+").replace("Z", "+00:00"))
    except ValueError as error:
        raise BadQuery("modified_after must be a date or a time such as 2026-11-01T08:00:00Z") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _page(contents: list[Json], total: int, page: int, size: int) -> Json:
    """A page as the HSDS 3 API describes it."""
    pages = max(1, -(-total // size))
    return {
        "total_items": total,
        "total_pages": pages,
        "page_number": page,
        "size": len(contents),
        "first_page": page == 1,
        "last_page": page >= pages,
        "empty": not contents,
        "contents": contents,
    }


def _answer(request: Request, data: Any) -> Response:
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def _refused(status: int, sentence: str) -> Response:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse({"error": sentence}, status, headers)
