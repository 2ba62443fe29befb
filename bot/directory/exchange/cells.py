"""One cell of a spreadsheet, or one value typed in a chat: from words to the value a record holds.

`cell_writing` goes the other way.

`read` never guesses: what it cannot make out it refuses with a reason people can act on. Where it understood something
that was not written exactly (a misspelt place), it says so in a note.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

import phonenumbers

from bot.directory import hours as opening_hours
from bot.directory.exchange.files import Cell, Formula
from bot.directory.exchange.hours_text import read_hours
from bot.directory.exchange.words import language, listed, plain, vocabulary
from bot.directory.places import SURE_SCORE, Gazetteer, Place
from bot.directory.record import Json

CLEAR: Final = object()
"""A cell that says "nothing": the value that is there is taken away. An empty cell leaves it as it is."""

_FIRST_SERIAL, _LAST_SERIAL = 30_000, 60_000
"""Days since 1900 as Excel counts them, from 1982 to 2064: a number like this was a date."""

_LEAST_SCORE: Final = 80.0
"""How well (0–100) a misspelt place must fit; a search may guess more boldly, because it asks."""

_SEPARATORS: Final = re.compile(r"\s*[;,،؛\n|]\s*")
_PHONE_SEPARATORS: Final = re.compile(r"\s*(?:[;,،؛\n|]|\s/\s|\bor\b|\bou\b|\bo\b|أو|/(?=\s*[+0]))\s*")
_DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


class CellRefused(ValueError):
    """A cell whose content cannot be used; the message says why."""


@dataclass
class Reading:
    """What is known while cells are read, and the notes that came up.

    Args:
        gazetteer: the places.
        region: the country (ISO 3166) whose national phone numbers are meant.
        within: names of larger places in the same row, to tell places of one name apart.
    """

    gazetteer: Gazetteer
    region: str | None = None
    within: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)


Reader = Callable[[str, Reading], Any]


def read(column: str, cell: Cell, reading: Reading) -> Any:
    """The value of a cell of this column; None when it is empty, `CLEAR` when it says "nothing".

    Raises:
        CellRefused: see there.
    """
    if isinstance(cell, Formula):
        raise CellRefused("holds a formula: copy it and paste it as a value")
    if cell is None:
        return None
    if isinstance(cell, (datetime, date)):
        if column not in _DATES:
            raise CellRefused("holds a date, which does not belong here")
        return (cell.date() if isinstance(cell, datetime) else cell).isoformat()
    if isinstance(cell, bool):
        cell = "yes" if cell else "no"
    if isinstance(cell, (int, float)):
        return _number(column, cell, reading)
    if not isinstance(cell, str):
        raise CellRefused("holds a time of day, which does not belong here")
    text = cell.strip()
    if not text:
        return None
    if text in ("-", "–", "—") or plain(text) in listed("clear"):
        return CLEAR
    return READERS[column](text, reading)


def _number(column: str, number: float, reading: Reading) -> Any:
    whole = int(number) if float(number).is_integer() else None
    if column in _DATES:
        raise CellRefused(
            f"holds the number {number:g} where a date belongs"
            + (": give the column the format “date”" if _FIRST_SERIAL < number < _LAST_SERIAL else "")
        )
    if column in ("phones", "focal_point_phones"):
        return _phone_stored_as_number(column, whole, reading)
    if column in ("latitude", "longitude"):
        return float(number)
    if column in ("minimum_age", "maximum_age"):
        if whole is None:
            raise CellRefused(f"{number:g} is not an age in whole years")
        return whole
    return READERS[column](str(whole if whole is not None else number), reading)


def _phone_stored_as_number(column: str, whole: int | None, reading: Reading) -> Any:
    """A number cell has lost its plus sign or its leading zero; it is taken only where that is certain."""
    for attempt in (f"+{whole}", f"0{whole}", str(whole)) if whole else ():
        region = None if attempt.startswith("+") else reading.region
        if attempt.startswith("+") or region:
            try:
                parsed = phonenumbers.parse(attempt, region)
            except phonenumbers.NumberParseException:
                continue
            if phonenumbers.is_valid_number(parsed):
                return READERS[column](attempt, reading)
    raise CellRefused(
        "holds a phone number stored as a number, so a plus sign or a leading zero is lost: "
        "give the column the format “text” and type it again"
    )


def _text(text: str, reading: Reading) -> str:
    return text


def _coded(section: str) -> Reader:
    def read_code(text: str, reading: Reading) -> str:
        code = vocabulary(section).get(plain(text))
        if code is None:
            known = ", ".join(dict.fromkeys(vocabulary(section).values()))
            raise CellRefused(f"“{_short(text)}” is not known here; it can be: {known}")
        return code

    return read_code


def _several(section: str) -> Reader:
    one = _coded(section)

    def read_codes(text: str, reading: Reading) -> list[str]:
        if plain(text) in vocabulary(section):
            return [one(text, reading)]
        parts = [part for part in re.split(r"\s*[;,،؛\n|/+&]\s*|\s+(?:and|et|y|e)\s+", text) if part]
        return list(dict.fromkeys(one(part, reading) for part in parts))

    return read_codes


def yes_or_no(text: str) -> bool | None:
    """Raises CellRefused for anything but yes, no and not known."""
    word = plain(text) or text
    for section, value in (("yes", True), ("no", False), ("unknown", None)):
        if word in listed(section):
            return value
    raise CellRefused(f"“{_short(text)}” is neither yes nor no")


def _flag(text: str, reading: Reading) -> Any:
    value = yes_or_no(text)
    return CLEAR if value is None else value


def _plain_flag(text: str, reading: Reading) -> Any:
    return bool(yes_or_no(text))


def _age(text: str, reading: Reading) -> int:
    found = re.fullmatch(r"\D{0,12}(\d{1,3})\D{0,12}", text.translate(_DIGITS))
    if not found:
        raise CellRefused(f"“{_short(text)}” is not an age in years")
    return int(found[1])


_AGES: Final[Mapping[str, Json]] = {
    "all": {"minimum_age": None, "maximum_age": None},
    "adults": {"minimum_age": 18, "maximum_age": None},
    "children": {"minimum_age": None, "maximum_age": 17},
}


def _ages(text: str, reading: Reading) -> Json:
    """`18+`, `0-17`, `under 18`, `12 to 25`, `all ages`."""
    written = text.translate(_DIGITS).lower()
    numbers = [int(number) for number in re.findall(r"\d{1,3}", written)]
    if len(numbers) == 2:
        return {"minimum_age": min(numbers) or None, "maximum_age": max(numbers)}
    if len(numbers) == 1:
        if re.search(r"under|below|less|moins de|menores? de|menos de|أقل من|دون|تحت", written):
            return {"minimum_age": None, "maximum_age": numbers[0] - 1}
        if "<" in written:
            return {"minimum_age": None, "maximum_age": numbers[0] - 1}
        if re.search(r"\+|from|over|above|plus|más|mayores|et plus|≥|>=|فوق|فما فوق|أكبر", written):
            return {"minimum_age": numbers[0], "maximum_age": None}
    word = plain(text)
    if word in vocabulary("ages"):
        return dict(_AGES[vocabulary("ages")[word]])
    if word in vocabulary("serves"):
        return dict(_AGES["all"])
    raise CellRefused(f"“{_short(text)}” cannot be read as ages: write for example 18+ or 0-17")


def _coordinate(limit: float) -> Reader:
    def read_degrees(text: str, reading: Reading) -> float:
        try:
            degrees = float(text.translate(_DIGITS).replace(",", ".").replace("°", "").strip())
        except ValueError as error:
            raise CellRefused(
                f"“{_short(text)}” is not a coordinate in decimal degrees, such as -24.103"
            ) from error
        if not -limit <= degrees <= limit:
            raise CellRefused(f"{degrees:g} is not between -{limit:g} and {limit:g}")
        return degrees

    return read_degrees


def find_place(text: str, reading: Reading) -> Place:
    """The place a name or P-code means.

    Raises:
        CellRefused: none, or several that cannot be told apart.
    """
    resolution = reading.gazetteer.resolve(text)
    candidates = resolution.tied
    if resolution.ambiguous and reading.within:
        larger = {plain(name) for name in reading.within}
        inside = [each for each in candidates if larger & {plain(name) for name in each.place.within}]
        candidates = tuple(inside) or candidates
    if not candidates or candidates[0].score < _LEAST_SCORE:
        raise CellRefused(
            f"there is no place “{_short(text)}”: correct it, write its P-code, or add it to the places"
        )
    if len(candidates) > 1:
        named = "; ".join(
            f"{each.place.name} ({', '.join(each.place.within[:1])}) {each.place.code}"
            for each in candidates[:4]
        )
        raise CellRefused(f"“{_short(text)}” may be {named}: write the P-code")
    best = candidates[0]
    if best.score < SURE_SCORE:
        reading.notes.append(f"“{_short(text)}” was taken for {best.place.name} ({best.place.code})")
    return best.place


def _place(text: str, reading: Reading) -> str:
    return find_place(text, reading).code


def _area(text: str, reading: Reading) -> list[str]:
    codes = []
    for part in _SEPARATORS.split(text):
        if plain(part) in listed("nationwide"):
            codes += [
                place.code for each in reading.gazetteer.countries if (place := reading.gazetteer.get(each))
            ]
        elif part:
            codes.append(find_place(part, reading).code)
    return sorted(set(codes))


def _phones(text: str, reading: Reading) -> list[Json]:
    return [{"number": number, "type": "voice", "description": None} for number in _numbers(text, reading)]


def _numbers(text: str, reading: Reading) -> list[str]:
    found = []
    for part in _PHONE_SEPARATORS.split(text.translate(_DIGITS)):
        number = re.sub(
            r"^(?:tel|phone|mobile|whatsapp|tél|هاتف)\s*[.:]?\s*", "", part.strip(), flags=re.IGNORECASE
        )
        number = re.sub(r"^00(?=[1-9])", "+", number)
        if not number:
            continue
        if not re.fullmatch(r"[+*#]?[\d\s().*#/-]{2,40}", number) or not any(
            char.isdigit() for char in number
        ):
            raise CellRefused(f"“{_short(part)}” is not a phone number")
        if not number.startswith("+") and reading.region:
            number = _international(number, reading.region)
        found.append(number)
    return list(dict.fromkeys(found))


def _international(number: str, region: str) -> str:
    """A national number with its country's code; short numbers (hotlines) stay as they are."""
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return number
    if not phonenumbers.is_valid_number(parsed):
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _hours(text: str, reading: Reading) -> Any:
    written = read_hours(text)
    if written is None:
        reading.notes.append(
            f"the opening hours “{_short(text)}” cannot be read with certainty and were left out"
        )
        return None
    if not opening_hours.is_valid(written):
        raise CellRefused(f"“{_short(text)}” cannot be read as opening hours")
    return written


