"""The buttons a person saw last, so that typing what a button says, in its own words or in others, presses it.

A side question leaves the step it came in between with its question open: while the way back to the step is shown,
the step's answers can still be typed. Held in memory only.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.understanding.answers import Answer, answer_among
from bot.understanding.detection import detect, languages_in
from bot.wording.payload import Payloads, Press
from bot.wording.renderer import Button, Message

PEOPLE_REMEMBERED: Final = 5000
"""People whose last buttons are kept in memory; whoever is forgotten can still tap."""

STEP_ANSWERS: Final = "inform"
GREETING_ANSWERS: Final = "start_guide"
"""Intents of the buttons that answer a step's question, and the greeting's."""

WAY_BACK: Final = Press("resume")
ENDS: Final = frozenset({"wipe", "start_over", "emergency", "danger_signal", "none_of_these"})
"""The button that leads back to a step, and intents of others beside which the step's question is not open: another was
asked, or a danger told of."""

LEFT_OPEN: Final = frozenset({"surroundings", "person", "accused"})
"""What a typed answer may tell after a side question; all else could be decided by a courtesy ("ok thanks")."""

BESIDE: Final = 2
"""Words that may stand beside an answer to a question left open."""

STEP: Final = "step"
"""The entity that says which step an answer belongs to; it is no part of the answer."""

WORDS_ASIDE: Final = 2
"""Words that an answer to a question left open has, at least: one ("police") may be about what was just shown."""


@dataclass(frozen=True)
class _Shown:
    """Payloads by the title of their button, and by the answer they give.

    Attributes:
        is_aside: the answers are those of the step that a side question left open.
        is_greeting: they say how a disclosure came.
    """

    titles: Mapping[str, str]
    answers: Mapping[Answer, str]
    is_aside: bool = False
    is_greeting: bool = False


_NOTHING: Final = _Shown({}, {})


class LastButtons:
    """The buttons each person saw last.

    Args:
        payloads: the button payloads that exist.
    """

    def __init__(self, payloads: Payloads) -> None:
        self._payloads = payloads
        self._by_person: OrderedDict[str, _Shown] = OrderedDict()

    def shown(self, pseudonym: str, messages: Iterable[Message]) -> None:
        """Remembers the buttons of the messages just sent."""
        before = self._by_person.pop(pseudonym, _NOTHING)
        buttons = [button for message in messages for button in message.buttons]
        titles = {_title(button.title): button.payload for button in buttons}
        presses = [press for button in buttons if (press := self._payloads.parse(button.payload)) is not None]
        answers = self._answers(buttons)
        is_aside = not answers and WAY_BACK in presses and not ENDS & {press.intent for press in presses}
        is_greeting = any(press.intent == GREETING_ANSWERS for press in presses)
        if is_aside:
            answers = {answer: each for answer, each in before.answers.items() if answer[0] in LEFT_OPEN}
        self._by_person[pseudonym] = _Shown(titles, answers, is_aside, is_greeting)
        while len(self._by_person) > PEOPLE_REMEMBERED:
            self._by_person.popitem(last=False)

    def typed(self, pseudonym: str, text: str) -> str:
        """The payload of the button whose title was typed, or whose answer was given in other words; else
        the text as it is."""
        shown = self._by_person.get(pseudonym, _NOTHING)
        pressed = shown.titles.get(_title(text))
        if pressed is not None:
            return pressed
        if not shown.answers:
            return text
        beside = BESIDE if shown.is_aside else 0 if shown.is_greeting else None
        least = WORDS_ASIDE if shown.is_aside else 1
        for language in languages_in(text, detect(text)):
            given = answer_among(text, language, shown.answers, beside, least)
            if given:
                return shown.answers[given]
        return text

    def forget(self, pseudonym: str) -> None:
        """Forgets what a person saw."""
        self._by_person.pop(pseudonym, None)

    def _answers(self, buttons: Sequence[Button]) -> dict[Answer, str]:
        """The answers among buttons, each with its payload."""
        presses = [(button.payload, self._payloads.parse(button.payload)) for button in buttons]
        return {
            (name, value): each
            for each, press in presses
            if press is not None and press.intent in (STEP_ANSWERS, GREETING_ANSWERS)
            for name, value in press.entities.items()
            if name != STEP
        }


def _title(text: str) -> str:
    """A button's title as people type it: without case and punctuation."""
    return " ".join(re.findall(r"\w+", text.casefold()))
