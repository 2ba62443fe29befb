"""Practice as theatre, for everybody in a session: what a press or a typed line comes to.

Used by the front ends, beside the assistant: `answer` says None to whatever is not meant for a session. What everybody
reads goes out as letters; what comes back here is for the person alone.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from typing import Final, Optional

from bot.practice.cohorts.desk import TYPED
from bot.practice.cohorts.letters import Letters, Outgoing
from bot.practice.cohorts.members import Member, Members, Place, Refused
from bot.practice.cohorts.stages import Stages
from bot.practice.repertoire import Repertoire
from bot.practice.theatre import acts, menus
from bot.practice.theatre.buttons import Buttons, Press, Replies
from bot.practice.theatre.door import BACK, JOIN, OPEN, Door, come_back, is_it_real
from bot.practice.theatre.house import House, Session
from bot.practice.theatre.performing import Performing
from bot.practice.theatre.scene import NotNow, say
from bot.practice.theatre.state import Phase, Role
from bot.practice.theatre.ways import NO_SCENE, PREFIX, read_payload, ways, ways_between
from bot.practice.ways_out import way_out
from bot.understanding.detection import detect
from bot.understanding.noticing import is_question, notice
from bot.understanding.redaction import redact
from bot.understanding.signals import DANGER
from bot.wording.renderer import Message
from bot.wording.reply import Choice, Reply

STAYING: Final = ("results", "language", "autowipe", "remind", "directory", "change_language")
"""Commands and presses that are answered elsewhere and leave nobody's place in a session."""

_ASKS_ELSEWHERE: Final = re.compile(r"results[ _]\w{6}", re.IGNORECASE)
"""The page takes the sign off what people type; this is a command all the same."""

GUIDE: Final = "/guide"


@dataclass(frozen=True)
class Handled:
    """What a message came to.

    Attributes:
        messages: for the person alone.
        pass_on: what the assistant is to answer after it; None for nothing.
    """

    messages: tuple[Message, ...] = ()
    pass_on: Optional[str] = None


