"""`understand`: what the assistant makes of messages, one JSON object a line."""

from __future__ import annotations

import json
import sys

import click

from bot.commands.serving import plain_failures, progress
from bot.settings import Settings
from bot.understanding.detection import LANGUAGES


@click.command()
@click.option(
    "--language", type=click.Choice(LANGUAGES), help="The language of the messages; detected by default."
)
@click.option("--practice", "of_practice", is_flag=True, help="Read the moves of a trainee's line as well.")
def understand(language: str | None, of_practice: bool) -> None:
    """Read one message a line on standard input and print what is understood, as JSON.

    Nothing is stored.
    """
    with plain_failures():
        from bot.app import ensure_model
        from bot.assistant.model_file import read_models
        from bot.understanding.detection import detect
        from bot.understanding.reading import Reader

        settings = Settings.from_environment()
        reader = Reader(*read_models(ensure_model(settings, progress)))
        moves = None
        if of_practice:
            from bot.understanding.trained_moves import trained_moves

            moves = trained_moves(settings.models, progress)
    for line in sys.stdin:
        text = line.rstrip("\r\n")
        code = language or detect(text)
        result = reader.read(text, code).as_dict()
        if moves is not None:
            result["moves"] = [
                {"id": move, "sentence": sentence.text}
                for sentence in moves.read(text, code)
                for move in sentence.moves
            ]
        print(json.dumps(result, ensure_ascii=False), flush=True)
