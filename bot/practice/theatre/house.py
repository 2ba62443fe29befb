"""Where scenes are kept, and how everybody in a session is told the same in the same order.

A scene and what is told of it are written together, and only if nobody else changed the scene meanwhile: so nothing is
told that did not happen, nothing happens untold, and of two acts at the same moment one comes first for everybody.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Iterable, Optional

import sqlalchemy as sa

from bot.practice.cohorts import tables
from bot.practice.cohorts.letters import Letters, Outgoing
from bot.practice.cohorts.members import Member, Members
from bot.practice.cohorts.stages import Stage, Stages
from bot.practice.theatre.scene import ALL, Notice
from bot.practice.theatre.state import Cast, Role, Scene
from bot.practice.theatre.ways import ways, ways_between
from bot.wording.renderer import Message, Renderer
from bot.wording.reply import Reply


@dataclass(frozen=True)
class Session:
    """A session as it stands.

    Attributes:
        version: goes up with every change of the scene.
        scene: what is played; None between scenes.
    """

    code: str
    version: int
    scene: Optional[Scene]
    members: tuple[Member, ...]
    stages: tuple[Stage, ...]

    @property
    def cast(self) -> Cast:
        trainer = next((member.id for member in self.members if member.is_trainer), None)
        names = {member.id: member.name for member in self.members if member.name}
        return Cast(names, trainer, frozenset(member.id for member in self.members if member.is_here))

    def role(self, member: Member) -> Role:
        if member.is_trainer:
            return Role.TRAINER
        return self.scene.role(member.id, self.cast) if self.scene else Role.OBSERVER


class House:
    """The sessions. Every method blocks.

    Args:
        members, stages, letters: see there.
        renderer: puts what is told into everybody's language.
    """

    def __init__(self, members: Members, stages: Stages, letters: Letters, renderer: Renderer) -> None:
        self._members = members
        self._stages = stages
        self._letters = letters
        self._renderer = renderer

    def session(self, code: str) -> Optional[Session]:
        """A session as it stands; None when there is none."""
        table = tables.cohorts
        with self._members.engine.connect() as connection:
            row = connection.execute(sa.select(table).where(table.c.code == code)).first()
        if row is None:
            return None
        scene = Scene.from_json(json.loads(self._members.keyring.decrypt(row.scene))) if row.scene else None
        return Session(code, row.version, scene, tuple(self._members.in_session(code)), tuple(self._stages.of(code)))

    def commit(self, session: Session, scene: Optional[Scene], notices: Iterable[Notice]) -> bool:
        """Puts a scene in the place of the session's, and lets everybody know. False, and nothing done, when the
        session has changed since it was read."""
        table = tables.cohorts
        after = Session(session.code, session.version + 1, scene, session.members, session.stages)
        letters = [letter for notice in notices for letter in self.addressed(after, notice)]
        content = self._members.keyring.encrypt(json.dumps(scene.as_json()).encode()) if scene else None
        with self._members.engine.begin() as connection:
            mine = connection.execute(
                sa.update(table)
                .where(table.c.code == session.code, table.c.version == session.version)
                .values(version=after.version, scene=content, last_at=self._members.clock())
            )
            if not mine.rowcount:
                return False
            self._letters.leave_within(connection, letters)
        return True

    def addressed(self, session: Session, notice: Notice) -> list[Outgoing]:
        """A notice as a letter for each who reads it."""
        key = session.scene.key if session.scene else None
        told = key if notice.told_again else None
        made: dict[tuple[str, Optional[Role]], Message] = {}
        letters = []
        for seat, language, role in self._readers(session, notice):
            if (language, role) not in made:
                made[language, role] = self._message(session, notice, language, role)
            letters.append(Outgoing(seat, made[language, role], told))
        return letters

    @staticmethod
    def _readers(session: Session, notice: Notice) -> list[tuple[str, str, Role]]:
        """Seat, language and role of everybody a notice is for; whoever is not there is told nothing."""
        found = []
        for member in session.members:
            role = session.role(member)
            if member.seat and member.is_here and member.name and notice.to in (ALL, role, member.id):
                found.append((member.seat, member.language, role))
        if notice.to == ALL:
            found += [(stage.seat, stage.language, Role.STAGE) for stage in session.stages]
        return found

    def _message(self, session: Session, notice: Notice, language: str, role: Role) -> Message:
        choices = notice.choices
        if notice.with_ways:
            choices += ways(session.scene, role) if session.scene else ways_between(role)
        return self._renderer.render(Reply(notice.parts, choices), language)

    def rendered(self, language: str, replies: Iterable[Reply]) -> list[Message]:
        """Replies for one person."""
        return [self._renderer.render(reply, language) for reply in replies]
