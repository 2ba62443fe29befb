"""Whole conversations through the real assistant, with real actions and a real database."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.conversations.play import Player, transcripts

pytestmark = pytest.mark.slow

TRANSCRIPTS = transcripts()


@pytest.mark.parametrize(
    "turns", [t for _, t in TRANSCRIPTS], ids=[re.sub(r"\W+", "-", n) for n, _ in TRANSCRIPTS]
)
async def test_the_conversation_goes_as_written(
    turns: Any, gateway: Any, foundation: Any, library: Any, request: Any
) -> None:
    player = Player(gateway, library, foundation.knowledge.renderer, request.node.name)
    for number, turn in enumerate(turns, start=1):
        try:
            await player.play(turn)
        except AssertionError as error:
            raise AssertionError(
                f"turn {number} ({turn.get('says') or turn.get('presses') or 'walks'}): {error}"
            ) from None
