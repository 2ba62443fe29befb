"""What training data must be: enough of everything, varied, apart from the examination, no translation line by line."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Dict, List, Set

import pytest
import yaml

from bot.guidance.loader import CONTENT
from bot.settings import ROOT
from bot.understanding.detection import LANGUAGES
from bot.understanding.encoder import encode
from bot.understanding.labelled import DEVELOPMENT, plain, read_folder, read_labelled, read_lines
from bot.understanding.moves import read_sentences
from bot.understanding.reading import CONTROL_NAMES
from bot.understanding.signal_model import read_examples

DATA = ROOT / "data" / "nlu"
EXAMINATION = Path(__file__).parent
TOPIC, CONTROL, OUTSIDE = 80, 40, 500

SAME_FRAME = 4
"""Times one frame may occur in a file."""

FRAME_WORDS = 6
"""Words from which a message has a frame worth comparing."""

TRANSLATED = 0.9
"""Cosine of the encoder's vectors from which two messages say the same in other words."""

TRANSLATIONS = 0.1
"""Share of the messages of a topic that may have such a twin at the same place in another language's file."""


def by_label(language: str) -> Dict[str, List[str]]:
    found: Dict[str, List[str]] = {}
    for text, label in read_folder(DATA / language):
        found.setdefault(label, []).append(text)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_enough_of_everything(language: str) -> None:
    catalogue = yaml.safe_load((CONTENT / "catalogue.yml").read_text(encoding="utf-8"))
    names = {plain_id: label for label, plain_id in CONTROL_NAMES.items()}
    counts = {label: len(texts) for label, texts in by_label(language).items()}
    wanted = {f"ask/{topic}": TOPIC for group in catalogue["topics"].values() for topic in group}
    wanted.update({names.get(control, control): CONTROL for control in catalogue["controls"]})
    wanted["out_of_scope"] = OUTSIDE
    assert {label: counts.get(label, 0) for label, least in wanted.items() if counts.get(label, 0) < least} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_occurs_twice(language: str) -> None:
    # By the very letters: in Arabic, "ايه" may be yes and what.
    counts = Counter(text.casefold() for text, _ in read_folder(DATA / language))
    assert [text for text, count in counts.items() if count > 1] == []


def test_the_examination_is_not_in_the_training_data() -> None:
    trained: Set[str] = {plain(text) for code in LANGUAGES for text, _ in read_folder(DATA / code)}
    examined = [*EXAMINATION.glob("*/*.yml"), *DEVELOPMENT.glob("*/*.yml")]
    # Very short messages ("next", "ok") are the same for everybody.
    texts = {plain(text) for path in examined for text, _ in read_labelled(path)}
    assert {text for text in texts & trained if len(text.split()) > 3} == set()


def test_the_examination_of_signals_and_moves_is_not_in_their_training_data() -> None:
    signals = {plain(text) for text, _ in read_examples(ROOT / "data" / "signals")}
    moves = {plain(text) for code in LANGUAGES for text, _ in read_sentences(ROOT / "data" / "moves" / code)}
    for pattern, trained in (("signals*", signals), ("moves*", moves), ("practice*", moves)):
        examined = {
            plain(entry["text"])
            for folder in (EXAMINATION, DEVELOPMENT)
            for path in folder.glob(f"*/{pattern}.jsonl")
            for entry in read_lines(path)
        }
        assert {text for text in examined & trained if len(text.split()) > 3} == set()
    told = [entry for path in DEVELOPMENT.glob("*/transcripts.jsonl") for entry in read_lines(path)]
    played = {plain(line["text"]) for entry in told for line in entry["lines"]}
    assert {text for text in played & moves if len(text.split()) > 3} == set()


@pytest.mark.parametrize("path", sorted(DATA.glob("*/*.yml")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_frame_is_filled_again_and_again(path: Path) -> None:
    """A frame is a message with one word replaced; filled templates have many of the same."""
    frames: Counter[str] = Counter()
    for text, _ in read_labelled(path):
        words = plain(text).split()
        if len(words) >= FRAME_WORDS:
            frames.update({" ".join([*words[:n], "_", *words[n + 1 :]]) for n in range(len(words))})
    assert [frame for frame, count in frames.items() if count > SAME_FRAME] == []


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_no_language_is_another_translated_line_by_line(language: str) -> None:
    english, other = by_label("en"), by_label(language)
    twins = compared = 0
    for label in sorted(set(english) & set(other))[::6]:
        length = min(len(english[label]), len(other[label]), 60)
        close = (encode(english[label][:length]) * encode(other[label][:length])).sum(axis=1)
        long = [len(text.split()) > 3 for text in english[label][:length]]
        compared += sum(long)
        twins += sum(bool(c >= TRANSLATED) for c, is_long in zip(close, long, strict=True) if is_long)
    assert twins <= TRANSLATIONS * compared
