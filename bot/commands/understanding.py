"""`understand`: what the assistant makes of messages, one JSON object a line."""

from __future__ import annotations

import json
import sys

import click

from bot.commands.serving import plain_failures, progress
from bot.settings import Settings


@click.command()
@click.option(
    "--language", type=click.Choice(["en"]), help="The language of the messages; detected by default."
)
def understand(language: str | None) -> None:
    """Read one message a line on standard input and print what is understood, as JSON.

    Nothing is stored.
    """
    with plain_failures():
        from bot.app import ensure_model
        from bot.assistant.model_file import read_models
        from bot.understanding.detection import detect
        from bot.understanding.reading import Reader

        reader = Reader(*read_models(ensure_model(Settings.from_environment(), progress)))
    for line in sys.stdin:
        text = line.rstrip("\r\n")
        print(
            json.dumps(reader.read(text, language or detect(text)).as_dict(), ensure_ascii=False), flush=True
        )
