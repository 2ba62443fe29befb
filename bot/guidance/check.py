"""Checks the content: references, lengths, sources, and what a specialist still has to review."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Sequence

import yaml

from bot.guidance.models import UNKNOWN, Guidance, Library, Review, Risk, Wording
from bot.guidance.organisation import LocalWording, Organisation, rule_facts
from bot.wording.catalogue import Texts
from bot.wording.renderer import HARD_LIMIT, MESSAGE_LIMIT, Renderer, placeholders
from bot.wording.reply import Reply

TITLE_LIMIT = 30
"""Characters of a button that still fit beside another on a small phone."""

TYPED = frozenset({"yes", "no", "unsure", "next"})
"""Controls that answer a question when they are typed."""

_EXCLAMATION = re.compile(r"!")


@dataclass(frozen=True)
class Finding:
    """Something wrong with a text."""

    id: str
    problem: str

    def __str__(self) -> str:
        return f"{self.id}: {self.problem}"


def unreviewed(library: Library) -> tuple[Guidance, ...]:
    """The texts a specialist still has to approve, most risky first."""
    order = {Risk.HIGH: 0, Risk.MEDIUM: 1, Risk.LOW: 2}
    waiting = [guidance for guidance in library.guidance() if guidance.review is Review.NEEDED]
    return tuple(sorted(waiting, key=lambda guidance: (order[guidance.risk], guidance.id)))


def unreviewed_high_risk(library: Library) -> tuple[Guidance, ...]:
    """The texts that `REQUIRE_REVIEWED=1` does not let through."""
    return tuple(guidance for guidance in unreviewed(library) if guidance.risk is Risk.HIGH)


def check(library: Library, topics: Sequence[str], signals: Sequence[str]) -> tuple[Finding, ...]:
    """Everything that is wrong with the content.

    Args:
        topics, signals: the ids that must be answered (catalogue.yml).
    """
    return (
        *_coverage(library, topics, signals),
        *_references(library),
        *_conditions(library),
        *_sources(library),
        *_lengths(library),
        *_placeholders(library),
    )


def _coverage(library: Library, topics: Sequence[str], signals: Sequence[str]) -> Iterator[Finding]:
    for topic in topics:
        if topic not in library.answers:
            yield Finding(f"answer.{topic}", "the topic has no answer")
        if topic not in library.titles:
            yield Finding(f"topic.{topic}", "the topic has no button title")
    for signal in signals:
        if signal not in library.signals:
            yield Finding(f"signal.{signal}", "the signal has no content")


def _references(library: Library) -> Iterator[Finding]:
    for guidance in library.guidance():
        for topic in (*guidance.related, *(t for variant in guidance.variants for t in variant.related)):
            if topic not in library.answers:
                yield Finding(guidance.id, f"leads to the topic {topic}, which has no answer")
    for step in library.steps:
        for answer in step.answers:
            for text_id in filter(None, (answer.title, answer.remark)):
                if text_id not in library.texts:
                    yield Finding(step.guidance.id, f"the text {text_id} of an answer does not exist")
            if answer.remark and not answer.words:
                yield Finding(step.guidance.id, f"{answer.title} has a remark, but no word that its button can send")
            for word in set(answer.words) - TYPED:
                yield Finding(step.guidance.id, f"{answer.title}: nobody can type {word} as an answer")
            if step.facet and answer.value not in library.facets.get(step.facet, ()):
                yield Finding(step.guidance.id, f"{step.facet} cannot be {answer.value}")
        if bool(step.answers) != bool(step.facet):
            yield Finding(step.guidance.id, "a question needs both a facet and answers")


def _conditions(library: Library) -> Iterator[Finding]:
    known = {facet: {*values, UNKNOWN} for facet, values in library.facets.items()}
    rules = set(rule_facts(Organisation()))
    conditions = [
        (guidance.id, variant.when) for guidance in library.guidance() for variant in guidance.variants
    ]
    for step in library.steps:
        conditions += [(step.guidance.id, step.when), (step.guidance.id, step.unless)]
    for text_id, condition in conditions:
        for facet, wanted in condition.items():
            values = {wanted} if isinstance(wanted, str) else set(wanted)
            if facet in rules:
                continue
            if facet not in known:
                yield Finding(text_id, f"asks for {facet}, which is not known of a case")
            elif values - known[facet]:
                yield Finding(text_id, f"{facet} cannot be {', '.join(sorted(values - known[facet]))}")


def _sources(library: Library) -> Iterator[Finding]:
    for guidance in library.guidance():
        if not guidance.sources:
            yield Finding(guidance.id, "has no source")
        for source in guidance.sources:
            if source not in library.source_titles:
                yield Finding(guidance.id, f"the source {source} is not listed in sources.yml")


def _lengths(library: Library) -> Iterator[Finding]:
    renderer = bare_renderer(library)
    for guidance in library.guidance():
        for wording in guidance.wordings():
            yield from _length(guidance.id, wording, renderer)
        if guidance.why and len(library.texts[guidance.why]) > MESSAGE_LIMIT:
            yield Finding(guidance.id, f"the reason is over {MESSAGE_LIMIT} characters")
    for topic, title in library.titles.items():
        if len(library.texts[title]) > TITLE_LIMIT:
            yield Finding(f"topic.{topic}", f"the title is over {TITLE_LIMIT} characters")
    for text_id, text in library.texts.items():
        if len(text) > HARD_LIMIT:
            yield Finding(text_id, f"is over {HARD_LIMIT} characters")
        if _EXCLAMATION.search(text):
            yield Finding(text_id, "has an exclamation mark")


def _length(guidance_id: str, wording: Wording, renderer: Renderer) -> Iterator[Finding]:
    parts = wording.parts()
    if not parts:
        yield Finding(guidance_id, "a wording is empty")
        return
    try:
        length = len(renderer.render(Reply(parts), "en").text)
    except KeyError as error:
        yield Finding(guidance_id, f"the placeholder {error} has no value")
        return
    if length > MESSAGE_LIMIT:
        yield Finding(guidance_id, f"{length} characters are over {MESSAGE_LIMIT} ({wording.do})")


def _placeholders(library: Library) -> Iterator[Finding]:
    known = set(LocalWording(Organisation(), Texts(library.texts))("en"))
    for text_id, text in library.texts.items():
        if text_id.startswith(("step.", "answer.", "signal.")):
            unknown = placeholders(text) - known
            if unknown:
                yield Finding(text_id, f"the placeholder {', '.join(sorted(unknown))} does not exist")


def bare_renderer(library: Library) -> Renderer:
    """A renderer for an organisation that has filled in nothing: the longest wordings."""
    texts = Texts(library.texts)
    return Renderer(texts, LocalWording(Organisation(), texts))


def read_catalogue(path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The topic ids and signal ids of catalogue.yml."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    topics = [topic for group in data["topics"].values() for topic in group]
    return tuple(topics), tuple(data["signals"])
