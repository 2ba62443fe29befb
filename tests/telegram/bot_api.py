"""A strict Bot API server on loopback: real HTTP, the published limits, and faults on demand.

It refuses what Telegram refuses (Bot API 9: 64 bytes of callback data, 4,096 characters, a press answered
twice, unknown parameters) and remembers every refusal in `violations`, so that a test can demand that there is
none. `faults` makes it slow, busy, broken or gone.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Optional

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN = "123456:TEST-TOKEN"
BOT_ID = 123456

TEXT_LIMIT = 4096
CALLBACK_DATA_BYTES = 64
PHOTO_BYTES = 10 * 1024 * 1024
DELETED_AT_ONCE = 100
DELETABLE_SECONDS = 48 * 3600
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")

PARAMETERS: Dict[str, Dict[str, type]] = {
    "getMe": {},
    "getUpdates": {"offset": int, "limit": int, "timeout": int, "allowed_updates": list},
    "setWebhook": {
        "url": str, "secret_token": str, "allowed_updates": list, "max_connections": int, "drop_pending_updates": bool,
    },
    "deleteWebhook": {"drop_pending_updates": bool},
    "sendMessage": {
        "chat_id": int, "text": str, "reply_markup": dict, "protect_content": bool, "disable_notification": bool,
    },
    "sendPhoto": {"chat_id": int, "photo": bytes, "protect_content": bool},
    "editMessageText": {"chat_id": int, "message_id": int, "text": str, "reply_markup": dict},
    "deleteMessages": {"chat_id": int, "message_ids": list},
    "deleteMessage": {"chat_id": int, "message_id": int},
    "answerCallbackQuery": {"callback_query_id": str, "text": str, "show_alert": bool},
    "sendChatAction": {"chat_id": int, "action": str},
    "setMyCommands": {"commands": list, "scope": dict, "language_code": str},
    "leaveChat": {"chat_id": int},
}  # fmt: skip
"""The methods in use, with their parameters and JSON types (https://core.telegram.org/bots/api)."""

REQUIRED = {
    "setWebhook": {"url"},
    "sendMessage": {"chat_id", "text"},
    "sendPhoto": {"chat_id", "photo"},
    "editMessageText": {"chat_id", "message_id", "text"},
    "deleteMessages": {"chat_id", "message_ids"},
    "deleteMessage": {"chat_id", "message_id"},
    "answerCallbackQuery": {"callback_query_id"},
    "sendChatAction": {"chat_id", "action"},
    "setMyCommands": {"commands"},
    "leaveChat": {"chat_id"},
}


class Refusal(Exception):
    """What Telegram answers to a call it does not accept."""

    def __init__(
        self, status: int, description: str, retry_after: Optional[int] = None, moved_to: Optional[int] = None
    ) -> None:
        super().__init__(description)
        self.status, self.description = status, description
        self.retry_after, self.moved_to = retry_after, moved_to


@dataclass
class Shown:
    """A message as it stands in a chat."""

    message_id: int
    from_bot: bool
    text: str
    at: float
    buttons: List[Dict[str, str]] = field(default_factory=list)
    protected: bool = False

    def data(self, title: str) -> str:
        return next(b["callback_data"] for b in self.buttons if b["text"] == title)


@dataclass
class Call:
    """A call of the bot."""

    method: str
    parameters: Dict[str, Any]


@dataclass
class Fault:
    """What happens to the next calls of a method: `how` is status, drop_before, drop_after or slow."""

    how: str
    value: Any = None
    times: int = 1


class BotApi:
    """The server. Use it as a context manager; `base_url` goes into the bot's settings."""

    def __init__(self) -> None:
        self.violations: List[str] = []
        self.calls: List[Call] = []
        self.chats: Dict[int, List[Shown]] = defaultdict(list)
        self.blocked: set[int] = set()
        self.moved: Dict[int, int] = {}
        self.left: set[int] = set()
        self.is_down = False
        self.webhook: Optional[Dict[str, Any]] = None
        self.now: Callable[[], float] = time.time
        self._faults: Dict[str, List[Fault]] = defaultdict(list)
        self._updates: List[Dict[str, Any]] = []
        self._queries: Dict[str, bool] = {}
        self._number = 0
        self._update_id = 1000
        self._lock = threading.Lock()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        route = Route("/bot{token}/{method}", self._serve, methods=["GET", "POST"])
        config = uvicorn.Config(
            Starlette(routes=[route]), port=self.port, log_config=None, ws="none", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/bot"

    def __enter__(self) -> BotApi:
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(5)

    # What people do -----------------------------------------------------------------------------------------

    def says(self, person: int, text: str, **more: Any) -> Dict[str, Any]:
        """A person writes; the update, so that a test can repeat it."""
        return self.push({"message": self._message(person, text=text, **more)})

    def sends(self, person: int, **content: Any) -> Dict[str, Any]:
        """A person sends something that is no text, such as `voice={…}`."""
        return self.push({"message": self._message(person, **content)})

    def edits(self, person: int, text: str) -> Dict[str, Any]:
        edited = {**self._message(person, text=text), "edit_date": int(self.now())}
        return self.push({"edited_message": edited})

    def presses(self, person: int, title: str, message: Optional[Shown] = None) -> Dict[str, Any]:
        """A person taps a button of the newest message that has it."""
        shown = message or next(
            m for m in reversed(self.chats[person]) if any(b["text"] == title for b in m.buttons)
        )
        return self.presses_data(person, shown.data(title), shown.message_id)

    def presses_in(self, group: int, person: int, title: str) -> Dict[str, Any]:
        """A person taps a button of the newest message in a group that has it."""
        shown = next(m for m in reversed(self.chats[group]) if any(b["text"] == title for b in m.buttons))
        return self.presses_data(person, shown.data(title), shown.message_id, _group(group))

    def writes_in(self, group: int, person: int, text: str) -> Dict[str, Any]:
        """A person writes in a group."""
        return self.push({"message": self._message(person, chat=_group(group), text=text)})

    def added_to(self, group: int, person: int) -> Dict[str, Any]:
        """A person adds the bot to a group."""
        bot = {"id": BOT_ID, "is_bot": True, "first_name": "Guide"}
        return self.push({"message": self._message(person, chat=_group(group), new_chat_members=[bot])})

    def presses_data(
        self, person: int, data: str, message_id: int = 1, chat: Optional[Dict[str, Any]] = None
    ) -> Dict[str, Any]:
        with self._lock:
            self._number += 1
            query = f"query-{self._number}"
            self._queries[query] = False
        origin = {
            "message_id": message_id,
            "date": int(self.now()),
            "chat": chat or _private(person),
            "from": {"id": BOT_ID, "is_bot": True, "first_name": "Guide"},
            "text": "…",
        }
        content = {"id": query, "from": _person(person), "chat_instance": "1", "data": data, "message": origin}
        return self.push({"callback_query": content})

    def blocks(self, person: int) -> Dict[str, Any]:
        self.blocked.add(person)
        bot = {"id": BOT_ID, "is_bot": True, "first_name": "Guide"}
        change = {
            "chat": _private(person),
            "from": _person(person),
            "date": int(self.now()),
            "old_chat_member": {"user": bot, "status": "member"},
            "new_chat_member": {"user": bot, "status": "kicked", "until_date": 0},
        }
        return self.push({"my_chat_member": change})

    def upgrades(self, group: int, person: int) -> int:
        """A person makes a group a supergroup: it goes on under another number, which is returned."""
        new = group - 10**12
        self.moved[group] = new
        self.push({"message": self._message(person, chat=_group(group), migrate_to_chat_id=new)})
        self.push({"message": self._message(person, chat=_group(new), migrate_from_chat_id=group)})
        return new

    def push(self, content: Dict[str, Any]) -> Dict[str, Any]:
        """Queues an update under the next number."""
        with self._lock:
            self._update_id += 1
            update = {"update_id": self._update_id, **content}
            self._updates.append(update)
        return update

    def repeat(self, update: Dict[str, Any]) -> None:
        """Queues an update once more, under its own number."""
        with self._lock:
            self._updates.append(update)

    def _message(self, person: int, chat: Optional[Dict[str, Any]] = None, **content: Any) -> Dict[str, Any]:
        with self._lock:
            self._number += 1
            number = self._number
        where = chat or _private(person)
        self.chats[where["id"]].append(Shown(number, False, content.get("text", ""), self.now()))
        base = {"message_id": number, "date": int(self.now()), "chat": where, "from": _person(person)}
        return {**base, **content}

    # What tests look at ---------------------------------------------------------------------------------------

    def said(self, person: int) -> List[str]:
        """Texts of the bot that stand in a chat, oldest first."""
        return [shown.text for shown in self.chats[person] if shown.from_bot]

    def newest(self, person: int) -> Shown:
        return next(shown for shown in reversed(self.chats[person]) if shown.from_bot)

    def made(self, method: str) -> List[Call]:
        return [call for call in self.calls if call.method == method]

    def fault(self, method: str, how: str, value: Any = None, times: int = 1) -> None:
        self._faults[method].append(Fault(how, value, times))

    def faults_left(self, method: str) -> int:
        return len(self._faults[method])

    # The server -----------------------------------------------------------------------------------------------

    async def _serve(self, request: Request) -> Response:
        method = request.path_params["method"]
        if self.is_down:
            return await _cut(request)
        fault = self._next_fault(method)
        if fault and fault.how == "drop_before":
            return await _cut(request)
        if fault and fault.how == "slow":
            await asyncio.sleep(fault.value)
        try:
            if fault and fault.how == "status":
                status, retry = fault.value if isinstance(fault.value, tuple) else (fault.value, None)
                raise Refusal(status, "Internal Server Error" if status >= 500 else "Too Many Requests", retry)
            if request.path_params["token"] != TOKEN:
                raise Refusal(401, "Unauthorized")
            result = await self._call(method, await _parameters(request))
        except Refusal as refusal:
            if refusal.status == 400:
                self.violations.append(f"{method}: {refusal.description}")
            answer: Dict[str, Any] = {
                "ok": False, "error_code": refusal.status, "description": refusal.description,
            }  # fmt: skip
            if refusal.retry_after is not None:
                answer["parameters"] = {"retry_after": refusal.retry_after}
            if refusal.moved_to is not None:
                answer["parameters"] = {"migrate_to_chat_id": refusal.moved_to}
            return JSONResponse(answer, refusal.status)
        if fault and fault.how == "drop_after":
            return await _cut(request)
        return JSONResponse({"ok": True, "result": result})

    def _next_fault(self, method: str) -> Optional[Fault]:
        with self._lock:
            waiting = self._faults[method]
            if not waiting:
                return None
            fault = waiting[0]
            fault.times -= 1
            if fault.times <= 0:
                waiting.pop(0)
            return fault

    async def _call(self, method: str, raw: Dict[str, Any]) -> Any:
        known = PARAMETERS.get(method)
        if known is None:
            raise Refusal(404, "Not Found")
        parameters = {name: _typed(method, name, value, known) for name, value in raw.items()}
        if missing := REQUIRED.get(method, set()) - set(parameters):
            raise Refusal(400, f"Bad Request: {sorted(missing)} missing")
        self.calls.append(Call(method, parameters))
        if "chat_id" in parameters:
            self._reachable(parameters["chat_id"])
        handler = getattr(self, f"_{method}", None)
        result = handler(**parameters) if handler else True
        return await result if asyncio.iscoroutine(result) else result

    def _reachable(self, chat: int) -> None:
        if chat in self.moved:
            raise Refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", moved_to=self.moved[chat])
        if chat in self.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if chat not in self.chats:
            raise Refusal(400, "Bad Request: chat not found")

    def _getMe(self) -> Dict[str, Any]:
        return {"id": BOT_ID, "is_bot": True, "first_name": "Guide", "username": "guide_test_bot"}

    async def _getUpdates(
        self,
        offset: Optional[int] = None,
        limit: int = 100,
        timeout: int = 0,
        allowed_updates: Optional[List[str]] = None,
    ) -> List[Dict[str, Any]]:
        if self.webhook:
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        until = time.monotonic() + min(timeout, 1)
        while True:
            with self._lock:
                if offset is not None:
                    self._updates = [u for u in self._updates if u["update_id"] >= offset]
                wanted = [
                    u for u in self._updates if not allowed_updates or set(u) & set(allowed_updates)
                ][:limit]
            if wanted or time.monotonic() > until:
                return wanted
            await asyncio.sleep(0.02)

    def _setWebhook(self, url: str, secret_token: str = "", **more: Any) -> bool:
        if not url.startswith("https://"):
            raise Refusal(400, "Bad Request: bad webhook: An HTTPS URL must be provided")
        if not SECRET.fullmatch(secret_token):
            raise Refusal(400, "Bad Request: secret token contains unallowed characters")
        self.webhook = {"url": url, "secret_token": secret_token, **more}
        return True

    def _deleteWebhook(self, **_: Any) -> bool:
        self.webhook = None
        return True

    def _sendMessage(
        self, chat_id: int, text: str, reply_markup: Any = None, protect_content: bool = False, **_: Any
    ) -> Dict[str, Any]:
        if not text.strip():
            raise Refusal(400, "Bad Request: message text is empty")
        if len(text) > TEXT_LIMIT:
            raise Refusal(400, "Bad Request: message is too long")
        buttons = _buttons(reply_markup)
        with self._lock:
            self._number += 1
            number = self._number
        self.chats[chat_id].append(Shown(number, True, text, self.now(), buttons, protect_content))
        return {"message_id": number, "date": int(self.now()), "chat": {"id": chat_id, "type": "private"}, "text": text}

    def _editMessageText(self, chat_id: int, message_id: int, text: str, reply_markup: Any = None) -> Dict[str, Any]:
        buttons = _buttons(reply_markup)
        shown = next((s for s in self.chats[chat_id] if s.message_id == message_id and s.from_bot), None)
        if shown is None:
            raise Refusal(400, "Bad Request: message to edit not found")
        if (shown.text, shown.buttons) == (text, buttons):
            raise Refusal(400, "Bad Request: message is not modified: specified new message content is the same")
        if not text.strip() or len(text) > TEXT_LIMIT:
            raise Refusal(400, "Bad Request: message text is empty or too long")
        shown.text, shown.buttons = text, buttons
        chat = {"id": chat_id, "type": "private"}
        return {"message_id": message_id, "date": int(self.now()), "chat": chat, "text": text}

    def _sendPhoto(self, chat_id: int, photo: bytes, protect_content: bool = False) -> Dict[str, Any]:
        if not photo.startswith(b"\x89PNG") or len(photo) > PHOTO_BYTES:
            raise Refusal(400, "Bad Request: IMAGE_PROCESS_FAILED")
        with self._lock:
            self._number += 1
            number = self._number
        self.chats[chat_id].append(Shown(number, True, "(photo)", self.now(), [], protect_content))
        size = {"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}
        return {
            "message_id": number, "date": int(self.now()), "chat": {"id": chat_id, "type": "private"}, "photo": [size],
        }  # fmt: skip

    def _deleteMessages(self, chat_id: int, message_ids: List[int]) -> bool:
        if not 1 <= len(message_ids) <= DELETED_AT_ONCE:
            raise Refusal(400, "Bad Request: wrong number of messages")
        for shown in self.chats[chat_id]:
            if shown.message_id in message_ids and self.now() - shown.at > DELETABLE_SECONDS:
                raise Refusal(400, "Bad Request: message can't be deleted")
        self.chats[chat_id] = [s for s in self.chats[chat_id] if s.message_id not in message_ids]
        return True

    def _answerCallbackQuery(self, callback_query_id: str, **_: Any) -> bool:
        if self._queries.get(callback_query_id, True):
            raise Refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self._queries[callback_query_id] = True
        return True

    def _setMyCommands(self, commands: List[Dict[str, str]], **_: Any) -> bool:
        for command in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]) or not 1 <= len(command["description"]) <= 256:
                raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
        return True

    def _leaveChat(self, chat_id: int) -> bool:
        self.left.add(chat_id)
        return True

    # Webhooks -------------------------------------------------------------------------------------------------

    async def deliver(self, client: httpx.AsyncClient, path: str) -> None:
        """Delivers the queued updates by webhook, each until it is accepted, as Telegram does."""
        assert self.webhook is not None
        while self._updates:
            with self._lock:
                update = self._updates.pop(0)
            headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook["secret_token"]}
            while (await client.post(path, json=update, headers=headers)).status_code != 200:
                await asyncio.sleep(0.05)


