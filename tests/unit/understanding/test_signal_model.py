"""The second net: it learns from messages, weighs the rules, and never overrules them on plain words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.understanding.evidence import Evidence, gather
from bot.understanding.noticing import notice
from bot.understanding.signal_model import (
    DOUBTED_BELOW,
    LEAST_EXAMPLES,
    PLAIN_FROM,
    UNCALIBRATED,
    Example,
    SignalModel,
    _doubted,
    _gathered,
)
from bot.understanding.signals import Signal
from bot.understanding.weighing import Size, Weighing

NOTHING = Evidence({}, frozenset(), frozenset(), words=20)
FOUND = {"danger_now": Signal("danger_now")}


def evidence_of(text: str) -> Evidence:
    """A rule that sees danger wherever a knife is named."""
    return Evidence(FOUND if "knife" in text else {}, frozenset(), frozenset(), words=len(text.split()))


def examples() -> list[Example]:
    found: list[Example] = []
    for n in range(8 * LEAST_EXAMPLES):
        found += [
            (f"he waits with a knife behind tent {n}", frozenset({"danger_now"})),
            (f"she carries his baby since month {n}", frozenset({"pregnant"})),
            (f"the cook cut {n} onions with a knife for lunch", frozenset()),
            (f"please send {n} more blankets", frozenset()),
        ]
    return found


def found(model: SignalModel, text: str, evidence: Evidence) -> tuple[str, ...]:
    return tuple(model.find(text, evidence))


@pytest.fixture(scope="module")
def model() -> SignalModel:
    return SignalModel.train(examples(), (), evidence_of)


def test_what_is_like_a_sign_is_found_and_what_is_not_is_not(model: SignalModel) -> None:
    told = "behind the big tent he waits for her again and he holds the long knife"
    cooking = "in the kitchen the cook cut the last onions of the day with her knife for lunch"
    assert found(model, told, evidence_of(told)) == ("danger_now",)
    assert found(model, cooking, evidence_of(cooking)) == ()
    assert found(model, "she carries a baby of his since a month or so, she says to me", NOTHING) == ("pregnant",)


def test_on_plain_words_an_urgent_sign_of_a_rule_stands(model: SignalModel) -> None:
    text = "more blankets and a knife"
    assert PLAIN_FROM < model.likelihoods(text, evidence_of(text))["danger_now"] < UNCALIBRATED
    assert found(model, text, evidence_of(text)) == ("danger_now",)
    doubted = Evidence(FOUND, frozenset(), frozenset({"asks"}), words=5)
    assert found(model, text, doubted) == ()


def test_rules_that_are_mostly_wrong_in_plain_words_are_not_trusted() -> None:
    often, seldom, rare = (f"danger_now.{n}" for n in range(3))

    def holds(*rules: str) -> Evidence:
        return Evidence(FOUND, frozenset(), frozenset(), words=4, rules=frozenset(rules))

    cases = [*([(holds(often), True), (holds(seldom), False)] * 10), (holds(rare), False), (holds(seldom), True)]
    truth = np.array([[there, False] for _, there in cases])
    assert _doubted([each for each, _ in cases], truth, ["danger_now", "pregnant"]) == (seldom,)


def test_a_sign_that_only_a_doubted_rule_sees_has_to_be_likely_enough(model: SignalModel) -> None:
    text, rule = "more blankets and a knife", "danger_now.0"
    doubting = SignalModel(model._features, model._network, model.names, model._weighing, doubted=(rule,))
    seen = Evidence(FOUND, frozenset(), frozenset(), words=5, rules=frozenset({rule}))
    assert found(model, text, seen) == ("danger_now",) and found(doubting, text, seen) == ()
    assert found(doubting, text, replace(seen, rules=frozenset({rule, "danger_now.1"}))) == ("danger_now",)
    aged = replace(seen, found={"danger_now": Signal("danger_now", age=9)})
    assert found(doubting, text, aged) == ("danger_now",)


def test_a_child_whose_age_is_read_needs_less_in_any_words(model: SignalModel, monkeypatch: pytest.MonkeyPatch) -> None:
    weighed = SignalModel(model._features, model._network, ("child", "pregnant"), model._weighing, (0.3, 0.3))
    monkeypatch.setattr(weighed, "likelihoods", lambda text, evidence: {"child": 0.12, "pregnant": 0.12})

    def told(age: int | None) -> Evidence:
        found = {"child": Signal("child", age=age), "pregnant": Signal("pregnant")}
        return Evidence(found, frozenset(), frozenset(), words=20)

    assert found(weighed, "many words", told(9)) == ("child",)
    assert found(weighed, "many words", told(None)) == ()


def test_beside_an_age_in_plain_words_the_net_alone_has_to_be_sure(
    model: SignalModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    weighed = SignalModel(model._features, model._network, ("child", "pregnant"), model._weighing, (0.2, 0.2))
    told = Evidence({"child": Signal("child", age=16)}, frozenset(), frozenset(), words=6)
    for likelihood, signs in ((0.4, ("child",)), (0.6, ("child", "pregnant"))):
        monkeypatch.setattr(weighed, "likelihoods", lambda *_, it=likelihood: {"child": 0.9, "pregnant": it})
        assert found(weighed, "she says she is 16", told) == signs
    monkeypatch.setattr(weighed, "likelihoods", lambda *_: {"child": 0.9, "pregnant": 0.4})
    assert found(weighed, "many words", replace(told, words=20)) == ("child", "pregnant")


def test_a_sign_that_is_hardly_likely_is_in_doubt_but_for_what_a_rule_sees_in_plain_words(
    model: SignalModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    weighed = SignalModel(model._features, model._network, ("danger_now", "pregnant"), model._weighing, (0.1, 0.1))
    plain, story = (Evidence(FOUND, frozenset(), frozenset(), words=words) for words in (5, 20))
    for likelihood, in_doubt in ((DOUBTED_BELOW - 0.01, True), (DOUBTED_BELOW, False)):
        monkeypatch.setattr(weighed, "likelihoods", lambda *_, it=likelihood: {"danger_now": it, "pregnant": it})
        assert weighed.find("many words", story) == {"danger_now": in_doubt, "pregnant": in_doubt}
        assert weighed.find("a knife", plain) == {"danger_now": False, "pregnant": in_doubt}


def test_but_not_where_a_word_was_taken_for_another(model: SignalModel) -> None:
    text = "the cook cut onions knife for lunch"
    assert evidence_of(text).is_plain and found(model, text, evidence_of(text)) == ()


def test_it_comes_back_from_a_file_as_it_was(model: SignalModel, tmp_path: Path) -> None:
    model.save(tmp_path / "model")
    loaded = SignalModel.load(tmp_path / "model")
    assert loaded.likelihoods("he waits", NOTHING) == model.likelihoods("he waits", NOTHING)


def test_too_few_messages_are_no_basis() -> None:
    with pytest.raises(ValueError, match="too few"):
        SignalModel.train(examples()[:60], (), evidence_of)


def test_questions_that_may_speak_of_a_child_teach_nothing() -> None:
    def of(text: str) -> Evidence:
        return gather(text, "en")

    quiet = ["a girl of 10 asks me whether she can sign", "who kills this noise"]
    texts, _, truth = _gathered([("he hit her", frozenset({"danger_now"}))], quiet, of, ["danger_now"])
    assert texts == ["he hit her", "who kills this noise"] and truth[:, 0].tolist() == [True, False]


def test_what_the_net_knows_nothing_of_the_rules_alone_see_to(model: SignalModel) -> None:
    names = {signal.id for signal in notice("her throat was squeezed, call me on 0771 234 567", "en", model)}
    assert {"strangulation", "identifying_details"} <= names
    assert "medical_emergency" not in {s.id for s in notice("nobody is bleeding", "en", model)}


def test_the_weighing_runs_as_scikit_learn_trained_it() -> None:
    chance = np.random.default_rng(7)
    numbers = chance.normal(size=(4000, 6)).astype(np.float32)
    truth = np.column_stack([numbers[:, 0] > 0, numbers[:, 1] * numbers[:, 2] > 0])
    found = Weighing.train(numbers, truth, Size(32, 0.1)).likelihoods(numbers)
    assert found.shape == truth.shape and found.min() >= 0 and found.max() <= 1
    assert ((found > 0.5) == truth).mean() > 0.9


def test_when_a_sign_is_raised_is_chosen_on_other_messages(model: SignalModel, tmp_path: Path) -> None:
    alike = [(f"behind tent {n} he waits, a knife in his hand", frozenset({"danger_now"})) for n in range(30)]
    nothing = [(f"we need {n} blankets and a pot", frozenset()) for n in range(30)]
    chosen = SignalModel.train(examples(), (), evidence_of, [*alike, *nothing])
    at = dict(zip(chosen.names, chosen.raised_from, strict=True))
    assert at["danger_now"] != UNCALIBRATED and at["pregnant"] == UNCALIBRATED
    assert all(found(chosen, text, NOTHING) == () for text, _ in nothing)
    chosen.save(tmp_path / "model")
    assert SignalModel.load(tmp_path / "model").raised_from == chosen.raised_from
