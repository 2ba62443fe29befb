"""After a practice: the debrief, how the trainee is, and what they want done with how it went."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import Optional

from bot.practice.coaching import feedback
from bot.practice.cohorts.members import Place
from bot.practice.cohorts.records import Records, compare
from bot.practice.cohorts.results import PRACTICE, Result, content_of
from bot.practice.debrief import Debrief, debrief
from bot.practice.loader import Script
from bot.practice.repertoire import Repertoire
from bot.practice.run import Run
from bot.practice.situation import Outcome, Situation, Words
from bot.understanding.detection import detect
from bot.wording.payload import payload
from bot.wording.reply import Choice, Part, Reply, quiet, text

LINES_REMARKED = 4
"""Lines the coach speaks of when remarks come at the end: more is not read."""

RESULTS_LISTED = 8

ITEMS_COMPARED = 2
"""Rubric items named on each side of a comparison."""


class Afterwards:
    """What follows a run.

    Args:
        repertoire: the scenarios.
        words: what people said, in memory.
        records: people's own results; None where nothing can be kept.
    """

    def __init__(self, repertoire: Repertoire, words: Words, records: Optional[Records]) -> None:
        self._repertoire = repertoire
        self._words = words
        self._records = records

    # --- the debrief

    def ended(
        self,
        script: Script,
        situation: Situation,
        person: str,
        place: Optional[Place],
        lead: tuple[Reply, ...],
    ) -> Outcome:
        """The debrief; kept with the results of who wants that."""
        result = debrief(script, situation.run)
        earlier = self._records.history(place) if self._records and place else []
        report = Reply((*self.report(script, result, person), *self._compared(result, earlier)))
        over = replace(situation, is_over=True, pending=None)
        if not situation.is_retried:
            over = self._kept(over, result, person, place)
        late = self._late_remarks(script, situation.run, person) if situation.is_late else ()
        return Outcome((*lead, report, *late, _care(over)), over)

    def report(self, script: Script, result: Debrief, person: str) -> tuple[Part, ...]:
        """The score with what shows it."""
        score = result.score
        parts = [text("practice.score", points=score.points)]
        if result.ending is not None:
            parts.append(text(f"practice.ending.{result.ending.value}"))
        if score.cap is not None:
            parts.append(text("practice.score.critical", cap=score.cap))
        for mark in score.marks:
            title = {"text": f"practice.rubric.{mark.item}"}
            got, most = f"{mark.points:.0f}", f"{mark.weight:.0f}"
            parts.append(quiet("practice.score.item", title=title, got=got, most=most))
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

    def _compared(self, result: Debrief, earlier: list[Result]) -> tuple[Part, ...]:
        comparison = compare(content_of(result), earlier)
        if comparison is None:
            return ()
        parts = [text("practice.compare", points=comparison.before)]
        for name, items in (("better", comparison.better), ("worse", comparison.worse)):
            parts += [
                quiet(f"practice.compare.{name}", title={"text": f"practice.rubric.{item}"})
                for item in items[:ITEMS_COMPARED]
            ]
        return tuple(parts)

    def _late_remarks(self, script: Script, run: Run, person: str) -> tuple[Reply, ...]:
        """The remarks that were not made while the trainee spoke: harm first, in the order of the lines."""
        found = []
        for turn in range(len(run.turns)):
            remarks = feedback(script.scenario, replace(run, turns=run.turns[: turn + 1]))
            if remarks.changed:
                found.append((remarks.is_omission, turn, remarks.remarks))
        replies = []
        for _, turn, said_of_it in sorted(sorted(found)[:LINES_REMARKED], key=lambda each: each[1]):
            said = self._words.line(person, turn, 60)
            parts = [
                text(
                    "practice.late.line" if said else "practice.late.number", number=turn + 1, line=said or ""
                )
            ]
            for kind, text_id in said_of_it:
                name = "line" if kind == "try" else "remark"
                parts.append(quiet(f"practice.{kind}", **{name: {"text": text_id}}))
            replies.append(Reply(tuple(parts)))
        return tuple(replies)

    # --- how they are

    def care(self, situation: Optional[Situation], place: Optional[Place], knows: bool) -> Outcome:
        """The answer to how they are; whether they know whom to turn to is the rubric's last item."""
        answer = text("practice.care.yes" if knows else "practice.care.no")
        script = self._script(situation)
        if situation is None or script is None or not situation.is_over:
            return Outcome((Reply((answer,), (_another(),)),), situation)
        situation = replace(situation, knows_care=knows)
        result = debrief(script, situation.run, knows)
        counted = text("practice.care.counted", points=result.score.points)
        choices = [*_again(situation), _another()]
        if situation.kept is not None and self._records is not None:
            self._records.amend(situation.kept, content_of(result, knows))
        elif self._records is not None and place is not None:
            choices.insert(0, Choice("practice.button.keep", payload("practice", do="keep")))
        choices.append(Choice("practice.button.not_so", payload("practice", do="lines")))
        return Outcome((Reply((answer, counted), tuple(choices)),), situation)

    # --- what is kept

    def keep(self, situation: Optional[Situation], person: str, place: Optional[Place]) -> Outcome:
        """They want to see how they get on: this result is kept, and every later one."""
        script = self._script(situation)
        if (
            self._records is None
            or place is None
            or situation is None
            or script is None
            or not situation.is_over
        ):
            return Outcome((Reply((text("practice.keep.nothing"),), (_another(),)),), situation)
        word = self._records.begin(place)
        if situation.kept is None:
            result = debrief(script, situation.run, situation.knows_care)
            situation = self._kept(situation, result, person, place)
        parts = [text("practice.keep.done")]
        if word is not None and place.address is None:
            parts.append(text("practice.keep.word", word=word))
        settings = self._records.settings(place)
        if settings is not None and settings.wants_recheck is not None:
            return Outcome((Reply(tuple(parts), _about_results()),), situation)
        choices = (
            Choice("practice.button.invite", payload("practice", do="agree", what="recheck", answer="yes")),
            Choice(
                "practice.button.no_invitation", payload("practice", do="agree", what="recheck", answer="no")
            ),
        )
        return Outcome((Reply(tuple(parts)), Reply((text("practice.recheck.ask"),), choices)), situation)

    def agree(self, place: Optional[Place], what: str, yes: bool) -> tuple[Reply, ...]:
        """They agreed to something about their results, or no longer do: `recheck` or `words`."""
        if self._records is None or place is None or not self._records.agreed(place):
            return (Reply((text("practice.results.none"),), (_another(),)),)
        if what == "words":
            self._records.agree(place, keeps_words=yes)
        else:
            self._records.agree(place, wants_recheck=yes)
        return (Reply((text(f"practice.{what}.{'yes' if yes else 'no'}"),), _about_results()),)

    def results(self, place: Optional[Place]) -> tuple[Reply, ...]:
        """How somebody got on: their points by occasion, and what they can change about it."""
        history = self._records.history(place) if self._records and place else []
        if self._records is None or place is None or not history:
            return (Reply((text("practice.results.none"),), (_another(),)),)
        parts = [
            text(
                "practice.results", points=" → ".join(str(each.points) for each in history[-RESULTS_LISTED:])
            )
        ]
        for each in history[-RESULTS_LISTED:]:
            script = self._repertoire.scripts.get(each.scenario)
            title = {"text": script.scenario.title} if script else each.scenario
            day = datetime.fromtimestamp(each.at, timezone.utc).date().isoformat()
            occasion = {"text": f"practice.occasion.{each.occasion}"}
            parts.append(
                quiet("practice.results.line", day=day, title=title, points=each.points, occasion=occasion)
            )
            if "judged_points" in each.content:
                parts.append(quiet("practice.change.judged", points=each.content["judged_points"]))
        settings = self._records.settings(place)
        choices = []
        for what, is_on in (
            ("recheck", settings is not None and settings.wants_recheck),
            ("words", settings is not None and settings.keeps_words),
        ):
            answer = "no" if is_on else "yes"
            choices.append(
                Choice(
                    f"practice.button.{what}_{answer}",
                    payload("practice", do="agree", what=what, answer=answer),
                )
            )
        choices.append(Choice("practice.button.forget", payload("practice", do="forget")))
        return (Reply(tuple(parts), (*choices, _another())),)

    def forget(self, place: Optional[Place], sure: bool) -> tuple[Reply, ...]:
        """Deletes what is kept, once they are sure."""
        if self._records is None or place is None or not self._records.history(place):
            return (Reply((text("practice.results.none"),), (_another(),)),)
        if not sure:
            choices = (
                Choice("practice.button.forget_sure", payload("practice", do="forget", answer="yes")),
                Choice("practice.button.results", payload("practice", do="results")),
            )
            return (Reply((text("practice.forget.ask"),), choices),)
        self._records.forget(place)
        return (Reply((text("practice.forget.done"),), (_another(),)),)

    def decline(self, place: Optional[Place]) -> tuple[Reply, ...]:
        """They do not want to be invited again: no question, no second time."""
        if self._records is not None and place is not None:
            self._records.agree(place, wants_recheck=False)
        return (Reply((text("practice.recheck.no"),), (_another(),)),)

    def _kept(self, situation: Situation, result: Debrief, person: str, place: Optional[Place]) -> Situation:
        """The situation with its result kept, if the person agreed to that."""
        if self._records is None or place is None or situation.kept is not None:
            return situation
        said = self._words.all(person)
        identity = self._records.keep(
            place,
            situation.run.scenario,
            content_of(result, situation.knows_care),
            situation.occasion,
            transcript=said,
            language=detect(" ".join(" ".join(line) for line in said)) if said else "en",
        )
        return replace(situation, kept=identity)

    def _script(self, situation: Optional[Situation]) -> Optional[Script]:
        script = self._repertoire.scripts.get(situation.run.scenario) if situation else None
        return script if script and situation and situation.run.state in script.scenario.states else None


def _another() -> Choice:
    return Choice("practice.button.another", payload("practice", do="menu"))


def _again(situation: Situation) -> tuple[Choice, ...]:
    """Going back to a moment, or playing it again; a recheck is played once."""
    if situation.occasion != PRACTICE:
        return ()
    return (
        Choice("practice.button.moments", payload("practice", do="moments")),
        Choice("practice.button.replay", payload("practice", do="begin", scenario=situation.run.scenario)),
    )


def _about_results() -> tuple[Choice, ...]:
    return (Choice("practice.button.results", payload("practice", do="results")), _another())


def _care(situation: Situation) -> Reply:
    return Reply(
        (text("practice.care"),),
        (
            Choice("practice.button.care_yes", payload("practice", do="care", answer="yes")),
            Choice("practice.button.care_no", payload("practice", do="care", answer="no")),
            *_again(situation),
        ),
    )
