"""The database: one engine for each address, tuned for a small server, and its tables.

SQLite is the default; PostgreSQL works by setting `DATABASE_URL`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import StaticPool

_SQLITE_PRAGMAS = (
    "PRAGMA foreign_keys=ON",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA secure_delete=ON",
    "PRAGMA busy_timeout=5000",
)
"""Foreign keys are off by default; WAL and NORMAL keep a turn short and lose nothing committed when the process
dies; secure_delete overwrites what is deleted, so that a wipe leaves nothing in the file."""


def open_engine(url: str) -> Engine:
    """An engine in SQLAlchemy 2.0 style. A database in memory keeps one connection, so that every session
    sees the same data."""
    options: dict[str, Any] = {"future": True}
    in_memory = url in ("sqlite://", "sqlite:///:memory:")
    if in_memory:
        options |= {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
    engine = create_engine(url, **options)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    return engine


@lru_cache(maxsize=8)
def shared_engine(url: str) -> Engine:
    """The one engine of this process for an address."""
    return open_engine(url)


def migrate(url: str) -> None:
    """Creates or upgrades every table; does nothing when all is up to date.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database cannot be reached or refuses a change.
    """
    from bot.directory.migrations import migrate_engine
    from bot.privacy.conversations import metadata

    engine = shared_engine(url)
    migrate_engine(engine)
    metadata.create_all(engine)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in _SQLITE_PRAGMAS:
        cursor.execute(pragma)
    cursor.close()
