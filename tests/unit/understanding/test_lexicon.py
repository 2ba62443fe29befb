import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.lexicon import Lexicon
from bot.understanding.patterns import PatternError, Reader, compile_pattern

LEXICON = Lexicon.load("en")


def ids(text: str) -> set[str]:
    return {match.id for match in LEXICON.concepts(text)}


def test_the_domain_is_covered() -> None:
    assert len(LEXICON.ids) >= 150


def test_different_words_share_a_concept() -> None:
    assert "weapon" in ids("he has a panga") & ids("there was a pistol") & ids("she saw his axe")


def test_inflected_and_mistyped_words_are_found() -> None:
    assert "choke" in ids("he was strangling her")
    assert "investigation" in ids("the investigtion")


def test_an_ordinary_word_is_never_taken_for_a_typing_error() -> None:
    assert "seizure" not in ids("a leisure centre")


def test_an_idiom_hides_the_concepts_it_touches() -> None:
    assert "threat_to_kill" not in ids("this queue is killing me")


def test_spans_point_at_the_words() -> None:
    text = "Pls, he has a KNIFE"
    match = next(m for m in LEXICON.concepts(text) if m.id == "weapon")
    assert text[match.start : match.end] == "KNIFE"


def test_grammar_cues_are_not_features() -> None:
    assert not any(name.startswith("_") for name in ids("if she is not bleeding"))


def test_an_unknown_language_is_read_as_english() -> None:
    assert Lexicon.load("xx") is LEXICON


def test_words_somebody_typed_do_not_stay_in_memory() -> None:
    LEXICON.concepts("Zyxwvutia told me")
    assert "zyxwvutia" not in LEXICON._vocab.strings


def test_a_phrase_with_an_unknown_set_is_refused_by_name() -> None:
    with pytest.raises(PatternError, match="<nowhere>"):
        compile_pattern("kill <nowhere>", Reader({}, str.split, frozenset()))


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert all(0 <= m.start < m.end <= len(text) for m in LEXICON.concepts(text))
