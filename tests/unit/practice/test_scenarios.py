"""The package's scenarios: each sound, each played to a good and to a bad end."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.guidance.loader import library
from bot.practice.judging import JudgedLine, JudgedSentence
from bot.practice.lint import lint
from bot.practice.loader import SCENARIOS, ScenarioError, Script, parse_script, shipped
from bot.practice.models import Ending, Track
from bot.practice.run import Run, Stage
from bot.practice.scoring import rubric, score

STEPS = {step.id for step in library().steps}
SCRIPTS = list(shipped().values())


def line(*moves: str) -> JudgedLine:
    return JudgedLine((JudgedSentence("…", frozenset(moves)),))


def play_well(script: Script, parallel: bool = False) -> Run:
    """Always does everything the moment calls for, and what its cue asks for."""
    stage = Stage(script.scenario)
    run, _ = stage.begin(seed=3, parallel=parallel)
    while not stage.is_over(run):
        state = script.scenario.states[run.state]
        cue = state.cue.answered_by if state.cue else frozenset()
        run, _ = stage.say(run, line(*state.calls_for, *cue))
    return run


def test_the_twelve_and_the_short_one_are_there() -> None:
    assert {script.scenario.letter for script in SCRIPTS if script.scenario.letter} == set("ABCDEFGHIJKL")
    assert any(script.scenario.track is Track.SHORT for script in SCRIPTS)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.scenario.id)
class TestEach:
    def test_has_nothing_wrong(self, script: Script) -> None:
        assert lint(script, STEPS) == []

    def test_ends_well_when_all_is_done(self, script: Script) -> None:
        for parallel in (False, True):
            run = play_well(script, parallel)
            result = score(script.scenario, run)
            assert Stage(script.scenario).ending(run) is Ending.WELL
            assert result.points >= 85 and not result.has_critical_fail, result.as_json()
            least = 8 if script.scenario.track is Track.CORE else 3
            assert least <= len(run.turns) <= script.scenario.most

    def test_is_left_when_trust_is_gone(self, script: Script) -> None:
        stage = Stage(script.scenario)
        run, _ = stage.begin(seed=1)
        while not stage.is_over(run):
            run, _ = stage.say(run, line("blame", "probe_details"))
        assert stage.ending(run) is Ending.LEFT
        assert score(script.scenario, run).points <= 20

    def test_ends_in_time_when_nothing_is_said(self, script: Script) -> None:
        stage = Stage(script.scenario)
        run, _ = stage.begin(seed=2)
        while not stage.is_over(run):
            run, _ = stage.say(run, line())
        assert len(run.turns) <= script.scenario.most
        assert stage.ending(run) is Ending.MIXED
        assert score(script.scenario, run).points <= 35

    def test_a_critical_cue_missed_caps_the_score(self, script: Script) -> None:
        for cue in (cue for cue in script.scenario.cues if cue.is_critical):
            stage = Stage(script.scenario)
            run, _ = stage.begin(seed=5)
            while not stage.is_over(run):
                wanted = set(script.scenario.states[run.state].calls_for) - cue.answered_by
                run, _ = stage.say(run, line(*wanted))
            result = score(script.scenario, run)
            assert cue in result.left_alone and result.points <= rubric().cap

    def test_two_runs_differ_in_words(self, script: Script) -> None:
        stage = Stage(script.scenario)
        assert len({stage.begin(seed)[1].says for seed in range(12)}) > 1

    def test_the_parallel_says_other_things(self, script: Script) -> None:
        stage = Stage(script.scenario)
        assert stage.begin(4, parallel=True)[1].says != stage.begin(4)[1].says


def scenario_data() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((SCENARIOS / "a_food_queue.yml").read_text(encoding="utf-8"))
    return data


def parsed(data: dict[str, Any]) -> Script:
    return parse_script(yaml.safe_dump(data, allow_unicode=True), "mine.yml")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda d: d["states"]["opening"].update(otherwise="nowhere"), "no state 'nowhere'"),
        (lambda d: d["states"]["opening"].pop("says"), "'says' is a required property"),
        (lambda d: d["states"]["opening"].update(surprise=1), "surprise"),
        (lambda d: d["states"]["goodbye"]["ways"][0].update(missed=["unheard"]), "no cue 'unheard'"),
        (lambda d: d["states"]["ends_well"].update(otherwise="opening"), "either 'end' or 'otherwise'"),
        (lambda d: d.update(leaves="ends_well"), "not an end of the kind 'left'"),
        (lambda d: d.update(format=2), "1 was expected"),
    ],
)
def test_what_breaks_a_scenario_is_named(spoil: Any, said: str) -> None:
    data = scenario_data()
    spoil(data)
    with pytest.raises(ScenarioError, match=said):
        parsed(data)


@pytest.mark.parametrize("text", ["[", "", "- a\n- b", "a: &x [*x]", "\x00"])
def test_what_is_no_scenario_is_refused(text: str) -> None:
    with pytest.raises(ScenarioError, match=r"odd\.yml"):
        parse_script(text, "odd.yml")


@pytest.mark.parametrize(
    ("spoil", "is_error", "said"),
    [
        (lambda d: d["states"].update(island=copy.deepcopy(d["states"]["clinic"])), True, "nothing leads here"),
        (lambda d: d["states"]["opening"].update(calls_for=["blame"]), True, "harmful move 'blame'"),
        (lambda d: d["states"]["opening"].update(calls_for=["sing"]), True, "no move 'sing'"),
        (lambda d: d["states"]["opening"].update(steps=["dance"]), True, "no step 'dance'"),
        (lambda d: d["states"]["opening"]["says"].update(a="Call +49 151 2345 678"), True, "telephone"),
        (lambda d: d["states"]["opening"]["says"].update(a="write to me@example.org"), True, "address"),
        (lambda d: d["states"]["opening"]["says"].update(a="I was naked"), True, "graphic"),
        (lambda d: d["states"]["opening"]["says"].update(a="a {name} here"), True, "placeholders"),
        (lambda d: d.update(outline="A victim in the queue."), False, "survivor"),
        (lambda d: d["states"]["opening"].update(says={"a": "Once only."}), False, "two wordings"),
        (lambda d: d["states"]["opening"].pop("line"), False, "no line to try"),
        (lambda d: d.pop("parallel"), False, "parallel"),
    ],
)
def test_lint_finds_it(spoil: Any, is_error: bool, said: str) -> None:
    data = scenario_data()
    spoil(data)
    found = lint(parsed(data), STEPS)
    assert any(finding.is_error is is_error and said in finding.message for finding in found), found


def test_a_circle_without_an_end_is_found() -> None:
    data = scenario_data()
    data["states"]["clinic"].update(otherwise="wishes", ways=[])
    found = [finding.message for finding in lint(parsed(data), STEPS)]
    assert "no end can be reached from here" in found


def test_the_template_is_a_scenario(tmp_path: Path) -> None:
    from string import Template

    from bot.practice import loader

    text = (Path(loader.__file__).parent / "template.yml").read_text(encoding="utf-8")
    script = parse_script(Template(text).substitute(id="mine", title='"Mine"'), "mine.yml")
    assert not [finding for finding in lint(script, STEPS) if finding.is_error]
