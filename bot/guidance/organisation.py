"""The organisation's own settings: contacts, rules and medical windows (guidance.md §13).

`organisation.yml` is validated here. Nothing is ever made up: an empty field becomes a text that sends the
user to their focal point.
"""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Any, FrozenSet, Mapping

import yaml
from pydantic import BaseModel, Extra, Field, ValidationError, conint

from bot.wording.catalogue import Texts


class OrganisationError(ValueError):
    """organisation.yml cannot be used; the message says which field and why."""


class NoConsentMode(str, Enum):
    """What happens with a SEA report when an adult does not agree (guidance.md §4, Disagreement A)."""

    REPORT_NON_IDENTIFYING = "report_non_identifying"
    CONSULT_FOCAL_POINT_FIRST = "consult_focal_point_first"
    REPORT_FULL = "report_full"
    NO_REPORT = "no_report"


class HarassmentRoute(str, Enum):
    """Who leads when staff harass staff (guidance.md §1)."""

    SURVIVOR_DECIDES = "survivor_decides"
    SAME_AS_SEA = "same_as_sea"


class NotesRule(str, Enum):
    """What may be written down (guidance.md §13, Disagreement B)."""

    AFTER_MINIMUM = "after_minimum"
    NONE = "none"
    SHORT_AFTER = "short_after"
    EXACT_WORDS = "exact_words"


class ConsentForm(str, Enum):
    """How consent is taken by a non-specialist (guidance.md §5)."""

    VERBAL = "verbal"
    WRITTEN = "written"


class Recontact(str, Enum):
    """Whether staff may contact the person again (guidance.md §2 step 10)."""

    NEVER = "never"
    IF_AGREED = "if_agreed"


class ConsentBands(str, Enum):
    """How consent by age is explained (guidance.md §6, Disagreement)."""

    CAUTIOUS = "cautious"


class Stock(str, Enum):
    """Whether a medicine is held locally."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class _Section(BaseModel):
    class Config:
        extra = Extra.forbid
        anystr_strip_whitespace = True


class Identity(_Section):
    """Who publishes this guide."""

    name: str = Field(default="", description="Name of the organisation.")


class Contacts(_Section):
    """Whom to reach, each written as staff should read it (a name or role and how to reach it)."""

    focal_point: str = Field(default="", description="PSEA focal point for staff here.")
    alternate_focal_point: str = Field(default="", description="Focal point to use when the first one is involved.")
    psea_unit: str = Field(default="", description="PSEA or PSEAH unit or coordinator.")
    investigation_body: str = Field(default="", description="Who looks into reports, by the name used here.")
    reporting_channel: str = Field(default="", description="The official way to report.")
    retaliation_office: str = Field(default="", description="Where staff report retaliation.")
    child_focal_point: str = Field(default="", description="Child protection or safeguarding focal point.")
    gbv_coordinator: str = Field(default="", description="GBV coordinator or lead case management service.")
    head_of_office: str = Field(default="", description="Who answers officials and courts.")
    hotline: str = Field(default="", description="Help line that survivors can call.")
    crisis_line: str = Field(default="", description="Suicide or mental health crisis contact.")
    emergency_number: str = Field(default="", description="Ambulance or police emergency number.")
    site_security: str = Field(default="", description="Security on the site.")
    staff_welfare: str = Field(default="", description="Staff counsellor or welfare.")
    withdrawal_route: str = Field(default="", description="Where a person takes back consent.")


class Rules(_Section):
    """The organisation's choice where guidance differs, and what the law says here."""

    adult_no_consent_mode: NoConsentMode = Field(
        default=NoConsentMode.REPORT_NON_IDENTIFYING,
        description="What happens when an adult does not agree to a report.",
    )
    report_deadline_hours: conint(ge=1, le=168) = Field(default=24, description="Latest hours for a report.")  # type: ignore[valid-type]
    harassment_route: HarassmentRoute = Field(
        default=HarassmentRoute.SURVIVOR_DECIDES, description="Who leads when staff harass staff."
    )
    child_reporting: str = Field(default="", description="Who must be told about a child, by which law.")
    consent_bands: ConsentBands = Field(default=ConsentBands.CAUTIOUS, description="How consent by age is explained.")
    notes: NotesRule = Field(default=NotesRule.AFTER_MINIMUM, description="What may be written down.")
    consent_form: ConsentForm = Field(default=ConsentForm.VERBAL, description="How consent is taken.")
    recontact: Recontact = Field(default=Recontact.NEVER, description="Whether staff may contact the person again.")
    police_health_report: str = Field(default="", description="Whether care needs a police report here.")
    abortion_law: str = Field(default="", description="What is lawful here.")
    same_sex_law: str = Field(default="", description="Warning where same-sex relations are criminalised.")
    forensic_evidence: str = Field(default="", description="Whether there is a trained service here.")
    interpreters: str = Field(default="", description="Who provides trained interpreters.")


class MedicalWindows(_Section):
    """Hours in which a medicine can still be given, and whether it is held locally (guidance.md §3)."""

    pep_hours: conint(ge=24, le=72) = Field(default=72, description="HIV PEP, hours (WHO 2024).")  # type: ignore[valid-type]
    ec_hours: conint(ge=72, le=120) = Field(default=120, description="Emergency contraception, hours (WHO 2021).")  # type: ignore[valid-type]
    pep_in_stock: Stock = Field(default=Stock.UNKNOWN, description="Whether PEP is held locally.")
    ec_in_stock: Stock = Field(default=Stock.UNKNOWN, description="Whether emergency contraception is held locally.")


