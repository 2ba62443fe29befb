"""Somebody at the directory's desk: who they are, what is theirs, and how things are said to them."""

from __future__ import annotations

from bot.directory.changes import Refusal
from bot.directory.record import Record
from bot.directory.upkeep.office import Office
from bot.directory.upkeep.proposals import Editor
from bot.directory.upkeep.wording import SHOWN, payload_of
from bot.wording.renderer import Button, Message


class Visitor:
    """A person at the desk.

    Args:
        office: the upkeep.
        pseudonym: of the person.
        language: in which they are spoken to.
    """

    def __init__(self, office: Office, pseudonym: str, language: str) -> None:
        self.office = office
        self.words = office.wording
        self.pseudonym = pseudonym
        self.language = language
        self.editor = office.editor(pseudonym)

    def say(self, text_id: str, *buttons: Button, **values: object) -> Message:
        """A message of one text, with buttons."""
        return Message(self.text(text_id, **values), tuple(buttons))

    def text(self, text_id: str, **values: object) -> str:
        """A text in the person's language."""
        return self.words.say(text_id, self.language, **values)

    def label(self, column: str) -> str:
        """What a field is called in the person's language."""
        return self.words.label(column, self.language)

    def button(self, text_id: str, *payload: object, **values: object) -> Button:
        """A button that comes back to the desk."""
        return self.words.button(f"button.{text_id}", self.language, *payload, **values)

    def mine(self, service_id: str) -> Record:
        """A service the person may work on.

        Raises:
            Refusal: it is gone, or not theirs.
        """
        record = self.office.service(service_id)
        if record is None:
            raise Refusal("there is no such service any more")
        owned = service_id in self.office.verification.owned_by(self.pseudonym)
        if not owned and not (self.editor and self.may_see(record)):
            raise Refusal("this service is not in your area")
        return record

    @property
    def by(self) -> Editor:
        """Who the history names."""
        if self.editor is not None:
            return self.editor
        grants = self.office.grants(self.pseudonym)
        if not grants:
            raise Refusal("your role was taken back")
        return Editor(self.pseudonym, grants[0].actor)

    def describe(self, record: Record) -> str:
        """A service as the desk shows it: what is known, since when, and what is said against it."""
        lines = [self.text("service", name=record.name, organization=record.organization)]
        unknown = self.text("unknown")
        for column in SHOWN:
            value = self.words.value(column, record, self.language)
            if column == "place":
                value = self.place_name(record.locations[0].place if record.locations else None) or value
            if column in ("address", "alert", "languages", "costs") and value == unknown:
                continue
            label = self.label(column)
            lines.append(self.text("line", label=label, value=value))
        if record.status != "active":
            label = self.label("status")
            lines.append(self.text("line", label=label, value=record.status))
        days = [day for day in (record.assured_date, record.existence_verified, record.phone_verified) if day]
        confirmed = self.text("confirmed", date=max(days).isoformat()) if days else ""
        lines.append(confirmed or self.text("never_confirmed"))
        doubt = self.office.reports.in_doubt().get(record.id)
        counts = self.office.reports.counts(record.id)
        if counts:
            said = self.words.reports(counts, self.language)
            lines.append(self.text("hidden" if doubt == "hidden" else "in_doubt", reports=said))
        if self.office.proposals.waiting(record.id):
            lines.append(self.text("waiting_here"))
        return "\n".join(lines)

    def may_see(self, record: Record) -> bool:
        """Whether a service is in the person's area."""
        return self.office.looks_after(self.pseudonym, record)

    def place_name(self, code: str | None) -> str:
        """What a place is called; an empty text for none."""
        place = self.office.directory.gazetteer().by_code(code) if code else None
        return place.name if place else ""

    def show_button(self, record: Record) -> Button:
        """The button that shows a service."""
        place = self.place_name(record.locations[0].place if record.locations else None)
        title = f"{record.name} · {place}" if place else record.name
        return Button(title, payload_of("show", record.id))
