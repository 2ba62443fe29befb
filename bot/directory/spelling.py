"""Makes names comparable that people write differently: accents, Arabic letter forms, articles, scripts.

`fold` removes what writers leave out or vary within a script; `skeleton` goes further and maps Arabic,
Cyrillic and Latin to the same few consonants, so that a name can be found from another script or by its
sound. Both are for comparing only and are never shown.
"""

from __future__ import annotations

import re
import unicodedata

_MARKS = re.compile(
    "[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f\u2060\ufeff]"
)
"""Accents, Arabic vowel signs and tatweel, zero-width characters. Vowel signs of Indic scripts are letters:
kept.
"""

_LETTERS = str.maketrans(
    {
        "ى": "ي",
        "ی": "ي",
        "ې": "ي",
        "ة": "ه",
        "ۀ": "ه",
        "ھ": "ه",
        "ہ": "ه",
        "ک": "ك",
        "ٱ": "ا",
        "ء": "",
        "ø": "o",
        "đ": "d",
        "ł": "l",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "ʼ": "",
        "'": "",
        "’": "",
        "‘": "",
        "`": "",
        "ʿ": "",
        "ʾ": "",
    }
)
_NOT_WORD = re.compile("(?:[^\\w\u0900-\u0963\u0966-\u109f]|_)+")
"""What parts words. Vowel signs of South and South-East Asian scripts are not `\\w`, but parts of words."""
_ARTICLE = re.compile(r"\b(?:el|ul|as|ash|an|ad|ar|az|at)\s+(?=\w{3})")
_LATIN_ARTICLE = re.compile(r"\bal\s+(?=\w)")
_ARABIC_ARTICLE = re.compile(r"\bال(?=\w{2})")
_CLITIC = re.compile(r"^(?:[وف]?[بلك])(?=\w{3})|^و(?=\w{3})")

_SOUNDS = (
    ("tsch", "S"), ("tch", "S"), ("sch", "S"), ("sh", "S"), ("ch", "S"), ("kh", "K"), ("gh", "G"),
    ("dh", "d"), ("th", "t"), ("ph", "f"), ("zh", "z"), ("dj", "j"), ("ts", "s"), ("ck", "k"), ("qu", "k"),
)  # fmt: skip
_LATIN = str.maketrans(
    {"q": "k", "c": "k", "x": "ks", "p": "b", "v": "f", "K": "k", "G": "g", "j": "g", "z": "s"}
)
_ARABIC = str.maketrans(
    {
        "ب": "b", "پ": "b", "ت": "t", "ث": "t", "ج": "g", "چ": "S", "خ": "k", "د": "d", "ذ": "d", "ر": "r",
        "ز": "s", "ژ": "s", "س": "s", "ش": "S", "ص": "s", "ض": "d", "ط": "t", "ظ": "s", "غ": "g", "ف": "f",
        "ق": "k", "ك": "k", "گ": "g", "ل": "l", "م": "m", "ن": "n", "ح": "", "ه": "", "ع": "", "ا": "",
        "و": "", "ي": "",
    }
)  # fmt: skip
_CYRILLIC = str.maketrans(
    {
        "б": "b", "в": "f", "г": "g", "ґ": "g", "д": "d", "ж": "s", "з": "s", "к": "k", "л": "l", "м": "m",
        "н": "n", "п": "b", "р": "r", "с": "s", "т": "t", "ф": "f", "х": "k", "ц": "s", "ч": "S", "ш": "S",
        "щ": "S",
    }
)  # fmt: skip
_SILENT = re.compile(r"[^a-zS0-9 ]|[aeiouyhw]")
_DOUBLED = re.compile(r"(\D)\1+")


def fold(text: str) -> str:
    """`text` in lower case, without accents and punctuation, digits as 0–9, single spaces: "Ḥaddûn-2" →
    "haddun 2".
    """
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    plain = unicodedata.normalize("NFC", _MARKS.sub("", decomposed)).translate(_LETTERS)
    digits = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in plain)
    apart = re.sub(r"(?<=[^\W\d])(?=\d)|(?<=\d)(?=[^\W\d])", " ", digits)
    return _NOT_WORD.sub(" ", apart).strip()


def without_article(folded: str) -> str:
    """A folded name without its Arabic article: "an nur", "al nur" → "nur", "النور" → "نور"."""
    latin = _LATIN_ARTICLE.sub("", _ARTICLE.sub("", folded))
    return _ARABIC_ARTICLE.sub("", latin) or folded


def without_clitic(folded: str) -> str:
    """A folded Arabic word group without the leading و، ب، ل، ك that writers attach: "بحدون" → "حدون"."""
    return _CLITIC.sub("", folded)


def squash(folded: str) -> str:
    """A folded name without spaces, so that "port sellim" and "portsellim" are the same."""
    return folded.replace(" ", "")


def skeleton(folded: str) -> str:
    """The consonants of a folded name by sound, the same for Latin, Arabic and Cyrillic: "haddun", "حدون" →
    "dn".
    """
    sound = folded
    for letters, one in _SOUNDS:
        sound = sound.replace(letters, one)
    sound = sound.translate(_LATIN).translate(_ARABIC).translate(_CYRILLIC)
    return _DOUBLED.sub(r"\1", _SILENT.sub("", sound)).strip()


def numbers(folded: str) -> tuple[str, ...]:
    """What tells numbered places apart: numbers, single letters; "gate 3" → ("3",), "sector b" → ("b",)."""
    return tuple(
        token for token in folded.split() if token.isdigit() or (len(token) == 1 and token.isalpha())
    )
