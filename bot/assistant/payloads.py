"""Which button payloads the assistant accepts; anything else that looks like one is just text."""

from __future__ import annotations

import re
from typing import Container

from bot.directory.upkeep.reports import KINDS
from bot.guidance.models import Library
from bot.guidance.replies import START_CHOICES
from bot.understanding.signals import DANGER
from bot.wording.payload import Payloads


class _Token(Container[str]):
    """Values that are ids of records: short and without any character that could mean something else."""

    _PATTERN = re.compile(r"[A-Za-z0-9_-]{1,64}")

    def __contains__(self, value: object) -> bool:
        return isinstance(value, str) and bool(self._PATTERN.fullmatch(value))


def known_payloads(library: Library) -> Payloads:
    """The payloads of every button the assistant can show."""
    steps = {step.id for step in library.steps}
    guidance = {guidance.id for guidance in library.guidance()}
    words = {word for step in library.steps for answer in step.answers for word in answer.words}
    facets = {facet: set(values) for facet, values in library.facets.items()}
    pages = {str(n) for n in range(0, 100)}
    return Payloads(
        {
            "next": {"step": steps},
            "inform": {**facets, "step": steps, "word": words},
            "ask": {"topic": set(library.answers)},
            "why": {"guidance": guidance},
            "start_guide": {"contact": set(START_CHOICES)},
            "find_service": {"need": facets["need"], "place": _Token(), "offset": pages},
            "report_service": {
                "need": facets["need"], "place": _Token(), "offset": pages,
                "service": _Token(), "kind": set(KINDS),
            },
            "practice": {
                "do": {
                    "menu", "notice", "begin", "meant", "why", "again", "moments", "rewind", "stop", "care", "keep",
                    "agree", "results", "forget", "recheck", "decline", "lines", "line", "judge", "because",
                },
                "scenario": _Token(), "move": _Token(), "page": pages, "answer": {"yes", "no"}, "turn": pages,
                "sentence": pages, "feedback": {"end"}, "what": {"recheck", "words"},
                "because": {"meant", "place", "judge"},
            },
            "resume": {"after": {"emergency"}},
            "emergency": {"ask": {"number", "cannot_move"}},
            "danger_signal": {"signal": set(DANGER)},
            "change_language": {"language": {"en", "fr", "es", "ar"}},
            **{
                intent: {}
                for intent in (
                    "greet",
                    "help",
                    "go_back",
                    "repeat",
                    "stop",
                    "start_over",
                    "yes",
                    "no",
                    "unsure",
                    "handover_note",
                    "none_of_these",
                    "wipe",
                    "start_practice",
                    "thanks",
                    "goodbye",
                )
            },
        }
    )
