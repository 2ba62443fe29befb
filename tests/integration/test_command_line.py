"""The command line: output, exit codes, one sentence when something is wrong."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.settings import ROOT, Settings, SettingsError


def run(*arguments: str, stdin: str = "", **environment: str) -> Result:
    return CliRunner().invoke(main, list(arguments), input=stdin, env=environment)


def test_every_command_explains_itself() -> None:
    for command in main.commands:
        result = run(command, "--help")
        assert result.exit_code == 0 and "Usage" in result.output, command


def test_wrong_usage_ends_with_two() -> None:
    assert run("no-such-command").exit_code == 2
    assert run("directory", "search", "--need", "no-such-need").exit_code == 2


def test_content_check_lists_what_awaits_review() -> None:
    result = run("content", "check")
    assert result.exit_code == 0
    assert "await a specialist's review" in result.output and "answer.child_consent" in result.output


def test_a_busy_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = run("serve", DISCLOSURE_GUIDE_HOME=str(tmp_path), DISCLOSURE_GUIDE_BIND=f"127.0.0.1:{port}")
    assert result.exit_code == 1
    assert f"127.0.0.1:{port} is not free" in result.output


def test_unreviewed_text_stops_the_start_when_that_is_asked_for(tmp_path: Path) -> None:
    result = run(
        "serve",
        DISCLOSURE_GUIDE_HOME=str(tmp_path),
        DISCLOSURE_GUIDE_BIND="127.0.0.1:18999",
        REQUIRE_REVIEWED="1",
    )
    assert result.exit_code == 1
    assert "still await review" in result.output


def test_a_network_address_needs_a_token(tmp_path: Path) -> None:
    result = run("serve", DISCLOSURE_GUIDE_HOME=str(tmp_path), DISCLOSURE_GUIDE_BIND="0.0.0.0:18998")
    assert result.exit_code == 1
    assert "DISCLOSURE_GUIDE_API_TOKEN" in result.output


@pytest.mark.parametrize("value", ["nonsense", "127.0.0.1:", "127.0.0.1:99999", ":80"])
def test_a_wrong_address_is_named(value: str) -> None:
    with pytest.raises(SettingsError, match="DISCLOSURE_GUIDE_BIND"):
        Settings.from_environment({"DISCLOSURE_GUIDE_BIND": value})


def test_every_setting_is_in_the_example_file() -> None:
    source = (ROOT / "bot" / "settings.py").read_text(encoding="utf-8")
    names = {word.strip('"(),') for word in source.split() if word.startswith(('env.get("', '"REQUIRE'))}
    names = {name.removeprefix('env.get("').split('"')[0] for name in names}
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert names and all(f"\n{name}=" in example for name in names), names


def test_every_field_of_the_organisation_is_explained() -> None:
    from bot.guidance.organisation import Contacts, MedicalWindows, Organisation, Rules

    page = (ROOT / "docs" / "organisation.md").read_text(encoding="utf-8")
    for section in (Contacts, Rules, MedicalWindows, Organisation):
        for name in section.__fields__:
            assert f"`{name}`" in page, name


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(f"`{command}" in readme for command in main.commands)


@pytest.mark.slow
def test_understand_prints_one_object_a_line(model: Path) -> None:
    result = run("understand", stdin="she asks me to promise not to tell\nok\nher name is Amina Yusuf\n\n")
    assert result.exit_code == 0
    first, second, third, empty = [
        json.loads(line) for line in result.output.splitlines() if line.startswith("{")
    ]
    assert set(first) >= {
        "text", "language", "topic", "topics", "control", "out_of_scope", "signals", "moves", "redacted",
    }  # fmt: skip
    assert first["topic"] == "secrecy_request" and len(first["topics"]) == 3
    assert second["control"] == "next" and second["topic"] is None
    assert "Amina" not in third["redacted"] and third["signals"][0]["id"] == "identifying_details"
    assert empty["text"] == ""


@pytest.mark.slow
def test_wiping_from_the_command_line_needs_no_rasa(foundation: Any, settings: Settings) -> None:
    foundation.store.write(foundation.keyring.pseudonym("rest", "somebody"), {"slots": {}})
    environment = {"DISCLOSURE_GUIDE_HOME": str(settings.home)}
    assert (
        "Deleted" in run("privacy", "wipe", "--channel", "rest", "--person", "somebody", **environment).output
    )
    assert (
        "Nothing" in run("privacy", "wipe", "--channel", "rest", "--person", "somebody", **environment).output
    )
