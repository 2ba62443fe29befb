"""`practice results` and `practice overrides` on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.practice.cohorts.members import Members, Place
from bot.practice.cohorts.overrides import TRAINER, Change, Overrides
from bot.practice.cohorts.results import PRACTICE, Results
from bot.practice.loader import shipped
from bot.privacy.keys import Keyring
from bot.storage.engine import shared_engine
from bot.storage.migrations import migrate_engine
from tests.integration.test_command_line import run
from tests.unit.practice.plays import BAD, content, says_points
from tests.unit.practice.test_figures import Session


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def session(home: Path) -> Session:
    home.mkdir()
    engine = shared_engine(f"sqlite:///{home / 'guide.db'}")
    migrate_engine(engine)
    keyring = Keyring(home)
    return Session(Members(engine, keyring), Results(engine, keyring))


def test_figures_are_printed_and_written(session: Session, home: Path, tmp_path: Path) -> None:
    session.play(session.join(6), BAD)
    files = {kind: tmp_path / f"figures.{kind}" for kind in ("csv", "xlsx", "png")}
    result = run(
        "practice", "results", session.code.lower(), "--csv", str(files["csv"]), "--xlsx", str(files["xlsx"]),
        "--chart", str(files["png"]), DISCLOSURE_GUIDE_HOME=str(home),
    )  # fmt: skip
    assert result.exit_code == 0 and "6 joined" in result.output and "of 100 on average" in result.output
    assert files["csv"].read_bytes().startswith(b"\xef\xbb\xbfgroup,name,figure")
    assert files["xlsx"].read_bytes().startswith(b"PK") and files["png"].read_bytes().startswith(b"\x89PNG")


def test_four_people_give_no_figure_here_either(session: Session, home: Path, tmp_path: Path) -> None:
    session.play(session.join(4), BAD)
    result = run("practice", "results", session.code, DISCLOSURE_GUIDE_HOME=str(home))
    assert result.exit_code == 0 and "five people" in result.output and not says_points(result.output)
    refused = run(
        "practice", "results", session.code, "--chart", str(tmp_path / "x.png"), DISCLOSURE_GUIDE_HOME=str(home)
    )
    assert refused.exit_code == 1 and not (tmp_path / "x.png").exists()


def test_a_link_to_the_page_is_made(session: Session, home: Path) -> None:
    made = run("practice", "results", session.code, "--link", DISCLOSURE_GUIDE_HOME=str(home))
    assert made.exit_code == 0 and "http://127.0.0.1:" in made.output and "/results/" in made.output
    elsewhere = {"DISCLOSURE_GUIDE_BIND": "0.0.0.0:8080", "DISCLOSURE_GUIDE_HOME": str(home)}
    assert run("practice", "results", session.code, "--link", **elsewhere).exit_code == 1


def test_an_unknown_session_is_one_sentence(session: Session, home: Path) -> None:
    result = run("practice", "results", "NOSUCH", DISCLOSURE_GUIDE_HOME=str(home))
    assert result.exit_code == 1 and "There is no session NOSUCH." in result.output


def test_changed_judgements_become_lines_for_the_next_model(session: Session, home: Path, tmp_path: Path) -> None:
    member = session.members.agree(session.join(1)[0], keeps_words=True)
    said = [["…"], ["Soy Fátima Ruiz, no puedo guardarlo todo."], *[["…"]] * 7]
    identity = session.results.keep(
        member.id, session.code, "food_queue", PRACTICE, content(BAD), transcript=said, language="es"
    )
    overrides = Overrides(session.results.engine, session.results.keyring)
    change = Change(1, 0, ("promise_secrecy",), ("introduce_role", "state_limits"), "judge", TRAINER)
    overrides.change(shipped()["food_queue"], session.results.get(identity), change, "es")  # type: ignore[arg-type]
    file = tmp_path / "candidates.yml"
    result = run("practice", "overrides", str(file), DISCLOSURE_GUIDE_HOME=str(home))
    assert result.exit_code == 0 and "1 judgements were changed; 1 of the sentences" in result.output
    lines = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert list(lines) == ["introduce_role state_limits"] and "no puedo guardarlo todo" in str(lines)


def test_nothing_changed_writes_nothing(session: Session, home: Path, tmp_path: Path) -> None:
    result = run("practice", "overrides", str(tmp_path / "none.yml"), DISCLOSURE_GUIDE_HOME=str(home))
    assert result.exit_code == 0 and not (tmp_path / "none.yml").exists()


def test_the_privacy_report_counts_results_and_a_wipe_takes_them(session: Session, home: Path) -> None:
    person = "somebody"
    seat = Keyring(home).pseudonym("rest", person)
    member, _ = session.members.alone(Place(seat, "rest", "en"))
    session.members.agree(member, keeps_words=True)
    session.results.keep(member.id, None, "food_queue", PRACTICE, content(), transcript=[["Take your time."]])
    report = run("privacy", "report", DISCLOSURE_GUIDE_HOME=str(home)).output
    assert "1 results of practice are held for people who asked for it, 1 of them with words" in report
    wiped = run("privacy", "wipe", "--channel", "rest", "--person", person, DISCLOSURE_GUIDE_HOME=str(home))
    assert wiped.exit_code == 0 and "Deleted." in wiped.output
    assert session.results.count() == (0, 0) and not session.members.of(seat)