class FreshFor(_Section):
    """Days after which what is known of a service counts as old (docs/directory.md)."""

    existence_days: conint(ge=1, le=1000) = Field(default=180, description="That it is there.")  # type: ignore[valid-type]
    phone_days: conint(ge=1, le=1000) = Field(default=90, description="Its phone number.")  # type: ignore[valid-type]
    hours_days: conint(ge=1, le=1000) = Field(default=60, description="Its opening hours.")  # type: ignore[valid-type]


class Organisation(_Section):
    """Everything organisation.yml may say."""

    organisation: Identity = Identity()
    contacts: Contacts = Contacts()
    rules: Rules = Rules()
    medical_windows: MedicalWindows = MedicalWindows()
    directory_fresh_for: FreshFor = FreshFor()
    retention_hours: conint(ge=1, le=168) = Field(default=24, description="Hours a conversation's place is kept.")  # type: ignore[valid-type]
    languages: list[str] = Field(default=["en"], description="Languages staff may choose.")
    terms: dict[str, str] = Field(default={}, description="The organisation's own words for terms.")

    @property
    def empty_contacts(self) -> tuple[str, ...]:
        """The contacts nobody has filled in yet."""
        return tuple(name for name, value in self.contacts.dict().items() if not value)


def read_organisation(path: Path) -> Organisation:
    """Reads and checks organisation.yml; a missing file means that every field is empty.

    Raises:
        OrganisationError: the file is not YAML or a field is unknown or has a wrong value.
    """
    if not path.exists():
        return Organisation()
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        return Organisation.parse_obj(data)
    except yaml.YAMLError as error:
        raise OrganisationError(f"{path.name} is not valid YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise OrganisationError(f"{path.name}: {field}: {first['msg']}") from error


_SENTENCE_FIELDS: Mapping[str, str] = {
    "child_reporting_rule": "child_reporting",
    "police_health_rule": "police_health_report",
    "abortion_rule": "abortion_law",
    "same_sex_law_note": "same_sex_law",
    "forensic_rule": "forensic_evidence",
    "interpreter_note": "interpreters",
}
"""Placeholder to the free-text rule it shows."""

_CHOICE_FIELDS: Mapping[str, str] = {
    "refusal_rule": "adult_no_consent_mode",
    "harassment_rule": "harassment_route",
    "notes_rule": "notes",
    "consent_form_rule": "consent_form",
    "recontact_rule": "recontact",
}
"""Placeholder to the rule whose chosen value selects its sentence."""


_KNOWN_WITHOUT_ASKING = frozenset(
    {"focal_point", "alternate_focal_point", "head_of_office", "withdrawal_route"}
)


class LocalWording:
    """What each placeholder such as `{focal_point}` becomes, in any language.

    Args:
        organisation: the validated settings.
        texts: every text; `organisation.missing.*` and `organisation.rules.*` are used here.
    """

    def __init__(self, organisation: Organisation, texts: Texts) -> None:
        self._organisation = organisation
        self._texts = texts
        self._cache: dict[str, dict[str, str]] = {}

    def __call__(self, language: str) -> Mapping[str, str]:
        """Placeholder name to text, in `language`."""
        if language not in self._cache:
            self._cache[language] = self._values(language)
        return self._cache[language]

    @property
    def not_set(self) -> FrozenSet[str]:
        """The contacts that nobody has filled in and that a reader has to ask for. The focal point is not
        one of them: that is whom to ask."""
        return frozenset(self._organisation.empty_contacts) - _KNOWN_WITHOUT_ASKING

    def _values(self, language: str) -> dict[str, str]:
        organisation = self._organisation
        values: dict[str, str] = {}
        for name, contact in organisation.contacts.dict().items():
            values[name] = contact or self._texts.get(f"organisation.missing.{name}", language)
        rules: dict[str, Any] = organisation.rules.dict()
        for placeholder, field in _SENTENCE_FIELDS.items():
            values[placeholder] = rules[field] or self._texts.get(
                f"organisation.missing.{placeholder}", language
            )
        for placeholder, field in _CHOICE_FIELDS.items():
            values[placeholder] = self._rule(placeholder, rules[field].value, language, values)
        windows = organisation.medical_windows
        values["pep_hours"] = str(windows.pep_hours)
        values["ec_hours"] = str(windows.ec_hours)
        values["report_deadline"] = self._hours("report_deadline", rules["report_deadline_hours"], language)
        values["retention_note"] = self._hours("retention_note", organisation.retention_hours, language)
        values["sea_term_note"] = organisation.terms.get("sea_note") or self._texts.get(
            "organisation.rules.sea_term_note.default", language
        )
        return values

    def _rule(self, placeholder: str, choice: str, language: str, values: Mapping[str, str]) -> str:
        sentence = self._texts.get(f"organisation.rules.{placeholder}.{choice}", language)
        return sentence.replace("{focal_point}", values["focal_point"])

    def _hours(self, placeholder: str, hours: int, language: str) -> str:
        return self._texts.get(f"organisation.rules.{placeholder}.hours", language).replace(
            "{hours}", str(hours)
        )


def rule_facts(organisation: Organisation) -> dict[str, str]:
    """The rules that content may branch on with `when`, as facts beside those of the case."""
    return {
        "adult_no_consent_mode": organisation.rules.adult_no_consent_mode.value,
        "harassment_route": organisation.rules.harassment_route.value,
        "pep_in_stock": organisation.medical_windows.pep_in_stock.value,
        "ec_in_stock": organisation.medical_windows.ec_in_stock.value,
        "hotline_set": "yes" if organisation.contacts.hotline else "no",
    }
