"""What can be pressed: the buttons under a message, by role and by where the scene is."""

from __future__ import annotations

from typing import Final, Optional

from bot.practice.theatre.state import Phase, Role, Scene
from bot.wording.reply import Choice, ParamValue

PREFIX: Final = "/session:"
"""Payloads of sessions begin so. They travel as they are in every channel, because everybody in a group presses the
same button; who may do what is looked up with every press. The longest has 50 bytes of the Bot API's 64."""

NO_SCENE: Final = "-"


RESULTS: Final = Choice("practice.button.figures", "/results:show")
"""The figures of the session; the trainer's desk answers (bot.practice.cohorts.desk)."""


def payload_of(verb: str, key: str = NO_SCENE, value: str = "") -> str:
    """What a button sends back: the verb, the scene it belongs to, and a value."""
    return f"{PREFIX}{verb}:{key}:{value}" if value else f"{PREFIX}{verb}:{key}"


def read_payload(payload: str) -> Optional[tuple[str, str, str]]:
    """A button's verb, scene and value; None when it is none of ours."""
    if not payload.startswith(PREFIX):
        return None
    parts = payload.removeprefix(PREFIX).split(":")
    if len(parts) > 3:
        return None
    verb, key, value = [*parts, *("", NO_SCENE, "")[len(parts) :]]
    return verb, key, value


def way(verb: str, key: str = NO_SCENE, value: str = "", title: str = "", **params: ParamValue) -> Choice:
    """A button; its title is the text of the verb unless another is named."""
    return Choice(f"practice.session.button.{title or verb}", payload_of(verb, key, value), params)


def ways(scene: Scene, role: Role) -> tuple[Choice, ...]:
    """The buttons under whatever somebody in this role reads."""
    if role is Role.TRAINER:
        return _of_the_trainer(scene)
    if scene.phase is Phase.CASTING:
        return ()
    if role is Role.RESPONDER:
        return (way("rest", scene.key),) if scene.phase is Phase.PLAYING else ()
    checklist = way("check", scene.key)
    if scene.phase is Phase.OVER:
        return (checklist,)
    freeze = () if scene.frozen_by else (way("freeze", scene.key),)
    return (*freeze, way("suggest", scene.key), checklist)


def ways_between(role: Role) -> tuple[Choice, ...]:
    """The buttons while no scene is there."""
    if role is not Role.TRAINER:
        return ()
    return (way("scenarios"), way("people"), way("invite"), RESULTS, way("close"))


def _of_the_trainer(scene: Scene) -> tuple[Choice, ...]:
    key = scene.key
    cast = (way("seek", key), way("people", key))
    if scene.phase is Phase.CASTING:
        remarks = way("remarks", key, "end", title="remarks_end") if scene.remarks_now else way("remarks", key, "now")
        begin = (way("begin", key),) if scene.responder else ()
        return (*begin, *cast, remarks, way("scenarios"))
    rewind = (way("rewind", key),) if scene.run.turns else ()
    if scene.phase is Phase.OVER:
        return (way("compare", key), *rewind, way("check", key))
    suggested = (way("suggestions", key, number=str(len(scene.suggestions))),) if scene.suggestions else ()
    end = way("end", key)
    if scene.pending:
        return (way("meant", key, title="leave_open"), way("freeze", key), end)
    if scene.frozen_by or scene.responder is None:
        go_on = (way("goon", key),) if scene.responder else ()
        return (*go_on, *suggested, *rewind, *cast, end)
    return (way("freeze", key), *suggested, *rewind, way("people", key, title="takeover"), end)
