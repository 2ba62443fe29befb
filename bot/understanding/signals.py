"""Danger signs and key facts in a message, found by rules that no classifier can overrule.

``find("he said he'll kill her tonight, she is 15")`` → ``danger_now`` and ``child`` (15).

A rule (``signals.yml``) names concepts that together make a signal; the concept lexicon
(:mod:`bot.understanding.lexicon`) says what words stand for them, and
:mod:`bot.understanding.clauses` whether they are denied, supposed, general or over. Where
a doubt remains, danger, medical emergencies and suicide are reported: a false alarm costs
a question, a missed sign may cost a life.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from pathlib import Path

from bot.understanding.ages import ADULT, Age, find_ages, lone_number
from bot.understanding.clauses import Clauses, Status, divide
from bot.understanding.durations import Duration, find_durations, lone_hours
from bot.understanding.grammar import Grammar, load_grammar, read_yaml, resolve
from bot.understanding.lexicon import Analysis, ConceptMatch, Lexicon
from bot.understanding.numbers import Digits, with_digits
from bot.understanding.redaction import identifying_spans

NEAR = 14
"""Words that may lie between the concepts of a rule within one sentence."""

FOLLOWS = 8
"""Words that may lie between two concepts of which the second must follow the first."""

SUBJECT_AFTER = 2
"""Words that may lie between a verb and the subject that follows it."""

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

DETAILS = ORDER[-1]
"""The signal for identifying details, which is no matter of what a message is about."""

DANGER = ORDER[:5]
"""Signals that interrupt whatever is going on, most pressing first."""

_SUPPOSED = Status.HYPOTHETICAL | Status.GENERAL

_GUARDS = {
    "negated": Status.NEGATED,
    "hypothetical": Status.HYPOTHETICAL,
    "general": Status.GENERAL,
    "over": Status.OVER,
}


@dataclass(frozen=True)
class Signal:
    """A signal of the catalogue in ``text[start:end]``.

    ``age`` (completed years) only for ``child``, ``hours`` (since the assault) only for
    ``recent_assault``; both None when the message does not say. ``is_doubtful``: a danger that is rather
    not there than there: told of in a line, without interrupting.
    """

    id: str
    age: int | None = None
    hours: float | None = None
    start: int = 0
    end: int = 0
    is_doubtful: bool = False


@dataclass(frozen=True)
class _Part:
    """One concept of a rule: alternatives, whether guards apply, whether it must follow."""

    concepts: tuple[str, ...]
    guarded: bool
    follows: bool


@dataclass(frozen=True)
class _Rule:
    parts: tuple[_Part, ...]
    scope: str
    guards: int
    unless: tuple[str, ...]


@dataclass
class _Message:
    analysis: Analysis
    clauses: Clauses
    ages: list[Age]
    durations: list[Duration]
    digits: Digits
    grammar: Grammar


@dataclass(frozen=True)
class Considered:
    """All that the rules make of a message.

    Attributes:
        found: the signals, in the catalogue's order; identifying details are not looked for.
        rules: names of the rules that hold, of those in `rule_names`, whether or not they make a signal by themselves.
        denied: ids of those that are mentioned only to deny, suppose or generalise them, or as over.
        said: every status that some word has.
        is_adult: ages are given, and all of an adult.
        is_long_since: times are given, and none is recent.
        minor: the youngest age under 18, in years; of what is over ("turned 14 last month") or said in general where there
            is no other; else a number that may be an age. It counts where something else says that a child is spoken of.
        hours: the first recent time that is given, else a stretch of time that may be one; None beside a time
            that is not recent, unless that is only named and hours are stated.
    """

    found: tuple[Signal, ...]
    rules: frozenset[str]
    denied: frozenset[str]
    said: int
    is_adult: bool
    is_long_since: bool
    minor: int | None
    hours: float | None


def find(text: str, language: str = "en") -> tuple[Signal, ...]:
    """Signals in ``text``, in the catalogue's order, at most one per id.

    Never raises on any text; an unknown ``language`` is read as English.
    """
    details = find_details(text, language)
    message = _read(text, language)
    return (*_signals(_holding(message), message), *((details,) if details else ()))


def find_details(text: str, language: str = "en") -> Signal | None:
    """The signal for identifying details, at the first of them."""
    spans = identifying_spans(text, resolve(language))
    return Signal(DETAILS, start=spans[0].start, end=spans[0].end) if spans else None


def consider(text: str, language: str = "en") -> Considered:
    """What :func:`find` finds, but for identifying details, and what else the rules see on the way. Never raises."""
    message = _read(text, language)
    holding = _holding(message)
    found = _signals(holding, message)
    seen = {signal.id for signal in found}
    denied = frozenset(
        name
        for name, rules in _unguarded_rules().items()
        if name not in seen and _signal(name, [match for rule in rules for match in _matches(rule, message)], message)
    )
    said: int = Status.PLAIN
    for status in message.clauses.status:
        said |= status
    known = [(age.years, message.clauses.status[age.first]) for age in message.ages if age.years is not None]
    recent = [duration.hours for duration in message.durations if duration.recent]
    stated = next(filter(None, recent), None)
    # "18 hours have passed, she was raped at the border": what is stated outweighs a word that only sounds like long ago.
    long_since = any(not duration.recent and (stated is None or duration.hours) for duration in message.durations)
    stretch = None if recent else lone_hours(message.digits, message.grammar)
    return Considered(
        found,
        frozenset(rule for matches in holding.values() for rule, _ in matches),
        denied,
        said,
        is_adult=bool(known) and min(years for years, _ in known) >= ADULT,
        is_long_since=bool(message.durations) and not recent,
        minor=_minor(known, message),
        hours=None if long_since else stated or stretch,
    )


def _minor(known: Sequence[tuple[int, int]], message: _Message) -> int | None:
    """The youngest age under 18: one said plainly, else of what is over, else in general; without any, a number alone."""
    minors = [(years, status) for years, status in known if years < ADULT]
    for unwanted in (_SUPPOSED | Status.OVER, _SUPPOSED, Status.HYPOTHETICAL):
        if fitting := [years for years, status in minors if not status & unwanted]:
            return min(fitting)
    return None if message.ages else lone_number(message.digits, message.grammar)


_Holding = Mapping[str, Sequence[tuple[str, ConceptMatch]]]
"""Of every signal the rules that hold, by name, and where."""


@lru_cache(maxsize=None)
def rule_names() -> tuple[str, ...]:
    """The rules of every signal: its id and a number."""
    return tuple(f"{name}.{number}" for name, rules in _rules().items() for number in range(len(rules)))


def _holding(message: _Message) -> _Holding:
    return {
        name: [(f"{name}.{number}", match) for number, rule in enumerate(rules) for match in _matches(rule, message)]
        for name, rules in _rules().items()
    }


def _signals(holding: _Holding, message: _Message) -> tuple[Signal, ...]:
    made = (_signal(name, [match for _, match in matches], message) for name, matches in holding.items())
    return tuple(filter(None, made))


def _read(text: str, language: str) -> _Message:
    code = resolve(language)
    analysis = Lexicon.load(code).read(text)
    grammar = load_grammar(code)
    digits = with_digits(analysis.tokens, grammar)
    ages = find_ages(digits, grammar)
    # "Fifteen years" is her age here, and no time since.
    durations = [
        each
        for each in find_durations(digits, grammar)
        if not any(age.first <= each.last and each.first <= age.last for age in ages)
    ]
    return _Message(analysis, divide(analysis), ages, durations, digits, grammar)


def _signal(name: str, matches: list[ConceptMatch], message: _Message) -> Signal | None:
    if name == "child":
        return _child(matches, message)
    if not matches:
        return None
    if name == "recent_assault":
        return _recent(matches, message)
    first = matches[0]
    return Signal(name, start=first.start, end=first.end)


def _child(matches: list[ConceptMatch], message: _Message) -> Signal | None:
    tokens = message.analysis.tokens
    own = message.analysis.by_id.get("own_children", ())
    harmed = any(name in message.analysis.by_id for name in ("rape", "sex_for_aid"))
    ages = []
    for age in message.ages:
        status = message.clauses.status[age.first]
        if status & (Status.HYPOTHETICAL | Status.GENERAL | (Status.PLAIN if age.turned else Status.OVER)):
            continue
        if not harmed and any(m.first <= age.last and age.first <= m.last + 1 for m in own):
            continue
        ages.append(age)
    minors = [age for age in ages if age.years is None or age.years < ADULT]
    if minors:
        known = [age for age in minors if age.years is not None]
        best = min(known, key=lambda age: age.years or 0) if known else minors[0]
        return Signal("child", best.years, None, tokens[best.first].start, tokens[best.last].end)
    if matches and not ages:
        return Signal("child", start=matches[0].start, end=matches[0].end)
    return None


def _recent(matches: list[ConceptMatch], message: _Message) -> Signal | None:
    tokens, clause = message.analysis.tokens, message.clauses.clause
    telling = message.analysis.by_id.get("_telling", ())
    told = {clause[m.first] for m in telling} - {clause[m.first] for m in matches}

    def distance(duration: Duration) -> tuple[bool, bool, int]:
        apart = min(max(m.first - duration.last, duration.first - m.last, 0) for m in matches)
        same = any(clause[m.first] <= clause[duration.first] <= clause[m.last] for m in matches)
        return (clause[duration.first] in told, not same, apart)

    durations = sorted(message.durations, key=distance)
    if not durations or not durations[0].recent:
        return None
    best = durations[0]
    start = min(tokens[best.first].start, matches[0].start)
    return Signal("recent_assault", None, best.hours, start, max(tokens[best.last].end, matches[0].end))


def _matches(rule: _Rule, message: _Message) -> Iterator[ConceptMatch]:
    """Spans in which a rule holds, guards considered."""
    by_id = message.analysis.by_id
    there = by_id.keys()
    for part in rule.parts:
        if there.isdisjoint(part.concepts):
            return
    choices = []
    for part in rule.parts:
        found = [m for concept in part.concepts for m in by_id.get(concept, ())]
        if part.guarded:
            found = [m for m in found if not message.clauses.status_of(m) & rule.guards]
        if not found:
            return
        choices.append(found[:12])
    barred = {message.clauses.clause[m.first] for concept in rule.unless for m in by_id.get(concept, ())}
    if len(choices) == 1:
        yield from (match for match in choices[0] if message.clauses.clause[match.first] not in barred)
        return
    for combination in product(*choices):
        clauses = {message.clauses.clause[match.first] for match in combination}
        if _together(combination, rule, message) and not clauses & barred:
            first, last = min(m.first for m in combination), max(m.last for m in combination)
            tokens = message.analysis.tokens
            yield ConceptMatch(combination[0].id, tokens[first].start, tokens[last].end, first, last)
            return


def _together(combination: tuple[ConceptMatch, ...], rule: _Rule, message: _Message) -> bool:
    for part, before, match in zip(rule.parts[1:], combination, combination[1:], strict=False):
        if part.follows and match.first <= before.first and not _verb_first(match, before, message):
            return False
        if part.follows and match.first - before.last > FOLLOWS:
            return False
    if rule.scope == "message":
        return True
    place = message.clauses.clause if rule.scope == "clause" else message.clauses.sentence
    if len({place[m.first] for m in combination}) > 1:
        return False
    return max(m.first for m in combination) - min(m.last for m in combination) <= NEAR


def _verb_first(verb: ConceptMatch, subject: ConceptMatch, message: _Message) -> bool:
    """Whether the subject stands close after its verb, in a language where it does ("came her husband")."""
    apart = subject.first - verb.last - 1
    return 0 <= apart <= SUBJECT_AFTER and load_grammar(message.analysis.language).verb_first


@lru_cache(maxsize=None)
def _rules() -> dict[str, tuple[_Rule, ...]]:
    data = read_yaml(Path(__file__).parent / "signals.yml")
    return {
        name: tuple(_rule(entry, content["guards"]) for entry in content["rules"])
        for name, content in data.items()
    }


@lru_cache(maxsize=None)
def _unguarded_rules() -> dict[str, tuple[_Rule, ...]]:
    return {
        name: tuple(replace(rule, guards=Status.PLAIN) for rule in rules) for name, rules in _rules().items()
    }


def _rule(entry: str | dict[str, object], default: list[str]) -> _Rule:
    content: dict[str, object] = {"when": entry} if isinstance(entry, str) else entry
    when = str(content["when"])
    scope = "sentence"
    named = re.match(r"(message|clause): *", when)
    if named:
        scope, when = named.group(1), when[named.end() :]
    pieces = re.split(r" ([+>]) ", when)
    parts = [
        _Part(tuple(text.strip().lstrip("~").split("|")), not text.strip().startswith("~"), joint == ">")
        for joint, text in zip(["+", *pieces[1::2]], pieces[::2], strict=True)
    ]
    names = content.get("guards", default)
    guards: int = Status.PLAIN
    for name in names if isinstance(names, list) else []:
        guards |= _GUARDS[name]
    unless = content.get("unless", [])
    return _Rule(tuple(parts), scope, guards, tuple(unless) if isinstance(unless, list) else ())
