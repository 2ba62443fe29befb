"""`privacy`: what is held, purging it, and the keys."""

from __future__ import annotations

import click

from bot.settings import Settings


@click.group()
def privacy() -> None:
    """What is held about conversations, and how to be rid of it."""


def _open() -> tuple:  # type: ignore[type-arg]
    from bot.app import build_foundation

    foundation = build_foundation(Settings.from_environment())
    return foundation, foundation.store


@privacy.command("report")
def privacy_report() -> None:
    """Say what is held now."""
    foundation, store = _open()
    hours = foundation.knowledge.organisation.retention_hours
    click.echo(
        f"{store.count()} conversations are held: the place in the steps and the facts of the case, encrypted."
    )
    click.echo(f"Each is deleted {hours} hours after its last message. No message text is held.")


@privacy.command("purge")
@click.option(
    "--hours", type=click.FloatRange(min=0), help="Older than this; the organisation's time by default."
)
def privacy_purge(hours: float | None) -> None:
    """Delete what is past its time, now."""
    foundation, store = _open()
    limit = foundation.knowledge.organisation.retention_hours if hours is None else hours
    click.echo(f"{store.purge(limit)} conversations deleted.")


@privacy.command("wipe")
@click.option("--channel", required=True, help="The channel the person writes in, such as rest or telegram.")
@click.option("--person", required=True, help="The channel's own id of the person.")
def privacy_wipe(channel: str, person: str) -> None:
    """Delete one person's conversation. Works while the assistant is not running."""
    foundation, store = _open()
    gone = store.wipe(foundation.keyring.pseudonym(channel, person))
    click.echo("Deleted." if gone else "Nothing was held about that conversation.")


@privacy.command("rotate-keys")
def privacy_rotate_keys() -> None:
    """Make a new encryption key, put everything held under it, and forget the older keys."""
    foundation, store = _open()
    foundation.keyring.add_key()
    count = store.reencrypt()
    foundation.keyring.drop_older_keys()
    click.echo(f"{count} conversations are under a new key; the older keys are gone.")
