"""The web chat's routes: the page, its messages, wiping, its language, its files and the health check.

Nothing here knows what is said. Requests are checked (`defences`), the visitor is known by a random cookie
(`visitors`), and the assistant answers (`conversations`).
"""

from __future__ import annotations

import base64
import json
import logging
import re
import traceback
import unicodedata
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from bot.web.assets import Assets
from bot.web.conversations import CHANNEL, Conversations, Message, Post
from bot.web.defences import PRIVATE_HEADERS, Refusal, check_content_type, check_origin, read_body
from bot.web.deliveries import Deliveries
from bot.web.page import Page, PageSettings
from bot.web.visitors import Cookies, new_visitor
from bot.wording.catalogue import Texts

PAYLOAD_LIMIT = 1024
"""Characters of a button's payload; ours are far shorter."""

_NUMBER = re.compile(r"[0-9]{1,15}")

_MESSAGE_ID = re.compile(r"[0-9a-f]{8,64}")

_SLASHES = "/\uff0f"
"""What a payload begins with, and its wide form, which Unicode normalisation turns into it."""

_log = logging.getLogger(__name__)

Endpoint = Callable[[Request], Awaitable[Response]]
Ready = Callable[[], Awaitable[bool]]


def routes(
    conversations: Conversations,
    texts: Texts,
    settings: PageSettings,
    ready: Ready | None = None,
    post: Post | None = None,
) -> list[Route]:
    """The routes of the web chat, to be put at the root of the application.

    Args:
        conversations: who answers.
        texts: the assistant's texts (labels, and translations of the page's own texts).
        settings: what the organisation decides about the page.
        ready: whether the assistant can answer yet, for the health check. None means always.
        post: messages that wait for people in a session; None without sessions.

    Raises:
        KeyError: the texts lack a label the page needs.
    """
    assets = Assets(("chat.css", "chat.js", "icon.svg"))
    chat = _Chat(conversations, Page(texts, settings, assets), settings, post)
    return [
        Route("/", chat.page, methods=["GET"]),
        Route("/chat/messages", _answering(chat.shown), methods=["GET"]),
        Route("/chat/messages", _answering(chat.message), methods=["POST"]),
        Route("/chat/waiting", _answering(chat.waiting), methods=["GET"]),
        Route("/chat/wipe", _answering(chat.wipe), methods=["POST"]),
        Route("/chat/language", _answering(chat.language), methods=["POST"]),
        Route("/chat/assets/{name}", assets.serve, methods=["GET"]),
        Route("/health", partial(_health, ready), methods=["GET"]),
    ]


class _Chat:
    """The endpoints that need to know who is writing."""

    def __init__(
        self, conversations: Conversations, page: Page, settings: PageSettings, post: Post | None
    ) -> None:
        self._conversations = conversations
        self._post = post
        self._page = page
        self._settings = settings
        self._cookies = Cookies(settings.https)
        self._deliveries = Deliveries()

    async def page(self, request: Request) -> Response:
        """The page; a visitor without an id gets one."""
        language = self._page.language(
            self._cookies.language(request), request.headers.get("accept-language", "")
        )
        response = HTMLResponse(self._page.html(language), headers=dict(PRIVATE_HEADERS))
        if self._cookies.visitor(request) is None:
            self._cookies.set_visitor(request, response, new_visitor())
        return response

    async def shown(self, request: Request) -> Response:
        """Where the visitor is, or the greeting."""
        person = self._person(request)
        messages = await self._conversations.shown(CHANNEL, person)
        if not messages and self._settings.start_payload is not None:
            messages = await self._conversations.send(CHANNEL, person, self._settings.start_payload)
        return await self._shown(person, messages)

    async def waiting(self, request: Request) -> Response:
        """What waits for somebody in a session, after the message with number `after`, which has arrived."""
        person = self._person(request)
        after = request.query_params.get("after", "0")
        if self._post is None or not _NUMBER.fullmatch(after):
            raise Refusal("bad_request", 400)
        found = await self._post.waiting(CHANNEL, person, int(after))
        return _messages(found.messages, last=found.last, session=found.in_session)

    async def _shown(self, person: str, messages: Sequence[Message]) -> Response:
        """Messages, and whether more may come by themselves."""
        if self._post is None:
            return _messages(messages)
        return _messages(messages, session=await self._post.in_session(CHANNEL, person))

    async def message(self, request: Request) -> Response:
        """The answer to typed words or to a button."""
        body = await _read_json(request)
        text = _what_was_sent(body)
        person = self._person(request)
        if self._settings.is_wipe(text):
            return await self._wiped(request, person)
        message_id = body.get("id")
        if message_id is not None and not (isinstance(message_id, str) and _MESSAGE_ID.fullmatch(message_id)):
            raise Refusal("bad_request", 400)
        deliver = partial(self._conversations.send, CHANNEL, person, text)
        if self._post is not None:
            deliver = partial(self._post.deliver, CHANNEL, person, text, message_id)
        if message_id is None:
            return await self._shown(person, await deliver())
        return await self._shown(person, await self._deliveries.once(person, message_id, deliver))

    async def wipe(self, request: Request) -> Response:
        """Deletes everything and makes the visitor somebody new."""
        await _read_json(request)
        return await self._wiped(request, self._cookies.visitor(request))

    async def language(self, request: Request) -> Response:
        """Changes the language of the page and of the conversation."""
        code = (await _read_json(request)).get("language")
        if not isinstance(code, str) or code not in self._settings.languages:
            raise Refusal("bad_request", 400)
        person = self._person(request)
        response = _messages(
            await self._conversations.send(CHANNEL, person, self._settings.language_payload(code))
        )
        self._cookies.set_language(request, response, code)
        return response

    async def _wiped(self, request: Request, person: str | None) -> Response:
        messages: Sequence[Message] = ()
        if person is not None:
            self._deliveries.forget(person)
            messages = await self._conversations.wipe(CHANNEL, person)
        response = _messages(messages, cleared=True)
        self._cookies.set_visitor(request, response, new_visitor())
        return response

    def _person(self, request: Request) -> str:
        person = self._cookies.visitor(request)
        if person is None:
            raise Refusal("no_cookie", 403)
        return person


