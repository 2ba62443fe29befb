"""Packs go out and come in as one file; transcripts are read with a clear word about what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.guidance.loader import library
from bot.practice.loader import shipped
from bot.practice.repertoire import PackError, Repertoire, make_pack, read_pack, take_pack
from bot.practice.transcripts import TranscriptError, read_transcript

STEPS = {step.id for step in library().steps}


def test_a_pack_comes_back_the_same(tmp_path: Path) -> None:
    pack = tmp_path / "all.yml"
    pack.write_text(make_pack((), tmp_path / "none"), encoding="utf-8")
    taken = read_pack(pack, STEPS)
    assert list(taken) == list(shipped())
    take_pack(taken, tmp_path / "own")
    assert Repertoire.of(tmp_path / "own").scripts == dict(shipped())


def test_one_scenario_can_be_chosen(tmp_path: Path) -> None:
    pack = tmp_path / "one.yml"
    pack.write_text(make_pack(["driver"], tmp_path), encoding="utf-8")
    assert list(read_pack(pack, STEPS)) == ["driver"]
    with pytest.raises(PackError, match="no scenario 'nobody'"):
        make_pack(["nobody"], tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# nothing\n", "holds no scenario"),
        ("---\nid: x\n", "required property"),
        (make_pack(["driver"], Path("none")) * 2, "occurs twice"),
        (make_pack(["driver"], Path("none")).replace("private_place", "sing"), "no move 'sing'"),
    ],
)
def test_a_pack_that_cannot_be_taken_says_why(tmp_path: Path, text: str, said: str) -> None:
    pack = tmp_path / "pack.yml"
    pack.write_text(text, encoding="utf-8")
    with pytest.raises(PackError, match=said):
        read_pack(pack, STEPS)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.json", "{", "neither JSON nor YAML"),
        ("a.yml", "[1", "neither JSON nor YAML"),
        ("a.yml", "hello", "gives scenario, language and lines"),
        ("a.yml", "{scenario: nobody, lines: [x]}", "no scenario 'nobody'"),
        ("a.yml", "{scenario: driver, language: xx, lines: [x]}", "cannot be judged"),
        ("a.yml", "{scenario: driver, lines: []}", "list of what was said"),
        ("a.yml", "{scenario: driver, lines: [1]}", "list of what was said"),
        ("a.yml", "{scenario: driver, lines: [x], own_care: maybe}", "own_care"),
    ],
)
def test_a_transcript_that_cannot_be_judged_says_why(tmp_path: Path, name: str, text: str, said: str) -> None:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    with pytest.raises(TranscriptError, match=said):
        read_transcript(file, shipped(), ("en",))


def test_a_transcript_is_read_with_or_without_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text('\ufeff{"scenario": "driver", "language": "en", "lines": ["hello"]}', encoding="utf-8")
    assert read_transcript(file, shipped(), ("en",)).lines == ("hello",)
