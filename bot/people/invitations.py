"""Invitations: 128-bit tokens, used once, good for 72 hours, bound to a role and an area."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import Callable, Final, List, Literal, Optional, Tuple

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.people.tables import grants, invitations, reachable
from bot.privacy.keys import Keyring

Role = Literal["staff", "trainer", "focal_point", "owner", "administrator"]
ROLES: Final[Tuple[Role, ...]] = ("staff", "trainer", "focal_point", "owner", "administrator")
"""An `owner` answers for one service of the directory: the area of that role is the service's id."""

WRITTEN_TO: Final = frozenset({"focal_point", "owner", "administrator"})
"""Roles whose holders are written to, so that their address is kept."""

TOKEN_BYTES: Final = 16
"""128 bits: as a deep link it takes 22 of the 64 characters Telegram allows (Bot API, deep linking)."""

VALID_HOURS: Final = 72
KEPT_DAYS: Final = 30
"""Days an invitation that nobody used is listed after it has run out."""

ID_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Letters and digits that are not mistaken for each other."""

_HOUR = 3600.0

State = Literal["open", "used", "expired", "revoked"]


class InvitationRefused(Exception):
    """A token that gives nothing: `reason` is unknown, expired, used or revoked."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class NewInvitation:
    """An invitation just made; the only moment its token is known."""

    id: str
    token: str
    role: str
    area: Optional[str]
    expires_at: float


@dataclass(frozen=True)
class Invitation:
    """An invitation as it is listed."""

    id: str
    role: str
    area: Optional[str]
    label: Optional[str]
    expires_at: float
    state: State


@dataclass(frozen=True)
class Grant:
    """A role, everywhere or in one area."""

    role: str
    area: Optional[str] = None
    invitation: str = ""

    @property
    def actor(self) -> str:
        """What a history calls the person: the role and the invitation, never a name."""
        return f"{self.role.replace('_', ' ')} {self.invitation}"


@dataclass(frozen=True)
class Address:
    """Where somebody is written to, and in which language."""

    channel: str
    address: str
    language: str


