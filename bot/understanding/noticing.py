"""Everything that is noticed in a message: what the rules find, and what the second net adds."""

from __future__ import annotations

from typing import Optional

from bot.understanding.ages import find_ages
from bot.understanding.clauses import Status, divide
from bot.understanding.grammar import load_grammar, resolve
from bot.understanding.lexicon import Lexicon
from bot.understanding.numbers import with_digits
from bot.understanding.signal_model import URGENT, SignalModel
from bot.understanding.signals import Signal, denied, find

ORDER = (
    "danger_now",
    "perpetrator_nearby",
    "medical_emergency",
    "strangulation",
    "suicide_risk",
    "child",
    "pregnant",
    "recent_assault",
    "aid_worker_accused",
    "identifying_details",
)
"""Signal ids in the order of catalogue.yml."""


DENIAL_WORDS = 6
"""Words of a message that can only be a denial ("nobody is bleeding")."""


def notice(text: str, language: str, model: Optional[SignalModel]) -> tuple[Signal, ...]:
    """The signals in a message, at most one of each id, in the catalogue's order."""
    found = {signal.id: signal for signal in find(text, language)}
    if model is not None and not is_short_denial(text, language):
        added = set(model.find(text)) - set(found)
        if added - URGENT:
            # A model cannot read "what if she gets pregnant?"; an urgent sign is kept all the same.
            added -= denied(text, language) - URGENT
        for name in added:
            found[name] = Signal(name)
    return tuple(found[name] for name in ORDER if name in found)


def is_short_denial(text: str, language: str) -> bool:
    """Whether a message of a few words denies or supposes something: the rules judge those alone."""
    analysis = Lexicon.load(resolve(language)).read(text)
    status = divide(analysis).status
    denied = any(each & (Status.NEGATED | Status.HYPOTHETICAL) for each in status)
    return denied and len(analysis.tokens) <= DENIAL_WORDS


def is_question(text: str, language: str) -> bool:
    """Whether a message asks something, with or without a question mark."""
    return "?" in text or "؟" in text or "_asks" in Lexicon.load(resolve(language)).read(text).by_id


def speaks_of_her(text: str, language: str) -> bool:
    """Whether a message speaks of a woman or girl other than the writer."""
    return "she_word" in Lexicon.load(resolve(language)).read(text).by_id


def stated_age(text: str, language: str) -> Optional[int]:
    """The age a message gives, in years; the lowest when there are several."""
    code = resolve(language)
    grammar = load_grammar(code)
    ages = find_ages(with_digits(Lexicon.load(code).read(text).tokens, grammar), grammar)
    return min((age.years for age in ages if age.years is not None), default=None)
