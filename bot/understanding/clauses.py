"""Says of every word whether it is denied, supposed, spoken of in general, or over.

A danger word is not a sign of danger in "nobody is bleeding", "what if she were suicidal",
"what are the signs of strangulation?" or "the bleeding stopped last week". The cues are
concepts whose ids begin with ``_`` (``languages/<code>/concepts/cues.yml``):

* ``_not`` reaches to the end of its clause, but not past a verb of telling or knowing
  (``_opaque``): in "she told nobody that he raped her" the rape is not denied.
  ``_not_far`` ("denies that", "I don't think") reaches into the next clause too;
  ``_not_fake`` ("not only", "not sure if") is no negation at all. ``_denied`` is denied itself: for languages
  that negate after the verb ("elle saigne pas").
* ``_if`` reaches to the end of the condition: "if I talk | he will kill me" supposes the
  talking, not the threat. ``_what_if`` reaches to the end of the sentence.
* ``_general`` (policy, training, "a survivor", "someone") covers its sentence unless it
  speaks of one person (``_concrete``).
* ``_over`` ("years ago", "has stopped") covers its sentence; not where ``_over_fake`` ("has not stopped") overlaps.

Clauses are cut at punctuation, at ``_break`` words ("but", "because", "who") and where a
new subject begins ("I don't know how to help | she is bleeding").
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.understanding.grammar import load_grammar
from bot.understanding.lexicon import Analysis, ConceptMatch, Lexicon

NEGATION_REACH = 8
"""Words after a negation that it may still deny."""

MIN_JOINED = 3
"""Letters beyond which a word may begin with a joined "and"."""


class Status:
    """Reasons why a mention may not be a sign, bits of a whole number; none set means it stands as said.

    Plain numbers, since every word of a message has one: an `IntFlag` takes ten times as long to put together.
    """

    PLAIN: Final = 0
    NEGATED: Final = 1
    HYPOTHETICAL: Final = 2
    GENERAL: Final = 4
    OVER: Final = 8


@dataclass(frozen=True)
class Clauses:
    """For each token: its clause, its sentence, and its status."""

    clause: tuple[int, ...]
    sentence: tuple[int, ...]
    status: tuple[int, ...]

    def status_of(self, match: ConceptMatch) -> int:
        """The status at the first word of ``match`` (cues inside the match do not count)."""
        return self.status[match.first]


def divide(analysis: Analysis) -> Clauses:
    """Cut a message into clauses and sentences and give every token its status."""
    cues = {name: _covered(analysis, name) for name in ("_break", "_subject", "_condition_end")}
    clause, sentence = _cut(analysis, cues)
    status: list[int] = [Status.PLAIN] * len(analysis.tokens)
    _mark_negated(analysis, clause, sentence, status)
    _mark_supposed(analysis, clause, sentence, cues["_condition_end"], status)
    _mark_sentences(analysis, sentence, status)
    return Clauses(tuple(clause), tuple(sentence), tuple(status))


def _covered(analysis: Analysis, name: str) -> set[int]:
    return {i for m in analysis.by_id.get(name, ()) for i in range(m.first, m.last + 1)}


def _cut(analysis: Analysis, cues: dict[str, set[int]]) -> tuple[list[int], list[int]]:
    clause: list[int] = []
    sentence: list[int] = []
    clause_number = sentence_number = 0
    words_in_clause = 0
    grammar = load_grammar(analysis.language)
    auxiliaries = grammar.auxiliaries
    is_ordinary = Lexicon.load(analysis.language).vocabulary.is_ordinary if grammar.break_clitics else None
    starts_of_breaks = {m.first for m in analysis.by_id.get("_break", ())}
    for i, token in enumerate(analysis.tokens):
        is_mark = not token.word[0].isalnum()
        if words_in_clause and not is_mark:
            before = analysis.tokens[i - 1].word
            new_subject = i in cues["_subject"] and before not in auxiliaries and i - 1 not in cues["_break"]
            joined = is_ordinary is not None and _is_joined(token.word, grammar.break_clitics, is_ordinary)
            if i in starts_of_breaks or new_subject or joined:
                clause_number += 1
                words_in_clause = 0
        clause.append(clause_number)
        sentence.append(sentence_number)
        if is_mark:
            if token.word in ".!?;\n":
                sentence_number += 1
            if token.word not in "'\"#@*_/%&+$" and words_in_clause:
                clause_number += 1
                words_in_clause = 0
        else:
            words_in_clause += 1
    return clause, sentence


def _is_joined(word: str, clitics: tuple[str, ...], is_ordinary: Callable[[str], bool]) -> bool:
    """Whether a word begins with an "and" written together with it, as in Arabic."""
    return len(word) > MIN_JOINED and word.startswith(clitics) and not is_ordinary(word)


def _mark_negated(analysis: Analysis, clause: list[int], sentence: list[int], status: list[int]) -> None:
    fake = _covered(analysis, "_not_fake")
    opaque = _covered(analysis, "_opaque")
    alternative = _covered(analysis, "_or")
    tokens = analysis.tokens
    for name in ("_not", "_not_far"):
        for match in analysis.by_id.get(name, ()):
            if match.first in fake and name == "_not":
                continue
            here, reach = clause[match.last], 0
            for i in range(match.last + 1, len(tokens)):
                if sentence[i] != sentence[match.last] or reach > NEGATION_REACH * (1 + (name == "_not_far")):
                    break
                if clause[i] != here:
                    follows = name == "_not_far" and clause[i] == here + 1
                    if not follows and not (i in alternative and clause[i] == clause[i - 1] + 1):
                        break
                    here = clause[i]
                status[i] |= Status.NEGATED
                reach += 1
                if i in opaque and name == "_not":
                    break
    for i in _covered(analysis, "_denied"):
        status[i] |= Status.NEGATED
    _mark_answered_no(analysis, clause, status)


def _mark_answered_no(analysis: Analysis, clause: list[int], status: list[int]) -> None:
    """ "bleeding: no", "weapon - none": a lone "no" denies the clause before it."""
    nots = {m.first for m in analysis.by_id.get("_no_answer", ())}
    for i in nots:
        same = [
            j for j in range(len(clause)) if clause[j] == clause[i] and analysis.tokens[j].word[0].isalnum()
        ]
        if same == [i]:
            for j in range(i):
                if clause[j] == clause[i] - 1:
                    status[j] |= Status.NEGATED


def _mark_supposed(
    analysis: Analysis, clause: list[int], sentence: list[int], condition_end: set[int], status: list[int]
) -> None:
    for match in analysis.by_id.get("_what_if", ()):
        for i in range(match.first, len(status)):
            if sentence[i] != sentence[match.first]:
                break
            status[i] |= Status.HYPOTHETICAL
    for match in analysis.by_id.get("_if", ()):
        for i in range(match.first, len(status)):
            ended = i in condition_end or (analysis.tokens[i].word == "," and i > match.last + 1)
            if sentence[i] != sentence[match.first] or ended:
                break
            status[i] |= Status.HYPOTHETICAL


def _mark_sentences(analysis: Analysis, sentence: list[int], status: list[int]) -> None:
    def sentences(name: str) -> set[int]:
        return {sentence[m.first] for m in analysis.by_id.get(name, ())}

    fake = _covered(analysis, "_over_fake")
    over = {
        sentence[m.first]
        for m in analysis.by_id.get("_over", ())
        if not fake & set(range(m.first, m.last + 1))
    }
    flags = [
        (sentences("_general") - sentences("_concrete") | sentences("_general_case"), Status.GENERAL),
        (over, Status.OVER),
    ]
    for numbers, flag in flags:
        if numbers:
            for i, number in enumerate(sentence):
                if number in numbers:
                    status[i] |= flag
