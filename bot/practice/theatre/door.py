"""Coming and going: opening a session, joining, choosing a name, coming back, leaving, being forgotten."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Callable, Final, Optional, Protocol

from bot.people.invitations import ID_LETTERS
from bot.practice.cohorts.members import CODE_LENGTH, WORD_LENGTH, Member, Members, Place
from bot.practice.theatre.scene import say
from bot.practice.theatre.ways import way
from bot.wording.payload import payload
from bot.wording.renderer import Renderer
from bot.wording.reply import Choice, Reply, text

_LETTERS = f"[{ID_LETTERS}{ID_LETTERS.lower()}]"
JOIN: Final = re.compile(rf"(/?)join[ _]({_LETTERS}{{{CODE_LENGTH}}})", re.IGNORECASE)
BACK: Final = re.compile(rf"(/?)back ({_LETTERS}{{{WORD_LENGTH}}})", re.IGNORECASE)
OPEN: Final = re.compile(r"/?session(?: ([A-Za-z0-9_-]{20,64}))?", re.IGNORECASE)
"""What is typed. The page takes the sign off what people type, so the words count without it too."""


class Trainers(Protocol):
    """Who may open a session."""

    def may_open(self, seat: str) -> bool:
        """Whether this person may."""
        ...

    def accept(self, token: str, seat: str) -> bool:
        """Redeems a trainer's invitation; whether it gave the role."""
        ...


@dataclass(frozen=True)
class Links:
    """How people reach a session from elsewhere.

    Attributes:
        web: the web chat's address, without a slash at the end; None when it has none that others reach.
        telegram: gives the bot's user name, once it is known.
    """

    web: Optional[str] = None
    telegram: Callable[[], Optional[str]] = lambda: None

    def join_on_the_web(self, code: str) -> Optional[str]:
        return f"{self.web}/?join={code}" if self.web else None

    def sheet(self, code: str) -> Optional[str]:
        """The page to show on the wall."""
        return f"{self.web}/session/{code}" if self.web else None

    def join_in_telegram(self, code: str) -> Optional[str]:
        name = self.telegram()
        return f"https://t.me/{name}?start=join_{code}" if name else None

    def show_in_a_group(self, code: str) -> Optional[str]:
        name = self.telegram()
        return f"https://t.me/{name}?startgroup=join_{code}" if name else None


class Door:
    """Lets people in. Every method blocks; whatever cannot be done raises `Refused` (bot.practice.cohorts.members)."""

    def __init__(self, members: Members, trainers: Trainers, links: Links, renderer: Renderer) -> None:
        self._members = members
        self._trainers = trainers
        self.links = links
        self._renderer = renderer

    def open(self, place: Place, token: Optional[str]) -> tuple[Reply, ...]:
        """Opens a session, with an invitation or without."""
        if token and not self._trainers.accept(token, place.seat):
            return (Reply((say("invitation_refused"),)),)
        if not self._trainers.may_open(place.seat):
            return (Reply((say("trainers_only"),)),)
        member, word = self._members.open(place)
        self._members.call(member, self._renderer.line("practice.session.trainer", place.language))
        code = member.cohort or ""
        ready = Reply((say("what_next"),), (way("scenarios"), way("people", title="who"), way("close")))
        return (self.how_to_join(code), Reply((say("word", word=word),)), ready)

    def how_to_join(self, code: str) -> Reply:
        """How people come into a session."""
        parts = [say("opened", code=code), say("opened.join", code=code)]
        for name, link in (
            ("web", self.links.join_on_the_web(code)),
            ("telegram", self.links.join_in_telegram(code)),
            ("sheet", self.links.sheet(code)),
            ("group", self.links.show_in_a_group(code)),
        ):
            if link:
                parts.append(say(f"opened.{name}", **{name: link}))
        return Reply(tuple(parts))

    def join(self, place: Place, code: str) -> tuple[Member, tuple[Reply, ...]]:
        """Joins: what it is about comes first, then the name. Whoever was here before is just back."""
        member, word = self._members.join(code, place)
        if member.name:
            return member, (self._back(member),)
        welcome = tuple(say(name, code=code.upper()) for name in ("welcome", "welcome.free", "welcome.words"))
        replies = [Reply(welcome)]
        if word:
            replies.append(Reply((say("word", word=word),)))
        return member, (*replies, Reply((say("ask_name"),)))

    def come_back(self, place: Place, word: str) -> tuple[Member, tuple[Reply, ...]]:
        """Takes one's place again from another chat."""
        member = self._members.come_back(word, place)
        if member.cohort is None:
            results = Choice("practice.button.results", payload("practice", do="results"))
            return member, (Reply((text("practice.keep.back"),), (results,)),)
        if member.name is None and member.cohort:
            return member, (Reply((say("ask_name"),)),)
        return member, (self._back(member),)

    @staticmethod
    def _back(member: Member) -> Reply:
        if member.is_trainer:
            return Reply((say("you_train", code=member.cohort),))
        return Reply((say("back", code=member.cohort or "", name=member.name or ""),))

    def name(self, member: Member, words: str) -> tuple[Member, tuple[Reply, ...]]:
        """Takes what was typed as the name to be called by."""
        named = self._members.call(member, words)
        return named, (Reply((say("you_are_in", name=named.name or ""),)),)

    def leave(self, member: Member) -> Reply:
        """Leaves; the place stays."""
        self._members.leave(member.seat or "")
        return Reply((say("left"),), (come_back(member),))


def come_back(member: Member) -> Choice:
    """The button with which somebody who left is back."""
    return way("join", value=member.cohort or "", title="come_back")


def is_it_real() -> Reply:
    """Asked before the answer to words that sound as if something was happening now."""
    return Reply((text("practice.is_it_real"),), (Choice("practice.button.real", payload("start_guide")),))
