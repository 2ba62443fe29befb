"""Where help is missing: what is counted, and how little."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bot.directory.gaps import FEWEST_SHOWN, Gaps, gaps
from bot.directory.lookup import LookUp
from bot.directory.query import Query
from bot.storage.engine import open_engine
from bot.storage.migrations import migrate_engine


@pytest.fixture
def engine(tmp_path: Path) -> sa.engine.Engine:
    made = open_engine(f"sqlite:///{tmp_path / 'guide.db'}")
    migrate_engine(made)
    return made


@pytest.fixture
def look_up(engine: sa.engine.Engine) -> LookUp:
    made = LookUp(engine, ZoneInfo("UTC"))
    made.load_sample_if_empty()
    return made


def test_a_search_that_found_nothing_there_is_counted_by_district(look_up: LookUp) -> None:
    for _ in range(FEWEST_SHOWN):
        assert look_up.search_for_somebody(Query("health", place="Dar Imrun")).scope != "here"
    [(gap, area)] = look_up.gaps()
    assert (gap.need, gap.searches) == ("health", FEWEST_SHOWN)
    assert area != "Dar Imrun"


def test_a_small_number_is_not_shown(look_up: LookUp) -> None:
    look_up.search_for_somebody(Query("health", place="Dar Imrun"))
    [(gap, _)] = look_up.gaps()
    assert gap.searches is None


def test_what_was_found_and_looking_without_a_person_are_not_counted(look_up: LookUp) -> None:
    assert look_up.search_for_somebody(Query("health", place="gate 3")).scope == "here"
    look_up.search(Query("health", place="Dar Imrun"))
    look_up.search_for_somebody(Query("health"))
    look_up.search_for_somebody(Query("health", place="Dar Imrun", offset=3))
    assert look_up.gaps() == []


def test_only_month_need_area_and_outcome_are_kept(look_up: LookUp, engine: sa.engine.Engine) -> None:
    look_up.search_for_somebody(Query("health", place="Dar Imrun", sex="male", age_years=17))
    with engine.connect() as connection:
        [row] = connection.execute(sa.select(gaps)).all()
    assert set(row._mapping) == {"month", "need", "area", "outcome", "searches"}
    assert len(row.month) == 7


def test_old_counts_are_dropped(engine: sa.engine.Engine) -> None:
    with engine.begin() as connection:
        for month in ("2024-10", "2024-11", "2026-11"):
            row = {"month": month, "need": "health", "area": "QV01", "outcome": "nothing", "searches": 9}
            connection.execute(sa.insert(gaps).values(**row))
    counted = Gaps(engine)
    counted.purge(date(2026, 11, 24))
    assert [gap.month for gap in counted.table()] == ["2026-11", "2024-11"]


def test_a_count_that_fails_costs_nobody_an_answer(look_up: LookUp, engine: sa.engine.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE search_gap"))
    assert look_up.search_for_somebody(Query("health", place="Dar Imrun")).matches
