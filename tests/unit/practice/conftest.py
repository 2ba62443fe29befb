"""A database for sessions, members and results, and a clock that can be moved."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from bot.practice.cohorts import tables
from bot.practice.cohorts.members import Members
from bot.practice.cohorts.results import Results
from bot.privacy.keys import Keyring
from bot.storage.engine import open_engine


class Clock:
    """Seconds since 1970, as the test says; a second passes with every look."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        self.now += 1
        return self.now

    def pass_days(self, days: float) -> None:
        self.now += days * 86_400


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = open_engine(f"sqlite:///{tmp_path / 'practice.db'}")
    tables.metadata.create_all(engine)
    return engine


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring(tmp_path)


@pytest.fixture
def members(engine: Engine, keyring: Keyring, clock: Clock) -> Members:
    return Members(engine, keyring, clock)


@pytest.fixture
def results(engine: Engine, keyring: Keyring, clock: Clock) -> Results:
    return Results(engine, keyring, clock)
