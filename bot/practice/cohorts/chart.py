"""The figures of a session as a picture: a bar an item, with the numbers on it, so that nobody needs the colours."""

from __future__ import annotations

import io
from typing import Callable, Final, Optional

from PIL import Image, ImageDraw, ImageFont

from bot.practice.cohorts.figures import AFTER, BEFORE, WHOLE, Figures, Report

WIDTH: Final = 1000
LEFT: Final = 400
"""Where bars begin; the titles stand before it."""

ROW: Final = 44
BAR: Final = 28
MARGIN: Final = 24
TITLE_SIZE: Final = 26
TEXT_SIZE: Final = 18

_INK, _PAPER = "#1d2b2a", "#ffffff"
_PARTS: Final = (
    ("full", "#1f6f5c", "#ffffff"),
    ("half", "#e3b23c", "#1d2b2a"),
    ("none", "#c9cfce", "#1d2b2a"),
)
"""Part of a bar, its colour, and the colour of the number on it: contrast of 4.5 at least (WCAG 2)."""

Say = Callable[[str], str]
"""A text id to its text, placeholders filled."""


def chart(report: Report, say: Say, head: str) -> Optional[bytes]:
    """A PNG of the figures; None when there are none to be shown.

    Args:
        say: gives `practice.rubric.<item>` and `practice.chart.…`.
        head: the line on top.
    """
    whole = report.group(WHOLE)
    if whole is None:
        return None
    before, after = report.group(BEFORE), report.group(AFTER)
    has_change = before is not None and after is not None
    height = 2 * MARGIN + 2 * ROW + ROW * len(whole.spreads) + (ROW * 3 if has_change else 0)
    picture = Image.new("RGB", (WIDTH, height), _PAPER)
    draw = ImageDraw.Draw(picture)
    y = MARGIN
    draw.text((MARGIN, y), head, fill=_INK, font=_font(TITLE_SIZE))
    y += ROW
    _legend(draw, y, say)
    y += ROW
    y = _bars(draw, y, whole, say)
    if before is not None and after is not None:
        _change(draw, y, before, after, say)
    output = io.BytesIO()
    picture.save(output, "PNG", optimize=True)
    return output.getvalue()


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _legend(draw: ImageDraw.ImageDraw, y: int, say: Say) -> None:
    x = LEFT
    for name, colour, _ in _PARTS:
        draw.rectangle((x, y + 4, x + 18, y + 22), fill=colour)
        label = say(f"practice.chart.{name}")
        draw.text((x + 26, y + 2), label, fill=_INK, font=_font(TEXT_SIZE))
        x += 26 + int(draw.textlength(label, font=_font(TEXT_SIZE))) + 28


def _bars(draw: ImageDraw.ImageDraw, y: int, whole: Figures, say: Say) -> int:
    room = WIDTH - MARGIN - LEFT
    for spread in whole.spreads:
        _label(draw, y, say(f"practice.rubric.{spread.item}"))
        x = float(LEFT)
        for name, colour, ink in _PARTS:
            number = getattr(spread, name)
            if number:
                wide = room * number / whole.people
                draw.rectangle((x, y, x + wide - 1, y + BAR), fill=colour)
                draw.text((x + 8, y + 4), str(number), fill=ink, font=_font(TEXT_SIZE))
                x += wide
        y += ROW
    return y


def _change(draw: ImageDraw.ImageDraw, y: int, before: Figures, after: Figures, say: Say) -> None:
    draw.text((MARGIN, y), say("practice.chart.change"), fill=_INK, font=_font(TEXT_SIZE))
    room = WIDTH - MARGIN - LEFT
    for name, group, colour in (("before", before, _PARTS[2][1]), ("after", after, _PARTS[0][1])):
        y += ROW
        _label(draw, y, say(f"practice.chart.{name}"))
        wide = room * group.points / 100
        draw.rectangle((LEFT, y, LEFT + wide, y + BAR), fill=colour)
        draw.text(
            (LEFT + wide + 8, y + 4) if group.points < 90 else (LEFT + 8, y + 4),
            f"{group.points:.0f}",
            fill=_INK if group.points < 90 or name == "before" else _PAPER,
            font=_font(TEXT_SIZE),
        )


def _label(draw: ImageDraw.ImageDraw, y: int, words: str) -> None:
    """A title, shortened to the room before the bars."""
    font = _font(TEXT_SIZE)
    while draw.textlength(words, font=font) > LEFT - 2 * MARGIN and len(words) > 2:
        words = words.rstrip("…")[:-1] + "…"
    draw.text((MARGIN, y + 4), words, fill=_INK, font=font)
