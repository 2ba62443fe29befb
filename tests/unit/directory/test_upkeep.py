from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from bot.directory.changes import Changes, Conflict, Made, Refusal
from bot.directory.record import Record
from bot.directory.record_reading import read_record, read_records
from bot.directory.upkeep import tables
from bot.directory.upkeep.proposals import Editor, Proposal, Proposals
from bot.directory.upkeep.reports import A_DAY, Reports
from bot.directory.upkeep.verification import Verification
from bot.people.tables import grants
from bot.storage.engine import SessionFactory
from tests.unit.directory.conftest import NOW

ONE, TWO = Editor("p1", "focal_point AAA"), Editor("p2", "focal_point BBB")


def seal(content: str) -> str:
    return hashlib.sha256(b"key" + content.encode()).hexdigest()


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def changes(own_sessions: SessionFactory, clock: Clock) -> Changes:
    return Changes(own_sessions, seal, clock)


@pytest.fixture
def proposals(own_sessions: SessionFactory, changes: Changes, clock: Clock) -> Proposals:
    return Proposals(own_sessions, changes, clock)


@pytest.fixture
def reports(own_sessions: SessionFactory, clock: Clock) -> Reports:
    return Reports(own_sessions, seal, clock)


@pytest.fixture
def verification(
    own_sessions: SessionFactory, changes: Changes, reports: Reports, clock: Clock
) -> Verification:
    return Verification(own_sessions, changes, reports, clock)


@pytest.fixture
def service(own_sessions: SessionFactory) -> Record:
    with own_sessions() as session:
        return next(
            each for each in read_records(session) if each.phones and each.hours and each.alert is None
        )


def now_is(sessions: SessionFactory, service: Record) -> Record:
    with sessions() as session:
        record = read_record(session, service.id)
    assert record is not None
    return record


# Proposals -------------------------------------------------------------------------------------------------

NEW_PHONE = {"phones": [{"number": "+999 20 555 4321", "type": "voice", "description": None}]}


def test_what_is_not_sensitive_is_done_at_once(
    proposals: Proposals, own_sessions: SessionFactory, service: Record
) -> None:
    assert isinstance(
        proposals.edit(service.id, {"alert": "Market day"}, {"alert": None}, ONE, "saw it"), Made
    )
    assert now_is(own_sessions, service).alert == "Market day"


@pytest.mark.parametrize(
    "values",
    [
        NEW_PHONE,
        {"locations": [{"address": "2 Other Road"}]},
        {"confidentiality": "by_focal_point", "focal_point": {"title": "Desk", "phones": ["+999 1"]}},
    ],
)
def test_what_is_sensitive_waits_for_a_second_person(
    proposals: Proposals, own_sessions: SessionFactory, service: Record, values: dict[str, object]
) -> None:
    made = proposals.edit(service.id, values, {}, ONE, "they moved")
    assert isinstance(made, Proposal)
    assert now_is(own_sessions, service).values() == service.values()
    with pytest.raises(Refusal, match="somebody else"):
        proposals.approve(made.id, ONE)
    done = proposals.approve(made.id, TWO)
    assert done.record is not None and done.record.values() != service.values()
    assert proposals.waiting() == []


def test_an_approved_number_counts_as_confirmed_today_and_nothing_else_does(
    proposals: Proposals, own_sessions: SessionFactory, service: Record
) -> None:
    made = proposals.edit(service.id, NEW_PHONE, {}, ONE, "new sim")
    assert isinstance(made, Proposal)
    proposals.approve(made.id, TWO)
    after = now_is(own_sessions, service)
    assert after.phone_verified == NOW.date()
    assert (after.assured_date, after.existence_verified) == (None, service.assured_date)


def test_a_proposal_whose_service_changed_is_not_applied(
    proposals: Proposals, changes: Changes, own_sessions: SessionFactory, service: Record
) -> None:
    made = proposals.edit(service.id, NEW_PHONE, {}, ONE, "")
    assert isinstance(made, Proposal)
    changes.edit(service.id, {"phones": [{"number": "+999 20 555 1111"}]}, "command line", "")
    with pytest.raises(Conflict):
        proposals.approve(made.id, TWO)
    assert now_is(own_sessions, service).phones[0].number == "+999 20 555 1111"


