"""Replies put together from content: what stands in full, what is shortened and what is left out."""

from __future__ import annotations

import pytest

from bot.guidance.loader import library
from bot.guidance.pathway import Place, answer_for
from bot.guidance.replies import Replies
from bot.understanding.signals import DANGER
from bot.wording.reply import Kind


@pytest.fixture(scope="module")
def replies() -> Replies:
    return Replies(library())


def test_only_the_most_pressing_emergency_is_said_in_full(replies: Replies) -> None:
    first, second = replies.emergency(["danger_now", "medical_emergency"], {}, None)
    assert {part.kind for part in first.parts} >= {Kind.SAY, Kind.NEVER}
    assert [part.kind for part in second.parts] == [Kind.PLAIN]
    assert not first.choices and second.choices


@pytest.mark.parametrize("signal", DANGER)
def test_a_danger_in_doubt_is_a_line_that_asks_nothing_and_a_button(replies: Replies, signal: str) -> None:
    """A typed "yes" must not be taken for the answer to it, nor the answer to it for one to the step's question."""
    said = replies.doubt(signal)
    assert [library().texts[part.id].count("?") for part in said.parts] == [0]
    assert [choice.payload for choice in said.choices] == [f'/danger_signal{{"signal": "{signal}"}}']


def test_not_sure_is_told_from_under_18_and_still_says_a_child(replies: Replies) -> None:
    """Whoever presses it in an older message is believed as well."""
    step = next(step for step in library().steps if step.facet == "person")
    sent = {choice.title: choice.payload for choice in replies.step(Place(step, 2, 16), {}).choices}
    assert '"person": "child"' in sent["button.not_sure_child"] and '"person": "child"' in sent["button.under_18"]
    assert sent["button.not_sure_child"] != sent["button.under_18"]
    unsure, child = answer_for(step, "unsure", "child"), answer_for(step, "inform", "child")
    assert unsure and child and unsure.remark and not child.remark


def test_a_note_is_left_out_where_the_answer_says_the_same(replies: Replies) -> None:
    assert replies.is_covered("pregnant", "emergency_contraception")
    assert not replies.is_covered("pregnant", "interpreter")
    assert not replies.is_covered("pregnant", None)


def test_a_variant_leads_to_its_own_questions_and_reason() -> None:
    """A child's case must not be answered with the reason, or the next questions, meant for adults."""
    for guidance in library().guidance():
        for variant in guidance.variants:
            facts = {facet: value if isinstance(value, str) else value[0] for facet, value in variant.when.items()}
            chosen = next(v for v in guidance.variants if guidance.wording_for(facts) is v.wording)
            assert guidance.related_for(facts) == (chosen.related or guidance.related)
            assert guidance.why_for(facts) == (chosen.why or guidance.why)
    own = [v for guidance in library().guidance() for v in guidance.variants if v.related]
    assert own, "the content has variants with questions of their own"
