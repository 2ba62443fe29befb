"""`privacy`: what is held, purging it, and the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bot.commands.failures import Refused
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.app import Foundation
    from bot.telegram.store import ChatStore


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
    results, worded = _practice_kept(foundation)
    click.echo(
        f"{results} results of practice are held for people who asked for it, {worded} of them with words, masked."
    )


def _practice_kept(foundation: Foundation) -> tuple[int, int]:
    """How many results of practice are held, and how many with words."""
    from bot.practice.cohorts.results import Results
    from bot.storage.engine import shared_engine

    engine = shared_engine(foundation.settings.database_url)
    return Results(engine, foundation.keyring).count()


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
    if channel == "telegram":
        gone = _forget_chat(foundation, person)
    else:
        gone = store.wipe(foundation.keyring.pseudonym(channel, person))
    gone = _forget_practice(foundation, channel, person) or gone
    click.echo("Deleted." if gone else "Nothing was held about that conversation.")


def _forget_practice(foundation: Foundation, channel: str, person: str) -> bool:
    """Forgets somebody's places in sessions, results, words and invitations; whether there were any."""
    from bot.practice.cohorts.members import Members
    from bot.storage.engine import shared_engine
    from bot.theatres import LateFrontEnd, build_theatre

    members = Members(shared_engine(foundation.settings.database_url), foundation.keyring)
    seat = foundation.keyring.pseudonym(channel, person)
    if channel == "telegram":
        seat = _chats(foundation).pseudonym(int(person))
    is_known = bool(members.of(seat))
    build_theatre(foundation, LateFrontEnd().links(foundation)).forget(seat)
    return is_known


def _forget_chat(foundation: Foundation, number: str) -> bool:
    """Forgets a Telegram chat; its messages stay, because only the running front end can delete them."""
    if not number.lstrip("-").isdigit():
        raise Refused("In Telegram --person is the chat's number, such as 123456789.")
    chats = _chats(foundation)
    chat = chats.chat(chats.pseudonym(int(number)))
    if chat is None:
        return False
    chats.abandon(chat)
    return True


def _chats(foundation: Foundation) -> ChatStore:
    from bot.storage.engine import shared_engine
    from bot.telegram.store import ChatStore

    return ChatStore(shared_engine(foundation.settings.database_url), foundation.keyring, foundation.store, 0)


@privacy.command("rotate-keys")
def privacy_rotate_keys() -> None:
    """Make a new encryption key, put everything held under it, and forget the older keys."""
    from bot.storage.engine import shared_engine
    from bot.storage.reencryption import reencrypt

    foundation, _ = _open()
    foundation.keyring.add_key()
    count = reencrypt(shared_engine(foundation.settings.database_url), foundation.keyring.rotate)
    foundation.keyring.drop_older_keys()
    click.echo(f"{count} records are under a new key; the older keys are gone. Restart what is running.")