def test_a_proposal_can_be_refused_once(proposals: Proposals, service: Record) -> None:
    made = proposals.edit(service.id, NEW_PHONE, {}, ONE, "")
    assert isinstance(made, Proposal)
    proposals.refuse(made.id, TWO)
    for decide in (proposals.approve, proposals.refuse):
        with pytest.raises(Refusal, match="decided"):
            decide(made.id, TWO)


def test_a_proposal_nobody_approves_is_let_go(proposals: Proposals, clock: Clock, service: Record) -> None:
    made = proposals.edit(service.id, NEW_PHONE, {}, ONE, "")
    assert isinstance(made, Proposal)
    clock.later(days=31)
    assert proposals.waiting() == []
    with pytest.raises(Refusal, match="too old"):
        proposals.approve(made.id, TWO)


def test_a_new_service_waits_too(proposals: Proposals, own_sessions: SessionFactory) -> None:
    made = proposals.add(Record(organization="A", name="B", needs=("health",)), ONE, "opened")
    with own_sessions() as session:
        assert len(list(read_records(session))) == 55
    assert proposals.approve(made.id, TWO).record is not None
    with own_sessions() as session:
        assert len(list(read_records(session))) == 56


# Reports ---------------------------------------------------------------------------------------------------


def test_two_reports_flag_and_five_hide(reports: Reports, service: Record) -> None:
    became = [reports.report(service.id, "no_answer", f"person {number}").became for number in range(6)]
    assert became == [None, "flagged", None, None, "hidden", None]


def test_a_person_counts_once(reports: Reports, service: Record) -> None:
    assert [reports.report(service.id, "closed", "somebody").outcome for _ in range(3)] == [
        "counted",
        "again",
        "again",
    ]
    assert reports.in_doubt() == {}


def test_a_person_may_report_a_few_times_a_day(
    reports: Reports, clock: Clock, own_sessions: SessionFactory
) -> None:
    with own_sessions() as session:
        ids = [record.id for record in read_records(session)]
    outcomes = [reports.report(identity, "closed", "somebody").outcome for identity in ids[: A_DAY + 2]]
    assert outcomes == ["counted"] * A_DAY + ["too_many"] * 2
    clock.later(days=1)
    assert reports.report(ids[A_DAY], "closed", "somebody").outcome == "counted"


def test_reports_fade(reports: Reports, clock: Clock, service: Record) -> None:
    for number in range(2):
        reports.report(service.id, "no_answer", f"person {number}")
    assert reports.in_doubt() == {service.id: "flagged"}
    clock.later(days=20)
    reports.fade()
    assert reports.in_doubt() == {}


def test_what_is_hidden_stays_hidden_until_somebody_looks(
    reports: Reports, clock: Clock, service: Record
) -> None:
    for number in range(5):
        reports.report(service.id, "wrong_number", f"person {number}")
    clock.later(days=200)
    reports.fade()
    assert reports.in_doubt() == {service.id: "hidden"}
    reports.clear(service.id)
    assert (reports.in_doubt(), reports.counts(service.id)) == ({}, {})


def test_a_good_report_takes_one_away(reports: Reports, service: Record) -> None:
    reports.report(service.id, "no_answer", "a")
    reports.report(service.id, "good", "b")
    assert reports.report(service.id, "no_answer", "c").became is None


def test_nothing_of_a_report_leads_to_a_person(
    reports: Reports, own_sessions: SessionFactory, service: Record
) -> None:
    reports.report(service.id, "no_answer", "the pseudonym")
    with own_sessions() as session:
        rows = [str(session.execute(select(table)).all()) for table in (tables.reports, tables.allowances)]
    assert all(rows) and "the pseudonym" not in "".join(rows)


