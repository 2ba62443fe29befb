"""One service as one value: what is compared, changed, written down in the history and exchanged.

The tables spread a service over a dozen rows. A `Record` holds all of it, so that a spreadsheet row, a change by chat,
an undo and an export are each a matter of two records. Field names are HSDS's, with the profile of
`bot.directory.models`. `record_reading` makes records of rows, `record_writing` makes rows of a record.
"""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import phonenumbers
from pydantic import BaseModel, Extra, Field, constr, root_validator, validator

from bot.directory import codes, hours
from bot.directory.entries import entry_id
from bot.directory.spelling import fold

SENSITIVE: Final = frozenset({"phones", "locations", "confidentiality", "focal_point"})
"""Fields a second person approves: a wrong one sends somebody to the wrong door, or shows a hidden one."""

TRANSLATED: Final = ("name", "description", "alert", "application_process")
"""Fields that may stand in several languages."""

OWN_FIELDS: Final = (
    "name", "alternate_name", "description", "status", "confidentiality", "comes_to_person", "access_mode",
    "application_process", "email", "url", "serves_female", "serves_male", "minimum_age", "maximum_age",
    "eligibility_description", "safe_for_children", "safe_for_men", "safe_for_lgbtiq", "has_pep", "has_ec",
    "has_forensic", "police_report_required", "fees_description", "alert", "assured_date", "assurer_email",
    "verification_expires",
)  # fmt: skip
"""Fields that stand in the service's own row under the same name."""

Json = dict[str, Any]


class _Value(BaseModel):
    class Config:
        extra = Extra.forbid
        frozen = True
        anystr_strip_whitespace = True
        max_anystr_length = 4000


if TYPE_CHECKING:
    _Short: TypeAlias = str
    _Code: TypeAlias = str
else:
    _Short, _Code = constr(max_length=200), constr(max_length=10)


class PhoneRecord(_Value):
    """A number as it is dialled; `type` after HSDS."""

    number: str
    type: str = Field("voice", max_length=20)
    description: str | None = None

    @validator("number")
    def _can_be_dialled(cls, value: str) -> str:
        if not re.fullmatch(r"[+*#]?[\d\s().*#/-]{2,40}", value) or not any(char.isdigit() for char in value):
            raise ValueError(f"“{value}” is not a phone number")
        if value.startswith("+"):
            try:
                parsed = phonenumbers.parse(value)
            except phonenumbers.NumberParseException as error:
                if re.fullmatch(r"\+999[\d\s-]+", value):  # numbers of the fictional sample
                    return value
                raise ValueError(f"“{value}” is not an international phone number") from error
            return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        return value


class LocationRecord(_Value):
    """Where a service is. `place` is a P-code (or id) of the gazetteer; coordinates are those of the door."""

    place: str | None = None
    address: str | None = Field(None, max_length=400)
    locality: str | None = Field(None, max_length=200)
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)
    transportation: str | None = None
    accessibility: tuple[codes.AccessibilityCode, ...] = ()

    @root_validator(skip_on_failure=True)
    def _both_or_none(cls, values: Json) -> Json:
        if (values["latitude"] is None) != (values["longitude"] is None):
            raise ValueError("latitude and longitude are given together or not at all")
        return values

    @property
    def leads_somewhere(self) -> bool:
        return any((self.place, self.address, self.locality, self.latitude, self.transportation))


class CostRecord(_Value):
    code: codes.CostCode
    amount: str | None = None
    currency: str | None = Field(None, regex=r"^[A-Z]{3}$")
    note: str | None = None

    @validator("amount", pre=True)
    def _a_number(cls, value: Any) -> str | None:
        if value is None:
            return None
        try:
            amount = Decimal(str(value))
        except InvalidOperation as error:
            raise ValueError(f"“{value}” is not an amount") from error
        if not amount.is_finite() or amount < 0:
            raise ValueError(f"“{value}” is not an amount")
        return f"{amount.normalize():f}"


class FocalPointRecord(_Value):
    """The post that answers for a confidential service."""

    title: str = Field(min_length=1, max_length=200)
    organization: str | None = Field(None, max_length=200)
    phones: tuple[str, ...] = ()


