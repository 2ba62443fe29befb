"""How understanding is measured."""

from __future__ import annotations

import pytest

from bot.understanding.evaluation import Report, _calibration_error, as_markdown, f1_of_each


def test_f1_counts_what_is_missed_and_what_is_too_much() -> None:
    scores = f1_of_each([{"blame"}, {"blame", "doubt"}, set()], [{"blame"}, {"doubt"}, {"blame"}])
    assert scores == {"blame": pytest.approx(0.5), "doubt": pytest.approx(1.0)}


def test_confidence_that_is_right_as_often_as_it_says_has_no_calibration_error() -> None:
    assert _calibration_error([(0.75, True)] * 3 + [(0.75, False)]) == pytest.approx(0.0)
    assert _calibration_error([(0.95, False)] * 4) == pytest.approx(0.95)


def test_the_report_names_what_was_measured() -> None:
    report = Report("fr", figures={"controls": 0.975, "milliseconds": 2.5})
    report.confusions = [(("secrecy_request", "refuses_report"), 2)]
    text = as_markdown(report)
    assert "| controls | 97.5% |" in text
    assert "| milliseconds | 2.5 |" in text
    assert "secrecy_request → refuses_report: 2" in text
