"""Run by Alembic, over the connection that `bot.directory.migrations` hands in."""

from __future__ import annotations

from alembic import context

from bot.directory import models
from bot.directory.migrations import VERSION_TABLE


def own_tables_only(
    _object: object, name: str | None, kind: str, _reflected: bool, _compared: object
) -> bool:
    """Leave tables of other parts of the application alone."""
    return kind != "table" or name in models.Organization.metadata.tables


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=models.Organization.metadata,
    version_table=VERSION_TABLE,
    include_object=own_tables_only,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
