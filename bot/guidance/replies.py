"""Composes what the guide says: which texts and which buttons, never the sentences themselves."""

from __future__ import annotations

from typing import Mapping, Optional, Sequence

from bot.guidance.models import Answer, Facts, Guidance, Library, Review, Step
from bot.guidance.pathway import Place
from bot.wording.payload import payload
from bot.wording.reply import Choice, Kind, Part, Reply, quiet, text

RELATED_SHOWN = 2
"""Related topics under an answer or step; more would push the words to say off a small screen."""

START_CHOICES = ("in_person", "remote", "third_party", "written", "ahead")


def ask_choice(library: Library, topic: str) -> Choice:
    """A button that asks a topic."""
    return Choice(library.titles[topic], payload("ask", topic=topic))


def _word(answer: Answer) -> Mapping[str, str]:
    """What a button sends besides its value, where that alone would not tell the answer from another."""
    return {"word": answer.words[0]} if answer.remark else {}


class Replies:
    """The guide's messages.

    Args:
        library: all guidance.
    """

    def __init__(self, library: Library) -> None:
        self._library = library

    @property
    def library(self) -> Library:
        return self._library

    # The guide ---------------------------------------------------------------------------------------

    def step(self, place: Place, facts: Facts, lead: Optional[str] = None) -> Reply:
        """One step: progress, what to do, what to say, what to avoid.

        Args:
            lead: text id of a line said first, such as why the step is shown again.
        """
        step = place.step
        progress = quiet("label.progress", position=place.position, total=place.total)
        first = (text(lead),) if lead else ()
        parts = (*first, progress, *step.guidance.wording_for(facts).parts())
        return Reply(parts, self._step_choices(step, facts))

    def _step_choices(self, step: Step, facts: Facts) -> tuple[Choice, ...]:
        asks = self._asks(step.guidance, facts)
        why = (Choice("button.why", payload("why", guidance=step.guidance.id)),) if step.guidance.why else ()
        if step.facet:
            answers = tuple(
                Choice(answer.title, payload("inform", **{step.facet: answer.value, "step": step.id, **_word(answer)}))
                for answer in step.answers
            )
            return (*answers, *why)
        extra: tuple[Choice, ...] = ()
        if step.find or step.directory:
            extra += (Choice("button.find_service", payload("find_service")),)
        if step.note:
            extra += (Choice("button.note", payload("handover_note")),)
        return (Choice("button.done", payload("next", step=step.id)), *extra, *asks, *why)

    def done(self) -> Reply:
        """After the last step."""
        return Reply(
            (text("guide.done"),),
            (
                Choice("button.find_service", payload("find_service")),
                Choice("button.note", payload("handover_note")),
                ask_choice(self._library, "after_report"),
                ask_choice(self._library, "self_care"),
                Choice("button.wipe", payload("wipe")),
            ),
        )

    def stopped(self) -> Reply:
        """The guide was left in the middle."""
        return Reply(
            (text("guide.stopped"),),
            (Choice("button.resume", payload("resume")), Choice("button.wipe", payload("wipe"))),
        )

    def back_to_step(self, place: Optional[Place]) -> tuple[Choice, ...]:
        """The way back from a side question: to the step when there is one, else into the guide."""
        if place is None:
            return (Choice("button.start_guide", payload("start_guide")),)
        return (Choice("button.back_to_step", payload("resume"), {"position": place.position}),)

    # Side questions ----------------------------------------------------------------------------------

    def answer(self, topic: str, facts: Facts, place: Optional[Place]) -> Reply:
        """The answer to a topic, with likely next questions and the way back.

        Raises:
            KeyError: no such topic.
        """
        guidance = self._library.answers[topic]
        related = self._asks(guidance, facts)
        why = (Choice("button.why", payload("why", guidance=guidance.id)),) if guidance.why else ()
        return Reply(guidance.wording_for(facts).parts(), (*self.back_to_step(place), *related, *why))

    def _asks(self, guidance: Guidance, facts: Facts) -> tuple[Choice, ...]:
        """Buttons for the questions a reader is likely to have next."""
        return tuple(ask_choice(self._library, topic) for topic in guidance.related_for(facts)[:RELATED_SHOWN])

    def why(self, guidance: Guidance, facts: Facts, place: Optional[Place]) -> Reply:
        """Why a text says what it says, and where that comes from."""
        reason = guidance.why_for(facts)
        parts: tuple[Part, ...] = (text(reason),) if reason else (text("why.none"),)
        return Reply((*parts, *self._sources(guidance)), self.back_to_step(place))

    def _sources(self, guidance: Guidance) -> tuple[Part, ...]:
        titles = [self._library.texts[self._library.source_titles[source]] for source in guidance.sources]
        return (quiet("label.source", titles="; ".join(titles)),) if titles else ()

    # Signals -----------------------------------------------------------------------------------------

    def emergency(self, signals: Sequence[str], facts: Facts, place: Optional[Place]) -> tuple[Reply, ...]:
        """Emergency content, one message a signal, the way back under the last. The most pressing one is said
        in full; of the others only what to do, because nobody reads two pages with somebody bleeding."""
        wordings = [self._library.signals[signal].wording_for(facts).parts() for signal in signals]
        replies = [Reply(parts if number == 0 else parts[:1]) for number, parts in enumerate(wordings)]
        way_on = (
            Choice("button.we_are_safe", payload("resume", after="emergency")),
            Choice("button.emergency_number", payload("emergency", ask="number")),
            Choice("button.cannot_move", payload("emergency", ask="cannot_move")),
        )
        last = Reply(replies[-1].parts, (*way_on, *self.back_to_step(place)) if place is None else way_on)
        return (*replies[:-1], last)

    def doubt(self, signal: str) -> Reply:
        """A line on a danger that may or may not be in a message, with the button that leads to what to do. It asks
        nothing, so that a typed "yes" answers the step's own question and nothing else."""
        return Reply((text(f"doubt.{signal}"),), (Choice("button.doubt", payload("danger_signal", signal=signal)),))

    def is_covered(self, signal: str, topic: Optional[str]) -> bool:
        """Whether the answer to a topic says what the signal's note would say."""
        return topic is not None and topic in self._library.signals[signal].related

    def note(self, signal: str, facts: Facts) -> Reply:
        """What a signal changes, said once."""
        return Reply(self._library.signals[signal].wording_for(facts).parts())

    # Everything around -------------------------------------------------------------------------------

    def greeting(self, place: Optional[Place]) -> Reply:
        """The first message, or, in the middle of the guide, the offer to go on."""
        if place is not None:
            choices = (
                Choice("button.resume", payload("resume")),
                Choice("button.start_over", payload("start_over")),
                Choice("button.find_service", payload("find_service")),
            )
            return Reply((text("greet.again", position=place.position, total=place.total),), choices)
        return Reply((text("greet"),), self.ways_in())

    def ways_in(self) -> tuple[Choice, ...]:
        """The ways into the guide, the look-up, and practice."""
        starts = tuple(
            Choice(f"button.start_{contact}", payload("start_guide", contact=contact))
            for contact in START_CHOICES
        )
        return (
            *starts,
            Choice("button.find_service", payload("find_service")),
            Choice("button.practice", payload("start_practice")),
        )

    def plain(self, text_id: str, choices: Sequence[Choice] = ()) -> Reply:
        """One text of the interface."""
        return Reply((text(text_id),), tuple(choices))

    def did_you_mean(self, topics: Sequence[str], place: Optional[Place]) -> Reply:
        """Up to three likely topics and the ways out."""
        choices = tuple(ask_choice(self._library, topic) for topic in topics)
        none_of_these = Choice("button.none_of_these", payload("none_of_these"))
        back = self.back_to_step(place) if place is not None else ()
        return Reply((text("ask.which"),), (*choices, none_of_these, *back))

    def handover_note(self, facts: Facts, code: str, place: Optional[Place]) -> Reply:
        """The note without identity; composed from the facts of the case and kept nowhere."""
        values = {
            "person": _note_value(facts.get("person")),
            "need": _need_value(facts.get("need")),
            "urgency": {"text": f"note.value.{_urgency(facts)}"},
            "consent": _note_value(facts.get("consent")),
            "report_wish": _note_value(facts.get("report_wish")),
        }
        if facts.get("consent") == "none":
            return Reply((text("note.no_consent"),), self.back_to_step(place))
        parts = (
            text("note.intro"),
            Part("note.body", Kind.PLAIN, {**values, "code": code}),
            Part("note.never", Kind.NEVER),
        )
        return Reply(parts, self.back_to_step(place))

    def awaits_review(self, guidance: Guidance) -> bool:
        """Whether a specialist still has to approve this text."""
        return guidance.review is Review.NEEDED


def _note_value(value: Optional[str]) -> Mapping[str, str]:
    return {"text": f"note.value.{value or 'unknown'}"}


def _need_value(value: Optional[str]) -> Mapping[str, str]:
    if value is None or value == "nothing":
        return _note_value(value)
    return {"text": f"need.{value}"}


def _urgency(facts: Facts) -> str:
    if facts.get("surroundings") == "hurt":
        return "hurt"
    if facts.get("after_safety") == "unsafe":
        return "not_safe"
    return "recent" if facts.get("recent") == "yes" else "not_urgent"
