"""A scene and what happens to it: an act in, the scene after it and what everybody is told out.

Nothing here keeps, sends or decides by chance, so the same acts in the same order always come to the same scene.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Callable, Mapping, Union

from bot.practice.judging import JudgedLine
from bot.practice.loader import Script
from bot.practice.run import Stage
from bot.practice.theatre import acts, lines
from bot.practice.theatre.acts import Act
from bot.practice.theatre.state import Cast, Pending, Phase, Role, Scene, Sight, Spoken, Suggestion
from bot.practice.theatre.ways import way
from bot.wording.reply import Choice, Part, text

MOST_SUGGESTIONS = 12
"""Lines that wait for votes at a time; the oldest with the fewest votes makes room."""

ALL = "all"
Audience = Union[str, Role]
"""Everybody (`ALL`), everybody in a role, or one member by id."""


class NotNow(Exception):
    """It cannot be done now; `reason` is the id of the text that says why, `practice.session.…`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Notice:
    """What somebody is told.

    Attributes:
        to: who.
        choices: buttons of this message, above those of the reader's role.
        with_ways: the buttons of the reader's role stand under it.
        told_again: whoever comes back reads the same from the scene itself.
    """

    parts: tuple[Part, ...]
    to: Audience = ALL
    choices: tuple[Choice, ...] = ()
    with_ways: bool = True
    told_again: bool = True


Played = tuple[Scene, tuple[Notice, ...]]


def say(text_id: str, **params: Any) -> Part:
    return text(f"practice.session.{text_id}", **params)


def prepare(script: Script, key: str, seed: int, remarks_now: bool = True) -> Played:
    """A scene that waits for a responder. Everybody reads first what it is about, and how to keep out of it."""
    run, _ = Stage(script.scenario).begin(seed)
    scene = Scene(key, run, remarks_now=remarks_now)
    about = (
        say("next_scene", title={"text": script.scenario.title}),
        text("practice.ready", notice={"text": script.scenario.notice}),
        say("stop_any_time"),
    )
    return scene, (Notice(about, choices=(), with_ways=False), Notice((say("who_plays"),), Role.TRAINER))


def play(script: Script, scene: Scene, act: Act, cast: Cast) -> Played:
    """What an act comes to.

    Raises:
        NotNow: it is not this person's to do, or not at this moment.
    """
    return _Playing(script, scene, cast).play(act)


