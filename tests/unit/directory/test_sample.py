from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select, update

from bot.directory import models
from bot.directory.codes import NEEDS
from bot.directory.entries import entry_id
from bot.directory.hours import is_valid
from bot.directory.query import Query
from bot.directory.sample import load_sample, sample_files
from bot.directory.search import Directory
from bot.storage.engine import SessionFactory

from .conftest import NOW, empty_sessions

ENTRIES = [entry for file in sample_files() for entry in file.services]
PLACES = {place.pcode: place for file in sample_files() for place in file.places}


def test_two_regions_and_at_least_44_services_cover_every_need() -> None:
    assert sum(place.level == "region" for place in PLACES.values()) == 2
    assert len(ENTRIES) >= 44
    assert {need for entry in ENTRIES for need in entry.needs} == set(NEEDS)


def test_every_need_but_those_of_shelters_and_lines_can_be_met_in_each_region(directory: Directory) -> None:
    for region in ("QV01", "QV02"):
        for need in NEEDS:
            assert directory.search(Query(need, place=region)).matches, (region, need)


def test_some_places_have_no_service_of_their_own(directory: Directory) -> None:
    for place in ("Dar Imrun", "Tal Amrin"):
        assert directory.search(Query("health", place=place)).scope == "nearby"


def test_the_sample_is_as_varied_as_life() -> None:
    hours = {entry.hours for entry in ENTRIES}
    assert {"24/7", '"by appointment"', "Sa-Th 08:00-16:00; Fr off"} <= hours
    assert all(is_valid(each) for each in hours if each)
    ages = {entry.verified_days_ago for entry in ENTRIES}
    assert {5, 213} <= ages
    assert any(entry.police_report for entry in ENTRIES)
    assert {"hidden_address", "by_focal_point", "public"} == {entry.confidentiality for entry in ENTRIES}
    assert {"free", "free_for_survivors", "fee", "transport_refunded"} <= {
        cost.code for entry in ENTRIES for cost in entry.costs
    }
    assert "sgn" in {language for entry in ENTRIES for language in entry.languages}
    assert any((entry.expires_in_days or 0) < 0 for entry in ENTRIES)
    assert any(entry.serves == ["male"] for entry in ENTRIES)
    assert any(entry.safe_for.lgbtiq for entry in ENTRIES)


def test_no_number_can_be_dialled_and_no_place_is_on_land() -> None:
    numbers = [phone.number for entry in ENTRIES for phone in entry.phones]
    numbers += [number for file in sample_files() for post in file.focal_points for number in post.phones]
    assert numbers and all(number.startswith("+999 ") and " 555 01" in number for number in numbers)
    assert len(set(numbers)) >= len(numbers) - 2  # the two PSEA focal points are posts and services
    for place in PLACES.values():
        assert place.at is not None
        assert -25 < place.at[0] < -20 and -24 < place.at[1] < -19  # the open South Atlantic


def test_loading_twice_adds_nothing_and_keeps_what_was_edited() -> None:
    sessions = empty_sessions()
    today = NOW.date()
    table = models.Service.__table__
    edited = entry_id("service", "sellim-hospital")
    with sessions() as session:
        assert load_sample(session, today) == len(ENTRIES)
        session.execute(update(table).where(table.c.id == edited).values(name="Edited"))
        session.commit()
    with sessions() as session:
        before = row_counts(session)
        assert load_sample(session, today + timedelta(days=30)) == 0
        assert row_counts(session) == before
        assert session.get(models.Service, edited).name == "Edited"


def test_what_is_missing_of_the_sample_is_added() -> None:
    sessions = empty_sessions()
    with sessions() as session:
        load_sample(session, NOW.date())
        session.delete(session.get(models.Service, entry_id("service", "sellim-hospital")))
        session.commit()
        assert load_sample(session, NOW.date()) == 1
        session.commit()
        assert session.get(models.Service, entry_id("service", "sellim-hospital")).phones


def test_days_are_counted_from_the_day_of_loading(own_sessions: SessionFactory) -> None:
    with own_sessions() as session:
        hospital = session.get(models.Service, entry_id("service", "sellim-hospital"))
        assert (NOW.date() - hospital.assured_date).days == 5


def row_counts(session: object) -> dict[str, int]:
    tables = models.Service.metadata.sorted_tables
    return {table.name: session.scalar(select(func.count()).select_from(table)) for table in tables}  # type: ignore[attr-defined]
