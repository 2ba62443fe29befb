"""Who may use the assistant in Telegram."""

from __future__ import annotations

from typing import Optional


class Open:
    """Anyone may use it, and there are no invitations."""

    def is_welcome(self, pseudonym: str) -> bool:
        return True

    def accept(self, token: str, pseudonym: str) -> Optional[bool]:
        return None