def _typed(method: str, name: str, value: Any, known: Dict[str, type]) -> Any:
    wanted = known.get(name)
    if wanted is None:
        raise Refusal(400, f"Bad Request: {method} has no parameter {name}")
    if isinstance(value, str) and wanted is not str:
        try:
            value = json.loads(value)
        except ValueError as error:
            raise Refusal(400, f"Bad Request: {name} cannot be read") from error
    if not isinstance(value, wanted):
        raise Refusal(400, f"Bad Request: {name} has the wrong type")
    return value


def _buttons(reply_markup: Optional[Dict[str, Any]]) -> List[Dict[str, str]]:
    rows = (reply_markup or {}).get("inline_keyboard", [])
    buttons = [button for row in rows for button in row]
    for button in buttons:
        if set(button) != {"text", "callback_data"} or not button["text"].strip():
            raise Refusal(400, "Bad Request: BUTTON_TYPE_INVALID")
        if not 1 <= len(button["callback_data"].encode()) <= CALLBACK_DATA_BYTES:
            raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
    if len(buttons) > 100 or any(len(row) > 8 for row in rows):
        raise Refusal(400, "Bad Request: too many buttons")
    return buttons


async def _parameters(request: Request) -> Dict[str, Any]:
    if request.headers.get("content-type", "").startswith("application/json"):
        body: Dict[str, Any] = await request.json()
        return body
    form = await request.form()
    sent = {
        name: await value.read() if isinstance(value, UploadFile) else str(value) for name, value in form.items()
    }
    return {**dict(request.query_params), **sent}


async def _cut(request: Request) -> Response:
    """Cuts the connection without an answer."""

    class Cut(Response):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            # An answer that is never finished: the server closes the connection.
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})

    await request.body()
    return Cut()


def _person(number: int) -> Dict[str, Any]:
    return {"id": number, "is_bot": False, "first_name": "Planted-Name", "language_code": "en"}


def _private(person: int) -> Dict[str, Any]:
    return {"id": person, "type": "private", "first_name": "Planted-Name"}


def _group(number: int) -> Dict[str, Any]:
    return {"id": number, "type": "supergroup", "title": "Planted-Title"}
