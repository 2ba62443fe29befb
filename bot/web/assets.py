"""The page's static files: few and small, so they are read once and kept in memory, compressed.

A file's name holds a hash of what is in it: browsers may keep it for a year and still never show an old one.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.web.defences import PRIVATE_HEADERS, SECURITY_HEADERS

STATIC = Path(__file__).parent / "static"

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Asset:
    """One file as served."""

    content: bytes
    compressed: bytes
    media_type: str


class Assets:
    """The files of a folder under their versioned names.

    Args:
        names: which files of the folder to serve.
        folder: where they are.
        prefix: the path before the name, relative to the page.
    """

    def __init__(self, names: Iterable[str], folder: Path = STATIC, prefix: str = "chat/assets/") -> None:
        self._prefix = prefix
        self._versioned: dict[str, str] = {}
        self._assets: dict[str, Asset] = {}
        for name in names:
            path = folder / name
            content = path.read_bytes()
            versioned = f"{path.stem}.{hashlib.sha256(content).hexdigest()[:10]}{path.suffix}"
            self._versioned[name] = versioned
            self._assets[versioned] = Asset(content, gzip.compress(content, mtime=0), _TYPES[path.suffix])

    def url(self, name: str) -> str:
        """The address of a file, relative to the page."""
        return self._prefix + self._versioned[name]

    async def serve(self, request: Request) -> Response:
        """The file named in the path, or 404."""
        asset = self._assets.get(request.path_params["name"])
        if asset is None:
            return PlainTextResponse("", 404, dict(PRIVATE_HEADERS))
        headers = {
            **SECURITY_HEADERS,
            "Cache-Control": "public, max-age=31536000, immutable",
            "Vary": "Accept-Encoding",
        }
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(asset.compressed, 200, headers, asset.media_type)
        return Response(asset.content, 200, headers, asset.media_type)
