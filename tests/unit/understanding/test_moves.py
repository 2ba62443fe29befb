"""Moves: sentences, denials, data files, and that what is learnt survives being saved."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import pytest
import yaml

from bot.guidance.loader import CONTENT
from bot.understanding.encoder import Vectors
from bot.understanding.features import Concepts, Features
from bot.understanding.move_model import MoveModel, views
from bot.understanding.moves import MoveDataError, Moves, read_sentences, split
from bot.understanding.network import Scores
from bot.understanding.trained_moves import DATA
from bot.understanding.word_classes import WordClasses


@pytest.fixture(autouse=True)
def few_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """What these few sentences have to teach is learnt soon."""
    monkeypatch.setattr("bot.understanding.network.LEAST_BATCHES", 60)


def no_concepts(language: str) -> Concepts:
    return lambda text: ()


def test_lines_are_split_as_typed() -> None:
    assert split("Hello there. Are you safe?! ok\nbye") == ("Hello there.", "Are you safe?!", "ok", "bye")
    assert split("هل أنتِ بخير؟ أنا هنا.") == ("هل أنتِ بخير؟", "أنا هنا.")
    assert split("… !") == ()


@pytest.mark.parametrize("language", sorted(path.name for path in DATA.iterdir() if any(path.glob("*.yml"))))
def test_the_data_names_only_moves_of_the_catalogue_and_no_line_twice(language: str) -> None:
    catalogue = yaml.safe_load((CONTENT / "catalogue.yml").read_text(encoding="utf-8"))["moves"]
    known = {*catalogue["helpful"], *catalogue["harmful"]}
    sentences = read_sentences(DATA / language)
    assert {move for _, moves in sentences for move in moves} == known
    texts = [text.casefold() for text, _ in sentences]
    assert len(texts) == len(set(texts))


def test_what_is_denied_is_marked() -> None:
    english = WordClasses.load("en")
    assert english.marked("I won't tell anyone, but call me") == "i will not not_tell not_anyone but call me"
    assert "N_promise" in english.all_in("i can't promise that").split()
    assert "promise" in english.all_in("no, i promise").split()
    assert WordClasses.load("xx").all_in("anything") == ""


def test_a_bad_data_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "odd.yml").write_text("blame: [a, b]\n")
    with pytest.raises(MoveDataError, match=r"odd\.yml"):
        read_sentences(tmp_path)


def test_what_is_learnt_is_kept(tmp_path: Path) -> None:
    examples = [(f"it is not your fault {n}", frozenset({"not_your_fault"})) for n in range(10)]
    examples += [(f"you should not have gone {n}", frozenset({"blame"})) for n in range(10)]
    examples += [(f"the queue is long {n}", frozenset()) for n in range(10)]
    moves = Moves(MoveModel.train({"en": examples}, no_concepts), ("en",), no_concepts)
    moves.save(tmp_path / "moves.model")
    loaded = Moves.load(tmp_path / "moves.model", no_concepts)
    assert loaded.languages == ("en",)
    line = "It is not your fault. The queue is long."
    assert [sentence.moves for sentence in loaded.read(line, "en")] == [("not_your_fault",), ()]
    assert loaded.read(line, "en") == moves.read(line, "en")
    with pytest.raises(KeyError):
        loaded.read("ce n'est pas ta faute", "fr")


def test_a_critical_fail_must_be_surer_than_harmless_sentences_look(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = frozenset({"promise_secrecy"})
    examples = [(f"i promise nobody will know about it, number {n}", secret) for n in range(20)]
    examples += [(f"the queue for water is long today, number {n}", frozenset()) for n in range(20)]
    monkeypatch.setattr("bot.understanding.move_model.LEAST_DEVELOPMENT", 10)
    harmless = [(f"i can not promise that nobody will know, number {n}", frozenset()) for n in range(30)]
    careless = MoveModel.train({"en": examples}, no_concepts)
    careful = MoveModel.train({"en": examples}, no_concepts, {"en": harmless})
    assert careful.thresholds[0] > careless.thresholds[0]
    texts = [text for text, _ in harmless]
    seen = views(texts, "en", lambda text: ())
    assert (careful.likelihoods(seen, Features.meaning(texts))[:, 0] > careful.thresholds[0]).sum() <= 1


class Fixed:
    """A model that finds the same in every sentence."""

    names = ("blame", "listen_reflect", "private_place", "shock")
    thresholds = np.full(4, 0.5, dtype=np.float32)

    def __init__(self, *likelihoods: float) -> None:
        self._row = np.array(likelihoods, dtype=np.float32)

    def likelihoods(self, seen: object, meaning: Vectors) -> Scores:
        return np.tile(self._row, (len(meaning), 1))


@pytest.mark.parametrize(
    ("likelihoods", "doubtful", "others"),
    [
        ((0.2, 0.1, 0.15, 0.0), ("blame",), ("private_place", "listen_reflect", "shock")),
        ((0.2, 0.3, 0.15, 0.0), ("listen_reflect", "blame"), ("private_place", "shock")),
        ((0.1, 0.2, 0.15, 0.0), (), ()),
    ],
)
def test_a_critical_fail_is_asked_about_sooner(
    likelihoods: tuple[float, ...], doubtful: tuple[str, ...], others: tuple[str, ...]
) -> None:
    moves = Moves(cast(MoveModel, Fixed(*likelihoods)), ("en",), no_concepts)
    [sentence] = moves.read("you know how he is", "en")
    assert (sentence.moves, sentence.doubtful, sentence.others) == ((), doubtful, others)


def test_what_is_sure_is_not_asked_about() -> None:
    moves = Moves(cast(MoveModel, Fixed(0.2, 0.6, 0.0, 0.0)), ("en",), no_concepts)
    [sentence] = moves.read("you know how he is", "en")
    assert (sentence.moves, sentence.doubtful, sentence.others) == (("listen_reflect",), (), ())


def test_a_few_sentences_are_seen_as_many_are(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = frozenset({"promise_secrecy"})
    examples = [(f"I promise NOBODY will know, it's our secret {n % 7}", secret) for n in range(10)]
    examples += [(f"the queue is long, isn't it? number {n}", frozenset()) for n in range(10)]
    model = MoveModel.train({"en": examples}, lambda language: lambda text: ("secret",) if "secret" in text else ())
    texts = ["I promise: it's a secret, nobody will know", "", "QUEUE queue queue, isn't it", "?"]
    seen, meaning = views(texts, "en", lambda text: ("secret", "unknown")), Features.meaning(texts)
    few = model.likelihoods(seen, meaning)
    monkeypatch.setattr("bot.understanding.move_model.FEW", 0)
    assert np.allclose(few, model.likelihoods(seen, meaning), atol=1e-6)


def test_a_language_learns_from_another() -> None:
    secret = frozenset({"promise_secrecy"})
    english = [(f"I promise nobody will ever know about this, number {n}", secret) for n in range(10)]
    english += [(f"the queue for water is long today, number {n}", frozenset()) for n in range(10)]
    french = [(f"la file pour l'eau est longue {n}", frozenset()) for n in range(6)]
    french += [(f"croix de bois croix de fer {n}", secret) for n in range(6)]
    line = "je vous promets que personne ne le saura"

    def likelihood(model: MoveModel) -> float:
        seen = views([line], "fr", lambda text: ())
        return float(model.likelihoods(seen, Features.meaning([line]))[0, 0])

    alone = MoveModel.train({"fr": french}, no_concepts)
    helped = MoveModel.train({"fr": french, "en": english}, no_concepts)
    assert likelihood(helped) > likelihood(alone)
