"""Who may open a session: whoever holds the role of a trainer or an administrator. As long as nobody has been invited
as a trainer, anybody may, so that an installation can be tried; the first invitation closes that door."""

from __future__ import annotations

from bot.people.invitations import InvitationRefused, People


class InvitedTrainers:
    """Trainers by invitation. Every method blocks."""

    def __init__(self, people: People) -> None:
        self._people = people

    def may_open(self, seat: str) -> bool:
        """Whether a person may open a session."""
        if any(self._people.has_role(seat, role) for role in ("trainer", "administrator")):
            return True
        invited = any(
            each.role == "trainer" and each.state in ("open", "used") for each in self._people.invitations()
        )
        return not invited and not self._people.holders("trainer")

    def accept(self, token: str, seat: str) -> bool:
        """Redeems an invitation; whether it lets this person open sessions."""
        try:
            return self._people.redeem(token, seat).role in ("trainer", "administrator")
        except InvitationRefused:
            return False
