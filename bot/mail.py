"""Sends e-mails to owners of services. Nothing about anybody else is ever in one."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage

from bot.settings import MailSettings

TIMEOUT_SECONDS = 20.0


class Mailer:
    """Sends plain e-mails through one server, encrypted on the way unless the server is on this machine.

    Args:
        settings: the server.
    """

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings

    def send(self, recipient: str, subject: str, text: str) -> None:
        """Sends an e-mail. Blocks.

        Raises:
            OSError: the server cannot be reached or does not take it.
        """
        message = EmailMessage()
        message["From"] = self._settings.sender
        message["To"] = recipient
        message["Subject"] = " ".join(subject.split())[:200]
        message.set_content(text)
        with self._connection() as server:
            if self._settings.user and self._settings.password:
                server.login(self._settings.user, self._settings.password)
            server.send_message(message)

    def _connection(self) -> smtplib.SMTP:
        host, port = self._settings.host, self._settings.port
        context = ssl.create_default_context()
        if self._settings.tls_at_once:
            return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
        server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
        if host not in LOCAL:
            server.starttls(context=context)
        return server


LOCAL = ("127.0.0.1", "::1", "localhost")
