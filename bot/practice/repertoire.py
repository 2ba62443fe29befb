"""The scenarios an installation can play: those of the package and those it took in as packs.

A pack is one YAML file with a scenario in each of its documents, so that it can be read, mailed and compared.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Container, Mapping, Sequence

from bot.practice.files import read_text
from bot.practice.lint import Finding, lint
from bot.practice.loader import SCENARIOS, ScenarioError, Script, parse_script, read_folder, shipped

PACK_LIMIT = 3_000_000
"""Bytes of a pack; the twelve of the package have a fifteenth of that."""


class PackError(ValueError):
    """A pack cannot be taken; the message names the scenario and the reason."""


@dataclass(frozen=True)
class Repertoire:
    """Scenarios by id.

    Attributes:
        folder: where the installation keeps its own.
    """

    folder: Path
    scripts: Mapping[str, Script]

    @classmethod
    def of(cls, folder: Path) -> Repertoire:
        """The package's scenarios and those of a folder; the folder's win where both have an id.

        Raises:
            ScenarioError: one of them cannot be used.
        """
        own = read_folder(folder) if folder.is_dir() else {}
        return cls(folder, {**shipped(), **own})

    @property
    def texts(self) -> dict[str, str]:
        """The English texts of every scenario by id."""
        return {text_id: text for script in self.scripts.values() for text_id, text in script.texts.items()}


def read_pack(path: Path, guide_steps: Container[str]) -> dict[str, str]:
    """The scenarios of a pack, each checked: id to the text of its file.

    Raises:
        PackError: the file cannot be read, or a scenario in it cannot be used or has errors.
    """
    text = read_text(path, PACK_LIMIT, "a pack", PackError)
    found: dict[str, str] = {}
    for number, document in enumerate(_documents(text), start=1):
        name = f"{path.name}, scenario {number}"
        try:
            script = parse_script(document, name)
        except ScenarioError as error:
            raise PackError(str(error)) from error
        errors = [finding for finding in lint(script, guide_steps) if finding.is_error]
        if errors:
            raise PackError(f"{name} ({script.scenario.id}): {_said(errors[0])}")
        if script.scenario.id in found:
            raise PackError(f"{name}: the id {script.scenario.id!r} occurs twice")
        found[script.scenario.id] = document
    if not found:
        raise PackError(f"{path.name} holds no scenario")
    return found


def _documents(text: str) -> list[str]:
    """The documents of a YAML stream as text, comments kept."""
    documents: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.rstrip() == "---":
            documents.append([])
        else:
            documents[-1].append(line)
    texts = ["\n".join(lines).strip() for lines in documents]
    return [each + "\n" for each in texts if any(_is_content(line) for line in each.splitlines())]


def _is_content(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _said(finding: Finding) -> str:
    return f"{finding.place}: {finding.message}"


def take_pack(scripts: Mapping[str, str], folder: Path) -> None:
    """Writes the scenarios of a checked pack into a folder; those with the same id are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    for scenario_id, text in scripts.items():
        unfinished = folder / f".{scenario_id}.part"
        unfinished.write_text(text, encoding="utf-8")
        os.replace(unfinished, folder / f"{scenario_id}.yml")


def make_pack(ids: Sequence[str], folder: Path) -> str:
    """A pack with the scenarios of these ids; all of the installation's own and the package's when none is given.

    Raises:
        PackError: there is no such scenario.
    """
    files = {}
    for place in (SCENARIOS, folder):
        if place.is_dir():
            for scenario_id, path in ((_id(path), path) for path in sorted(place.glob("*.yml"))):
                files[scenario_id] = path
    for scenario_id in ids:
        if scenario_id not in files:
            raise PackError(f"there is no scenario {scenario_id!r}")
    chosen = ids or list(files)
    return "".join(f"---\n{files[each].read_text(encoding='utf-8').strip()}\n" for each in chosen)


def _id(path: Path) -> str:
    return parse_script(path.read_text(encoding="utf-8"), path.name).scenario.id
