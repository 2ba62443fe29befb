"""Puts everything encrypted in the database under the newest key.

Every binary column of ours is a token of the keyring (a test holds that), so no table can be forgotten.
"""

from __future__ import annotations

from typing import Callable

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.storage.migrations import every_metadata


def reencrypt(engine: Engine, rotate: Callable[[bytes], bytes]) -> int:
    """Rotates every token in one transaction; how many rows there were.

    Args:
        rotate: a token's content under the newest key.
    """
    count = 0
    with engine.begin() as connection:
        for metadata in every_metadata():
            for table in metadata.sorted_tables:
                sealed = [column for column in table.columns if isinstance(column.type, sa.LargeBinary)]
                if not sealed:
                    continue
                keys = list(table.primary_key.columns)
                for row in connection.execute(sa.select(*keys, *sealed)).all():
                    tokens = {column.name: rotate(row._mapping[column]) for column in sealed if row._mapping[column]}
                    this_row = [column == row._mapping[column] for column in keys]
                    if tokens:
                        connection.execute(sa.update(table).where(*this_row).values(**tokens))
                    count += 1
    return count
