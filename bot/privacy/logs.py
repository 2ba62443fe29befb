"""Logging that cannot hold what somebody typed.

Our own modules log fixed sentences with ids and counts. Everything else – Rasa, its structlog events, HTTP
libraries – may quote messages or tokens, so of their records only the logger's name and the kind of error
are written.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings

OWN_LOGGERS = ("bot", "actions")
HARMLESS_LOGGERS = ("uvicorn.error",)
"""Loggers of others whose messages are fixed texts about starting and stopping."""


class WithheldFormatter(logging.Formatter):
    """Formats our own records in full, and of all others only where they came from."""

    def format(self, record: logging.LogRecord) -> str:
        when = self.formatTime(record, "%Y-%m-%d %H:%M:%S")
        if record.name.split(".")[0] in OWN_LOGGERS or record.name in HARMLESS_LOGGERS:
            said = record.getMessage()
        else:
            kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "details"
            said = f"({kind} withheld)"
        return f"{when} {record.levelname.lower():8} {record.name}: {said}"


def configure(level: int = logging.INFO) -> None:
    """Sets up logging; call before Rasa is imported, because it reads LOG_LEVEL then."""
    for name in ("LOG_LEVEL", "LOG_LEVEL_LIBRARIES", "LOG_LEVEL_MATPLOTLIB", "LOG_LEVEL_RABBITMQ"):
        os.environ[name] = "ERROR"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    warnings.showwarning = lambda *_, **__: None  # libraries reset the filters while they are imported
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(WithheldFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.ERROR)
    for name in (*OWN_LOGGERS, *HARMLESS_LOGGERS):
        logging.getLogger(name).setLevel(level)
    for name in ("rasa", "rasa_sdk", "httpx", "httpcore", "apscheduler", "sqlalchemy"):
        logging.getLogger(name).setLevel(logging.ERROR)
    _silence_structlog()


def _silence_structlog() -> None:
    """Rasa logs message texts through structlog, which prints everything until it is told not to."""
    import structlog

    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL),
        logger_factory=structlog.stdlib.LoggerFactory(),
        processors=[structlog.processors.EventRenamer("event"), structlog.stdlib.render_to_log_kwargs],
    )
