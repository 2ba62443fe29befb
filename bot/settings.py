"""The assistant's settings: their only reader. Every setting is listed in .env.example."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Mapping, Optional
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: where config.yml, domain.yml, data/ and organisation.yml are."""


LOOPBACK = ("127.0.0.1", "::1", "localhost")

RENAMED = {"TELEGRAM_API_BASE_URL": "TELEGRAM_API_URL"}
"""Settings that had another name; under the old one they would go unheard."""


class SettingsError(ValueError):
    """A setting has a value that cannot be used; the message says which and what would do."""


DELETABLE_HOURS = 48
"""Age up to which a bot may delete messages (Bot API, deleteMessage)."""


@dataclass(frozen=True)
class TelegramSettings:
    """How this installation uses Telegram.

    Attributes:
        token: the bot's token, from BotFather.
        base_url: address of the Bot API server up to the token, when it is not Telegram's own.
        webhook_url: https address under which Telegram reaches us; None fetches updates by polling.
        auto_wipe_hours: quiet hours after which a chat is cleared unless the person chooses otherwise; 0 is never.
        by_invitation: only invited people may use it.
    """

    token: str
    base_url: Optional[str] = None
    webhook_url: Optional[str] = None
    auto_wipe_hours: int = 12
    by_invitation: bool = False


@dataclass(frozen=True)
class MailSettings:
    """The mail server that takes our e-mails, and in whose name they go."""

    host: str
    port: int
    user: Optional[str]
    password: Optional[str]
    tls_at_once: bool
    sender: str


@dataclass(frozen=True)
class EncoderSettings:
    """A sentence encoder of the operator's own: its folder, and the SHA-256 its model must have."""

    folder: Path
    sha256: str


@dataclass(frozen=True)
class Settings:
    """How this installation runs.

    Attributes:
        home: the folder that holds all state.
        host, port: where the web chat and the REST route listen.
        database_url: SQLAlchemy address of the database.
        organisation_file: the organisation's own settings.
        require_reviewed: refuse to start while high-risk wording awaits review.
        api_token: bearer token for the REST route when it listens beyond loopback; None allows loopback only.
        page_title, exit_address: what the web page calls itself, and where "quick exit" goes.
        https: people reach the page by https, even if a proxy in front speaks http to us.
        hosts: names the page may be asked for under; another one is a sign of DNS rebinding.
        time_zone: of the services' opening hours.
        telegram: how Telegram is used; None when it is not.
        directory_tokens: bearer token by name of a client that may read the directory.
        public_url: the address under which people reach the pages, without a slash at the end; None without links.
        mail: how e-mails to owners of services are sent; None when they are not.
        encoder: a sentence encoder of the operator's own; None uses the packaged one.
    """

    home: Path
    host: str
    port: int
    database_url: str
    organisation_file: Path
    require_reviewed: bool
    api_token: Optional[str]
    page_title: str
    exit_address: str
    https: bool
    hosts: tuple[str, ...]
    time_zone: str
    telegram: Optional[TelegramSettings]
    directory_tokens: Mapping[str, str]
    public_url: Optional[str]
    mail: Optional[MailSettings]
    encoder: Optional[EncoderSettings] = None

    @property
    def models(self) -> Path:
        """Trained models, newest name last."""
        return self.home / "models"

    @property
    def scenarios(self) -> Path:
        """Practice scenarios taken in as packs."""
        return self.home / "scenarios"

    @property
    def is_loopback(self) -> bool:
        return self.host in LOOPBACK

    @property
    def page_address(self) -> Optional[str]:
        """The address of the pages for links: the public one, or, where only this machine is served, its own."""
        if self.public_url or not self.is_loopback:
            return self.public_url
        return f"http://[{self.host}]:{self.port}" if ":" in self.host else f"http://{self.host}:{self.port}"

    @classmethod
    def from_environment(cls, environment: Optional[Mapping[str, str]] = None) -> Settings:
        """Reads and checks the environment.

        Raises:
            SettingsError: a value cannot be used.
        """
        env = os.environ if environment is None else environment
        home = Path(env.get("DISCLOSURE_GUIDE_HOME") or ROOT / "var").expanduser().resolve()
        host, port = _address(env.get("DISCLOSURE_GUIDE_BIND") or "127.0.0.1:8080")
        hosts = tuple((env.get("DISCLOSURE_GUIDE_HOSTS") or "").replace(",", " ").split())
        return cls(
            home=home,
            host=host,
            port=port,
            database_url=env.get("DATABASE_URL") or f"sqlite:///{home / 'guide.db'}",
            organisation_file=Path(env.get("DISCLOSURE_GUIDE_ORGANISATION") or ROOT / "organisation.yml"),
            require_reviewed=_flag(env, "REQUIRE_REVIEWED"),
            api_token=env.get("DISCLOSURE_GUIDE_API_TOKEN") or None,
            page_title=env.get("DISCLOSURE_GUIDE_PAGE_TITLE") or "Notes",
            exit_address=_exit_address(env.get("DISCLOSURE_GUIDE_EXIT_ADDRESS") or "about:blank"),
            https=_flag(env, "DISCLOSURE_GUIDE_HTTPS"),
            hosts=hosts or (LOOPBACK if host in LOOPBACK else ("*",)),
            time_zone=env.get("DISCLOSURE_GUIDE_TIME_ZONE") or "UTC",
            telegram=_telegram(env),
            directory_tokens=_tokens(env),
            public_url=_public_url(env),
            mail=_mail(env),
            encoder=_encoder(env),
        )


