"""What every table of the directory is built on: the declarative base, ids, UTC instants, column shapes."""

from __future__ import annotations

import uuid
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKey, Index, MetaData, String, text
from sqlalchemy.orm import declarative_base
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
"""Constraint names that are the same on every database, so that migrations can name them."""


def new_id() -> str:
    """A fresh id for any row."""
    return str(uuid.uuid4())


def utc_now() -> datetime:
    return datetime.now(timezone.utc)


if TYPE_CHECKING:

    class _UtcBase:
        """Stands in for `TypeDecorator`, which SQLAlchemy 1.4 leaves untyped."""

    class Base:
        """Stands in for SQLAlchemy's declarative base, which 1.4 leaves untyped."""

        metadata: ClassVar[Any]
        __table__: ClassVar[Any]

        def __init__(self, **values: object) -> None: ...

else:
    _UtcBase = TypeDecorator
    Base = declarative_base(metadata=MetaData(naming_convention=NAMING))
    Base.__allow_unmapped__ = True  # SQLAlchemy 2 otherwise refuses annotations that are not `Mapped[...]`


class UtcDateTime(_UtcBase):
    """An instant: refused without a time zone, stored in UTC, read back aware (SQLite forgets the zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: object) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return None if value is None else value.astimezone(timezone.utc)

    def process_result_value(self, value: datetime | None, _dialect: object) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)


def id_column() -> Any:
    """The primary key: a UUID as text."""
    return Column(String(36), primary_key=True, default=new_id)


def reference(target: str, *, required: bool = False) -> Any:
    """A foreign key to `target`.id; this row goes when the target goes. Indexed when required, see
    `index_of`.
    """
    return Column(
        String(36), ForeignKey(f"{target}.id", ondelete="CASCADE"), nullable=not required, index=required
    )


def index_of(column: str) -> Any:
    """An index over the rows that have the column at all.

    A full index over a column that is mostly empty misleads SQLite: it expects as many rows for any value.
    """
    present = text(f"{column} IS NOT NULL")
    return Index(None, column, sqlite_where=present, postgresql_where=present)


def one_of(column: str, *values: str) -> Any:
    """A check that `column` holds one of `values`."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