def _serves(text: str, reading: Reading) -> Json:
    code = vocabulary("serves").get(plain(text))
    if code is None:
        named = [part for part in re.split(r"[;,/+&]|\band\b|\bet\b|\by\b", text) if part.strip()]
        parts = {vocabulary("serves").get(plain(part)) for part in named}
        if len(parts) == 1:
            code = parts.pop()
        elif None not in parts:
            code = "both"
    if code is None:
        raise CellRefused(f"“{_short(text)}” does not say whom it serves: women, men or both")
    return {"serves_female": code in ("female", "both"), "serves_male": code in ("male", "both")}


def _languages(text: str, reading: Reading) -> list[str]:
    found = []
    for part in re.split(r"\s*[;,،؛\n|/+&]\s*|\s+(?:and|et|y)\s+", text):
        if not part:
            continue
        code = language(part)
        if code is None:
            raise CellRefused(f"“{_short(part)}” is not a language we know: write its ISO 639 code")
        found.append(code)
    return sorted(set(found))


def _costs(text: str, reading: Reading) -> list[Json]:
    costs = []
    for part in _SEPARATORS.split(text):
        if not part:
            continue
        code = vocabulary("costs").get(plain(part))
        price = re.fullmatch(
            r"(?:fee\s+)?(\d+(?:[.,]\d+)?)\s*([A-Za-z]{3})(?:\s*\((.+)\))?", part.translate(_DIGITS)
        )
        noted = re.fullmatch(r"([^()]+?)\s*\((.+)\)", part)
        if noted and not price:
            code = vocabulary("costs").get(plain(noted[1]))
        if code:
            note = noted[2] if noted else None
            costs.append({"code": code, "amount": None, "currency": None, "note": note})
        elif price:
            amount, currency = price[1].replace(",", "."), price[2].upper()
            costs.append({"code": "fee", "amount": amount, "currency": currency, "note": price[3]})
        else:
            costs.append({"code": "unknown", "amount": None, "currency": None, "note": part})
    return costs


