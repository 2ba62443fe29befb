"""`practice` on the command line: output, exit codes, one sentence when something is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.test_command_line import run

GOOD = [
    "Shall we go behind the tent where nobody hears us? I'm Sara, I do the tokens.",
    "Before you say more: I have to tell the focal point if an aid worker did this. The rest I keep to myself.",
    "Thank you for telling me. Take your time, I'm listening.",
    "It is not your fault. He used his power over your food.",
    "Are you safe tonight?",
    "What do you need most right now? There is a clinic and a counsellor, and you can also choose none.",
    "If you agree I tell only her, only your first name. Is that okay for you?",
    "I leave your name out of the report.",
    "The counsellor is here until four. You can come back any time.",
]
BAD = [
    "I promise I won't tell anyone. What exactly did he do to you?",
    "Why did you go there? You should have stayed at home.",
    "I will talk to him.",
]


def test_scenarios_are_listed() -> None:
    result = run("practice", "list")
    assert result.exit_code == 0 and "food_queue" in result.output
    assert len(json.loads(run("practice", "list", "--json").output)) >= 13


def test_the_package_has_no_findings() -> None:
    result = run("practice", "lint")
    assert result.exit_code == 0 and "0 warnings" in result.output


def test_a_scenario_is_begun_checked_and_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "my_market.yml"
    assert run("practice", "new", str(file), "--title", 'At the "market"').exit_code == 0
    assert run("practice", "lint", str(file)).exit_code == 0
    again = run("practice", "new", str(file))
    assert again.exit_code == 1 and "already" in again.output
    assert run("practice", "new", str(tmp_path / "1.yml")).exit_code == 1


def test_a_broken_scenario_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "broken.yml"
    file.write_text("format: 1\n")
    result = run("practice", "lint", str(file))
    assert result.exit_code == 1 and result.output.count("\n") == 1 and "broken.yml" in result.output


def test_the_schema_is_json() -> None:
    assert json.loads(run("practice", "schema").output)["title"] == "Practice scenario"


def test_a_pack_goes_out_and_comes_in(tmp_path: Path) -> None:
    pack, home = tmp_path / "pack.yml", str(tmp_path / "home")
    assert run("practice", "export", str(pack), "driver").exit_code == 0
    text = pack.read_text(encoding="utf-8").replace("id: driver", "id: my_driver", 1)
    pack.write_text(text, encoding="utf-8")
    looked = run("practice", "import", str(pack), DISCLOSURE_GUIDE_HOME=home)
    assert "new" in looked.output and "Nothing has been changed" in looked.output
    assert run("practice", "import", str(pack), "--apply", DISCLOSURE_GUIDE_HOME=home).exit_code == 0
    assert "my_driver" in run("practice", "list", DISCLOSURE_GUIDE_HOME=home).output


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    folder = tmp_path_factory.mktemp("transcripts")
    found = {}
    for name, lines in (("good", GOOD), ("bad", BAD)):
        file = folder / f"{name}.json"
        file.write_text(json.dumps({"scenario": "food_queue", "language": "en", "lines": lines}))
        result = run("practice", "judge", str(file))
        assert result.exit_code == 0, result.output
        found[name] = json.loads(result.output[result.output.index("{") :])
    return found


def test_a_good_transcript_scores_high(scores: dict[str, dict[str, object]]) -> None:
    assert scores["good"]["score"] >= 80 and not scores["good"]["critical_fails"]  # type: ignore[operator]
    assert scores["good"]["ending"] == "well"


def test_a_bad_transcript_scores_low_and_says_why(scores: dict[str, dict[str, object]]) -> None:
    fails = {fail["move"] for fail in scores["bad"]["critical_fails"]}  # type: ignore[attr-defined]
    assert scores["bad"]["score"] <= 25 and fails >= {"promise_secrecy", "blame", "contact_accused"}  # type: ignore[operator]


def test_a_scenario_is_played_in_the_terminal() -> None:
    result = run("practice", "play", "food_queue", "--seed", "4", stdin="\n".join(GOOD) + "\n")
    assert result.exit_code == 0 and "Amina:" in result.output and "of 100" in result.output
    told = [
        run("practice", "play", "food_queue", "--seed", "4", stdin="\n".join((*GOOD, answer)) + "\n").output
        for answer in ("y", "n")
    ]
    assert ["Looking after yourself" in each for each in told] == [True, True] and told[0] != told[1]
    assert "Looking after yourself" not in result.output, "nobody answered"
    stopped = run("practice", "play", "food_queue", "--parallel", stdin="stop\n")
    assert "Roda:" in stopped.output and "of 100" not in stopped.output
    assert run("practice", "play", "nobody").exit_code == 1


def test_understand_reads_moves_when_asked() -> None:
    said = "Are you safe tonight? I promise I won't tell anyone."
    result = run("understand", "--practice", stdin=said + "\n")
    moves = json.loads(result.output.strip().splitlines()[-1])["moves"]
    assert {"id": "check_safety", "sentence": "Are you safe tonight?"} in moves
    assert {"id": "promise_secrecy", "sentence": "I promise I won't tell anyone."} in moves
