"""OpenBLAS gets told what the processor can do, and takes the routines for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.processor import CHOICE, PROCESSOR, memory_available, routines_for, tell_openblas


@pytest.mark.parametrize(
    ("abilities", "routines"),
    [
        ("sse2 avx avx2 fma", "Haswell"),
        ("sse2 avx avx2 fma avx512f avx512bw avx512dq avx512vl", "SkylakeX"),
        ("sse2 avx avx2 fma avx512f", "Haswell"),
        ("sse2 avx", None),
        ("fp asimd sve", None),
    ],
)
def test_the_fastest_routines_are_taken_that_it_can_do(abilities: str, routines: str | None) -> None:
    assert routines_for(abilities.split()) == routines


def test_it_is_read_from_what_linux_says(tmp_path: Path) -> None:
    said = tmp_path / "cpuinfo"
    said.write_text("processor\t: 0\nvendor_id\t: x\nflags\t\t: fpu fma avx2\n\nflags\t\t: none\n", encoding="utf-8")
    environment: dict[str, str] = {}
    tell_openblas(environment, said)
    assert environment == {CHOICE: "Haswell"}


def test_whoever_runs_it_may_choose_and_other_systems_are_left_alone(tmp_path: Path) -> None:
    chosen = {CHOICE: "Zen"}
    tell_openblas(chosen)
    assert chosen == {CHOICE: "Zen"}
    empty = {CHOICE: ""}
    tell_openblas(empty, tmp_path / "no such file")
    assert empty == {CHOICE: ""}
    nothing: dict[str, str] = {}
    tell_openblas(nothing, tmp_path / "no such file")
    assert nothing == {}


@pytest.mark.skipif(
    not PROCESSOR.exists() or " avx2 " not in PROCESSOR.read_text(encoding="utf-8"), reason="needs Linux and AVX2"
)
def test_numpy_takes_them() -> None:
    environment = {name: value for name, value in os.environ.items() if name != CHOICE}
    asked = "import bot, numpy, threadpoolctl as t; print(*(each['architecture'] for each in t.threadpool_info()))"
    told = subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True)
    flags = next(line for line in PROCESSOR.read_text(encoding="utf-8").splitlines() if line.startswith("flags"))
    assert told.stdout.split() == [routines_for(flags.split())]


def test_memory_is_read_from_what_linux_says(tmp_path: Path) -> None:
    said, group = tmp_path / "meminfo", tmp_path / "group"
    said.write_text("MemTotal:       24689764 kB\nMemAvailable:   2048 kB\n", encoding="utf-8")
    assert memory_available(said, group) == 2048 * 1024
    said.write_text("MemTotal:       24689764 kB\n", encoding="utf-8")
    assert memory_available(said, group) is None
    assert memory_available(tmp_path / "missing", group) is None


@pytest.mark.parametrize(("most", "available"), [("1500000", 1_000_000), ("max", 2 << 20), ("9000000", 2 << 20)])
def test_the_limit_of_a_container_counts(tmp_path: Path, most: str, available: int) -> None:
    said = tmp_path / "meminfo"
    said.write_text("MemAvailable:   2048 kB\n", encoding="utf-8")
    (tmp_path / "memory.max").write_text(f"{most}\n", encoding="utf-8")
    (tmp_path / "memory.current").write_text("500000\n", encoding="utf-8")
    assert memory_available(said, tmp_path) == available