class Record(_Value):
    """One service. A bool of None is "not known"; dates are days; `id` is empty for a service not yet known."""

    id: str = ""
    organization: str = Field(min_length=1, max_length=200)
    organization_id: str | None = None
    name: str = Field(min_length=1, max_length=200)
    alternate_name: str | None = Field(None, max_length=200)
    translations: dict[str, dict[str, str]] = Field(default_factory=dict)
    description: str | None = None
    needs: tuple[codes.Need, ...] = ()
    status: codes.Status = "active"
    confidentiality: codes.Confidentiality = "public"
    focal_point: FocalPointRecord | None = None
    locations: tuple[LocationRecord, ...] = ()
    area: tuple[str, ...] = ()
    comes_to_person: bool = False
    access_mode: codes.AccessMode = "walk_in"
    application_process: str | None = None
    phones: tuple[PhoneRecord, ...] = ()
    email: str | None = Field(None, max_length=200)
    url: str | None = Field(None, max_length=400)
    hours: str | None = Field(None, max_length=400)
    serves_female: bool = True
    serves_male: bool = True
    minimum_age: int | None = Field(None, ge=0, le=120)
    maximum_age: int | None = Field(None, ge=0, le=120)
    eligibility_description: str | None = None
    safe_for_children: bool | None = None
    safe_for_men: bool | None = None
    safe_for_lgbtiq: bool | None = None
    has_pep: bool | None = None
    has_ec: bool | None = None
    has_forensic: bool | None = None
    police_report_required: bool | None = None
    languages: tuple[_Code, ...] = ()
    costs: tuple[CostRecord, ...] = ()
    fees_description: str | None = None
    documents: tuple[_Short, ...] = ()
    alert: str | None = None
    assured_date: date | None = None
    assurer_email: str | None = Field(None, max_length=200)
    existence_verified: date | None = None
    phone_verified: date | None = None
    hours_verified: date | None = None
    verification_expires: date | None = None

    @validator("hours")
    def _readable(cls, value: str | None) -> str | None:
        if value is not None and not hours.is_valid(value):
            raise ValueError(f"“{value}” cannot be read as opening hours")
        return value

    @validator("email", "assurer_email")
    def _an_address(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
            raise ValueError(f"“{value}” is not an e-mail address")
        return value

    @validator("url")
    def _a_web_address(cls, value: str | None) -> str | None:
        if value is not None and not re.match(r"https?://", value, re.IGNORECASE):
            raise ValueError(f"“{value}” does not begin with http:// or https://")
        return value

    @validator("translations")
    def _of_known_fields(cls, value: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        for field in value:
            if field not in TRANSLATED:
                raise ValueError(f"{field} cannot be translated")
        return {field: dict(sorted(texts.items())) for field, texts in sorted(value.items()) if texts}

    @root_validator(skip_on_failure=True)
    def _consistent(cls, values: Json) -> Json:
        places = any(location.leads_somewhere for location in values["locations"])
        if values["confidentiality"] == "hidden_address" and (places or values["phones"]):
            raise ValueError(
                "a service with a hidden address is kept without place, address, coordinates and phones"
            )
        if values["confidentiality"] != "public" and values["focal_point"] is None:
            raise ValueError("a confidential service needs a focal point to call")
        if not values["serves_female"] and not values["serves_male"]:
            raise ValueError("it must serve women, men or both")
        low, high = values["minimum_age"], values["maximum_age"]
        if low is not None and high is not None and low > high:
            raise ValueError(f"the lowest age ({low}) is above the highest ({high})")
        return values

    def values(self) -> Json:
        """Every field as JSON has it, without the id."""
        data: Json = json.loads(self.json())
        del data["id"]
        return data

    def changed(self, **values: Any) -> Record:
        """The record with other values, checked as a whole.

        Raises:
            ValueError: they do not fit together.
        """
        return Record.parse_obj({**json.loads(self.json()), **values})

    def confirmed(self, on: date, *fields: codes.Field) -> Record:
        """Confirmed on a day: in full, or single fields of it."""
        if not fields:
            return self.changed(
                assured_date=on, existence_verified=None, phone_verified=None, hours_verified=None
            )
        return self.changed(**{f"{field}_verified": on for field in fields})

    def unconfirmed(self, *fields: codes.Field) -> Record:
        """The same, but these fields count as never confirmed: what confirmed the old number says nothing of the
        new one."""
        days = {
            field: max(
                (day for day in (self.assured_date, getattr(self, f"{field}_verified")) if day), default=None
            )
            for field in ("existence", "phone", "hours")
        }
        kept = {f"{field}_verified": None if field in fields else day for field, day in days.items()}
        return self.changed(assured_date=None, **kept)


def difference(before: Record, after: Record) -> dict[str, tuple[Any, Any]]:
    """Field → (before, after) of what differs."""
    old, new = before.values(), after.values()
    return {field: (old[field], new[field]) for field in old if old[field] != new[field]}


def new_service_id(record: Record) -> str:
    """The id of a service that has none: the same for the same organization, name and place."""
    place = record.locations[0].place if record.locations else None
    return entry_id("service", "/".join((fold(record.organization), fold(record.name), place or "")))
