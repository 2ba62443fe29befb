"""The concept lexicon: what a message talks about, whatever words or spelling it uses.

``Lexicon.load("en").concepts(text)`` lists the concepts in a message. Concepts serve two
readers: the signal rules (:mod:`bot.understanding.signals`) and the topic classifier, as
features that carry over between languages. The phrases are data, one folder per language
(:mod:`bot.understanding.grammar`), in the syntax of :mod:`bot.understanding.patterns`.

How a message is read: normalise → words → stem of each (None for a word the lexicon does
not know) → drop fillers → ``PhraseMatcher`` over the stems, then phrases with gaps and sets
(:mod:`bot.understanding.gapped`) → drop what an idiom covers ("this queue is killing me"). Unknown words never
enter spaCy's string store, so nothing a person typed stays in memory.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property, lru_cache

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from bot.understanding.arabizi import LANGUAGE as ARABIC
from bot.understanding.arabizi import spellings
from bot.understanding.gapped import GappedPhrases
from bot.understanding.grammar import FOLDER, LanguageDataError, load_grammar, load_lines, read_yaml, resolve
from bot.understanding.normalise import spell_out
from bot.understanding.patterns import Reader, Slot, compile_pattern, fixed_phrases
from bot.understanding.vocabulary import Stems, Vocabulary

IDIOM = "_idiom"
"""The concept whose matches hide every other concept they touch."""

MAX_TOKENS = 1200
"""Words read of one message (Telegram allows 4,096 characters); the rest is not looked at."""

_TOKEN = re.compile(r"[^\W_]+|\n|[^\w\s]|_")
_INSIDE_WORD = re.compile(r"[^\W\d_]-[^\W\d_]")
_UNKNOWN = "\u25a1"


@dataclass(frozen=True)
class Token:
    """A word or punctuation mark: normalised form, lexicon stem, place in the original text."""

    word: str
    stem: str | None
    start: int
    end: int


@dataclass(frozen=True)
class ConceptMatch:
    """A concept found in ``text[start:end]``, made of tokens ``first`` to ``last`` (inclusive)."""

    id: str
    start: int
    end: int
    first: int = -1
    last: int = -1


@dataclass(frozen=True)
class Analysis:
    """A message as the rules see it: its tokens and every concept in it, grammar included."""

    text: str
    language: str
    tokens: tuple[Token, ...]
    matches: tuple[ConceptMatch, ...]

    @cached_property
    def by_id(self) -> dict[str, list[ConceptMatch]]:
        """Matches grouped by concept id, in order of appearance."""
        grouped: dict[str, list[ConceptMatch]] = {}
        for match in self.matches:
            grouped.setdefault(match.id, []).append(match)
        return grouped


_last_read: ContextVar[Analysis | None] = ContextVar("last_read", default=None)
"""The message last read, in the memory of its own task only: it is gone when the turn is."""


class Lexicon:
    """The concepts of one language. Use :meth:`load`, which keeps one per language.

    ``ids`` lists all concept ids in alphabetical order, without the grammar ones; ``all_ids`` has those too.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._grammar = load_grammar(language)
        self._stems = Stems(self._grammar.snowball, self._grammar.stems, self._grammar.respelled)
        words, names = load_lines(language, "words.txt"), load_lines(language, "names.txt")
        self.vocabulary = Vocabulary(
            self._stems,
            words,
            self._grammar.clitics,
            names,
            self._grammar.inflections,
            self._grammar.typo_length,
            self._grammar.enclitics,
        )
        self._vocab = Vocab()
        self._fixed = PhraseMatcher(self._vocab, attr="ORTH")
        self._build()

    @classmethod
    def load(cls, language: str = "en") -> Lexicon:
        """The lexicon of ``language``, built on first use (well under two seconds) and kept.

        Raises :class:`LanguageDataError` or :class:`bot.understanding.patterns.PatternError`
        when a data file is malformed.
        """
        return _load(resolve(language))

    def concepts(self, text: str, language: str | None = None) -> list[ConceptMatch]:
        """Concepts in ``text`` in order of appearance; may overlap; ``start``/``end`` in characters.

        ``language``, when given and another than this lexicon's, hands over to that one's.
        """
        lexicon = self if language is None else Lexicon.load(language)
        return [match for match in lexicon.read(text).matches if not match.id.startswith("_")]

    def read(self, text: str) -> Analysis:
        """Tokens and concepts of ``text``. Never raises, whatever the text.

        The rules, both models and the gate read the same message: the last one is kept for the task at hand.
        """
        last = _last_read.get()
        if last is not None and last.text == text and last.language == self.language:
            return last
        tokens = self.tokens(text)
        analysis = Analysis(text, self.language, tokens, self._find(tokens))
        _last_read.set(analysis)
        return analysis

    def tokens(self, text: str) -> tuple[Token, ...]:
        """The normalised words and punctuation marks of ``text``."""
        spelled = spellings(text) if self.language == ARABIC else {}
        normalised = spell_out(text, self._grammar.shortening, self.vocabulary.is_ordinary, spelled.get)
        tokens = []
        for found in _TOKEN.finditer(normalised.text):
            word = found.group()
            if (
                word == "-"
                and self._grammar.hyphen_joins
                and _INSIDE_WORD.match(normalised.text, found.start() - 1)
            ):
                continue
            start, end = normalised.original_span(*found.span())
            stem = self.vocabulary.stem(word) if word[0].isalnum() else word
            tokens.append(Token(word, stem, start, end))
            if len(tokens) == MAX_TOKENS:
                break
        if self._grammar.readings:
            tokens = [self._as_meant(tokens, i, text) for i in range(len(tokens))]
        return tuple(tokens)

    def _as_meant(self, tokens: Sequence[Token], at: int, text: str) -> Token:
        """The word that is meant where two are written alike ("el" before a verb, "él")."""
        token = tokens[at]
        reading = self._grammar.readings.get(token.word)
        if reading is None:
            return token
        following = tokens[at + 1].word if at + 1 < len(tokens) else "$"
        written = text[token.start : token.end].lower() in reading.written
        if not written and following not in reading.before:
            return token
        meant = reading.stands_for
        return Token(meant, self.vocabulary.stem(meant), token.start, token.end)

    def split(self, text: str) -> list[str]:
        """The normalised words of a phrase from a data file."""
        normalised = spell_out(text, self._grammar.shortening, lambda word: True).text
        return [word for word in _TOKEN.findall(normalised) if word[0].isalnum()]

    def _build(self) -> None:
        folder = FOLDER / self.language
        split = lru_cache(maxsize=None)(self.split)
        reader = Reader(read_yaml(folder / "sets.yml") or {}, split, self._grammar.fillers)
        compiled: list[tuple[str, tuple[Slot, ...]]] = []
        for path in sorted((folder / "concepts").glob("*.yml")):
            for name, phrases in (read_yaml(path) or {}).items():
                if not isinstance(phrases, list):
                    raise LanguageDataError(f"{path.name}: {name} is not a list of phrases")
                compiled += [(str(name), compile_pattern(str(phrase), reader)) for phrase in phrases]
        self.vocabulary.learn({w.text for _, slots in compiled for s in slots for p in s.phrases for w in p})
        self.all_ids = frozenset(name for name, _ in compiled)
        self.ids = tuple(sorted(name for name in self.all_ids if not name.startswith("_")))
        gapped = []
        for name, slots in compiled:
            fixed = fixed_phrases(slots)
            if not fixed or any(word.exact for phrase in fixed for word in phrase):
                gapped.append((name, slots))
                continue
            self._fixed.add(name, [self._doc([self._stems.of_ordinary(w.text) for w in p]) for p in fixed])
        self._gapped = GappedPhrases(gapped, self._stems.of_ordinary, self._grammar.gap_blockers)

    def _doc(self, words: Sequence[str]) -> Doc:
        return Doc(self._vocab, words=list(words))

    def _find(self, tokens: tuple[Token, ...]) -> tuple[ConceptMatch, ...]:
        kept = [i for i, token in enumerate(tokens) if token.word not in self._grammar.fillers]
        if not kept:
            return ()
        stems = [tokens[i].stem or _UNKNOWN for i in kept]
        spans = {
            (kept[start], kept[end - 1], self._vocab.strings[key])
            for key, start, end in self._fixed(self._doc(stems))
        }
        bare = self._grammar.break_clitics
        words = [self.vocabulary.without_clitic(tokens[i].word, bare) for i in kept]
        for name, start, end in self._gapped.find(stems, words):
            spans.add((kept[start], kept[end - 1], name))
        return _without_idioms(
            [ConceptMatch(name, tokens[a].start, tokens[b].end, a, b) for a, b, name in sorted(spans)]
        )


def _without_idioms(matches: list[ConceptMatch]) -> tuple[ConceptMatch, ...]:
    idioms = [m for m in matches if m.id == IDIOM]
    if not idioms:
        return tuple(matches)
    return tuple(
        m
        for m in matches
        if m.id == IDIOM
        or m.id.startswith("_")
        or not any(i.first <= m.last and m.first <= i.last for i in idioms)
    )


@lru_cache(maxsize=None)
def _load(language: str) -> Lexicon:
    return Lexicon(language)


def load(language: str = "en") -> Lexicon:
    """The lexicon of ``language``; same as :meth:`Lexicon.load`."""
    return Lexicon.load(language)
