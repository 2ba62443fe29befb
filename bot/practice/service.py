"""Practice in a conversation: what each press and each line leads to.

The service keeps nothing but the words of running practices, in memory and for the debrief only; the rest of a
run travels as plain data (`Situation.as_json`) in whatever the caller keeps, without a word of the trainee's.
What follows a run stands in `afterwards`.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path
from typing import Callable, Optional

import yaml

from bot.practice.afterwards import Afterwards
from bot.practice.changing import Changing
from bot.practice.coaching import feedback
from bot.practice.cohorts.members import Place
from bot.practice.cohorts.records import Records
from bot.practice.cohorts.results import PRACTICE
from bot.practice.judging import Judge, JudgedLine
from bot.practice.loader import Script
from bot.practice.models import Track
from bot.practice.moves import all_moves
from bot.practice.moves import texts as move_texts
from bot.practice.repertoire import Repertoire
from bot.practice.run import Answer, Run, Stage
from bot.practice.scoring import Evidence, rubric
from bot.practice.situation import Outcome, Situation, Words
from bot.practice.theatre.ways import payload_of
from bot.wording.payload import payload
from bot.wording.reply import Choice, Kind, Part, Reply, quiet, text

TEXTS = Path(__file__).parent / "texts.yml"

ON_ONE_PAGE = 7
"""Scenarios shown at once, with the button for more."""

OPEN_A_SESSION = payload_of("open")
"""The button for trainers: practice in a group (`bot.practice.theatre`)."""

MOMENT_TITLE = 40
"""Characters of a line on the button that goes back to it."""


def texts(repertoire: Repertoire) -> dict[str, str]:
    """Every English text of practice by id."""
    own = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
    named = {f"practice.{text_id}": line for text_id, line in own.items()}
    return {**named, **move_texts(), **rubric().texts, **repertoire.texts}


class Practice:
    """Practice for everybody who chats with the assistant.

    Args:
        repertoire: the scenarios.
        judge: gives the judge; called on the first line, since models take a moment to load.
        records: people's own results; None where nothing can be kept.
    """

    def __init__(
        self, repertoire: Repertoire, judge: Callable[[], Judge], records: Optional[Records] = None
    ) -> None:
        self.repertoire = repertoire
        self._judge = judge
        self._records = records
        self._words = Words()
        self.afterwards = Afterwards(repertoire, self._words, records)
        self.changing = Changing(repertoire, self._words, records, self.afterwards)

    # --- choosing

    def menu(self, page: int = 0, place: Optional[Place] = None) -> Outcome:
        """The scenarios, a page of them; on the first, a recheck that waits, and one's results."""
        scripts = sorted(self.repertoire.scripts.values(), key=lambda s: s.scenario.track is Track.CORE)
        shown = scripts[page * ON_ONE_PAGE : (page + 1) * ON_ONE_PAGE]
        choices = [
            Choice(script.scenario.title, payload("practice", do="notice", scenario=script.scenario.id))
            for script in shown
        ]
        if len(scripts) > (page + 1) * ON_ONE_PAGE:
            choices.append(Choice("practice.button.more", payload("practice", do="menu", page=str(page + 1))))
        if page > 0:
            choices.append(Choice("practice.button.first", payload("practice", do="menu")))
            return Outcome((Reply((text("practice.menu.more"),), tuple(choices)),))
        if self._records is not None and place is not None and self._records.agreed(place):
            choices.append(Choice("practice.button.results", payload("practice", do="results")))
        choices.append(Choice("practice.session.button.open", OPEN_A_SESSION))
        invited = self.invited(place)
        return Outcome((*((invited,) if invited else ()), Reply((text("practice.menu"),), tuple(choices))))

    def invited(self, place: Optional[Place]) -> Optional[Reply]:
        """The recheck somebody is invited to now: its content notice, and the way to decline; None without one."""
        due = self._records.due(place) if self._records is not None and place is not None else None
        script = self.repertoire.scripts.get(due.scenario) if due else None
        if script is None:
            return None
        parts = (
            text("practice.recheck.due"),
            text("practice.ready", notice={"text": script.scenario.notice}),
            text("practice.ready.rules"),
        )
        choices = (
            Choice("practice.button.recheck", payload("practice", do="recheck", answer="yes")),
            Choice("practice.button.decline", payload("practice", do="decline")),
        )
        return Reply(parts, choices)

    @staticmethod
    def call() -> Reply:
        """What is written to somebody who is invited: on a locked screen it says nothing."""
        choices = (
            Choice("practice.button.open", payload("practice", do="recheck")),
            Choice("practice.button.not_again", payload("practice", do="decline")),
        )
        return Reply((text("practice.recheck.call"),), choices)

    def notice(self, scenario_id: str) -> Outcome:
        """What a scenario is about, before anything else, with the way out and the choice of when to hear remarks."""
        script = self.repertoire.scripts.get(scenario_id)
        if script is None:
            return self._say("practice.gone")
        parts = (
            text("practice.ready", notice={"text": script.scenario.notice}),
            text("practice.ready.rules"),
        )
        begin = {"do": "begin", "scenario": scenario_id}
        choices = (
            Choice("practice.button.begin", payload("practice", **begin)),
            Choice("practice.button.begin_late", payload("practice", feedback="end", **begin)),
            Choice("practice.button.another", payload("practice", do="menu")),
        )
        return Outcome((Reply(parts, choices),))

    # --- playing

    def begin(
        self, scenario_id: str, person: str, is_late: bool = False, occasion: str = PRACTICE
    ) -> Outcome:
        """A new run; a recheck plays the scenario's other surface.

        Args:
            is_late: the coach's remarks come at the end.
            occasion: `practice`, or the recheck that is played.
        """
        script = self.repertoire.scripts.get(scenario_id)
        if script is None:
            return self._say("practice.gone")
        self._words.forget(person)
        run, answer = Stage(script.scenario).begin(secrets.randbelow(1_000_000), occasion != PRACTICE)
        other = script.scenario.parallel if run.parallel else None
        scene = text("practice.scene", scene={"text": other.scene if other else script.scenario.scene})
        return Outcome(
            (Reply((scene,)), self._spoken(script, run, answer, ())),
            Situation(run, None, is_late, occasion=occasion),
        )

    def recheck(self, person: str, place: Optional[Place], is_sure: bool) -> Outcome:
        """The recheck that is due: its notice, then, once they are sure, the scene. As in an exam, the remarks come at
        the end and no moment is played again."""
        due = self._records.due(place) if self._records is not None and place is not None else None
        invited = self.invited(place)
        if due is None or invited is None:
            return self._say("practice.recheck.none")
        if not is_sure:
            return Outcome((invited,))
        return self.begin(due.scenario, person, is_late=True, occasion=due.occasion)

    def say(self, situation: Situation, person: str, line: str, place: Optional[Place] = None) -> Outcome:
        """A line of the trainee: judged, and answered; or asked about when the judge is unsure."""
        script = self._script(situation)
        if script is None:
            return self._say("practice.gone")
        if Stage(script.scenario).is_over(situation.run):
            return self.afterwards.ended(script, situation, person, place, lead=())
        judged = self._judge().judge(line, of_a_child=script.scenario.is_child)
        self._words.add(person, tuple(s.text for s in judged.sentences), len(situation.run.turns))
        return self._said(script, situation, judged, person, place)

    def meant(
        self, situation: Situation, person: str, move: Optional[str], place: Optional[Place] = None
    ) -> Outcome:
        """The trainee said what the doubtful sentence was meant to do; None: nothing of what was offered."""
        script, pending = self._script(situation), situation.pending
        if script is None or pending is None or pending.doubt is None:
            return self._say("practice.none")
        offered = pending.sentences[pending.doubt].offered
        chosen = {move} if move in offered else set()
        return self._said(script, situation, pending.decided(pending.doubt, chosen), person, place)

    def _said(
        self, script: Script, situation: Situation, line: JudgedLine, person: str, place: Optional[Place]
    ) -> Outcome:
        if line.doubt is not None:
            return Outcome((self._question(situation.run, line, person),), replace(situation, pending=line))
        run, answer = Stage(script.scenario).say(situation.run, line)
        now = replace(situation, run=run, pending=None)
        remarks = () if now.is_late else self._remarks(script, run)
        if Stage(script.scenario).is_over(run):
            last = self._spoken(script, run, answer, ())
            return self.afterwards.ended(script, now, person, place, (*remarks, Reply(last.parts)))
        return Outcome((*remarks, self._spoken(script, run, answer, self.ways_on(now))), now)

    @staticmethod
    def ways_on(situation: Situation) -> tuple[Choice, ...]:
        """The buttons under an answer."""
        stop = Choice("practice.button.stop", payload("practice", do="stop"))
        if situation.is_late:
            return (stop,)
        return (
            Choice("practice.button.why", payload("practice", do="why")),
            Choice("practice.button.again", payload("practice", do="again")),
            Choice("practice.button.moments", payload("practice", do="moments")),
            stop,
        )

    @staticmethod
    def is_it_real() -> Reply:
        """Asked before the answer to a line that sounds as if something was happening now."""
        return Reply(
            (text("practice.is_it_real"),), (Choice("practice.button.real", payload("start_guide")),)
        )

    def again(self, situation: Situation) -> Outcome:
        """The last moment once more, as if the line had not been said."""
        return self.rewind(situation, len(situation.run.turns) - 1)

    def rewind(self, situation: Situation, turn: int) -> Outcome:
        """Line number `turn`, from 0, once more, as if it and what followed had not been said. What was kept of the
        run stays as it is: it is how it went."""
        script = self._script(situation)
        if script is None:
            return self._say("practice.gone")
        if not 0 <= turn < len(situation.run.turns) or situation.is_recheck:
            return Outcome(
                (
                    Reply(
                        (text("practice.why.nothing"),),
                    ),
                ),
                situation,
            )
        run, answer = Stage(script.scenario).rewind(situation.run, turn)
        choices = [Choice("practice.button.stop", payload("practice", do="stop"))]
        if turn > 0:
            choices.insert(0, Choice("practice.button.moments", payload("practice", do="moments")))
        now = Situation(run, is_late=situation.is_late, is_retried=situation.is_over or situation.is_retried)
        return Outcome((self._spoken(script, run, answer, tuple(choices)),), now)

    def moments(self, situation: Situation, person: str) -> Outcome:
        """Every line so far, to go back to."""
        script = self._script(situation)
        if script is None or not situation.run.turns or situation.is_recheck:
            return Outcome(
                (
                    Reply(
                        (text("practice.why.nothing"),),
                    ),
                ),
                situation,
            )
        choices = []
        for number, turn in enumerate(situation.run.turns):
            said = self._words.line(person, number, MOMENT_TITLE)
            line = said or {"text": script.scenario.states[turn.state].says[0]}
            choices.append(
                Choice(
                    "practice.button.moment",
                    payload("practice", do="rewind", turn=str(number)),
                    {"number": number + 1, "line": line},
                )
            )
        return Outcome((Reply((text("practice.moments"),), tuple(choices)),), situation)

    def why(self, situation: Situation) -> tuple[tuple[Part, ...], Optional[str]]:
        """The rule behind the last remarks.

        Returns:
            Its lines, and the id of the guidance it rests on; None when nothing has been remarked.
        """
        script = self._script(situation)
        if script is None or not situation.run.turns:
            return (text("practice.why.nothing"),), None
        remarks = feedback(script.scenario, situation.run)
        move = remarks.changed or remarks.kept
        if move is None:
            return (text("practice.why.nothing"),), None
        return (text("practice.why.rule", remark={"text": all_moves()[move].because}),), all_moves()[
            move
        ].guidance

    def stop(self, person: str) -> Outcome:
        """Ends at once, without a score."""
        self._words.forget(person)
        return self._say("practice.stopped")

    # --- saying

    def _script(self, situation: Situation) -> Optional[Script]:
        script = self.repertoire.scripts.get(situation.run.scenario)
        return script if script and situation.run.state in script.scenario.states else None

    def _say(self, text_id: str) -> Outcome:
        another = Choice("practice.button.another", payload("practice", do="menu"))
        return Outcome((Reply((text(text_id),), (another,)),))

    def _question(self, run: Run, line: JudgedLine, person: str) -> Reply:
        number = line.doubt or 0
        sentence = self._words.of(person, Evidence(len(run.turns), number, "")) or "…"
        choices = [
            Choice(all_moves()[move].title, payload("practice", do="meant", move=move))
            for move in line.sentences[number].offered
        ]
        choices.append(Choice("practice.button.none_of_these", payload("practice", do="meant")))
        return Reply((text("practice.unsure", sentence=sentence),), tuple(choices))

    @staticmethod
    def _remarks(script: Script, run: Run) -> tuple[Reply, ...]:
        parts = []
        for kind, text_id in feedback(script.scenario, run).remarks:
            name = "line" if kind == "try" else "remark"
            parts.append(quiet(f"practice.{kind}", **{name: {"text": text_id}}))
        return (Reply(tuple(parts)),) if parts else ()

    @staticmethod
    def _spoken(script: Script, run: Run, answer: Answer, choices: tuple[Choice, ...]) -> Reply:
        other = script.scenario.parallel if run.parallel else None
        name = (other or script.scenario).persona.name
        parts = [text("practice.speaks", name=name, line={"text": line}) for line in answer.says]
        if answer.shows:
            parts.append(Part("practice.shows", Kind.QUIET, {"what": {"text": answer.shows}}))
        return Reply(tuple(parts), choices)
