"""`serve` and `chat`: the running assistant."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING, Iterator

import click

from bot.commands.failures import Refused
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.practice.theatre.foyer import Foyer


def progress(sentence: str) -> None:
    """Says what takes time, on stderr."""
    click.echo(sentence, err=True)


@contextlib.contextmanager
def plain_failures() -> Iterator[None]:
    """Turns what can go wrong at the start into one sentence."""
    from bot.app import CannotStart
    from bot.assistant.training import TrainingError
    from bot.guidance.loader import ContentError
    from bot.guidance.organisation import OrganisationError
    from bot.privacy.keys import KeyFileError
    from bot.settings import SettingsError
    from bot.understanding.onnx_encoder import EncoderError

    known = (CannotStart, TrainingError, ContentError, OrganisationError, KeyFileError, SettingsError, EncoderError)
    try:
        yield
    except known as error:
        raise Refused(str(error)) from error


def refuse_busy_port(settings: Settings) -> None:
    """Fails before the slow part of the start when somebody else has the port.

    Raises:
        Refused: the address cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise Refused(
                f"The address {settings.host}:{settings.port} is not free ({error.strerror}); "
                "set DISCLOSURE_GUIDE_BIND to another one."
            ) from error


def refuse_open_route(settings: Settings) -> None:
    """The REST route must not be open to a network.

    Raises:
        Refused: the address is not loopback and no token is set.
    """
    if not settings.is_loopback and settings.api_token is None:
        raise Refused(
            f"{settings.host} can be reached from other machines: set DISCLOSURE_GUIDE_API_TOKEN first, "
            "or keep DISCLOSURE_GUIDE_BIND on 127.0.0.1."
        )


def refuse_unknown_token(settings: Settings) -> None:
    """Fails before the slow part of the start when Telegram does not know the token.

    Raises:
        Refused: Telegram does not accept it.
    """
    if settings.telegram is None:
        return
    from bot.telegram.front_end import TokenRefused, check_token

    try:
        asyncio.run(check_token(settings.telegram))
    except TokenRefused as error:
        raise Refused(str(error)) from error


@click.command()
def serve() -> None:
    """Serve the web chat, the REST route and, with TELEGRAM_BOT_TOKEN, Telegram."""
    with plain_failures():
        settings = Settings.from_environment()
        refuse_open_route(settings)
        refuse_busy_port(settings)
        refuse_unknown_token(settings)
        from bot.app import build_foundation, build_gateway, build_telegram, build_web, ensure_model
        from bot.understanding.noticing import load_languages

        foundation = build_foundation(settings)
        model = ensure_model(settings, progress)
        progress("Starting …")
        gateway = build_gateway(foundation, model)
        application = build_web(foundation, gateway, build_telegram(foundation, gateway))
        load_languages()
    _run(application, settings)


def _run(application: object, settings: Settings) -> None:
    import uvicorn

    config = uvicorn.Config(
        application,  # type: ignore[arg-type]
        host=settings.host,
        port=settings.port,
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=5,
    )
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    progress(f"Open http://{host}:{settings.port} in a browser. Ctrl-C stops.")
    uvicorn.Server(config).run()


@click.command()
def train() -> None:
    """Train the models of the guide and of practice, where there are none for the files as they are."""
    with plain_failures():
        from bot.app import ensure_model

        click.echo(f"{ensure_model(Settings.from_environment(), progress).name} is up to date.")


@click.command()
def chat() -> None:
    """Talk to the assistant in the terminal; a number presses that button, Ctrl-D ends and clears. In a session an
    empty line shows what the others did."""
    with plain_failures():
        settings = Settings.from_environment()
        from bot.app import build_foundation, build_gateway, ensure_model
        from bot.theatres import LateFrontEnd, build_foyer

        foundation = build_foundation(settings)
        gateway = build_gateway(foundation, ensure_model(settings, progress))
        foyer = build_foyer(foundation, gateway, LateFrontEnd().links(foundation))
    asyncio.run(_talk(foyer))


async def _talk(foyer: Foyer) -> None:
    import secrets

    person = secrets.token_hex(16)
    messages = await foyer.shown("terminal", person)
    while True:
        buttons = _print(messages)
        try:
            said = (await asyncio.to_thread(input, "> ")).strip()
        except (EOFError, KeyboardInterrupt):
            click.echo()
            break
        pressed = buttons[int(said) - 1] if said.isdigit() and 0 < int(said) <= len(buttons) else None
        messages = await foyer.send("terminal", person, pressed or said)
    for message in await foyer.wipe("terminal", person):
        click.echo(message.text)


def _print(messages: list) -> list:  # type: ignore[type-arg]
    """Prints messages with numbered buttons; returns the buttons' payloads in that order."""
    payloads = []
    for message in messages:
        click.echo(f"\n{message.text}")
        for button in message.buttons:
            payloads.append(button.payload)
            click.echo(f"  [{len(payloads)}] {button.title}")
    return payloads
