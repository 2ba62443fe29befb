"""`practice`: scenarios to practise on: list, check, play, write, exchange, and judge transcripts."""

from __future__ import annotations

import json
import secrets
from contextlib import contextmanager
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Iterator, Optional

import click

from bot.commands.failures import Refused
from bot.commands.serving import plain_failures, progress
from bot.practice.ways_out import way_out
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.practice.judging import Judge
    from bot.practice.lint import Finding
    from bot.practice.loader import Script
    from bot.practice.repertoire import Repertoire
    from bot.practice.run import Answer, Run



@click.group()
def practice() -> None:
    """Practice: play scenarios, check and write them, judge transcripts."""


@contextmanager
def _failures() -> Iterator[None]:
    from bot.practice.loader import ScenarioError
    from bot.practice.repertoire import PackError
    from bot.practice.transcripts import TranscriptError
    from bot.understanding.moves import MoveDataError

    with plain_failures():
        try:
            yield
        except (ScenarioError, PackError, TranscriptError, MoveDataError) as error:
            raise Refused(f"{str(error).rstrip('.')}.") from error


def _repertoire() -> Repertoire:
    from bot.practice.repertoire import Repertoire

    return Repertoire.of(Settings.from_environment().scenarios)


def _judge() -> tuple[Judge, tuple[str, ...]]:
    """The judge, and the languages it can judge."""
    from bot.encoding import choose_encoder
    from bot.practice.reading import judge_with
    from bot.understanding.trained_moves import trained_moves

    settings = Settings.from_environment()
    choose_encoder(settings)
    moves = trained_moves(settings.models, progress)
    return judge_with(moves), moves.languages


def _guide_steps() -> frozenset[str]:
    from bot.guidance.loader import library

    return frozenset(step.id for step in library().steps)


@practice.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_scenarios(as_json: bool) -> None:
    """List the scenarios that can be played."""
    with _failures():
        scripts = _repertoire().scripts.values()
    if as_json:
        rows = [
            {
                "id": script.scenario.id,
                "track": script.scenario.track.value,
                "title": script.texts[script.scenario.title],
                "outline": script.texts[script.scenario.outline],
            }
            for script in scripts
        ]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for script in scripts:
        scenario = script.scenario
        click.echo(f"{scenario.id:20} {scenario.track.value:6} {script.texts[scenario.outline]}")


@practice.command("lint")
@click.argument("files", nargs=-1, type=click.Path(dir_okay=False, path_type=Path))
def lint_scenarios(files: tuple[Path, ...]) -> None:
    """Find what is wrong with scenarios: dead ends, missing texts, words that do harm. All of them by default."""
    from bot.practice.lint import lint
    from bot.practice.loader import read_script

    with _failures():
        scripts = [read_script(file) for file in files] or list(_repertoire().scripts.values())
    steps = _guide_steps()
    findings = [(script.scenario.id, finding) for script in scripts for finding in lint(script, steps)]
    for scenario, finding in findings:
        _print_finding(scenario, finding)
    errors = sum(finding.is_error for _, finding in findings)
    if errors:
        raise Refused(f"{errors} errors in {len(scripts)} scenarios.")
    click.echo(f"{len(scripts)} scenarios, {len(findings)} warnings, no errors.")


def _print_finding(scenario: str, finding: Finding) -> None:
    kind = "error" if finding.is_error else "warning"
    click.echo(f"{scenario}: {kind}: {finding.place}: {finding.message}", err=finding.is_error)


@practice.command("schema")
def print_schema() -> None:
    """Print the JSON Schema of a scenario file, for editors."""
    from bot.practice.loader import schema

    click.echo(json.dumps(schema(), indent=2, ensure_ascii=False))


@practice.command("new")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--title", default="A title", help="The title of the scenario.")
def new_scenario(file: Path, title: str) -> None:
    """Start a scenario from a template; its id is the name of the file."""
    import re

    from bot.practice import loader

    scenario_id = re.sub(r"\W+", "_", file.stem.lower()).strip("_")
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", scenario_id):
        raise Refused("The name of the file has to begin with a letter and hold only letters, digits and _.")
    template = (Path(loader.__file__).parent / "template.yml").read_text(encoding="utf-8")
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(Template(template).substitute(id=scenario_id, title=json.dumps(title)))
    except FileExistsError as error:
        raise Refused(f"{file} is there already; choose another name.") from error
    except OSError as error:
        raise Refused(f"{file} cannot be written: {error.strerror}.") from error
    click.echo(f"Wrote {file}. Next: `disclosure-guide practice lint {file}`.")


@practice.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("ids", nargs=-1)
def export_pack(file: Path, ids: tuple[str, ...]) -> None:
    """Write scenarios to one file, a pack; all of them by default."""
    from bot.practice.repertoire import make_pack

    with _failures():
        pack = make_pack(ids, Settings.from_environment().scenarios)
    try:
        file.write_text(pack, encoding="utf-8")
    except OSError as error:
        raise Refused(f"{file} cannot be written: {error.strerror}.") from error
    click.echo(f"Wrote {file}.")