def _documents(text: str, reading: Reading) -> list[str]:
    return [vocabulary("documents").get(plain(part), part) for part in _SEPARATORS.split(text) if part]


def _date(text: str, reading: Reading) -> str:
    written = text.translate(_DIGITS).strip()
    if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}([T ].*)?", written):
        year, month, day = (int(part) for part in re.split(r"[-T ]", written)[:3])
        return _real_day(year, month, day, text)
    found = re.fullmatch(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})", written)
    if found:
        first, second, year = (int(part) for part in found.groups())
        if first <= 12 and second <= 12 and first != second:
            meant = f"{year}-{second:02d}-{first:02d}"
            raise CellRefused(f"“{text}” may be two different days: write it as {meant} (year-month-day)")
        day, month = (second, first) if second > 12 else (first, second)
        return _real_day(year, month, day, text)
    if re.fullmatch(r"\d{5}", written):
        raise CellRefused(
            f"holds the number {written} where a date belongs: give the column the format “date”"
        )
    for form in ("%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y", "%d-%b-%Y", "%d-%b-%y"):
        try:
            return datetime.strptime(written.replace(",", ""), form).date().isoformat()  # noqa: DTZ007 - a day only
        except ValueError:
            continue
    raise CellRefused(f"“{_short(text)}” is not a date: write it as 2026-11-30")


