from __future__ import annotations

import re
import zlib
from dataclasses import replace
from datetime import date

import pytest

from bot.directory.exchange.card import (
    CardContent,
    CardLine,
    CardSection,
    _left_to_right_inside,
    pathway_card,
)

CONTENT = CardContent(
    title="Where to find help: Port Sellim",
    language="en",
    printed_on=date(2026, 11, 25),
    intro=("Ask first.",),
    sections=(CardSection("Health", (CardLine("Clinic", "+999 20 555 0121", "12 Harbour Road"),)),),
    footer=("As of today.",),
    more_text="More: ask.",
    assistant_address="https://t.me/example_bot",
)


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b(?!s)", pdf))


def drawn(pdf: bytes) -> bytes:
    """The unpacked streams of a file."""
    found = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    streams = []
    for stream in found:
        try:
            streams.append(zlib.decompress(stream))
        except zlib.error:
            streams.append(stream)
    return b"\n".join(streams)


def many(number: int) -> CardContent:
    lines = tuple(CardLine(f"Clinic {at}", f"+999 {at}", "A long address in a street " * 2) for at in range(number))
    return replace(CONTENT, sections=(CardSection("Health", lines), CardSection("Police", lines)))


@pytest.mark.parametrize("number", [1, 25, 200])
def test_the_card_is_one_page_whatever_it_holds(number: int) -> None:
    assert pages(pathway_card(many(number))) == 1


def test_the_same_content_gives_the_same_bytes() -> None:
    assert pathway_card(CONTENT) == pathway_card(CONTENT)


def test_it_says_nothing_of_whoever_made_it() -> None:
    pdf = pathway_card(CONTENT)
    assert b"/Author" not in pdf and b"fpdf" not in pdf.lower()


def test_the_code_is_there_only_with_an_address() -> None:
    with_code, without = (drawn(pathway_card(each)) for each in (CONTENT, replace(CONTENT, assistant_address=None)))
    assert with_code.count(b" re") > 200 > without.count(b" re")


def test_arabic_letters_are_joined() -> None:
    """A letter takes another shape at the beginning, in the middle and at the end of a word."""
    content = replace(CONTENT, language="ar", sections=(CardSection("-", (CardLine("ححح"),)),))
    texts = re.findall(rb" BT (.*?) ET", drawn(pathway_card(content)), re.DOTALL)
    shapes = [re.findall(rb"\((.+?)\) Tj", each, re.DOTALL) for each in texts]
    assert [each for each in shapes if len(each) == len(set(each)) == 3]


def test_a_page_from_right_to_left_is_mirrored() -> None:
    def code_begins_at(language: str) -> float:
        page = drawn(pathway_card(replace(CONTENT, language=language)))
        return min(float(left) for left in re.findall(rb"([\d.]+) [\d.]+ [\d.]+ -[\d.]+ re f", page))

    assert code_begins_at("ar") < 100 < code_begins_at("en")


def test_latin_words_and_numbers_keep_their_order_among_arabic() -> None:
    assert _left_to_right_inside("وزارة · 12 Harbour Road · 24/7") == "وزارة · \u200e12 Harbour Road · 24/7"
    assert _left_to_right_inside("مستشفى سليم") == "مستشفى سليم"