class People:
    """People with roles, and invitations. Every method blocks.

    Args:
        engine: the database.
        keyring: encrypts labels.
        clock: seconds since 1970.
    """

    def __init__(self, engine: Engine, keyring: Keyring, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._keyring = keyring
        self._clock = clock

    def invite(self, role: Role, area: Optional[str] = None, label: Optional[str] = None) -> NewInvitation:
        """Makes an invitation.

        Raises:
            ValueError: no such role.
        """
        if role not in ROLES:
            raise ValueError(f"no such role: {role}")
        token = secrets.token_urlsafe(TOKEN_BYTES)
        identity = "".join(secrets.choice(ID_LETTERS) for _ in range(6))
        expires_at = self._clock() + VALID_HOURS * _HOUR
        with self._engine.begin() as connection:
            connection.execute(
                sa.insert(invitations).values(
                    id=identity,
                    token_hash=_hash(token),
                    role=role,
                    area=area,
                    label=self._keyring.encrypt(label.encode()) if label else None,
                    expires_at=expires_at,
                )
            )
        return NewInvitation(identity, token, role, area, expires_at)

    def redeem(self, token: str, pseudonym: str) -> Grant:
        """Gives the person the invitation's role. Of two people at the same moment, one is refused; whoever has
        used it already may use it again, to no further effect.

        Raises:
            InvitationRefused: it gives nothing.
        """
        table, now = invitations, self._clock()
        with self._engine.begin() as connection:
            row = connection.execute(sa.select(table).where(table.c.token_hash == _hash(token))).first()
            if row is None:
                raise InvitationRefused("unknown")
            taken = connection.execute(
                sa.update(table)
                .where(
                    table.c.id == row.id,
                    table.c.used_at.is_(None),
                    table.c.revoked_at.is_(None),
                    table.c.expires_at > now,
                )
                .values(used_at=now)
            )
            if not taken.rowcount:
                holder = sa.select(grants).where(
                    grants.c.invitation == row.id, grants.c.pseudonym == pseudonym
                )
                if connection.execute(holder).first() is not None:
                    return Grant(row.role, row.area, row.id)
                raise InvitationRefused(_state(row, now) if _state(row, now) != "open" else "used")
            connection.execute(
                sa.insert(grants).values(
                    invitation=row.id, pseudonym=pseudonym, role=row.role, area=row.area, granted_at=now
                )
            )
        return Grant(row.role, row.area, row.id)

    def roles_of(self, pseudonym: str) -> Tuple[Grant, ...]:
        """What a person may do, the oldest first."""
        query = sa.select(grants).where(grants.c.pseudonym == pseudonym).order_by(grants.c.granted_at)
        with self._engine.connect() as connection:
            return tuple(Grant(row.role, row.area, row.invitation) for row in connection.execute(query))

    def has_role(self, pseudonym: str, role: Role, area: Optional[str] = None) -> bool:
        """Whether a person holds a role; with `area`, there or everywhere."""
        return any(
            grant.role == role and (area is None or grant.area in (None, area))
            for grant in self.roles_of(pseudonym)
        )

    def holders(self, role: Role) -> List[Tuple[str, Grant]]:
        """Everybody who holds a role: pseudonym and grant."""
        query = sa.select(grants).where(grants.c.role == role).order_by(grants.c.granted_at)
        with self._engine.connect() as connection:
            return [
                (row.pseudonym, Grant(row.role, row.area, row.invitation)) for row in connection.execute(query)
            ]

    def reach(self, pseudonym: str, channel: str, address: str, language: str) -> None:
        """Keeps where somebody is written to, if a role of theirs means that we do."""
        if not any(grant.role in WRITTEN_TO for grant in self.roles_of(pseudonym)):
            return
        values = {"channel": channel, "address": self._keyring.encrypt(address.encode()), "language": language}
        with self._engine.begin() as connection:
            known = connection.execute(
                sa.update(reachable).where(reachable.c.pseudonym == pseudonym).values(**values)
            )
            if not known.rowcount:
                connection.execute(sa.insert(reachable).values(pseudonym=pseudonym, **values))

    def address(self, pseudonym: str) -> Optional[Address]:
        """Where somebody is written to; None when they are not."""
        query = sa.select(reachable).where(reachable.c.pseudonym == pseudonym)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        return Address(row.channel, self._keyring.decrypt(row.address).decode(), row.language)

    def invitations(self) -> List[Invitation]:
        """Every invitation still listed, the one that runs out first at the top."""
        now = self._clock()
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(invitations).order_by(invitations.c.expires_at)).all()
        return [
            Invitation(row.id, row.role, row.area, self._label(row.label), row.expires_at, _state(row, now))
            for row in rows
        ]

    def _label(self, sealed: Optional[bytes]) -> Optional[str]:
        return self._keyring.decrypt(sealed).decode() if sealed else None

    def revoke(self, identity: str) -> bool:
        """Takes an invitation back, and the role it gave; whether there was one."""
        with self._engine.begin() as connection:
            found = connection.execute(
                sa.update(invitations)
                .where(invitations.c.id == identity.upper(), invitations.c.revoked_at.is_(None))
                .values(revoked_at=self._clock())
            )
            connection.execute(sa.delete(grants).where(grants.c.invitation == identity.upper()))
            holding = sa.select(grants.c.pseudonym).where(grants.c.role.in_(WRITTEN_TO))
            connection.execute(sa.delete(reachable).where(reachable.c.pseudonym.not_in(holding)))
        return bool(found.rowcount)

    def purge(self) -> None:
        """Drops invitations that ran out or were taken back long ago; a used one stays as long as its role."""
        before = self._clock() - KEPT_DAYS * 24 * _HOUR
        held = sa.select(grants.c.invitation)
        with self._engine.begin() as connection:
            connection.execute(
                sa.delete(invitations).where(
                    invitations.c.expires_at < before, invitations.c.id.not_in(held)
                )
            )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _state(row: sa.engine.Row, now: float) -> State:
    if row.revoked_at is not None:
        return "revoked"
    if row.used_at is not None:
        return "used"
    return "expired" if row.expires_at <= now else "open"
