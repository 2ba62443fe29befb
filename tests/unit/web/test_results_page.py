"""The page of a session's figures behind its one-time link, in a real browser session."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.directory.upkeep.links import Links
from bot.practice.cohorts.members import Members
from bot.practice.cohorts.results import PRACTICE, Results
from bot.practice.repertoire import Repertoire
from bot.practice.service import texts as practice_texts
from bot.privacy.keys import Keyring
from bot.storage.engine import open_engine, session_factory
from bot.storage.migrations import migrate_engine
from bot.web.results import results_link, results_routes
from bot.wording.catalogue import Texts
from bot.wording.renderer import Renderer
from tests.unit.practice.conftest import Clock
from tests.unit.practice.plays import BAD, content, says_points
from tests.unit.practice.test_figures import Session
from tests.unit.practice.test_trainers_desk import NoLocalValues, desk_of
from tests.unit.web.conftest import SAME_ORIGIN


class Page:
    """A session with people, and a browser."""

    def __init__(self, home: Path) -> None:
        engine = open_engine(f"sqlite:///{home / 'guide.db'}")
        migrate_engine(engine)
        keyring, clock = Keyring(home), Clock()
        self.session = Session(Members(engine, keyring, clock), Results(engine, keyring, clock))
        self.links = Links(session_factory(engine))
        renderer = Renderer(Texts(practice_texts(Repertoire.of(home / "none"))), NoLocalValues())
        routes = results_routes(desk_of(self.session), renderer, self.links, "Notes", https=False)
        self.browser = TestClient(Starlette(routes=routes), headers=SAME_ORIGIN)

    def link(self) -> str:
        return results_link("", self.links, self.session.code)

    def open(self) -> str:
        return self.browser.post(self.link()).text


@pytest.fixture
def page(tmp_path: Path) -> Page:
    return Page(tmp_path)


def test_a_link_opens_once_and_looking_uses_nothing_up(page: Page) -> None:
    link = page.link()
    assert page.browser.get(link).status_code == 200 and page.browser.get(link).status_code == 200
    assert page.browser.get("/results").status_code == 403
    assert page.session.code in page.browser.post(link).text
    other = TestClient(page.browser.app, headers=SAME_ORIGIN)
    assert other.post(link).status_code == 404 and other.get("/results").status_code == 403


def test_the_figures_stand_on_the_page_as_table_picture_and_files(page: Page) -> None:
    page.session.play(page.session.join(7, name="<b>"), BAD)
    html = page.open()
    assert says_points(html) and "Often missed" not in html and "Most often missed" in html
    assert "&lt;b&gt; 1" in html and "<b> 1" not in html
    assert page.browser.get("/results/chart.png").content.startswith(b"\x89PNG")
    csv = page.browser.get("/results/figures.csv")
    assert "attachment" in csv.headers["content-disposition"] and "points_on_average" in csv.text
    assert load_workbook(io.BytesIO(page.browser.get("/results/figures.xlsx").content)).worksheets[0].max_row > 10
    assert page.browser.get("/results/figures.exe").status_code == 404


def test_four_people_give_no_figure_on_the_page_or_in_its_files(page: Page) -> None:
    page.session.play(page.session.join(4), BAD)
    html = page.open()
    assert not says_points(html) and "five people" in html
    assert page.browser.get("/results/chart.png").status_code == 404
    assert not says_points(page.browser.get("/results/figures.csv").text)


def test_a_trainer_changes_a_judgement_with_a_reason(page: Page) -> None:
    scene = page.session.results.keep(None, page.session.code, "food_queue", PRACTICE, content(BAD))
    assert "practice.food_queue" not in page.open()
    form = {"scene": scene, "line": "1.0", "move": "promise_secrecy", "reason": "Fatuma Ali said “as far as I may”"}
    html = page.browser.post("/results/change", data=form).text
    kept = page.session.results.get(scene)
    assert kept is not None and kept.points > 49 and kept.content["judged_points"] == 49
    assert "Fatuma Ali" not in html and "[name]" in html and "the judge alone gave 49" in html


@pytest.mark.parametrize(
    "wrong", [{"line": "40.0"}, {"line": "x"}, {"move": "dance"}, {"reason": "  "}, {"scene": "NOSUCH22"}]
)
def test_what_cannot_be_changed_is_refused_in_words(page: Page, wrong: dict[str, str]) -> None:
    scene = page.session.results.keep(None, page.session.code, "food_queue", PRACTICE, content(BAD))
    page.open()
    form = {"scene": scene, "line": "1.0", "move": "promise_secrecy", "reason": "because", **wrong}
    answer = page.browser.post("/results/change", data=form)
    assert answer.status_code == 409 and "not here any more" in answer.text
    assert page.session.results.get(scene).points == 49  # type: ignore[union-attr]


def test_the_page_of_one_session_changes_nothing_of_another(page: Page) -> None:
    other = Session(page.session.members, page.session.results)
    scene = other.results.keep(None, other.code, "food_queue", PRACTICE, content(BAD))
    page.open()
    form = {"scene": scene, "line": "1.0", "move": "promise_secrecy", "reason": "because"}
    assert page.browser.post("/results/change", data=form).status_code == 409


def test_another_site_can_change_nothing(page: Page) -> None:
    scene = page.session.results.keep(None, page.session.code, "food_queue", PRACTICE, content(BAD))
    page.open()
    form = {"scene": scene, "line": "1.0", "move": "promise_secrecy", "reason": "because"}
    answer = page.browser.post("/results/change", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403 and page.session.results.get(scene).points == 49  # type: ignore[union-attr]


def test_closing_ends_it_on_this_device(page: Page) -> None:
    page.open()
    page.browser.post("/results/close")
    assert page.browser.get("/results").status_code == 403
