"""The case as the guide sees it: a handful of facets, read from and written to dialogue slots.

Nothing here says who anybody is. Facets and their values are listed in content/situation.yml.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Final, Optional

from bot.guidance.models import UNKNOWN, Library

ASSUMED: Final = {"contact": "in_person"}
"""What is taken to be so until somebody says otherwise."""

TOLD_ANEW: Final = frozenset({"contact"})
"""Facets in which what is told in so many words replaces what was known."""


class Situation:
    """Reads the facts of a case.

    Args:
        library: the guidance, for the facets that exist.
        rules: the organisation's rules that content may branch on.
    """

    def __init__(self, library: Library, rules: Mapping[str, str]) -> None:
        self._library = library
        self._rules = dict(rules)

    def facts(self, slots: Mapping[str, object]) -> dict[str, Optional[str]]:
        """The facts of a case: facet to value, None where unknown, with the organisation's rules."""
        facts: dict[str, Optional[str]] = dict(self._rules)
        for facet, values in self._library.facets.items():
            value = slots.get(facet)
            facts[facet] = value if isinstance(value, str) and value in values else None
        return facts

    def from_signals(self, signals: Iterable[str]) -> dict[str, str]:
        """What the signals found in a message say of the case."""
        facts: dict[str, str] = {}
        for signal in signals:
            facts.update(self._library.signal_facts.get(signal, {}))
        return facts

    def from_topic(self, topic: str) -> Mapping[str, str]:
        """What asking a topic in the middle of the guide says of the case."""
        return self._library.topic_facts.get(topic, {})

    def new(
        self, facts: Mapping[str, Optional[str]], learnt: Mapping[str, str], told: Container[str] = ()
    ) -> dict[str, str]:
        """The part of `learnt` that was not known before; what was answered is never overwritten, except
        that a child is always believed to be a child, and that what is told of a facet that may be `TOLD_ANEW` counts.

        Args:
            facts, learnt: values by facet.
            told: facets of `learnt` that somebody told in so many words.
        """
        return {
            facet: value
            for facet, value in learnt.items()
            if facts.get(facet) in (None, UNKNOWN)
            or (facet, value) == ("person", "child")
            or (facet in TOLD_ANEW and facet in told and facts.get(facet) != value)
        }

    @staticmethod
    def doubted(facts: Mapping[str, Optional[str]], learnt: Mapping[str, str]) -> tuple[str, ...]:
        """Facets that have to be asked again: who was taken for a child and is now said to be an adult ("no sorry, she
        is 51") is neither believed to be one nor kept for the other."""
        return ("person",) if facts.get("person") == "child" and learnt.get("person") == "adult" else ()
