"""The directory's desk in a chat: `/directory` for focal points, and one tap for owners.

Everything is a message with buttons; only names and new values are typed. What somebody is in the middle of waits
encrypted for half an hour. Owners may say whether their service is right and what has changed; what they write is
always a proposal.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa

from bot.directory.changes import Made, Refusal, first_reason
from bot.directory.exchange.cells import CLEAR, CellRefused, Reading, find_place, read
from bot.directory.exchange.exchange import country_of
from bot.directory.exchange.plan import RowRefused, merged
from bot.directory.record import Json, Record, difference
from bot.directory.upkeep.finding import find_services
from bot.directory.upkeep.office import Office
from bot.directory.upkeep.proposals import Proposal
from bot.directory.upkeep.review import Review
from bot.directory.upkeep.rounds import answer as take_answer
from bot.directory.upkeep.tables import drafts
from bot.directory.upkeep.visitor import Visitor
from bot.directory.upkeep.wording import FIELDS, PREFIX, payload_of
from bot.privacy.keys import Keyring
from bot.wording.renderer import Button, Message

DRAFT_MINUTES: Final = 30
FOUND_SHOWN: Final = 6
_ADD_STEPS: Final = ("organization", "name", "needs", "place", "phones", "hours")
_WHYS: Final = ("told", "there", "heard")

Messages = list[Message]
MakeLink = Callable[[str, str], str]
"""Makes a one-time link for a person (pseudonym, actor)."""


class Desk:
    """Answers people at the desk. Every method blocks.

    Args:
        office: the upkeep.
        keyring: encrypts what somebody is in the middle of.
        make_link: makes links to the pages; None when they have no address.
    """

    def __init__(self, office: Office, keyring: Keyring, make_link: MakeLink | None = None) -> None:
        self._office = office
        self._keyring = keyring
        self._make_link = make_link

    def is_staffed_by(self, pseudonym: str) -> bool:
        """Whether a person has anything to do here."""
        return bool(self._office.grants(pseudonym))

    def awaits(self, pseudonym: str) -> bool:
        """Whether the next thing a person types is meant for the desk: only what a button has just asked for, because
        whoever keeps the directory may need the guide the next moment."""
        return (self._draft(pseudonym) or {}).get("kind") in ("value", "add", "find")

    def leave(self, pseudonym: str) -> None:
        """Forgets what somebody was in the middle of."""
        self._keep(pseudonym, None)

    def answer(self, pseudonym: str, language: str, text: str) -> Messages:
        """The answer to typed words: a command's rest, or a value that was asked for."""
        visit = self._visit(pseudonym, language)
        return self._leave(visit, lambda: visit.typed(text.strip()))

    def press(self, pseudonym: str, language: str, payload: str) -> Messages:
        """The answer to one of the desk's buttons."""
        visit = self._visit(pseudonym, language)
        return self._leave(visit, lambda: visit.pressed(payload))

    def proposals(self, pseudonym: str, language: str) -> list[tuple[Proposal, Message]]:
        """What waits for approval in a person's area, each with its message and buttons."""
        return self._visit(pseudonym, language).review.proposals()

    def doubts(self, pseudonym: str, language: str) -> list[tuple[Record, str]]:
        """Services in a person's area that are in doubt, each described."""
        return self._visit(pseudonym, language).review.doubts()

    def _visit(self, pseudonym: str, language: str) -> _Visit:
        return _Visit(self._office, pseudonym, language, self._draft(pseudonym), self._make_link)

    def _leave(self, visit: _Visit, what: Callable[[], Messages]) -> Messages:
        """Does it, with every refusal as a sentence, and keeps what the person is in the middle of."""
        try:
            messages = what()
        except Refusal as error:
            visit.draft = None
            messages = [visit.say("failed", reason=str(error))]
        self._keep(visit.pseudonym, visit.draft)
        return messages

    def _draft(self, pseudonym: str) -> Json | None:
        since = self._office.clock() - timedelta(minutes=DRAFT_MINUTES)
        query = sa.select(drafts.c.content).where(drafts.c.pseudonym == pseudonym, drafts.c.at > since)
        with self._office.sessions() as session:
            content = session.execute(query).scalar_one_or_none()
        return None if content is None else dict(json.loads(self._keyring.decrypt(content)))

    def _keep(self, pseudonym: str, draft: Json | None) -> None:
        with self._office.sessions() as session, session.begin():
            session.execute(sa.delete(drafts).where(drafts.c.pseudonym == pseudonym))
            if draft is not None:
                content = self._keyring.encrypt(json.dumps(draft, ensure_ascii=False).encode())
                session.execute(
                    sa.insert(drafts).values(pseudonym=pseudonym, content=content, at=self._office.clock())
                )


