"""Engines and sessions for the directory: one place that knows how SQLite and PostgreSQL differ."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import QueuePool, StaticPool

SessionFactory = Callable[[], Session]
"""What `Directory` is built with: call it to get a `Session`."""


def open_engine(url: str) -> Engine:
    """Open `url` in 2.0 style; on SQLite foreign keys are enforced, which SQLite leaves off by default.

    SQLite connections are pooled, because opening one costs as much as a search. `sqlite://` (in memory)
    keeps a single connection, so that every session sees the same database.
    """
    options: dict[str, Any] = {"future": True}
    if url.startswith("sqlite"):
        in_memory = url in ("sqlite://", "sqlite:///:memory:")
        options["poolclass"] = StaticPool if in_memory else QueuePool
        options["connect_args"] = {"check_same_thread": False}
    engine = create_engine(url, **options)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _enforce_foreign_keys)
    return engine


def session_factory(database: str | Engine) -> SessionFactory:
    """Sessions over an engine, or over the database at a URL; objects stay readable after commit."""
    engine = open_engine(database) if isinstance(database, str) else database
    factory: SessionFactory = sessionmaker(engine, class_=Session, future=True, expire_on_commit=False)
    return factory


def refresh_statistics(session: Session) -> None:
    """Tell the planner how the tables look now; call after loading many rows, or search may choose a slow
    plan.
    """
    session.connection().exec_driver_sql("ANALYZE")


def _enforce_foreign_keys(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()
