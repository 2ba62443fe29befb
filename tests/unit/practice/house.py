"""A theatre over a database, with a judge that takes the ids of moves for the line."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Callable, Optional, Sequence

from sqlalchemy.engine import Engine

from bot.guidance.loader import library
from bot.guidance.organisation import LocalWording, read_organisation
from bot.people.invitations import People
from bot.practice.cohorts.letters import Letters
from bot.practice.cohorts.members import Members, Place
from bot.practice.cohorts.results import Results
from bot.practice.cohorts.stages import Stages
from bot.practice.judging import Judge, JudgedSentence
from bot.practice.moves import all_moves
from bot.practice.repertoire import Repertoire
from bot.practice.service import texts as practice_texts
from bot.practice.theatre.door import Door, Links
from bot.practice.theatre.house import House
from bot.practice.theatre.performing import Performing
from bot.practice.theatre.theatre import Theatre
from bot.practice.theatre.trainers import InvitedTrainers
from bot.practice.theatre.wording import theatre_texts
from bot.privacy.keys import Keyring
from bot.wording.catalogue import Texts
from bot.wording.renderer import Message, Renderer


def read_moves(line: str, language: str) -> Sequence[JudgedSentence]:
    """`state_limits shock?`: the first surely, the second perhaps."""
    words = re.findall(r"[a-z_]+\??", line)
    sure = frozenset(word for word in words if word in all_moves())
    doubtful = tuple(word[:-1] for word in words if word.endswith("?") and word[:-1] in all_moves())
    return (JudgedSentence(line, sure, doubtful),)


@lru_cache(maxsize=1)
def renderer() -> Renderer:
    folder = Path("/nowhere")
    repertoire = Repertoire.of(folder)
    texts = Texts({**library().texts, **practice_texts(repertoire), **theatre_texts()})
    return Renderer(texts, LocalWording(read_organisation(folder / "organisation.yml"), texts))


NOWHERE = Links()


class Company:
    """A theatre and its people, each at a seat of their own."""

    def __init__(
        self,
        engine: Engine,
        keyring: Keyring,
        folder: Path,
        links: Links = NOWHERE,
        on_letters: Callable[[], None] = lambda: None,
    ) -> None:
        self.engine, self.keyring, self.folder, self.links = engine, keyring, folder, links
        self.members, self.stages = Members(engine, keyring), Stages(engine, keyring)
        self.letters, self.results = Letters(engine, keyring), Results(engine, keyring)
        self.people = People(engine, keyring)
        shown = renderer()
        house = House(self.members, self.stages, self.letters, shown)
        door = Door(self.members, InvitedTrainers(self.people), links, shown)
        repertoire = Repertoire.of(folder / "scenarios")
        judge = Judge(read_moves, lambda line: "en")
        performing = Performing(self.members, self.results, repertoire, house, lambda: judge, on_letters)
        self.theatre = Theatre(self.members, self.stages, self.letters, house, door, performing, repertoire)
        self.read: dict[str, list[Message]] = {}
        self.last: dict[str, int] = {}

    def restarted(self) -> Company:
        """The same database under a theatre that remembers nothing; what people have read is on their screens."""
        again = Company(self.engine, self.keyring, self.folder, self.links)
        again.read, again.last = self.read, self.last
        return again

    @staticmethod
    def place(person: str) -> Place:
        return Place(f"seat-{person}", "web", "en")

    def says(self, person: str, text: str, key: Optional[str] = None) -> list[Message]:
        """What somebody gets back for themselves."""
        handled = self.theatre.answer(self.place(person), text, key)
        assert handled is not None, f"{text!r} was not taken for a session"
        return list(handled.messages)

    def fetches(self, person: str) -> list[Message]:
        """What waited for somebody, once; it is on their screen from now on."""
        found = self.letters.waiting(self.place(person).seat, self.last.get(person, 0))
        if found:
            self.last[person] = found[-1].number
        self.read.setdefault(person, []).extend(letter.message for letter in found)
        return [letter.message for letter in found]

    def presses(
        self, person: str, title: str, key: Optional[str] = None, among: Sequence[Message] = ()
    ) -> list[Message]:
        """Presses the newest button with this title, on the screen or in `among`."""
        self.fetches(person)
        shown = [*self.read.get(person, []), *among]
        for message in reversed(shown):
            for button in message.buttons:
                if button.title.startswith(title):
                    return self.says(person, button.payload, key)
        raise AssertionError(f"{person} sees no button {title!r} in {[m.text for m in shown[-3:]]}")

    def opens(self, trainer: str = "tess") -> str:
        """A session; its code."""
        opened = self.says(trainer, "/session")
        found = re.search(r"/join (\w{6})", opened[0].text)
        assert found
        self.read.setdefault(trainer, []).extend(opened)
        return found.group(1)

    def joins(self, person: str, code: str, name: Optional[str] = None) -> None:
        self.read.setdefault(person, []).extend(self.says(person, f"/join {code}"))
        self.read[person].extend(self.says(person, name or person.title()))

    def begins(self, responder: str, trainer: str = "tess", scenario: str = "food_queue") -> None:
        self.says(trainer, f"/session:stage:-:{scenario}")
        asked = self.presses(trainer, "Ask somebody")
        self.presses(trainer, f"· {responder.title()}", among=asked)
        self.presses(responder, "Yes, I will")
        self.presses(trainer, "Begin")
