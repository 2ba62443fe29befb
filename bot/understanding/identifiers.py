"""Numbers, links and addresses that identify a person, by their shape and the words before."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.understanding.grammar import FOLDER, read_yaml, resolve

ARABIC_POINT = "\u066b"
"""What stands before the decimals of Arabic numbers."""

MASKED = re.compile(r"\[(?:name|phone|email|document|address|coordinates|account)\]")
"""What :func:`bot.understanding.redaction.redact` writes; never masked again."""

_EMAIL = re.compile(
    r"(?<![\w.+%-])[\w.+%-]{1,64} ?@ ?[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"
    + "".join(
        rf"|(?<![\w.+-])[\w.+-]{{1,64}} ?(?:\({at}\)|\[{at}\]| {at} ) ?[\w-]{{1,63}} ?(?:\({dot}\)|\[{dot}\]| {dot} ) ?\w{{2,}}"
        for at, dot in (("at", "dot"), ("arr?obase?", "point"), ("arr?oba", "punto"), ("[آا]ت", "(?:دوت|نقط[ةه])"))
    )
    + r"|(?<![\w.+-])[\w.+-]{1,64} ?(?:\(at\)|\[at\]|\{at\}) ?[\w-]{1,63}(?:\.[\w-]{1,63}){1,3}"
)
_LINK = re.compile(
    r"(?:https?://)?(?:www\.|m\.|web\.|chat\.|api\.)?(?:facebook|fb|whatsapp|instagram|tiktok|twitter|x|linkedin|snapchat|t|telegram|vk|wa)"
    r"\.(?:com|me|org|ru)/[\w./?=&%@+-]+",
    re.IGNORECASE,
)
_HANDLE = re.compile(
    r"(?<![\w.@])@[^\W\d]\w{2,}"
    # Nothing but a name on a platform is spelled with an underscore and a digit.
    r"|(?<![\w.@/-])(?=[A-Za-z0-9.]*_)(?=[A-Za-z_.]*\d)(?:[A-Za-z]|\d(?=[A-Za-z]{2}))[A-Za-z0-9_.]{3,}\b"
)
_POINT = r"(?i:north|south|east|west|nord|sud|est|ouest|norte|sur|este|oeste|شمالا?ً?|جنوبا?ً?|شرقا?ً?|غربا?ً?)(?!\w)"
"""The point of the compass after a degree, in words."""

_COORDINATES = re.compile(
    r"-?\b\d{1,3}\.\d{3,}°?\s*[NS]?\s*[,;/ ]\s*-?\d{1,3}\.\d{3,}°?\s*[EWO]?\b"
    r"|\b\d{1,3}\s*°\s*\d{1,2}(?:[.,]\d+)?\s*['′’](?:\s*\d{1,2}(?:[.,]\d+)?\s*[\"″”])?\s*[NSEWO]?"
    r"(?:\s*[,;]?\s*\d{1,3}\s*°\s*\d{1,2}(?:[.,]\d+)?\s*['′’](?:\s*\d{1,2}(?:[.,]\d+)?\s*[\"″”])?\s*[NSEWO]?)?"
    r"|\blat(?:itude)?\W{0,3}-?\d{1,3}[.,]\d+\W{0,6}(?:and )?lon(?:g(?:itude)?)?\W{0,3}-?\d{1,3}[.,]\d+"
    r"|\b[NS]\s?-?\d{1,3}[.,]\d{3,}°?\W{0,3}[EWO]\s?-?\d{1,3}[.,]\d{3,}"
    # Fewer decimals may be thousands: "1.500 sur 3.000".
    rf"|\b\d{{1,3}}\.\d{{4,}}°? ?{_POINT}\s*[,،;/]?\s*\d{{1,3}}\.\d{{4,}}°? ?{_POINT}"
    r"|\b[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,3}\b"
    r"|///\w+\.\w+\.\w+"
    r"|\b\d{1,2}[C-X] ?[A-Z]{2} ?\d{4,5} ?\d{4,5}\b"
)
_CODE = re.compile(
    r"(?<![/\w-])(?:\d{2,4}[-/]\d{2}[A-Z]\d{4,8}|(?!ST/|S/|A/|IN/|HCP/|UN/|RES)(?=[A-Z0-9/-]{0,40}\d{4})[A-Z]{1,5}[-/]?(?:[A-Z0-9]{1,5}[-/]){0,4}\d{4,12}[A-Z]?)\b"
)
_MORE_CODES = re.compile(
    # Bank cards; cases of a court or police ("3316 of the year 2023"); plates with their letters apart.
    r"(?<!\d)\d{4}(?:[ -]\d{4}){3}(?!\d)|(?<!\w)\d{3,6} لسن[ةه] (?:19|20)?\d\d(?!\d)|(?<!\w)(?:[ء-ي] ){2,3}\d{3,6}(?!\w)"
    r"|(?<!\d)\d{1,3} تونس (?!(?:19|20)\d\d(?!\d))\d{1,4}(?!\d)|\b\d{1,3}-[A-Z]{2,3}-\d{2,4}\b"
)
_NUMBERED = re.compile(
    # Five digits, or letters among four: "n° 1195" may be a help line's.
    r"(?:n[°º]|№)\s?(?P<code>(?=(?:[/-]*\d){5}|(?=[\d/-]*[A-Z])(?:[A-Z/-]*\d){4})(?!(?:19|20)\d\d-)[A-Z\d][A-Z\d/-]{3,24})(?!\w)",
    re.IGNORECASE,
)

_PAYMENT = re.compile(
    # An address of mobile money, and account numbers in hexadecimal digits.
    r"(?<![\w.+-])(?=[\w.+-]*\d)[\w.+-]{3,64}@[A-Za-z]{3,20}\b(?![.@])"
    r"|(?<![\w./@-])(?=(?:[a-f]*\d){4})(?=(?:\d*[a-f]){3})[a-f0-9]{8,40}(?![\w.@-])"
)
_DIGITS = re.compile(r"(?<![\w.,/°-])(?:\+|00)?\(?\d(?:[\s().\-/]{0,3}\d){5,16}(?![\w°]|[.,]\d)")
_PLATE = (
    r"(?:(?-i:[A-Z]{1,4})[ -]?|[A-Za-z]{1,3}(?=\d)|(?<=\d)[A-Za-z]{1,3}\b[ -]?|[ء-ي]{1,3}[ -]?|\d{1,6}[ -]?){1,5}(?<![ -])"
)
_YEAR = r"(?:19|20)\d\d"
_DAY = r"\d{1,2}(?:st|nd|rd|th|er|º|°)?"
_MONTH = r"[^\W\d_]{3,}\.?"
_BIRTH_DATE = (
    rf"(?P<date>\d{{1,2}}(?:er)?[-/. ]\d{{1,2}}[-/. ](?:19|20)?\d\d\b|{_YEAR}[-/.]\d{{1,2}}[-/.]\d{{1,2}}"
    rf"|{_DAY}[ -](?:of |de )?{_MONTH}[ ,-]+(?:del? )?{_YEAR}|{_MONTH} {_DAY}[ ,]+{_YEAR})"
)
_DATE = re.compile(
    r"(?:\d{1,2}[-/. ]\d{1,2}[-/. ](?:19|20)?\d\d|(?:19|20)\d\d[-/. ]\d{1,2}[-/. ]\d{1,2}|(?:19|20)\d\d\s?[-/]\s?(?:19|20)\d\d|\d{1,2}:\d\d.*)$"
)

LEAST_IN_PIECES = 8
"""Digits from which numbers said one after the other are a telephone number; fewer are counts and times."""


@dataclass(frozen=True)
class Cues:
    """The words of a language around numbers, compiled."""

    document: re.Pattern[str]
    plate: re.Pattern[str]
    phone: re.Pattern[str]
    service: re.Pattern[str]
    law: re.Pattern[str]
    address: tuple[re.Pattern[str], ...]
    account: tuple[re.Pattern[str], ...]
    birth: re.Pattern[str]
    spelled: re.Pattern[str]
    in_pieces: re.Pattern[str]
    part: re.Pattern[str]
    number_links: re.Pattern[str]
    digit_words: re.Pattern[str]
    service_numbers: frozenset[str]


@lru_cache(maxsize=None)
def load_cues(language: str) -> Cues:
    """Number cues from the language's ``identifiers.yml``."""
    data = read_yaml(FOLDER / language / "identifiers.yml")
    insensitive = re.IGNORECASE

    def one(name: str) -> str:
        return "(?:" + "|".join(data[name]) + ")"

    digits = one("digit_words")
    piece = rf"(?:\d{{1,4}}|{digits})"
    return Cues(
        document=re.compile(
            rf"\b{one('documents')}\b(?:[\s:#=.,-]|{one('document_links')}\b)*"
            r"(?P<code>(?:[A-Za-z]{0,5}|[ء-ي]{0,2})[-/ ]?\d(?:[\dA-Za-z/-]| (?=\d\d)|\.(?=\d{3})){2,24}\d?[A-Za-z]?)",
            insensitive,
        ),
        plate=re.compile(
            rf"(?<!\w){one('plates')}(?:[\s:#=.,-]|{one('document_links')}\b){{1,12}}(?P<code>{_PLATE})(?!\w)", insensitive
        ),
        phone=re.compile(rf"{one('phones')}(?:[\s:#=.,-]|\b{one('document_links')}\b)*$", insensitive),
        service=re.compile(rf"\b{one('services')}\b[^.!?\n]{{0,30}}$", insensitive),
        law=re.compile(rf"(?<!\w){one('laws')}\W+$", insensitive),
        address=tuple(re.compile(pattern, insensitive) for pattern in data["addresses"])
        + tuple(re.compile(pattern) for pattern in data["street_addresses"]),
        account=tuple(re.compile(pattern, insensitive) for pattern in data["accounts"]),
        birth=re.compile(
            rf"(?<!\w){one('birth_dates')}(?:[\s:=,-]|{one('document_links')}\b)*{_BIRTH_DATE}", insensitive
        ),
        spelled=re.compile(rf"\b{digits}(?:[\s,،-]+{digits}){{5,}}\b", insensitive),
        in_pieces=re.compile(
            rf"\b{piece}(?:[\s,،-]+(?:{one('number_links')}\s+)?{piece}){{2,}}\b", insensitive
        ),
        part=re.compile(
            rf"(?<!\w){one('number_parts')}(?:[\s:=,-]|\b{one('document_links')}\b|(?<!\w)[^\W\d]{{1,3}}\b){{1,6}}"
            r"(?<!\d)(?P<part>\d{2,}(?: \d{2,})*)(?!\w)",
            insensitive,
        ),
        number_links=re.compile(rf"(?<!\w){one('number_links')}(?!\w)", insensitive),
        digit_words=re.compile(rf"(?<!\w)(?!\d){digits}(?!\w)", insensitive),
        service_numbers=frozenset(re.sub(r"\D", "", str(number)) for number in data["service_numbers"]),
    )


