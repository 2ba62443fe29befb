"""The pathway card: one page for the wall, as PDF, with the services of a place and a QR code to the assistant.

It only lays out: every word stands in the content. Text is shaped by HarfBuzz, so Arabic is joined as it should be, and
in languages written from right to left the page is mirrored. The font is DejaVu Sans, which matplotlib brings along.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timezone
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Literal

import segno
from fpdf import FPDF

RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "ur", "ps", "he", "ckb", "sd"})

_PAGE_WIDTH, _PAGE_HEIGHT, _MARGIN = 210.0, 297.0, 14.0
_QR_SIZE: Final = 30.0
_SIZES: Final = (11.0, 10.0, 9.0, 8.0, 7.0)
"""Sizes of the text in points, the first that fits is taken."""
_LINE: Final = 0.46
"""Height of a line in millimetres for each point."""
_FONT: Final = "DejaVu"
_INK, _QUIET, _BAND = (25, 40, 40), (90, 105, 105), (226, 236, 232)


@dataclass(frozen=True)
class CardLine:
    """One service: its name, and what is said of it (where, when, what it costs), and its number."""

    name: str
    phone: str = ""
    details: str = ""


@dataclass(frozen=True)
class CardSection:
    """One kind of help."""

    title: str
    lines: tuple[CardLine, ...]


@dataclass(frozen=True)
class CardContent:
    """Everything on the card. `more_text` is printed where services had to be left out."""

    title: str
    language: str
    printed_on: date
    intro: tuple[str, ...]
    sections: tuple[CardSection, ...]
    footer: tuple[str, ...]
    more_text: str
    assistant_address: str | None = None


def pathway_card(content: CardContent) -> bytes:
    """The card as PDF: one page, whatever it holds. The same content gives the same bytes.

    The text shrinks until it fits; when even the smallest does not, each section keeps as many services as fit.
    """
    for size in _SIZES:
        if (pdf := _laid_out(content, size)) is not None:
            return pdf
    fits, too_many = 1, max(len(section.lines) for section in content.sections)
    while too_many - fits > 1:
        most = (fits + too_many) // 2
        if _laid_out(_cut(content, most), _SIZES[-1]) is None:
            too_many = most
        else:
            fits = most
    return _laid_out(_cut(content, fits), _SIZES[-1], must=True) or b""


def _cut(content: CardContent, most: int) -> CardContent:
    sections = tuple(
        CardSection(section.title, section.lines[:most])
        if len(section.lines) <= most
        else CardSection(section.title, (*section.lines[:most], CardLine(content.more_text)))
        for section in content.sections
    )
    return CardContent(
        content.title, content.language, content.printed_on, content.intro, sections, content.footer,
        content.more_text, content.assistant_address,
    )  # fmt: skip


def _laid_out(content: CardContent, size: float, must: bool = False) -> bytes | None:
    """The page at a size of text; None when it takes more than one."""
    page = _Page(content, size)
    page.draw()
    if page.overflows and not must:
        return None
    return bytes(page.pdf.output())


@cache
def _fonts() -> Path:
    """The folder of the fonts, found without importing matplotlib."""
    found = find_spec("matplotlib")
    if found is None or found.origin is None:
        raise FileNotFoundError("matplotlib, which brings the font of the pathway card, is not installed")
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"


def _left_to_right_inside(text: str) -> str:
    """Marks where Latin words and numbers begin (U+200E), so that “12 Harbour Road” keeps its order among Arabic."""
    return re.sub(r"[0-9A-Za-z+][^\u0590-\u08ff]*", lambda run: "\u200e" + run[0], text)


class _Page:
    """One page on its way."""

    def __init__(self, content: CardContent, size: float) -> None:
        self._content = content
        self._size = size
        self._rtl = content.language in RIGHT_TO_LEFT
        self._align: Literal["L", "R"] = "R" if self._rtl else "L"
        self.pdf = FPDF(format="A4")
        self.pdf.set_auto_page_break(False)
        self.pdf.set_margins(_MARGIN, _MARGIN, _MARGIN)
        self.pdf.add_font(_FONT, "", _fonts() / "DejaVuSans.ttf")
        self.pdf.add_font(_FONT, "B", _fonts() / "DejaVuSans-Bold.ttf")
        self.pdf.set_text_shaping(True)
        self.pdf.set_creation_date(datetime.combine(content.printed_on, time(), timezone.utc))
        self.pdf.set_producer("")
        self.pdf.set_title(content.title)
        self.pdf.set_lang(content.language)
        self.pdf.add_page()

    @property
    def overflows(self) -> bool:
        return bool(self.pdf.get_y() > _PAGE_HEIGHT - _MARGIN - self._footer_height)

    @property
    def _footer_height(self) -> float:
        return len(self._content.footer) * 7.0 * _LINE + 4.0

    def draw(self) -> None:
        """Title, kinds of help, footer."""
        beside = _QR_SIZE + 4.0 if self._content.assistant_address else 0.0
        if self._content.assistant_address:
            self._qr(self._content.assistant_address)
        self._text(self._content.title, self._size + 7, "B", beside=beside)
        for line in self._content.intro:
            self._text(line, self._size, beside=beside)
        self.pdf.set_y(max(self.pdf.get_y() + 3.0, _MARGIN + beside))
        for section in self._content.sections:
            if self.overflows:
                return
            self._section(section)
        self._footer()

    def _section(self, section: CardSection) -> None:
        self.pdf.set_fill_color(*_BAND)
        self._text(section.title, self._size + 1, "B", fill=True)
        self.pdf.ln(0.6)
        for line in section.lines:
            if self.overflows:
                return  # it will be laid out again, smaller
            self._line(line)
        self.pdf.ln(2.0)

    def _line(self, line: CardLine) -> None:
        """The name, and at the far side the number, which is written from left to right in every language."""
        phone_width = 0.0
        if line.phone:
            self.pdf.set_font(_FONT, "B", self._size)
            phone_width = self.pdf.get_string_width(line.phone) + 3.0
            top = self.pdf.get_y()
            self.pdf.set_xy(_MARGIN if self._rtl else _PAGE_WIDTH - _MARGIN - phone_width, top)
            self.pdf.set_text_color(*_INK)
            self.pdf.cell(phone_width, self._size * _LINE, line.phone, align="L" if self._rtl else "R")
            self.pdf.set_xy(_MARGIN, top)
        self._text(line.name, self._size, beside=phone_width)
        if line.details:
            self._text(line.details, self._size - 1.5, colour=_QUIET)
        self.pdf.ln(0.8)

    def _text(
        self, text: str, size: float, style: Literal["", "B"] = "", beside: float = 0.0, fill: bool = False,
        colour: tuple[int, int, int] = _INK,
    ) -> None:  # fmt: skip
        """A paragraph at the edge where reading begins; `beside`: room left free at the other."""
        self.pdf.set_font(_FONT, style, size)
        self.pdf.set_text_color(*colour)
        text = _left_to_right_inside(text) if self._rtl else text
        width = _PAGE_WIDTH - 2 * _MARGIN - beside
        self.pdf.set_x(_MARGIN + (beside if self._rtl else 0.0))
        self.pdf.multi_cell(
            width, size * _LINE, text, align=self._align, fill=fill, new_x="LMARGIN", new_y="NEXT"
        )

    def _footer(self) -> None:
        bottom = self.pdf.get_y()
        if self.overflows:
            return
        self.pdf.set_y(_PAGE_HEIGHT - _MARGIN - self._footer_height + 4.0)
        for line in self._content.footer:
            self._text(line, 7.0, colour=_QUIET)
        self.pdf.set_y(bottom)

    def _qr(self, address: str) -> None:
        """The code as squares, at the edge where reading ends."""
        matrix = [list(row) for row in segno.make(address, error="m").matrix]
        step = _QR_SIZE / len(matrix)
        left = _MARGIN if self._rtl else _PAGE_WIDTH - _MARGIN - _QR_SIZE
        self.pdf.set_fill_color(0, 0, 0)
        for row, cells in enumerate(matrix):
            for column, dark in enumerate(cells):
                if dark:
                    self.pdf.rect(left + column * step, _MARGIN + row * step, step, step, style="F")
