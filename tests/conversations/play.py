"""Plays a transcript through the real assistant.

A transcript is a list of turns. Each has what the person does (`says`, a message as typed, or `presses`, the
title of a button shown before) and what must follow:

    step: the step that is shown            answer: the topic that is answered
    emergency: the signal's content         note: the signal's note
    text: the interface text that is said   shows: words that stand in a message
    lacks: words that stand in none         offers: titles of buttons
    progress: position and total, "3/9"

A turn that `walks` goes through the guide to its end, one button a step: `answers` gives the button for a
question, `passes` the steps that must come (in this order), `avoids` those that must not.

Texts are named by id, so that better wording breaks no test.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Iterable, List, Optional, Sequence

import yaml

from bot.guidance.models import Guidance, Library
from bot.wording.renderer import Message, Renderer

FOLDER = Path(__file__).parent
LONGEST_WALK = 40


def transcripts() -> List[Any]:
    """Every conversation of every file, with the file's name."""
    found = []
    for path in sorted(FOLDER.glob("*.yml")):
        for conversation in yaml.safe_load(path.read_text(encoding="utf-8")):
            found.append((f"{path.stem}: {conversation['conversation']}", conversation["turns"]))
    return found


class Player:
    """One person talking to the assistant."""

    def __init__(self, gateway: Any, library: Library, renderer: Renderer, person: str) -> None:
        self._gateway = gateway
        self._library = library
        self._renderer = renderer
        self._person = person
        self.messages: List[Message] = []

    async def play(self, turn: dict[str, Any]) -> None:
        """Does what the turn says and checks what follows.

        Raises:
            AssertionError: something else was said.
        """
        if "walks" in turn:
            await self._walk(**turn["walks"])
            return
        said = turn["says"] if "says" in turn else self._payload(turn["presses"])
        self.messages = await self._gateway.send("test", self._person, said)
        for expectation, value in turn.items():
            if expectation not in ("says", "presses"):
                for single in value if isinstance(value, list) else [value]:
                    getattr(self, f"_expect_{expectation}")(single)

    async def _walk(
        self, answers: Optional[dict[str, str]] = None, passes: Sequence[str] = (), avoids: Sequence[str] = ()
    ) -> None:
        seen: List[str] = []
        for _ in range(LONGEST_WALK):
            step = self._current_step()
            if step is None:
                break
            assert step not in seen, f"{step} came twice: {seen}"
            seen.append(step)
            payload = self._payload((answers or {}).get(step) or self.messages[-1].buttons[0].title)
            self.messages = await self._gateway.send("test", self._person, payload)
        assert self._says_one_of([self._library.texts["guide.done"]]), f"no end after {seen}:\n{self.shown}"
        assert [step for step in seen if step in passes] == list(passes), seen
        assert not set(avoids) & set(seen), seen

    def _current_step(self) -> Optional[str]:
        for button in self.messages[-1].buttons:
            match = re.search(r'"step": "(\w+)"', button.payload)
            if match:
                return match.group(1)
        return None

    def _payload(self, title: str) -> str:
        titles = {button.title: button.payload for message in self.messages for button in message.buttons}
        assert title in titles, f"no button {title!r} among {sorted(titles)}\n{self.shown}"
        return titles[title]

    @property
    def shown(self) -> str:
        return "\n---\n".join(message.text for message in self.messages)

    def _says_one_of(self, lines: Iterable[str]) -> bool:
        return any(line in self.shown for line in lines)

    def _opening_lines(self, guidance: Guidance) -> set[str]:
        ids = {wording.do for wording in guidance.wordings() if wording.do}
        return {self._renderer.line(text_id, "en") for text_id in ids}

    def _expect_guidance(self, kind: str, guidance: Guidance) -> None:
        assert self._says_one_of(self._opening_lines(guidance)), (
            f"{kind} {guidance.id} was not shown:\n{self.shown}"
        )

    def _expect_step(self, step_id: str) -> None:
        step = self._library.step(step_id)
        assert step is not None, f"there is no step {step_id}"
        self._expect_guidance("step", step.guidance)

    def _expect_answer(self, topic: str) -> None:
        self._expect_guidance("answer", self._library.answers[topic])

    def _expect_emergency(self, signal: str) -> None:
        self._expect_guidance("emergency", self._library.signals[signal])
        assert any(b.payload.startswith("/resume") for m in self.messages for b in m.buttons), "no way back"

    def _expect_note(self, signal: str) -> None:
        self._expect_guidance("note", self._library.signals[signal])

    def _expect_text(self, text_id: str) -> None:
        # Placeholders of a text may be anything here.
        pattern = re.escape(self._renderer.texts.get(text_id))
        pattern = re.sub(r"\\\{[a-z_]+\\\}", ".*", pattern)
        assert re.search(pattern, self.shown, re.S), f"{text_id} was not said:\n{self.shown}"

    def _expect_shows(self, words: str) -> None:
        assert words in self.shown, f"{words!r} is not in:\n{self.shown}"

    def _expect_lacks(self, words: str) -> None:
        assert words not in self.shown, f"{words!r} is in:\n{self.shown}"

    def _expect_offers(self, title: str) -> None:
        assert title in [b.title for m in self.messages for b in m.buttons], (
            f"no button {title!r}:\n{self.shown}"
        )

    def _expect_progress(self, progress: str) -> None:
        assert re.search(rf"^{re.escape(progress)}$", self.shown, re.M), f"not at {progress}:\n{self.shown}"
