"""`directory`: its upkeep from the command line: show, confirm, change, approve, history, owners."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

import click

from bot.commands.directory import directory, open_office
from bot.commands.failures import Refused
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.directory.record import Record
    from bot.directory.upkeep.office import Office
    from bot.directory.upkeep.proposals import Editor


def _editor() -> Editor:
    from bot.directory.changes import COMMAND_LINE
    from bot.directory.upkeep.proposals import Editor

    return Editor(COMMAND_LINE, COMMAND_LINE)


def _service(office: Office, wanted: str) -> Record:
    """A service by its id, its name or part of that.

    Raises:
        Refused: none fits, or several.
    """
    from bot.directory.spelling import fold
    from bot.directory.upkeep.finding import find_services

    if record := office.service(wanted):
        return record
    with office.sessions() as session:
        near = find_services(session, office.directory.gazetteer(), wanted)
    exact = [each for each in near if fold(each.name) == fold(wanted)]
    found = exact or [each for each in near if fold(wanted) in fold(each.name)]
    if not found:
        raise Refused(f"There is no service “{wanted}”; `directory search` and `directory show` find them.")
    if len(found) > 1:
        named = "; ".join(f"{each.name} ({each.id})" for each in found[:5])
        raise Refused(f"Several services fit “{wanted}”: {named}.")
    return found[0]


@directory.command("show")
@click.argument("service")
def directory_show(service: str) -> None:
    """Show one service in full, by name or id, with what staff reported of it."""
    from bot.directory.exchange.cell_writing import write
    from bot.directory.exchange.columns import COLUMNS

    office = open_office()
    record = _service(office, service)
    for column in COLUMNS:
        if text := write(column, record):
            click.echo(f"{column}: {text}")
    if counts := office.reports.counts(record.id):
        doubt = office.reports.in_doubt().get(record.id, "not in doubt")
        click.echo(f"reports: {office.wording.reports(counts, 'en')} ({doubt})")


@directory.command("confirm")
@click.argument("service")
def directory_confirm(service: str) -> None:
    """Note that a service is right as of today; what was reported of it is settled."""
    office = open_office()
    record = _service(office, service)
    office.changes.confirm(record.id, _editor().actor, "confirmed at the command line")
    office.reports.clear(record.id)
    office.verification.settle(record.id)
    click.echo(f"{record.name} is confirmed as of today.")


@directory.command("change")
@click.argument("service")
@click.argument("column")
@click.argument("value")
@click.option("--why", required=True, help="How you know.")
def directory_change(service: str, column: str, value: str, why: str) -> None:
    """Change one column of a service; a single - takes the value away. Phones and addresses need approval."""
    from bot.directory.changes import Refusal, first_reason
    from bot.directory.exchange.cells import READERS, CellRefused, Reading, find_place, read
    from bot.directory.exchange.exchange import country_of
    from bot.directory.exchange.plan import RowRefused, merged
    from bot.directory.record import difference
    from bot.directory.upkeep.proposals import Proposal

    office = open_office()
    record = _service(office, service)
    if column not in READERS or column == "id":
        raise Refused(f"There is no column “{column}”; `directory export FILE.csv` shows them.")
    gazetteer = office.directory.gazetteer()
    reading = Reading(gazetteer, country_of(gazetteer))
    try:
        found = (
            find_place(value, reading).code
            if column == "place" and value != "-"
            else read(column, value, reading)
        )
        wanted = merged(record, found if isinstance(found, dict) else {column: found}, added=False)
        fields = difference(record, wanted)
        values = {name: new for name, (_, new) in fields.items()}
        seen = {name: old for name, (old, _) in fields.items()}
        made = office.proposals.edit(record.id, values, seen, _editor(), why) if fields else None
    except (CellRefused, RowRefused, Refusal) as error:
        raise Refused(f"Not changed: {error}.") from error
    except ValueError as error:
        raise Refused(f"Not changed: {first_reason(error)}.") from error
    for note in reading.notes:
        click.echo(f"Understood: {note}")
    if made is None:
        click.echo("It says so already.")
    elif isinstance(made, Proposal):
        click.echo(
            f"Proposed as {made.id}: somebody else approves it, by /directory in Telegram or on the pages."
        )
    else:
        click.echo(f"Changed, as number {made.number}.")


@directory.command("close")
@click.argument("service")
@click.option("--why", required=True, help="How you know.")
def directory_close(service: str, why: str) -> None:
    """Close a service for good. It stays in the history and can be taken back."""
    office = open_office()
    record = _service(office, service)
    made = office.changes.close(record.id, _editor().actor, why)
    click.echo(f"{record.name} is closed." if made else f"{record.name} is closed already.")


@directory.command("proposals")
def directory_proposals() -> None:
    """List what waits for approval."""
    from bot.directory.upkeep.wording import in_words

    office = open_office()
    for proposal in office.proposals.waiting():
        record = office.service(proposal.service_id) if proposal.service_id else None
        name = record.name if record else proposal.wanted.get("name", "")
        click.echo(f"{proposal.id}  {proposal.at:%Y-%m-%d}  {name}  by {proposal.actor}: {proposal.why}")
        for field, after in proposal.wanted.items():
            if proposal.seen.get(field) != after and after not in (None, [], {}):
                click.echo(f"    {field}: {in_words(proposal.seen.get(field))} → {in_words(after)}")


@directory.command("approve")
@click.argument("code")
def directory_approve(code: str) -> None:
    """Approve a proposal that somebody else made."""
    from bot.directory.changes import Refusal

    try:
        made = open_office().proposals.approve(code, _editor())
    except Refusal as error:
        raise Refused(f"Not approved: {error}.") from error
    click.echo(f"Approved, as number {made.number}.")


@directory.command("refuse")
@click.argument("code")
def directory_refuse(code: str) -> None:
    """Let a proposal go."""
    from bot.directory.changes import Refusal

    try:
        open_office().proposals.refuse(code, _editor())
    except Refusal as error:
        raise Refused(f"Not let go: {error}.") from error
    click.echo("Let go; nothing was changed.")


@directory.command("history")
@click.argument("service", required=False)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="How many changes.")
@click.option(
    "--check", is_flag=True, help="Find out whether anything was changed behind the application's back."
)
def directory_history(service: Optional[str], limit: int, check: bool) -> None:
    """List the latest changes: number, when, who, what, why."""
    from bot.directory.upkeep.wording import in_words

    office = open_office()
    if check:
        faults = office.changes.check()
        for fault in faults:
            click.echo(fault.sentence)
        if faults:
            raise Refused(
                "The history or the directory was changed by something other than this application."
            )
        click.echo("The history is whole, and the directory says what it says.")
        return
    record = _service(office, service) if service else None
    for entry in office.changes.history(record.id if record else None, limit):
        known = office.service(entry.service_id)
        name = (
            known.name if known else entry.before.get("name") or entry.after.get("name") or entry.service_id
        )
        click.echo(
            f"{entry.number}  {entry.at:%Y-%m-%d %H:%M}  {entry.actor}  {entry.action} ({entry.batch})  {name}"
        )
        if entry.before and entry.after:
            for field, after in entry.after.items():
                click.echo(f"    {field}: {in_words(entry.before.get(field))} → {in_words(after)}")
        if entry.why:
            click.echo(f"    {entry.why}")


@directory.command("revert")
@click.argument("what")
@click.option("--why", default="taken back at the command line", help="Why.")
def directory_revert(what: str, why: str) -> None:
    """Take back a change by its number, or a whole import by its code. What was changed again since stays."""
    from bot.directory.changes import Refusal

    changes, actor = open_office().changes, _editor().actor
    try:
        if what.isdigit() and len(what) < 6:
            changes.revert(int(what), actor, why)
            number = 1
        else:
            number = changes.revert_batch(what, actor, why)
    except Refusal as error:
        raise Refused(f"Nothing was taken back: {error}.") from error
    click.echo(f"Taken back: {number} change{'' if number == 1 else 's'}.")


@directory.command("owner")
@click.argument("service")
@click.option(
    "--email", help="Ask this address every month whether the service is still right; - for nobody."
)
@click.option("--invite", is_flag=True, help="Make an invitation for somebody to answer in Telegram.")
@click.option("--bot", "bot_name", help="The bot's user name, to print a link instead of a word to send.")
def directory_owner(service: str, email: Optional[str], invite: bool, bot_name: Optional[str]) -> None:
    """Say who is asked every month whether a service is still right."""
    from bot.commands.people import show_invitation
    from bot.directory.changes import Refusal

    office = open_office()
    record = _service(office, service)
    if email:
        try:
            office.changes.edit(
                record.id, {"assurer_email": None if email == "-" else email}, _editor().actor, "owner"
            )
        except Refusal as error:
            raise Refused(f"Not changed: {error}.") from error
        click.echo(
            f"{record.name}: nobody is written to." if email == "-" else f"{record.name}: {email} is asked."
        )
        if email != "-" and Settings.from_environment().mail is None:
            click.echo("No e-mails are sent yet: set DISCLOSURE_GUIDE_SMTP_URL.")
    if invite:
        show_invitation(office.people.invite("owner", record.id), bot_name)
    if not email and not invite:
        raise Refused("Say how the owner is asked: --email ADDRESS or --invite.")


@directory.command("remove-sample")
def directory_remove_sample() -> None:
    """Take the fictional country out, before your own services come in."""
    from bot.directory.sample import remove_sample

    office = open_office()
    if not office.directory.is_sample:
        raise Refused("The directory does not hold the sample.")
    with office.sessions() as session, session.begin():
        removed = remove_sample(session, office.changes, _editor().actor)
    office.directory.forget_sample()
    click.echo(f"{removed} fictional services are out, with their places. Import your own places and services now.")


@directory.command("link")
def directory_link() -> None:
    """Make a one-time link to the pages: approvals, doubts, files."""
    from bot.directory.upkeep.links import Links

    office = open_office()
    address = Settings.from_environment().public_url
    if address is None:
        raise Refused("Links need an address: set DISCLOSURE_GUIDE_PUBLIC_URL.")
    editor = _editor()
    click.echo(f"{address}/desk/{Links(office.sessions).make(editor.pseudonym, editor.actor)}")
