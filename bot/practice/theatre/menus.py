"""What one person reads when they ask for it: lists to choose from, the checklist, where things are."""

from __future__ import annotations

from typing import Iterable, Mapping, Optional

from bot.practice.loader import Script
from bot.practice.models import Track
from bot.practice.moves import HELPFUL, all_moves
from bot.practice.scoring import rubric
from bot.practice.theatre import lines
from bot.practice.theatre.house import Session
from bot.practice.theatre.scene import say
from bot.practice.theatre.state import Phase, Role, Scene
from bot.practice.theatre.ways import payload_of, way, ways, ways_between
from bot.wording.reply import Choice, Reply, text

ON_ONE_PAGE = 7
"""Scenarios shown at once, with the button for more."""

SHOWN_OF_A_LINE = 40
"""Characters of a line on a button."""

AGAIN = "again"
"""What the button back to the checklist carries."""

MARKS = {0.0: "○", 0.5: "◐", 1.0: "●"}
_NEXT = {0.0: 1.0, 1.0: 0.5, 0.5: 0.0}


def scenarios(scripts: Mapping[str, Script], page: int) -> Reply:
    """The scenarios, a page of them."""
    ordered = sorted(scripts.values(), key=lambda script: script.scenario.track is Track.CORE)
    shown = ordered[page * ON_ONE_PAGE : (page + 1) * ON_ONE_PAGE]
    choices = [
        Choice(script.scenario.title, payload_of("about", value=script.scenario.id)) for script in shown
    ]
    if len(ordered) > (page + 1) * ON_ONE_PAGE:
        choices.append(way("scenarios", value=str(page + 1), title="more"))
    return Reply((say("choose"),), tuple(choices))


def about(script: Script) -> Reply:
    """What a scenario is about, for the trainer who chooses."""
    scenario = script.scenario
    parts = (text(scenario.title), text(scenario.outline), text(scenario.notice), say("use_it"))
    return Reply(parts, (way("stage", value=scenario.id), way("scenarios")))


def people(session: Session) -> Reply:
    """Who is here; while a scene is there, with a button to ask each."""
    cast = session.cast
    names = [cast.name(player) for player in cast.players]
    if not names:
        return Reply((say("people.none"),), _ways(session, Role.TRAINER))
    head = say("people", number=len(names), names=", ".join(names))
    scene = session.scene
    if scene is None or scene.phase is Phase.OVER:
        return Reply((head,), _ways(session, Role.TRAINER))
    choices = [
        way("ask", scene.key, player, title="item", mark="·", label=cast.name(player))
        for player in cast.players
        if player != scene.responder
    ]
    return Reply((head, say("people.ask")), tuple(choices))


def rewinding(scene: Scene) -> Reply:
    """The lines that were said, each with a button back to before it."""
    choices = [
        way("back", scene.key, str(turn), title="rewind_to", number=str(turn + 1), words=_short(line.words))
        for turn, line in enumerate(scene.spoken)
    ]
    return Reply((say("rewind"),), tuple(choices))


def suggestions(scene: Scene) -> Reply:
    """The suggested lines, those with the most votes first."""
    ordered = sorted(scene.suggestions, key=lambda each: (-len(each.votes), each.number))
    parts = [
        say("suggestions.one", number=each.number, votes=len(each.votes), words=each.words) for each in ordered
    ]
    choices = [way("play", scene.key, str(each.number), number=str(each.number)) for each in ordered]
    return Reply((say("suggestions"), *parts), tuple(choices))


def checklist(script: Script, scene: Scene, member: str, again: bool = False) -> Reply:
    """The rubric as an observer marks it; `again`: in place of the one in which something was marked."""
    mine = scene.marks.get(member, {})
    choices = []
    for item in rubric().items.values():
        if item.id not in script.scenario.skips and not item.is_answered:
            mark = mine.get(item.id, 0.0)
            choices.append(
                way(
                    "see", scene.key, f"{item.id}.{_NEXT[mark]:g}", title="item",
                    mark=MARKS[mark], label={"text": item.title},
                )
            )  # fmt: skip
    moves = (way("moves", scene.key, "helpful", title="helpful"), way("moves", scene.key, "harmful", title="harmful"))
    return Reply((say("checklist"),), (*choices, *moves), replaces=again)


def moves(scene: Scene, member: str, helpful: bool) -> Reply:
    """The moves an observer may have heard, in place of the checklist."""
    seen = {sight.move for sight in scene.sights if sight.by == member}
    choices = [
        way(
            "saw", scene.key, f"{move.id}.{0 if move.id in seen else 1}", title="item",
            mark=MARKS[float(move.id in seen)], label={"text": move.title},
        )
        for move in all_moves().values()
        if (move.id in HELPFUL) is helpful
    ]  # fmt: skip
    return Reply((say("checklist.moves"),), (*choices, way("check", scene.key, AGAIN)), replaces=True)


def standing(session: Session, script: Optional[Script], member: str) -> Iterable[Reply]:
    """Where the session is, for somebody who comes late or comes back."""
    scene, cast = session.scene, session.cast
    role = Role.TRAINER if member == cast.trainer else scene.role(member, cast) if scene else Role.OBSERVER
    if scene is None or script is None:
        yield Reply((say("what_next") if role is Role.TRAINER else say("waiting"),), _ways(session, role))
        return
    about_it = (say("next_scene", title={"text": script.scenario.title}),)
    notice = text("practice.ready", notice={"text": script.scenario.notice})
    yield Reply((*about_it, notice, say("stop_any_time")))
    if scene.phase is Phase.CASTING:
        yield from _casting(scene, role, member, cast.name(scene.responder))
        return
    for group in lines.so_far(script, scene, cast):
        yield Reply(group)
    if scene.phase is Phase.PLAYING:
        for each in scene.suggestions:
            vote = way("vote", scene.key, str(each.number), number=str(each.number))
            yield Reply((say("suggested", number=each.number, words=each.words),), (vote,))
    yield from _open_questions(scene, member)
    yield Reply((say(_now(scene, role), name=cast.name(scene.frozen_by)),), ways(scene, role))


def _casting(scene: Scene, role: Role, member: str, name: str) -> Iterable[Reply]:
    yield from _open_questions(scene, member)
    if role is Role.TRAINER:
        head = say("plays", name=name) if scene.responder else say("who_plays")
        yield Reply((head,), ways(scene, role))
    elif role is Role.RESPONDER:
        yield Reply((say("you_play"),))
    elif scene.wants_volunteers:
        yield Reply((say("volunteers"),), (way("offer", scene.key),))


def _open_questions(scene: Scene, member: str) -> Iterable[Reply]:
    """What somebody has been asked and has not answered."""
    if scene.asked == member:
        yield Reply((say("will_you"), say("will_you.free")), lines.agreeing(scene.key))
    if scene.pending and scene.pending.spoken.by == member:
        yield Reply(*lines.question(scene.key, scene.pending))


def _now(scene: Scene, role: Role) -> str:
    if scene.phase is Phase.OVER:
        return "finish_checklist" if role is Role.OBSERVER else "is_over"
    if scene.responder is None:
        return "pauses"
    if scene.frozen_by:
        return "frozen"
    return "your_turn" if role is Role.RESPONDER and not scene.pending else "goes_on"


def _ways(session: Session, role: Role) -> tuple[Choice, ...]:
    return ways(session.scene, role) if session.scene else ways_between(role)


def _short(words: str) -> str:
    return words if len(words) <= SHOWN_OF_A_LINE else f"{words[: SHOWN_OF_A_LINE - 1]}…"