def _answering(endpoint: Endpoint) -> Endpoint:
    """The endpoint, with everything that goes wrong turned into `{"error": code}`."""

    async def answer(request: Request) -> Response:
        try:
            if request.method == "POST":
                check_origin(request)
                check_content_type(request)
            return await endpoint(request)
        except Refusal as refusal:
            return _json({"error": refusal.code}, refusal.status)
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            _log.error("chat failed: %s at %s:%s", type(error).__name__, place.filename, place.lineno)
            return _json({"error": "unavailable"}, 503)

    return answer


async def _health(ready: Ready | None, request: Request) -> Response:
    if ready is None or await ready():
        return _json({"status": "ok"})
    return _json({"status": "starting"}, 503)


async def _read_json(request: Request) -> Mapping[str, Any]:
    try:
        body = json.loads(await read_body(request))
    except (ValueError, RecursionError):
        raise Refusal("bad_request", 400) from None
    if not isinstance(body, dict):
        raise Refusal("bad_request", 400)
    return body


def _what_was_sent(body: Mapping[str, Any]) -> str:
    """The typed words, which never look like a payload, or the payload, which always does."""
    text, payload = body.get("text"), body.get("payload")
    if isinstance(text, str) and payload is None:
        words = _never_a_payload(text)
        if not words:
            raise Refusal("empty", 400)
        return words
    if isinstance(payload, str) and text is None and payload[:1] == "/" and len(payload) <= PAYLOAD_LIMIT:
        return payload
    raise Refusal("bad_request", 400)


def _never_a_payload(typed: str) -> str:
    """The words without what could make them look like a payload, now or after the gateway's own cleaning."""
    valid = typed.encode("utf-8", "replace").decode("utf-8")  # JSON may hold half a surrogate pair
    start = 0
    while start < len(valid) and _means_nothing(valid[start]):
        start += 1
    return valid[start:].rstrip()


def _means_nothing(character: str) -> bool:
    return character in _SLASHES or character.isspace() or unicodedata.category(character).startswith("C")


def _messages(messages: Sequence[Message], **more: Any) -> Response:
    shown = [
        {
            "text": message.text,
            "buttons": [{"title": button.title, "payload": button.payload} for button in message.buttons],
            **({"picture": _as_data(message.picture)} if message.picture else {}),
        }
        for message in messages
    ]
    return _json({"messages": shown, **more})


def _as_data(picture: bytes) -> str:
    """A PNG within the answer itself, so that it lies at no address and leaves no copy."""
    return "data:image/png;base64," + base64.b64encode(picture).decode()


def _json(data: Mapping[str, Any], status: int = 200) -> Response:
    return JSONResponse(dict(data), status, dict(PRIVATE_HEADERS))
