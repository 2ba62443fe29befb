"""The columns of a directory as a table, in the order we write them, with their HXL hashtags (HXL 1.1 standard).

Reading is generous: headings are understood in four languages (`words.heading`), and hashtags by their tag and the
attributes that matter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

HXL: Final[Mapping[str, str]] = {
    "id": "#service+id",
    "organization": "#org+name",
    "name": "#service+name",
    "alternate_name": "#service+name+alt",
    "needs": "#service+type",
    "status": "#status",
    "confidentiality": "#meta+confidentiality",
    "focal_point": "#contact+name+focal",
    "focal_point_phones": "#contact+phone+focal",
    "place": "#loc+code",
    "address": "#loc+address",
    "locality": "#loc+locality",
    "latitude": "#geo+lat",
    "longitude": "#geo+lon",
    "transportation": "#loc+directions",
    "accessibility": "#access+disability",
    "area": "#loc+area",
    "comes_to_person": "#service+mobile",
    "access_mode": "#access+mode",
    "application_process": "#access+process",
    "phones": "#contact+phone",
    "email": "#contact+email",
    "url": "#contact+url",
    "hours": "#date+hours",
    "serves": "#population+sex",
    "minimum_age": "#population+age+min",
    "maximum_age": "#population+age+max",
    "eligibility_description": "#population+criteria",
    "safe_for_children": "#population+safe+children",
    "safe_for_men": "#population+safe+men",
    "safe_for_lgbtiq": "#population+safe+lgbtiq",
    "has_pep": "#capacity+pep",
    "has_ec": "#capacity+ec",
    "has_forensic": "#capacity+forensic",
    "police_report_required": "#access+police",
    "languages": "#service+language",
    "costs": "#value+cost",
    "documents": "#access+documents",
    "description": "#description",
    "alert": "#description+alert",
    "assured_date": "#date+verified",
    "existence_verified": "#date+verified+existence",
    "phone_verified": "#date+verified+phone",
    "hours_verified": "#date+verified+hours",
    "verification_expires": "#date+expires",
    "assurer_email": "#contact+email+owner",
}
"""Column → hashtag, in the order in which columns are written."""

COLUMNS: Final = tuple(HXL)

LOCATION_COLUMNS: Final = ("place", "address", "locality", "latitude", "longitude", "transportation", "accessibility")
"""Columns that speak of one location; a service with several takes a row for each."""

PLACE_HXL: Final[Mapping[str, str]] = {
    "pcode": "#adm+code",
    "name": "#loc+name",
    "level": "#adm+level",
    "parent": "#adm+code+parent",
    "latitude": "#geo+lat",
    "longitude": "#geo+lon",
    "names": "#loc+name+alt",
}
"""Columns of the table of places."""

_OTHERS: Final[Mapping[str, str]] = {
    "#org": "organization",
    "#service": "name",
    "#facility": "name",
    "#facility+name": "name",
    "#loc+facility+name": "name",
    "#loc+facility": "name",
    "#sector": "needs",
    "#sector+name": "needs",
    "#subsector": "needs",
    "#subsector+name": "needs",
    "#service+category": "needs",
    "#activity": "needs",
    "#loc": "place",
    "#loc+name": "place",
    "#adm5+name": "place",
    "#adm4+name": "place",
    "#adm3+name": "place",
    "#adm5+code": "pcode",
    "#adm4+code": "pcode",
    "#adm3+code": "pcode",
    "#adm2+code": "pcode2",
    "#adm1+code": "pcode1",
    "#adm2": "district",
    "#adm2+name": "district",
    "#adm1": "region",
    "#adm1+name": "region",
    "#status+operational": "status",
    "#operational+status": "status",
    "#contact": "focal_point",
    "#contact+name": "focal_point",
    "#contact+tel": "phones",
    "#contact+phone+mobile": "phones",
    "#date+updated": "assured_date",
    "#date+reported": "assured_date",
    "#meta+id": "id",
    "#org+id": "organization_id",
    "#beneficiary": "serves",
    "#population": "serves",
    "#description+service": "description",
    "#geo+lng": "longitude",
    "#geo+lat+y": "latitude",
    "#language": "languages",
    "#service+hours": "hours",
}
"""Hashtags others use, and what they mean here."""

_TAG: Final = re.compile(r"#\s*([A-Za-z][A-Za-z0-9_]*)((?:\s*\+\s*[A-Za-z][A-Za-z0-9_]*)*)\s*")
_LANGUAGES: Final = {
    "en": "en",
    "fr": "fr",
    "es": "es",
    "ar": "ar",
    "i_en": "en",
    "i_fr": "fr",
    "i_es": "es",
    "i_ar": "ar",
}
_IGNORED: Final = frozenset({*_LANGUAGES, "v_pcode", "text", "list", "list_1", "num"})


def is_hashtag(text: str) -> bool:
    return _TAG.fullmatch(text.strip()) is not None


def by_hashtag(text: str) -> str | None:
    """The column a hashtag means; None when it means nothing here. The order of attributes does not matter."""
    found = _TAG.fullmatch(text.strip())
    if not found:
        return None
    attributes = [part.strip().lower() for part in found[2].split("+") if part.strip()]
    language = next((_LANGUAGES[each] for each in attributes if each in _LANGUAGES), None)
    wanted = _key("#" + found[1].lower(), [each for each in attributes if each not in _IGNORED])
    column = _KNOWN.get(wanted)
    if column in ("name", "description", "alert") and language not in (None, "en"):
        return f"{column}:{language}"
    return column


def _key(tag: str, attributes: list[str]) -> tuple[str, frozenset[str]]:
    return tag, frozenset(attributes)


def _keys() -> dict[tuple[str, frozenset[str]], str]:
    found = {}
    for column, written in HXL.items():
        tag, *attributes = written.split("+")
        found[_key(tag, attributes)] = column
    for written, column in _OTHERS.items():
        tag, *attributes = written.split("+")
        found.setdefault(_key(tag, attributes), column)
    return found


_KNOWN: Final = _keys()
