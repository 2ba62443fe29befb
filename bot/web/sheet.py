"""The page a trainer shows on the wall: a session's code, and where to point a phone.

It says nothing but what whoever has the code knows, and needs no script.
"""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final, Protocol

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.web.assets import Assets
from bot.web.defences import PRIVATE_HEADERS
from bot.web.page import direction, page_texts
from bot.wording.catalogue import SOURCE_LANGUAGE, Texts

HERE: Final = Path(__file__).parent
_CODE: Final = re.compile(r"[0-9A-Za-z]{6}")


class Links(Protocol):
    """Where people join."""

    def join_on_the_web(self, code: str) -> str | None: ...

    def join_in_telegram(self, code: str) -> str | None: ...


def sheet_routes(
    links: Links, exists: Callable[[str], bool], texts: Texts, language: str = SOURCE_LANGUAGE
) -> list[Route]:
    """The routes of the page.

    Args:
        links: where people join.
        exists: whether there is a session with a code; it blocks.
        texts: translations of the page's texts.
        language: of the page.
    """
    sheet = _Sheet(links, exists, texts, language)
    return [
        Route("/session/{code}", sheet.page, methods=["GET"]),
        Route("/session/{code}/{way}.svg", sheet.picture, methods=["GET"]),
        Route("/session/assets/files/{name}", sheet.assets.serve, methods=["GET"]),
    ]


class _Sheet:
    """The endpoints."""

    def __init__(self, links: Links, exists: Callable[[str], bool], texts: Texts, language: str) -> None:
        self._links = links
        self._exists = exists
        self._language = language
        self.assets = Assets(("desk.css",), prefix="/session/assets/files/")
        shown = texts.with_source(page_texts())
        environment = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined
        )
        self._render = partial(
            environment.get_template("sheet.html").render,
            asset=self.assets.url,
            direction=direction(language),
            language=language,
            text=lambda text_id: shown.get(text_id, language),
        )

    async def page(self, request: Request) -> Response:
        """The code and the ways to join; 404 for a session that is not there."""
        code = await self._code(request)
        if code is None:
            return PlainTextResponse("", 404, dict(PRIVATE_HEADERS))
        ways = [(name, link) for name, link in self._ways(code).items() if link]
        return HTMLResponse(self._render(code=code, ways=ways), headers=dict(PRIVATE_HEADERS))

    async def picture(self, request: Request) -> Response:
        """A way to join as a QR code."""
        code = await self._code(request)
        link = self._ways(code).get(request.path_params["way"]) if code else None
        if not link:
            return PlainTextResponse("", 404, dict(PRIVATE_HEADERS))
        out = io.BytesIO()
        segno.make(link, error="m").save(out, kind="svg", scale=8, border=4, light="#fff")
        return Response(out.getvalue(), 200, dict(PRIVATE_HEADERS), "image/svg+xml")

    async def _code(self, request: Request) -> str | None:
        code = str(request.path_params["code"]).upper()
        if not _CODE.fullmatch(code) or not await asyncio.to_thread(self._exists, code):
            return None
        return code

    def _ways(self, code: str) -> dict[str, str | None]:
        return {"web": self._links.join_on_the_web(code), "telegram": self._links.join_in_telegram(code)}
