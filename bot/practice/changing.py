"""“That is not what I did”: the trainee changes how one of their sentences was judged, with a reason.

Every press carries all it needs, so that nothing waits anywhere. The judge's own score stays beside the new one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Optional

from bot.practice.afterwards import Afterwards
from bot.practice.cohorts.overrides import REASONS, TRAINEE, ChangeRefused, changed, offered, toggled
from bot.practice.cohorts.records import Records
from bot.practice.debrief import debrief
from bot.practice.loader import Script
from bot.practice.moves import all_moves
from bot.practice.repertoire import Repertoire
from bot.practice.scoring import Evidence
from bot.practice.situation import Outcome, Situation, Words
from bot.understanding.detection import detect
from bot.wording.payload import payload
from bot.wording.reply import Choice, Part, Reply, quiet, text

TITLE = 40
"""Characters of a line on its button."""

ON_ONE_PAGE = 7
"""Moves that are offered at once."""


class Changing:
    """Changes judgements of a run that is over.

    Args:
        repertoire, words, records: as for `Afterwards`.
        afterwards: gives the debrief again.
    """

    def __init__(
        self, repertoire: Repertoire, words: Words, records: Optional[Records], afterwards: Afterwards
    ) -> None:
        self._repertoire = repertoire
        self._words = words
        self._records = records
        self._afterwards = afterwards

    def lines(self, situation: Situation, person: str) -> Outcome:
        """Which line is meant."""
        script = self._script(situation)
        if script is None:
            return self._gone(situation)
        choices = []
        for number, turn in enumerate(situation.run.turns):
            line = self._words.line(person, number, TITLE) or {
                "text": script.scenario.states[turn.state].says[0]
            }
            send = payload("practice", do="line", turn=str(number))
            choices.append(Choice("practice.button.moment", send, {"number": number + 1, "line": line}))
        return Outcome((Reply((text("practice.change.which"),), tuple(choices)),), situation)

    def line(
        self, situation: Situation, person: str, turn: int, sentence: Optional[int], page: int
    ) -> Outcome:
        """What the judge took a sentence for, and what it may be instead; first which sentence, if there are more."""
        script = self._script(situation)
        if script is None or not 0 <= turn < len(situation.run.turns):
            return self._gone(situation)
        sentences = situation.run.turns[turn].line.sentences
        if sentence is None and len(sentences) > 1:
            return Outcome((self._which(person, turn, len(sentences)),), situation)
        number = sentence or 0
        if not 0 <= number < len(sentences):
            return self._gone(situation)
        found, others = offered(script, situation.run, turn, number)
        parts = [self._quoted(person, turn, number)]
        parts += [text("practice.change.taken", move={"text": all_moves()[move].title}) for move in found]
        if not found:
            parts.append(text("practice.change.nothing"))
        at = {"turn": str(turn), "sentence": str(number)}
        titled = [("practice.button.was_not", move) for move in found] if page == 0 else []
        titled += [
            ("practice.button.was", move) for move in others[page * ON_ONE_PAGE : (page + 1) * ON_ONE_PAGE]
        ]
        choices = [
            Choice(
                title,
                payload("practice", do="judge", move=move, **at),
                {"move": {"text": all_moves()[move].title}},
            )
            for title, move in titled
        ]
        if len(others) > (page + 1) * ON_ONE_PAGE:
            choices.append(
                Choice("practice.button.more", payload("practice", do="line", page=str(page + 1), **at))
            )
        return Outcome((Reply(tuple(parts), tuple(choices)),), situation)

    def judge(self, situation: Situation, turn: int, sentence: int, move: str) -> Outcome:
        """Asks why."""
        choices = tuple(
            Choice(
                f"practice.because.{reason}",
                payload(
                    "practice",
                    do="because",
                    because=reason,
                    move=move,
                    turn=str(turn),
                    sentence=str(sentence),
                ),
            )
            for reason in REASONS
        )
        return Outcome((Reply((text("practice.change.why"),), choices),), situation)

    def because(
        self, situation: Situation, person: str, turn: int, sentence: int, move: str, reason: str
    ) -> Outcome:
        """Changes it, and gives the debrief again."""
        script = self._script(situation)
        try:
            if script is None or reason not in REASONS:
                raise ChangeRefused
            change = toggled(situation.run, turn, sentence, move, reason, TRAINEE)
        except ChangeRefused:
            return self._gone(situation)
        run = changed(script, situation.run, change)
        care, judged = situation.knows_care, situation.judged
        if judged is None:
            judged = debrief(script, situation.run, care).score.points
        now = replace(situation, run=run, judged=judged, changes=(*situation.changes, change.as_json()))
        if situation.kept is not None and self._records is not None:
            said = self._words.line(person, turn, 2000) or ""
            self._records.change(situation.kept, script, change, detect(said))
        report = Reply(self._afterwards.report(script, debrief(script, run, care), person))
        choices = (
            Choice("practice.button.not_so", payload("practice", do="lines")),
            Choice("practice.button.another", payload("practice", do="menu")),
        )
        return Outcome((report, Reply(tuple(changes_told(now)), choices)), now)

    def _which(self, person: str, turn: int, number: int) -> Reply:
        choices = []
        for sentence in range(number):
            said = self._words.of(person, Evidence(turn, sentence, "")) or "…"
            send = payload("practice", do="line", turn=str(turn), sentence=str(sentence))
            choices.append(Choice("practice.button.moment", send, {"number": sentence + 1, "line": said}))
        return Reply((text("practice.change.sentence"),), tuple(choices))

    def _quoted(self, person: str, turn: int, sentence: int) -> Part:
        said = self._words.of(person, Evidence(turn, sentence, ""))
        if said is None:
            return text("practice.late.number", number=turn + 1)
        return text("practice.late.line", number=turn + 1, line=said)

    def _script(self, situation: Situation) -> Optional[Script]:
        script = self._repertoire.scripts.get(situation.run.scenario)
        return (
            script if script and situation.is_over and situation.run.state in script.scenario.states else None
        )

    @staticmethod
    def _gone(situation: Situation) -> Outcome:
        another = Choice("practice.button.another", payload("practice", do="menu"))
        return Outcome((Reply((text("practice.change.gone"),), (another,)),), situation)


def changes_told(situation: Situation) -> list[Part]:
    """What was changed in a debrief, and what the judge alone gave."""
    parts = [
        quiet(
            "practice.change.told",
            number=change["turn"] + 1,
            before={"text": _named(change["before"])},
            after={"text": _named(change["after"])},
            reason={"text": f"practice.because.{change['reason']}"},
        )
        for change in situation.changes
    ]
    if situation.judged is not None:
        parts.append(text("practice.change.judged", points=situation.judged))
    return parts


def _named(moves: list[str]) -> str:
    return all_moves()[moves[0]].title if moves else "practice.change.no_move"
