"""How commands fail: one sentence on stderr, exit code 1; wrong usage is click's 2."""

from __future__ import annotations

import click


class Refused(click.ClickException):
    """The command was refused or failed; its message is one sentence with the next step."""

    exit_code = 1

    def show(self, file: object = None) -> None:
        click.echo(self.format_message(), err=True)
