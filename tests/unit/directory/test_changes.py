from __future__ import annotations

import hashlib
import threading
from datetime import date

import pytest
from sqlalchemy import text

from bot.directory.changes import Changes, Conflict, Refusal
from bot.directory.record import Record, difference
from bot.directory.record_reading import read_record, read_records
from bot.directory.record_writing import write_record
from bot.storage.engine import SessionFactory
from tests.unit.directory.conftest import NOW, empty_sessions, loaded_once


def seal(content: str) -> str:
    return hashlib.sha256(b"key" + content.encode()).hexdigest()


@pytest.fixture
def changes(own_sessions: SessionFactory) -> Changes:
    return Changes(own_sessions, seal, lambda: NOW)


def some_id(sessions: SessionFactory) -> str:
    with sessions() as session:
        return next(each.id for each in read_records(session) if each.phones and each.hours)


def test_every_service_of_the_sample_is_written_back_as_it_was_read(own_sessions: SessionFactory) -> None:
    with own_sessions() as session:
        before = list(read_records(session))
        for record in before:
            write_record(session, record)
        session.commit()
        after = list(read_records(session))
    assert len(before) == 55
    for old, new in zip(before, after, strict=True):
        assert difference(old, new) == {}


def test_a_service_can_be_copied_into_an_empty_directory() -> None:
    with loaded_once()() as session:
        records = list(read_records(session))
    sessions = empty_sessions()
    with sessions() as session:
        for record in records:
            places = {"locations": (), "area": (), "comes_to_person": True}
            write_record(session, record.changed(**places))
        session.commit()
        assert len(list(read_records(session))) == 55


def test_an_edit_is_entered_with_who_when_before_after_and_why(
    changes: Changes, own_sessions: SessionFactory
) -> None:
    service = some_id(own_sessions)
    made = changes.edit(service, {"alert": "Closed on market days"}, "focal point K7", "they told me")
    assert made is not None and made.record is not None and made.record.alert == "Closed on market days"
    entry = changes.history(service)[0]
    assert (entry.actor, entry.action, entry.why, entry.at) == ("focal point K7", "edit", "they told me", NOW)
    assert (entry.before, entry.after) == ({"alert": None}, {"alert": "Closed on market days"})
    assert changes.check() == []


def test_an_edit_that_changes_nothing_leaves_no_entry(changes: Changes, own_sessions: SessionFactory) -> None:
    assert changes.edit(some_id(own_sessions), {"alert": None}, "a", "b") is None
    assert changes.history() == []


def test_a_change_that_was_not_seen_is_not_overwritten(
    changes: Changes, own_sessions: SessionFactory
) -> None:
    service = some_id(own_sessions)
    seen = {"alert": None}
    changes.edit(service, {"alert": "first"}, "one", "", seen)
    with pytest.raises(Conflict) as caught:
        changes.edit(service, {"alert": "second"}, "two", "", seen)
    assert caught.value.now == "first"


def test_two_people_changing_different_fields_lose_nothing(
    changes: Changes, own_sessions: SessionFactory
) -> None:
    service = some_id(own_sessions)
    changes.edit(service, {"alert": "first"}, "one", "", {"alert": None})
    changes.edit(service, {"description": "second"}, "two", "")
    with own_sessions() as session:
        record = read_record(session, service)
    assert record is not None and (record.alert, record.description) == ("first", "second")


def test_many_editing_at_once_lose_nothing_and_the_history_stays_whole(tmp_path: object) -> None:
    from bot.storage.engine import open_engine, session_factory
    from bot.storage.migrations import migrate_engine

    engine = open_engine(f"sqlite:///{tmp_path}/guide.db")
    migrate_engine(engine)
    sessions = session_factory(engine)
    changes = Changes(sessions, seal, lambda: NOW)
    service = changes.add(Record(organization="A", name="B", needs=("health",)), "x", "").record
    assert service is not None
    failures: list[Exception] = []

    def edit(number: int) -> None:
        try:
            for turn in range(5):
                changes.edit(
                    service.id, {"translations": {"name": {"fr": f"{number} {turn}"}}}, str(number), ""
                )
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [entry.number for entry in changes.history(limit=None)] == list(range(31, 0, -1))
    assert changes.check() == []


def test_a_change_is_taken_back(changes: Changes, own_sessions: SessionFactory) -> None:
    service = some_id(own_sessions)
    with own_sessions() as session:
        before = read_record(session, service)
    assert before is not None
    made = changes.edit(service, {"phones": [{"number": "+999 1 234"}], "hours": "24/7"}, "one", "wrong row")
    assert made is not None
    changes.revert(made.number, "one", "undo")
    with own_sessions() as session:
        after = read_record(session, service)
    assert after is not None and difference(before, after) == {}
    assert changes.check() == []


