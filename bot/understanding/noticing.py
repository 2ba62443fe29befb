"""Everything that is noticed in a message: what the rules find, and what the second net adds."""

from __future__ import annotations

from typing import Optional

from bot.understanding.ages import ADULT, find_ages
from bot.understanding.clauses import Status, divide
from bot.understanding.detection import languages_in
from bot.understanding.durations import find_durations
from bot.understanding.grammar import load_grammar, resolve
from bot.understanding.lexicon import Lexicon
from bot.understanding.numbers import with_digits
from bot.understanding.signal_model import SignalModel
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

DANGER = ORDER[:5]
"""Signals that interrupt whatever is going on, most pressing first."""

NEVER_EXPLAINED_AWAY = frozenset({"danger_now", "suicide_risk"})
"""Signals the model may raise although a rule saw them denied: "I don't want to live", said in passing."""

DENIAL_WORDS = 6
"""Words of a message that can only be a denial ("nobody is bleeding")."""


def notice(text: str, language: str, model: Optional[SignalModel]) -> tuple[Signal, ...]:
    """The signals in a message, at most one of each id, in the catalogue's order."""
    found = {signal.id: signal for signal in find(text, language)}
    for other in languages_in(text, language)[1:]:
        # A sign of danger in a second language counts; masking and small facts stay with the first.
        for signal in find(text, other):
            if signal.id in DANGER:
                found.setdefault(signal.id, signal)
    if model is not None and not is_short_denial(text, language):
        added = set(model.find(text)) - set(found)
        if added:
            # A model cannot read "what if she gets pregnant?", "the bleeding has stopped" or a number.
            added -= denied(text, language) - NEVER_EXPLAINED_AWAY
            added -= _miscounted(text, language)
        for name in added:
            found[name] = Signal(name)
    return tuple(found[name] for name in ORDER if name in found)


def _miscounted(text: str, language: str) -> set[str]:
    """Signals that a number in the message speaks against: an adult age, hours beyond the last medicine."""
    code = resolve(language)
    grammar = load_grammar(code)
    digits = with_digits(Lexicon.load(code).read(text).tokens, grammar)
    against = set()
    ages = [age.years for age in find_ages(digits, grammar) if age.years is not None]
    if ages and min(ages) >= ADULT:
        against.add("child")
    durations = find_durations(digits, grammar)
    if durations and not any(duration.recent for duration in durations):
        against.add("recent_assault")
    return against


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
