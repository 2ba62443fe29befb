"""Who is writing: a random id in a cookie that ends with the browser session, and nothing else.

With https the cookies carry the `__Host-` prefix, so that no other host or plain-http page can set them.
"""

from __future__ import annotations

import re
import secrets

from starlette.requests import Request
from starlette.responses import Response

VISITOR = "visitor"
LANGUAGE = "language"

_ID_BYTES = 16
"""128 bits: nobody guesses somebody else's conversation."""

_ID = re.compile(r"[0-9a-f]{32}")


def new_visitor() -> str:
    """A fresh id."""
    return secrets.token_hex(_ID_BYTES)


class Cookies:
    """Reads and sets the page's two cookies.

    Args:
        https: whether visitors reach the page by https even when the request itself does not say so,
            as behind a proxy.
    """

    def __init__(self, https: bool) -> None:
        self._https = https

    def visitor(self, request: Request) -> str | None:
        """The visitor's id, or None when there is none in the form we give."""
        value = self._read(request, VISITOR)
        return value if value is not None and _ID.fullmatch(value) else None

    def language(self, request: Request) -> str | None:
        """The language chosen on the page, unchecked."""
        return self._read(request, LANGUAGE)

    def set_visitor(self, request: Request, response: Response, visitor: str) -> None:
        self._set(request, response, VISITOR, visitor)

    def set_language(self, request: Request, response: Response, language: str) -> None:
        self._set(request, response, LANGUAGE, language)

    def _secure(self, request: Request) -> bool:
        return self._https or request.url.scheme == "https"

    def _name(self, request: Request, name: str) -> str:
        return f"__Host-{name}" if self._secure(request) else name

    def _read(self, request: Request, name: str) -> str | None:
        return request.cookies.get(self._name(request, name))

    def _set(self, request: Request, response: Response, name: str, value: str) -> None:
        response.set_cookie(
            self._name(request, name),
            value,
            path="/",
            secure=self._secure(request),
            httponly=True,
            samesite="strict",
        )
