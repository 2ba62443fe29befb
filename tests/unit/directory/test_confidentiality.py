"""Addresses of shelters are not shown, whatever the database holds and whatever is asked."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import update

from bot.directory import models
from bot.directory.codes import NEEDS
from bot.directory.entries import DirectoryFile, entry_id
from bot.directory.query import Query
from bot.directory.search import Directory
from bot.storage.engine import SessionFactory

from .conftest import NOW, ZONE

SECRET_STREET = "77 Hidden Lane"
SECRET_NUMBER = "+999 20 555 0199"


@pytest.fixture
def careless(own_sessions: SessionFactory) -> Directory:
    """A directory into which somebody wrote the shelter's address, phone, place and door."""
    table = models.Location.__table__
    with own_sessions() as session:
        for key in ("coast-shelter-women", "sellim-lgbtiq"):
            location = entry_id("location", key)
            session.execute(
                update(table)
                .where(table.c.id == location)
                .values(
                    location_type="physical",
                    latitude=-24.1234,
                    longitude=-22.4321,
                    precision="exact",
                    place_id=entry_id("place", "QV010101"),
                    transportation=SECRET_STREET,
                )
            )
            session.add(models.Address(location_id=location, address_1=SECRET_STREET))
            session.add(models.Phone(service_id=entry_id("service", key), number=SECRET_NUMBER))
        session.commit()
    return Directory(own_sessions, lambda: NOW, local_zone=ZONE)


@pytest.mark.parametrize("place", [None, "Port Sellim", "gate 3", "QV01", "Velkesh", "Tal Amrin"])
def test_no_search_shows_where_a_confidential_service_is(careless: Directory, place: str | None) -> None:
    for need in NEEDS:
        result = careless.search(Query(need, place=place, limit=50))
        shown = json.dumps(result.as_dict(), ensure_ascii=False) + repr(result)
        assert SECRET_STREET not in shown
        assert SECRET_NUMBER not in shown
        assert "24.123" not in shown and "22.432" not in shown


def test_of_a_hidden_address_neither_place_nor_distance_is_given(careless: Directory) -> None:
    shelter = careless.search(Query("safety", place="Port Sellim", sex="female", age="adult")).matches[0]
    assert shelter.confidentiality == "hidden_address"
    assert (shelter.address, shelter.phones, shelter.place, shelter.distance_km) == (None, (), None, None)
    assert shelter.place_within == () and shelter.transportation is None
    assert shelter.area == ("Doran Coast",)
    contact = shelter.contact_focal_point
    assert contact is not None and contact.title == "GBV focal point, Doran Coast"
    assert [phone.number for phone in contact.phones] == ["+999 20 555 0101"]


def test_a_hidden_service_is_no_nearer_from_one_place_than_from_another(careless: Directory) -> None:
    """Else the distance to three places would give the address away."""
    query = {"sex": "female", "age": "adult", "limit": 50}
    for place in ("Port Sellim", "Marruda", "Haddun", "gate 3"):
        found = careless.search(Query("safety", place=place, **query)).matches  # type: ignore[arg-type]
        shelter = next(match for match in found if match.confidentiality == "hidden_address")
        assert shelter.distance_km is None
        assert "close_by" not in shelter.reasons and "at_this_place" not in shelter.reasons


def test_what_only_the_focal_point_places_is_measured_from_the_town(careless: Directory) -> None:
    room = careless.search(Query("lgbtiq", place="Marruda")).matches[0]
    assert room.confidentiality == "by_focal_point"
    assert room.distance_km == 26.0
    assert (room.address, room.phones, room.place) == (None, (), "Port Sellim")
    assert room.contact_focal_point is not None


def test_a_public_service_names_no_focal_point(careless: Directory) -> None:
    assert careless.search(Query("police", place="Port Sellim")).matches[0].contact_focal_point is None


def test_a_confidential_service_without_a_focal_point_shows_no_way_at_all(
    own_sessions: SessionFactory,
) -> None:
    table = models.Service.__table__
    with own_sessions() as session:
        session.execute(update(table).values(focal_point_id=None))
        session.commit()
    directory = Directory(own_sessions, lambda: NOW, local_zone=ZONE)
    shelter = directory.search(Query("safety", place="Velkesh", sex="female")).matches[0]
    assert (shelter.contact_focal_point, shelter.phones) == (None, ())
    assert "no_phone" in shelter.cautions


@pytest.mark.parametrize(
    "field", [{"address": "1 Road"}, {"place": "QV010101"}, {"phones": ["+999 1"]}, {"at": [1, 2]}]
)
def test_a_file_that_tells_where_a_hidden_service_is_is_refused(field: dict[str, object]) -> None:
    entry = {
        "key": "x",
        "organization": "tide",
        "name": "X",
        "needs": ["safety"],
        "confidentiality": "hidden_address",
        "focal_point": "gbv-coast",
    }
    DirectoryFile.parse_obj({"services": [entry]})
    with pytest.raises(ValueError, match="hidden address"):
        DirectoryFile.parse_obj({"services": [entry | field]})
