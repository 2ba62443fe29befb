"""The desk's pages over HTTP: links that work once, approvals, files, and an owner's question."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.directory.changes import COMMAND_LINE
from bot.directory.upkeep.desk import Desk
from bot.directory.upkeep.imports import Imports
from bot.directory.upkeep.links import Links
from bot.directory.upkeep.rounds import Rounds
from bot.privacy.keys import Keyring
from bot.storage.engine import SessionFactory
from bot.web.desk import desk_routes
from tests.unit.directory.conftest import own_sessions
from tests.unit.directory.test_desk import HOSPITAL, World
from tests.unit.directory.test_exchange import GOOD, HEADINGS, csv_of

__all__ = ["own_sessions"]


class Site:
    """The pages, and people with a browser each."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        keyring = Keyring(folder)
        self.links = Links(world.sessions, world.clock)
        desk = Desk(world.office, keyring)
        imports = Imports(world.office, keyring, world.clock)
        self.app = Starlette(routes=desk_routes(world.office, desk, self.links, imports, "Notes", False))

    def browser(self) -> TestClient:
        return TestClient(self.app, headers={"sec-fetch-site": "same-origin"})

    def at_the_desk(self, name: str, area: str | None = None) -> TestClient:
        """A focal point who has opened a link."""
        pseudonym = self.world.join(name, "focal_point", area)
        grant = self.world.office.grants(pseudonym)[0]
        browser = self.browser()
        opened = browser.post(f"/desk/{self.links.make(pseudonym, grant.actor)}")
        assert opened.status_code == 200 and "To approve" in opened.text
        return browser


@pytest.fixture
def world(own_sessions: SessionFactory, tmp_path: Path) -> World:
    return World(own_sessions, tmp_path)


@pytest.fixture
def site(world: World, tmp_path: Path) -> Site:
    return Site(world, tmp_path)


def test_a_link_is_opened_once_and_looking_at_it_uses_nothing_up(site: Site) -> None:
    token = site.links.make(site.world.join("anna", "focal_point"), "focal point X")
    browser = site.browser()
    for _ in range(3):
        assert "Open the desk" in browser.get(f"/desk/{token}").text
    assert browser.post(f"/desk/{token}").status_code == 200
    for method in (browser.get, browser.post):
        assert method(f"/desk/{token}").status_code == 404


def test_a_link_of_the_command_line_opens_everything_but_its_own_proposals(site: Site) -> None:
    office = site.world.office
    editor = office.editor(COMMAND_LINE)
    assert editor is not None and editor.actor == COMMAND_LINE
    hospital = site.world.service(HOSPITAL)
    office.proposals.edit(hospital.id, {"phones": [{"number": "+999 20 555 4444"}]}, {}, editor, "called")
    browser = site.browser()
    page = browser.post(f"/desk/{site.links.make(editor.pseudonym, editor.actor)}").text
    assert "+999 20 555 4444" in page and "Somebody else must approve" in page


def test_a_link_runs_out_and_so_does_the_session(site: Site) -> None:
    browser = site.at_the_desk("anna")
    token = site.links.make("somebody", "x")
    site.world.now += timedelta(minutes=16)
    assert browser.post(f"/desk/{token}").status_code == 404
    assert browser.get("/desk").status_code == 200
    site.world.now += timedelta(minutes=31)
    assert browser.get("/desk").status_code == 403


def test_without_a_session_nothing_is_shown_or_done(site: Site) -> None:
    browser = site.browser()
    assert browser.get("/desk").status_code == 403
    assert browser.post("/desk/imports", files={"file": ("x.csv", csv_of(HEADINGS, GOOD))}).status_code == 403
    assert browser.post("/desk/proposals/ABCDEF", data={"decision": "approve"}).status_code == 403


def test_a_form_on_another_site_is_refused(site: Site) -> None:
    browser = site.at_the_desk("anna")
    sent = browser.post("/desk/close", headers={"sec-fetch-site": "cross-site"})
    assert sent.status_code == 403
    assert browser.get("/desk").status_code == 200


def test_a_role_taken_back_closes_the_page(site: Site) -> None:
    browser = site.at_the_desk("anna")
    for invitation in site.world.people.invitations():
        site.world.people.revoke(invitation.id)
    assert browser.get("/desk").status_code == 403


def test_a_proposal_is_approved_by_somebody_else(site: Site) -> None:
    anna = site.at_the_desk("anna")
    pseudonym = hashlib.md5(b"anna").hexdigest()
    hospital = site.world.service(HOSPITAL)
    editor = site.world.office.editor(pseudonym)
    assert editor is not None
    site.world.office.proposals.edit(
        hospital.id, {"phones": [{"number": "+999 20 555 4444"}]}, {}, editor, "new"
    )
    assert "Somebody else must approve" in anna.get("/desk").text
    ben = site.at_the_desk("ben")
    page = ben.get("/desk").text
    code = re.search(r"/desk/proposals/(\w+)", page)
    assert code is not None and "+999 20 555 4444" in page
    assert "Approved" in ben.post(f"/desk/proposals/{code[1]}", data={"decision": "approve"}).text
    assert site.world.service(HOSPITAL).phones[0].number == "+999 20 555 4444"