@practice.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--apply", is_flag=True, help="Take them in; otherwise only say what would happen.")
def import_pack(file: Path, apply: bool) -> None:
    """Take in the scenarios of a pack, each checked as `lint` does."""
    from bot.practice.repertoire import read_pack, take_pack

    with _failures():
        scripts = read_pack(file, _guide_steps())
        known = _repertoire().scripts
        if apply:
            take_pack(scripts, Settings.from_environment().scenarios)
    for scenario in scripts:
        click.echo(f"{'replaces' if scenario in known else 'new':9} {scenario}")
    click.echo("Taken in." if apply else "Nothing has been changed; use --apply to take them in.")


@practice.command("play")
@click.argument("name")
@click.option("--parallel", is_flag=True, help="Play the parallel variant.")
@click.option("--seed", type=int, default=None, help="Choose the wordings; by chance by default.")
@click.option("--language", default="en", help="The language you write in.")
def play_scenario(name: str, parallel: bool, seed: Optional[int], language: str) -> None:
    """Play a scenario in the terminal; NAME is an id or a file. "stop" ends at any time; nothing is kept."""
    from bot.practice.loader import read_script

    with _failures():
        scripts = _repertoire().scripts
        script = scripts[name] if name in scripts else read_script(Path(name))
        judge, languages = _judge()
    if language not in languages:
        raise Refused(f"Lines in {language!r} cannot be judged yet; there is {', '.join(languages)}.")
    _Performance(script, judge, language).play(secrets.randbelow(10**6) if seed is None else seed, parallel)


class _Performance:
    """A run in the terminal."""

    def __init__(self, script: Script, judge: Judge, language: str) -> None:
        from bot.practice.run import Stage

        self._script = script
        self._judge = judge
        self._language = language
        self._stage = Stage(script.scenario)

    def play(self, seed: int, parallel: bool) -> None:
        scenario, texts = self._script.scenario, self._script.texts
        other = scenario.parallel if parallel else None
        click.echo(f"{texts[scenario.notice]} It is all invented. Type “stop” to end at any time.\n")
        click.echo(texts[other.scene if other else scenario.scene])
        run, answer = self._stage.begin(seed, parallel)
        name = other.persona.name if other and run.parallel else scenario.persona.name
        lines: list[str] = []
        self._print(name, answer)
        while not self._stage.is_over(run):
            try:
                line = input("> ").strip()
            except (EOFError, KeyboardInterrupt):
                click.echo()
                break
            if way_out(line):
                click.echo("Stopped. Nothing is scored.")
                return
            if not line:
                continue
            judged = self._judge.judge(line, self._language, scenario.is_child)
            for sentence in judged.sentences:
                if sentence.doubtful:
                    click.echo(f"  (not sure what “{sentence.text}” does; it does not count)")
            run, answer = self._stage.say(run, judged.without_doubt())
            lines.append(line)
            self._coach(run)
            self._print(name, answer)
        self._debrief(run)

    def _print(self, name: str, answer: Answer) -> None:
        click.echo()
        for text in answer.says:
            click.echo(f"{name}: {self._script.texts[text]}")
        if answer.shows:
            click.echo(f"({self._script.texts[answer.shows]})")

    def _coach(self, run: Run) -> None:
        from bot.practice.coaching import feedback
        from bot.practice.moves import texts

        known = {**texts(), **self._script.texts}
        for kind, text in feedback(self._script.scenario, run).remarks:
            click.echo(f"  {kind.capitalize()}: {known[text]}")

    def _debrief(self, run: Run) -> None:
        from bot.practice.debrief import debrief
        from bot.practice.scoring import rubric

        if not run.turns:
            return
        result = debrief(self._script, run, self._care())
        click.echo(f"\n{result.score.points} of 100")
        for mark in result.score.marks:
            click.echo(f"  {rubric().texts[f'practice.rubric.{mark.item}']:45} {mark.points:4.1f} / {mark.weight:.1f}")
        for cue in self._script.scenario.cues:
            if cue.id in result.score.missed:
                click.echo(f"  Not picked up: {self._script.texts[cue.about]}")
        click.echo("If this stays with you, talk to somebody you trust or to staff welfare.")

    @staticmethod
    def _care() -> Optional[bool]:
        """Whether they know whom to turn to, which is worth the last points of the rubric; None without an answer."""
        click.echo("\nHow are you? Do you know whom you could talk to, for yourself? (y/n)")
        try:
            return {"y": True, "n": False}.get(input("> ").strip().lower()[:1])
        except (EOFError, KeyboardInterrupt):
            return None


@practice.command("judge")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def judge_file(file: Path) -> None:
    """Score a transcript ({scenario, language, lines}, JSON or YAML) and print the debrief as JSON."""
    from bot.practice.debrief import as_json, judge_transcript
    from bot.practice.transcripts import read_transcript

    with _failures():
        scripts = _repertoire().scripts
        judge, languages = _judge()
        transcript = read_transcript(file, scripts, languages)
    script = scripts[transcript.scenario]
    result, judged = judge_transcript(
        script, transcript.lines, transcript.language, judge, transcript.knows_care
    )
    click.echo(json.dumps(as_json(script, result, transcript.lines, judged), indent=2, ensure_ascii=False))
