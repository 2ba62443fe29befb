import subprocess
import sys
from typing import cast

import pytest

from bot.understanding.evidence import Evidence
from bot.understanding.noticing import is_question, notice
from bot.understanding.signal_model import SignalModel


def test_once_the_languages_are_loaded_a_message_waits_for_no_file() -> None:
    # In a process of its own: in this one other tests may have loaded them.
    script = """
import builtins, pathlib
from bot.understanding.noticing import load_languages, notice
load_languages()
def refuse(*anything, **more):
    raise AssertionError("a file is read while somebody waits")
builtins.open = pathlib.Path.open = pathlib.Path.read_text = refuse
for language, text in (
    ("en", "She is 13, call Mary on +211 912 345 678"),
    ("fr", "Elle a 13 ans, appelez Awa au +223 76 12 34 56"),
    ("es", "Ella tiene 13 años, llame a Rosa al +57 301 234 5678"),
    ("ar", "عمرها ١٣ سنة، مدام جلفدانه على ٠٧٧٠١٢٣٤٥٦٧"),
    ("ar", "3omra 13 sane, ra2m 07701234567"),
):
    assert {"child", "identifying_details"} <= {signal.id for signal in notice(text, language, None)}, text
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.mark.parametrize(
    ("text", "language", "asked"),
    [
        ("is she allowed not to", "en", True),
        ("and does he have to know", "en", True),
        ("is the boy safe here", "en", True),
        ("is the girl still safe with him", "en", True),
        ("is there a doctor here", "en", True),
        ("is bleeding a lot", "en", False),
        ("is her uncle, he has a knife", "en", False),
        ("is there. he is outside", "en", False),
        ("is a girl of 14 raped", "en", False),
        ("does not want to go", "en", False),
        ("do not tell him", "en", False),
        ("est-ce que je dois signaler", "fr", True),
        ("elle peut refuser", "fr", False),
        ("puedo abrazarla", "es", True),
        ("puede ser que vuelva", "es", False),
        ("puedo oírlo, tiene un machete", "es", False),
        ("está obligada a acostarse con el jefe", "es", False),
        ("debo huir, me va a matar", "es", False),
        ("هل لازم أبلغ", "ar", True),
    ],
)
def test_a_question_needs_no_question_mark(text: str, language: str, asked: bool) -> None:
    assert is_question(text, language) is asked


class Found:
    """A model that finds signs, some of them in doubt."""

    names = ("child", "suicide_risk")

    def __init__(self, **in_doubt: bool) -> None:
        self._in_doubt = in_doubt

    def find(self, text: str, evidence: Evidence) -> dict[str, bool]:
        return self._in_doubt


@pytest.mark.parametrize(
    ("found", "doubtful"),
    [({"suicide_risk": False}, set()), ({"suicide_risk": True}, {"suicide_risk"}), ({"child": True}, set())],
)
def test_only_a_danger_is_in_doubt(found: dict[str, bool], doubtful: set[str]) -> None:
    noticed = notice("she took off her shoes", "en", cast(SignalModel, Found(**found)))
    assert {signal.id for signal in noticed} == set(found)
    assert {signal.id for signal in noticed if signal.is_doubtful} == doubtful


def test_what_only_rules_know_of_is_not_in_doubt() -> None:
    assert [signal.is_doubtful for signal in notice("he has a knife", "en", cast(SignalModel, Found()))] == [False]
