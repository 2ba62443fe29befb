"""The shapes of the guidance: steps, answers and emergency content, all with stable text ids."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Mapping, Optional, Union

from bot.wording.reply import Kind, ParamValue, Part

Facts = Mapping[str, Optional[str]]
"""What is known of a case and of the organisation's rules: facet to value; None or absent is unknown."""

Condition = Mapping[str, Union[str, tuple[str, ...]]]
"""Facet to the value, or the values, for which a text holds. The value `unknown` matches an unknown facet."""

UNKNOWN = "unknown"


class Risk(str, Enum):
    """How much harm a wrong wording could do."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Review(str, Enum):
    """Whether a specialist still has to approve the text.

    Anything that rests on general knowledge (K), on a publication whose passage was not readable (P) or on
    an own proposal is `needed` (guidance.md, "How to read the tags").
    """

    NEEDED = "needed"
    NONE = "none"


def holds(when: Condition, facts: Facts) -> bool:
    """Whether every facet of the condition has one of the values it asks for."""
    for facet, wanted in when.items():
        value = facts.get(facet) or UNKNOWN
        if value != wanted if isinstance(wanted, str) else value not in wanted:
            return False
    return True


@dataclass(frozen=True)
class Wording:
    """One wording of a text: ids of what to do, what to say and what to avoid."""

    do: Optional[str] = None
    say: tuple[str, ...] = ()
    never: Optional[str] = None

    def parts(self, params: Optional[Mapping[str, ParamValue]] = None) -> tuple[Part, ...]:
        """The lines in the order a person needs them."""
        given = params or {}
        lines = [Part(self.do, Kind.PLAIN, given)] if self.do else []
        lines += [Part(line, Kind.SAY, given) for line in self.say]
        if self.never:
            lines.append(Part(self.never, Kind.NEVER, given))
        return tuple(lines)


@dataclass(frozen=True)
class Variant:
    """Another wording for the cases in which `when` holds; a reason and next topics of its own where given."""

    when: Condition
    wording: Wording
    why: Optional[str] = None
    related: tuple[str, ...] = ()


@dataclass(frozen=True)
class Guidance:
    """A text of the guidance with its variants, reason, sources and review state.

    Attributes:
        id: stable id, such as `step.limits`, `answer.secrecy_request` or `signal.danger_now`.
        wording: what is shown unless a variant holds.
        variants: tried in order; the first whose condition holds replaces `wording`.
        why: text id of the reason, shown when asked for.
        sources: ids of guidance.md's annex, or `design`, `K`, `P`.
        related: topics a reader is likely to ask next, unless a variant has its own.
    """

    id: str
    wording: Wording
    variants: tuple[Variant, ...]
    why: Optional[str]
    sources: tuple[str, ...]
    risk: Risk
    review: Review
    related: tuple[str, ...] = ()

    def _variant_for(self, facts: Facts) -> Optional[Variant]:
        return next((variant for variant in self.variants if holds(variant.when, facts)), None)

    def wording_for(self, facts: Facts) -> Wording:
        """The wording for a case."""
        variant = self._variant_for(facts)
        return variant.wording if variant else self.wording

    def why_for(self, facts: Facts) -> Optional[str]:
        """Text id of the reason for a case."""
        variant = self._variant_for(facts)
        return variant.why if variant and variant.why else self.why

    def related_for(self, facts: Facts) -> tuple[str, ...]:
        """Topics a reader of the wording for a case is likely to ask next."""
        variant = self._variant_for(facts)
        return variant.related if variant and variant.related else self.related

    def wordings(self) -> tuple[Wording, ...]:
        return (self.wording, *(variant.wording for variant in self.variants))


@dataclass(frozen=True)
class Answer:
    """One answer to a question step.

    Attributes:
        title: of its button.
        value: what it says of the facet.
        words: control ids that mean the same when typed.
        remark: text id of what is said first when it is given by one of these words, typed or tapped: somebody who
            passes over a question learns how it was taken. Its button sends the first of them beside the value.
    """

    title: str
    value: str
    words: tuple[str, ...] = ()
    remark: Optional[str] = None


@dataclass(frozen=True)
class Step:
    """One step of the guide.

    Attributes:
        stage: the stage of guidance.md §2 it belongs to.
        goal: text id of what the step is for.
        when, unless: the cases in which it is taken.
        answers, facet: for a question, its answers and what they say of the case.
        directory: whether services near are shown with it.
        find: whether it offers the look-up as a button.
        note: whether it offers the handover note as a button.
    """

    id: str
    stage: str
    goal: str
    guidance: Guidance
    when: Condition = field(default_factory=dict)
    unless: Condition = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    facet: Optional[str] = None
    directory: bool = False
    find: bool = False
    note: bool = False

    @property
    def is_question(self) -> bool:
        return self.facet is not None

    def applies(self, facts: Facts) -> bool:
        """Whether the step is taken in this case."""
        if not holds(self.when, facts):
            return False
        return not (self.unless and holds(self.unless, facts))


@dataclass(frozen=True)
class Library:
    """All guidance, loaded once.

    Attributes:
        steps: in the order of the pathway.
        answers: by topic id.
        signals: by signal id.
        titles: by topic id, the text id of its short button title.
        facets: facet to its allowed values.
        signal_facts, topic_facts: what a signal or an asked topic says of the case.
        source_titles: source id to the title shown with "Why?".
        texts: every English text by id.
    """

    steps: tuple[Step, ...]
    answers: Mapping[str, Guidance]
    signals: Mapping[str, Guidance]
    titles: Mapping[str, str]
    facets: Mapping[str, tuple[str, ...]]
    signal_facts: Mapping[str, Mapping[str, str]]
    topic_facts: Mapping[str, Mapping[str, str]]
    source_titles: Mapping[str, str]
    texts: Mapping[str, str]

    def step(self, step_id: str) -> Optional[Step]:
        return next((step for step in self.steps if step.id == step_id), None)

    def guidance(self) -> tuple[Guidance, ...]:
        """Every guidance text: steps, answers, signals."""
        return (*(step.guidance for step in self.steps), *self.answers.values(), *self.signals.values())

    def find(self, guidance_id: str) -> Optional[Guidance]:
        """The guidance with that id, such as `answer.consent_how`."""
        kind, _, name = guidance_id.partition(".")
        if kind == "answer":
            return self.answers.get(name)
        if kind == "signal":
            return self.signals.get(name)
        step = self.step(name) if kind == "step" else None
        return step.guidance if step else None
