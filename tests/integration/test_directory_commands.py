"""The directory from the command line, over an installation of its own."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.settings import ROOT

SHEET = "organization,name,needs,place,phones,hours\nSun Clinic,Night desk,health,Port Sellim,+999 20 555 7777,24/7\n"


class Installation:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "DISCLOSURE_GUIDE_HOME": str(folder / "var"),
            "DISCLOSURE_GUIDE_ORGANISATION": str(ROOT / "organisation.yml"),
            "DISCLOSURE_GUIDE_PUBLIC_URL": "https://guide.example.org",
        }

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, ["directory", *arguments], env=self.environment)

    def does(self, *arguments: str) -> str:
        result = self.run(*arguments)
        assert result.exit_code == 0, result.output
        return result.output

    def refuses(self, *arguments: str) -> str:
        result = self.run(*arguments)
        assert result.exit_code == 1, result.output
        return result.output

    def file(self, name: str, content: str = SHEET) -> str:
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        return str(path)


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation(tmp_path)


def test_a_sheet_is_looked_at_applied_and_taken_back(installation: Installation) -> None:
    sheet = installation.file("sheet.csv")
    looked = installation.does("import", sheet)
    assert "+ Night desk (Sun Clinic), row 2" in looked and "Nothing was changed" in looked
    assert "Night desk" not in installation.does("history")
    applied = installation.does("import", sheet, "--apply")
    batch = re.search(r"revert (\w+)", applied)
    assert batch is not None
    assert "+999 20 555 7777" in installation.does("show", "Night desk")
    assert "Taken back: 1 change" in installation.does("revert", batch[1])
    assert "no service" in installation.refuses("show", "Night desk")
    assert "whole" in installation.does("history", "--check")


def test_a_refused_row_is_named_and_nothing_happens(installation: Installation) -> None:
    sheet = installation.file("bad.csv", SHEET + "Moon,Day desk,teleport,Haddun,call me,daily 8-16\n")
    for arguments in (("import", sheet), ("import", sheet, "--apply")):
        told = installation.refuses(*arguments)
        assert "row 3, needs" in told and "row 3, phones" in told
    data = json.loads(installation.run("import", sheet, "--json").output.split("\nNothing")[0])
    assert [each["row"] for each in data["refused"]] == [3, 3]
    assert "no service" in installation.refuses("show", "Night desk")
    installation.does("import", sheet, "--apply", "--without-refused")
    installation.does("show", "Night desk")


@pytest.mark.parametrize("name", ["d.xlsx", "d.csv", "d.hxl.csv", "d.hsds.json", "d.hsds.zip"])
def test_what_is_exported_is_all_the_same_when_it_comes_back(installation: Installation, name: str) -> None:
    path = str(installation.folder / name)
    installation.does("export", path)
    assert "0 new, 0 changed, 55 the same" in installation.does("import", path)


def test_a_pathway_card_is_written(installation: Installation) -> None:
    path = installation.folder / "card.pdf"
    installation.does("export", str(path), "--place", "Port Selim", "--assistant", "https://t.me/example_bot")
    assert path.read_bytes().startswith(b"%PDF")
    assert "no place" in installation.refuses("export", str(path), "--place", "Atlantis")
    assert "--place" in installation.refuses("export", str(path))


def test_a_format_nobody_knows_is_refused(installation: Installation) -> None:
    assert "names no format" in installation.refuses("export", str(installation.folder / "x.docx"))
    assert "no file" in installation.refuses("import", str(installation.folder / "missing.csv"))


def test_one_service_is_changed_confirmed_and_closed(installation: Installation) -> None:
    hospital = "Sellim General Hospital, room 4"
    assert "Changed, as number" in installation.does(
        "change", hospital, "hours", "Mon-Fri 8-17", "--why", "called"
    )
    assert "Proposed as" in installation.does(
        "change", hospital, "phones", "+999 20 555 1111", "--why", "called"
    )
    code = installation.does("proposals").split()[0]
    assert "somebody else" in installation.refuses("approve", code)
    assert "Let go" in installation.does("refuse", code)
    assert "Not changed" in installation.refuses("change", hospital, "phones", "call Jane", "--why", "x")
    assert "no column" in installation.refuses("change", hospital, "colour", "red", "--why", "x")
    assert "confirmed" in installation.does("confirm", hospital)
    assert "closed" in installation.does("close", hospital, "--why", "moved")
    assert "Several services fit" in installation.refuses("show", "Nur Care")
    history = installation.does("history", hospital)
    assert "moved" in history and "24/7 → Mo-Fr 08:00-17:00" in history


def test_owners_and_links(installation: Installation) -> None:
    hospital = "Sellim General Hospital, room 4"
    assert "is asked" in installation.does("owner", hospital, "--email", "owner@example.org")
    assert "/start " in installation.does("owner", hospital, "--invite")
    assert "Not changed" in installation.refuses("owner", hospital, "--email", "nobody")
    assert installation.does("link").startswith("https://guide.example.org/desk/")


def test_a_made_up_directory_can_be_read(installation: Installation) -> None:
    path = str(installation.folder / "made.hsds.json")
    installation.does("generate", "20", path)
    assert len(json.loads(Path(path).read_text(encoding="utf-8"))) == 20


def test_the_sample_makes_room_for_ones_own_country(installation: Installation) -> None:
    places = "pcode,name,level,parent\nXX,Land,country,\nXX01,North,region,XX\nXX0101,Harbour,town,XX01\n"
    assert "55 fictional services are out" in installation.does("remove-sample")
    assert "not hold the sample" in installation.refuses("remove-sample")
    installation.does("import", installation.file("places.csv", places), "--apply")
    installation.does("import", installation.file("own.csv", SHEET.replace("Port Sellim", "Harbour")), "--apply")
    found = installation.does("search", "doctor in Harbor")
    assert "Night desk" in found and "nvented" not in found
    assert "whole" in installation.does("history", "--check")
