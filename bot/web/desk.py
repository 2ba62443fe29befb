"""Plain pages of the directory's desk: what waits for approval, what is in doubt, files; and an owner's one question.

They work without a script. A link opens the desk once and gives the browser a session of half an hour; looking at a
link does nothing, because mail servers look at links too. Every form must come from our own page.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.directory.changes import Refusal
from bot.directory.exchange.exchange import Import
from bot.directory.exchange.files import LARGEST_FILE, FileRefused
from bot.directory.exchange.tables import Problem, Where
from bot.directory.record import Record
from bot.directory.upkeep.desk import Desk
from bot.directory.upkeep.imports import Imports
from bot.directory.upkeep.links import SESSION_MINUTES, Links
from bot.directory.upkeep.office import Office
from bot.directory.upkeep.proposals import Editor
from bot.directory.upkeep.rounds import answer as take_answer
from bot.directory.upkeep.verification import ANSWERS
from bot.directory.upkeep.wording import in_words
from bot.web.assets import Assets
from bot.web.defences import PRIVATE_HEADERS, check_origin
from bot.web.defences import Refusal as RequestRefused
from bot.web.page import direction
from bot.wording.catalogue import SOURCE_LANGUAGE

HERE: Final = Path(__file__).parent
COOKIE: Final = "desk"
ROWS_SHOWN: Final = 50
VANISHED_SHOWN: Final = 10
"""Of what a file does not name; often that is most of the directory."""
LISTED: Final = 30

_HEADERS: Final = {**PRIVATE_HEADERS, "Referrer-Policy": "same-origin"}
"""`same-origin`: without any referrer some browsers do not say where a form comes from, and it would be refused."""

_FORM_ROOM: Final = 64 * 1024

Endpoint = Callable[[Request], Awaitable[Response]]


def desk_routes(
    office: Office, desk: Desk, links: Links, imports: Imports, title: str, https: bool
) -> list[Route]:
    """The routes of the pages.

    Args:
        title: what the pages call themselves in the browser's title, which gives nothing away.
        https: whether people reach them by https.
    """
    pages = _Pages(office, desk, links, imports, title, https)
    routes: list[tuple[str, Endpoint, str]] = [
        ("/confirm/{token}", pages.question, "GET"),
        ("/confirm/{token}", pages.answer, "POST"),
        ("/desk", pages.desk, "GET"),
        ("/desk/close", pages.close, "POST"),
        ("/desk/proposals/{code}", pages.decide, "POST"),
        ("/desk/services/{id}", pages.confirm, "POST"),
        ("/desk/imports", pages.bring, "POST"),
        ("/desk/imports/{code}", pages.look, "GET"),
        ("/desk/imports/{code}", pages.apply, "POST"),
        ("/desk/{token}", pages.ask_to_open, "GET"),
        ("/desk/{token}", pages.open, "POST"),
    ]
    listed = [Route(path, pages.guarded(endpoint), methods=[method]) for path, endpoint, method in routes]
    return [*listed, Route("/desk/assets/{name}", pages.assets.serve, methods=["GET"])]


class _Pages:
    def __init__(
        self, office: Office, desk: Desk, links: Links, imports: Imports, title: str, https: bool
    ) -> None:
        self._office = office
        self._desk = desk
        self._links = links
        self._imports = imports
        self._title = title
        self._https = https
        self.assets = Assets(("desk.css",), prefix="/desk/assets/")
        templates = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined
        )
        self._template = templates.get_template("desk.html")

    def guarded(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint, with what goes wrong said on a page."""

        async def answer(request: Request) -> Response:
            try:
                if request.method == "POST":
                    check_origin(request)
                return await endpoint(request)
            except RequestRefused as refused:
                return self._say("page.over", status=refused.status)
            except (Refusal, FileRefused) as error:
                return self._say("page.failed", status=409, reason=str(error).rstrip("."))

        return answer

    # An owner's question --------------------------------------------------------------------------------

    async def question(self, request: Request) -> Response:
        """The question a link leads to. Looking at it answers nothing."""
        found = await asyncio.to_thread(self._office.verification.by_token, request.path_params["token"])
        record = await asyncio.to_thread(self._office.service, found.service_id) if found else None
        if found is None or record is None or found.state == "answered":
            return self._say("page.thanks" if found else "page.over", status=200 if found else 404)
        words = self._office.question(record, found.id, found.tries, SOURCE_LANGUAGE).text
        return self._page("question", question=words, answers=ANSWERS)

    async def answer(self, request: Request) -> Response:
        """Takes the one tap."""
        found = await asyncio.to_thread(self._office.verification.by_token, request.path_params["token"])
        if found is None:
            return self._say("page.over", status=404)
        given = str((await request.form(max_files=0, max_fields=2)).get("answer"))
        await asyncio.to_thread(take_answer, self._office, found.id, given, "owner by e-mail", None)
        return self._say(f"answered.{given}")

    # Opening and closing ----------------------------------------------------------------------------------

    async def ask_to_open(self, request: Request) -> Response:
        """What a link shows: a button. Mail servers and previews that look at it use nothing up."""
        if not await asyncio.to_thread(self._links.is_open, request.path_params["token"]):
            return self._say("page.over", status=404)
        return self._page("open")

    async def open(self, request: Request) -> Response:
        """Opens the desk on this device."""
        word = await asyncio.to_thread(self._links.open, request.path_params["token"])
        if word is None:
            return self._say("page.over", status=404)
        response = RedirectResponse("/desk", 303, dict(_HEADERS))
        response.set_cookie(
            COOKIE, word, max_age=SESSION_MINUTES * 60, path="/desk", secure=self._https, httponly=True,
            samesite="strict",
        )  # fmt: skip
        return response

    async def close(self, request: Request) -> Response:
        """Closes the desk on this device."""
        if word := request.cookies.get(COOKIE):
            await asyncio.to_thread(self._links.close, word)
        response = self._say("page.done")
        response.delete_cookie(COOKIE, path="/desk")
        return response

    async def _person(self, request: Request) -> Editor:
        """Who is at the desk.

        Raises:
            RequestRefused: nobody, or their role was taken back.
        """
        word = request.cookies.get(COOKIE)
        person = await asyncio.to_thread(self._links.who, word) if word else None
        if person is None or await asyncio.to_thread(self._office.editor, person.pseudonym) is None:
            raise RequestRefused("over", 403)
        return person

    # The desk ---------------------------------------------------------------------------------------------

    async def desk(self, request: Request) -> Response:
        """What waits."""
        person = await self._person(request)
        return await asyncio.to_thread(self._desk_page, person)

    def _desk_page(self, person: Editor, notice: str = "") -> Response:
        return self._page(
            "desk",
            notice=notice,
            proposals=[
                {
                    "code": proposal.id,
                    "words": message.text,
                    "decisions": [(button.payload.split(":")[1], button.title) for button in message.buttons],
                }
                for proposal, message in self._desk.proposals(person.pseudonym, SOURCE_LANGUAGE)
            ],
            doubts=[
                {"id": record.id, "words": words}
                for record, words in self._desk.doubts(person.pseudonym, SOURCE_LANGUAGE)
            ],
            files=self._imports.waiting(),
        )

    async def decide(self, request: Request) -> Response:
        """Approves a proposal or lets it go."""
        person = await self._person(request)
        decision = (await request.form(max_files=0, max_fields=2)).get("decision")
        if decision not in ("approve", "refuse"):
            raise RequestRefused("bad_request", 400)
        payload = f"desk:{decision}:{request.path_params['code']}"
        messages = await asyncio.to_thread(self._desk.press, person.pseudonym, SOURCE_LANGUAGE, payload)
        return await asyncio.to_thread(self._desk_page, person, messages[0].text)

    async def confirm(self, request: Request) -> Response:
        """A service in doubt is right."""
        person = await self._person(request)
        payload = f"desk:right:{request.path_params['id']}"
        messages = await asyncio.to_thread(self._desk.press, person.pseudonym, SOURCE_LANGUAGE, payload)
        return await asyncio.to_thread(self._desk_page, person, messages[0].text)

    # Files ------------------------------------------------------------------------------------------------

    async def bring(self, request: Request) -> Response:
        """Takes a file and shows what it would do."""
        person = await self._person(request)
        length = request.headers.get("content-length", "")
        if not length.isdigit() or int(length) > LARGEST_FILE + _FORM_ROOM:
            raise FileRefused(
                f"The file is too large: more than {LARGEST_FILE // (1024 * 1024)} MB are not read."
            )
        async with request.form(max_files=1, max_fields=2) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile) or not file.filename:
                raise FileRefused("No file was chosen.")
            data, name = await file.read(), Path(file.filename).name
        code = await asyncio.to_thread(self._imports.bring, person, name, data)
        return RedirectResponse(f"/desk/imports/{code}", 303, dict(_HEADERS))

    async def look(self, request: Request) -> Response:
        """What a file would do."""
        person = await self._person(request)
        brought, read = await asyncio.to_thread(self._imports.look, request.path_params["code"])
        obstacle = await asyncio.to_thread(self._imports.obstacle, brought, read, person)
        text = partial(self._office.wording.say, language=SOURCE_LANGUAGE)
        plan = read.plan
        return self._page(
            "import",
            name=brought.name,
            obstacle=obstacle,
            counts=[
                (text("page.new"), len(plan.new)),
                (text("page.changed"), len(plan.changed)),
                (text("page.same"), plan.same),
                (text("page.vanished"), len(plan.vanished)),
            ],
            lines=_lines(read, text),
            refused=self._tables([("page.refused", [self._problem(each) for each in plan.refused])]),
            tables=self._tables(
                [
                    ("page.new", [(self._where(where), *_named(record)) for record, where in plan.new]),
                    ("page.changed", self._changed(read)),
                    ("page.notes", [self._problem(each) for each in plan.notes]),
                    ("page.vanished", [("·", *_named(record)) for record in plan.vanished]),
                ]
            ),
        )

    async def apply(self, request: Request) -> Response:
        """Applies a file, or lets it go."""
        person = await self._person(request)
        decision = (await request.form(max_files=0, max_fields=2)).get("decision")
        code = request.path_params["code"]
        if decision == "drop":
            await asyncio.to_thread(self._imports.drop, code)
            return await asyncio.to_thread(self._desk_page, person)
        if decision != "apply":
            raise RequestRefused("bad_request", 400)
        batch = await asyncio.to_thread(self._imports.apply, code, person, "from a file at the desk")
        done = self._office.wording.say("page.applied", SOURCE_LANGUAGE, batch=batch)
        return await asyncio.to_thread(self._desk_page, person, done)

    def _changed(self, read: Import) -> list[Sequence[str]]:
        rows: list[Sequence[str]] = []
        for change in read.plan.changed:
            for field, (before, after) in change.fields.items():
                label = self._office.wording.label(field, SOURCE_LANGUAGE)
                where = self._where(change.where)
                rows.append((where, change.after.name, label, in_words(before), "→ " + in_words(after)))
        return rows

    def _problem(self, problem: Problem) -> Sequence[str]:
        return self._where(problem.where), problem.column, problem.reason

    def _where(self, where: Where) -> str:
        text_id = "page.sheet_row" if where.sheet else "page.row"
        return self._office.wording.say(text_id, SOURCE_LANGUAGE, sheet=where.sheet, row=where.row)

    def _tables(
        self, found: Sequence[tuple[str, Sequence[Sequence[str]]]]
    ) -> list[tuple[str, Sequence[Sequence[str]], int]]:
        """Headings, the rows shown, and how many more there are; empty tables are left out."""
        say = self._office.wording.say
        shown = {"page.vanished": VANISHED_SHOWN}
        return [
            (say(heading, SOURCE_LANGUAGE), rows[:most], max(0, len(rows) - most))
            for heading, rows in found
            if rows and (most := shown.get(heading, ROWS_SHOWN))
        ]

    # Pages ------------------------------------------------------------------------------------------------

    def _say(self, text_id: str, status: int = 200, **values: object) -> HTMLResponse:
        """A page with one sentence."""
        notice = self._office.wording.say(text_id, SOURCE_LANGUAGE, **values)
        return self._page("say", status=status, notice=notice)

    def _page(self, kind: str, status: int = 200, **values: Any) -> HTMLResponse:
        html = self._template.render(
            kind=kind,
            asset=self.assets.url,
            direction=direction(SOURCE_LANGUAGE),
            language=SOURCE_LANGUAGE,
            title=self._title,
            text=lambda text_id, **more: self._office.wording.say(text_id, SOURCE_LANGUAGE, **more),
            **{"notice": "", **values},
        )
        return HTMLResponse(html, status, dict(_HEADERS))


def _named(record: Record) -> Sequence[str]:
    return record.name, record.organization


def _lines(read: Import, text: Callable[..., str]) -> list[str]:
    plan = read.plan
    lines = []
    if plan.new_places or plan.changed_places:
        lines.append(text("page.places", new=plan.new_places, changed=plan.changed_places))
    if plan.unknown_columns:
        lines.append(text("page.unknown_columns", names=", ".join(plan.unknown_columns)))
    if plan.skipped_sheets:
        lines.append(text("page.skipped_sheets", names=", ".join(plan.skipped_sheets)))
    return lines
