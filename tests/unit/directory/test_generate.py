from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from bot.directory import models
from bot.directory.codes import NEEDS
from bot.directory.generate import generate
from bot.directory.query import Query
from bot.directory.search import Directory
from bot.storage.engine import SessionFactory

from .conftest import NOW, ZONE, empty_sessions

SERVICES = 10_000
SLOWEST_MEDIAN = 0.015
"""Seconds; issue 5 asks for this over 10,000 services. Processor time, so that a busy machine fails no test."""


@pytest.fixture(scope="module")
def generated() -> Iterator[SessionFactory]:
    sessions = empty_sessions()
    with sessions() as session:
        generate(session, SERVICES, today=NOW.date(), seed=5)
        session.commit()
    yield sessions
    with sessions() as session:
        session.get_bind().dispose()


def test_as_many_services_as_asked_cover_every_need(generated: SessionFactory) -> None:
    with generated() as session:
        assert session.scalar(select(func.count()).select_from(models.Service.__table__)) == SERVICES
        term = models.TaxonomyTerm.__table__.c
        used = select(term.code).join(
            models.Attribute.__table__, models.Attribute.__table__.c.taxonomy_term_id == term.id
        )
        assert set(session.scalars(used.distinct())) == set(NEEDS)


def test_places_have_names_in_four_scripts(generated: SessionFactory) -> None:
    place = next(place for place in Directory(generated, lambda: NOW).gazetteer() if place.level == "town")
    scripts = {ord(name[0]) >> 8 for name in (place.name, *place.names)}
    assert len(place.names) == 3 and len(scripts) == 4


def test_the_same_seed_gives_the_same_directory() -> None:
    def made() -> list[str]:
        sessions = empty_sessions()
        with sessions() as session:
            generate(session, 50, today=NOW.date(), seed=3)
            return sorted(session.scalars(select(models.Service.__table__.c.name)))

    assert made() == made()


def test_ten_thousand_services_are_searched_in_less_than_15_ms(generated: SessionFactory) -> None:
    directory = Directory(generated, lambda: NOW, local_zone=ZONE)
    towns = [place for place in directory.gazetteer() if place.level in ("town", "camp")]
    chance = random.Random(2)
    queries = [
        Query(
            chance.choice(NEEDS), place=chance.choice(towns).code, sex=chance.choice((None, "female", "male"))
        )
        for _ in range(120)
    ]
    for query in queries[:20]:
        directory.search(query)
    times = []
    for query in queries:
        begun = time.thread_time()
        result = directory.search(query)
        times.append(time.thread_time() - begun)
        assert result.scope != "none"
    assert statistics.median(times) < SLOWEST_MEDIAN


def test_near_results_are_the_nearest_there_are(generated: SessionFactory) -> None:
    """What the growing rings find first is what a look at everything finds."""
    directory = Directory(generated, lambda: NOW, local_zone=ZONE)
    towns = [place for place in directory.gazetteer() if place.level == "town"]
    for place in random.Random(4).sample(towns, 15):
        few = directory.search(Query("legal", place=place.code, limit=3))
        many = directory.search(Query("legal", place=place.code, limit=50))
        assert [match.service_id for match in few.matches] == [match.service_id for match in many.matches[:3]]
