"""E-mails to owners, against a mail server on this machine."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator

import pytest

from bot.mail import Mailer
from bot.settings import MailSettings, Settings, SettingsError


class Server(socketserver.ThreadingTCPServer):
    """Just enough of RFC 5321 to take a message."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.taken: list[str] = []
        super().__init__(("127.0.0.1", 0), Conversation)


class Conversation(socketserver.StreamRequestHandler):
    server: Server

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = []
                while (text := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(text.decode())
                self.server.taken.append("".join(lines))
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 yes\r\n")
            if word == b"QUIT":
                return


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


def settings(port: int) -> MailSettings:
    return MailSettings("127.0.0.1", port, None, None, False, "guide@example.org")


def test_an_e_mail_arrives(server: Server) -> None:
    Mailer(settings(server.server_address[1])).send(
        "owner@example.org", "Clinic\nnight: still right?", "Open: 24/7"
    )
    assert "To: owner@example.org" in server.taken[0]
    assert "Subject: Clinic night: still right?" in server.taken[0]
    assert "Open: 24/7" in server.taken[0]


def test_a_server_that_is_not_there_is_an_error_that_can_be_caught() -> None:
    with pytest.raises(OSError):
        Mailer(settings(9)).send("owner@example.org", "x", "y")


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({"DISCLOSURE_GUIDE_SMTP_URL": "mail.example.org"}, "smtp://"),
        ({"DISCLOSURE_GUIDE_SMTP_URL": "smtp://mail.example.org"}, "MAIL_FROM"),
        ({"DISCLOSURE_GUIDE_SMTP_URL": "smtp://m", "DISCLOSURE_GUIDE_MAIL_FROM": "a@b"}, "PUBLIC_URL"),
        ({"DISCLOSURE_GUIDE_PUBLIC_URL": "http://guide.example.org"}, "https://"),
    ],
)
def test_settings_that_cannot_be_are_refused(environment: dict[str, str], reason: str) -> None:
    with pytest.raises(SettingsError, match=reason):
        Settings.from_environment(environment)


def test_the_mail_server_is_read() -> None:
    found = Settings.from_environment(
        {
            "DISCLOSURE_GUIDE_SMTP_URL": "smtps://us%40er:pa%3Ass@mail.example.org",
            "DISCLOSURE_GUIDE_MAIL_FROM": "guide@example.org",
            "DISCLOSURE_GUIDE_PUBLIC_URL": "https://guide.example.org/",
        }
    )
    assert found.mail == MailSettings("mail.example.org", 465, "us@er", "pa:ss", True, "guide@example.org")
    assert found.public_url == "https://guide.example.org"