def find_numbers(text: str, language: str = "en") -> list[tuple[int, int, str]]:
    """(start, end, kind) of every identifying number, link or address; may overlap."""
    plain = "".join(str(unicodedata.digit(c)) if unicodedata.category(c) == "Nd" else c for c in text)
    plain = plain.replace(ARABIC_POINT, ".")
    plain = MASKED.sub(lambda m: "\n" * len(m.group()), plain)
    cues = load_cues(resolve(language))
    found: list[tuple[int, int, str]] = []
    for pattern, kind in (
        (_EMAIL, "email"),
        (_LINK, "account"),
        (_HANDLE, "account"),
        (_COORDINATES, "coordinates"),
        (_CODE, "document"),
        (_MORE_CODES, "document"),
        (_PAYMENT, "account"),
    ):
        found += [(m.start(), m.end(), kind) for m in pattern.finditer(plain)]
    found += _numbered(plain, cues)
    for pattern in cues.account:
        found += [(*m.span("id"), "account") for m in pattern.finditer(plain)]
    for match in cues.document.finditer(plain):
        if (
            not _DATE.match(match.group("code").strip())
            and sum(c.isdigit() for c in match.group("code")) >= 3
        ):
            found.append((*match.span("code"), "document"))
    for match in cues.plate.finditer(plain):
        if sum(c.isdigit() for c in match.group("code")) >= 2:
            found.append((*match.span("code"), "document"))
    found += [(*m.span("date"), "document") for m in cues.birth.finditer(plain)]
    found += _phones(plain, cues)
    for pattern in cues.address:
        found += [(m.start(), m.end(), "address") for m in pattern.finditer(plain)]
    return found


