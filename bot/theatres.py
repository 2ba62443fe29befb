"""Builds group sessions of practice and connects them with the channels."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Callable, List, Optional

from bot.people.invitations import People
from bot.practice.cohorts.letters import Letters
from bot.practice.cohorts.members import Members
from bot.practice.cohorts.results import Results
from bot.practice.cohorts.stages import Stages
from bot.practice.theatre.door import Door, Links
from bot.practice.theatre.foyer import Assistant, Foyer
from bot.practice.theatre.house import House
from bot.practice.theatre.performing import Performing
from bot.practice.theatre.theatre import Theatre
from bot.practice.theatre.trainers import InvitedTrainers
from bot.storage.engine import shared_engine
from bot.wording.catalogue import SOURCE_LANGUAGE

if TYPE_CHECKING:
    from bot.app import Foundation
    from bot.telegram.front_end import Parcel, TelegramFrontEnd


class LateFrontEnd:
    """The Telegram front end for what is built before it: it needs the theatre, and the theatre needs its name.

    Args:
        front_end: None until it is there, or for ever where Telegram is not used.
    """

    def __init__(self, front_end: Optional[TelegramFrontEnd] = None) -> None:
        self.front_end = front_end

    def links(self, foundation: Foundation) -> Links:
        """How people reach a session."""
        return Links(foundation.settings.page_address, self.user_name)

    def user_name(self) -> Optional[str]:
        return self.front_end.user_name() if self.front_end else None

    def wake(self) -> None:
        """Tells it that something has been left for somebody."""
        if self.front_end:
            self.front_end.wake()


class SessionParcels:
    """What waits in sessions for people in Telegram."""

    def __init__(self, foundation: Foundation) -> None:
        self._letters = Letters(shared_engine(foundation.settings.database_url), foundation.keyring)

    def waiting(self) -> List[Parcel]:
        return parcels(self._letters)


def parcels(letters: Letters) -> List[Parcel]:
    """What waits for people in Telegram."""
    from bot.telegram.admission import CHANNEL
    from bot.telegram.front_end import Parcel

    return [
        Parcel(int(letter.address), letter.message, partial(letters.done, number=letter.number))
        for letter in letters.for_channel(CHANNEL)
        if letter.address is not None
    ]


def build_theatre(
    foundation: Foundation, links: Links, on_letters: Callable[[], None] = lambda: None
) -> Theatre:
    """Group sessions of practice; `on_letters` is called whenever something has been left for somebody."""
    engine, keyring = shared_engine(foundation.settings.database_url), foundation.keyring
    renderer, practice = foundation.knowledge.renderer, foundation.knowledge.practice
    members, stages, letters = Members(engine, keyring), Stages(engine, keyring), Letters(engine, keyring)
    house = House(members, stages, letters, renderer)
    door = Door(members, InvitedTrainers(People(engine, keyring)), links, renderer)
    performing = Performing(
        members, Results(engine, keyring), practice.repertoire, house, foundation.knowledge.judge, on_letters
    )
    return Theatre(members, stages, letters, house, door, performing, practice.repertoire)


def build_foyer(
    foundation: Foundation, assistant: Assistant, links: Links, on_letters: Callable[[], None] = lambda: None
) -> Foyer:
    """The assistant and the theatre behind one door, for channels whose people fetch what waits."""
    def language_of(seat: str) -> str:
        state = foundation.store.read(seat)
        return (state and state["slots"].get("language")) or SOURCE_LANGUAGE

    theatre = build_theatre(foundation, links, on_letters)
    letters = Letters(shared_engine(foundation.settings.database_url), foundation.keyring)
    return Foyer(assistant, theatre, letters, foundation.keyring.pseudonym, language_of)