class Theatre:
    """Sessions. Every method blocks.

    Args:
        members, stages, letters, house: where things are kept, and how everybody is told.
        door: lets people in.
        performing: carries acts out.
        repertoire: the scenarios.
    """

    def __init__(
        self,
        members: Members,
        stages: Stages,
        letters: Letters,
        house: House,
        door: Door,
        performing: Performing,
        repertoire: Repertoire,
    ) -> None:
        self._members = members
        self._stages = stages
        self._letters = letters
        self._house = house
        self._door = door
        self._performing = performing
        self._buttons = Buttons(door, performing, repertoire)

    # What comes in --------------------------------------------------------------------------------------

    def answer(self, place: Place, text: str, key: Optional[str] = None) -> Optional[Handled]:
        """The answer to typed words or a press; None when they are not meant for a session.

        Args:
            key: the same for a message that comes twice.
        """
        try:
            if text.startswith(PREFIX):
                return self._said(place, self._pressed(place, text, key))
            if entering := self._entering(place, text.strip()):
                return entering
            member = self._members.here(place.seat)
            if member is None:
                return None
            if TYPED.fullmatch(text.strip()):
                return Handled(pass_on=text.strip())
            return self._from_inside(place, member, text.strip(), key)
        except (Refused, NotNow) as error:
            return self._said(place, (Reply((say(error.reason),)),))

    def _said(self, place: Place, replies: Replies, pass_on: Optional[str] = None) -> Handled:
        return Handled(tuple(self._house.rendered(place.language, replies)), pass_on)

    def _entering(self, place: Place, text: str) -> Optional[Handled]:
        """What is typed to come in. Without the sign it only counts when it leads somewhere."""
        if found := OPEN.fullmatch(text):
            return self._said(place, self._door.open(place, found.group(1)))
        for pattern, enter in ((JOIN, self._door.join), (BACK, self._door.come_back)):
            if found := pattern.fullmatch(text):
                try:
                    return self._said(place, self._entered(*enter(place, found.group(2))))
                except Refused:
                    if found.group(1):
                        raise
        return None

    def _entered(self, member: Member, replies: Replies) -> Replies:
        yield from replies
        if member.name and member.cohort:
            yield from self._standing(member)

    def _standing(self, member: Member) -> Replies:
        """Where the session is. What waited and tells the same is dropped."""
        newest = self._letters.newest()
        session = self._performing.session(member.cohort or "")
        yield from menus.standing(session, self._performing.script(session), member.id)
        if session.scene and member.seat:
            self._letters.drop_told(member.seat, session.scene.key, newest)

    def _from_inside(self, place: Place, member: Member, text: str, key: Optional[str]) -> Handled:
        """What somebody in a session writes."""
        out = None if text.startswith("/") else way_out(text)
        if out == "stop":
            return self._said(place, (self._leaves(member),))
        if out == "real":
            self._leaves(member)
            return self._said(place, (), GUIDE)
        if text.startswith("/") or _ASKS_ELSEWHERE.fullmatch(text):
            return self._commanded(place, member, text)
        replies = [is_it_real()] if _sounds_real(text) else []
        try:
            replies += self._typed(place, member, text, key)
        except (Refused, NotNow) as error:
            replies.append(Reply((say(error.reason),)))
        return self._said(place, replies)

    def _commanded(self, place: Place, member: Member, text: str) -> Handled:
        """Another command, or a button of the assistant: whoever wants that is no longer in the session."""
        if text.lower() == "/help":
            return self._said(place, self._standing(member))
        name = (re.findall(r"\w+", text) or [""])[0].lower()
        if name in STAYING:
            return Handled(pass_on=text)
        self._leaves(member)
        return self._said(place, (Reply((say("left_for"),), (come_back(member),)),), text)

    def _leaves(self, member: Member) -> Reply:
        reply = self._door.leave(member)
        self._performing.left(member, acts.Leave(member.id))
        return reply

    def _typed(self, place: Place, member: Member, text: str, key: Optional[str]) -> Replies:
        if member.name is None:
            named, replies = self._door.name(member, redact(text, detect(text)) if len(text) > 60 else text)
            return (*replies, *self._standing(named))
        code = member.cohort or ""
        session = self._performing.session(code)
        scene, role = session.scene, session.role(member)
        if pressed := self._button_called(text, place.language, _ways(session, role)):
            return self._pressed(place, pressed, key)
        if role is Role.TRAINER:
            self._performing.announce(code, text)
            return ()
        if scene is None or scene.phase is Phase.CASTING:
            return (Reply((say("waiting"),)),)
        if member.id in scene.drafting:
            self._performing.perform(code, acts.Suggest(member.id, redact(text, detect(text))), key)
            return ()
        if role is Role.RESPONDER and scene.phase is Phase.PLAYING:
            if not scene.knows(key):
                line, spoken = self._performing.judged(session, text, member.id)
                self._performing.perform(code, acts.Say(member.id, line, spoken), key)
            return ()
        told = "is_over" if scene.phase is Phase.OVER else "you_watch"
        return (Reply((say(told),), ways(scene, role)),)

    # Buttons --------------------------------------------------------------------------------------------

    def _button_called(self, text: str, language: str, shown: tuple[Choice, ...]) -> Optional[str]:
        """The payload of the button whose title was typed."""
        buttons = self._house.rendered(language, (Reply((), shown),))[0].buttons
        return next((each.payload for each in buttons if each.title.casefold() == text.casefold()), None)

    def _pressed(self, place: Place, payload: str, key: Optional[str]) -> Replies:
        read = read_payload(payload)
        verb, scene_key, value = read or ("", NO_SCENE, "")
        if verb == "open":
            return self._door.open(place, None)
        if verb == "join":
            return self._entered(*self._door.join(place, value))
        member = self._members.here(place.seat)
        if member is None or member.cohort is None:
            latest = next((each for each in self._members.of(place.seat) if each.cohort), None)
            return (Reply((say("old_button"),), (come_back(latest),) if latest else ()),)
        session = self._performing.session(member.cohort)
        if verb not in self._buttons or member.name is None:
            return (Reply((say("old_button" if member.name else "ask_name"),)),)
        if scene_key != NO_SCENE and (session.scene is None or session.scene.key != scene_key):
            return (Reply((say("old_button"),), _ways(session, session.role(member))),)
        return self._buttons.press(verb, Press(place, member, session, value, key))

    # Groups ---------------------------------------------------------------------------------------------

    def show_in(self, group: Place, code: str, by: str) -> tuple[Message, ...]:
        """Shows a session in a group chat, because its trainer (`by`, a seat) wrote so there."""
        if not self._members.trains(by, code):
            return tuple(self._house.rendered(group.language, (Reply((say("stage.not_trainer"),)),)))
        self._stages.show(code, group)
        link = self._door.links.join_in_telegram(code.upper())
        join = say("stage.join_link", telegram=link) if link else say("stage.join", code=code.upper())
        return tuple(self._house.rendered(group.language, (Reply((say("stage", code=code.upper()), join)),)))

    def is_stage(self, seat: str) -> bool:
        """Whether a group shows a session."""
        return self._stages.at(seat) is not None

    def move_stage(self, seat: str, group: Place) -> None:
        """A group goes on under another number, and still shows what it showed."""
        self._stages.move(seat, group)

    def leave_stage(self, seat: str) -> None:
        self._stages.drop(seat)

    def pressed_on_stage(self, stage: str, place: Place, payload: str, key: Optional[str] = None) -> str:
        """A press in a group by somebody whose own place is `place`. What is for them alone goes there.

        Returns:
            A few words for them to see at once; empty for none.
        """
        shown = self._stages.at(stage)
        mine = next((each for each in self._members.of(place.seat) if shown and each.cohort == shown.cohort), None)
        if shown is None or mine is None:
            told = Reply((say("stage.join_first", code=shown.cohort),)) if shown else Reply((say("gone"),))
            return self._house.rendered(place.language, (told,))[0].text
        if not mine.is_here:
            self._members.join(shown.cohort, place)
        handled = self.answer(place, payload, key)
        if handled:
            self._letters.leave(Outgoing(place.seat, message) for message in handled.messages)
        return ""

    # For the front ends ---------------------------------------------------------------------------------

    def exists(self, code: str) -> bool:
        """Whether there is a session with this code."""
        return self._house.session(code.upper()) is not None

    def is_here(self, seat: str) -> bool:
        """Whether what somebody types is meant for a session."""
        return self._members.here(seat) is not None

    def shown(self, place: Place) -> tuple[Message, ...]:
        """Where the session is, for somebody whose screen is empty; nothing when they are in none."""
        member = self._members.here(place.seat)
        if member is None:
            return ()
        if member.name is None:
            return tuple(self._house.rendered(place.language, (Reply((say("ask_name"),)),)))
        try:
            return tuple(self._house.rendered(place.language, self._standing(member)))
        except Refused:
            return ()

    def lose(self, seat: str) -> None:
        """Nobody can be reached at a seat any more: a group shows nothing, a person has left; their place stays."""
        self._stages.drop(seat)
        member = self._members.here(seat)
        if member is not None:
            with contextlib.suppress(Refused, NotNow):
                self._leaves(member)

    def forget(self, seat: str) -> None:
        """Forgets the person who writes from a chat: places in sessions, words, marks, what waits. A session whose
        trainer goes is closed."""
        for member in self._members.of(seat):
            try:
                if member.is_trainer and member.cohort:
                    self._performing.close(member.cohort)
                else:
                    self._performing.left(member, acts.Leave(member.id, forgets=True))
            except (Refused, NotNow):
                continue
        self._members.forget(seat)


def _ways(session: Session, role: Role) -> tuple[Choice, ...]:
    return ways(session.scene, role) if session.scene else ways_between(role)


def _sounds_real(text: str) -> bool:
    """Whether words speak of a danger to somebody else: nobody says "she is bleeding" to her."""
    language = detect(text)
    found = {signal.id for signal in notice(text, language, None)}
    return bool(found & set(DANGER)) and not is_question(text, language)
