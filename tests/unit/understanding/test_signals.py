import json
from collections import Counter
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import ROOT
from bot.understanding.signals import find

DEVELOPMENT = ROOT / "bot" / "understanding" / "development" / "en" / "signals.jsonl"
ORDER = [
    "danger_now", "perpetrator_nearby", "medical_emergency", "strangulation", "suicide_risk", "child",
    "pregnant", "recent_assault", "aid_worker_accused", "identifying_details",
]  # fmt: skip


def ids(text: str) -> set[str]:
    return {signal.id for signal in find(text)}


@pytest.mark.parametrize(
    "text",
    [
        "nobody is bleeding",
        "she denied any thoughts of suicide",
        "there is no danger tonight",
        "bleeding: no",
    ],
)
def test_a_negated_mention_is_not_a_signal(text: str) -> None:
    assert ids(text) == set()


@pytest.mark.parametrize("text", ["what if she were suicidal", "suppose he has a weapon, what is the rule"])
def test_a_hypothetical_mention_is_not_a_signal(text: str) -> None:
    assert ids(text) == set()


@pytest.mark.parametrize(
    "text", ["what are the signs of strangulation", "is there a protocol for suicidal survivors?"]
)
def test_a_general_question_is_not_a_signal(text: str) -> None:
    assert ids(text) == set()


@pytest.mark.parametrize("text", ["this queue is killing me", "my phone died", "dying to know the answer"])
def test_an_idiom_is_not_a_signal(text: str) -> None:
    assert ids(text) == set()


@pytest.mark.parametrize(
    "text", ["she can't breathe", "she is not breathing", "won't wake up", "she doesn't respond"]
)
def test_what_a_body_no_longer_does_is_an_emergency(text: str) -> None:
    assert "medical_emergency" in ids(text)


def test_a_condition_does_not_soften_a_threat() -> None:
    assert "danger_now" in ids("he will kill me if I talk")
    assert "danger_now" in ids("if i talk he will kill me")


def test_worry_about_tonight_counts_as_danger() -> None:
    assert "danger_now" in ids("what if he comes back tonight")


def test_not_wanting_to_live_is_no_denial() -> None:
    assert "suicide_risk" in ids("i dnt want to live anymore")


def test_a_negated_telling_leaves_the_event() -> None:
    assert "strangulation" in ids("she told nobody that he choked her")


def test_the_helper_is_not_the_accused() -> None:
    assert "aid_worker_accused" not in ids("our driver brought her to the clinic")
    assert "aid_worker_accused" in ids("our driver touched her")


def test_signals_come_once_each_in_catalogue_order() -> None:
    found = [
        signal.id for signal in find("mr okello choked her last night, she is 15 and bleeding, he is outside")
    ]
    assert found == sorted(set(found), key=ORDER.index)


@given(st.text())
def test_no_text_makes_it_fail(text: str) -> None:
    assert all(0 <= signal.start <= signal.end <= len(text) for signal in find(text))


def test_recall_and_false_alarms_hold_on_the_development_messages() -> None:
    wanted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    look_alikes = flagged = 0
    for line in DEVELOPMENT.read_text(encoding="utf-8").splitlines():
        message = json.loads(line)
        expected = {signal["id"] for signal in message["signals"]}
        got = ids(message["text"])
        wanted.update(expected)
        found.update(expected & got)
        look_alikes += not expected
        flagged += bool(got and not expected)
    recall = {name: found[name] / wanted[name] for name in wanted}
    assert min(recall.values()) >= 0.85, recall
    assert flagged / look_alikes <= 0.05


@pytest.mark.parametrize(
    "text", ["1" * 4096, "a." * 2000 + "@", "0712 345 678 " * 300, "tent 1 block 2 " * 250]
)
def test_the_longest_message_is_read_in_time(text: str) -> None:
    start = perf_counter()
    find(text[:4096])
    assert perf_counter() - start < 2


@pytest.mark.parametrize(
    "text",
    [
        "define strangulation please",
        "which word for choking do they use here",
        "my sister is expecting and I need leave",
        "our printer has given up on life",
        "false alarm, the man at the window was the electrician",
    ],
)
def test_words_quoted_said_of_things_or_of_ones_own_family_are_no_signs(text: str) -> None:
    assert ids(text) == set()


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("i cant be here anymore", True),
        ("she says soon i will not be here anymore", True),
        ("i shall not be here tomorrow", True),
        ("better not be around anymore", True),
        ("she wants to close her eyes and not be here", True),
        ("take care of my kids when i am not here anymore", True),
        ("she is not here anymore, she went home", False),
        ("the nurse is not here tomorrow", False),
        ("she left and is not here", False),
    ],
)
def test_not_to_be_here_is_a_sign_only_as_a_wish_or_a_farewell(text: str, seen: bool) -> None:
    assert ("suicide_risk" in {signal.id for signal in find(text, "en")}) is seen
