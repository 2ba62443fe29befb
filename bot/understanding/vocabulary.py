"""Finds the lexicon word somebody meant, for inflected, prefixed and mistyped words.

A word is taken as it stands when the lexicon or the ordinary vocabulary knows it. Only a
word that neither knows, of five letters or more, may stand for a lexicon word one typing
error away (one letter missing, added, changed, or two swapped: Damerau-Levenshtein 1).
Candidates come from an index of words with one letter left out, so that a look-up needs
no cache: a cache would keep people's names in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from threading import Lock

import snowballstemmer
from rapidfuzz.distance import DamerauLevenshtein

MIN_TYPO_LENGTH = 5
"""Letters a word must have before a typing error in it is forgiven."""


_NEEDLESS_STEPS = ("_ArabicStemmer__r_Normalize_pre", "_ArabicStemmer__r_Normalize_post")
"""Steps of Snowball's stemmers that take long and do nothing to a word that is folded already."""


class Stems:
    """Snowball stems of one language; safe to call from several threads.

    ``own`` gives the stems Snowball gets wrong for our purpose, word by word; ``respelled`` endings that are
    written otherwise before stemming (French "-ée" as "-e", because accents are gone by then).
    """

    def __init__(
        self, algorithm: str, own: Mapping[str, str] | None = None, respelled: Mapping[str, str] | None = None
    ) -> None:
        self._stemmer = snowballstemmer.stemmer(algorithm)
        for step in _NEEDLESS_STEPS:
            if hasattr(self._stemmer, step):
                setattr(self._stemmer, step, lambda: True)
        self._own = own or {}
        self._respelled = respelled or {}
        self._lock = Lock()  # the pure Python stemmer keeps its state in the object
        self.of_ordinary = lru_cache(maxsize=65536)(self.of)

    def of(self, word: str) -> str:
        """The stem of a normalised word."""
        if word in self._own:
            return self._own[word]
        for ending, written in self._respelled.items():
            if word.endswith(ending):
                word = word[: -len(ending)] + written
                break
        with self._lock:
            return str(self._stemmer.stemWord(word))


class Vocabulary:
    """The words one language's lexicon knows, and the way from a typed word to them."""

    def __init__(
        self,
        stems: Stems,
        ordinary: frozenset[str],
        clitics: tuple[str, ...],
        names: frozenset[str] = frozenset(),
        endings: tuple[str, ...] = (),
        typo_length: int = MIN_TYPO_LENGTH,
        enclitics: tuple[str, ...] = (),
    ) -> None:
        self._stems = stems
        self._ordinary = ordinary
        self._clitics = clitics
        self._names = names
        self._endings = endings
        self._typo_length = typo_length
        self._enclitics = enclitics
        self._known: dict[str, str] = {}
        self._near: dict[str, list[str]] = {}

    def is_ordinary(self, word: str) -> bool:
        """Whether ``word`` is in the ordinary vocabulary or in the lexicon."""
        return word in self._ordinary or word in self._known

    @cached_property
    def _ordinary_stems(self) -> frozenset[str]:
        return frozenset(map(self._stems.of_ordinary, self._ordinary))

    def is_inflected(self, word: str) -> bool:
        """Whether ``word`` is an ordinary word with something attached; only in languages with clitics."""
        if not self._clitics:
            return False
        return self.stem(word) is not None or any(
            bare in self._ordinary or self._stems.of(bare) in self._ordinary_stems
            for bare in self.without_clitics(word)
        )

    def without_clitics(self, word: str) -> list[str]:
        """``word``, and what is left of it when something attached to its beginning is taken off."""
        return [word] + [
            word[len(c) :] for c in self._clitics if word.startswith(c) and len(word) - len(c) >= 2
        ]

    def bare_forms(self, word: str) -> list[str]:
        """``word``, and what is left of it without what is attached to its beginning, its end, or both."""
        return [
            bare
            for trunk in self.without_clitics(word)
            for bare in (trunk, *(trunk.removesuffix(end) for end in self._enclitics))
            if len(bare) > 1
        ]

    def without_clitic(self, word: str, clitics: tuple[str, ...]) -> str:
        """The lexicon's word that ``word`` is after one of ``clitics``, else ``word``."""
        if word not in self._known:
            for clitic in clitics:
                if word.startswith(clitic) and word[len(clitic) :] in self._known:
                    return word[len(clitic) :]
        return word

    def learn(self, words: Iterable[str]) -> None:
        """Add lexicon words; ordinary words with the same stem become typo candidates too."""
        stems = {}
        for word in words:
            stems[word] = self._stems.of_ordinary(word)
            self._known[word] = stems[word]
        for stem in set(stems.values()):
            self._known.setdefault(stem, stem)
        inflected = {word for base in stems for word in self._inflected(base)}
        for word in inflected | set(stems):
            if len(word) >= self._typo_length and word.isalpha():
                for key in _with_one_left_out(word):
                    self._near.setdefault(key, []).append(word)

    def _inflected(self, base: str) -> Iterable[str]:
        """Ordinary words made of ``base`` with an ending, so that their typing errors are found too."""
        for trunk in (base, base[:-1], base + base[-1:]):
            for ending in self._endings:
                if trunk + ending in self._ordinary and len(trunk) > 2:
                    yield trunk + ending

    def stem(self, word: str) -> str | None:
        """The lexicon stem ``word`` stands for, or None when the lexicon has nothing for it."""
        found = self._direct(word)
        if found is not None:
            return found
        if word not in self._ordinary:
            for bare in self.without_clitics(word)[1:]:
                found = self._direct(bare)
                if found is not None:
                    return found
            for enclitic in self._enclitics:
                if word.endswith(enclitic) and len(word) - len(enclitic) > 2:
                    found = self._direct(word[: -len(enclitic)])
                    if found is not None:
                        return found
        if (
            word in self._ordinary
            or word in self._names
            or len(word) < self._typo_length
            or not word.isalpha()
        ):
            return None
        return self._mistyped(word)

    def _direct(self, word: str) -> str | None:
        if word in self._known:
            return self._known[word]
        stem = self._stems.of_ordinary(word) if word in self._ordinary else self._stems.of(word)
        return self._known.get(stem)

    def _mistyped(self, word: str) -> str | None:
        keys = _with_one_left_out(word)
        near = {candidate for key in keys for candidate in self._near.get(key, ())}
        close = [c for c in near if DamerauLevenshtein.distance(word, c, score_cutoff=1) <= 1]
        if not close:
            return None
        best = min(
            close, key=lambda c: (c[0] != word[0], sorted(c) != sorted(word), abs(len(c) - len(word)), c)
        )
        return self._stems.of_ordinary(best)


def _with_one_left_out(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))} | {word}
