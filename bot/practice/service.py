"""Practice in a conversation: what each press and each line leads to.

The service keeps nothing but the words of running practices, in memory and for the debrief only; the rest of a
run travels as plain data (`Situation.as_json`) in whatever the caller keeps, without a word of the trainee's.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Mapping, Optional

import yaml

from bot.practice.coaching import feedback
from bot.practice.debrief import Debrief, debrief
from bot.practice.judging import Judge, JudgedLine
from bot.practice.loader import Script
from bot.practice.models import Track
from bot.practice.moves import all_moves
from bot.practice.moves import texts as move_texts
from bot.practice.repertoire import Repertoire
from bot.practice.run import Answer, Run, Stage
from bot.practice.scoring import Evidence, rubric
from bot.wording.payload import payload
from bot.wording.reply import Choice, Kind, Part, Reply, quiet, text

TEXTS = Path(__file__).parent / "texts.yml"

ON_ONE_PAGE = 7
"""Scenarios shown at once, with the button for more."""

PEOPLE_REMEMBERED = 2000
"""Running practices whose words are in memory for the debrief; whoever is forgotten gets it without quotations."""

QUOTED = 90
"""Characters of a sentence that are quoted."""


def texts(repertoire: Repertoire) -> dict[str, str]:
    """Every English text of practice by id."""
    own = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
    named = {f"practice.{text_id}": line for text_id, line in own.items()}
    return {**named, **move_texts(), **rubric().texts, **repertoire.texts}


@dataclass(frozen=True)
class Situation:
    """Where a practice is.

    Attributes:
        run: the run.
        pending: a line with a sentence to be asked about; not said yet.
    """

    run: Run
    pending: Optional[JudgedLine] = None

    def as_json(self) -> dict[str, Any]:
        return {"run": self.run.as_json(), "pending": self.pending.as_json() if self.pending else None}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Situation:
        pending = data["pending"]
        return cls(Run.from_json(data["run"]), JudgedLine.from_json(pending) if pending else None)


@dataclass(frozen=True)
class Outcome:
    """What a press or a line led to: the replies, and the situation after it (None: no practice is running)."""

    replies: tuple[Reply, ...]
    situation: Optional[Situation] = None


class _Words:
    """The sentences people said in running practices, in memory only."""

    def __init__(self) -> None:
        self._by_person: OrderedDict[str, list[tuple[str, ...]]] = OrderedDict()

    def add(self, person: str, line: tuple[str, ...], turn: int) -> None:
        """Remembers line number `turn`; a later line with the same number takes its place."""
        said = self._by_person.pop(person, [])
        said[turn:] = [line]
        self._by_person[person] = said
        while len(self._by_person) > PEOPLE_REMEMBERED:
            self._by_person.popitem(last=False)

    def of(self, person: str, evidence: Evidence) -> Optional[str]:
        said = self._by_person.get(person, [])
        if evidence.turn < len(said) and evidence.sentence < len(said[evidence.turn]):
            sentence = said[evidence.turn][evidence.sentence]
            return sentence if len(sentence) <= QUOTED else f"{sentence[: QUOTED - 1]}…"
        return None

    def forget(self, person: str) -> None:
        self._by_person.pop(person, None)


class Practice:
    """Practice for everybody who chats with the assistant.

    Args:
        repertoire: the scenarios.
        judge: gives the judge; called on the first line, since models take a moment to load.
    """

    def __init__(self, repertoire: Repertoire, judge: Callable[[], Judge]) -> None:
        self.repertoire = repertoire
        self._judge = judge
        self._words = _Words()

    # --- choosing

    def menu(self, page: int = 0) -> Outcome:
        """The scenarios, a page of them."""
        scripts = sorted(self.repertoire.scripts.values(), key=lambda s: s.scenario.track is Track.CORE)
        shown = scripts[page * ON_ONE_PAGE : (page + 1) * ON_ONE_PAGE]
        choices = [
            Choice(script.scenario.title, payload("practice", do="notice", scenario=script.scenario.id))
            for script in shown
        ]
        if len(scripts) > (page + 1) * ON_ONE_PAGE:
            choices.append(Choice("practice.button.more", payload("practice", do="menu", page=str(page + 1))))
        head = text("practice.menu") if page == 0 else text("practice.menu.more")
        return Outcome((Reply((head,), tuple(choices)),))

    def notice(self, scenario_id: str) -> Outcome:
        """What a scenario is about, before anything else, with the way out."""
        script = self.repertoire.scripts.get(scenario_id)
        if script is None:
            return self._say("practice.gone")
        parts = (text("practice.ready", notice={"text": script.scenario.notice}), text("practice.ready.rules"))
        choices = (
            Choice("practice.button.begin", payload("practice", do="begin", scenario=scenario_id)),
            Choice("practice.button.another", payload("practice", do="menu")),
        )
        return Outcome((Reply(parts, choices),))

    # --- playing

    def begin(self, scenario_id: str, person: str, parallel: bool = False) -> Outcome:
        """A new run."""
        script = self.repertoire.scripts.get(scenario_id)
        if script is None:
            return self._say("practice.gone")
        self._words.forget(person)
        run, answer = Stage(script.scenario).begin(secrets.randbelow(1_000_000), parallel)
        other = script.scenario.parallel if run.parallel else None
        scene = text("practice.scene", scene={"text": other.scene if other else script.scenario.scene})
        spoken = self._spoken(script, run, answer, ())
        return Outcome((Reply((scene,)), spoken), Situation(run))

    def say(self, situation: Situation, person: str, line: str) -> Outcome:
        """A line of the trainee: judged, and answered; or asked about when the judge is unsure."""
        script = self._script(situation)
        if script is None:
            return self._say("practice.gone")
        if Stage(script.scenario).is_over(situation.run):
            return self._ended(script, situation.run, person, lead=())
        judged = self._judge().judge(line, of_a_child=script.scenario.is_child)
        self._words.add(person, tuple(s.text for s in judged.sentences), len(situation.run.turns))
        return self._said(script, situation.run, judged, person)

    def meant(self, situation: Situation, person: str, move: Optional[str]) -> Outcome:
        """The trainee said what the doubtful sentence was meant to do; None: nothing of what was offered."""
        script, pending = self._script(situation), situation.pending
        if script is None or pending is None or pending.doubt is None:
            return self._say("practice.none")
        offered = pending.sentences[pending.doubt].doubtful
        chosen = {move} if move in offered else set()
        return self._said(script, situation.run, pending.decided(pending.doubt, chosen), person)

    def _said(self, script: Script, run: Run, line: JudgedLine, person: str) -> Outcome:
        if line.doubt is not None:
            return Outcome((self._question(run, line, person),), Situation(run, line))
        run, answer = Stage(script.scenario).say(run, line)
        remarks = self._remarks(script, run)
        if Stage(script.scenario).is_over(run):
            last = self._spoken(script, run, answer, ())
            lead = (*remarks, Reply(last.parts))
            return self._ended(script, run, person, lead)
        return Outcome((*remarks, self._spoken(script, run, answer, self.ways_on())), Situation(run))

    @staticmethod
    def ways_on() -> tuple[Choice, ...]:
        """The buttons under an answer."""
        return (
            Choice("practice.button.why", payload("practice", do="why")),
            Choice("practice.button.again", payload("practice", do="again")),
            Choice("practice.button.stop", payload("practice", do="stop")),
        )

    @staticmethod
    def is_it_real() -> Reply:
        """Asked before the answer to a line that sounds as if something was happening now."""
        return Reply((text("practice.is_it_real"),), (Choice("practice.button.real", payload("start_guide")),))

    def again(self, situation: Situation) -> Outcome:
        """The last moment once more, as if the line had not been said."""
        script = self._script(situation)
        if script is None:
            return self._say("practice.gone")
        if not situation.run.turns:
            return Outcome((Reply((text("practice.why.nothing"),)),), situation)
        run, answer = Stage(script.scenario).rewind(situation.run, len(situation.run.turns) - 1)
        stop = (Choice("practice.button.stop", payload("practice", do="stop")),)
        return Outcome((self._spoken(script, run, answer, stop),), Situation(run))

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
        return (text("practice.why.rule", remark={"text": all_moves()[move].because}),), all_moves()[move].guidance

    def stop(self, person: str) -> Outcome:
        """Ends at once, without a score."""
        self._words.forget(person)
        return self._say("practice.stopped")

    # --- afterwards

    def care(self, knows: bool) -> Outcome:
        """The answer to how they are, and whether they know whom to turn to."""
        return self._say("practice.care.yes" if knows else "practice.care.no")

    def _ended(self, script: Script, run: Run, person: str, lead: tuple[Reply, ...]) -> Outcome:
        result = debrief(script, run)
        report = Reply(self._report(script, result, person))
        self._words.forget(person)
        care = Reply(
            (text("practice.care"),),
            (
                Choice("practice.button.care_yes", payload("practice", do="care", answer="yes")),
                Choice("practice.button.care_no", payload("practice", do="care", answer="no")),
                Choice(
                    "practice.button.replay", payload("practice", do="begin", scenario=script.scenario.id)
                ),
            ),
        )
        return Outcome((*lead, report, care))

    def _report(self, script: Script, result: Debrief, person: str) -> tuple[Part, ...]:
        score = result.score
        parts = [text("practice.score", points=score.points)]
        if result.ending is not None:
            parts.append(text(f"practice.ending.{result.ending.value}"))
        if score.has_critical_fail:
            parts.append(text("practice.score.critical"))
        for mark in score.marks:
            parts.append(
                quiet(
                    "practice.score.item",
                    title={"text": f"practice.rubric.{mark.item}"},
                    got=_points(mark.points),
                    most=_points(mark.weight),
                )
            )
        alone = {cue.id for cue in score.left_alone}
        for cue in script.scenario.cues:
            if cue.id in score.missed:
                name = "practice.alone" if cue.id in alone else "practice.missed"
                parts.append(text(name, about={"text": cue.about}))
        for name, evidence in (("practice.best", result.best), ("practice.worst", result.worst)):
            sentence = self._words.of(person, evidence) if evidence else None
            if sentence:
                parts.append(text(name, sentence=sentence))
        return tuple(parts)

    # --- saying

    def _script(self, situation: Situation) -> Optional[Script]:
        script = self.repertoire.scripts.get(situation.run.scenario)
        return script if script and situation.run.state in script.scenario.states else None

    def _say(self, text_id: str) -> Outcome:
        return Outcome((Reply((text(text_id),), self._afterwards()),))

    @staticmethod
    def _afterwards() -> tuple[Choice, ...]:
        return (Choice("practice.button.another", payload("practice", do="menu")),)

    def _question(self, run: Run, line: JudgedLine, person: str) -> Reply:
        number = line.doubt or 0
        sentence = self._words.of(person, Evidence(len(run.turns), number, "")) or "…"
        choices = [
            Choice(all_moves()[move].title, payload("practice", do="meant", move=move))
            for move in line.sentences[number].doubtful
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


def _points(points: float) -> str:
    return f"{points:.0f}"