def _real_day(year: int, month: int, day: int, text: str) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError as error:
        raise CellRefused(f"“{text}” is not a day of the calendar") from error


def _focal_point_phones(text: str, reading: Reading) -> list[str]:
    return _numbers(text, reading)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"


_DATES: Final = frozenset(
    {
        "existence_verified",
        "assured_date",
        "phone_verified",
        "hours_verified",
        "verification_expires",
    }
)
_FLAGS: Final = (
    "safe_for_children", "safe_for_men", "safe_for_lgbtiq", "has_pep", "has_ec", "has_forensic",
    "police_report_required",
)  # fmt: skip

READERS: Final[Mapping[str, Reader]] = {
    **dict.fromkeys(
        ("id", "organization", "name", "alternate_name", "focal_point", "address", "locality", "transportation",
         "description", "application_process", "email", "url", "eligibility_description", "alert", "assurer_email",
         "level", "parent", "names", "pcode", "district", "region"), _text),
    **dict.fromkeys(_FLAGS, _flag),
    **dict.fromkeys(_DATES, _date),
    **{section: _coded(section) for section in ("status", "confidentiality", "access_mode")},
    "needs": _several("needs"),
    "accessibility": _several("accessibility"),
    "place": _text,
    "area": _area,
    "comes_to_person": _plain_flag,
    "phones": _phones,
    "focal_point_phones": _focal_point_phones,
    "hours": _hours,
    "serves": _serves,
    "minimum_age": _age,
    "maximum_age": _age,
    "ages": _ages,
    "latitude": _coordinate(90),
    "longitude": _coordinate(180),
    "languages": _languages,
    "costs": _costs,
    "documents": _documents,
}  # fmt: skip
