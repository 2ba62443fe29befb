"""Moves: sentences, denials, data files, and that what is learnt survives being saved."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.guidance.loader import CONTENT
from bot.understanding.language_guess import LanguageGuess
from bot.understanding.moves import MoveDataError, MoveModel, Moves, _views, read_sentences, split
from bot.understanding.trained_moves import DATA
from bot.understanding.word_classes import WordClasses


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
    guess = LanguageGuess.train({"en": ["it is not your fault"], "fr": ["ce n'est pas ta faute"]})
    moves = Moves({"en": MoveModel.train("en", examples, lambda text: ())}, guess)
    moves.save(tmp_path / "moves.joblib")
    loaded = Moves.load(tmp_path / "moves.joblib", lambda language: lambda text: ())
    assert loaded.languages == ("en",)
    line = "It is not your fault. The queue is long."
    assert [sentence.moves for sentence in loaded.read(line, "en")] == [("not_your_fault",), ()]
    assert loaded.read(line, "en") == moves.read(line, "en")
    assert loaded.language_of("pas de ta faute") == "fr"


def test_a_language_learns_from_the_classes_of_another() -> None:
    english = [(f"I promise nobody will know, {n}", frozenset({"promise_secrecy"})) for n in range(10)]
    english += [(f"the queue is long {n}", frozenset()) for n in range(10)]
    french = [(f"rien de tel {n}", frozenset()) for n in range(10)]
    french += [(f"croix de bois {n}", frozenset({"promise_secrecy"})) for n in range(10)]
    line = "je vous promets de garder le secret"

    def likelihood(model: MoveModel) -> float:
        views = _views([line], "fr", lambda text: ())
        return float(model._likelihoods(model._features(views))[0, 0])

    alone = MoveModel.train("fr", french, lambda text: ())
    helped = MoveModel.train("fr", french, lambda text: (), {"en": english})
    assert likelihood(helped) > likelihood(alone)
    assert not {"nobody", "queue"} & set(helped._vectorizers[0].vocabulary_)


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_the_language_of_a_line_is_told_without_having_seen_it(language: str) -> None:
    lines = {path.name: [text for text, _ in read_sentences(path)] for path in DATA.iterdir()}
    unseen = lines[language][::5]
    kept = {**lines, language: [line for n, line in enumerate(lines[language]) if n % 5]}
    guess = LanguageGuess.train(kept)
    right = sum(guess.guess(line) == language for line in unseen)
    assert right / len(unseen) >= 0.97