class _Visit(Visitor):
    """One message or press of one person. `draft` is what they are in the middle of, before and after."""

    def __init__(
        self, office: Office, pseudonym: str, language: str, draft: Json | None, make_link: MakeLink | None
    ) -> None:
        super().__init__(office, pseudonym, language)
        self.draft = draft
        self.review = Review(self)
        self._make_link = make_link

    # Typed ------------------------------------------------------------------------------------------------

    def typed(self, text: str) -> Messages:
        """Words: the value that was asked for, else a service to find."""
        draft = self.draft or {}
        if draft.get("kind") == "value":
            return self._new_value(draft, text)
        if draft.get("kind") == "add":
            return self._add_step(draft, text)
        self.draft = None
        if self.editor is None:
            return self._own_services()
        return self._find(text) if text else self._menu()

    def _ask_for_words(self) -> Messages:
        self.draft = {"kind": "find"}
        return [self.say("find")]

    def _menu(self) -> Messages:
        self.draft = None
        office = self.office
        counts = self.text(
            "menu_counts",
            proposals=len(office.proposals.waiting()),
            doubts=len(office.reports.in_doubt()),
            unanswered=sum(each.state == "escalated" for each in office.verification.unanswered()),
        )
        buttons = [
            self.button(name, name) for name in ("find", "proposals", "doubts", "changes", "add", "page")
        ]
        return [Message(f"{self.text('menu')}\n{counts}", tuple(buttons))]

    def _find(self, words: str) -> Messages:
        found = self._matching(words)
        if not found:
            return [self.say("nothing_found", self.button("find", "find"), words=words[:60])]
        if len(found) == 1:
            return self._show(found[0])
        buttons = [self.show_button(record) for record in found[:FOUND_SHOWN]]
        text = self.text("found")
        if len(found) > FOUND_SHOWN:
            text += "\n" + self.text("more_found", number=len(found) - FOUND_SHOWN)
        return [Message(text, tuple(buttons))]

    def _matching(self, words: str) -> list[Record]:
        """Services in the person's area that the words may mean, the likeliest first."""
        with self.office.sessions() as session:
            found = find_services(session, self.office.directory.gazetteer(), words)
        return [record for record in found if self.may_see(record)]

    def _own_services(self) -> Messages:
        """What an owner sees: the question about each of their services."""
        found: Messages = []
        for service_id in self.office.verification.owned_by(self.pseudonym):
            record = self.office.service(service_id)
            if record is not None:
                buttons = (
                    self.button("right", "right", record.id),
                    self.button("change", "change", record.id),
                )
                found.append(Message(self.describe(record), buttons))
        return found or [self.say("not_yours")]

    # Pressed ----------------------------------------------------------------------------------------------

    def pressed(self, payload: str) -> Messages:
        """A button: `desk:verb:…`."""
        parts = payload.split(":")
        verb, rest = parts[1] if len(parts) > 1 else "", parts[2:]
        if verb == "answer" and len(rest) == 2:
            return self._owner_answers(*rest)
        verbs: dict[str, tuple[int, Callable[..., Messages]]] = {
            "show": (1, lambda service_id: self._show(self.mine(service_id))),
            "right": (1, self._right),
            "change": (1, self._change),
            "field": (2, self._field),
            "why": (1, self._why),
            "close": (1, self._close),
            "proposals": (0, self.review.list_proposals),
            "doubts": (0, self.review.list_doubts),
            "changes": (0, self.review.list_changes),
            "add": (0, self._add),
            "page": (0, self._page),
            "approve": (1, self.review.approve),
            "refuse": (1, self.review.refuse),
            "undo": (1, self.review.undo),
            "menu": (0, self._menu),
            "find": (0, self._ask_for_words),
        }
        if parts[0] != PREFIX or verb not in verbs or verbs[verb][0] != len(rest):
            return [self.say("gone")]
        for_owners = verb in ("right", "change", "field", "why")
        if self.editor is None and not (for_owners and self.office.grants(self.pseudonym)):
            return [self.say("not_yours")]
        return verbs[verb][1](*rest)

    def _show(self, record: Record) -> Messages:
        self.draft = None
        buttons = [self.button("right", "right", record.id), self.button("change", "change", record.id)]
        if record.status == "active":
            buttons.append(self.button("close", "close", record.id))
        return [Message(self.describe(record), (*buttons, self.button("back", "menu")))]

    def _right(self, service_id: str) -> Messages:
        record = self.mine(service_id)
        self.office.changes.confirm(service_id, self.by.actor, "looked at it at the desk")
        self.office.reports.clear(service_id)
        self.office.verification.settle(service_id)
        self.draft = None
        return [self.say("confirmed_now", name=record.name)]

    def _change(self, service_id: str) -> Messages:
        self.mine(service_id)
        buttons = [Button(self.label(column), payload_of("field", service_id, column)) for column in FIELDS]
        return [self.say("which_field", *buttons)]

    def _field(self, service_id: str, column: str) -> Messages:
        record = self.mine(service_id)
        if column not in FIELDS:
            return [self.say("gone")]
        self.draft = {"kind": "value", "service": service_id, "column": column}
        label = self.label(column)
        return [self.say("new_value", label=label, value=self.words.value(column, record, self.language))]

    def _read(self, column: str, text: str) -> tuple[Any, list[str]]:
        """A typed value, and what was understood beyond the letter.

        Raises:
            CellRefused: it cannot be used.
        """
        gazetteer = self.office.directory.gazetteer()
        reading = Reading(gazetteer, country_of(gazetteer))
        if column == "place":
            return (CLEAR if text in ("-", "–") else find_place(text, reading).code), reading.notes
        value = read(column, text, reading)
        if value is None:
            raise CellRefused(reading.notes[0] if reading.notes else "it is empty")
        return value, reading.notes

    def _new_value(self, draft: Json, text: str) -> Messages:
        record = self.mine(draft["service"])
        column = draft["column"]
        try:
            value, notes = self._read(column, text)
            wanted = merged(record, value if isinstance(value, dict) else {column: value}, added=False)
        except (CellRefused, RowRefused) as error:
            return [self.say("not_understood", reason=str(error))]
        except ValueError as error:
            return [self.say("not_understood", reason=first_reason(error))]
        fields = difference(record, wanted)
        if not fields:
            self.draft = None
            return [self.say("same")]
        label = self.label(column)
        before, after = (self.words.value(column, each, self.language) for each in (record, wanted))
        shown = self.text("understood", label=label, before=before, after=after)
        return self._ask_why(
            record.id,
            {name: new for name, (_, new) in fields.items()},
            {name: old for name, (old, _) in fields.items()},
            "\n".join((shown, *notes)),
        )

    def _ask_why(self, service_id: str, values: Json, seen: Json, shown: str, verb: str = "save") -> Messages:
        self.draft = {"kind": verb, "service": service_id, "values": values, "seen": seen}
        buttons = [Button(self.text(f"why.{why}"), payload_of("why", why)) for why in _WHYS]
        cancel = self.button("cancel", "menu") if self.editor else self.button("cancel", "why", "cancel")
        return [Message(f"{shown}\n{self.text('why')}", (*buttons, cancel))]

    def _why(self, why: str) -> Messages:
        """The last tap: how they know. Now it is done, or proposed."""
        draft, self.draft = self.draft or {}, None
        if draft.get("kind") not in ("save", "close", "new") or why not in _WHYS:
            return [self.say("gone")]
        reason = self.words.say(f"why.{why}", "en")
        if draft["kind"] == "new":
            proposal = self.office.proposals.add(Record.parse_obj(draft["values"]), self.by, reason)
            self._tell_of(proposal, draft["values"]["name"])
            return [self.say("proposed", code=proposal.id)]
        record = self.mine(draft["service"])
        if draft["kind"] == "close":
            self.office.changes.close(record.id, self.by.actor, reason)
            return [self.say("closed", name=record.name)]
        always = self.editor is None
        made = self.office.proposals.edit(record.id, draft["values"], draft["seen"], self.by, reason, always)
        if isinstance(made, Proposal):
            self._tell_of(made, record.name, record)
            return [self.say("proposed", code=made.id)]
        return [self.say("saved" if isinstance(made, Made) else "same")]

    def _tell_of(self, proposal: Proposal, name: str, record: Record | None = None) -> None:
        about = record or Record.parse_obj(proposal.wanted)
        self.office.tell_focal_points(about.copy(update={"name": name}), "told.proposal", but=self.pseudonym)

    def _close(self, service_id: str) -> Messages:
        record = self.mine(service_id)
        shown = self.text("close_why", name=record.name)
        return self._ask_why(service_id, {}, {}, shown, verb="close")

    def _page(self) -> Messages:
        if self._make_link is None:
            return [self.say("no_link")]
        return [self.say("link", address=self._make_link(self.pseudonym, self.by.actor))]

    # A new service ------------------------------------------------------------------------------------------

    def _add(self) -> Messages:
        self.draft = {"kind": "add", "step": 0, "given": {}}
        return [self.say(f"add.{_ADD_STEPS[0]}")]

    def _add_step(self, draft: Json, text: str) -> Messages:
        column = _ADD_STEPS[draft["step"]]
        try:
            value, notes = self._read(column, text) if column != "hours" or text != "-" else (CLEAR, [])
        except CellRefused as error:
            return [self.say("not_understood", reason=str(error))]
        given = {**draft["given"]}
        if value is not CLEAR:
            given[column] = value
        step = draft["step"] + 1
        if step < len(_ADD_STEPS):
            self.draft = {"kind": "add", "step": step, "given": given}
            return [Message("\n".join((*notes, self.text(f"add.{_ADD_STEPS[step]}"))))]
        try:
            record = merged(None, given, added=False)
        except ValueError as error:
            self.draft = None
            return [self.say("not_understood", reason=first_reason(error))]
        shown = f"{self.text('add.check')}\n{self.describe(record)}"
        messages = self._ask_why("", json.loads(record.json()), {}, shown, verb="new")
        return messages

    # Owners -------------------------------------------------------------------------------------------------

    def _owner_answers(self, identity: str, given: str) -> Messages:
        question = self.office.verification.get(identity)
        take_answer(self.office, identity, given, self.by.actor, self.pseudonym)
        if given == "changed" and question is not None:
            buttons = [
                Button(
                    self.label(column),
                    payload_of("field", question.service_id, column),
                )
                for column in FIELDS
            ]
            return [self.say("answered.changed", *buttons)]
        return [self.say(f"answered.{given}")]
