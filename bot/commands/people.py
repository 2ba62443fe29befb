"""`people`: invitations for trainers, focal points and administrators."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Optional

import click

from bot.commands.failures import Refused
from bot.commands.serving import plain_failures
from bot.people.invitations import ROLES, VALID_HOURS
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.people.invitations import NewInvitation, People


INVITED_HERE = [role for role in ROLES if role != "owner"]
"""Owners of a service are invited with `directory owner`, which knows the service."""


@click.group()
def people() -> None:
    """Who may do what in Telegram. People are known by pseudonym only."""


def _people() -> People:
    from bot.people.invitations import People
    from bot.privacy.keys import Keyring
    from bot.storage.engine import shared_engine
    from bot.storage.migrations import migrate_engine

    with plain_failures():
        settings = Settings.from_environment()
        settings.home.mkdir(parents=True, exist_ok=True)
        engine = shared_engine(settings.database_url)
        migrate_engine(engine)
        return People(engine, Keyring(settings.home))


@people.command("invite")
@click.option("--role", required=True, type=click.Choice(INVITED_HERE), help="What the person may do.")
@click.option("--area", help="Only there: the P-code of a district. Everywhere by default.")
@click.option("--label", help="A note for yourself, such as “trainer for Tesh”; kept encrypted.")
@click.option("--bot", "bot_name", help="The bot's user name, to print a link instead of a word to send.")
def people_invite(role: str, area: Optional[str], label: Optional[str], bot_name: Optional[str]) -> None:
    """Make an invitation. It is shown once, works once, and runs out after three days."""
    show_invitation(_people().invite(role, area, label), bot_name)  # type: ignore[arg-type]


def show_invitation(made: NewInvitation, bot_name: Optional[str]) -> None:
    """Prints an invitation, once."""
    role, area = made.role, made.area
    click.echo(f"Invitation {made.id}: {role}{f' in {area}' if area else ''}, good for {VALID_HOURS} hours, once.")
    if bot_name:
        click.echo(f"https://t.me/{bot_name.lstrip('@')}?start={made.token}")
    else:
        click.echo(f"Let the person write this to the bot: /start {made.token}")


@people.command("list")
def people_list() -> None:
    """List the invitations and what became of them."""
    for each in _people().invitations():
        until = datetime.fromtimestamp(each.expires_at, timezone.utc).strftime("%Y-%m-%d %H:%M")
        row = f"{each.id}  {each.state:8} {each.role:14} {each.area or '-':8} until {until} UTC"
        click.echo(f"{row}  {each.label}" if each.label else row)


@people.command("revoke")
@click.argument("identity", metavar="ID")
def people_revoke(identity: str) -> None:
    """Take an invitation back, and the role it gave."""
    if not _people().revoke(identity):
        raise Refused(f"There is no invitation {identity} that could be taken back; `people list` shows them all.")
    click.echo(f"Invitation {identity.upper()} is taken back, and with it the role it gave.")
