"""Brings a database to the tables of the application, in process.

`migrate` is called at every start. When nothing is to be done it reads one row and does not even import
Alembic (about 0.9 s). A new revision goes into `versions/` and its id into `HEAD` (a test holds the two
equal), a new part's tables into `every_metadata`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, inspect, text
from sqlalchemy.engine import Connection, Engine

from bot.storage.engine import open_engine

HEAD = "0007"
"""Id of the newest revision."""

VERSION_TABLE = "disclosure_guide_version"
"""A name of our own, because an organisation may keep other applications in the same database."""

_LOCK = 7_311_865
"""Any number will do: key of the PostgreSQL lock that keeps two starting processes from migrating at once."""


def every_metadata() -> list[MetaData]:
    """The tables of every part of the application."""
    from bot.directory import models
    from bot.directory.gaps import metadata as gaps
    from bot.directory.history import metadata as history
    from bot.directory.upkeep.tables import metadata as upkeep
    from bot.people.tables import metadata as people
    from bot.practice.cohorts.tables import metadata as practice
    from bot.privacy.conversations import metadata as conversations
    from bot.telegram.tables import metadata as telegram

    return [models.Organization.metadata, conversations, telegram, people, gaps, history, upkeep, practice]


def migrate(url: str) -> None:
    """Create or upgrade the tables in the database at `url`; does nothing when all is up to date.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database cannot be reached or refuses a change. On PostgreSQL a
            failed upgrade leaves the database as it was.
    """
    engine = open_engine(url)
    try:
        migrate_engine(engine)
    finally:
        engine.dispose()


def migrate_engine(engine: Engine) -> None:
    """As `migrate`, over an engine that is open already (needed for a database in memory)."""
    with engine.connect() as connection:
        if current_revision(connection) == HEAD:
            return
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        _upgrade(connection)


def current_revision(connection: Connection) -> str | None:
    """The revision the database is at; None when it has no tables yet."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    revision: str | None = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
    return revision


def _upgrade(connection: Connection) -> None:
    from alembic import command  # imported only when there is work: it takes most of a second

    command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: Connection | None = None) -> Any:
    """Alembic's configuration for these migrations, over `connection`."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
