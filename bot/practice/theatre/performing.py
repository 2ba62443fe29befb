"""Carries acts out: reads the session, plays the act, writes the scene with what everybody is told, and does it once
more when somebody else was quicker."""

from __future__ import annotations

import random
import secrets
import time
from collections import defaultdict
from threading import Lock
from typing import Callable, Final, Optional, Sequence

from bot.people.invitations import ID_LETTERS
from bot.practice.cohorts.members import Member, Members, Refused
from bot.practice.cohorts.results import PRACTICE, Results, content_of
from bot.practice.debrief import debrief
from bot.practice.judging import Judge, JudgedLine
from bot.practice.loader import Script
from bot.practice.repertoire import Repertoire
from bot.practice.theatre import comparison, lines
from bot.practice.theatre.acts import Act
from bot.practice.theatre.house import House, Session
from bot.practice.theatre.scene import Notice, NotNow, play, prepare, say
from bot.practice.theatre.state import Phase, Role, Scene, Spoken
from bot.understanding.detection import detect
from bot.understanding.redaction import redact

TRIES: Final = 60
"""Tries at an act while others change the same scene; in one process they take turns, so only others count."""

KEY_LETTERS: Final = 5

Change = Callable[[Session], Optional[tuple[Optional[Scene], Sequence[Notice]]]]
"""What becomes of a session: the scene after it and what is told; None when nothing is to be done."""


class Performing:
    """Acts on sessions. Every method blocks.

    Args:
        members, results, repertoire, house: see there.
        judge: gives the judge.
        on_letters: called whenever something has been left for somebody.
    """

    def __init__(
        self,
        members: Members,
        results: Results,
        repertoire: Repertoire,
        house: House,
        judge: Callable[[], Judge],
        on_letters: Callable[[], None],
    ) -> None:
        self._members = members
        self._results = results
        self._repertoire = repertoire
        self._house = house
        self._judge = judge
        self._on_letters = on_letters
        self._turns: dict[str, Lock] = defaultdict(Lock)

    def session(self, code: str) -> Session:
        """A session as it stands.

        Raises:
            Refused: there is none.
        """
        session = self._house.session(code)
        if session is None:
            raise Refused("gone")
        return session

    def script(self, session: Session) -> Optional[Script]:
        """What is played; None between scenes, and when the scenario was taken out meanwhile."""
        return self._repertoire.scripts.get(session.scene.run.scenario) if session.scene else None

    def change(self, code: str, change: Change) -> Session:
        """Changes a session; the session as it was read.

        Raises:
            NotNow, Refused: see what changes it.
        """
        for _ in range(TRIES):
            with self._turns[code]:
                session = self.session(code)
                after = change(session)
                if after is None:
                    return session
                if self._house.commit(session, *after):
                    self._on_letters()
                    return session
            time.sleep(random.uniform(0.002, 0.03))  # noqa: S311 - spreads tries, keeps no secret
        raise NotNow("not_now")

    def perform(self, code: str, act: Act, key: Optional[str] = None) -> None:
        """Plays an act. A message with the same `key` was played before and does nothing."""

        def change(session: Session) -> Optional[tuple[Optional[Scene], Sequence[Notice]]]:
            script, scene = self.script(session), session.scene
            if scene is None or script is None:
                raise NotNow("old_button")
            if scene.knows(key):
                return None
            after, notices = play(script, scene, act, session.cast)
            return after.with_key(key), notices

        self.change(code, change)

    def prepare(self, code: str, by: str, scenario: str) -> None:
        """Puts a scenario on; a scene that has begun comes to its end first."""
        script = self._repertoire.scripts.get(scenario)
        if script is None:
            raise NotNow("old_button")
        key = "".join(secrets.choice(ID_LETTERS) for _ in range(KEY_LETTERS))
        seed = secrets.randbelow(1_000_000)

        def change(session: Session) -> tuple[Scene, Sequence[Notice]]:
            was = session.scene
            if by != session.cast.trainer:
                raise NotNow("not_yours")
            if was is not None and was.phase is not Phase.CASTING:
                raise NotNow("not_now")
            return prepare(script, key, seed, was.remarks_now if was else True)

        self.change(code, change)

    def judged(self, session: Session, words: str, by: str, was_suggested: bool = False) -> tuple[JudgedLine, Spoken]:
        """A line judged, and as everybody reads it: without what could identify anybody."""
        script = self.script(session)
        of_a_child = script.scenario.is_child if script else False
        line = self._judge().judge(words, of_a_child=of_a_child)
        language = detect(words)
        sentences = tuple(redact(sentence.text, language) for sentence in line.sentences)
        return line, Spoken(by, sentences or (redact(words, language),), was_suggested)

    def compare(self, code: str, by: str) -> None:
        """Shows both scores side by side, keeps the result, and takes the scene down."""
        kept: list[str] = []

        def change(session: Session) -> tuple[None, Sequence[Notice]]:
            script, scene = self.script(session), session.scene
            if by != session.cast.trainer:
                raise NotNow("not_yours")
            if scene is None or script is None or scene.phase is not Phase.OVER:
                raise NotNow("not_now")
            found = comparison.compare(script, scene)
            if not kept and scene.run.turns:
                kept.append(self._keep(session, scene, script, found))
            shown = (*comparison.told(found), *comparison.cues_missed(script, found))
            remarks = () if scene.remarks_now else lines.remarks_on_all(script, scene.run)
            told = [Notice(parts, with_ways=False, told_again=False) for parts in (shown, remarks) if parts]
            after = Notice((say("stay_or_go"),), with_ways=False, told_again=False)
            return None, (*told, after, Notice((say("what_next"),), Role.TRAINER, told_again=False))

        self.change(code, change)

    def _keep(self, session: Session, scene: Scene, script: Script, found: comparison.Comparison) -> str:
        """Keeps the result: under whoever played it alone, else under the session."""
        alone = scene.speakers[0] if len(scene.speakers) == 1 else None
        member = next((each for each in session.members if each.id == alone), None)
        return self._results.keep(
            member.id if member else None,
            session.code,
            script.scenario.id,
            PRACTICE,
            content_of(debrief(script, scene.run, scene.knows_care), scene.knows_care),
            found.as_json() if found.observers else None,
            [list(line.sentences) for line in scene.spoken] if member else None,
            member.language if member else "en",
        )

    def announce(self, code: str, words: str) -> None:
        """Tells everybody what the trainer wrote."""
        masked = redact(words, detect(words))
        told = Notice((say("from_trainer", words=masked),), told_again=False)
        self.change(code, lambda session: (session.scene, (told,)))

    def close(self, code: str) -> None:
        """Ends a session: everybody is told, and nobody's words are meant for it any more."""
        told = Notice((say("closed"),), with_ways=False, told_again=False)
        self.change(code, lambda session: (None, (told,)))
        self._members.close(code)

    def left(self, member: Member, act: Act) -> None:
        """Lets the scene know that somebody left, if it matters to it."""
        if member.cohort and self.session(member.cohort).scene is not None:
            self.perform(member.cohort, act)