def bring(browser: TestClient, data: bytes, name: str = "sheet.csv") -> str:
    """Uploads a file; the code under which it waits."""
    looked = browser.post("/desk/imports", files={"file": (name, data)})
    assert looked.status_code == 200, looked.text
    return str(looked.url).rsplit("/", 1)[-1]


def test_a_file_with_phones_is_applied_by_a_second_person(site: Site) -> None:
    anna, ben = site.at_the_desk("anna"), site.at_the_desk("ben")
    code = bring(anna, csv_of(HEADINGS, GOOD))
    page = anna.get(f"/desk/imports/{code}").text
    assert "Night desk" in page and "somebody else" in page and "Apply all" not in page
    assert anna.post(f"/desk/imports/{code}", data={"decision": "apply"}).status_code == 409
    assert "Apply all" in ben.get(f"/desk/imports/{code}").text
    assert "Applied" in ben.post(f"/desk/imports/{code}", data={"decision": "apply"}).text
    assert site.world.service("Night desk").organization == "Sun Clinic"
    assert ben.get(f"/desk/imports/{code}").status_code == 409


def test_what_is_not_sensitive_is_applied_by_whoever_brings_it(site: Site) -> None:
    anna = site.at_the_desk("anna")
    hospital = site.world.service(HOSPITAL)
    rows = [
        ["id", "organization", "name", "alert"],
        [hospital.id, hospital.organization, hospital.name, "Use gate 2"],
    ]
    code = bring(anna, csv_of(*rows))
    assert "Applied" in anna.post(f"/desk/imports/{code}", data={"decision": "apply"}).text
    assert site.world.service(HOSPITAL).alert == "Use gate 2"


def test_refused_rows_stop_a_file_and_are_named(site: Site) -> None:
    anna = site.at_the_desk("anna")
    code = bring(anna, csv_of(HEADINGS, [*GOOD[:4], "call Jane", GOOD[5]]))
    page = anna.get(f"/desk/imports/{code}").text
    assert "row 2" in page and "not a phone number" in page and "Apply all" not in page


def test_another_area_is_not_changed_by_a_file(site: Site) -> None:
    anna, ben = site.at_the_desk("anna"), site.at_the_desk("ben", "QV02")
    code = bring(anna, csv_of(HEADINGS, GOOD))
    assert "not in your area" in ben.get(f"/desk/imports/{code}").text
    assert ben.post(f"/desk/imports/{code}", data={"decision": "apply"}).status_code == 409


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 nonsense", b"hello"])
def test_a_hostile_file_is_refused_in_a_sentence(site: Site, data: bytes) -> None:
    answer = site.at_the_desk("anna").post("/desk/imports", files={"file": ("bad.xlsx", data)})
    assert answer.status_code == 409 and "Not done" in answer.text


def test_names_in_a_file_are_not_markup(site: Site) -> None:
    anna = site.at_the_desk("anna")
    code = bring(anna, csv_of(HEADINGS, [GOOD[0], "<script>alert(1)</script>", *GOOD[2:]]), "<b>.csv")
    page = anna.get(f"/desk/imports/{code}").text
    assert "<script>alert" not in page and "&lt;script&gt;" in page


def test_an_owner_answers_on_a_page_with_one_tap(site: Site) -> None:
    world = site.world
    hospital = world.service(HOSPITAL)
    world.office.changes.edit(hospital.id, {"assurer_email": "owner@example.org"}, "x", "")
    world.now += timedelta(days=40)
    question = next(each for each in world.office.verification.questions() if each.service_id == hospital.id)
    browser = site.browser()
    page = browser.get(f"/confirm/{question.token}").text
    assert HOSPITAL in page and "Not mine" in page
    assert "Thank you" in browser.post(f"/confirm/{question.token}", data={"answer": "right"}).text
    assert world.service(HOSPITAL).assured_date == world.now.date()
    assert browser.post(f"/confirm/{question.token}", data={"answer": "closed"}).status_code == 409
    assert browser.get("/confirm/anything").status_code == 404
    assert world.service(HOSPITAL).status == "active"
    Rounds(world.office).run()


def test_the_pages_keep_nothing_and_load_nothing_from_elsewhere(site: Site) -> None:
    page = site.at_the_desk("anna").get("/desk")
    assert page.headers["cache-control"] == "no-store"
    assert "script" not in page.text and "http" not in page.text.replace("http-equiv", "")
    style = re.search(r'href="(/desk/assets/[^"]+)"', page.text)
    assert style is not None and site.browser().get(style[1]).status_code == 200