def test_a_service_that_is_not_there_cannot_be_reported(reports: Reports) -> None:
    assert reports.report("nothing", "closed", "a").outcome == "unknown"


def own(verification: Verification, service: Record) -> None:
    """Somebody accepted the invitation to answer for the service."""
    with verification._sessions() as session, session.begin():
        values = {
            "invitation": "INV001",
            "pseudonym": "owner",
            "role": "owner",
            "area": service.id,
            "granted_at": 0.0,
        }
        session.execute(insert(grants).values(**values))


# Verification ----------------------------------------------------------------------------------------------


def test_an_owner_is_asked_monthly_and_sooner_when_in_doubt(
    verification: Verification, reports: Reports, changes: Changes, clock: Clock, service: Record
) -> None:
    own(verification, service)
    changes.confirm(service.id, "x", "")
    assert verification.questions() == []
    clock.later(days=31)
    asked = verification.questions()
    assert [each.service_id for each in asked] == [service.id]
    assert verification.questions() == []
    verification.answer(asked[0].id, "right", "owner X", "owner")
    assert verification.questions() == []
    clock.later(days=8)
    for number in range(2):
        reports.report(service.id, "no_answer", f"person {number}")
    assert [each.service_id for each in verification.questions()] == [service.id]


def test_two_silences_escalate_once(verification: Verification, clock: Clock, service: Record) -> None:
    own(verification, service)
    assert len(verification.questions()) <= 1
    if not verification.unanswered():
        clock.later(days=31)
        verification.questions()
    clock.later(days=7)
    assert verification.escalations() == []
    assert [each.tries for each in verification.questions()] == [2]
    clock.later(days=7)
    assert verification.questions() == []
    assert verification.escalations() == [service.id]
    assert verification.escalations() == []


def ask(verification: Verification, clock: Clock, service: Record) -> str:
    own(verification, service)
    clock.later(days=31)
    return next(each.id for each in verification.questions() if each.service_id == service.id)


def test_still_right_confirms_and_settles_reports(
    verification: Verification, reports: Reports, own_sessions: SessionFactory, clock: Clock, service: Record
) -> None:
    identity = ask(verification, clock, service)
    for number in range(5):
        reports.report(service.id, "no_answer", f"person {number}")
    verification.answer(identity, "right", "owner X", "owner")
    assert now_is(own_sessions, service).assured_date == clock.now.date() > date(2026, 12, 1)
    assert reports.in_doubt() == {}


def test_closed_takes_it_out_of_the_search(
    verification: Verification, own_sessions: SessionFactory, clock: Clock, service: Record
) -> None:
    verification.answer(ask(verification, clock, service), "closed", "owner X", "owner")
    assert now_is(own_sessions, service).status == "inactive"


def test_not_mine_ends_the_ownership(verification: Verification, clock: Clock, service: Record) -> None:
    verification.answer(ask(verification, clock, service), "not_mine", "owner X", "owner")
    assert verification.owned_by("owner") == ()


def test_a_question_is_answered_once_and_by_its_owner(
    verification: Verification, clock: Clock, service: Record
) -> None:
    identity = ask(verification, clock, service)
    with pytest.raises(Refusal, match="not asked"):
        verification.answer(identity, "closed", "stranger", "stranger")
    verification.answer(identity, "changed", "owner X", "owner")
    with pytest.raises(Refusal, match="already"):
        verification.answer(identity, "right", "owner X", "owner")


def test_a_link_answers_without_a_person(
    verification: Verification, changes: Changes, clock: Clock, own_sessions: SessionFactory, service: Record
) -> None:
    changes.edit(service.id, {"assurer_email": "owner@example.org"}, "x", "")
    clock.later(days=31)
    question = next(each for each in verification.questions() if each.service_id == service.id)
    assert question.email == "owner@example.org"
    found = verification.by_token(question.token)
    assert found is not None and found.id == question.id
    assert verification.by_token("another") is None
    verification.answer(found.id, "not_mine", "owner by e-mail")
    assert now_is(own_sessions, service).assurer_email is None
