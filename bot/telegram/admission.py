"""Who may use the assistant in Telegram, and how an invitation is accepted."""

from __future__ import annotations

import re
from typing import Optional

from bot.people.invitations import InvitationRefused, People

CHANNEL = "telegram"

TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")
"""What an invitation looks like in `/start <token>`; other words after /start are ignored."""


class Admission:
    """Lets people in: everybody, or those with a role.

    Args:
        people: who has a role.
        by_invitation: only those with a role may use the assistant.
    """

    def __init__(self, people: People, by_invitation: bool) -> None:
        self._people = people
        self._by_invitation = by_invitation

    def is_welcome(self, pseudonym: str) -> bool:
        return not self._by_invitation or bool(self._people.roles_of(pseudonym))

    def accept(self, token: str, pseudonym: str, address: int, language: str) -> Optional[bool]:
        """Redeems an invitation: True, False when it is refused, None when the text is no invitation.

        Args:
            address: the chat's number, kept only for roles whose holders are written to.
        """
        if not TOKEN.fullmatch(token):
            return None
        try:
            self._people.redeem(token, pseudonym)
            self._people.reach(pseudonym, CHANNEL, str(address), language)
        except InvitationRefused:
            return False
        return True
