"""Moves: what a trainee's sentence does to the person it is said to (catalogue.yml), for practice.

Every sentence is read by itself and may do several things. One linear detector a move, over TF-IDF word and
character n-grams, the concepts of the lexicon and classes of words, trained on `data/moves/<language>/*.yml`.
Classes of words have the same names in every language, so a language with few sentences also learns from how the
classes stand in the sentences of the others. A detector's
threshold is the one with the best F1 on sentences held out from its training; between that and `DOUBT` of it
the model is unsure and says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Callable, Mapping, Sequence, Tuple

import joblib
import numpy as np
import numpy.typing as npt
import yaml
from scipy.sparse import csr_matrix, hstack
from scipy.special import expit
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from bot.understanding.language_guess import LanguageGuess
from bot.understanding.normalise import fold
from bot.understanding.topics import WORD, Concepts
from bot.understanding.word_classes import WordClasses

FORMAT = 3

NO_MOVE = "none"
"""The key of sentences that do nothing in particular, in the data files."""

DOUBT = 0.5
"""Share of a move's threshold from which a sentence without any sure move is doubtful."""

DOUBTFUL_MOVES = 3
"""Moves offered when the model is unsure."""

FOLDS = 5

ENOUGH = 2000
"""Sentences from which a language learns from itself alone."""

Sentence = Tuple[str, frozenset]  # type: ignore[type-arg]
"""A sentence and the ids of what it does."""

