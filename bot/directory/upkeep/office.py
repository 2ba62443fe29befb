"""Everything the upkeep consists of, built together, and who is told what.

A focal point looks after the services of an area: those that stand in it or serve it; one without an area, and every
administrator, after all.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from bot.directory.base import utc_now
from bot.directory.changes import COMMAND_LINE, Changes
from bot.directory.exchange.exchange import Exchange
from bot.directory.history import Seal
from bot.directory.lookup import LookUp
from bot.directory.record import Record
from bot.directory.record_reading import read_record
from bot.directory.upkeep.notices import Notices
from bot.directory.upkeep.proposals import Editor, Proposals
from bot.directory.upkeep.reports import Reports
from bot.directory.upkeep.verification import Question, Verification
from bot.directory.upkeep.wording import Wording, payload_of
from bot.people.invitations import Grant, People
from bot.privacy.keys import Keyring
from bot.storage.engine import SessionFactory
from bot.wording.catalogue import SOURCE_LANGUAGE
from bot.wording.renderer import Button, Message

EDITORS: Final = ("focal_point", "administrator")
_EVERYTHING: Final = Grant("administrator")


class Office:
    """The upkeep of one directory.

    Args:
        sessions: the database.
        directory: for places and names.
        people: who has which role.
        keyring, seal: for what waits, and for the history.
        wording: the texts.
        clock: the present.
    """

    def __init__(
        self,
        sessions: SessionFactory,
        directory: LookUp,
        people: People,
        keyring: Keyring,
        seal: Seal,
        wording: Wording,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.sessions = sessions
        self.directory = directory
        self.people = people
        self.wording = wording
        self.clock = clock
        self.changes = Changes(sessions, seal, clock)
        self.exchange = Exchange(sessions, self.changes)
        self.proposals = Proposals(sessions, self.changes, clock)
        self.reports = Reports(sessions, seal, clock)
        self.verification = Verification(sessions, self.changes, self.reports, clock)
        self.notices = Notices(sessions, keyring, clock)

    # Who may --------------------------------------------------------------------------------------------

    def grants(self, pseudonym: str) -> tuple[Grant, ...]:
        """Roles by which a person has anything to do here. Who uses the command line could change the database by hand
        as well, and looks after everything."""
        if pseudonym == COMMAND_LINE:
            return (_EVERYTHING,)
        return tuple(grant for grant in self.people.roles_of(pseudonym) if grant.role in (*EDITORS, "owner"))

    def editor(self, pseudonym: str) -> Editor | None:
        """The person as somebody who edits; None without a role for that."""
        grants = [grant for grant in self.grants(pseudonym) if grant.role in EDITORS]
        if pseudonym == COMMAND_LINE:
            return Editor(COMMAND_LINE, COMMAND_LINE)
        return Editor(pseudonym, grants[0].actor) if grants else None

    def looks_after(self, pseudonym: str, record: Record) -> bool:
        """Whether a service is in an area of the person's."""
        return any(self._covers(grant, record) for grant in self.grants(pseudonym) if grant.role in EDITORS)

    def service(self, service_id: str) -> Record | None:
        with self.sessions() as session:
            return read_record(session, service_id)

    def _covers(self, grant: Grant, record: Record) -> bool:
        if grant.area is None or grant.role == "administrator":
            return True
        gazetteer = self.directory.gazetteer()
        area = gazetteer.by_code(grant.area)
        if area is None:
            return False
        codes = [location.place for location in record.locations if location.place] + list(record.area)
        places = [gazetteer.by_code(code) or gazetteer.get(code) for code in codes]
        return any(place is not None and area.id in gazetteer.lineage(place.id) for place in places)

    # Who is told ----------------------------------------------------------------------------------------

    def tell_focal_points(
        self, record: Record, text_id: str, but: str | None = None, **values: object
    ) -> int:
        """Leaves a message for everybody who looks after a service; how many that are."""
        told = set()
        for role in EDITORS:
            for pseudonym, grant in self.people.holders(role):  # type: ignore[arg-type]
                if pseudonym in told or pseudonym == but or not self._covers(grant, record):
                    continue
                told.add(pseudonym)
                language = self.language(pseudonym)
                show = self.wording.button(
                    "button.show", language, "show", record.id, name=record.name, place=""
                )
                text = self.wording.say(text_id, language, name=record.name, **values)
                self.notices.add(pseudonym, Message(text, (Button(record.name, show.payload),)))
        return len(told)

    def ask_owner(self, question: Question) -> None:
        """Puts a question to the owners who can be reached by chat."""
        record = self.service(question.service_id)
        if record is None:
            return
        for pseudonym in question.pseudonyms:
            self.notices.add(
                pseudonym, self.question(record, question.id, question.tries, self.language(pseudonym))
            )

    def question(self, record: Record, identity: str, tries: int, language: str) -> Message:
        """The question whether a service is still right, with its four answers."""
        text = self.wording.say(
            "ask" if tries == 1 else "ask_again",
            language,
            name=record.name,
            organization=record.organization,
            phones=self.wording.value("phones", record, language),
            hours=self.wording.value("hours", record, language),
        )
        answers = ("right", "changed", "closed", "not_mine")
        buttons = tuple(
            Button(self.wording.say(f"answer.{answer}", language), payload_of("answer", identity, answer))
            for answer in answers
        )
        return Message(text, buttons)

    def take_notices(self, channel: str) -> list[tuple[str, Message]]:
        """Messages for people reached in a channel: their address and the message. Each is handed out once."""
        found = []
        for notice in self.notices.waiting():
            address = self.people.address(notice.pseudonym)
            if address is not None and address.channel == channel and self.notices.done(notice):
                found.append((address.address, notice.message))
        return found

    def language(self, pseudonym: str) -> str:
        address = self.people.address(pseudonym)
        return address.language if address else SOURCE_LANGUAGE
