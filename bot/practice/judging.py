"""What a trainee's line does: its moves, sentence by sentence, and whether the judge is sure.

The judge never guesses. A sentence whose meaning is doubtful is set aside with its likeliest moves, the trainee
is asked what was meant, and only the answer counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Callable, Iterable, Iterator, Mapping, Sequence

from bot.practice.moves import CRITICAL, HARMFUL

QUESTIONS_A_CHILD = frozenset({"probe_details", "why_question", "examine_or_record"})
"""Moves that are questioning or examining a child when the person is one (catalogue.yml, boundaries)."""

MOST_OFFERED = 3
"""Moves among which somebody chooses what a doubtful sentence was meant to do."""

LanguageOf = Callable[[str], str]
"""A line to the code of its language."""

ReadMoves = Callable[[str, str], "Sequence[JudgedSentence]"]
"""A line and its language to its sentences with their moves; `bot.understanding.moves` in the application."""


@dataclass(frozen=True)
class JudgedSentence:
    """One sentence of a line.

    Attributes:
        text: the sentence as typed. In memory only, unless the trainee agreed to keep it.
        moves: ids of what it does, helpful or harmful.
        doubtful: when not empty, the judge is unsure: the likeliest moves, best first, to be asked about.
        beside: when it is unsure, the likeliest moves that do no harm.
    """

    text: str
    moves: frozenset[str] = frozenset()
    doubtful: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    @property
    def offered(self) -> tuple[str, ...]:
        """The moves that whoever said it may choose among; none when nothing is doubtful. One that does no harm is
        always among them, because to be asked about fails alone would be an accusation."""
        if not self.doubtful:
            return ()
        first = self.doubtful[:MOST_OFFERED]
        if HARMFUL.issuperset(first) and self.beside:
            first = first[: MOST_OFFERED - 1]
        return tuple(dict.fromkeys((*first, *self.beside, *self.doubtful)))[:MOST_OFFERED]


@dataclass(frozen=True)
class JudgedLine:
    """A whole line, judged."""

    sentences: tuple[JudgedSentence, ...]

    @property
    def moves(self) -> frozenset[str]:
        """Everything the line certainly does."""
        return frozenset().union(*(sentence.moves for sentence in self.sentences))

    @property
    def harmful(self) -> frozenset[str]:
        return self.moves & HARMFUL

    @property
    def critical(self) -> frozenset[str]:
        """The critical fails among its moves (guidance.md §11)."""
        return self.moves & CRITICAL

    @property
    def doubt(self) -> int | None:
        """The number of the first sentence to ask about; None when the judge is sure."""
        return next((n for n, sentence in enumerate(self.sentences) if sentence.doubtful), None)

    def decided(self, number: int, moves: Iterable[str]) -> JudgedLine:
        """The line after the trainee said what sentence `number` was meant to do."""
        sentences = list(self.sentences)
        sentences[number] = replace(sentences[number], moves=frozenset(moves), doubtful=(), beside=())
        return JudgedLine(tuple(sentences))

    def without_doubt(self) -> JudgedLine:
        """The line with doubtful sentences counted as nothing, where nobody can be asked."""
        return JudgedLine(tuple(replace(sentence, doubtful=(), beside=()) for sentence in self.sentences))

    def as_json(self) -> list[dict[str, Any]]:
        """The moves without the words: what is kept of a line."""
        return [
            {
                "moves": sorted(sentence.moves),
                "doubtful": list(sentence.doubtful),
                **({"beside": list(sentence.beside)} if sentence.beside else {}),
            }
            for sentence in self.sentences
        ]

    @classmethod
    def from_json(cls, data: Sequence[Mapping[str, Any]], texts: Sequence[str] = ()) -> JudgedLine:
        """A kept line; its words, where they are still in memory, from `texts`."""
        return cls(
            tuple(
                JudgedSentence(
                    texts[n] if n < len(texts) else "",
                    frozenset(entry["moves"]),
                    tuple(entry["doubtful"]),
                    tuple(entry.get("beside", ())),
                )
                for n, entry in enumerate(data)
            )
        )


class Judge:
    """Judges lines in the light of who is being spoken to.

    Args:
        read_moves: reads the moves of a line.
        language_of: tells the language of a line nobody said it of.
    """

    def __init__(self, read_moves: ReadMoves, language_of: LanguageOf) -> None:
        self._read_moves = read_moves
        self._language_of = language_of

    def judge(self, line: str, language: str | None = None, of_a_child: bool = False) -> JudgedLine:
        """What the line does.

        Args:
            line: what the trainee typed.
            language: its language code; None when it has to be told from the line.
            of_a_child: a child is spoken to, or spoken of: asking for facts is then a critical fail.
        """
        adapt = _of_a_child if of_a_child else _of_an_adult
        sentences = [adapt(sentence) for sentence in self._read_moves(line, language or self._language_of(line))]
        return JudgedLine(tuple(_after_limits(sentences)))


def _after_limits(sentences: Sequence[JudgedSentence]) -> Iterator[JudgedSentence]:
    """"I must report it. The rest I keep to myself": once the limits are said, discretion is no promise."""
    limits_said = False
    for sentence in sentences:
        yield replace(sentence, moves=sentence.moves - {"promise_secrecy"}) if limits_said else sentence
        limits_said = limits_said or "state_limits" in sentence.moves


def _of_a_child(sentence: JudgedSentence) -> JudgedSentence:
    if not sentence.moves & QUESTIONS_A_CHILD:
        return sentence
    return replace(sentence, moves=sentence.moves | {"question_child"})


def _of_an_adult(sentence: JudgedSentence) -> JudgedSentence:
    """Nobody questions a child where there is none, whatever the sentence would be elsewhere."""
    doubtful = tuple(move for move in sentence.doubtful if move != "question_child")
    beside = sentence.beside if doubtful else ()
    return replace(sentence, moves=sentence.moves - {"question_child"}, doubtful=doubtful, beside=beside)
