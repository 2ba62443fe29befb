"""What stands on the pathway card of a place: found by the same search that answers staff, in the assistant's texts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Final

from bot.directory.exchange.card import CardContent, CardLine, CardSection
from bot.directory.lookup import LookUp
from bot.directory.match import Match
from bot.directory.query import Query
from bot.directory.service_lines import GRAVE
from bot.wording.catalogue import Texts

NEEDS: Final = (
    "health", "safety", "gbv_case_management", "child_protection", "mhpss", "legal", "police",
    "hotline", "psea_reporting",
)  # fmt: skip
"""Kinds of help on a card, in the order in which they are needed."""

PER_NEED: Final = 4


class NoSuchPlace(ValueError):
    """A card is asked for a place that is not known or may be several; the message says which."""


def card_of(place: str, directory: LookUp, texts: Texts, language: str, assistant: str | None) -> CardContent:
    """The card of a place.

    Args:
        place: its name, as people write it, or its P-code.
        assistant: the address the QR code leads to.

    Raises:
        NoSuchPlace: see there.
    """

    def say(text_id: str, **values: object) -> str:
        text = texts.get(text_id, language)
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", str(value))
        return text

    sections, title, shown = [], "", set()
    for need in NEEDS:
        result = directory.search(Query(need, place, limit=PER_NEED, display_language=language))  # type: ignore[arg-type]
        if result.place is None:
            named = "; ".join(f"{each.name} ({each.code})" for each in result.ambiguous)
            raise NoSuchPlace(
                f"“{place}” may be {named}: write the P-code." if named else f"There is no place “{place}”."
            )
        title = result.place.name
        lines = [
            _line(match, say)
            for match in (*result.matches, *result.fallback)
            if match.service_id not in shown
        ]
        shown |= {match.service_id for match in (*result.matches, *result.fallback)}
        if lines:
            sections.append(CardSection(say(f"heading.{need}"), tuple(lines)))
    today = datetime.now(timezone.utc).date()
    intro = [say("card.intro"), *([say("find.fictional")] if directory.is_sample else [])]
    return CardContent(
        title=say("card.title", place=title),
        language=language,
        printed_on=today,
        intro=tuple(intro),
        sections=tuple(sections),
        footer=(say("card.footer", date=today.isoformat()),),
        more_text=say("card.more"),
        assistant_address=assistant,
    )


def _line(match: Match, say: Callable[[str], str]) -> CardLine:
    """A service as the card shows it. A confidential one names its focal point, as everywhere."""
    contact = match.contact_focal_point
    phones = match.phones or (contact.phones if contact else ())
    name = match.name
    if contact and (contact.title or contact.name):
        name = f"{name} · {contact.title or contact.name}"
    details = [match.organization]
    if match.place:
        details.append(match.place)
    if match.address:
        details.append(match.address)
    if match.opening_hours and '"' not in match.opening_hours:
        details.append(match.opening_hours)
    details += [say(f"caution.{caution}") for caution in GRAVE if caution in match.cautions]
    return CardLine(name, phones[0].number if phones else "", " · ".join(details))
