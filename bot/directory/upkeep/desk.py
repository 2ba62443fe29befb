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
from bot.directory.upkeep.proposals import Editor, Proposal
from bot.directory.upkeep.rounds import answer as take_answer
from bot.directory.upkeep.tables import drafts
from bot.directory.upkeep.wording import FIELDS, PREFIX, SHOWN, in_words, payload_of
from bot.privacy.keys import Keyring
from bot.wording.renderer import Button, Message

DRAFT_MINUTES: Final = 30
FOUND_SHOWN: Final = 6
LISTED: Final = 6
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
        return self._visit(pseudonym, language).proposals()

    def doubts(self, pseudonym: str, language: str) -> list[tuple[Record, str]]:
        """Services in a person's area that are in doubt, each described."""
        return self._visit(pseudonym, language).doubts()

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


class _Visit:
    """One message or press of one person. `draft` is what they are in the middle of, before and after."""

    def __init__(
        self, office: Office, pseudonym: str, language: str, draft: Json | None, make_link: MakeLink | None
    ) -> None:
        self._office = office
        self._words = office.wording
        self.pseudonym = pseudonym
        self._language = language
        self.draft = draft
        self._make_link = make_link
        self._editor = office.editor(pseudonym)

    def say(self, text_id: str, *buttons: Button, **values: object) -> Message:
        return Message(self._words.say(text_id, self._language, **values), tuple(buttons))

    def _button(self, text_id: str, *payload: object, **values: object) -> Button:
        return self._words.button(f"button.{text_id}", self._language, *payload, **values)

    # Typed ------------------------------------------------------------------------------------------------

    def typed(self, text: str) -> Messages:
        """Words: the value that was asked for, else a service to find."""
        draft = self.draft or {}
        if draft.get("kind") == "value":
            return self._new_value(draft, text)
        if draft.get("kind") == "add":
            return self._add_step(draft, text)
        self.draft = None
        if self._editor is None:
            return self._own_services()
        return self._find(text) if text else self._menu()

    def _ask_for_words(self) -> Messages:
        self.draft = {"kind": "find"}
        return [self.say("find")]

    def _menu(self) -> Messages:
        self.draft = None
        office = self._office
        counts = self._words.say(
            "menu_counts",
            self._language,
            proposals=len(office.proposals.waiting()),
            doubts=len(office.reports.in_doubt()),
            unanswered=sum(each.state == "escalated" for each in office.verification.unanswered()),
        )
        buttons = [self._button(name, name) for name in ("find", "proposals", "doubts", "changes", "add", "page")]
        return [Message(f"{self._words.say('menu', self._language)}\n{counts}", tuple(buttons))]

    def _find(self, words: str) -> Messages:
        found = self._matching(words)
        if not found:
            return [self.say("nothing_found", self._button("find", "find"), words=words[:60])]
        if len(found) == 1:
            return self._show(found[0])
        buttons = [self._show_button(record) for record in found[:FOUND_SHOWN]]
        text = self._words.say("found", self._language)
        if len(found) > FOUND_SHOWN:
            text += "\n" + self._words.say("more_found", self._language, number=len(found) - FOUND_SHOWN)
        return [Message(text, tuple(buttons))]

    def _matching(self, words: str) -> list[Record]:
        """Services in the person's area that the words may mean, the likeliest first."""
        with self._office.sessions() as session:
            found = find_services(session, self._office.directory.gazetteer(), words)
        return [record for record in found if self._may_see(record)]

    def _may_see(self, record: Record) -> bool:
        return self._office.looks_after(self.pseudonym, record)

    def _place_name(self, code: str | None) -> str:
        place = self._office.directory.gazetteer().by_code(code) if code else None
        return place.name if place else ""

    def _show_button(self, record: Record) -> Button:
        place = self._place_name(record.locations[0].place if record.locations else None)
        title = f"{record.name} · {place}" if place else record.name
        return Button(title, payload_of("show", record.id))

    def _own_services(self) -> Messages:
        """What an owner sees: the question about each of their services."""
        found: Messages = []
        for service_id in self._office.verification.owned_by(self.pseudonym):
            record = self._office.service(service_id)
            if record is not None:
                buttons = (
                    self._button("right", "right", record.id),
                    self._button("change", "change", record.id),
                )
                found.append(Message(self._describe(record), buttons))
        return found or [self.say("not_yours")]

    # Pressed ----------------------------------------------------------------------------------------------

    def pressed(self, payload: str) -> Messages:
        """A button: `desk:verb:…`."""
        parts = payload.split(":")
        verb, rest = parts[1] if len(parts) > 1 else "", parts[2:]
        if verb == "answer" and len(rest) == 2:
            return self._owner_answers(*rest)
        verbs: dict[str, tuple[int, Callable[..., Messages]]] = {
            "show": (1, lambda service_id: self._show(self._mine(service_id))),
            "right": (1, self._right),
            "change": (1, self._change),
            "field": (2, self._field),
            "why": (1, self._why),
            "close": (1, self._close),
            "proposals": (0, self._proposals),
            "doubts": (0, self._doubts),
            "changes": (0, self._changes),
            "add": (0, self._add),
            "page": (0, self._page),
            "approve": (1, self._approve),
            "refuse": (1, self._refuse),
            "undo": (1, self._undo),
            "menu": (0, self._menu),
            "find": (0, self._ask_for_words),
        }
        if parts[0] != PREFIX or verb not in verbs or verbs[verb][0] != len(rest):
            return [self.say("gone")]
        for_owners = verb in ("right", "change", "field", "why")
        if self._editor is None and not (for_owners and self._office.grants(self.pseudonym)):
            return [self.say("not_yours")]
        return verbs[verb][1](*rest)

    def _mine(self, service_id: str) -> Record:
        """A service the person may work on.

        Raises:
            Refusal: it is gone, or not theirs.
        """
        record = self._office.service(service_id)
        if record is None:
            raise Refusal("there is no such service any more")
        owned = service_id in self._office.verification.owned_by(self.pseudonym)
        if not owned and not (self._editor and self._may_see(record)):
            raise Refusal("this service is not in your area")
        return record

    @property
    def _by(self) -> Editor:
        """Who the history names."""
        if self._editor is not None:
            return self._editor
        grants = self._office.grants(self.pseudonym)
        if not grants:
            raise Refusal("your role was taken back")
        return Editor(self.pseudonym, grants[0].actor)

    def _describe(self, record: Record) -> str:
        lines = [
            self._words.say("service", self._language, name=record.name, organization=record.organization)
        ]
        unknown = self._words.say("unknown", self._language)
        for column in SHOWN:
            value = self._words.value(column, record, self._language)
            if column == "place":
                value = self._place_name(record.locations[0].place if record.locations else None) or value
            if column in ("address", "alert", "languages", "costs") and value == unknown:
                continue
            label = self._words.label(column, self._language)
            lines.append(self._words.say("line", self._language, label=label, value=value))
        if record.status != "active":
            label = self._words.label("status", self._language)
            lines.append(self._words.say("line", self._language, label=label, value=record.status))
        days = [day for day in (record.assured_date, record.existence_verified, record.phone_verified) if day]
        confirmed = self._words.say("confirmed", self._language, date=max(days).isoformat()) if days else ""
        lines.append(confirmed or self._words.say("never_confirmed", self._language))
        doubt = self._office.reports.in_doubt().get(record.id)
        counts = self._office.reports.counts(record.id)
        if counts:
            said = self._words.reports(counts, self._language)
            lines.append(
                self._words.say("hidden" if doubt == "hidden" else "in_doubt", self._language, reports=said)
            )
        if self._office.proposals.waiting(record.id):
            lines.append(self._words.say("waiting_here", self._language))
        return "\n".join(lines)

    def _show(self, record: Record) -> Messages:
        self.draft = None
        buttons = [self._button("right", "right", record.id), self._button("change", "change", record.id)]
        if record.status == "active":
            buttons.append(self._button("close", "close", record.id))
        return [Message(self._describe(record), (*buttons, self._button("back", "menu")))]

    def _right(self, service_id: str) -> Messages:
        record = self._mine(service_id)
        self._office.changes.confirm(service_id, self._by.actor, "looked at it at the desk")
        self._office.reports.clear(service_id)
        self._office.verification.settle(service_id)
        self.draft = None
        return [self.say("confirmed_now", name=record.name)]

    def _change(self, service_id: str) -> Messages:
        self._mine(service_id)
        buttons = [
            Button(self._words.label(column, self._language), payload_of("field", service_id, column))
            for column in FIELDS
        ]
        return [self.say("which_field", *buttons)]

    def _field(self, service_id: str, column: str) -> Messages:
        record = self._mine(service_id)
        if column not in FIELDS:
            return [self.say("gone")]
        self.draft = {"kind": "value", "service": service_id, "column": column}
        label = self._words.label(column, self._language)
        return [self.say("new_value", label=label, value=self._words.value(column, record, self._language))]

    def _read(self, column: str, text: str) -> tuple[Any, list[str]]:
        """A typed value, and what was understood beyond the letter.

        Raises:
            CellRefused: it cannot be used.
        """
        gazetteer = self._office.directory.gazetteer()
        reading = Reading(gazetteer, country_of(gazetteer))
        if column == "place":
            return (CLEAR if text in ("-", "–") else find_place(text, reading).code), reading.notes
        value = read(column, text, reading)
        if value is None:
            raise CellRefused(reading.notes[0] if reading.notes else "it is empty")
        return value, reading.notes

    def _new_value(self, draft: Json, text: str) -> Messages:
        record = self._mine(draft["service"])
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
        label = self._words.label(column, self._language)
        before, after = (self._words.value(column, each, self._language) for each in (record, wanted))
        shown = self._words.say("understood", self._language, label=label, before=before, after=after)
        return self._ask_why(
            record.id,
            {name: new for name, (_, new) in fields.items()},
            {name: old for name, (old, _) in fields.items()},
            "\n".join((shown, *notes)),
        )

    def _ask_why(self, service_id: str, values: Json, seen: Json, shown: str, verb: str = "save") -> Messages:
        self.draft = {"kind": verb, "service": service_id, "values": values, "seen": seen}
        buttons = [
            Button(self._words.say(f"why.{why}", self._language), payload_of("why", why)) for why in _WHYS
        ]
        cancel = self._button("cancel", "menu") if self._editor else self._button("cancel", "why", "cancel")
        return [Message(f"{shown}\n{self._words.say('why', self._language)}", (*buttons, cancel))]

    def _why(self, why: str) -> Messages:
        """The last tap: how they know. Now it is done, or proposed."""
        draft, self.draft = self.draft or {}, None
        if draft.get("kind") not in ("save", "close", "new") or why not in _WHYS:
            return [self.say("gone")]
        reason = self._words.say(f"why.{why}", "en")
        if draft["kind"] == "new":
            proposal = self._office.proposals.add(Record.parse_obj(draft["values"]), self._by, reason)
            self._tell_of(proposal, draft["values"]["name"])
            return [self.say("proposed", code=proposal.id)]
        record = self._mine(draft["service"])
        if draft["kind"] == "close":
            self._office.changes.close(record.id, self._by.actor, reason)
            return [self.say("closed", name=record.name)]
        always = self._editor is None
        made = self._office.proposals.edit(
            record.id, draft["values"], draft["seen"], self._by, reason, always
        )
        if isinstance(made, Proposal):
            self._tell_of(made, record.name, record)
            return [self.say("proposed", code=made.id)]
        return [self.say("saved" if isinstance(made, Made) else "same")]

    def _tell_of(self, proposal: Proposal, name: str, record: Record | None = None) -> None:
        about = record or Record.parse_obj(proposal.wanted)
        self._office.tell_focal_points(about.copy(update={"name": name}), "told.proposal", but=self.pseudonym)

    def _close(self, service_id: str) -> Messages:
        record = self._mine(service_id)
        shown = self._words.say("close_why", self._language, name=record.name)
        return self._ask_why(service_id, {}, {}, shown, verb="close")

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
            return [Message("\n".join((*notes, self._words.say(f"add.{_ADD_STEPS[step]}", self._language))))]
        try:
            record = merged(None, given, added=False)
        except ValueError as error:
            self.draft = None
            return [self.say("not_understood", reason=first_reason(error))]
        shown = f"{self._words.say('add.check', self._language)}\n{self._describe(record)}"
        messages = self._ask_why("", json.loads(record.json()), {}, shown, verb="new")
        return messages

    # Proposals, doubts, changes ---------------------------------------------------------------------------

    def _proposals(self) -> Messages:
        found = [message for _, message in self.proposals()[:LISTED]]
        return found or [self.say("no_proposals")]

    def proposals(self) -> list[tuple[Proposal, Message]]:
        """What waits in the person's area."""
        found = []
        for proposal in self._office.proposals.waiting():
            record = self._subject(proposal)
            if record is not None and self._may_see(record):
                found.append((proposal, self._proposal(proposal, record)))
        return found

    def _subject(self, proposal: Proposal) -> Record | None:
        """The service a proposal is about, as it is or as it shall be added."""
        if proposal.service_id:
            return self._office.service(proposal.service_id)
        return Record.parse_obj(proposal.wanted)

    def _proposal(self, proposal: Proposal, record: Record) -> Message:
        head = "proposal" if proposal.service_id else "proposal_new"
        lines = [self._words.say(head, self._language, code=proposal.id, actor=proposal.actor)]
        lines.append(
            self._words.say("service", self._language, name=record.name, organization=record.organization)
        )
        shown = proposal.wanted if proposal.service_id else {
            name: value for name, value in proposal.wanted.items() if value not in (None, [], {}, False)
            and name in ("needs", "locations", "phones", "hours")
        }  # fmt: skip
        for field, after in shown.items():
            before = proposal.seen.get(field)
            if before != after:
                lines.append(
                    self._words.say(
                        "change",
                        self._language,
                        label=self._words.label(field, self._language),
                        before=in_words(before),
                        after=in_words(after),
                    )
                )
        lines.append(self._words.say("because", self._language, why=proposal.why))
        refuse = self._button("refuse", "refuse", proposal.id)
        if proposal.proposer == self.pseudonym:
            lines.append(self._words.say("own_proposal", self._language))
            return Message("\n".join(lines), (refuse,))
        return Message("\n".join(lines), (self._button("approve", "approve", proposal.id), refuse))

    def _checked(self, code: str) -> Proposal:
        """A proposal about a service of the person's area."""
        proposal = self._office.proposals.get(code)
        record = self._subject(proposal)
        if record is None or not self._may_see(record):
            raise Refusal("this service is not in your area")
        return proposal

    def _approve(self, code: str) -> Messages:
        self._office.proposals.approve(self._checked(code).id, self._by)
        return [self.say("approved")]

    def _refuse(self, code: str) -> Messages:
        self._office.proposals.refuse(self._checked(code).id, self._by)
        return [self.say("refused")]

    def _doubts(self) -> Messages:
        records = self._in_doubt()
        if not records:
            return [self.say("no_doubts")]
        return [self.say("doubts", *(self._show_button(record) for record in records[:LISTED]))]

    def doubts(self) -> list[tuple[Record, str]]:
        """What is in doubt in the person's area, described."""
        return [(record, self._describe(record)) for record in self._in_doubt()]

    def _in_doubt(self) -> list[Record]:
        """Services that were reported, the hidden ones first, then those whose owners are silent."""
        in_doubt = self._office.reports.in_doubt()
        unanswered = self._office.verification.unanswered()
        silent = {each.service_id for each in unanswered if each.state == "escalated"}
        order = sorted(in_doubt, key=lambda each: in_doubt[each] != "hidden") + sorted(silent - set(in_doubt))
        return [record for each in order if (record := self._office.service(each)) and self._may_see(record)]

    def _changes(self) -> Messages:
        lines, buttons = [self._words.say("changes", self._language)], []
        for entry in self._office.changes.history(limit=LISTED * 5):
            record = self._office.service(entry.service_id)
            if record is None or not self._may_see(record):
                continue
            fields = ", ".join(
                self._words.label(name, self._language) for name in entry.after if name in entry.before
            )
            what = self._words.say(f"action.{entry.action}", self._language)
            lines.append(
                self._words.say(
                    "entry",
                    self._language,
                    number=entry.number,
                    date=f"{entry.at:%Y-%m-%d}",
                    name=record.name,
                    what=f"{what}: {fields}" if fields and entry.action == "edit" else what,
                    actor=entry.actor,
                )
            )
            buttons.append(self._button("undo", "undo", entry.number, number=entry.number))
            if len(buttons) == LISTED:
                break
        return [Message("\n".join(lines), tuple(buttons))] if buttons else [self.say("no_changes")]

    def _undo(self, number: str) -> Messages:
        entry = next(
            (each for each in self._office.changes.history(limit=None) if str(each.number) == number), None
        )
        if entry is None:
            return [self.say("gone")]
        self._mine(entry.service_id)
        self._office.changes.revert(entry.number, self._by.actor, "taken back at the desk")
        return [self.say("undone")]

    def _page(self) -> Messages:
        if self._make_link is None:
            return [self.say("no_link")]
        return [self.say("link", address=self._make_link(self.pseudonym, self._by.actor))]

    # Owners -------------------------------------------------------------------------------------------------

    def _owner_answers(self, identity: str, given: str) -> Messages:
        question = self._office.verification.get(identity)
        take_answer(self._office, identity, given, self._by.actor, self.pseudonym)
        if given == "changed" and question is not None:
            buttons = [
                Button(
                    self._words.label(column, self._language),
                    payload_of("field", question.service_id, column),
                )
                for column in FIELDS
            ]
            return [self.say("answered.changed", *buttons)]
        return [self.say(f"answered.{given}")]