def _encoder(env: Mapping[str, str]) -> Optional[EncoderSettings]:
    folder = env.get("DISCLOSURE_GUIDE_ENCODER") or ""
    if not folder:
        return None
    sha256 = (env.get("DISCLOSURE_GUIDE_ENCODER_SHA256") or "").strip().lower()
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise SettingsError(
            "DISCLOSURE_GUIDE_ENCODER needs DISCLOSURE_GUIDE_ENCODER_SHA256, the SHA-256 of its model.onnx (64 digits)."
        )
    return EncoderSettings(Path(folder).expanduser(), sha256)


LEAST_TOKEN = 24
"""Characters of a token that cannot be guessed."""


def _tokens(env: Mapping[str, str]) -> Mapping[str, str]:
    found = {}
    for pair in (env.get("DISCLOSURE_GUIDE_DIRECTORY_TOKENS") or "").replace(",", " ").split():
        name, _, token = pair.partition(":")
        if not name or len(token) < LEAST_TOKEN or name in found:
            raise SettingsError(
                "DISCLOSURE_GUIDE_DIRECTORY_TOKENS must list name:token pairs, each name once and each token of "
                f"{LEAST_TOKEN} characters or more."
            )
        found[name] = token
    return found


def _public_url(env: Mapping[str, str]) -> Optional[str]:
    value = (env.get("DISCLOSURE_GUIDE_PUBLIC_URL") or "").rstrip("/")
    if not value:
        return None
    address = urlsplit(value)
    local = address.hostname in LOOPBACK
    if not address.netloc or address.scheme not in (("https", "http") if local else ("https",)):
        raise SettingsError(
            f"DISCLOSURE_GUIDE_PUBLIC_URL is “{value}”, but it must begin with https://, because its links open pages."
        )
    return value


def _mail(env: Mapping[str, str]) -> Optional[MailSettings]:
    value = env.get("DISCLOSURE_GUIDE_SMTP_URL") or ""
    if not value:
        return None
    address = urlsplit(value)
    sender = env.get("DISCLOSURE_GUIDE_MAIL_FROM") or ""
    if address.scheme not in ("smtp", "smtps") or not address.hostname:
        raise SettingsError("DISCLOSURE_GUIDE_SMTP_URL must look like smtp://user:password@host:587 or smtps://host.")
    if "@" not in sender:
        raise SettingsError("DISCLOSURE_GUIDE_MAIL_FROM must be the e-mail address that our e-mails come from.")
    if not env.get("DISCLOSURE_GUIDE_PUBLIC_URL"):
        raise SettingsError("DISCLOSURE_GUIDE_SMTP_URL needs DISCLOSURE_GUIDE_PUBLIC_URL for the links in e-mails.")
    at_once = address.scheme == "smtps"
    return MailSettings(
        address.hostname,
        address.port or (465 if at_once else 587),
        unquote(address.username) if address.username else None,
        unquote(address.password) if address.password else None,
        at_once,
        sender,
    )


def _telegram(env: Mapping[str, str]) -> Optional[TelegramSettings]:
    token = (env.get("TELEGRAM_BOT_TOKEN") or "").strip()
    if not token:
        return None
    for old, new in RENAMED.items():
        if env.get(old):
            raise SettingsError(f"{old} is called {new} now. Rename it.")
    webhook = env.get("TELEGRAM_WEBHOOK_URL") or None
    if webhook is not None and not (webhook.startswith("https://") and urlsplit(webhook).netloc):
        raise SettingsError("TELEGRAM_WEBHOOK_URL must begin with https://: Telegram calls nothing else.")
    hours = env.get("TELEGRAM_AUTO_WIPE_HOURS") or "12"
    if not hours.isdigit() or int(hours) > DELETABLE_HOURS:
        raise SettingsError(
            f"TELEGRAM_AUTO_WIPE_HOURS is “{hours}”, but it must be a number from 0 (never) to {DELETABLE_HOURS}: "
            "Telegram lets nobody delete older messages."
        )
    return TelegramSettings(
        token=token,
        base_url=_bot_api(env.get("TELEGRAM_API_URL") or ""),
        webhook_url=webhook,
        auto_wipe_hours=int(hours),
        by_invitation=_flag(env, "TELEGRAM_BY_INVITATION"),
    )


def _bot_api(value: str) -> Optional[str]:
    """The address of another Bot API server up to the token; people give it with and without `/bot`."""
    value = value.strip().rstrip("/")
    if not value:
        return None
    address = urlsplit(value)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise SettingsError(f"TELEGRAM_API_URL is “{value}”, but it must look like http://127.0.0.1:8081.")
    return value if address.path.endswith("/bot") else f"{value}/bot"


def _address(value: str) -> tuple[str, int]:
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise SettingsError(f"DISCLOSURE_GUIDE_BIND is “{value}”, but it must look like 127.0.0.1:8080.")
    return host.strip("[]"), int(port)


def _exit_address(value: str) -> str:
    address = urlsplit(value)
    if value != "about:blank" and not (address.scheme in ("http", "https") and address.netloc):
        raise SettingsError(
            f"DISCLOSURE_GUIDE_EXIT_ADDRESS is “{value}”, but it must be about:blank or begin with https://."
        )
    return value


def _flag(env: Mapping[str, str], name: str) -> bool:
    value = (env.get(name) or "0").lower()
    if value not in ("0", "1", "true", "false", "yes", "no"):
        raise SettingsError(f"{name} is “{value}”, but it must be 1 or 0.")
    return value in ("1", "true", "yes")
