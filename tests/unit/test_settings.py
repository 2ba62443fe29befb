from pathlib import Path

import pytest

from bot.app import CannotStart, build_foundation
from bot.settings import Settings, SettingsError


def settings(**environment: str) -> Settings:
    return Settings.from_environment(environment)


def test_an_empty_environment_runs_on_loopback() -> None:
    found = settings()
    assert found.is_loopback and not found.https
    assert found.hosts == ("127.0.0.1", "::1", "localhost")


def test_beyond_loopback_any_name_is_answered_unless_names_are_given() -> None:
    assert settings(DISCLOSURE_GUIDE_BIND="0.0.0.0:80").hosts == ("*",)
    named = settings(DISCLOSURE_GUIDE_BIND="0.0.0.0:80", DISCLOSURE_GUIDE_HOSTS="a.example, b.example")
    assert named.hosts == ("a.example", "b.example")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DISCLOSURE_GUIDE_BIND", "8080"),
        ("DISCLOSURE_GUIDE_BIND", "127.0.0.1:99999"),
        ("DISCLOSURE_GUIDE_EXIT_ADDRESS", "javascript:alert(1)"),
        ("DISCLOSURE_GUIDE_HTTPS", "perhaps"),
        ("REQUIRE_REVIEWED", "maybe"),
        ("DISCLOSURE_GUIDE_ENCODER", "/somewhere/without/a/checksum"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_in_one_sentence(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as refused:
        settings(**{name: value})
    assert "\n" not in str(refused.value)


def test_every_setting_is_listed_in_the_example() -> None:
    root = Path(__file__).parents[2]
    listed = {
        line.partition("=")[0] for line in (root / ".env.example").read_text().splitlines() if "=" in line
    }
    source = (root / "bot" / "settings.py").read_text()
    assert {name for name in listed if f'"{name}"' not in source} == set()


def test_a_language_without_texts_is_not_offered(tmp_path: Path) -> None:
    organisation = tmp_path / "organisation.yml"
    organisation.write_text("languages: [en, tlh]\n")
    chosen = settings(
        DISCLOSURE_GUIDE_HOME=str(tmp_path / "home"), DISCLOSURE_GUIDE_ORGANISATION=str(organisation)
    )
    with pytest.raises(CannotStart, match="tlh"):
        build_foundation(chosen)


def test_telegram_is_used_only_with_a_token_and_its_webhook_is_https() -> None:
    assert settings().telegram is None
    used = settings(TELEGRAM_BOT_TOKEN="1:a", TELEGRAM_AUTO_WIPE_HOURS="0").telegram
    assert used is not None and used.webhook_url is None and used.auto_wipe_hours == 0
    for wrong in (
        {"TELEGRAM_WEBHOOK_URL": "http://a"},
        {"TELEGRAM_AUTO_WIPE_HOURS": "49"},
        {"TELEGRAM_API_URL": "localhost:8081"},
        {"TELEGRAM_API_BASE_URL": "http://127.0.0.1:8081/bot"},
    ):
        with pytest.raises(SettingsError, match=next(iter(wrong))):
            settings(TELEGRAM_BOT_TOKEN="1:a", **wrong)


@pytest.mark.parametrize("given", ["http://127.0.0.1:8081", "http://127.0.0.1:8081/", "http://127.0.0.1:8081/bot"])
def test_another_bot_api_server_is_given_with_and_without_the_bot(given: str) -> None:
    used = settings(TELEGRAM_BOT_TOKEN="1:a", TELEGRAM_API_URL=given).telegram
    assert used is not None and used.base_url == "http://127.0.0.1:8081/bot"
