from __future__ import annotations

import time
from datetime import datetime, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm.exc import StaleDataError

from bot.directory import models
from bot.directory.entries import entry_id
from bot.storage.engine import SessionFactory, open_engine, session_factory
from bot.storage.migrations import (
    HEAD,
    VERSION_TABLE,
    alembic_config,
    current_revision,
    every_metadata,
    migrate,
)


def test_migrations_build_exactly_the_tables_of_the_models(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/guide.db"
    migrate(url)
    engine = open_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True}
        )
        differences = compare_metadata(context, every_metadata())
        # SQLite keeps this one for itself as soon as numbers of rows must never come back.
        assert [d for d in differences if getattr(d[1], "name", "") != "sqlite_sequence"] == []
        assert current_revision(connection) == HEAD
    engine.dispose()


def test_the_head_is_the_newest_revision() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == HEAD


def test_migrating_again_is_quick_and_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/guide.db"
    migrate(url)
    begun = time.thread_time()
    migrate(url)
    assert time.thread_time() - begun < 0.1


def test_tables_of_other_parts_are_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/shared.db"
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE events (id INTEGER)"))
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
    migrate(url)
    assert {"events", "alembic_version", "service", "conversation"} <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_a_path_with_a_percent_sign_can_be_migrated(tmp_path: Path) -> None:
    folder = tmp_path / "100%"
    folder.mkdir()
    migrate(f"sqlite:///{folder}/guide.db")


def test_foreign_keys_are_enforced(own_sessions: SessionFactory) -> None:
    with own_sessions() as session, pytest.raises(IntegrityError):
        session.add(models.Phone(service_id="no such service", number="+999 1"))
        session.commit()


@pytest.mark.parametrize(
    "wrong", [{"status": "gone"}, {"confidentiality": "secret"}, {"serves_female": False, "serves_male": False},
              {"minimum_age": 20, "maximum_age": 10}]
)  # fmt: skip
def test_the_database_itself_refuses_what_cannot_be(
    own_sessions: SessionFactory, wrong: dict[str, object]
) -> None:
    with own_sessions() as session, pytest.raises(IntegrityError):
        session.add(models.Service(name="X", organization_id=entry_id("organization", "tide"), **wrong))
        session.commit()


def test_an_instant_without_a_zone_is_refused_and_comes_back_in_utc(own_sessions: SessionFactory) -> None:
    service_id = entry_id("service", "sellim-hospital")
    with own_sessions() as session:
        service = session.get(models.Service, service_id)
        service.last_modified = datetime(2026, 1, 1)  # noqa: DTZ001 - that is the point
        with pytest.raises(StatementError, match="time zone"):
            session.commit()
        session.rollback()
        assert session.get(models.Service, service_id).last_modified.tzinfo is timezone.utc


def test_two_people_editing_one_entry_at_once_are_noticed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/guide.db"
    migrate(url)
    sessions = session_factory(url)
    with sessions() as session:
        organization = models.Organization(name="Org")
        session.add(models.Service(id="s", name="Before", organization=organization))
        session.commit()
    with sessions() as first, sessions() as second:
        one, other = first.get(models.Service, "s"), second.get(models.Service, "s")
        one.name = "By the first"
        first.commit()
        other.name = "By the second"
        with pytest.raises(StaleDataError):
            second.commit()


def test_deleting_a_service_takes_everything_about_it_along(own_sessions: SessionFactory) -> None:
    service_id = entry_id("service", "nuralla-clinic")
    with own_sessions() as session:
        session.delete(session.get(models.Service, service_id))
        session.commit()
        for table in models.Service.metadata.sorted_tables:
            for column in ("service_id", "link_id"):
                if column in table.c and table.name != "translation":
                    assert not session.execute(table.select().where(table.c[column] == service_id)).all()
