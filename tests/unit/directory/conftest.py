"""A directory to ask: the fictional sample at a fixed moment, a Wednesday, 15:30 in Kelvara.

Runs on SQLite in memory. Set TEST_DATABASE_URL to a PostgreSQL database that may be emptied to run the same tests
there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from functools import cache
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from bot.directory.sample import TIMEZONE, load_sample
from bot.directory.search import Directory
from bot.storage.engine import SessionFactory, open_engine, session_factory
from bot.storage.migrations import migrate_engine

NOW = datetime(2026, 11, 25, 12, 30, tzinfo=timezone.utc)
ZONE = ZoneInfo(TIMEZONE)

DirectoryAt = Callable[..., Directory]

_SCHEMAS = count()


def empty_sessions() -> SessionFactory:
    """An empty directory in a database (on PostgreSQL: a schema) of its own."""
    url = os.environ.get("TEST_DATABASE_URL", "sqlite://")
    if url.startswith("postgresql"):
        schema = f"directory_test_{next(_SCHEMAS)}"
        engine = open_engine(url)
        with engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA IF EXISTS {schema} CASCADE"))
            connection.execute(text(f"CREATE SCHEMA {schema}"))
        engine.dispose()
        url += f"?options=-csearch_path%3D{schema}"
    engine = open_engine(url)
    migrate_engine(engine)
    return session_factory(engine)


def loaded_sessions() -> SessionFactory:
    """A directory that holds the sample."""
    sessions = empty_sessions()
    with sessions() as session:
        load_sample(session, NOW.astimezone(ZONE).date())
        session.commit()
    return sessions


@cache
def loaded_once() -> SessionFactory:
    return loaded_sessions()


def sample_sessions() -> SessionFactory:
    """The sample in a database of its own; on SQLite a copy of one that was loaded before."""
    if "TEST_DATABASE_URL" in os.environ:
        return loaded_sessions()
    copy = open_engine("sqlite://")
    with loaded_once()() as session:
        source = session.connection().connection.dbapi_connection
        source.backup(copy.raw_connection().dbapi_connection)
    return session_factory(copy)


def drop(sessions: SessionFactory) -> None:
    """Closes a database, and takes away its schema where it has one."""
    with sessions() as session:
        engine = session.get_bind()
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            schema = connection.execute(text("SELECT current_schema()")).scalar_one()
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


@pytest.fixture(scope="module")
def sessions() -> Iterator[SessionFactory]:
    """The sample, shared by the tests of a module: read only."""
    factory = sample_sessions()
    yield factory
    drop(factory)


@pytest.fixture
def own_sessions() -> Iterator[SessionFactory]:
    """The sample for one test that changes it."""
    factory = sample_sessions()
    yield factory
    drop(factory)


@pytest.fixture
def directory(sessions: SessionFactory) -> Directory:
    """The sample on Wednesday at 15:30."""
    return Directory(sessions, lambda: NOW, local_zone=ZONE)


@pytest.fixture
def directory_at(sessions: SessionFactory) -> DirectoryAt:
    """The sample some days and hours after Wednesday 15:30."""

    def at(**later: float) -> Directory:
        return Directory(sessions, lambda: NOW + timedelta(**later), local_zone=ZONE)

    return at
