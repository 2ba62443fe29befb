"""Moves: what a trainee's sentence does to the person it is said to (catalogue.yml), for practice.

Every sentence is read by itself and may do several things. The model (:mod:`bot.understanding.move_model`) is trained
on `data/moves/<language>/*.yml`; between a share of a move's threshold (`DOUBT`) and that the model is unsure and says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

import numpy as np
import yaml

from bot.understanding.arabizi import in_arabic_letters
from bot.understanding.detection import LANGUAGES, detect
from bot.understanding.features import Features
from bot.understanding.labelled import DEVELOPMENT, read_lines
from bot.understanding.model_store import read, write
from bot.understanding.move_model import GRAVE, ConceptsOf, MoveModel, Sentence, views
from bot.understanding.network import Scores
from bot.understanding.word_classes import WordClasses

FORMAT = 8

CRITICAL_LINES = ("practice.jsonl", "practice_natural.jsonl")
"""Development lines with the critical fails they commit, beside the other development messages of a language."""

NATURAL_FILES = "natural*.yml"
"""Training sentences such as people naturally say."""

NO_MOVE = "none"
"""The key of sentences that do nothing in particular, in the data files."""

DOUBT = 0.5
"""Share of a move's threshold from which a sentence without any sure move is doubtful."""

GRAVE_DOUBT = 0.3
"""The same for a critical fail: one said in a roundabout way would else pass without a word (docs/understanding.md)."""

MOST_TOLD = 3
"""Moves told of a doubtful sentence."""

OPPOSITES = {
    "blame": ("not_your_fault",),
    "doubt": ("express_belief",),
    "promise_secrecy": ("state_limits",),
    "too_late": ("give_time_window",),
    "expose_identity": ("explain_sharing",),
    "condition_aid": ("respect_choice", "ask_consent", "explain_sharing"),
    "steer_choice": ("respect_choice", "next_steps"),
}
"""Harm whose words are those of its opposites: "it is your fault", "it is not your fault"."""

DENIED = {("promise_secrecy", "promise"): "state_limits"}
"""A move that turns into another when words of a class in the sentence are denied: "I can't promise …"."""

_END = re.compile(r"(?<=[.!?؟…])[\"'”»)]*\s+|\n+|(?<=؛)\s+")
_LETTER = re.compile(r"\w")


class MoveDataError(ValueError):
    """A file of labelled sentences cannot be used; the message names it and the reason."""


@dataclass(frozen=True)
class ReadSentence:
    """A sentence as read.

    Attributes:
        text: the sentence as typed.
        moves: what it surely does, most certain first.
        doubtful: when nothing is sure, the moves that are nearly so, best first; else empty.
        others: all other moves of a doubtful sentence, best first.
    """

    text: str
    moves: tuple[str, ...]
    doubtful: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def split(text: str) -> tuple[str, ...]:
    """The sentences of a line, as typed. "..." ends a sentence only where something follows it."""
    return tuple(part.strip() for part in _END.split(text) if _LETTER.search(part))


class Moves:
    """Reads moves in every language there are sentences of."""

    def __init__(self, model: MoveModel, languages: tuple[str, ...], concepts_of: ConceptsOf) -> None:
        self._model = model
        self.languages = languages
        self._concepts_of = concepts_of

    @property
    def moves(self) -> frozenset[str]:
        """Ids of the moves the model knows."""
        return frozenset(self._model.names)

    @staticmethod
    def language_of(text: str) -> str:
        """The likeliest of the languages."""
        return detect(text)

    def read(self, text: str, language: str) -> tuple[ReadSentence, ...]:
        """The sentences of a line with their moves.

        Raises:
            KeyError: there are no sentences to learn from in this language.
        """
        if language not in self.languages:
            raise KeyError(language)
        sentences = split(text)
        if not sentences:
            return ()
        written = [in_arabic_letters(sentence, language) for sentence in sentences]
        seen = views(written, language, self._concepts_of(language))
        likelihoods = self._model.likelihoods(seen, Features.meaning(written))
        return tuple(
            self._decide(sentence, spelled, language, row)
            for sentence, spelled, row in zip(sentences, written, likelihoods, strict=True)
        )

    def _decide(self, sentence: str, written: str, language: str, likelihoods: Scores) -> ReadSentence:
        # Above 1 a move is sure; the order is by how far above its own threshold.
        certainty = likelihoods / self._model.thresholds
        order = np.argsort(-certainty)
        names = self._model.names
        # Thresholds are each move's own: which of two opposites is meant, only the likelihoods tell.
        meant = _without_opposites([names[n] for n in np.argsort(-likelihoods) if certainty[n] >= 1])
        sure = tuple(names[n] for n in order if names[n] in meant)
        sure = _with_denials(written, language, sure)
        if sure:
            return ReadSentence(sentence, sure)
        floor = {move: GRAVE_DOUBT if move in GRAVE else DOUBT for move in names}
        doubtful = [names[n] for n in order if certainty[n] >= floor[names[n]]][:MOST_TOLD]
        others = [names[n] for n in order if names[n] not in doubtful] if doubtful else []
        return ReadSentence(sentence, (), tuple(doubtful), tuple(others))

    def save(self, path: Path) -> None:
        """Writes the model to one file. It holds n-grams of the training data and nothing else."""
        write(path, FORMAT, {"model": self._model, "languages": self.languages})

    @classmethod
    def load(cls, path: Path, concepts_of: ConceptsOf) -> Moves:
        """Reads the model.

        Raises:
            ModelFileError: see `bot.understanding.model_store.read`.
        """
        return cls(**read(path, FORMAT), concepts_of=concepts_of)


