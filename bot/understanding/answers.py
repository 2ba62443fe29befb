"""What a message says of the case: typed answers ("she is a grown woman" → adult), and what is told in passing.

Answers are looked at only among those a person was just offered, so the same word may mean different things at
different questions. The phrases are data: ``languages/<code>/concepts/answers.yml``.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Optional

from bot.understanding.clauses import Status, divide
from bot.understanding.evidence import asks
from bot.understanding.grammar import resolve
from bot.understanding.lexicon import ConceptMatch, Lexicon
from bot.understanding.signals import find

LONGEST = 9
"""Words of a message that may still be an answer; longer ones tell more than that."""

ASIDE = 2
"""Words beside the answer in a message that is nothing but an answer."""

SIGNALS_ASKED_FOR = {("after_safety", "unsafe"): frozenset({"danger_now"})}
"""Answers that are themselves a sign: "she cannot go home", when asked whether it is safe to go home."""

_ANSWER = "_answer."
_TOLD = "_told."
"""What the names of concepts begin with that answer a question; and of those that tell the same unasked, and answer too."""

CONTACTS = (("contact", "in_person"), ("contact", "remote"), ("contact", "written"))
"""Ways in which a disclosure comes that a few words by themselves can tell."""

Answer = tuple[str, str]
"""A facet of the case and one of its values, as in ``("person", "adult")``."""


def answer_among(
    text: str, language: str, offered: Collection[Answer], beside: Optional[int] = None, least: int = 1
) -> Optional[Answer]:
    """The one answer of ``offered`` that ``text`` gives.

    None when it gives none or fits several, when it asks something, when it is long, and when it holds a
    sign that must be seen first.

    Args:
        beside: words that may stand beside the answer, no more than it has itself; None: any, since that very question
            was just asked.
        least: words that the answer itself has, at least.
    """
    if "?" in text or "؟" in text or not offered:
        return None
    analysis = Lexicon.load(resolve(language)).read(text)
    if beside is not None and asks(analysis):
        return None
    words = sum(token.word[0].isalnum() for token in analysis.tokens)
    if words > LONGEST:
        return None
    status = divide(analysis).status
    given: dict[Answer, list[ConceptMatch]] = {}
    for facet, value in offered:
        matches = [
            match
            for kind in (_ANSWER, _TOLD)
            for match in analysis.by_id.get(f"{kind}{facet}.{value}", ())
            if not status[match.first] & (Status.NEGATED | Status.HYPOTHETICAL)
        ]
        if matches:
            given[facet, value] = matches
    widest = _without_the_covered(given)
    if len(widest) != 1:
        return None
    answer = widest[0]
    longest = max(match.last - match.first + 1 for match in given[answer])
    if longest < least or (beside is not None and words - longest > min(beside, longest)):
        return None
    signals = {signal.id for signal in find(text, language)}
    if signals:
        if signals - SIGNALS_ASKED_FOR.get(answer, frozenset()) or words - longest > ASIDE:
            return None
    return answer


def told(text: str, language: str) -> tuple[Answer, ...]:
    """What an account tells in passing ("a woman on the phone …" → contact remote); at most one value a facet."""
    analysis = Lexicon.load(resolve(language)).read(text)
    status = divide(analysis).status
    values: dict[str, set[str]] = {}
    for match in analysis.matches:
        if match.id.startswith(_TOLD) and not status[match.first] & (Status.NEGATED | Status.HYPOTHETICAL):
            facet, value = match.id[len(_TOLD) :].split(".")
            values.setdefault(facet, set()).add(value)
    return tuple((facet, found.pop()) for facet, found in values.items() if len(found) == 1)


def tells_only(text: str, language: str) -> tuple[Answer, ...]:
    """How a disclosure came, when a message tells that and nothing else ("by phone")."""
    answer = answer_among(text, language, CONTACTS, beside=0)
    return (answer,) if answer else ()


def _without_the_covered(given: dict[Answer, list[ConceptMatch]]) -> list[Answer]:
    """Answers with a match that no longer match of another answer covers: "not safe" is not "safe"."""
    kept = []
    for answer, matches in given.items():
        others = [m for other, found in given.items() if other != answer for m in found]
        if any(not any(_covers(other, match) for other in others) for match in matches):
            kept.append(answer)
    return kept


def _covers(wide: ConceptMatch, narrow: ConceptMatch) -> bool:
    return (
        wide.first <= narrow.first
        and narrow.last <= wide.last
        and wide.last - wide.first > narrow.last - narrow.first
    )