def test_a_change_that_was_changed_again_is_not_taken_back(
    changes: Changes, own_sessions: SessionFactory
) -> None:
    service = some_id(own_sessions)
    made = changes.edit(service, {"alert": "first"}, "one", "")
    changes.edit(service, {"alert": "second"}, "two", "")
    assert made is not None
    with pytest.raises(Conflict):
        changes.revert(made.number, "one", "undo")


def test_a_batch_is_all_or_nothing_and_can_be_taken_back(
    changes: Changes, own_sessions: SessionFactory
) -> None:
    new = Record(id="n1", organization="New", name="One", needs=("health",))
    astray = Record(id="n2", organization="New", name="Two", needs=("health",), area=("NOWHERE",))
    with pytest.raises(Refusal, match="NOWHERE"):
        changes.apply([(None, new), (None, astray)], "cli", "sheet")
    assert changes.history() == []
    batch = changes.apply([(None, new)], "cli", "sheet")
    assert changes.revert_batch(batch, "cli", "undo") == 1
    with own_sessions() as session:
        assert read_record(session, "n1") is None
    assert changes.check() == []


def test_what_was_removed_can_be_brought_back(changes: Changes, own_sessions: SessionFactory) -> None:
    made = changes.add(Record(organization="New", name="One", needs=("health",), hours="24/7"), "cli", "")
    removed = changes.revert(made.number, "cli", "")
    assert removed.record is None
    back = changes.revert(removed.number, "cli", "")
    assert back.record is not None and made.record is not None
    assert difference(back.record, made.record) == {}
    assert changes.check() == []


def test_a_confirmation_sets_the_day(changes: Changes, own_sessions: SessionFactory) -> None:
    service = some_id(own_sessions)
    made = changes.confirm(service, "owner", "still right")
    assert made is not None and made.record is not None
    assert made.record.assured_date == date(2026, 11, 25)
    phone = changes.edit(service, {"assured_date": "2026-01-01"}, "x", "")
    assert phone is not None
    again = changes.confirm(service, "owner", "", "phone")
    assert again is not None and again.record is not None
    assert (again.record.phone_verified, again.record.assured_date) == (date(2026, 11, 25), date(2026, 1, 1))


def test_a_new_number_is_not_vouched_for_by_an_old_confirmation() -> None:
    record = Record(organization="A", name="B", assured_date="2026-05-01", phone_verified="2026-06-01")
    changed = record.unconfirmed("phone")
    assert (changed.assured_date, changed.phone_verified) == (None, None)
    assert (changed.existence_verified, changed.hours_verified) == (date(2026, 5, 1), date(2026, 5, 1))


@pytest.mark.parametrize(
    "behind_the_back",
    [
        "UPDATE directory_change SET actor = 'nobody' WHERE number = 2",
        "UPDATE directory_change SET after = '{}' WHERE number = 1",
        "DELETE FROM directory_change WHERE number = 2",
        "DELETE FROM directory_change WHERE number = 3",
        "DELETE FROM directory_change",
        "DELETE FROM directory_chain",
        "UPDATE service SET alert = 'call me instead'",
        "UPDATE phone SET number = '+999 666'",
        "DELETE FROM service",
    ],
)
def test_what_is_done_behind_the_back_is_found(
    changes: Changes, own_sessions: SessionFactory, behind_the_back: str
) -> None:
    service = some_id(own_sessions)
    changes.edit(service, {"alert": "one"}, "a", "")
    changes.edit(service, {"phones": [{"number": "+999 1 234"}]}, "a", "")
    changes.edit(service, {"alert": "three"}, "a", "")
    assert changes.check() == []
    with own_sessions() as session:
        session.execute(text(behind_the_back))
        session.commit()
    assert changes.check() != []


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"hours": "sometimes"}, "opening hours"),
        ({"phones": [{"number": "call Jane"}]}, "phone number"),
        ({"minimum_age": 20, "maximum_age": 10}, "lowest age"),
        ({"confidentiality": "hidden_address", "focal_point": {"title": "x"}}, "hidden address"),
        ({"confidentiality": "by_focal_point", "focal_point": None}, "focal point"),
        ({"url": "javascript:alert(1)"}, "http"),
        ({"email": "somebody"}, "e-mail"),
        ({"needs": ["teleport"]}, "needs"),
        ({"name": "x" * 201}, "200"),
        ({"documents": ["x" * 201]}, "200"),
        ({"locations": [{"address": "x" * 401}]}, "400"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(
    changes: Changes, own_sessions: SessionFactory, wrong: dict[str, object], reason: str
) -> None:
    with pytest.raises(Refusal, match=reason):
        changes.edit(some_id(own_sessions), wrong, "a", "b")
    assert changes.history() == []
