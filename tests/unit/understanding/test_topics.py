"""The classifier of topics: languages together, out of scope, being saved."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.understanding.topics import OUT_OF_SCOPE, TopicModel, TopicModelError

SECRET = [
    "she asks me to keep it secret",
    "he begs that nobody may know",
    "i must promise to tell no one",
    "she wants it to stay between us",
]
PILLS = [
    "which medicine prevents a pregnancy",
    "the morning after pill, where",
    "can she still take the pill",
    "emergency contraception at the clinic",
]
OUTSIDE = ["the weather is nice", "who won the match yesterday", "my printer is broken", "how is rice cooked"]
EXAMPLES = [
    *((text, "ask/secrecy_request") for text in SECRET),
    *((text, "ask/emergency_contraception") for text in PILLS),
    *((text, OUT_OF_SCOPE) for text in OUTSIDE),
]


def no_concepts(text: str) -> tuple[str, ...]:
    return ()


@pytest.fixture(scope="module")
def model() -> TopicModel:
    return TopicModel.train(EXAMPLES, (), no_concepts)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("elle veut que personne ne le sache", "ask/secrecy_request"),
        ("هل يمكنها أن تأخذ حبوب منع الحمل الطارئة", "ask/emergency_contraception"),
        ("¿dónde hay pastilla del día después?", "ask/emergency_contraception"),
    ],
)
def test_what_is_learnt_in_one_language_carries_to_others(model: TopicModel, text: str, topic: str) -> None:
    assert model.rank(text, most=1)[0].label == topic


def test_one_message_is_ranked_as_among_many(model: TopicModel) -> None:
    texts = ["nobody may know", "the pill", "the weather"]
    together = list(model.rank_many(texts, most=3))
    for text, ranked in zip(texts, together, strict=True):
        alone = model.rank(text, most=3)
        assert [r.label for r in alone] == [r.label for r in ranked]
        assert sum(r.confidence for r in alone) == pytest.approx(1, abs=1e-4)


def test_out_of_scope_is_caught_as_far_as_real_messages_allow() -> None:
    real = [("it must stay secret", "ask/secrecy_request"), ("the pill for after", "ask/emergency_contraception")] * 20
    outside = [("the bus was late", OUT_OF_SCOPE), ("a recipe for bread", OUT_OF_SCOPE)] * 20
    model = TopicModel.train(EXAMPLES, [*real, *outside], no_concepts)
    assert all(model.rank(text, most=1)[0].label == label for text, label in real)
    assert model.rank("the bus was late", most=1)[0].label == OUT_OF_SCOPE


def test_what_is_learnt_is_kept(model: TopicModel, tmp_path: Path) -> None:
    model.save(tmp_path / "model")
    loaded = TopicModel.load(tmp_path / "model", no_concepts)
    assert loaded.rank("nobody may know") == model.rank("nobody may know")


def test_one_label_is_too_few() -> None:
    with pytest.raises(TopicModelError):
        TopicModel.train([("a", "x"), ("b", "x")], (), no_concepts)
