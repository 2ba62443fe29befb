"""Look-ups for the command line and for scripts: plain JSON values in and out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from bot.directory.plain_words import read_request
from bot.directory.query import Query
from bot.directory.search import Directory


def search_text(directory: Directory, text: str, language: str = "en", **others: Any) -> dict[str, Any]:
    """What a message asks for (`request`) and what was found (`result`, None when it names no need).

    `others` are further fields of `Query`, such as `limit`, and win over what the message says.
    """
    request = read_request(text, directory.gazetteer(), language)
    query = request.query(**others)
    result = directory.search(query).as_dict() if query else None
    return {"request": asdict(request), "result": result}


def search_need(directory: Directory, need: str, place: str | None = None, **others: Any) -> dict[str, Any]:
    """What is found for a need at a place. Raises ValueError for a need that is none."""
    return directory.search(Query(need=need, place=place, **others)).as_dict()
