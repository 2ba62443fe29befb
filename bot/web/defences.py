"""What every response carries and every request must pass: no other site can read or drive the page."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.requests import Request

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
}

PRIVATE_HEADERS: Mapping[str, str] = {**SECURITY_HEADERS, "Cache-Control": "no-store"}
"""For everything but the static files: no copy stays in the browser or on the way."""

BODY_LIMIT = 64 * 1024
"""Bytes of a request body: far more than anybody types, far less than hurts the server."""

_DRAIN_LIMIT = 16 * BODY_LIMIT
"""Bytes read of a body that is too large. A browser that cannot finish sending never sees the answer."""


class Refusal(Exception):
    """A request is not answered.

    Args:
        code: the end of a text id, `web.error.<code>`, which the page shows.
        status: the HTTP status.
    """

    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


def check_origin(request: Request) -> None:
    """Refuses what another site made the browser send.

    Browsers name the relation in `Sec-Fetch-Site` on https and localhost, and the origin of every POST
    otherwise. A request with neither comes from no browser we know and is refused as well.

    Raises:
        Refusal: the request did not come from our own page.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        same = site == "same-origin"
    else:
        origin = urlsplit(request.headers.get("origin", ""))
        same = bool(origin.netloc) and origin.netloc.lower() == request.headers.get("host", "").lower()
    if not same:
        raise Refusal("cross_site", 403)


def check_content_type(request: Request) -> None:
    """Refuses everything but JSON: a form on another site cannot send that without asking first.

    Raises:
        Refusal: the body is of another type.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refusal("wrong_type", 415)


async def read_body(request: Request) -> bytes:
    """The request body.

    Raises:
        Refusal: it is larger than `BODY_LIMIT`.
    """
    body = bytearray()
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= BODY_LIMIT:
            body += chunk
        elif size > _DRAIN_LIMIT:
            break
    if size > BODY_LIMIT:
        raise Refusal("too_large", 413)
    return bytes(body)
