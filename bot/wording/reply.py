"""What the assistant wants to say, as text ids: no sentence, no language.

Guidance, directory and practice answer with a `Reply`. It travels through Rasa as plain JSON (so the
conversation never holds the sentence itself) and becomes text in the user's language at the very end, in
`bot.wording.renderer`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Mapping, Union

ParamValue = Union[str, int, float, Mapping[str, Any]]
"""A value for a placeholder: plain data, or `{"text": <id>}` for another text in the user's language."""


class Kind(str, Enum):
    """How a part is shown: what to do, words to say, a thing to avoid, or a quiet remark."""

    PLAIN = "plain"
    SAY = "say"
    NEVER = "never"
    QUIET = "quiet"


@dataclass(frozen=True)
class Part:
    """One line of a message: a text id, how it is shown, and the values of its placeholders."""

    id: str
    kind: Kind = Kind.PLAIN
    params: Mapping[str, ParamValue] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"id": self.id, "kind": self.kind.value, "params": dict(self.params)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Part:
        return cls(data["id"], Kind(data["kind"]), data.get("params", {}))


@dataclass(frozen=True)
class Choice:
    """A button: the text id of its title and the payload that pressing it sends back."""

    title: str
    payload: str
    params: Mapping[str, ParamValue] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"title": self.title, "payload": self.payload, "params": dict(self.params)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Choice:
        return cls(data["title"], data["payload"], data.get("params", {}))


@dataclass(frozen=True)
class Reply:
    """One message to the user: its lines from top to bottom and the buttons under it.

    Attributes:
        replaces: it takes the place of the message whose button was pressed, where a channel can do that.
    """

    parts: tuple[Part, ...]
    choices: tuple[Choice, ...] = ()
    replaces: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "parts": [part.as_json() for part in self.parts],
            "choices": [choice.as_json() for choice in self.choices],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Reply:
        return cls(
            tuple(Part.from_json(part) for part in data["parts"]),
            tuple(Choice.from_json(choice) for choice in data["choices"]),
        )


def text(text_id: str, **params: ParamValue) -> Part:
    """A plain line."""
    return Part(text_id, Kind.PLAIN, params)


def quiet(text_id: str, **params: ParamValue) -> Part:
    """A remark set apart from the guidance itself, such as progress."""
    return Part(text_id, Kind.QUIET, params)
