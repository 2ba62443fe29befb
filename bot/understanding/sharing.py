"""Shares long work on many texts, or several pieces of work, among the cores."""

from __future__ import annotations

from itertools import chain
from typing import Any, Callable, Final, Iterable, List, Sequence, TypeVar

import joblib

T = TypeVar("T")
S = TypeVar("S")

AT_ONCE: Final = 2
"""Processes; the machines this is meant for have two cores."""

WORTH_SHARING: Final = 1500
"""Texts from which it is worth starting another process."""


def of_each(texts: Sequence[T], find: Callable[[T], S]) -> List[S]:
    """What `find` makes of every text, in their order. `find` has to bear being sent to another process."""
    if len(texts) < WORTH_SHARING:
        return [find(text) for text in texts]
    parts = [texts[len(texts) * n // AT_ONCE : len(texts) * (n + 1) // AT_ONCE] for n in range(AT_ONCE)]
    return list(chain.from_iterable(side_by_side([(_found, part, find) for part in parts], len(texts))))


def side_by_side(work: Iterable[tuple[Any, ...]], texts: int) -> List[Any]:
    """The results of calls, in their order.

    Args:
        work: functions, each with its arguments; they have to bear being sent to another process.
        texts: on how many it is done altogether; a few are not worth another process.
    """
    at_once = AT_ONCE if texts >= WORTH_SHARING else 1
    found: List[Any] = joblib.Parallel(n_jobs=at_once)(joblib.delayed(call)(*rest) for call, *rest in work)
    return found


def _found(texts: Sequence[T], find: Callable[[T], S]) -> List[S]:
    return [find(text) for text in texts]
