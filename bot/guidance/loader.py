"""Reads the content files into a `Library`.

Text ids come from where a text stands: `step.limits.do`, `step.limits.say.0`,
`step.limits.variant.1.never`, `answer.consent_how.why`, `signal.child.do`, `interface.button.done` is
just `button.done`. Ids never depend on the language.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Iterator, Mapping, Optional

import yaml

from bot.guidance.models import Answer, Condition, Guidance, Library, Review, Risk, Step, Variant, Wording

CONTENT = Path(__file__).parent / "content"

NO_WORDING = Wording()

_UNREVIEWED_BASIS = {"K", "P", "design"}


class ContentError(ValueError):
    """A content file cannot be used; the message names the file's part and the reason."""


class _Collector:
    """Gives texts their ids while the files are read."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def add(self, text_id: str, text: object) -> str:
        if not isinstance(text, str) or not text.strip():
            raise ContentError(f"{text_id}: a text is missing or empty")
        if text_id in self.texts:
            raise ContentError(f"{text_id}: two texts have this id")
        self.texts[text_id] = text.strip()
        return text_id

    def optional(self, text_id: str, entry: Mapping[str, Any], key: str) -> Optional[str]:
        return self.add(f"{text_id}.{key}", entry[key]) if entry.get(key) else None

    def wording(self, text_id: str, entry: Mapping[str, Any], base: Wording = NO_WORDING) -> Wording:
        """The wording of an entry; a variant's missing fields are those of `base`."""
        say = entry.get("say")
        return Wording(
            do=self.optional(text_id, entry, "do") or base.do,
            say=base.say
            if say is None
            else tuple(self.add(f"{text_id}.say.{n}", line) for n, line in enumerate(say)),
            never=base.never if "never" not in entry else self.optional(text_id, entry, "never"),
        )


def read_yaml(path: Path) -> Any:
    """One content file.

    Raises:
        ContentError: it is not YAML.
    """
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ContentError(f"{path.name} is not valid YAML: {error}") from error


def load_library(content: Path = CONTENT) -> Library:
    """Reads all content.

    Raises:
        ContentError: a file is broken, an id is used twice or a reference leads nowhere.
    """
    collector = _Collector()
    for text_id, text in read_yaml(content / "interface.yml")["texts"].items():
        collector.add(text_id, text)
    for text_id, text in _organisation_texts(read_yaml(content / "organisation.yml")):
        collector.add(f"organisation.{text_id}", text)
    for need, text in read_yaml(content / "directory.yml")["texts"].items():
        collector.add(need, text)
    titles = {
        topic: collector.add(f"topic.{topic}", title)
        for topic, title in read_yaml(content / "topics.yml")["topics"].items()
    }
    situation = read_yaml(content / "situation.yml")
    return Library(
        steps=_steps(content, collector),
        answers={
            e["topic"]: _guidance(f"answer.{e['topic']}", e, collector) for e in _entries(content, "answers")
        },
        signals={
            e["signal"]: _guidance(f"signal.{e['signal']}", e, collector)
            for e in read_yaml(content / "signals.yml")["signals"]
        },
        titles=titles,
        facets={facet: tuple(values) for facet, values in situation["facets"].items()},
        signal_facts=situation["signals"],
        topic_facts=situation["topics"],
        source_titles=_source_titles(content, collector),
        texts=collector.texts,
    )


@lru_cache(maxsize=1)
def library() -> Library:
    """The library of the shipped content, read once."""
    return load_library()


def _source_titles(content: Path, collector: _Collector) -> dict[str, str]:
    sources = read_yaml(content / "sources.yml")["sources"]
    return {source: collector.add(f"source.{source}", title) for source, title in sources.items()}


def _organisation_texts(data: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from _organisation_texts(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _entries(content: Path, folder: str) -> Iterator[Mapping[str, Any]]:
    for path in sorted((content / folder).glob("*.yml")):
        yield from read_yaml(path)[folder]


def _steps(content: Path, collector: _Collector) -> tuple[Step, ...]:
    by_id = {entry["id"]: _step(entry, collector) for entry in _entries(content, "steps")}
    order = read_yaml(content / "pathway.yml")["pathway"]
    if sorted(order) != sorted(by_id):
        raise ContentError(f"pathway.yml and steps/ disagree on {sorted(set(order) ^ set(by_id))}")
    return tuple(by_id[step_id] for step_id in order)


def _step(entry: Mapping[str, Any], collector: _Collector) -> Step:
    text_id = f"step.{entry['id']}"
    return Step(
        id=entry["id"],
        stage=entry["stage"],
        goal=collector.add(f"{text_id}.goal", entry.get("goal")),
        guidance=_guidance(text_id, {**entry, "related": entry.get("ask", [])}, collector),
        when=_condition(entry.get("when", {})),
        unless=_condition(entry.get("unless", {})),
        answers=tuple(
            Answer(answer["title"], answer["value"], tuple(answer.get("words", ())), answer.get("remark"))
            for answer in entry.get("answers", ())
        ),
        facet=entry.get("facet"),
        directory=entry.get("directory", False),
        find=entry.get("find", False),
        note=entry.get("note", False),
    )


def _guidance(text_id: str, entry: Mapping[str, Any], collector: _Collector) -> Guidance:
    sources = tuple(entry.get("sources", ()))
    basis = set(entry.get("basis", ())) | set(sources)
    declared = Review(entry.get("review", "none"))
    wording = collector.wording(text_id, entry)
    return Guidance(
        id=text_id,
        wording=wording,
        variants=tuple(
            Variant(
                _condition(variant["when"]),
                collector.wording(f"{text_id}.variant.{n}", variant, wording),
                collector.optional(f"{text_id}.variant.{n}", variant, "why"),
                tuple(variant.get("related", variant.get("ask", ()))),
            )
            for n, variant in enumerate(entry.get("variants", ()))
        ),
        why=collector.optional(text_id, entry, "why"),
        sources=sources,
        risk=Risk(entry["risk"]),
        review=Review.NEEDED if basis & _UNREVIEWED_BASIS else declared,
        related=tuple(entry.get("related", ())),
    )


def _condition(data: Mapping[str, Any]) -> Condition:
    return {facet: tuple(value) if isinstance(value, list) else value for facet, value in data.items()}
