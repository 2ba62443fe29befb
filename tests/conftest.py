"""What every test may use: the shipped guidance, and the whole assistant on a database of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Iterator

import pytest

from bot.privacy.logs import configure

configure()

from bot.guidance.loader import library as shipped_library  # noqa: E402
from bot.guidance.models import Library  # noqa: E402
from bot.settings import Settings  # noqa: E402
from bot.understanding.moves import Moves  # noqa: E402
from bot.understanding.reading import Reader  # noqa: E402


@pytest.fixture(scope="session")
def library() -> Library:
    return shipped_library()


@pytest.fixture(scope="session")
def model() -> Path:
    """The trained model, from the state folder when it is up to date."""
    from bot.app import ensure_model

    return ensure_model(Settings.from_environment(), lambda sentence: None)


@pytest.fixture(scope="session")
def reader(model: Path) -> Reader:
    """What reads messages, with the trained models."""
    from bot.assistant.model_file import read_models

    return Reader(*read_models(model))


@pytest.fixture(scope="session")
def moves() -> Moves:
    """What reads the moves of a trainee's line, with the trained model."""
    from bot.understanding.trained_moves import trained_moves

    return trained_moves(Settings.from_environment().models, lambda sentence: None)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("home")
    # Trained models are of the files, not of a test: they are trained once, where `make run` finds them too.
    models = Settings.from_environment().models
    models.mkdir(parents=True, exist_ok=True)
    (home / "models").symlink_to(models, target_is_directory=True)
    return replace(
        Settings.from_environment(),
        home=home,
        database_url=f"sqlite:///{home / 'guide.db'}",
        organisation_file=home / "organisation.yml",
        require_reviewed=False,
        api_token=None,
    )


@pytest.fixture(scope="session")
def foundation(settings: Settings) -> Iterator[object]:
    from bot.app import build_foundation

    yield build_foundation(settings)


@pytest.fixture(scope="session")
def gateway(foundation: object, model: Path) -> object:
    from bot.app import build_gateway

    return build_gateway(foundation, model)  # type: ignore[arg-type]
