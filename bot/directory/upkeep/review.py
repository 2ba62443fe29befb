"""What a focal point looks through at the desk: proposals, services in doubt, and what was changed."""

from __future__ import annotations

from typing import Final

from bot.directory.changes import Refusal
from bot.directory.record import Record
from bot.directory.upkeep.proposals import Proposal
from bot.directory.upkeep.visitor import Visitor
from bot.directory.upkeep.wording import in_words
from bot.wording.renderer import Message

LISTED: Final = 6

Messages = list[Message]


class Review:
    """What waits for one person's eye, in their area only."""

    def __init__(self, person: Visitor) -> None:
        self._person = person

    def list_proposals(self) -> Messages:
        found = [message for _, message in self.proposals()[:LISTED]]
        return found or [self._person.say("no_proposals")]

    def proposals(self) -> list[tuple[Proposal, Message]]:
        """What waits in the person's area."""
        found = []
        for proposal in self._person.office.proposals.waiting():
            record = self._subject(proposal)
            if record is not None and self._person.may_see(record):
                found.append((proposal, self._proposal(proposal, record)))
        return found

    def _subject(self, proposal: Proposal) -> Record | None:
        """The service a proposal is about, as it is or as it shall be added."""
        if proposal.service_id:
            return self._person.office.service(proposal.service_id)
        return Record.parse_obj(proposal.wanted)

    def _proposal(self, proposal: Proposal, record: Record) -> Message:
        head = "proposal" if proposal.service_id else "proposal_new"
        lines = [self._person.text(head, code=proposal.id, actor=proposal.actor)]
        lines.append(self._person.text("service", name=record.name, organization=record.organization))
        shown = proposal.wanted if proposal.service_id else {
            name: value for name, value in proposal.wanted.items() if value not in (None, [], {}, False)
            and name in ("needs", "locations", "phones", "hours")
        }  # fmt: skip
        for field, after in shown.items():
            before = proposal.seen.get(field)
            if before != after:
                lines.append(
                    self._person.text(
                        "change",
                        label=self._person.label(field),
                        before=in_words(before),
                        after=in_words(after),
                    )
                )
        lines.append(self._person.text("because", why=proposal.why))
        refuse = self._person.button("refuse", "refuse", proposal.id)
        if proposal.proposer == self._person.pseudonym:
            lines.append(self._person.text("own_proposal"))
            return Message("\n".join(lines), (refuse,))
        return Message("\n".join(lines), (self._person.button("approve", "approve", proposal.id), refuse))

    def _checked(self, code: str) -> Proposal:
        """A proposal about a service of the person's area."""
        proposal = self._person.office.proposals.get(code)
        record = self._subject(proposal)
        if record is None or not self._person.may_see(record):
            raise Refusal("this service is not in your area")
        return proposal

    def approve(self, code: str) -> Messages:
        self._person.office.proposals.approve(self._checked(code).id, self._person.by)
        return [self._person.say("approved")]

    def refuse(self, code: str) -> Messages:
        self._person.office.proposals.refuse(self._checked(code).id, self._person.by)
        return [self._person.say("refused")]

    def list_doubts(self) -> Messages:
        records = self._in_doubt()
        if not records:
            return [self._person.say("no_doubts")]
        return [
            self._person.say("doubts", *(self._person.show_button(record) for record in records[:LISTED]))
        ]

    def doubts(self) -> list[tuple[Record, str]]:
        """What is in doubt in the person's area, described."""
        return [(record, self._person.describe(record)) for record in self._in_doubt()]

    def _in_doubt(self) -> list[Record]:
        """Services that were reported, the hidden ones first, then those whose owners are silent."""
        in_doubt = self._person.office.reports.in_doubt()
        unanswered = self._person.office.verification.unanswered()
        silent = {each.service_id for each in unanswered if each.state == "escalated"}
        order = sorted(in_doubt, key=lambda each: in_doubt[each] != "hidden") + sorted(silent - set(in_doubt))
        return [
            record
            for each in order
            if (record := self._person.office.service(each)) and self._person.may_see(record)
        ]

    def list_changes(self) -> Messages:
        lines, buttons = [self._person.text("changes")], []
        for entry in self._person.office.changes.history(limit=LISTED * 5):
            record = self._person.office.service(entry.service_id)
            if record is None or not self._person.may_see(record):
                continue
            fields = ", ".join(self._person.label(name) for name in entry.after if name in entry.before)
            what = self._person.text(f"action.{entry.action}")
            lines.append(
                self._person.text(
                    "entry",
                    number=entry.number,
                    date=f"{entry.at:%Y-%m-%d}",
                    name=record.name,
                    what=f"{what}: {fields}" if fields and entry.action == "edit" else what,
                    actor=entry.actor,
                )
            )
            buttons.append(self._person.button("undo", "undo", entry.number, number=entry.number))
            if len(buttons) == LISTED:
                break
        return [Message("\n".join(lines), tuple(buttons))] if buttons else [self._person.say("no_changes")]

    def undo(self, number: str) -> Messages:
        entry = next(
            (each for each in self._person.office.changes.history(limit=None) if str(each.number) == number),
            None,
        )
        if entry is None:
            return [self._person.say("gone")]
        self._person.mine(entry.service_id)
        self._person.office.changes.revert(entry.number, self._person.by.actor, "taken back at the desk")
        return [self._person.say("undone")]
