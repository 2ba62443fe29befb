"""`practice results` and `practice overrides`: figures of sessions, and lines for the next model."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

import click

from bot.commands.failures import Refused
from bot.commands.practice import practice
from bot.commands.serving import plain_failures
from bot.settings import Settings


@practice.command("results")
@click.argument("code")
@click.option("--csv", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures as CSV.")
@click.option("--xlsx", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures as a workbook.")
@click.option("--chart", type=click.Path(dir_okay=False, path_type=Path), help="Draw the figures as a PNG.")
@click.option("--link", is_flag=True, help="Make a one-time link to the page instead.")
def show_results(
    code: str, csv: Optional[Path], xlsx: Optional[Path], chart: Optional[Path], link: bool
) -> None:
    """Show the figures of a session. Groups of fewer than five people are left out, here too."""
    from bot.app import build_foundation, build_trainers_desk
    from bot.practice.cohorts.sheets import csv_of, xlsx_of
    from bot.practice.cohorts.telling import told
    from bot.wording.catalogue import SOURCE_LANGUAGE

    with plain_failures():
        foundation = build_foundation(Settings.from_environment())
    desk, renderer = build_trainers_desk(foundation), foundation.knowledge.renderer
    if not desk.knows(code):
        raise Refused(f"There is no session {code.upper()}.")
    if link:
        address = desk.link(code)
        if address is None:
            raise Refused("Links need an address: set DISCLOSURE_GUIDE_PUBLIC_URL.")
        click.echo(address)
        return
    report = desk.report(code)

    def say(text_id: str) -> str:
        return renderer.line(text_id, SOURCE_LANGUAGE)

    click.echo(renderer.render(told(report, desk.scenario), SOURCE_LANGUAGE).text)
    if csv is not None:
        _write(csv, csv_of(report, say, desk.scenario))
    if xlsx is not None:
        _write(xlsx, xlsx_of(report, say, desk.scenario))
    if chart is not None:
        picture = desk.picture(report, SOURCE_LANGUAGE)
        if picture is None:
            raise Refused("There is nothing to draw: figures come once five people have played.")
        _write(chart, picture)


@practice.command("overrides")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_overrides(file: Path) -> None:
    """Write sentences whose judgement was changed, without names, as candidates for data/moves.

    With several languages, each gets a file of its own: FILE with the language before its ending. Read every line
    before you take it in.
    """
    from bot.app import build_foundation
    from bot.practice.cohorts.overrides import Overrides, as_yaml, candidate_lines
    from bot.storage.engine import shared_engine

    with plain_failures():
        foundation = build_foundation(Settings.from_environment())
    engine = shared_engine(foundation.settings.database_url)
    changes = Overrides(engine, foundation.keyring).all()
    lines = candidate_lines(changes)
    for language, said in sorted(lines.items()):
        own = file if len(lines) == 1 else file.with_suffix(f".{language}{file.suffix}")
        _write(own, as_yaml(said).encode())
    number = sum(len(found) for said in lines.values() for found in said.values())
    click.echo(f"{len(changes)} judgements were changed; {number} of the sentences may be used.")


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise Refused(f"{file} cannot be written: {error.strerror}.") from error
    click.echo(f"Wrote {file}.")
