"""`directory`: services from the command line: look-up, files in and out. Its upkeep is in `directory_upkeep`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Optional, Sequence

import click

from bot.commands.failures import Refused
from bot.commands.serving import plain_failures
from bot.directory.codes import NEEDS
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.directory.exchange.plan import Plan
    from bot.directory.exchange.tables import Where
    from bot.directory.upkeep.office import Office


def open_office() -> Office:
    """The upkeep of this installation's directory."""
    from bot.app import build_foundation, build_office

    with plain_failures():
        return build_office(build_foundation(Settings.from_environment()))


def counted(number: int, word: str) -> str:
    """`1 thing`, `2 things`."""
    return f"{number} {word}{'' if number == 1 else 's'}"


SHOWN, VANISHED_SHOWN = 60, 10
"""Lines of one kind that are printed; --json has them all. What is not in a file is often most of the directory."""


def show_plan(plan: Plan) -> None:
    """Prints what an import would do."""
    from bot.directory.upkeep.wording import in_words

    def at(where: Where) -> str:
        return f"{where.sheet}, row {where.row}" if where.sheet else f"row {where.row}"

    lines = [f"+ {record.name} ({record.organization}), {at(where)}" for record, where in plan.new]
    for change in plan.changed:
        lines.append(f"~ {change.after.name} ({change.after.organization}), {at(change.where)}")
        lines += [
            f"    {name}: {in_words(old)} → {in_words(new)}" for name, (old, new) in change.fields.items()
        ]
    _print(lines)
    _print(
        [f"? {each.name} ({each.organization}): not in the file" for each in plan.vanished], VANISHED_SHOWN
    )
    _print([f"i {at(each.where)}, {each.column}: {each.reason}" for each in plan.notes])
    _print([f"! {at(each.where)}, {each.column}: {each.reason}" for each in plan.refused])
    if plan.unknown_columns:
        click.echo(f"Columns not read: {', '.join(plan.unknown_columns)}")
    if plan.skipped_sheets:
        click.echo(f"Sheets not read: {', '.join(plan.skipped_sheets)}")
    if plan.new_places or plan.changed_places:
        click.echo(f"Places: {plan.new_places} new, {plan.changed_places} changed.")
    click.echo(
        f"{len(plan.new)} new, {len(plan.changed)} changed, {plan.same} the same, "
        f"{len(plan.vanished)} not in the file, {len(plan.refused)} refused."
    )


def _print(lines: Sequence[str], most: int = SHOWN) -> None:
    for line in lines[:most]:
        click.echo(line)
    if len(lines) > most:
        click.echo(f"  … and {len(lines) - most} more")


@click.group()
def directory() -> None:
    """The directory of services."""


