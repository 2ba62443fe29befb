"""People with a role, and the invitations that give roles. Knows no transport."""
