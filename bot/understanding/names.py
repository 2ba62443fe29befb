"""Finds names of people: after cues, by capital letters, and by lists of given names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.understanding.given_names import given_names
from bot.understanding.grammar import FOLDER, load_grammar, load_lines, read_yaml, resolve
from bot.understanding.identifiers import MASKED
from bot.understanding.lexicon import Lexicon
from bot.understanding.normalise import fold
from bot.understanding.typed_words import typed_words

_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_NAME = r"(?P<name>[^\W\d_]+(?:['’\-][^\W\d_]+)*)"
_SENTENCE_END = re.compile(r"(?:^|[.!?\n:;…\"“”(\]\[*•-])\s*$")
_DRAWN_OUT = re.compile(r"(.)\1+")
LONGEST_ABBREVIATION = 6
"""Letters up to which a word in capitals may be an abbreviation."""

MOSTLY_CAPITALS = 0.5
"""Share of words in capitals above which capitals say nothing about names."""


@dataclass(frozen=True)
class NameData:
    """What a language says about names, ready for look-up."""

    strong: tuple[re.Pattern[str], ...]
    weak: tuple[re.Pattern[str], ...]
    titles: tuple[re.Pattern[str], ...]
    verbs: frozenset[str]
    never: frozenset[str]
    proper: frozenset[str]
    place_cues: frozenset[str]
    place_words: frozenset[str]
    place_titles: frozenset[str]
    given: frozenset[str]
    listed: frozenset[str]
    spelled: frozenset[str]
    always: frozenset[str]
    clitics: tuple[str, ...]
    joins: frozenset[str]
    no_capitals: bool


@lru_cache(maxsize=None)
def load_name_data(language: str) -> NameData:
    """Name cues and lists from the language's ``identifiers.yml`` and ``names.txt``."""
    data = read_yaml(FOLDER / language / "identifiers.yml")

    def cues(name: str) -> tuple[re.Pattern[str], ...]:
        links = "(?:(?:" + "|".join(data["name_links"]) + r")\s+)*" if name == "strong_names" else ""
        patterns = data.get(name) or ()
        return tuple(re.compile(p.replace("{name}", links + _NAME), re.IGNORECASE) for p in patterns)

    def words(values: list[object]) -> frozenset[str]:
        return frozenset(fold(str(value)) for value in values)

    return NameData(
        strong=cues("strong_names"),
        weak=cues("weak_names"),
        titles=cues("title_names"),
        verbs=words(data["name_verbs"]),
        never=words(data["never_names"]["words"]) | frozenset(load_grammar(language).shortening.words),
        proper=words(data["never_names"]["proper"]),
        place_cues=words(data["place_cues"]),
        place_words=words(data["place_words"]),
        place_titles=words(data["place_titles"]),
        given=load_lines(language, "names.txt"),
        listed=given_names(language),
        spelled=frozenset(map(str, data["never_names"].get("spelled") or ())),
        always=frozenset(map(str, data.get("always_names") or ())),
        clitics=tuple(fold(str(clitic)) for clitic in data.get("name_clitics") or ()),
        joins=frozenset(map(str, data.get("name_joins") or ())),
        no_capitals=data.get("no_capitals") == "yes",
    )


def find_names(text: str, language: str = "en") -> list[tuple[int, int, str]]:
    """(start, end, "name") of every name of a person in ``text``; adjoining names as one."""
    code = resolve(language)
    finder = _Finder(
        MASKED.sub(lambda m: "\n" * len(m.group()), text), load_name_data(code), Lexicon.load(code)
    )
    return [(start, end, "name") for start, end in finder.spans()]


