"""What the rules make of a message, for the second net to weigh: what they found, what they saw denied, how it is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Final, Optional

from bot.understanding.clauses import Status
from bot.understanding.detection import detect, languages_in
from bot.understanding.grammar import load_grammar, resolve
from bot.understanding.lexicon import Analysis, Lexicon
from bot.understanding.signals import DANGER, Signal, consider, rule_names

MARKS: Final = (
    *("negated", "hypothetical", "general", "over"),
    *("asks", "short_denial", "few_words", "many_words", "adult", "long_since"),
)
"""How a message is said, as far as it bears on whether a sign is one."""

DENIAL_WORDS: Final = 6
"""Words of a message that can only be a denial ("nobody is bleeding")."""

FIRST_WORDS: Final = 6
"""Words in which a question without a question mark shows itself ("is she allowed not to")."""

FEW_WORDS: Final = 5
MANY_WORDS: Final = 20
"""Up to how many words a message is a scrap, and from how many it tells a story."""

PLAIN_WORDS: Final = 8
"""Words of a message that says one thing, so that a rule cannot be misled by the rest."""

_DOUBTS = frozenset({"hypothetical", "general", "over", "asks"})
"""Marks that make a sign doubtful. A denial does not: rules see what is denied, and "she can't breathe" is none."""


@dataclass(frozen=True)
class Evidence:
    """What the rules make of one message.

    Attributes:
        found: signals the rules see, by id; identifying details are seen to apart.
        denied: ids of those they see denied, supposed, in general or over.
        marks: those of `MARKS` that hold.
        words: how many there are.
        concepts: ids of the concepts in it, each once.
        minor: the youngest age under 18 that is given, in years.
        hours: since an assault, when the message gives a recent time.
        rules: names of the rules that hold.
    """

    found: Mapping[str, Signal]
    denied: frozenset[str]
    marks: frozenset[str]
    words: int
    concepts: tuple[str, ...] = ()
    minor: Optional[int] = None
    hours: Optional[float] = None
    rules: frozenset[str] = frozenset()

    @property
    def is_plain(self) -> bool:
        """Few words, and nothing in them that makes a sign doubtful: what a rule sees here is so."""
        return self.words <= PLAIN_WORDS and not self.marks & _DOUBTS

    @property
    def against(self) -> frozenset[str]:
        """Signals that a number in the message speaks against: an adult's age, hours beyond the last medicine."""
        by_mark = {"adult": "child", "long_since": "recent_assault"}
        return frozenset(name for mark, name in by_mark.items() if mark in self.marks)

    def as_numbers(self, names: Sequence[str]) -> list[float]:
        """Found, denied, marks and rules as 0 and 1, for the signals named."""
        return [
            *(float(name in self.found) for name in names),
            *(float(name in self.denied) for name in names),
            *(float(mark in self.marks) for mark in MARKS),
            *(float(rule in self.rules) for rule in rule_names()),
        ]

    def signal(self, name: str) -> Signal:
        """The signal as the rules saw it, with the age or the hours that the message gives."""
        found = self.found.get(name)
        if name == "child":
            return replace(found or Signal(name), age=self.minor if found is None or found.age is None else found.age)
        if name == "recent_assault" and (found is None or found.hours is None):
            return replace(found or Signal(name), hours=self.hours)
        return found or Signal(name)


def gather(text: str, language: str) -> Evidence:
    """The evidence of a message. A sign of danger in a second language counts as well."""
    considered = consider(text, language)
    analysis = Lexicon.load(resolve(language)).read(text)
    found = {signal.id: signal for signal in considered.found}
    rules = set(considered.rules)
    for other in languages_in(text, language)[1:]:
        besides = consider(text, other)
        # Small facts stay with the first language.
        for signal in besides.found:
            if signal.id in DANGER:
                found.setdefault(signal.id, signal)
                rules |= {rule for rule in besides.rules if rule.startswith(f"{signal.id}.")}
    words = word_count(analysis)
    said = considered.said
    holds = {
        "negated": bool(said & Status.NEGATED),
        "hypothetical": bool(said & Status.HYPOTHETICAL),
        "general": bool(said & Status.GENERAL),
        "over": bool(said & Status.OVER),
        "asks": asks(analysis),
        "short_denial": denies_in_short(words, said),
        "few_words": words <= FEW_WORDS,
        "many_words": words > MANY_WORDS,
        "adult": considered.is_adult,
        "long_since": considered.is_long_since,
    }
    marks = frozenset(mark for mark, there in holds.items() if there)
    concepts = tuple(dict.fromkeys(m.id for m in analysis.matches if not m.id.startswith("_")))
    return Evidence(
        found, considered.denied, marks, words, concepts, considered.minor, considered.hours, frozenset(rules)
    )


def gather_unread(text: str) -> Evidence:
    """The evidence of a message in a language that has still to be found out."""
    return gather(text, detect(text))


def word_count(analysis: Analysis) -> int:
    """Words of a message, marks not counted."""
    return sum(token.word[0].isalnum() for token in analysis.tokens)


def denies_in_short(words: int, said: int) -> bool:
    """Whether a message of so many words, said so, only denies or supposes something."""
    return bool(said & (Status.NEGATED | Status.HYPOTHETICAL)) and words <= DENIAL_WORDS


def asks(analysis: Analysis) -> bool:
    """Whether a message asks something, with or without a question mark."""
    if "?" in analysis.text or "؟" in analysis.text or "_asks" in analysis.by_id:
        return True
    first = takewhile(lambda word: word[0].isalnum(), (token.word for token in analysis.tokens[:FIRST_WORDS]))
    return bool(load_grammar(analysis.language).question_start.match(" ".join(first)))
