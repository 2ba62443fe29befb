"""A fictional country to try the assistant with: Kelvara, two regions, 55 services, nothing of it real.

See `kelvara.yml` for why its numbers cannot be dialled and its coordinates lie in the sea.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.directory import models
from bot.directory.base import Base
from bot.directory.candidates import NEEDS_TAXONOMY
from bot.directory.changes import Changes
from bot.directory.entries import (
    DirectoryFile,
    entry_id,
    focal_point_rows,
    organization_rows,
    place_rows,
    service_rows,
    taxonomy_rows,
)
from bot.storage.engine import refresh_statistics

FILES: Final = ("kelvara.yml", "doran-coast.yml", "upper-tesh.yml")
TIMEZONE: Final = "Etc/GMT-3"
"""Time zone of Kelvara (UTC+3; the sign is the tz database's)."""
COUNTRY_ID: Final = entry_id("place", "QV")
"""Id of the country: a directory that holds it holds fictional data, which users must be told."""


@cache
def sample_files() -> tuple[DirectoryFile, ...]:
    """The files, read and checked. Raises pydantic.ValidationError naming the field that is wrong."""
    folder = Path(__file__).parent
    return tuple(
        DirectoryFile.parse_obj(yaml.safe_load((folder / name).read_text(encoding="utf-8"))) for name in FILES
    )


def load_sample(session: Session, today: date) -> int:
    """Add what is missing of the sample, dated relative to `today`; returns how many services were added.

    Rows that exist are left as they are, so edits made while trying things out survive the next start.
    Commit is the caller's.
    """
    known = set(session.scalars(select(models.Service.__table__.c.id)))
    files = sample_files()
    wanted = {entry_id("service", entry.key) for file in files for entry in file.services}
    if wanted <= known:
        return 0
    places = {place.pcode: place for file in files for place in file.places}
    country = next((file.country for file in files if file.country), None) or ""
    _add_missing(session, taxonomy_rows(NEEDS_TAXONOMY))
    for file in files:
        _add_missing(session, place_rows(file.places))
        _add_missing(session, organization_rows(file.organizations))
        _add_missing(session, focal_point_rows(file.focal_points))
        new = [entry for entry in file.services if entry_id("service", entry.key) not in known]
        _add_missing(session, service_rows(new, places, today, country))
    refresh_statistics(session, models.Service.metadata.tables)
    return len(wanted - known)


def remove_sample(session: Session, changes: Changes, actor: str) -> int:
    """Takes the fictional country out, services with an entry in the history each; how many services that were. What
    was added to it since stays, and so do the places it stands in. Commit is the caller's."""
    files = sample_files()
    services = [entry_id("service", entry.key) for file in files for entry in file.services]
    removed = changes.remove_in(session, services, actor, "the fictional sample is not needed any more")
    for table, keys in (
        (models.Contact, [entry_id("contact", each.key) for file in files for each in file.focal_points]),
        (models.Organization, [entry_id("organization", each.key) for file in files for each in file.organizations]),
        (models.Place, [entry_id("place", each.pcode) for file in reversed(files) for each in reversed(file.places)]),
    ):
        for key in keys:
            _remove_unused(session, table, key)
    return removed


def _remove_unused(session: Session, model: Any, key: str) -> None:
    """Takes a row out, unless something that stays refers to it."""
    for table in models.Service.metadata.sorted_tables:
        for column in table.columns:
            refers = any(reference.column.table is model.__table__ for reference in column.foreign_keys)
            theirs = column.foreign_keys and any(reference.ondelete == "CASCADE" for reference in column.foreign_keys)
            own = table.name in ("phone", "place_name") and theirs
            if refers and not own and session.execute(select(column).where(column == key)).first():
                return
    session.execute(delete(model.__table__).where(model.__table__.c.id == key))


def _add_missing(session: Session, rows: Iterable[Base]) -> None:
    """Insert rows that are not there, keeping their order, because later ones refer to earlier ones."""
    by_table: dict[Any, list[Any]] = {}
    for row in rows:
        by_table.setdefault(type(row), []).append(row)
    for table, listed in by_table.items():
        column = table.__table__.c.id
        present = set(session.scalars(select(column).where(column.in_([row.id for row in listed]))))
        session.add_all(row for row in listed if row.id not in present)
        session.flush()
