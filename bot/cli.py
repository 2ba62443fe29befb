"""The command line: `disclosure-guide`, the same as `python -m bot`.

Exit codes: 0 done, 1 refused or failed (one sentence on stderr), 2 wrong usage.
"""

from __future__ import annotations

import click

from bot.privacy.logs import configure

configure()  # before anything imports Rasa, which reads its log levels then

from bot.commands import directory_upkeep, practice_results  # noqa: E402, F401 - they add commands to groups
from bot.commands.content import content  # noqa: E402
from bot.commands.directory import directory  # noqa: E402
from bot.commands.doctor import doctor  # noqa: E402
from bot.commands.people import people  # noqa: E402
from bot.commands.practice import practice  # noqa: E402
from bot.commands.privacy import privacy  # noqa: E402
from bot.commands.serving import chat, serve, train  # noqa: E402
from bot.commands.understanding import understand  # noqa: E402


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="disclosure-guide")
def main() -> None:
    """Coaches humanitarian staff through responding to a disclosure of sexual exploitation or abuse."""


for command in (serve, train, chat, understand, content, directory, practice, people, privacy, doctor):
    main.add_command(command)