def _with_denials(sentence: str, language: str, moves: tuple[str, ...]) -> tuple[str, ...]:
    turned = {move: other for (move, _), other in DENIED.items() if move in moves}
    if not turned:
        return moves
    found = WordClasses.load(language).all_in(sentence).split()
    denied = {move for (move, name) in DENIED if f"N_{name}" in found}
    return tuple(dict.fromkeys(turned[move] if move in denied else move for move in moves))


def _without_opposites(moves: Sequence[str]) -> tuple[str, ...]:
    """Of moves that cannot both be meant by one sentence, the first."""
    kept: list[str] = []
    for move in moves:
        if not any(move in OPPOSITES.get(other, ()) or other in OPPOSITES.get(move, ()) for other in kept):
            kept.append(move)
    return tuple(kept)


def read_sentences(folder: Path, pattern: str = "*.yml") -> list[Sentence]:
    """The labelled sentences of one language: `data/moves/<language>/*.yml`, or those of a pattern.

    Raises:
        MoveDataError: a file is not of the form `<move> <move>: | one sentence a line`.
    """
    found: list[Sentence] = []
    for path in sorted(folder.glob(pattern)):
        try:
            data = yaml.safe_load(path.read_text(encoding="utf-8"))
        except yaml.YAMLError as error:
            raise MoveDataError(f"{path.name} is not valid YAML") from error
        if not isinstance(data, dict) or not all(isinstance(lines, str) for lines in data.values()):
            raise MoveDataError(f"{path.name}: has to give moves, and under each one sentence a line")
        for key, lines in data.items():
            moves = frozenset(key.split()) - {NO_MOVE}
            found += [(line.strip(), moves) for line in lines.splitlines() if line.strip()]
    return found


def train_all(folder: Path, concepts_of: ConceptsOf, development: Path = DEVELOPMENT) -> Moves:
    """Trains on every language below `data/moves`.

    Args:
        folder: a folder a language.
        concepts_of: finds concepts in the texts of a language.
        development: a folder a language, with sentences from which it is chosen how sure a critical fail has to be.

    Raises:
        MoveDataError: as for `read_sentences`.
        ValueError: there are too few sentences.
    """
    found = {code: read_sentences(folder / code) for code in LANGUAGES if (folder / code).is_dir()}
    sentences = {code: each for code, each in found.items() if each}
    critical = {code: _read_critical(development / code) for code in sentences}
    natural = {text for code in sentences for text, _ in read_sentences(folder / code, NATURAL_FILES)}
    return Moves(MoveModel.train(sentences, concepts_of, critical, natural), tuple(sentences), concepts_of)


def _read_critical(folder: Path) -> list[Sentence]:
    paths = [folder / name for name in CRITICAL_LINES if (folder / name).exists()]
    found = [(entry["text"], frozenset(entry["critical"])) for path in paths for entry in read_lines(path)]
    # Each sentence of a harmless line is harmless; which one of another line fails, nobody has said.
    return [(part, critical) for text, critical in found for part in ((text,) if critical else split(text))]
