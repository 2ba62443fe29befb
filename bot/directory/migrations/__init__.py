"""Brings a database to the tables of `bot.directory.models`, in process.

`migrate` is called at every start. When nothing is to be done it reads one row and does not even import
Alembic (about 0.9 s). The directory keeps its version in a table of its own, because other parts of the
application may live in the same database. A new revision goes into `versions/` and its id into `HEAD` (a
test holds the two equal).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from bot.directory.database import open_engine

HEAD = "0001"
"""Id of the newest revision."""

VERSION_TABLE = "directory_version"

_LOCK = 7_311_865
"""Any number will do: key of the PostgreSQL lock that keeps two starting processes from migrating at once."""


def migrate(engine_url: str) -> None:
    """Create or upgrade the directory's tables in the database at `engine_url`; does nothing when up to date.

    Raises what the database raises when it cannot be reached or refuses a change; on PostgreSQL a failed
    upgrade leaves the database as it was.
    """
    engine = open_engine(engine_url)
    try:
        migrate_engine(engine)
    finally:
        engine.dispose()


def migrate_engine(engine: Any) -> None:
    """As `migrate`, over an engine that is open already (needed for a database in memory)."""
    with engine.connect() as connection:
        if current_revision(connection) == HEAD:
            return
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        _upgrade(connection)


def current_revision(connection: Connection) -> str | None:
    """The revision the database is at; None when it has no directory yet."""
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
