"""Figures of a session: what a trainer sees of many, and what nobody may see of few."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from pathlib import Path
from typing import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from bot.practice.cohorts.chart import chart
from bot.practice.cohorts.figures import AFTER, BEFORE, OCCASION, SCENARIO, WHOLE, Report, Statistics, _Groups
from bot.practice.cohorts.members import Member, Members, Place
from bot.practice.cohorts.results import PRACTICE, Results
from bot.practice.cohorts.sheets import csv_of, xlsx_of
from bot.practice.cohorts.telling import told
from bot.practice.loader import shipped
from bot.practice.repertoire import Repertoire
from bot.practice.service import texts as practice_texts
from bot.wording.catalogue import Texts
from bot.wording.renderer import Renderer
from tests.unit.practice.plays import BAD, GOOD, content, says_points

TRAINER = Place("t" * 32, "telegram", "en", "1")
SCRIPTS = shipped()


class Session:
    """A session with a trainer, and people who play."""

    def __init__(self, members: Members, results: Results) -> None:
        self.members = members
        self.results = results
        self.statistics = Statistics(members, results)
        trainer, _ = members.open(TRAINER)
        self.code = trainer.cohort or ""
        self.people: list[Member] = []

    def join(self, number: int, name: str = "Person") -> list[Member]:
        for _ in range(number):
            seat = f"{len(self.people):032d}"
            member, _ = self.members.join(self.code, Place(seat, "web", "en"))
            self.people.append(self.members.call(member, f"{name} {len(self.people) + 1}"))
        return self.people

    def play(
        self, people: Sequence[Member], lines: tuple[tuple[str, ...], ...] = GOOD, scenario: str = "food_queue",
        occasion: str = PRACTICE,
    ) -> None:  # fmt: skip
        for member in people:
            self.results.keep(member.id, self.code, scenario, occasion, content(lines))

    def report(self) -> Report:
        return self.statistics.report(self.code)


@pytest.fixture
def session(members: Members, results: Results) -> Session:
    return Session(members, results)


TEXTS = Texts(practice_texts(Repertoire.of(Path("/nowhere"))))


class Local:
    """An organisation that has set nothing."""

    not_set: tuple[str, ...] = ()

    def __call__(self, language: str) -> dict[str, str]:
        return {}


def say(text_id: str) -> str:
    return TEXTS.get(text_id)


def words(report: Report) -> str:
    return Renderer(TEXTS, Local()).render(told(report, SCRIPTS.get), "en").text


def test_a_trainer_sees_who_needs_what(session: Session) -> None:
    people = session.join(12)
    session.play(people[:6])
    session.play(people[6:11], BAD)
    report = session.report()
    whole = report.group(WHOLE)
    assert whole is not None and (whole.people, whole.compliant, report.completed) == (11, 6, 11)
    assert whole.points == round((6 * 100 + 5 * 49) / 11, 1)
    limits = next(each for each in whole.spreads if each.item == "limits")
    assert (limits.full, limits.none) == (6, 5)
    assert whole.missing[0] == ("state_limits", 5) and whole.harmful[0] == ("promise_secrecy", 5)
    text = words(report)
    assert (
        "11 of 12 played" in text
        and "Person 12" in text
        and "Often missed: Say what you must pass on (5)" in text
    )


def test_four_people_are_too_few_for_any_figure(session: Session) -> None:
    session.play(session.join(9)[:4], BAD)
    report = session.report()
    assert not report.groups and report.completed is None and report.is_waiting
    assert not says_points(words(report)) and chart(report, say, "") is None
    assert not says_points(csv_of(report, say, SCRIPTS.get).decode("utf-8"))


def test_who_plays_between_two_looks_is_not_given_away(session: Session) -> None:
    people = session.join(12)
    session.play(people[:6])
    first = session.report()
    session.play(people[6:7], BAD)
    again = session.report()
    assert again.groups == first.groups and again.completed == first.completed and again.is_waiting
    session.play(people[7:11], BAD)
    later = session.report().group(WHOLE)
    assert later is not None and later.people == 11


def test_who_deletes_their_results_is_not_given_away(session: Session) -> None:
    people = session.join(8)
    session.play(people[:7])
    session.play(people[7:], BAD)
    first = session.report()
    session.results.forget([people[7].id])
    again = session.report()
    assert asdict(again) == {**asdict(first), "is_waiting": True}


def test_a_scenario_few_have_played_is_left_out_and_cannot_be_computed(session: Session) -> None:
    people = session.join(9)
    session.play(people[:5])
    session.play(people[5:], BAD, scenario="driver")
    report = session.report()
    assert report.group(WHOLE) is not None
    # Five played one and four the other: the whole less the five would be the four.
    assert report.group(SCENARIO, "driver") is None and report.group(SCENARIO, "food_queue") is None
    assert {name for kind, name in report.hidden} == {"driver", "food_queue"}
    assert "left out" in words(report)


def test_scenarios_of_five_each_are_told_apart(session: Session) -> None:
    people = session.join(10)
    session.play(people[:5])
    session.play(people[5:], BAD, scenario="driver")
    report = session.report()
    assert [report.group(SCENARIO, each).points for each in ("food_queue", "driver")] == [100, 49]  # type: ignore[union-attr]


def test_before_and_after_are_the_same_people(session: Session) -> None:
    people = session.join(10)
    session.play(people, BAD)
    session.play(people[:5])
    report = session.report()
    before, after = report.group(BEFORE), report.group(AFTER)
    assert before is not None and after is not None
    assert (before.people, before.points, after.points) == (5, 49, 100)


def test_before_and_after_of_all_but_two_are_left_out(session: Session) -> None:
    people = session.join(10)
    session.play(people, BAD)
    session.play(people[:8])
    assert session.report().group(BEFORE) is None


def test_the_learning_curve_of_a_session(session: Session) -> None:
    people = session.join(6)
    session.play(people, BAD)
    session.play(people, occasion="week")
    week = session.report().group(OCCASION, "week")
    assert week is not None and (week.people, week.points) == (6, 100)


def test_a_scene_of_several_counts_for_the_session_and_nobody(session: Session) -> None:
    session.join(6)
    session.results.keep(None, session.code, "food_queue", PRACTICE, content())
    report = session.report()
    assert report.together == (100,) and not report.groups and "Played together: 100" in words(report)


@pytest.mark.parametrize("sizes", [(5,), (5, 5), (12, 7)])
def test_groups_are_admitted_when_every_piece_has_five(sizes: tuple[int, ...]) -> None:
    everybody = [str(n) for n in range(sum(sizes))]
    groups = _Groups(frozenset(everybody))
    assert groups.admit(everybody)
    start = 0
    for size in sizes:
        assert groups.admit(everybody[start : start + size])
        start += size


def test_two_overlapping_groups_may_not_cut_out_a_small_piece() -> None:
    everybody = [str(n) for n in range(20)]
    groups = _Groups(frozenset(everybody))
    assert groups.admit(everybody) and groups.admit(everybody[:10])
    assert not groups.admit(everybody[8:15]), "two people are in both"


@given(st.lists(st.sets(st.integers(0, 24)), max_size=8))
def test_no_difference_or_overlap_of_groups_told_of_is_under_five(wanted: list[set[int]]) -> None:
    everybody = {str(n) for n in range(25)}
    groups = _Groups(frozenset(everybody))
    told_of = [each for each in [everybody, *({str(n) for n in one} for one in wanted)] if groups.admit(each)]
    for first in told_of:
        for second in told_of:
            for third in told_of:
                for piece in (first, first - second, first & second, first - second - third, first & second & third):
                    assert not piece or len(piece) >= 5


def test_tables_hold_no_formula_and_no_person_but_their_name(session: Session) -> None:
    people = session.join(7, name="=HYPERLINK(1)")
    session.play(people, BAD)
    report = session.report()
    rows = list(csv.reader(io.StringIO(csv_of(report, say, SCRIPTS.get).decode("utf-8-sig"))))
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell.startswith("=")] and "'=HYPERLINK(1) 1" in cells
    assert ["whole", "", "points_on_average", "", "7", "49"] in rows
    sheet = load_workbook(io.BytesIO(xlsx_of(report, say, SCRIPTS.get))).worksheets[0]
    names = [cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=")]
    assert len(names) == 7 and all(cell.data_type == "s" for cell in names)
    mentioned = {cell for row in rows for cell in row}
    assert not mentioned & {member.id for member in people} | mentioned & {member.seat for member in people}


def test_the_chart_is_a_picture_of_readable_size(session: Session) -> None:
    people = session.join(10)
    session.play(people, BAD)
    session.play(people)
    picture = chart(session.report(), say, "Session")
    assert picture is not None and picture.startswith(b"\x89PNG") and len(picture) < 60_000
