"""A log line cannot hold what somebody typed."""

from __future__ import annotations

import logging

import structlog

from bot.privacy.logs import WithheldFormatter, configure

SECRET = "her name is Planted Secret"


def record(name: str, message: str, error: BaseException | None = None) -> logging.LogRecord:
    info = (type(error), error, None) if error else None
    return logging.LogRecord(name, logging.ERROR, "file.py", 1, message, (), info)


def test_the_messages_of_others_are_withheld() -> None:
    line = WithheldFormatter().format(record("rasa.core.processor", SECRET))
    assert "Planted" not in line and "rasa.core.processor" in line


def test_of_an_error_only_its_kind_is_written() -> None:
    line = WithheldFormatter().format(record("sanic.error", "x", ValueError(SECRET)))
    assert "ValueError" in line and "Planted" not in line


def test_our_own_fixed_sentences_are_kept() -> None:
    assert "purged 3 conversations" in WithheldFormatter().format(record("bot.app", "purged 3 conversations"))


def test_rasa_s_structured_debug_events_go_nowhere(capsys) -> None:  # type: ignore[no-untyped-def]
    configure()
    structlog.get_logger("rasa.core.processor").debug("processor.message.parse", text=SECRET)
    structlog.get_logger("rasa.core.processor").error("processor.message.parse", text=SECRET)
    logging.getLogger("httpx").info("HTTP Request: POST https://example.org/bot123:TOKEN/getMe")
    captured = capsys.readouterr()
    assert "Planted" not in captured.out + captured.err
    assert "TOKEN" not in captured.out + captured.err
