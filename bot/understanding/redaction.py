"""Finds and masks what identifies a person: names, numbers, addresses, accounts.

``redact("her name is Fatuma, call 0712 345 678")`` → "her name is [name], call [phone]".
Names of survivors, staff and the accused alike; the number of a service or hotline is not
identifying. Cues and lists are data (``identifiers.yml``, ``names.txt`` per language);
shapes of numbers and links are common to all languages and stand here.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.understanding.identifiers import find_numbers
from bot.understanding.names import find_names


@dataclass(frozen=True)
class Span:
    """Something identifying in ``text[start:end]``; ``kind`` is the word that masks it."""

    start: int
    end: int
    kind: str


def identifying_spans(text: str, language: str = "en") -> tuple[Span, ...]:
    """What identifies a person in ``text``, in order, without overlaps. Never raises."""
    spans: list[Span] = []
    for start, end, kind in [*find_numbers(text, language), *find_names(text, language)]:
        if start < end and not any(span.start < end and start < span.end for span in spans):
            spans.append(Span(start, end, kind))
    return tuple(sorted(spans, key=lambda span: span.start))


def redact(text: str, language: str = "en") -> str:
    """``text`` with everything identifying replaced by ``[name]``, ``[phone]``, ``[email]``,
    ``[document]``, ``[address]``, ``[coordinates]`` or ``[account]``. Idempotent."""
    for _ in range(4):
        pieces, last = [], 0
        for span in identifying_spans(text, language):
            pieces += [text[last : span.start], f"[{span.kind}]"]
            last = span.end
        masked = "".join(pieces) + text[last:]
        if masked == text:
            break
        text = masked
    return text
