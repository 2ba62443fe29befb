"""`content`: checks the guidance and says what still awaits review."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.commands.failures import Refused


@click.group()
def content() -> None:
    """The guidance: check it, and see what a specialist still has to review."""


@content.command("check")
def content_check() -> None:
    """Refuse broken references, missing answers and sources, and over-long messages; list what awaits review."""
    from bot.guidance.check import check, read_catalogue, unreviewed
    from bot.guidance.loader import CONTENT, ContentError, load_library

    try:
        library = load_library()
    except (ContentError, KeyError) as error:
        raise Refused(f"The content cannot be read: {error}.") from error
    findings = check(library, *read_catalogue(CONTENT / "catalogue.yml"))
    waiting = unreviewed(library)
    click.echo(f"{len(waiting)} of {len(library.guidance())} texts await a specialist's review:")
    for guidance in waiting:
        click.echo(f"  {guidance.risk.value:6} {guidance.id}  ({', '.join(guidance.sources)})")
    for finding in findings:
        click.echo(str(finding), err=True)
    if findings:
        raise Refused(f"{len(findings)} problems must be mended before the content can be used.")
    click.echo("No problems found.")


@content.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def content_status(as_json: bool) -> None:
    """Count the texts by risk and review state."""
    from collections import Counter

    from bot.guidance.loader import library

    counts = Counter((guidance.risk.value, guidance.review.value) for guidance in library().guidance())
    rows = [{"risk": risk, "review": review, "texts": n} for (risk, review), n in sorted(counts.items())]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo(f"{row['risk']:7} review {row['review']:7} {row['texts']:4}")


@content.command("template")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def content_template(file: Path) -> None:
    """Write the gettext template that translations start from, one entry a text."""
    from bot.guidance.loader import library
    from bot.telegram.texts import telegram_texts
    from bot.web.page import page_texts
    from bot.wording.catalogue import write_template

    texts = {**library().texts, **page_texts(), **telegram_texts()}
    write_template(texts, file)
    click.echo(f"{len(texts)} texts written to {file}.")
