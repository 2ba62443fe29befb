"""What is read of a scene: lines, remarks, where it stands. Text ids and values, no sentence."""

from __future__ import annotations

from dataclasses import replace

from bot.practice.coaching import feedback
from bot.practice.loader import Script
from bot.practice.moves import all_moves
from bot.practice.run import Answer, Run, Stage
from bot.practice.theatre.state import Cast, Pending, Scene, Spoken
from bot.practice.theatre.ways import payload_of, way
from bot.wording.reply import Choice, Kind, Part, quiet, text

MOST_RECALLED = 6
"""Lines that somebody who comes back reads again, the last ones."""


def said(spoken: Spoken, cast: Cast) -> Part:
    """A line as everybody reads it, with who said it."""
    name = "practice.session.said_suggested" if spoken.was_suggested else "practice.session.said"
    return text(name, name=cast.name(spoken.by), words=spoken.words)


def answered(script: Script, run: Run, answer: Answer) -> tuple[Part, ...]:
    """What the person answers, and what can be seen."""
    other = script.scenario.parallel if run.parallel else None
    name = (other or script.scenario).persona.name
    parts = [text("practice.speaks", name=name, line={"text": line}) for line in answer.says]
    if answer.shows:
        parts.append(Part("practice.shows", Kind.QUIET, {"what": {"text": answer.shows}}))
    return tuple(parts)


def remarks(script: Script, run: Run) -> tuple[Part, ...]:
    """The coach's remarks on the last line."""
    parts = []
    for kind, text_id in feedback(script.scenario, run).remarks:
        name = "line" if kind == "try" else "remark"
        parts.append(quiet(f"practice.{kind}", **{name: {"text": text_id}}))
    return tuple(parts)


def remarks_on_all(script: Script, run: Run) -> tuple[Part, ...]:
    """What the coach would change, line by line, for scenes whose remarks come at the end."""
    parts: list[Part] = []
    for number in range(len(run.turns)):
        found = feedback(script.scenario, replace(run, turns=run.turns[: number + 1]))
        change = next((text_id for kind, text_id in found.remarks if kind == "change"), None)
        if change:
            parts.append(quiet("practice.session.remark_on", number=number + 1, remark={"text": change}))
    return tuple(parts)


def opening(script: Script, run: Run) -> tuple[Part, ...]:
    """The scene and the person's first words."""
    _, answer = Stage(script.scenario).begin(run.seed, run.parallel)
    other = script.scenario.parallel if run.parallel else None
    scene = text("practice.scene", scene={"text": other.scene if other else script.scenario.scene})
    return (scene, *answered(script, run, answer))


def so_far(script: Script, scene: Scene, cast: Cast) -> tuple[tuple[Part, ...], ...]:
    """The scene as somebody reads it who comes late or comes back: how it began, then the last lines, each a group."""
    stage = Stage(script.scenario)
    run, _ = stage.begin(scene.run.seed, scene.run.parallel)
    groups = []
    for turn, spoken in zip(scene.run.turns, scene.spoken):
        run, answer = stage.say(run, turn.line)
        groups.append((said(spoken, cast), *answered(script, run, answer)))
    return (opening(script, scene.run), *groups[-MOST_RECALLED:])


def last_words(script: Script, run: Run) -> tuple[Part, ...]:
    """What the person said last."""
    if not run.turns:
        return opening(script, run)
    before, _ = Stage(script.scenario).rewind(run, len(run.turns) - 1)
    now, answer = Stage(script.scenario).say(before, run.turns[-1].line)
    return answered(script, now, answer)


def ended(script: Script, run: Run) -> tuple[Part, ...]:
    """How it ended for the person, where it did."""
    ending = Stage(script.scenario).ending(run)
    return (text(f"practice.ending.{ending.value}"),) if ending else ()


def question(key: str, pending: Pending) -> tuple[tuple[Part, ...], tuple[Choice, ...]]:
    """What a doubtful sentence was meant to do, asked of whoever said it; nothing is scored on a guess."""
    number = pending.line.doubt or 0
    choices = [
        Choice(all_moves()[move].title, payload_of("meant", key, move))
        for move in pending.line.sentences[number].offered
    ]
    choices.append(Choice("practice.button.none_of_these", payload_of("meant", key)))
    words = pending.spoken.sentences[number] if number < len(pending.spoken.sentences) else "…"
    return (text("practice.unsure", sentence=words),), tuple(choices)


def agreeing(key: str) -> tuple[Choice, ...]:
    """The answers of somebody who is asked to play."""
    return way("agree", key, "yes"), way("agree", key, "no", title="disagree")
