"""Engines and sessions: the one place that knows how SQLite and PostgreSQL differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import QueuePool, StaticPool

SessionFactory = Callable[[], Session]
"""Call it to get a `Session`."""

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
    """An engine in SQLAlchemy 2.0 style.

    SQLite connections are pooled, because opening one costs as much as a search. A database in memory keeps a
    single connection, so that every session sees the same data.
    """
    options: dict[str, Any] = {"future": True, "pool_pre_ping": True}
    if url.startswith("sqlite"):
        in_memory = url in ("sqlite://", "sqlite:///:memory:")
        options = {
            "future": True,
            "poolclass": StaticPool if in_memory else QueuePool,
            "connect_args": {"check_same_thread": False},
        }
    engine = create_engine(url, **options)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    return engine


@lru_cache(maxsize=8)
def shared_engine(url: str) -> Engine:
    """The one engine of this process for an address."""
    return open_engine(url)


def session_factory(database: str | Engine) -> SessionFactory:
    """Sessions over an engine, or over the database at a URL; objects stay readable after commit."""
    engine = open_engine(database) if isinstance(database, str) else database
    factory: SessionFactory = sessionmaker(engine, class_=Session, future=True, expire_on_commit=False)
    return factory


def refresh_statistics(session: Session, tables: Iterable[str]) -> None:
    """Tell the planner how these tables look now; call after loading many rows, or search may choose a slow
    plan.
    """
    connection = session.connection()
    quote = connection.dialect.identifier_preparer.quote
    for table in tables:
        connection.exec_driver_sql(f"ANALYZE {quote(table)}")


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in _SQLITE_PRAGMAS:
        cursor.execute(pragma)
    cursor.close()
