"""The buttons of sessions: what each verb does for whoever pressed it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Final, Iterable, Mapping, Optional

from bot.practice.cohorts.members import Member, Place
from bot.practice.moves import HELPFUL
from bot.practice.repertoire import Repertoire
from bot.practice.theatre import acts, menus
from bot.practice.theatre.door import Door
from bot.practice.theatre.house import Session
from bot.practice.theatre.performing import Performing
from bot.practice.theatre.scene import NotNow, say
from bot.wording.reply import Reply

Replies = Iterable[Reply]

FOR_TRAINERS: Final = frozenset(
    {"scenarios", "about", "stage", "people", "invite", "close", "rewind", "suggestions", "play"}
)
"""Verbs the trainer alone may use; of the others the scene knows by itself."""


@dataclass(frozen=True)
class Press:
    """A button of a scene or session, pressed."""

    place: Place
    member: Member
    session: Session
    value: str
    key: Optional[str]

    @property
    def code(self) -> str:
        return self.session.code

    @property
    def by(self) -> str:
        return self.member.id


class Buttons:
    """Carries presses out. It blocks.

    Args:
        door, performing, repertoire: see there.
    """

    def __init__(self, door: Door, performing: Performing, repertoire: Repertoire) -> None:
        self._door = door
        self._performing = performing
        self._scripts = repertoire.scripts
        self._verbs: Mapping[str, Callable[[Press], Optional[Replies]]] = {
            "scenarios": lambda p: (menus.scenarios(self._scripts, _number(p.value)),),
            "about": self._about,
            "stage": lambda p: self._performing.prepare(p.code, p.by, p.value),
            "people": lambda p: (menus.people(p.session),),
            "invite": lambda p: (self._door.how_to_join(p.code),),
            "close": self._close,
            "rewind": lambda p: (menus.rewinding(p.session.scene),) if p.session.scene else None,
            "suggestions": lambda p: (menus.suggestions(p.session.scene),) if p.session.scene else None,
            "play": self._play,
            "check": self._checklist,
            "see": self._see,
            "moves": self._moves,
            "saw": self._saw,
            "compare": lambda p: self._performing.compare(p.code, p.by),
            "seek": lambda p: self._act(p, acts.SeekVolunteers(p.by)),
            "ask": lambda p: self._act(p, acts.Ask(p.by, p.value)),
            "offer": lambda p: self._act(p, acts.Volunteer(p.by)),
            "agree": lambda p: self._act(p, acts.Agree(p.by, p.value == "yes")),
            "begin": lambda p: self._act(p, acts.Begin(p.by)),
            "remarks": lambda p: self._act(p, acts.SetRemarks(p.by, p.value == "now")),
            "meant": lambda p: self._act(p, acts.Meant(p.by, p.value or None)),
            "freeze": lambda p: self._act(p, acts.Freeze(p.by)),
            "goon": lambda p: self._act(p, acts.GoOn(p.by)),
            "back": lambda p: self._act(p, acts.Rewind(p.by, _number(p.value))),
            "suggest": lambda p: self._act(p, acts.Draft(p.by)),
            "vote": lambda p: self._act(p, acts.Vote(p.by, _number(p.value))),
            "end": lambda p: self._act(p, acts.End(p.by)),
            "care": lambda p: self._act(p, acts.Care(p.by, p.value == "yes")),
            "rest": lambda p: self._act(p, acts.Leave(p.by)),
        }

    def __contains__(self, verb: str) -> bool:
        return verb in self._verbs

    def press(self, verb: str, press: Press) -> Replies:
        """What the person alone reads; everybody else reads letters.

        Raises:
            NotNow: it is not theirs, or not now.
        """
        if verb in FOR_TRAINERS and not press.member.is_trainer:
            raise NotNow("not_yours")
        return self._verbs[verb](press) or ()

    def _act(self, press: Press, act: acts.Act) -> None:
        self._performing.perform(press.code, act, press.key)

    def _about(self, press: Press) -> Replies:
        script = self._scripts.get(press.value)
        return (menus.about(script) if script else Reply((say("old_button"),)),)

    def _close(self, press: Press) -> None:
        self._performing.close(press.code)

    def _play(self, press: Press) -> None:
        """Lets a suggested line be said."""
        scene, number = press.session.scene, _number(press.value)
        suggestion = scene.suggestion(number) if scene else None
        if scene is None or suggestion is None:
            raise NotNow("suggestion_gone")
        line, spoken = self._performing.judged(press.session, suggestion.words, suggestion.by, was_suggested=True)
        self._act(press, acts.PlaySuggestion(press.by, number, line, spoken))

    def _checklist(self, press: Press) -> Replies:
        script, scene = self._performing.script(press.session), press.session.scene
        if script is None or scene is None:
            raise NotNow("not_now")
        return (menus.checklist(script, scene, press.by, again=press.value == menus.AGAIN),)

    def _see(self, press: Press) -> Replies:
        item, _, share = press.value.partition(".")
        if share not in ("0", "0.5", "1"):
            raise NotNow("old_button")
        self._act(press, acts.MarkItem(press.by, item, float(share)))
        return self._checklist(self._again(press))

    def _moves(self, press: Press) -> Replies:
        if press.session.scene is None:
            raise NotNow("not_now")
        return (menus.moves(press.session.scene, press.by, press.value == "helpful"),)

    def _saw(self, press: Press) -> Replies:
        move, _, seen = press.value.partition(".")
        self._act(press, acts.SeeMove(press.by, move, seen == "1"))
        again = self._again(press)
        if again.session.scene is None:
            raise NotNow("not_now")
        return (menus.moves(again.session.scene, press.by, move in HELPFUL),)

    def _again(self, press: Press) -> Press:
        return Press(press.place, press.member, self._performing.session(press.code), menus.AGAIN, None)


def _number(value: str) -> int:
    return int(value) if value.isdigit() and len(value) < 6 else -1 if value else 0
