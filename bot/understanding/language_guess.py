"""Guesses the language of one line from its letters, for practice: naive Bayes over character n-grams.

Learnt from the lines the models of moves learn from, so it knows how responders write, without accents too.
"""

from __future__ import annotations

from typing import Any, Mapping, Sequence

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import MultinomialNB

from bot.understanding.normalise import fold


class LanguageGuess:
    """Use `train`; instances are saved whole with the models of moves.

    Args:
        vectorizer: fitted over characters.
        classifier: fitted over its counts.
    """

    def __init__(self, vectorizer: Any, classifier: Any) -> None:
        self._vectorizer = vectorizer
        self._classifier = classifier

    @classmethod
    def train(cls, lines: Mapping[str, Sequence[str]]) -> LanguageGuess:
        """Learns from lines by language code."""
        texts = [fold(line) for each in lines.values() for line in each]
        codes = [code for code, each in lines.items() for _ in each]
        vectorizer = CountVectorizer(analyzer="char_wb", ngram_range=(1, 4), dtype=np.float32)
        # Every language is as likely, however many lines there are of it.
        classifier = MultinomialNB(alpha=0.05, fit_prior=False)
        classifier.fit(vectorizer.fit_transform(texts), codes)
        return cls(vectorizer, classifier)

    def guess(self, line: str) -> str:
        """The code of the likeliest language."""
        return str(self._classifier.predict(self._vectorizer.transform([fold(line)]))[0])
