"""Everything that is noticed in a message: what the rules find, weighed together with what it is like."""

from __future__ import annotations

from dataclasses import replace
from typing import Optional

from bot.understanding.ages import find_ages
from bot.understanding.arabizi import in_arabic_letters
from bot.understanding.clauses import Status, divide
from bot.understanding.detection import LANGUAGES
from bot.understanding.evidence import asks, denies_in_short, gather, word_count
from bot.understanding.grammar import load_grammar, resolve
from bot.understanding.lexicon import Lexicon
from bot.understanding.numbers import with_digits
from bot.understanding.signal_model import SignalModel
from bot.understanding.signals import DANGER, DETAILS, ORDER, Signal, find_details
from bot.understanding.typed_words import typed_words


def notice(text: str, language: str, model: Optional[SignalModel]) -> tuple[Signal, ...]:
    """The signals in a message, at most one of each id, in the catalogue's order.

    Args:
        model: None: what the rules find stands alone.
    """
    evidence = gather(text, language)
    names, in_doubt = set(evidence.found), {}
    if model is not None:
        in_doubt = model.find(text, evidence)
        # What the model knows nothing of, the rules alone see to.
        names = set(in_doubt) | (names - set(model.names))
        # A model cannot read a number.
        names -= evidence.against - set(evidence.found)
    details = find_details(text, language)
    doubtful = {name for name in DANGER if in_doubt.get(name)}
    noticed = tuple(
        replace(evidence.signal(name), is_doubtful=name in doubtful) for name in ORDER if name in names - {DETAILS}
    )
    return (*noticed, details) if details else noticed


ARABIC_IN_LATIN_LETTERS = "3ayza a7ki ma3ak"
"""What brings the table of consonants into memory."""


def load_languages() -> None:
    """Loads what is known of every language, some seconds each: nobody's first message shall wait for it."""
    for language in LANGUAGES:
        notice("?", language, None)
        typed_words(language)
    in_arabic_letters(ARABIC_IN_LATIN_LETTERS)


def is_short_denial(text: str, language: str) -> bool:
    """Whether a message of a few words only denies or supposes something."""
    analysis = Lexicon.load(resolve(language)).read(text)
    said: int = Status.PLAIN
    for status in divide(analysis).status:
        said |= status
    return denies_in_short(word_count(analysis), said)


def is_question(text: str, language: str) -> bool:
    """Whether a message asks something, with or without a question mark."""
    return asks(Lexicon.load(resolve(language)).read(text))


def speaks_of_her(text: str, language: str) -> bool:
    """Whether a message speaks of a woman or girl other than the writer."""
    return "she_word" in Lexicon.load(resolve(language)).read(text).by_id


def stated_age(text: str, language: str) -> Optional[int]:
    """The age a message gives, in years; the lowest when there are several."""
    code = resolve(language)
    grammar = load_grammar(code)
    ages = find_ages(with_digits(Lexicon.load(code).read(text).tokens, grammar), grammar)
    return min((age.years for age in ages if age.years is not None), default=None)
