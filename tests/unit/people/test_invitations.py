"""Invitations: what they give, to whom, how often and for how long."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import List

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.people.invitations import VALID_HOURS, InvitationRefused, People
from bot.privacy.keys import Keyring
from bot.storage.engine import open_engine
from bot.storage.migrations import migrate_engine

ANNA, BEN = "a" * 32, "b" * 32


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def people(tmp_path: Path, clock: Clock) -> People:
    engine = open_engine(f"sqlite:///{tmp_path / 'guide.db'}")
    migrate_engine(engine)
    return People(engine, Keyring(tmp_path), clock)


def refused(people: People, token: str, person: str) -> str:
    with pytest.raises(InvitationRefused) as refusal:
        people.redeem(token, person)
    return refusal.value.reason


def test_an_invitation_gives_its_role_in_its_area(people: People) -> None:
    people.redeem(people.invite("focal_point", "QV02").token, ANNA)
    assert people.has_role(ANNA, "focal_point", "QV02")
    assert people.has_role(ANNA, "focal_point")
    assert not people.has_role(ANNA, "focal_point", "QV01")
    assert not people.has_role(ANNA, "trainer")
    assert people.roles_of(BEN) == ()


def test_a_role_without_area_holds_everywhere(people: People) -> None:
    people.redeem(people.invite("trainer").token, ANNA)
    assert people.has_role(ANNA, "trainer", "QV01")


def test_it_works_once_but_its_holder_may_press_the_link_again(people: People) -> None:
    token = people.invite("trainer").token
    people.redeem(token, ANNA)
    assert people.redeem(token, ANNA).role == "trainer"
    assert refused(people, token, BEN) == "used"
    assert len(people.roles_of(ANNA)) == 1


def test_of_many_at_the_same_moment_one_gets_it(people: People) -> None:
    token = people.invite("trainer").token

    def attempt(number: int) -> bool:
        try:
            people.redeem(token, f"{number:032d}")
        except InvitationRefused:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won: List[bool] = list(pool.map(attempt, range(24)))
    assert sum(won) == 1


def test_it_runs_out(people: People, clock: Clock) -> None:
    token = people.invite("staff").token
    clock.now += VALID_HOURS * 3600 + 1
    assert refused(people, token, ANNA) == "expired"
    assert [each.state for each in people.invitations()] == ["expired"]
    clock.now += 31 * 24 * 3600
    people.purge()
    assert people.invitations() == []


def test_it_can_be_taken_back_before_and_after_use(people: People) -> None:
    unused, used = people.invite("trainer"), people.invite("administrator")
    people.redeem(used.token, ANNA)
    assert people.revoke(unused.id.lower()) and people.revoke(used.id)
    assert refused(people, unused.token, BEN) == "revoked"
    assert people.roles_of(ANNA) == ()
    assert not people.revoke(used.id) and not people.revoke("NOPE")


def test_a_guess_gives_nothing(people: People) -> None:
    people.invite("administrator")
    assert refused(people, "guess", ANNA) == "unknown"


def test_the_database_holds_neither_token_nor_label(people: People, tmp_path: Path) -> None:
    made = people.invite("trainer", label="for Marwa of Tesh")
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("guide.db*"))
    assert made.token.encode() not in kept and b"Marwa" not in kept
    assert people.invitations()[0].label == "for Marwa of Tesh"
    assert len(made.token) <= 64


def test_the_command_line_invites_lists_and_revokes(tmp_path: Path) -> None:
    def run(*arguments: str) -> str:
        environment = {"DISCLOSURE_GUIDE_HOME": str(tmp_path)}
        result = CliRunner().invoke(main, ["people", *arguments], env=environment)
        return f"{result.exit_code} {result.output}"

    made = run("invite", "--role", "trainer", "--area", "QV02", "--label", "Tesh", "--bot", "@guide_bot")
    assert "https://t.me/guide_bot?start=" in made
    identity = made.split("Invitation ")[1][:6]
    assert f"{identity}  open" in run("list")
    assert run("revoke", identity).startswith("0 ")
    assert f"{identity}  revoked" in run("list")
    assert run("revoke", identity).startswith("1 ")
