"""What one cell of a spreadsheet, or one line of a message, says of a record: words that `cells.read` reads again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from bot.directory.exchange.columns import LOCATION_COLUMNS
from bot.directory.exchange.words import first_word
from bot.directory.record import Record


def write(column: str, record: Record, location: int = 0) -> str:
    """What a cell of this column says of a record; an empty text for what is not known."""
    if column in LOCATION_COLUMNS:
        if location >= len(record.locations):
            return ""
        value = getattr(record.locations[location], column)
        return (
            ("; ".join(value) if column == "accessibility" else _written(value)) if value is not None else ""
        )
    special = _WRITERS.get(column)
    if special is not None:
        return special(record)
    return _written(getattr(record, column))


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return "; ".join(str(each) for each in value)
    return str(value)


def _written_costs(record: Record) -> str:
    parts = []
    for cost in record.costs:
        note = f" ({cost.note})" if cost.note else ""
        if cost.amount is not None and cost.currency:
            parts.append(f"{cost.amount} {cost.currency}{note}")
        elif cost.code == "unknown" and cost.note:
            parts.append(cost.note)
        else:
            parts.append(first_word("costs", cost.code) + note)
    return "; ".join(parts)


def _written_serves(record: Record) -> str:
    both = record.serves_female and record.serves_male
    return "all" if both else "female" if record.serves_female else "male"


_WRITERS: Final[Mapping[str, Callable[[Record], str]]] = {
    "phones": lambda record: "; ".join(phone.number for phone in record.phones),
    "focal_point": lambda record: record.focal_point.title if record.focal_point else "",
    "focal_point_phones": lambda record: "; ".join(record.focal_point.phones) if record.focal_point else "",
    "serves": _written_serves,
    "costs": _written_costs,
}
