"""The plain page of a session's figures, behind a one-time link: table, chart, files, and changed judgements.

It works without a script. Opening a link gives the browser a session of half an hour for this one group; looking at a
link uses nothing up. Every form must come from our own page.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.directory.upkeep.links import SESSION_MINUTES, Links
from bot.practice.cohorts.desk import TrainersDesk
from bot.practice.cohorts.figures import WHOLE, Report
from bot.practice.cohorts.overrides import ChangeRefused
from bot.practice.cohorts.results import Result
from bot.practice.cohorts.sheets import csv_of, xlsx_of
from bot.practice.cohorts.telling import average, changes, head, move_title, remarks, scenario_title
from bot.practice.moves import all_moves
from bot.practice.run import Run
from bot.web.assets import Assets
from bot.web.defences import PRIVATE_HEADERS, check_origin
from bot.web.defences import Refusal as RequestRefused
from bot.web.page import direction
from bot.wording.catalogue import SOURCE_LANGUAGE
from bot.wording.renderer import Renderer
from bot.wording.reply import ParamValue, Reply

HERE: Final = Path(__file__).parent
COOKIE: Final = "results"
SCENES_SHOWN: Final = 20
OWNER: Final = "practice:"
"""What a link to the page of a session is made for; it opens nothing else, because nobody has such a pseudonym."""

_HEADERS: Final = {**PRIVATE_HEADERS, "Referrer-Policy": "same-origin"}
_TYPES: Final[Mapping[str, str]] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

Endpoint = Callable[[Request], Awaitable[Response]]


def results_link(address: str, links: Links, code: str) -> str:
    """A one-time link to the page of a session. It blocks."""
    return f"{address}/results/{links.make(f'{OWNER}{code}', 'trainer')}"


def results_routes(
    desk: TrainersDesk, renderer: Renderer, links: Links, title: str, https: bool
) -> list[Route]:
    """The routes of the page.

    Args:
        title: what it calls itself in the browser's title, which gives nothing away.
        https: whether people reach it by https.
    """
    page = _Page(desk, renderer, links, title, https)
    routes: list[tuple[str, Endpoint, str]] = [
        ("/results", page.figures, "GET"),
        ("/results/chart.png", page.picture, "GET"),
        ("/results/figures.{kind}", page.file, "GET"),
        ("/results/change", page.change, "POST"),
        ("/results/close", page.close, "POST"),
        ("/results/{token}", page.ask_to_open, "GET"),
        ("/results/{token}", page.open, "POST"),
    ]
    return [Route(path, page.guarded(endpoint), methods=[method]) for path, endpoint, method in routes]


class _Page:
    def __init__(self, desk: TrainersDesk, renderer: Renderer, links: Links, title: str, https: bool) -> None:
        self._desk = desk
        self._renderer = renderer
        self._links = links
        self._title = title
        self._https = https
        self._assets = Assets(("desk.css",), prefix="/desk/assets/")
        templates = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined
        )
        self._template = templates.get_template("results.html")

    def guarded(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint, with what goes wrong said on a page."""

        async def answer(request: Request) -> Response:
            try:
                if request.method == "POST":
                    check_origin(request)
                return await endpoint(request)
            except RequestRefused as refused:
                return self._say("practice.page.over", refused.status)
            except (ChangeRefused, ValueError):
                return self._say("practice.desk.gone", 409)

        return answer

    # Opening and closing --------------------------------------------------------------------------------

    async def ask_to_open(self, request: Request) -> Response:
        """What a link shows: a button."""
        if not await asyncio.to_thread(self._links.is_open, request.path_params["token"]):
            return self._say("practice.page.over", 404)
        return self._html("open")

    async def open(self, request: Request) -> Response:
        """Opens the page on this device."""
        word = await asyncio.to_thread(self._links.open, request.path_params["token"])
        if word is None:
            return self._say("practice.page.over", 404)
        response = RedirectResponse("/results", 303, dict(_HEADERS))
        response.set_cookie(
            COOKIE, word, max_age=SESSION_MINUTES * 60, path="/results", secure=self._https, httponly=True,
            samesite="strict",
        )  # fmt: skip
        return response

    async def close(self, request: Request) -> Response:
        """Closes the page on this device."""
        if word := request.cookies.get(COOKIE):
            await asyncio.to_thread(self._links.close, word)
        response = self._say("practice.page.done")
        response.delete_cookie(COOKIE, path="/results")
        return response

    async def _code(self, request: Request) -> str:
        """Whose session's page this browser may see.

        Raises:
            RequestRefused: none.
        """
        word = request.cookies.get(COOKIE)
        holder = await asyncio.to_thread(self._links.who, word) if word else None
        if holder is None or not holder.pseudonym.startswith(OWNER):
            raise RequestRefused("over", 403)
        return holder.pseudonym.removeprefix(OWNER)

    # What it shows --------------------------------------------------------------------------------------

    async def figures(self, request: Request) -> Response:
        """The figures."""
        code = await self._code(request)
        return await asyncio.to_thread(self._figures, code)

    async def picture(self, request: Request) -> Response:
        """The chart."""
        report = await asyncio.to_thread(self._desk.report, await self._code(request))
        picture = await asyncio.to_thread(self._desk.picture, report, SOURCE_LANGUAGE)
        if picture is None:
            raise RequestRefused("over", 404)
        return Response(picture, 200, dict(_HEADERS), "image/png")

    async def file(self, request: Request) -> Response:
        """The figures as a file."""
        kind = request.path_params["kind"]
        if kind not in _TYPES:
            raise RequestRefused("over", 404)
        report = await asyncio.to_thread(self._desk.report, await self._code(request))
        write = csv_of if kind == "csv" else xlsx_of
        content = await asyncio.to_thread(write, report, self._text, self._desk.scenario)
        named = {"Content-Disposition": f'attachment; filename="figures-{report.code}.{kind}"'}
        return Response(content, 200, {**_HEADERS, **named}, _TYPES[kind])

    async def change(self, request: Request) -> Response:
        """Changes a judgement."""
        code = await self._code(request)
        form = await request.form(max_files=0, max_fields=4)
        turn, _, sentence = str(form.get("line", "")).partition(".")
        result = await asyncio.to_thread(self._desk.result, str(form.get("scene", "")), None, code)
        done = await asyncio.to_thread(
            self._desk.change,
            result,
            int(turn),
            int(sentence),
            str(form.get("move", "")),
            str(form.get("reason", "")),
        )
        return await asyncio.to_thread(self._figures, code, self._renderer.render(done, SOURCE_LANGUAGE).text)

    def _figures(self, code: str, notice: str = "") -> Response:
        report = self._desk.report(code)
        whole = report.group(WHOLE)
        return self._html(
            "figures",
            notice=notice,
            report=report,
            whole=whole,
            average=average,
            head=self._lines(Reply((head(report),))),
            lines=self._lines(Reply((*changes(report), *remarks(report)))),
            spreads=[
                (self._text(f"practice.rubric.{each.item}"), each)
                for each in (whole.spreads if whole else ())
            ],
            lists=self._lists(report),
            parts=[
                (self._value(scenario_title(each.name, self._desk.scenario)), each)
                for each in report.groups
                if each.kind == "scenario"
            ],
            scenes=[self._scene(result) for result in self._desk.scenes(code)[:SCENES_SHOWN]],
            moves=[(move.id, self._text(move.title)) for move in all_moves().values()],
        )

    def _lists(self, report: Report) -> list[tuple[str, list[tuple[str, int]]]]:
        whole = report.group(WHOLE)
        if whole is None:
            return []
        lists = (("practice.page.missing", whole.missing), ("practice.page.harmful", whole.harmful))
        return [
            (self._text(heading), [(self._text(move_title(moves)), number) for moves, number in found])
            for heading, found in lists
            if found
        ]

    def _scene(self, result: Result) -> dict[str, Any]:
        """A scene that was played before everybody, with what every sentence was taken for, and what was changed."""
        lines = []
        for turn, each in enumerate(Run.from_json(result.content["run"]).turns):
            words = self._value(self._desk.line_words(result, turn))
            for number, sentence in enumerate(each.line.sentences):
                taken = ", ".join(self._text(all_moves()[move].title) for move in sorted(sentence.moves))
                lines.append(
                    (f"{turn}.{number}", turn + 1, words, taken or self._text("practice.change.no_move"))
                )
        return {
            "id": result.id,
            "title": self._text("practice.button.scene", **self._desk.named(result)),
            "lines": lines,
            "changes": [self._change(change) for change in result.content.get("changes", ())],
        }

    def _change(self, change: Mapping[str, Any]) -> str:
        def named(moves: list[str]) -> str:
            titles = [self._text(all_moves()[move].title) for move in moves if move in all_moves()]
            return ", ".join(titles) or self._text("practice.change.no_move")

        known = f"practice.because.trainer.{change['reason']}"
        reason = self._text(known) if known in self._renderer.texts else change["reason"]
        return self._text(
            "practice.change.told",
            number=change["turn"] + 1,
            before=named(change["before"]),
            after=named(change["after"]),
            reason=reason,
        )

    # Words ----------------------------------------------------------------------------------------------

    def _text(self, text_id: str, **values: ParamValue) -> str:
        return self._renderer.line(text_id, SOURCE_LANGUAGE, values)

    def _value(self, value: str | dict[str, str]) -> str:
        return self._text(value["text"]) if isinstance(value, dict) else value

    def _lines(self, reply: Reply) -> list[str]:
        return [line for line in self._renderer.render(reply, SOURCE_LANGUAGE).text.split("\n") if line]

    def _say(self, text_id: str, status: int = 200) -> HTMLResponse:
        return self._html("say", status, notice=self._text(text_id))

    def _html(self, kind: str, status: int = 200, **values: Any) -> HTMLResponse:
        html = self._template.render(
            kind=kind,
            asset=self._assets.url,
            direction=direction(SOURCE_LANGUAGE),
            language=SOURCE_LANGUAGE,
            title=self._title,
            text=self._text,
            **{"notice": "", **values},
        )
        return HTMLResponse(html, status, dict(_HEADERS))
