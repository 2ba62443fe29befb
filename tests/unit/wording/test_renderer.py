"""Replies become text: words to say in quotes, placeholders filled, nothing invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.guidance.models import Library
from bot.guidance.organisation import LocalWording, Organisation, OrganisationError, read_organisation
from bot.wording.catalogue import Texts, read_translations, write_template
from bot.wording.renderer import Renderer
from bot.wording.reply import Choice, Kind, Part, Reply, text

ENGLISH = {
    "label.say": "Say:",
    "label.never": "Avoid:",
    "label.quote": "“{words}”",
    "organisation.not_set": "Not set: ask.",
    "organisation.not_set_urgent": "Not set: ask at once.",
    "e": "Tell {ethics}.",
    "f": "Tell {ethics} or {focal_point}.",
    "g": "Go. {ethics} knows. Ask {ethics}.",
    "a": "Do this with {focal_point}.",
    "b": "Words.",
    "c": "That.",
    "d": "Call {site_security}.",
    "n": "{count} days",
    "outer": "After {inner}.",
}


class Local:
    """An organisation with a focal point and without a security number."""

    not_set = frozenset({"site_security", "ethics"})

    def __call__(self, language: str) -> dict[str, str]:
        return {"focal_point": "Ms Example", "site_security": "site security", "ethics": "the ethics office"}


def renderer() -> Renderer:
    return Renderer(Texts(ENGLISH), Local())


def test_the_lines_come_in_order_with_labels() -> None:
    reply = Reply((text("a"), Part("b", Kind.SAY), Part("b", Kind.SAY), Part("c", Kind.NEVER)))
    assert (
        renderer().render(reply, "en").text
        == "Do this with Ms Example.\nSay: “Words.” “Words.”\nAvoid: That."
    )


def test_a_message_that_names_an_empty_contact_says_whom_to_ask() -> None:
    assert renderer().render(Reply((text("d"),)), "en").text == "Call site security.\nNot set: ask at once."
    assert renderer().render(Reply((text("e"),)), "en").text == "Tell the ethics office.\nNot set: ask."


def test_whom_to_ask_is_not_said_twice() -> None:
    assert renderer().render(Reply((text("f"),)), "en").text == "Tell the ethics office or Ms Example."


def test_a_placeholder_that_begins_a_sentence_begins_with_a_capital() -> None:
    assert renderer().line("g", "en") == "Go. The ethics office knows. Ask the ethics office."


def test_a_value_may_be_another_text() -> None:
    assert renderer().line("outer", "en", {"inner": {"text": "n", "params": {"count": 3}}}) == "After 3 days."


def test_an_unknown_text_or_placeholder_is_an_error() -> None:
    with pytest.raises(KeyError):
        renderer().line("nothing", "en")
    with pytest.raises(KeyError):
        renderer().line("n", "en")


def test_what_a_person_typed_cannot_become_a_placeholder() -> None:
    assert renderer().line("n", "en", {"count": "{focal_point}"}) == "{focal_point} days"


def test_buttons_keep_their_payload() -> None:
    message = renderer().render(Reply((text("c"),), (Choice("b", "/next"),)), "en")
    assert [(b.title, b.payload) for b in message.buttons] == [("Words.", "/next")]


def test_a_missing_translation_falls_back_to_english(tmp_path: Path) -> None:
    folder = tmp_path / "fr"
    folder.mkdir()
    (folder / "content.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgctxt "c"\nmsgid "That."\nmsgstr "Cela."\n',
        encoding="utf-8",
    )
    texts = Texts(ENGLISH, read_translations(tmp_path))
    assert texts.languages == ("en", "fr")
    assert (texts.get("c", "fr"), texts.get("b", "fr"), texts.get("c", "xx")) == ("Cela.", "Words.", "That.")


def test_the_template_holds_every_text_with_its_id(tmp_path: Path, library: Library) -> None:
    file = tmp_path / "content.pot"
    write_template(library.texts, file)
    template = file.read_text(encoding="utf-8")
    assert all(f'msgctxt "{text_id}"' in template for text_id in library.texts)


def local(organisation: Organisation, library: Library) -> LocalWording:
    return LocalWording(organisation, Texts(library.texts))


def test_an_empty_field_never_becomes_a_name_or_number(library: Library) -> None:
    values = local(Organisation(), library)("en")
    assert values["emergency_number"] == "the local emergency number"
    assert not any(
        char.isdigit()
        for name, value in values.items()
        if name not in ("pep_hours", "ec_hours", "report_deadline", "retention_note")
        for char in value
    )


def test_a_filled_field_is_shown_as_written(library: Library) -> None:
    organisation = Organisation.parse_obj({"contacts": {"site_security": "Gate radio, channel 4"}})
    wording = local(organisation, library)
    assert wording("en")["site_security"] == "Gate radio, channel 4"
    assert "site_security" not in wording.not_set


@pytest.mark.parametrize(
    "mode", ["report_non_identifying", "consult_focal_point_first", "report_full", "no_report"]
)
def test_every_rule_on_refusal_has_its_sentence(library: Library, mode: str) -> None:
    organisation = Organisation.parse_obj({"rules": {"adult_no_consent_mode": mode}})
    assert local(organisation, library)("en")["refusal_rule"] == library.texts[
        f"organisation.rules.refusal_rule.{mode}"
    ].replace("{focal_point}", "your PSEA focal point")


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("contacts: {focal_pont: x}", "contacts.focal_pont"),
        ("rules: {report_deadline_hours: 0}", "rules.report_deadline_hours"),
        ("medical_windows: {pep_hours: 96}", "medical_windows.pep_hours"),
        ("rules: {adult_no_consent_mode: whatever}", "rules.adult_no_consent_mode"),
        ("a: [", "not valid YAML"),
    ],
)
def test_a_wrong_field_is_named(tmp_path: Path, written: str, named: str) -> None:
    file = tmp_path / "organisation.yml"
    file.write_text(written, encoding="utf-8")
    with pytest.raises(OrganisationError, match=named):
        read_organisation(file)


def test_the_shipped_organisation_file_is_valid_and_empty() -> None:
    from bot.settings import ROOT

    organisation = read_organisation(ROOT / "organisation.yml")
    assert set(organisation.contacts.dict().values()) == {""}