def _numbered(plain: str, cues: Cues) -> Iterator[tuple[int, int, str]]:
    """What is said to be a number, and is neither a service's nor a law's."""
    for match in _NUMBERED.finditer(plain):
        before = _before(plain, match)
        is_service = re.sub(r"\D", "", match.group("code")) in cues.service_numbers or cues.service.search(before)
        if not is_service and not cues.law.search(before):
            yield (*match.span("code"), "document")


def _phones(plain: str, cues: Cues) -> Iterator[tuple[int, int, str]]:
    for match in _DIGITS.finditer(plain):
        digits = re.sub(r"\D", "", match.group())
        if _DATE.match(match.group()) or digits in cues.service_numbers or not 6 <= len(digits) <= 15:
            continue
        before = _before(plain, match)
        if cues.service.search(before):
            continue
        if len(digits) >= 8 or match.group().startswith("+") or cues.phone.search(before):
            yield match.start(), match.end(), "phone"
    for match in cues.spelled.finditer(plain):
        yield match.start(), match.end(), "phone"
    for match in cues.in_pieces.finditer(plain):
        if _is_in_pieces(match, plain, cues):
            yield match.start(), match.end(), "phone"
    parts = [
        match
        for match in cues.part.finditer(plain)
        if not re.fullmatch(_YEAR, match.group("part")) and not cues.service.search(_before(plain, match))
    ]
    if len(parts) > 1 and sum(map(str.isdigit, "".join(match.group("part") for match in parts))) >= LEAST_IN_PIECES:
        yield from ((*match.span("part"), "phone") for match in parts)


def _is_in_pieces(match: re.Match[str], plain: str, cues: Cues) -> bool:
    """Whether numbers one after the other are one telephone number: "oh seven double five, 501 then 883"."""
    said, before = match.group(), _before(plain, match)
    if not (cues.number_links.search(said) or cues.digit_words.search(said)) or cues.service.search(before):
        return False
    pieces = re.findall(r"\d+", said)
    # Hours, ages and counts have two digits at most, and years four.
    if not cues.phone.search(before) and not any(len(each) > 2 and not re.fullmatch(_YEAR, each) for each in pieces):
        return False
    return sum(map(len, pieces)) + len(cues.digit_words.findall(said)) >= LEAST_IN_PIECES


def _before(plain: str, match: re.Match[str]) -> str:
    return plain[max(0, match.start() - 60) : match.start()]
