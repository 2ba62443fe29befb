from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.normalise import _FOLDING, MOST_FOLDED, Shortening, fold, normalise, spell_out

ENGLISH = Shortening({"can't": "can not", "dnt": "do not"}, endings=("'s",))


def words(text: str) -> str:
    return spell_out(text, ENGLISH, {"please", "need"}.__contains__).text


def test_curly_quotes_and_short_forms_become_plain_words() -> None:
    assert words("She can’t, I dnt") == "she can not, i do not"


def test_stretched_letters_are_shortened_to_a_word_that_exists() -> None:
    assert words("pleeease i neeeed") == "please i need"


def test_a_number_is_parted_from_its_unit() -> None:
    assert words("13yrs") == "13 yrs"


def test_arabic_is_folded_to_one_spelling() -> None:
    assert fold("فَتاةٌ") == fold("فتاه")
    assert fold("أُمّي") == fold("امى")
    assert fold("٠١٢") == "012"


def test_a_flood_of_strange_characters_fills_no_memory() -> None:
    flood = "".join(chr(code) for code in range(0x3400, 0x3400 + 2 * MOST_FOLDED))
    assert fold(flood) == flood and len(_FOLDING) <= MOST_FOLDED
    assert fold("É") == "e"


def test_spans_lead_back_to_the_original() -> None:
    text = "Pleeease, she can’t breathe"
    found = spell_out(text, ENGLISH, {"please"}.__contains__)
    at = found.text.index("breathe")
    assert text[slice(*found.original_span(at, at + 7))] == "breathe"


@given(st.text())
def test_offsets_stay_inside_whatever_the_text(text: str) -> None:
    found = spell_out(text, ENGLISH, lambda word: False)
    assert len(found.text) == len(found.starts) == len(found.ends)
    assert all(0 <= a < b <= len(text) for a, b in zip(found.starts, found.ends, strict=True))
    assert isinstance(normalise(text), str)
