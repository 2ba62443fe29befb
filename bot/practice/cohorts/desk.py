"""The trainer's desk in a chat: the figures of a session with a chart, a link to the page, and changed judgements.

Nobody but the trainer of a session gets anything here; to everybody else it is as if there was no such session. What
people played by themselves counts in the figures and is shown to nobody.
"""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Callable, Final, Optional

from bot.people.invitations import ID_LETTERS
from bot.practice.cohorts.chart import chart
from bot.practice.cohorts.figures import WHOLE, Report, Statistics
from bot.practice.cohorts.members import CODE_LENGTH, Members, Place
from bot.practice.cohorts.overrides import (
    REASON_LIMIT,
    REASONS,
    TRAINER,
    ChangeRefused,
    Overrides,
    offered,
    toggled,
)
from bot.practice.cohorts.results import PRIVATE, Result, Results
from bot.practice.cohorts.telling import scenario_title, told
from bot.practice.loader import Script
from bot.practice.moves import all_moves
from bot.practice.repertoire import Repertoire
from bot.practice.run import Run
from bot.understanding.redaction import redact
from bot.wording.catalogue import SOURCE_LANGUAGE
from bot.wording.renderer import Message, Renderer
from bot.wording.reply import Choice, ParamValue, Part, Reply, quiet, text

PREFIX: Final = "/results:"
"""Payloads of the desk's buttons begin so."""

_LETTERS = f"[{ID_LETTERS}{ID_LETTERS.lower()}]"
TYPED: Final = re.compile(rf"/?results[ _]({_LETTERS}{{{CODE_LENGTH}}})", re.IGNORECASE)
"""What is typed for a session's figures. The page takes the sign off what people type, so it counts without it too."""

SCENES_LISTED: Final = 7
MOVES_SHOWN: Final = 7
QUOTED: Final = 60

MakeLink = Callable[[str], Optional[str]]
"""A one-time link to the page of a session's figures; None when pages have no address."""


