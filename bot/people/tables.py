"""What is kept about people with a role: a pseudonym, never a name."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

invitations = sa.Table(
    "invitation",
    metadata,
    sa.Column("id", sa.String(8), primary_key=True),
    sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("area", sa.String(40)),
    sa.Column("label", sa.LargeBinary),
    sa.Column("expires_at", sa.Float, nullable=False),
    sa.Column("used_at", sa.Float),
    sa.Column("revoked_at", sa.Float),
)
"""`token_hash`: SHA-256 of the token, which is shown once and kept nowhere. `label`: a note for the administrator,
encrypted, because it may name somebody."""

grants = sa.Table(
    "role_grant",
    metadata,
    sa.Column("invitation", sa.String(8), primary_key=True),
    sa.Column("pseudonym", sa.String(32), nullable=False, index=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("area", sa.String(40)),
    sa.Column("granted_at", sa.Float, nullable=False),
)
"""A role somebody holds, by the invitation that gave it."""

reachable = sa.Table(
    "reachable",
    metadata,
    sa.Column("pseudonym", sa.String(32), primary_key=True),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("address", sa.LargeBinary, nullable=False),
    sa.Column("language", sa.String(10), nullable=False),
)
"""How to write to somebody whose role means that we do: focal points, administrators, owners of a service. The address
is encrypted; it goes with the role."""
