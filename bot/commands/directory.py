"""`directory`: look up services from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Optional

import click

from bot.commands.failures import Refused
from bot.commands.serving import plain_failures
from bot.directory.codes import NEEDS
from bot.settings import Settings


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


@directory.command("export")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
def directory_export(file: Path) -> None:
    """Write the services as HSDS 3 JSON. Nothing that leads to a confidential service is written."""
    from bot.directory.exchange.hsds import services
    from bot.storage.engine import session_factory, shared_engine
    from bot.storage.migrations import migrate_engine

    with plain_failures():
        settings = Settings.from_environment()
        engine = shared_engine(settings.database_url)
        migrate_engine(engine)
    with session_factory(engine)() as session:
        exported = services(session)
    try:
        file.write_text(json.dumps(exported, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise Refused(f"{file} cannot be written: {error.strerror}.") from error
    click.echo(f"{len(exported)} services written to {file}.")


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