class TrainersDesk:
    """Answers trainers. Every method blocks.

    Args:
        members, results, overrides: see there.
        repertoire: the scenarios.
        renderer: puts replies into words.
        make_link: see `MakeLink`.
    """

    def __init__(
        self,
        members: Members,
        results: Results,
        overrides: Overrides,
        repertoire: Repertoire,
        renderer: Renderer,
        make_link: MakeLink = lambda code: None,
    ) -> None:
        self._members = members
        self._results = results
        self._overrides = overrides
        self._scripts = repertoire.scripts
        self._renderer = renderer
        self._make_link = make_link
        self.statistics = Statistics(members, results)

    def answer(self, place: Place, words: str) -> Optional[list[Message]]:
        """The answer to typed words or a press; None when they are not meant for the desk."""
        if typed := TYPED.fullmatch(words.strip()):
            return self._show(place, typed.group(1))
        if not words.startswith(PREFIX):
            return None
        verb, *rest = words.removeprefix(PREFIX).split(":")
        try:
            return self._pressed(place, verb, rest)
        except (ChangeRefused, ValueError, IndexError):
            return [self._message(place, Reply((text("practice.desk.gone"),)))]

    def _pressed(self, place: Place, verb: str, rest: list[str]) -> list[Message]:
        if verb in ("show", "page", "scenes"):
            code = rest[0] if rest else self._here(place)
            answers = {"show": self._show, "page": self._page, "scenes": self._scenes}
            return answers[verb](place, code)
        result = self.result(rest[0], place)
        numbers = [int(each) for each in rest[1:3]]
        if verb == "lines":
            return [self._message(place, self._lines(result))]
        if verb == "line":
            page = int(rest[3]) if len(rest) > 3 else 0
            return [self._message(place, self._line(result, numbers[0], numbers[1], page))]
        if verb == "judge":
            return [self._message(place, self._why(result, numbers[0], numbers[1], rest[3]))]
        if verb == "because" and rest[4] in REASONS:
            return [self._message(place, self.change(result, numbers[0], numbers[1], rest[3], rest[4]))]
        raise ChangeRefused

    # Figures --------------------------------------------------------------------------------------------

    def knows(self, code: str) -> bool:
        """Whether there is such a session."""
        return bool(self._members.in_session(code.upper()))

    def link(self, code: str) -> Optional[str]:
        """A one-time link to the page of a session; None when pages have no address."""
        return self._make_link(code.upper())

    def report(self, code: str) -> Report:
        return self.statistics.report(code)

    def picture(self, report: Report, language: str) -> Optional[bytes]:
        """The chart; None when there is nothing to be shown."""
        whole = report.group(WHOLE)
        if whole is None:
            return None
        head = self._renderer.line(
            "practice.chart.head",
            language,
            {"code": report.code, "people": whole.people, "points": f"{whole.points:g}"},
        )
        return chart(report, lambda text_id: self._renderer.line(text_id, language), head)

    def _show(self, place: Place, code: str) -> list[Message]:
        if not self._members.trains(place.seat, code):
            return [self._message(place, Reply((text("practice.desk.not_yours"),)))]
        report = self.report(code)
        choices = [
            Choice("practice.button.page", f"{PREFIX}page:{report.code}"),
            Choice("practice.button.change", f"{PREFIX}scenes:{report.code}"),
        ]
        reply = told(report, self._scripts.get)
        message = self._message(place, Reply(reply.parts, tuple(choices)))
        return [Message(message.text, message.buttons, self.picture(report, place.language))]

    def _page(self, place: Place, code: str) -> list[Message]:
        if not self._members.trains(place.seat, code):
            return [self._message(place, Reply((text("practice.desk.not_yours"),)))]
        link = self.link(code)
        part = text("practice.desk.link", link=link) if link else text("practice.desk.no_link")
        return [self._message(place, Reply((part,)))]

    def _here(self, place: Place) -> str:
        """The session whose trainer somebody is now, else the latest they opened.

        Raises:
            ChangeRefused: there is none.
        """
        mine = [member for member in self._members.of(place.seat) if member.is_trainer and member.cohort]
        mine.sort(key=lambda member: not member.is_here)
        if not mine:
            raise ChangeRefused
        return mine[0].cohort or ""

    # Judgements -----------------------------------------------------------------------------------------

    def scenes(self, code: str) -> list[Result]:
        """What was played before everybody in a session, the latest first."""
        found = [each for each in self._results.of_cohort(code) if not each.content.get(PRIVATE)]
        return [each for each in reversed(found) if each.scenario in self._scripts]

    def result(self, identity: str, place: Optional[Place] = None, code: Optional[str] = None) -> Result:
        """A scene of a session whose trainer it is: known by their chat, or by the page of their session.

        Raises:
            ChangeRefused: it is not theirs, or gone.
        """
        result = self._results.get(identity)
        if (
            result is None
            or not result.cohort
            or result.content.get(PRIVATE)
            or result.scenario not in self._scripts
        ):
            raise ChangeRefused
        if result.cohort != code and not (place and self._members.trains(place.seat, result.cohort)):
            raise ChangeRefused
        return result

    def scenario(self, scenario_id: str) -> Optional[Script]:
        return self._scripts.get(scenario_id)

    def script(self, result: Result) -> Script:
        return self._scripts[result.scenario]

    def change(self, result: Result, turn: int, sentence: int, move: str, reason: str) -> Reply:
        """Changes a judgement. `reason` is one of `REASONS`, or the trainer's own words.

        Raises:
            ChangeRefused: there is no such sentence or move, or no reason.
        """
        words = reason if reason in REASONS else redact(" ".join(reason.split())[:REASON_LIMIT])
        if not words:
            raise ChangeRefused
        run = Run.from_json(result.content["run"])
        change = toggled(run, turn, sentence, move, words, TRAINER)
        member = self._members.get(result.member) if result.member else None
        language = member.language if member else SOURCE_LANGUAGE
        now = self._overrides.change(self.script(result), result, change, language)
        parts = [text("practice.desk.changed")]
        if result.member is None:
            parts.append(
                text("practice.desk.scores", points=now.points, judged=now.content["judged_points"])
            )
        return Reply(tuple(parts), (Choice("practice.button.change", f"{PREFIX}scenes:{result.cohort}"),))

    def named(self, result: Result) -> dict[str, ParamValue]:
        """What a scene is called. Its points are not told: with one person on stage they are that person's."""
        day = f"{datetime.fromtimestamp(result.at, timezone.utc):%Y-%m-%d %H:%M}"
        return {"day": day, "title": scenario_title(result.scenario, self._scripts.get)}

    def line_words(self, result: Result, turn: int) -> str | dict[str, str]:
        """What stands for a line: its words, of who agreed to that; else what it answered to."""
        if result.transcript and turn < len(result.transcript):
            words = " ".join(result.transcript[turn])
            return words if len(words) <= QUOTED else f"{words[: QUOTED - 1]}…"
        state = Run.from_json(result.content["run"]).turns[turn].state
        return {"text": self.script(result).scenario.states[state].says[0]}

    def _scenes(self, place: Place, code: str) -> list[Message]:
        if not self._members.trains(place.seat, code):
            return [self._message(place, Reply((text("practice.desk.not_yours"),)))]
        found = self.scenes(code)[:SCENES_LISTED]
        choices = tuple(
            Choice(
                "practice.button.scene",
                f"{PREFIX}lines:{each.id}",
                self.named(each),
            )
            for each in found
        )
        part = text("practice.desk.which_scene" if found else "practice.desk.no_scene")
        return [self._message(place, Reply((part,), choices))]

    def _lines(self, result: Result) -> Reply:
        choices = []
        for turn, each in enumerate(Run.from_json(result.content["run"]).turns):
            for sentence in range(len(each.line.sentences)):
                number = (
                    f"{turn + 1}"
                    if len(each.line.sentences) == 1
                    else f"{turn + 1}{chr(ord('a') + sentence)}"
                )
                choices.append(
                    Choice(
                        "practice.button.moment",
                        f"{PREFIX}line:{result.id}:{turn}:{sentence}",
                        {"number": number, "line": self.line_words(result, turn)},
                    )
                )
        return Reply((text("practice.desk.which_line"),), tuple(choices))

    def _line(self, result: Result, turn: int, sentence: int, page: int) -> Reply:
        run = Run.from_json(result.content["run"])
        found, others = offered(self.script(result), run, turn, sentence)
        parts: list[Part] = [quiet("practice.late.line", number=turn + 1, line=self.line_words(result, turn))]
        parts += [text("practice.change.taken", move={"text": all_moves()[move].title}) for move in found]
        if not found:
            parts.append(text("practice.change.nothing"))
        at = f"{result.id}:{turn}:{sentence}"
        shown = others[page * MOVES_SHOWN : (page + 1) * MOVES_SHOWN]
        titled = [("practice.button.was_not", move) for move in found] if page == 0 else []
        titled += [("practice.button.was", move) for move in shown]
        choices = [
            Choice(title, f"{PREFIX}judge:{at}:{move}", {"move": {"text": all_moves()[move].title}})
            for title, move in titled
        ]
        if len(others) > (page + 1) * MOVES_SHOWN:
            choices.append(Choice("practice.button.more", f"{PREFIX}line:{at}:{page + 1}"))
        return Reply(tuple(parts), tuple(choices))

    def _why(self, result: Result, turn: int, sentence: int, move: str) -> Reply:
        toggled(Run.from_json(result.content["run"]), turn, sentence, move, "", TRAINER)
        choices = tuple(
            Choice(
                f"practice.because.trainer.{reason}",
                f"{PREFIX}because:{result.id}:{turn}:{sentence}:{move}:{reason}",
            )
            for reason in REASONS
        )
        return Reply((text("practice.desk.why"),), choices)

    def _message(self, place: Place, reply: Reply) -> Message:
        return self._renderer.render(reply, place.language)
