"""Services from HSDS 3 JSON, as rows an import can compare.

What HSDS says more exactly than a directory of this kind needs is left out; what we need and HSDS does not have (the
kind of help) is found in the attributes, or by the words of the service, which is then noted for a person to check.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.directory import hours as opening_hours
from bot.directory.codes import NEEDS
from bot.directory.exchange.cells import CellRefused, Reading, find_place
from bot.directory.exchange.files import FileRefused
from bot.directory.exchange.hsds import DAYS, Json
from bot.directory.exchange.hsds_shape import check
from bot.directory.exchange.tables import Problem, Row, Where
from bot.directory.exchange.words import language, plain, vocabulary
from bot.directory.places import Gazetteer
from bot.directory.plain_words import read_request

MOST_SERVICES: Final = 120_000
_COPIED: Final = (
    "id", "name", "alternate_name", "description", "url", "email", "status", "application_process",
    "fees_description", "eligibility_description", "alert", "assurer_email", "organization_id",
)  # fmt: skip
_NEAR: Final = 1e-6
_MOST_WRONG: Final = 5
"""Problems named for one service; a broken one usually has the same many times."""

_WOMEN, _MEN = "Women and girls", "Men and boys"


def read_services(document: Any, gazetteer: Gazetteer) -> tuple[list[Row], list[Problem]]:
    """The services of a document (one, a list, or a page), and what is wrong with those that are refused.

    Raises:
        FileRefused: it holds no services.
    """
    found = document.get("contents", document) if isinstance(document, dict) else document
    services = found if isinstance(found, list) else [found]
    if not services:
        raise FileRefused("The file holds no services.")
    if len(services) > MOST_SERVICES:
        raise FileRefused(f"The file holds more than {MOST_SERVICES} services.")
    if all(not isinstance(each, dict) or "services" in each for each in services):
        raise FileRefused(
            "The file must hold HSDS 3 services: an object, a list of them, or a page with “contents”."
        )
    rows, problems, ids = [], [], set()
    for number, service in enumerate(services, start=1):
        where = Where(number)
        wrong = list(check("service", service))[:_MOST_WRONG]
        problems += [Problem(where, each.path, each.reason) for each in wrong]
        if wrong:
            continue
        if service["id"] in ids:
            problems.append(Problem(where, "id", "the id stands in the file twice"))
            continue
        ids.add(service["id"])
        rows.append(_Service(service, gazetteer, where).row())
    return rows, problems


class _Service:
    """One service on its way to a row."""

    def __init__(self, service: Json, gazetteer: Gazetteer, where: Where) -> None:
        self._service = service
        self._gazetteer = gazetteer
        self._row = Row(where)

    def row(self) -> Row:
        service, values = self._service, self._row.values
        values |= {name: service[name] for name in _COPIED if service.get(name) is not None}
        organization = service.get("organization") or {}
        if organization.get("name"):
            values |= {"organization": organization["name"], "organization_id": organization.get("id")}
        for name in ("minimum_age", "maximum_age"):
            if service.get(name) is not None:
                values[name] = int(service[name])
        if service.get("assured_date"):
            values["assured_date"] = service["assured_date"][:10]
        self._eligibility()
        self._needs()
        self._phones()
        self._hours()
        self._languages()
        self._costs()
        if service.get("required_documents"):
            values["documents"] = [
                each["document"] for each in service["required_documents"] if each.get("document")
            ]
        self._areas()
        self._locations()
        if not values.get("organization"):
            self._refuse(
                "organization", "names no organization, and without one nobody answers for the service"
            )
        if values.get("email") and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", values["email"]):
            self._note("email", f"“{values.pop('email')}” was left out")
        return self._row

    def _note(self, column: str, reason: str) -> None:
        self._row.notes.append(Problem(self._row.where, column, reason))

    def _refuse(self, column: str, reason: str) -> None:
        self._row.problems.append(Problem(self._row.where, column, reason))

    def _eligibility(self) -> None:
        said = self._row.values.get("eligibility_description")
        if said in (_WOMEN, _MEN):
            del self._row.values["eligibility_description"]
            self._row.values |= {"serves_female": said == _WOMEN, "serves_male": said == _MEN}

    def _needs(self) -> None:
        attributes = self._service.get("attributes") or []
        terms = [each.get("taxonomy_term") or {} for each in attributes]
        needs = [term["code"] for term in terms if term.get("code") in NEEDS]
        if not needs:
            named = [
                vocabulary("needs").get(plain(str(term.get(name))))
                for term in terms
                for name in ("name", "code")
            ]
            needs = [need for need in named if need]
        if not needs:
            words = " ".join(str(self._service.get(name) or "") for name in ("name", "description"))[:600]
            guessed = read_request(words, self._gazetteer).need
            if guessed:
                needs = [guessed]
                self._note("needs", f"“{guessed}” was taken from the words of the service: check it")
        if needs:
            self._row.values["needs"] = list(dict.fromkeys(needs))

    def _phones(self) -> None:
        phones = [*(self._service.get("phones") or [])]
        for at in self._service.get("service_at_locations") or []:
            phones += at.get("phones") or []
            phones += (at.get("location") or {}).get("phones") or []
        found: Json = {}
        for phone in phones:
            number = phone["number"].strip()
            if not re.fullmatch(r"[+*#]?[\d\s().*#/-]{2,40}", number):
                number = re.sub(r"[^\d+*#()\s-]", " ", number).strip()
            if not any(character.isdigit() for character in number):
                self._note("phones", f"“{phone['number'][:40]}” is not a phone number and was left out")
                continue
            kind = {"type": phone.get("type") or "voice", "description": phone.get("description")}
            found.setdefault(number, {"number": number, **kind})
        if found:
            self._row.values["phones"] = list(found.values())

    def _hours(self) -> None:
        schedules = list(self._service.get("schedules") or [])
        for at in self._service.get("service_at_locations") or []:
            schedules += at.get("schedules") or []
            schedules += (at.get("location") or {}).get("schedules") or []
        if not schedules:
            return
        written = weekly_hours(schedules)
        if written is None:
            self._note("schedules", "the opening hours are not simply weekly and were left out")
        else:
            self._row.values["hours"] = written

    def _languages(self) -> None:
        found = []
        for each in self._service.get("languages") or []:
            code = language(each.get("code") or "") or language(each.get("name") or "")
            if code:
                found.append(code)
            else:
                self._note("languages", f"“{each.get('name') or each.get('code')}” is not a language we know")
        if found:
            self._row.values["languages"] = sorted(set(found))

    def _costs(self) -> None:
        costs = []
        for each in self._service.get("cost_options") or []:
            option, amount = plain(each.get("option") or ""), each.get("amount")
            code = vocabulary("costs").get(option) or (
                "free" if amount == 0 else "fee" if amount else "unknown"
            )
            written = (each.get("currency") or "").upper()
            currency = written if re.fullmatch(r"[A-Z]{3}", written) else None
            said = each.get("amount_description")
            if code == "unknown" and said is None and option not in vocabulary("costs"):
                said = each.get("option")
            costs.append({"code": code, "amount": amount, "currency": currency, "note": said})
        if costs:
            self._row.values["costs"] = costs

    def _areas(self) -> None:
        codes = []
        for each in self._service.get("service_areas") or []:
            named = each.get("extent") if each.get("extent_type") == "text" else None
            place = self._place(named) or self._place(each.get("name"))
            if place:
                codes.append(place)
            elif each.get("name"):
                self._note("service_areas", f"there is no place “{each['name'][:60]}”, so it was left out")
        if codes:
            self._row.values["area"] = sorted(set(codes))

    def _place(self, name: str | None) -> str | None:
        if not name:
            return None
        try:
            reading = Reading(self._gazetteer)
            place = find_place(name, reading)
        except CellRefused:
            return None
        return None if reading.notes else place.code

    def _locations(self) -> None:
        locations = []
        for at in self._service.get("service_at_locations") or []:
            place = at.get("location") or {}
            if place.get("location_type") != "physical":
                continue
            locations.append(self._location(place))
        if locations:
            self._row.values["locations"] = locations

    def _location(self, location: Json) -> Json:
        addresses: list[Json] = location.get("addresses") or []
        address = next((each for each in addresses if each["address_type"] == "physical"), {})
        anywhere = address or next(iter(addresses), {})
        pcode = (
            location.get("external_identifier")
            if location.get("external_identifier_type") == "P-code"
            else None
        )
        named = (pcode, *(anywhere.get(name) for name in ("city", "region", "state_province")))
        code = next((found for name in named if (found := self._place(name))), None)
        if code is None and anywhere.get("city"):
            city = anywhere["city"][:60]
            self._note("addresses", f"there is no place “{city}”: it is found by its coordinates alone")
        place = self._gazetteer.by_code(code) if code else None
        at: tuple[Any, Any] = (location.get("latitude"), location.get("longitude"))
        if None not in at and not (abs(at[0]) <= 90 and abs(at[1]) <= 180):
            self._note("location", f"there is no place on earth at {at[0]:g}, {at[1]:g}: left out")
            at = (None, None)
        if None in at or (place and _same(at, (place.latitude, place.longitude))):
            at = (None, None)
        accessible = [vocabulary("accessibility").get(plain(str(each.get("description") or "")))
                      for each in location.get("accessibility") or []]  # fmt: skip
        return {
            "place": code,
            "address": address.get("address_1") or None,
            "locality": None if code else anywhere.get("city"),
            "latitude": at[0],
            "longitude": at[1],
            "transportation": location.get("transportation"),
            "accessibility": [each for each in accessible if each],
        }


def _same(one: Sequence[Any], other: Sequence[Any]) -> bool:
    return None not in other and all(abs(a - b) < _NEAR for a, b in zip(one, other, strict=True))


def weekly_hours(schedules: Sequence[Mapping[str, Any]]) -> str | None:
    """Weekly schedules as one line of OpenStreetMap syntax; None when they are not simply weekly."""
    described = {each.get("description") for each in schedules}
    said = described.pop() if len(described) == 1 else None
    if said and opening_hours.is_valid(said) and re.search(r"\d\d:\d\d|24/7|\"", said):
        return str(said)
    by_times: dict[tuple[str, ...], list[str]] = defaultdict(list)
    times_of: dict[str, list[str]] = defaultdict(list)
    for each in schedules:
        opens, closes = _clock(each.get("opens_at")), _clock(each.get("closes_at"))
        simple = each.get("freq", "WEEKLY") == "WEEKLY" and (each.get("interval") or 1) == 1
        if not (simple and opens and closes) or each.get("valid_from") or each.get("valid_to"):
            return None
        for day in str(each.get("byday") or "").replace(" ", "").split(","):
            if day.capitalize() not in DAYS:
                return None
            times_of[day.capitalize()].append(f"{opens}-{closes}")
    for day in DAYS:
        if times_of.get(day):
            by_times[tuple(sorted(set(times_of[day])))].append(day)
    if list(by_times) == [("00:00-24:00",)] and len(by_times[("00:00-24:00",)]) == len(DAYS):
        return "24/7"
    rules = [f"{_days(days)} {','.join(times)}" for times, days in by_times.items()]
    written = "; ".join(rules)
    return written if written and opening_hours.is_valid(written) else None


def _days(days: Sequence[str]) -> str:
    """`Mo, Tu, We, Fr` → `Mo-We,Fr`."""
    runs: list[list[str]] = []
    for day in days:
        if runs and DAYS.index(runs[-1][-1]) + 1 == DAYS.index(day):
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _clock(written: Any) -> str | None:
    found = re.fullmatch(r"(\d{1,2}):(\d\d)(?::\d\d)?(?:Z|[+-]\d\d:?\d\d)?", str(written or ""))
    return f"{int(found[1]):02d}:{found[2]}" if found and int(found[1]) <= 24 else None