class _Finder:
    def __init__(self, text: str, data: NameData, lexicon: Lexicon) -> None:
        self.text = text
        self.data = data
        self.lexicon = lexicon
        self.auxiliaries = load_grammar(lexicon.language).auxiliaries
        self.words = [self._without_elision(word) for word in _WORD.finditer(text)]
        self.folded = [fold(w.group()) for w in self.words]
        cased = [w.group() for w in self.words if len(w.group()) > 1]
        self.shouting = (
            bool(cased)
            and sum(w[0].isupper() for w in cased) > MOSTLY_CAPITALS * len(cased)
            and len(cased) > 3
        )

    def _without_elision(self, word: re.Match[str]) -> re.Match[str]:
        """ "d'Aminata" → "Aminata", where the language has elisions."""
        for short in load_grammar(self.lexicon.language).shortening.elisions or ():
            if fold(word.group()).startswith(short):
                return _WORD.match(self.text, word.start() + len(short)) or word
        return word

    def spans(self) -> Iterator[tuple[int, int]]:
        named = set(self._after_cues()) | set(self._by_shape())
        named |= set(self._beside(named))
        at = 0
        while at < len(self.words):
            if at not in named:
                at += 1
                continue
            end = at
            while (
                end + 1 < len(self.words)
                and self._adjoins(end)
                and (end + 1 in named or self._continues(end + 1))
            ):
                end += 1
            yield self.words[at].start() + self._clitic(at), self._without_possessive(end)
            at = end + 1

    def _beside(self, named: set[int]) -> Iterator[int]:
        """Names in a list with others ("Ilyas et Rayane") or before one, taken for a place by themselves."""
        for at in range(len(self.words)):
            word = self._bare(at)
            if at in named or not word or self._ordinary(word) or word in self.data.never | self.data.proper:
                continue
            precedes = at + 1 in named and self._adjoins(at)
            near = {at - 2, at - 1, at + 1, at + 2} & named
            listed = any(self._are_listed(*sorted((at, other))) for other in near)
            if (precedes or listed) and self._is_capital_within(at) and not self._is_part_of_place(at):
                yield at

    def _are_listed(self, first: int, second: int) -> bool:
        """Whether two words are joined as in a list: by a comma, or a word for "and" alone."""
        between = self.text[self.words[first].end() : self.words[second].start()]
        return between.strip() in {",", "،", *self.data.joins} and between.endswith(" ")

    def _is_capital_within(self, at: int) -> bool:
        """Whether a word has a capital letter without beginning a sentence or being an abbreviation."""
        word = self.words[at]
        shape = word.group()
        if not shape[0].isupper() or self.shouting or (shape.isupper() and len(shape) <= LONGEST_ABBREVIATION):
            return False
        return not _SENTENCE_END.search(self.text[: word.start()])

    def _without_possessive(self, at: int) -> int:
        word = self.words[at].group()
        return self.words[at].end() - (2 if word[-2:] in ("'s", "’s") else 0)

    def _adjoins(self, at: int) -> bool:
        return self.text[self.words[at].end() : self.words[at + 1].start()] in (" ", "  ", ". ", "-")

    def _after_cues(self) -> Iterator[int]:
        starts = {word.start(): i for i, word in enumerate(self.words)}
        for patterns, accept in (
            (self.data.strong, self._may_be_name),
            (self.data.weak, self._looks_like_name),
            (self.data.titles, self._is_given),
        ):
            for pattern in patterns:
                position = 0
                while match := pattern.search(self.text, position):
                    at = starts.get(match.start("name"))
                    if at is not None and accept(at):
                        yield at
                    position = max(match.start("name"), match.start() + 1)

    def _by_shape(self) -> Iterator[int]:
        for at, word in enumerate(self.words):
            shape, plain = word.group(), self._bare(at)
            if shape in self.data.always:
                yield at
            if plain in self.data.never or plain in self.data.proper or self._is_part_of_place(at):
                continue
            capital = shape[0].isupper() and not self.shouting
            starts_sentence = bool(_SENTENCE_END.search(self.text[: word.start()]))
            acronym = shape.isupper() and len(shape) <= LONGEST_ABBREVIATION
            acts = at + 1 < len(self.words) and self.folded[at + 1] in self.data.verbs - self.auxiliaries
            if plain in self.data.given and (
                not self._ordinary(plain) or (capital and (acts or not starts_sentence))
            ):
                yield at
            elif capital and not acronym and len(shape) > 1 and self._unknown(plain):
                if not starts_sentence and not self._is_place(at):
                    yield at
                elif starts_sentence and at + 1 < len(self.words) and self.folded[at + 1] in self.data.verbs:
                    yield at

    def _clitic(self, at: int) -> int:
        """Letters attached before a given name ("and", "to"), in languages that write them so."""
        word = self.folded[at]
        if word in self.data.given or len(word) != len(self.words[at].group()):
            return 0
        return next(
            (len(c) for c in self.data.clitics if word.startswith(c) and word[len(c) :] in self.data.given), 0
        )

    def _bare(self, at: int) -> str:
        if self.words[at].group() in self.data.spelled:
            return ""
        word = self.folded[at][self._clitic(at) :]
        return word[:-2] if word.endswith("'s") else word

    def _may_be_name(self, at: int) -> bool:
        word = self._bare(at)
        if word in self.data.never or (word in self.data.proper and word not in self.data.given):
            return False
        if self.words[at].group()[0].isupper() and not self.shouting:
            return True
        if word in self.data.given or (self._is_caseless(at) and self._is_never_typed(word)):
            return True
        return not (not word or self._ordinary(word) or self.lexicon.vocabulary.is_inflected(word))

    def _is_given(self, at: int) -> bool:
        """A given name that may be an ordinary word elsewhere: "the driver Omar" where "omar" also means "age"."""
        return not self._is_part_of_place(at) and self._bare(at) in (self.data.given | self.data.listed) - self.data.never

    def _looks_like_name(self, at: int) -> bool:
        word = self._bare(at)
        if word in self.data.never or word in self.data.proper or len(word) < 3 or self._is_part_of_place(at):
            return False
        if word in self.data.given and not self._ordinary(word):
            return True
        if word in self.data.listed and not self._ordinary(word):
            return not self._is_place(at)
        shape = self.words[at].group()
        if self._is_caseless(at):
            return self._is_never_typed(word) and self._unknown(word) and not self._is_place(at)
        short = shape.isupper() and len(shape) <= LONGEST_ABBREVIATION
        capital = shape[0].isupper() and not self.shouting and not short
        return capital and self._unknown(word) and not self._is_place(at)

    def _is_caseless(self, at: int) -> bool:
        """Whether a word is in this language's letters and they know no capitals."""
        word = self.words[at].group()
        return self.data.no_capitals and word.lower() == word.upper()

    def _is_never_typed(self, word: str) -> bool:
        """Whether a word stands in no message the language is learnt from, nor what is left of it without what is attached
        or drawn out."""
        known, vocabulary = typed_words(self.lexicon.language), self.lexicon.vocabulary
        spelled = (word, _DRAWN_OUT.sub(r"\1", word))
        return not self._ordinary(word) and not any(bare in known for each in spelled for bare in vocabulary.bare_forms(each))

    def _continues(self, at: int) -> bool:
        word = self._bare(at)
        if word in self.data.never or word in self.data.proper or word in self.data.verbs:
            return False
        shape = self.words[at].group()
        if word in self.data.given or (shape[0].isupper() and not self.shouting):
            return True
        return self._unknown(word) and not shape[0].isupper() and len(word) > 3

    def _ordinary(self, word: str) -> bool:
        return self.lexicon.vocabulary.is_ordinary(word)

    def _unknown(self, word: str) -> bool:
        parts = re.split(r"['\-]", word)
        return not all(
            len(part) < 2
            or self._ordinary(part)
            or self.lexicon.vocabulary.stem(part)
            or self.lexicon.vocabulary.is_inflected(part)
            for part in parts
        )

    def _is_place_word(self, at: int) -> bool:
        """Whether a capitalised word may be the first part of a place's name."""
        return (
            self.words[at].group()[0].isupper()
            and not self.shouting
            and self._bare(at) not in self.data.given
        )

    def _is_part_of_place(self, at: int) -> bool:
        """Whether a name only belongs to a place's name: "in port selim", "en San Cristóbal", or that alone."""
        if at == 0 or self.folded[at - 1] not in self.data.place_titles:
            return False
        if not self.text[self.words[at - 1].end() : self.words[at].start()].isspace():
            return False
        return len(self.words) == 2 if at == 1 else self.folded[at - 2] in self.data.place_cues

    def _is_place(self, at: int) -> bool:
        if self._bare(at) in self.data.given:
            return False
        first = at  # a place may have several words: "in Port Sellim"
        while first and self._is_place_word(first - 1) and self.folded[first - 1] not in self.data.place_cues:
            first -= 1
        before = self.folded[first - 1] if first else ""
        after = self.folded[at + 1] if at + 1 < len(self.words) else ""
        return before in self.data.place_cues or after in self.data.place_words