OPPOSITES = {
    "blame": "not_your_fault",
    "doubt": "express_belief",
    "promise_secrecy": "state_limits",
    "too_late": "give_time_window",
    "expose_identity": "explain_sharing",
    "condition_aid": "respect_choice",
    "steer_choice": "respect_choice",
}
"""Harm whose words are those of its opposite: "it is your fault", "it is not your fault"."""

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
        doubtful: when nothing is sure, the likeliest moves, best first; else empty.
    """

    text: str
    moves: tuple[str, ...]
    doubtful: tuple[str, ...] = ()


def split(text: str) -> tuple[str, ...]:
    """The sentences of a line, as typed. "..." ends a sentence only where something follows it."""
    return tuple(part.strip() for part in _END.split(text) if _LETTER.search(part))


AT_ONCE = 2
"""Languages trained at the same time."""

ConceptsOf = Callable[[str], Concepts]
"""A language to what finds concepts in its texts."""

_Blocks = Tuple[Sequence[str], ...]
"""The views of sentences that the model looks at, each a text a sentence: see `_views`."""


class MoveModel:
    """Reads the moves of sentences in one language. Use `train` or `load`."""

    def __init__(
        self,
        language: str,
        vectorizers: Sequence[Any],
        names: Sequence[str],
        weights: npt.NDArray[np.float32],
        offsets: npt.NDArray[np.float32],
        thresholds: npt.NDArray[np.float32],
    ) -> None:
        self._language = language
        self._vectorizers = tuple(vectorizers)
        self._names = tuple(names)
        self._weights = weights
        self._offsets = offsets
        self._thresholds = thresholds
        self.find_concepts: Concepts = lambda text: ()

    @classmethod
    def train(
        cls,
        language: str,
        examples: Sequence[Sentence],
        find_concepts: Concepts,
        others: Mapping[str, Sequence[Sentence]] = MappingProxyType({}),
    ) -> MoveModel:
        """Trains a detector for every move among the examples.

        Args:
            language: the language of `examples`.
            examples: sentences with their moves.
            find_concepts: finds concepts in them.
            others: sentences of other languages; only how classes of words stand in them is learnt.

        Raises:
            ValueError: there are too few examples.
        """
        if len(examples) < 2 * FOLDS:
            raise ValueError("too few sentences to train on")
        names = sorted({move for _, moves in examples for move in moves})
        truth = _truth(examples, names)
        views = _views([text for text, _ in examples], language, find_concepts)
        lent = [sentence for each in others.values() for sentence in each]
        lent_truth = _truth(lent, names)
        lent_views = _joined(
            [_classes_alone([text for text, _ in each], code) for code, each in others.items()]
        )
        held_out = np.zeros(truth.shape)
        for known, unknown in KFold(FOLDS, shuffle=True, random_state=7).split(views[0]):
            learnt = _joined([_rows(views, known), lent_views])
            part = cls._fit(language, learnt, names, np.vstack([truth[known], lent_truth]))
            held_out[unknown] = part._likelihoods(part._features(_rows(views, unknown)))
        model = cls._fit(language, _joined([views, lent_views]), names, np.vstack([truth, lent_truth]))
        model._thresholds = np.array(
            [_best_threshold(held_out[:, n], truth[:, n]) for n in range(len(names))], dtype=np.float32
        )
        model.find_concepts = find_concepts
        return model

    @classmethod
    def _fit(
        cls, language: str, views: _Blocks, names: Sequence[str], truth: npt.NDArray[np.bool_]
    ) -> MoveModel:
        model = cls(language, _new_vectorizers(), names, *(np.zeros(0, dtype=np.float32) for _ in range(3)))
        for vectorizer, texts in zip(model._vectorizers, views, strict=True):
            vectorizer.fit([*texts, "none"])
        features = model._features(views)
        detectors = [_detector(features, truth[:, n]) for n in range(len(names))]
        model._weights = np.vstack([d.coef_[0] for d in detectors]).T.astype(np.float32)
        model._offsets = np.array([d.intercept_[0] for d in detectors], dtype=np.float32)
        return model

    def _features(self, views: _Blocks) -> csr_matrix:
        blocks = [
            vectorizer.transform(texts) * weight
            for vectorizer, texts, weight in zip(self._vectorizers, views, WEIGHTS, strict=True)
        ]
        return hstack(blocks).tocsr()

    def _likelihoods(self, features: csr_matrix) -> Any:
        return expit(features @ self._weights + self._offsets)

    @cached_property
    def moves(self) -> frozenset[str]:
        """Ids of the moves the model knows."""
        return frozenset(self._names)

    def read(self, text: str) -> tuple[ReadSentence, ...]:
        """The sentences of a line with their moves."""
        sentences = split(text)
        if not sentences:
            return ()
        features = self._features(_views(sentences, self._language, self.find_concepts))
        return tuple(
            self._decide(sentence, row)
            for sentence, row in zip(sentences, self._likelihoods(features), strict=True)
        )

    def _decide(self, sentence: str, likelihoods: Any) -> ReadSentence:
        # Above 1 a move is sure; the order is by how far above its own threshold.
        certainty = likelihoods / self._thresholds
        order = np.argsort(-certainty)
        sure = _without_opposites([self._names[n] for n in order if certainty[n] >= 1])
        sure = self._with_denials(sentence, sure)
        doubtful = () if sure else tuple(self._names[n] for n in order[:DOUBTFUL_MOVES] if certainty[n] >= DOUBT)
        return ReadSentence(sentence, sure, doubtful)

    def _with_denials(self, sentence: str, moves: tuple[str, ...]) -> tuple[str, ...]:
        turned = {move: other for (move, _), other in DENIED.items() if move in moves}
        if not turned:
            return moves
        found = WordClasses.load(self._language).all_in(sentence).split()
        denied = {move for (move, name) in DENIED if f"N_{name}" in found}
        return tuple(dict.fromkeys(turned[move] if move in denied else move for move in moves))

    def as_parts(self) -> dict[str, Any]:
        """What is saved: n-grams of the training data and nothing else."""
        return {
            "language": self._language,
            "vectorizers": self._vectorizers,
            "names": self._names,
            "weights": self._weights,
            "offsets": self._offsets,
            "thresholds": self._thresholds,
        }


def _views(texts: Sequence[str], language: str, find_concepts: Concepts) -> _Blocks:
    """What the model looks at: the words, the words with what is denied marked, the same for its characters,
    concepts, the order of word classes, and all word classes."""
    classes = WordClasses.load(language)
    marked = [classes.marked(text) for text in texts]
    return (
        [fold(text) for text in texts],
        marked,
        marked,
        [" ".join(find_concepts(text)) for text in texts],
        [classes.sequence(text) for text in texts],
        [classes.all_in(text) for text in texts],
    )


def _classes_alone(texts: Sequence[str], language: str) -> _Blocks:
    """The views of sentences in another language: its word classes, without a word of its own."""
    classes = WordClasses.load(language)
    nothing = [""] * len(texts)
    order = [" ".join(name for name in classes.sequence(text).split() if "C_" in name) for text in texts]
    return (nothing, nothing, nothing, nothing, order, [classes.all_in(text) for text in texts])


def _joined(several: Sequence[_Blocks]) -> _Blocks:
    """The views of all sentences, one after the other."""
    return tuple([text for blocks in several for text in blocks[n]] for n in range(len(WEIGHTS)))


def _truth(examples: Sequence[Sentence], names: Sequence[str]) -> npt.NDArray[np.bool_]:
    """What is true of each sentence, of shape (sentences, moves)."""
    found = [[name in moves for name in names] for _, moves in examples]
    return np.array(found, dtype=bool).reshape(len(examples), len(names))


def _rows(views: _Blocks, rows: Any) -> _Blocks:
    return tuple([view[row] for row in rows] for view in views)


WEIGHTS = (0.7, 0.7, 0.7, 0.3, 1.0, 0.5)
"""Of each view; chosen by cross-validation (docs/understanding.md)."""


def _new_vectorizers() -> tuple[Any, ...]:
    def terms(longest: int, **options: Any) -> TfidfVectorizer:
        return TfidfVectorizer(ngram_range=(1, longest), sublinear_tf=True, dtype=np.float32, **options)

    def present() -> CountVectorizer:
        return CountVectorizer(analyzer=str.split, binary=True, dtype=np.float32)

    return (
        terms(3, token_pattern=WORD),
        terms(3, token_pattern=WORD),
        TfidfVectorizer(
            ngram_range=(2, 5), analyzer="char_wb", sublinear_tf=True, min_df=2, dtype=np.float32
        ),
        present(),
        terms(4, token_pattern=r"\S+"),
        present(),
    )


def _detector(features: csr_matrix, truth: npt.NDArray[np.bool_]) -> LogisticRegression:
    detector = LogisticRegression(C=20.0, solver="liblinear", class_weight="balanced", random_state=7)
    detector.fit(features, truth)
    return detector


def _best_threshold(likelihoods: npt.NDArray[np.float64], truth: npt.NDArray[np.bool_]) -> float:
    """The threshold with the best F1."""
    best, chosen = -1.0, 0.5
    for threshold in np.linspace(0.1, 0.9, 81):
        found = likelihoods >= threshold
        hits = float((found & truth).sum())
        f1 = 2 * hits / (found.sum() + truth.sum())
        if f1 > best:
            best, chosen = f1, float(threshold)
    return chosen


def _without_opposites(moves: Sequence[str]) -> tuple[str, ...]:
    """Of moves that cannot both be meant by one sentence, the surer one."""
    kept: list[str] = []
    for move in moves:
        if not any(OPPOSITES.get(other) == move or OPPOSITES.get(move) == other for other in kept):
            kept.append(move)
    return tuple(kept)


class Moves:
    """Reads moves in every language there is a model for."""

    def __init__(self, models: Mapping[str, MoveModel], languages: LanguageGuess) -> None:
        self._models = dict(models)
        self._guess = languages

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self._models)

    def language_of(self, text: str) -> str:
        """The likeliest of the languages."""
        return self._guess.guess(text)

    def read(self, text: str, language: str) -> tuple[ReadSentence, ...]:
        """The sentences of a line with their moves.

        Raises:
            KeyError: there is no model for the language.
        """
        return self._models[language].read(text)

    def save(self, path: Path) -> None:
        """Writes all models to one file."""
        models = {language: model.as_parts() for language, model in self._models.items()}
        joblib.dump({"format": FORMAT, "models": models, "languages": self._guess}, path, compress=3)

    @classmethod
    def load(cls, path: Path, concepts_of: ConceptsOf) -> Moves:
        """Reads the models.

        Raises:
            ValueError: the file is of another format.
        """
        data = joblib.load(path)
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise ValueError("the models of moves were saved by another version; train again")
        models = {language: MoveModel(**parts) for language, parts in data["models"].items()}
        for language, model in models.items():
            model.find_concepts = concepts_of(language)
        return cls(models, data["languages"])


def read_sentences(folder: Path) -> list[Sentence]:
    """The labelled sentences of one language: `data/moves/<language>/*.yml`.

    Raises:
        MoveDataError: a file is not of the form `<move> <move>: | one sentence a line`.
    """
    found: list[Sentence] = []
    for path in sorted(folder.glob("*.yml")):
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


def train_all(folder: Path, concepts_of: ConceptsOf) -> Moves:
    """Trains a model for every language below `data/moves`, each in a process of its own.

    Raises:
        MoveDataError: as for `read_sentences`.
    """
    sentences = {each.name: read_sentences(each) for each in sorted(folder.iterdir()) if each.is_dir()}
    sentences = {language: found for language, found in sentences.items() if found}

    def others(language: str) -> dict[str, list[Sentence]]:
        if len(sentences[language]) >= ENOUGH:
            return {}
        return {code: found for code, found in sentences.items() if code != language}

    models = joblib.Parallel(n_jobs=min(AT_ONCE, len(sentences)))(
        joblib.delayed(MoveModel.train)(language, found, concepts_of(language), others(language))
        for language, found in sentences.items()
    )
    guess = LanguageGuess.train({code: [text for text, _ in found] for code, found in sentences.items()})
    return Moves(dict(zip(sentences, models, strict=True)), guess)