class _Playing:
    """One act on one scene."""

    def __init__(self, script: Script, scene: Scene, cast: Cast) -> None:
        self._script = script
        self._stage = Stage(script.scenario)
        self._scene = scene
        self._cast = cast

    def play(self, act: Act) -> Played:
        handlers: Mapping[type, Callable[[Any], Played]] = {
            acts.SeekVolunteers: self._seek,
            acts.Ask: self._ask,
            acts.Volunteer: self._volunteer,
            acts.Agree: self._agree,
            acts.Begin: self._begin,
            acts.SetRemarks: self._set_remarks,
            acts.Say: self._say,
            acts.Meant: self._meant,
            acts.Freeze: self._freeze,
            acts.GoOn: self._go_on,
            acts.Rewind: self._rewind,
            acts.Draft: self._draft,
            acts.Suggest: self._suggest,
            acts.Vote: self._vote,
            acts.PlaySuggestion: self._play_suggestion,
            acts.MarkItem: self._mark,
            acts.SeeMove: self._see,
            acts.End: self._end,
            acts.Care: self._care,
            acts.Leave: self._leave,
        }
        return handlers[type(act)](act)

    def _trainer_only(self, by: str) -> None:
        if by != self._cast.trainer:
            raise NotNow("not_yours")

    def _must_be(self, *phases: Phase) -> None:
        if self._scene.phase not in phases:
            raise NotNow("not_now")

    # Who plays ------------------------------------------------------------------------------------------

    def _seek(self, act: acts.SeekVolunteers) -> Played:
        self._trainer_only(act.by)
        self._must_be(Phase.CASTING, Phase.PLAYING)
        scene = replace(self._scene, wants_volunteers=True, volunteers=(), asked=None)
        offer = Notice((say("volunteers"),), Role.OBSERVER, (way("offer", scene.key),))
        return scene, (offer, Notice((say("volunteers_asked"),), Role.TRAINER))

    def _volunteer(self, act: acts.Volunteer) -> Played:
        scene = self._scene
        if not scene.wants_volunteers or act.by not in self._cast.players or act.by == scene.responder:
            raise NotNow("not_now")
        if act.by in scene.volunteers:
            return scene, ()
        scene = replace(scene, volunteers=(*scene.volunteers, act.by))
        name = self._cast.name(act.by)
        told = Notice((say("volunteered", name=name),), Role.TRAINER, (self._cast_way(scene, act.by),))
        return scene, (Notice((say("thanks_for_offering"),), act.by, with_ways=False), told)

    def _cast_way(self, scene: Scene, member: str) -> Choice:
        return way("ask", scene.key, member, title="cast", name=self._cast.name(member))

    def _ask(self, act: acts.Ask) -> Played:
        self._trainer_only(act.by)
        self._must_be(Phase.CASTING, Phase.PLAYING)
        if act.whom not in self._cast.players:
            raise NotNow("not_here")
        if act.whom in self._scene.volunteers:
            return self._takes_over(act.whom)
        scene = replace(self._scene, asked=act.whom)
        parts = (say("will_you"), say("will_you.free"))
        question = Notice(parts, act.whom, lines.agreeing(scene.key), with_ways=False)
        return scene, (question, Notice((say("asked", name=self._cast.name(act.whom)),), Role.TRAINER))

    def _agree(self, act: acts.Agree) -> Played:
        if act.by != self._scene.asked:
            raise NotNow("not_now")
        if act.agrees:
            return self._takes_over(act.by)
        scene = replace(self._scene, asked=None)
        thanks = Notice((say("declined"),), act.by, with_ways=False)
        return scene, (thanks, Notice((say("somebody_else"),), Role.TRAINER))

    def _takes_over(self, member: str) -> Played:
        was = self._scene
        scene = replace(
            was, responder=member, asked=None, wants_volunteers=False, volunteers=(), frozen_by=None, pending=None,
            drafting=was.drafting - {member},
        )  # fmt: skip
        name = self._cast.name(member)
        if scene.phase is Phase.CASTING:
            you = Notice((say("you_play"),), member, with_ways=False)
            return scene, (you, Notice((say("plays", name=name),), Role.TRAINER))
        last = lines.last_words(self._script, scene.run)
        return scene, (Notice((say("takes_over", name=name), *last)), Notice((say("your_turn"),), Role.RESPONDER))

    def _leave(self, act: acts.Leave) -> Played:
        """Nobody is told who; only a scene without a responder says that it waits."""
        scene = self._scene.without(act.by) if act.forgets else self._scene
        scene = replace(
            scene,
            volunteers=tuple(each for each in scene.volunteers if each != act.by),
            drafting=scene.drafting - {act.by},
        )
        if act.by == scene.asked:
            return replace(scene, asked=None), (Notice((say("somebody_else"),), Role.TRAINER),)
        if act.by != scene.responder:
            return scene, ()
        scene = replace(scene, responder=None, pending=None)
        if scene.phase is Phase.OVER:
            return scene, ()
        if scene.phase is Phase.CASTING:
            return scene, (Notice((say("somebody_else"),), Role.TRAINER),)
        return scene, (Notice((say("pauses"),)),)

    # Lines ----------------------------------------------------------------------------------------------

    def _begin(self, act: acts.Begin) -> Played:
        self._trainer_only(act.by)
        self._must_be(Phase.CASTING)
        if self._scene.responder is None:
            raise NotNow("no_responder")
        scene = replace(self._scene, phase=Phase.PLAYING)
        name = self._cast.name(scene.responder)
        opening = Notice((say("begins", name=name), *lines.opening(self._script, scene.run)))
        return scene, (opening, Notice((say("your_turn"),), Role.RESPONDER))

    def _set_remarks(self, act: acts.SetRemarks) -> Played:
        self._trainer_only(act.by)
        told = say("remarks_now" if act.now else "remarks_end")
        return replace(self._scene, remarks_now=act.now), (Notice((told,), Role.TRAINER),)

    def _say(self, act: acts.Say) -> Played:
        if act.by != self._scene.responder:
            raise NotNow("not_yours")
        self._may_speak()
        return self._spoken(self._scene, act.line, act.spoken)

    def _may_speak(self) -> None:
        self._must_be(Phase.PLAYING)
        if self._scene.pending:
            raise NotNow("question_open")
        if self._scene.frozen_by:
            raise NotNow("is_frozen")

    def _spoken(self, scene: Scene, line: JudgedLine, spoken: Spoken) -> Played:
        if line.doubt is not None:
            pending = Pending(line, spoken)
            parts, choices = lines.question(scene.key, pending)
            return replace(scene, pending=pending), (Notice(parts, spoken.by, choices, with_ways=False),)
        run, answer = self._stage.say(scene.run, line)
        scene = replace(scene, run=run, spoken=(*scene.spoken, spoken), pending=None)
        remarks = lines.remarks(self._script, run) if scene.remarks_now else ()
        heard = (lines.said(spoken, self._cast), *remarks, *lines.answered(self._script, run, answer))
        if self._stage.is_over(run):
            return self._over(scene, heard)
        return scene, (Notice(heard),)

    def _meant(self, act: acts.Meant) -> Played:
        pending = self._scene.pending
        if pending is None or pending.line.doubt is None:
            raise NotNow("not_now")
        if act.by == pending.spoken.by:
            offered = pending.line.sentences[pending.line.doubt].offered
            chosen = {act.move} if act.move in offered else set()
            line = pending.line.decided(pending.line.doubt, {move for move in chosen if move})
        else:
            # The trainer goes on without an answer: what is doubtful counts as nothing.
            self._trainer_only(act.by)
            line = pending.line.without_doubt()
        return self._spoken(replace(self._scene, pending=None), line, pending.spoken)

    def _over(self, scene: Scene, heard: tuple[Part, ...]) -> Played:
        scene = replace(scene, phase=Phase.OVER, frozen_by=None, pending=None, drafting=frozenset())
        ending = (*heard, say("is_over"), *lines.ended(self._script, scene.run))
        yes, no = way("care", scene.key, "yes", title="care_yes"), way("care", scene.key, "no", title="care_no")
        care = Notice((text("practice.care"),), Role.RESPONDER, (yes, no))
        return scene, (Notice(ending), care, Notice((say("finish_checklist"),), Role.OBSERVER))

    def _end(self, act: acts.End) -> Played:
        self._trainer_only(act.by)
        self._must_be(Phase.PLAYING)
        return self._over(self._scene, ())

    def _care(self, act: acts.Care) -> Played:
        if act.by != self._scene.responder or self._scene.phase is not Phase.OVER:
            raise NotNow("not_now")
        told = text("practice.care.yes" if act.knows else "practice.care.no")
        return replace(self._scene, knows_care=act.knows), (Notice((told,), act.by, with_ways=False),)

    # Freezing, rewinding, suggesting --------------------------------------------------------------------

    def _freeze(self, act: acts.Freeze) -> Played:
        self._must_be(Phase.PLAYING)
        if self._scene.frozen_by:
            raise NotNow("is_frozen_already")
        name = self._cast.name(act.by)
        return replace(self._scene, frozen_by=act.by), (Notice((say("frozen", name=name),)),)

    def _go_on(self, act: acts.GoOn) -> Played:
        self._trainer_only(act.by)
        self._must_be(Phase.PLAYING)
        if self._scene.responder is None:
            raise NotNow("no_responder")
        scene = replace(self._scene, frozen_by=None)
        last = lines.last_words(self._script, scene.run)
        return scene, (Notice((say("goes_on"), *last)), Notice((say("your_turn"),), Role.RESPONDER))

    def _rewind(self, act: acts.Rewind) -> Played:
        self._trainer_only(act.by)
        self._must_be(Phase.PLAYING, Phase.OVER)
        if not 0 <= act.turn < len(self._scene.run.turns):
            raise NotNow("not_now")
        run, answer = self._stage.rewind(self._scene.run, act.turn)
        scene = replace(
            self._scene,
            run=run,
            spoken=self._scene.spoken[: act.turn],
            phase=Phase.PLAYING,
            frozen_by=act.by,
            pending=None,
            knows_care=None,
            sights=frozenset(each for each in self._scene.sights if each.turn <= act.turn),
        )
        before = lines.opening(self._script, run) if not run.turns else lines.answered(self._script, run, answer)
        return scene, (Notice((say("rewound", number=act.turn + 1), *before)),)

    def _draft(self, act: acts.Draft) -> Played:
        self._must_be(Phase.PLAYING)
        if act.by in (self._scene.responder, self._cast.trainer):
            raise NotNow("not_now")
        scene = replace(self._scene, drafting=self._scene.drafting | {act.by})
        return scene, (Notice((say("write_suggestion"),), act.by, with_ways=False),)

    def _suggest(self, act: acts.Suggest) -> Played:
        self._must_be(Phase.PLAYING)
        was = self._scene
        new = Suggestion(was.suggested + 1, act.by, act.words)
        kept = list(was.suggestions)
        if len(kept) >= MOST_SUGGESTIONS:
            kept.remove(min(kept, key=lambda each: (len(each.votes), each.number)))
        scene = replace(
            was, suggestions=(*kept, new), suggested=new.number, drafting=was.drafting - {act.by}
        )
        vote = way("vote", scene.key, str(new.number), number=str(new.number))
        told = say("suggested", number=new.number, words=new.words)
        return scene, (Notice((told,), choices=(vote,)),)

    def _vote(self, act: acts.Vote) -> Played:
        suggestion = self._scene.suggestion(act.number)
        if suggestion is None:
            raise NotNow("suggestion_gone")
        votes = suggestion.votes | {act.by}
        others = tuple(
            replace(each, votes=votes) if each.number == act.number else each for each in self._scene.suggestions
        )
        told = say("voted", number=act.number, votes=len(votes))
        return replace(self._scene, suggestions=others), (Notice((told,), act.by, with_ways=False),)

    def _play_suggestion(self, act: acts.PlaySuggestion) -> Played:
        self._trainer_only(act.by)
        self._must_be(Phase.PLAYING)
        if self._scene.pending:
            raise NotNow("question_open")
        if self._scene.suggestion(act.number) is None:
            raise NotNow("suggestion_gone")
        left = tuple(each for each in self._scene.suggestions if each.number != act.number)
        return self._spoken(replace(self._scene, suggestions=left, frozen_by=None), act.line, act.spoken)

    # What observers see ---------------------------------------------------------------------------------

    def _mark(self, act: acts.MarkItem) -> Played:
        self._may_watch(act.by)
        mine = {item: mark for item, mark in self._scene.marks.get(act.by, {}).items() if item != act.item}
        if act.share:
            mine[act.item] = act.share
        marks = {member: items for member, items in self._scene.marks.items() if member != act.by}
        return replace(self._scene, marks={**marks, act.by: mine}), ()

    def _see(self, act: acts.SeeMove) -> Played:
        self._may_watch(act.by)
        turn = len(self._scene.run.turns)
        sights = {each for each in self._scene.sights if (each.by, each.move) != (act.by, act.move)}
        if act.seen:
            sights.add(Sight(act.by, act.move, turn))
        return replace(self._scene, sights=frozenset(sights)), ()

    def _may_watch(self, by: str) -> None:
        self._must_be(Phase.PLAYING, Phase.OVER)
        if by == self._scene.responder:
            raise NotNow("not_yours")

