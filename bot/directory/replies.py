"""Composes what is said about services: which texts with which values, never sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from bot.directory.match import Match, SearchResult
from bot.directory.places import Place
from bot.directory.query import Query
from bot.directory.service_lines import line_parts, service_parts
from bot.directory.upkeep.reports import KINDS, Outcome
from bot.wording.payload import payload
from bot.wording.renderer import MESSAGE_LIMIT
from bot.wording.reply import Choice, Part, Reply, quiet, text

NEEDS_OFFERED: Final = (
    "health",
    "safety",
    "mhpss",
    "gbv_case_management",
    "child_protection",
    "legal",
    "material",
    "psea_reporting",
)
"""Needs shown as buttons; the others are found by writing."""

PLACES_OFFERED: Final = 6

REMOTE_NEEDS: Final = frozenset({"hotline", "psea_reporting", "staff_welfare"})
"""Needs that are met from afar, so that nothing is missing where nobody stands."""


def need_choices() -> tuple[Choice, ...]:
    """Buttons for what is needed."""
    return tuple(Choice(f"button.need.{need}", payload("find_service", need=need)) for need in NEEDS_OFFERED)


def place_choices(need: str, places: tuple[Place, ...]) -> tuple[Choice, ...]:
    """Buttons for where."""
    return tuple(
        Choice("button.place", payload("find_service", need=need, place=place.code), {"place": place.name})
        for place in places[:PLACES_OFFERED]
    )


def ask_need() -> Reply:
    return Reply((text("find.which_need"),), need_choices())


def ask_place(need: str, places: tuple[Place, ...], unknown: bool = False, ambiguous: bool = False) -> Reply:
    """Asks where; after a place that is not known, or that several places share."""
    text_id = "find.ambiguous_place" if ambiguous else "find.unknown_place" if unknown else "find.which_place"
    return Reply((text(text_id),), place_choices(need, places))


def result_replies(
    result: SearchResult,
    query: Query,
    now: datetime,
    ways_back: tuple[Choice, ...],
    fictional: bool,
    length: Callable[[Part], int],
    no_service: tuple[Part, ...] = (),
) -> tuple[Reply, ...]:
    """The results, as many in a message as it holds (`length`: of a line in words); the ways on under the
    last.

    What is not at the place asked is followed by lines that can be reached from anywhere, and by
    `no_service`: what to do where there is no service.
    """
    services = [_block(match, query, now) for match in result.matches]
    lines = [part for match in result.fallback for part in line_parts(match, now)]
    if lines:
        services.append(_apart((text("find.beside"), *lines)))
    head = _head(result, query, fictional)
    replies = [Reply(parts) for parts in _packed(head, services, length)]
    if no_service and _wants_more_help(result, query):
        replies.append(Reply(no_service))
    replies[-1] = Reply(replies[-1].parts, (*ways_back, *_ways_on(result, query)))
    return tuple(replies)


def _wants_more_help(result: SearchResult, query: Query) -> bool:
    """Whether what was found leaves open what to do here."""
    return result.scope != "here" and not query.offset and query.need not in REMOTE_NEEDS


def _ways_on(result: SearchResult, query: Query) -> tuple[Choice, ...]:
    if result.place is None:
        return ()
    here = {"need": query.need, "place": result.place.code}
    ways = [Choice("button.other_place", payload("find_service", need=query.need))]
    if result.more:
        following = payload("find_service", **here, offset=str(query.offset + query.limit))
        ways.insert(0, Choice("button.more", following))
    if result.matches or result.fallback:
        ways.append(Choice("button.report", payload("report_service", **here, offset=str(query.offset))))
    return tuple(ways)


def ask_which_service(result: SearchResult) -> Reply:
    """Asks which of the services shown somebody has called."""
    choices = [
        Choice("button.report_service", payload("report_service", service=match.service_id), {"name": match.name})
        for match in (*result.matches, *result.fallback)
    ]
    return Reply((text("report.which"),), tuple(choices))


def ask_how_it_went(service_id: str, name: str) -> Reply:
    """Asks what happened with a service."""
    choices = [
        Choice(f"button.report.{kind}", payload("report_service", service=service_id, kind=kind)) for kind in KINDS
    ]
    return Reply((text("report.what", name=name),), tuple(choices))


def report_taken(outcome: Outcome, kind: str) -> Reply:
    """Thanks for a report, and says what becomes of it."""
    if outcome == "counted":
        return Reply((text("report.good" if kind == "good" else "report.thanks"),))
    return Reply((text({"again": "report.again", "too_many": "report.too_many"}.get(outcome, "report.gone")),))


def _head(result: SearchResult, query: Query, fictional: bool) -> tuple[Part, ...]:
    head = [_headline(result, query)]
    if result.place_state == "guessed" and result.place:
        head.append(quiet("find.guessed", place=result.place.name))
    if fictional and result.matches and not query.offset:
        head.append(quiet("find.fictional"))
    return tuple(head)


def _headline(result: SearchResult, query: Query) -> Part:
    need = {"text": f"need.{query.need}"}
    heading = {"text": f"heading.{query.need}"}
    if not result.matches:
        return text("find.none", need=need)
    if result.place_state == "unknown":
        return text("find.unknown_place_anywhere", heading=heading)
    if result.place is None:
        return text("find.anywhere" if query.need in REMOTE_NEEDS else "find.no_place", heading=heading)
    place = result.place.name
    if query.offset:
        return text("find.further", heading=heading, place=place)
    if result.scope == "national":
        if query.need in REMOTE_NEEDS:
            return text("find.anywhere", heading=heading)
        return text("find.national", need=need, place=place)
    return text(f"find.{result.scope}", heading=heading, need=need, place=place)


def _packed(
    head: tuple[Part, ...], services: Sequence[tuple[Part, ...]], length: Callable[[Part], int]
) -> Iterator[tuple[Part, ...]]:
    """Lines of as many services as one message holds, then of the next."""

    def size(parts: Sequence[Part]) -> int:
        return sum(length(part) + len("\n") for part in parts)

    message, room = list(head), MESSAGE_LIMIT - size(head)
    holds_any = False
    for parts in services:
        if holds_any and size(parts) > room:
            yield tuple(message)
            message, room = [], MESSAGE_LIMIT
            parts = _at_the_top(parts)
        message += parts
        room -= size(parts)
        holds_any = True
    yield tuple(message)


def _block(match: Match, query: Query, now: datetime) -> tuple[Part, ...]:
    return _apart(service_parts(match, query, now))


def _apart(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The lines, set off from those above by an empty one."""
    first = {"text": parts[0].id, "params": parts[0].params}
    return (text("service.apart", gap="\n", first=first), *parts[1:])


def _at_the_top(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The lines at the top of a message: without the empty one."""
    first = parts[0].params["first"]
    assert isinstance(first, Mapping)
    return (text(first["text"], **first.get("params", {})), *parts[1:])