@directory.command("search")
@click.argument("text", required=False)
@click.option("--need", type=click.Choice(NEEDS), help="What is needed.")
@click.option("--place", help="Where: a name, as people write it, or a P-code.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def directory_search(text: Optional[str], need: Optional[str], place: Optional[str], as_json: bool) -> None:
    """Search by plain words ("doctor for a woman tonight near gate 3") or by need and place."""
    from dataclasses import asdict
    from datetime import datetime, timezone

    from bot.app import build_foundation
    from bot.directory.query import Query
    from bot.directory.replies import ask_place, result_replies
    from bot.wording.reply import Part

    with plain_failures():
        foundation = build_foundation(Settings.from_environment())
    services = foundation.knowledge.directory
    said = services.understand(text) if text else None
    wanted = need or (said.need if said else None)
    if wanted is None:
        raise Refused(
            "Say what is needed, for example: disclosure-guide directory search --need health --place NAME."
        )
    query = (
        Query(**{**asdict(said), "need": wanted, "place": place or said.place})
        if said
        else Query(wanted, place)
    )
    result = services.search(query)
    if as_json:
        click.echo(json.dumps(result.as_dict(), ensure_ascii=False, indent=2))
        return
    otherwise = foundation.knowledge.replies.answer("no_service_available", {}, None).parts
    now = datetime.now(timezone.utc)
    renderer = foundation.knowledge.renderer

    def length(part: Part) -> int:
        return len(renderer.line(part.id, "en", part.params))

    replies = (
        (ask_place(query.need, result.ambiguous, ambiguous=True),)
        if result.ambiguous
        else result_replies(result, query, now, (), services.is_sample, length, otherwise)
    )
    for reply in replies:
        message = renderer.render(reply, "en")
        titles = [button.title for button in message.buttons] if result.ambiguous else []
        click.echo("\n".join((message.text, *titles)) + "\n")


@directory.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--apply", "applied", is_flag=True, help="Do it. Without this, only say what would change.")
@click.option("--close-vanished", is_flag=True, help="Close services the file does not name.")
@click.option("--without-refused", is_flag=True, help="Apply the rest although rows are refused.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def directory_import(
    file: Path, applied: bool, close_vanished: bool, without_refused: bool, as_json: bool
) -> None:
    """Read a spreadsheet (XLSX, CSV, HXL) or HSDS file and say what would change; with --apply, change it."""
    from dataclasses import replace

    from bot.directory.changes import COMMAND_LINE, Refusal
    from bot.directory.exchange.files import FileRefused

    office = open_office()
    try:
        read = office.exchange.read_file(file)
    except FileRefused as error:
        raise Refused(str(error)) from error
    if as_json and not applied:
        click.echo(json.dumps(read.plan.as_dict(), ensure_ascii=False, indent=2))
    elif not as_json:
        show_plan(read.plan)
    if not applied:
        if read.plan.refused:
            raise Refused(
                f"Nothing was changed: {counted(len(read.plan.refused), 'thing')} must be put right first."
            )
        if not as_json:
            click.echo("Nothing was changed. Add --apply to do it.")
        return
    if without_refused:
        read = replace(read, plan=replace(read.plan, refused=()))
    try:
        batch = office.exchange.apply(read, COMMAND_LINE, f"import of {file.name}"[:400], close_vanished)
    except Refusal as error:
        raise Refused(f"Nothing was changed: {error}.") from error
    except ValueError as error:
        raise Refused(f"Nothing was changed: {error}.") from error
    if as_json:
        click.echo(json.dumps({**read.plan.as_dict(), "batch": batch}, ensure_ascii=False, indent=2))
    else:
        click.echo(f"Done, as import {batch}. `disclosure-guide directory revert {batch}` takes it back.")


@directory.command("export")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--place", help="For a pathway card (.pdf): the place it is for.")
@click.option("--language", default="en", show_default=True, help="For a pathway card: its language.")
@click.option("--assistant", help="For a pathway card: the address its QR code leads to.")
@click.option("--full", is_flag=True, help="For your own upkeep: with what is confidential (.xlsx, .csv).")
def directory_export(
    file: Path, place: Optional[str], language: str, assistant: Optional[str], full: bool
) -> None:
    """Write the directory: .xlsx, .csv, .hxl.csv, .hsds.json, .hsds.zip, or a pathway card as .pdf.

    Nothing that leads to a confidential service is written, unless --full is given for a spreadsheet.
    """
    from bot.directory.exchange.exchange import ending_of

    office = open_office()
    if file.name.lower().endswith(".pdf"):
        content = _card(office, place, language, assistant)
    else:
        ending = ending_of(file)
        if ending is None:
            raise Refused(
                f"{file.name} names no format: let it end with .xlsx, .csv, .hxl.csv, .hsds.json, .hsds.zip or .pdf."
            )
        if full and "hsds" in ending:
            raise Refused("HSDS files are for others: --full is for .xlsx and .csv.")
        content = office.exchange.export(ending, shared=not full)
    try:
        file.write_bytes(content)
    except OSError as error:
        raise Refused(f"{file} cannot be written: {error.strerror}.") from error
    click.echo(f"Written to {file}.")


def _card(office: Office, place: Optional[str], language: str, assistant: Optional[str]) -> bytes:
    from bot.app import build_foundation
    from bot.directory.cards import NoSuchPlace, card_of
    from bot.directory.exchange.card import pathway_card

    foundation = build_foundation(Settings.from_environment())
    if not place:
        raise Refused("A pathway card is for one place: add --place NAME.")
    texts = foundation.knowledge.renderer.texts
    if language not in texts.languages:
        raise Refused(f"There are no texts in “{language}”; there are: {', '.join(texts.languages)}.")
    try:
        content = card_of(place, foundation.knowledge.directory, texts, language, assistant)
    except NoSuchPlace as error:
        raise Refused(str(error)) from error
    return pathway_card(content)


@directory.command("generate")
@click.argument("services", type=click.IntRange(1, 200_000))
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same directory.")
def directory_generate(services: int, file: Path, seed: int) -> None:
    """Write a made-up directory of any size, for trying things out (.xlsx, .csv, .hsds.json …)."""
    from datetime import datetime, timezone

    from bot.directory.changes import Changes
    from bot.directory.exchange.exchange import Exchange, ending_of
    from bot.directory.generate import generate
    from bot.storage.engine import open_engine, session_factory
    from bot.storage.migrations import migrate_engine

    ending = ending_of(file)
    if ending is None:
        raise Refused(
            f"{file.name} names no format: let it end with .xlsx, .csv, .hxl.csv, .hsds.json or .hsds.zip."
        )
    engine = open_engine("sqlite://")
    migrate_engine(engine)
    sessions = session_factory(engine)
    with sessions() as session:
        generate(session, services, today=datetime.now(timezone.utc).date(), seed=seed)
        session.commit()
    file.write_bytes(Exchange(sessions, Changes(sessions, str)).export(ending))
    click.echo(f"{services} made-up services written to {file}.")


@directory.command("gaps")
def directory_gaps() -> None:
    """List what people looked for in vain, by month, need and area. Small numbers are not shown."""
    from bot.app import build_foundation
    from bot.directory.gaps import FEWEST_SHOWN

    with plain_failures():
        services = build_foundation(Settings.from_environment()).knowledge.directory
    for gap, area in services.gaps():
        number = f"fewer than {FEWEST_SHOWN}" if gap.searches is None else str(gap.searches)
        click.echo(f"{gap.month}  {gap.need:20} {area:24} {gap.outcome:10} {number}")
