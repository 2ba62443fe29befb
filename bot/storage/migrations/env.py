"""Run by Alembic, over the connection that `bot.storage.migrations` hands in."""

from __future__ import annotations

from alembic import context

from bot.storage.migrations import VERSION_TABLE, every_metadata

OURS = {name for metadata in every_metadata() for name in metadata.tables}


def own_tables_only(
    _object: object, name: str | None, kind: str, _reflected: bool, _compared: object
) -> bool:
    """Leave tables of other applications in the same database alone."""
    return kind != "table" or name in OURS


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=every_metadata(),
    version_table=VERSION_TABLE,
    include_object=own_tables_only,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
