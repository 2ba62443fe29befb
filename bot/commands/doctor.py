"""`doctor`: says what is missing or wrong in this installation."""

from __future__ import annotations

import click

from bot.commands.failures import Refused
from bot.commands.serving import plain_failures
from bot.settings import Settings


@click.command()
def doctor() -> None:
    """Check settings, database, guidance, model and the organisation's own fields."""
    with plain_failures():
        from bot.app import build_foundation
        from bot.assistant.training import current_model
        from bot.guidance.check import check, read_catalogue, unreviewed_high_risk
        from bot.guidance.loader import CONTENT, library

        settings = Settings.from_environment()
        foundation = build_foundation(settings)
        findings = check(library(), *read_catalogue(CONTENT / "catalogue.yml"))
    organisation = foundation.knowledge.organisation
    lines = [
        ("database", "answers", True),
        (
            "guidance",
            "no problems" if not findings else f"{len(findings)} problems: content check",
            not findings,
        ),
        ("review", f"{len(unreviewed_high_risk(library()))} high-risk texts await a specialist", True),
        (
            "model",
            "up to date" if current_model(settings.models) else "will be trained at the next start",
            True,
        ),
        (
            "directory",
            "fictional sample" if foundation.knowledge.directory.is_sample else "your own services",
            True,
        ),
        (
            "contacts",
            ", ".join(organisation.empty_contacts) + " are empty" if organisation.empty_contacts else "set",
            True,
        ),
    ]
    for name, said, good in lines:
        click.echo(f"{'ok  ' if good else 'FAIL'}  {name:10} {said}")
    if not all(good for _, _, good in lines):
        raise Refused("Some checks failed.")
