"""The shipped content is complete, sourced and short enough."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.guidance.check import check, read_catalogue, unreviewed, unreviewed_high_risk
from bot.guidance.loader import CONTENT, ContentError, load_library
from bot.guidance.models import Library, Review

STAGES = {
    "prepare",
    "look",
    "introduce",
    "listen",
    "inquire",
    "validate",
    "safety",
    "inform",
    "consent",
    "close",
    "after",
}
"""The eleven steps of guidance.md §2."""


def test_the_content_has_no_problems(library: Library) -> None:
    assert [str(finding) for finding in check(library, *read_catalogue(CONTENT / "catalogue.yml"))] == []


def test_all_89_topics_and_ten_signals_are_answered(library: Library) -> None:
    topics, signals = read_catalogue(CONTENT / "catalogue.yml")
    assert len(topics) == 89
    assert set(topics) == set(library.answers)
    assert set(signals) == set(library.signals)


def test_every_stage_of_the_encounter_has_a_step(library: Library) -> None:
    assert {step.stage for step in library.steps} == STAGES


def test_every_step_says_what_why_and_where_from(library: Library) -> None:
    for step in library.steps:
        assert step.guidance.wording.do and step.guidance.why and step.guidance.sources, step.id
        assert library.texts[step.goal]


def test_what_rests_on_general_knowledge_awaits_review(library: Library) -> None:
    for guidance in library.guidance():
        if {"K", "P", "design"} & set(guidance.sources):
            assert guidance.review is Review.NEEDED, guidance.id


def test_high_risk_texts_come_first_in_the_review_list(library: Library) -> None:
    waiting = unreviewed(library)
    high = unreviewed_high_risk(library)
    assert waiting[: len(high)] == high
    assert high


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("answers/encounter.yml", "topic: no_network", "topic: no_such_topic", "no_network"),
        ("answers/encounter.yml", "related: [", "related: [no_such_topic, ", "leads to the topic"),
        ("steps/01_before.yml", "sources: [S12]", "sources: []", "has no source"),
        ("steps/01_before.yml", "sources: [S12]", "sources: [S999]", "not listed"),
        ("steps/01_before.yml", "Guessing a number", "word " * 130 + "Guessing a number", "over 600"),
        ("steps/01_before.yml", "{focal_point} can show", "{no_such_contact} can show", "no_such_contact"),
        ("steps/01_before.yml", "when: {contact: ahead}", "when: {contact: nowhere}", "cannot be nowhere"),
        ("steps/01_before.yml", "Guessing a number", "Guessing a number!", "exclamation"),
        ("steps/01_before.yml", "words: [unsure, next], remark", "words: [], remark", "button can send"),
        ("steps/01_before.yml", "words: [unsure, next], remark", "words: [perhaps, next], remark", "type perhaps"),
    ],
)
def test_a_broken_text_is_refused(tmp_path: Path, file: str, old: str, new: str, problem: str) -> None:
    content = _copy(tmp_path, file, old, new)
    findings = check(load_library(content), *read_catalogue(CONTENT / "catalogue.yml"))
    assert any(problem in str(finding) for finding in findings), findings


def test_two_texts_cannot_have_one_id(tmp_path: Path) -> None:
    content = _copy(tmp_path, "steps/01_before.yml", "id: receive_rumour", "id: prepare")
    with pytest.raises(ContentError, match="two texts"):
        load_library(content)


def _copy(folder: Path, file: str, old: str, new: str) -> Path:
    content = folder / "content"
    for path in CONTENT.rglob("*.yml"):
        target = content / path.relative_to(CONTENT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    changed = content / file
    text = changed.read_text(encoding="utf-8")
    assert old in text
    changed.write_text(text.replace(old, new, 1), encoding="utf-8")
    return content
