"""The plainest messages there are, in every language: what most people type is never misread.

`development/<language>/*_plain.*` holds them: each topic asked in two or three ordinary ways, signs and their absence
in a few words, and what responders say. None is in the training data.
"""

from __future__ import annotations

import pytest

from bot.understanding.detection import LANGUAGES
from bot.understanding.labelled import DEVELOPMENT, read_labelled, read_lines
from bot.understanding.move_model import GRAVE
from bot.understanding.moves import Moves
from bot.understanding.reading import TOPIC_PREFIX, Reader
from bot.understanding.signal_model import read_examples
from bot.understanding.signals import DANGER, DETAILS

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("language", LANGUAGES)]

ASKED_FIRST, AMONG_THREE = 0.94, 0.98
"""Shares of plain questions whose topic has to be the likeliest, and among the three likeliest."""

CALM = 0.9
"""Share of plain messages without any sign that must raise no sign of danger."""

FAILS_FOUND = 0.7
"""Share of plain critical fails that must be found without asking."""


def test_a_plain_question_is_understood(language: str, reader: Reader) -> None:
    asked = read_labelled(DEVELOPMENT / language / "topics_plain.yml")
    read = [(label, reader.read(text)) for text, label in asked]
    first = [label == reading.label for label, reading in read]
    three = [label.removeprefix(TOPIC_PREFIX) in [topic.label for topic in reading.topics] for label, reading in read]
    print(f"\n{language}: {sum(first)} and {sum(three)} of {len(asked)}")
    assert sum(first) >= ASKED_FIRST * len(asked)
    assert sum(three) >= AMONG_THREE * len(asked)


def test_a_plain_sign_is_never_missed(language: str, reader: Reader) -> None:
    told = [entry for entry in read_examples(DEVELOPMENT / language, "signals_plain.jsonl") if entry[1]]
    found = [(text, signals, {signal.id for signal in reader.read(text).signals}) for text, signals in told]
    # One danger sign stops the conversation for help, whichever of two it is.
    assert [text for text, signals, seen in found if signals & set(DANGER) and not seen & signals] == []
    assert [text for text, signals, seen in found if not signals & set(DANGER) and not signals <= seen] == []


def test_a_plain_message_without_a_sign_raises_none(language: str, reader: Reader) -> None:
    calm = [text for text, signals in read_examples(DEVELOPMENT / language, "signals_plain.jsonl") if not signals]
    alarmed = [text for text in calm if {signal.id for signal in reader.read(text).signals} - {DETAILS}]
    print(f"\n{language}: {alarmed}")
    assert len(alarmed) <= (1 - CALM) * len(calm)


def test_a_plain_critical_fail_is_found_and_a_good_line_is_none(language: str, moves: Moves) -> None:
    entries = read_lines(DEVELOPMENT / language / "moves_plain.jsonl")
    fails = [entry for entry in entries if entry["critical"]]
    missed, wrong = [], []
    for entry in entries:
        seen = {move for sentence in moves.read(entry["text"], language) for move in sentence.moves} & GRAVE
        if not set(entry["critical"]) <= seen:
            missed.append(entry["text"])
        if not entry["critical"] and seen:
            wrong.append(entry["text"])
    print(f"\n{language}: missed {missed}")
    assert wrong == []
    assert len(missed) <= (1 - FAILS_FOUND) * len(fails)
