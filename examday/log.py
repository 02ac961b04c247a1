"""Logs as JSON lines.

A whitelist decides what may stand in one: no names, answers, file names or secrets.
"""

import logging
import secrets
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TextIO

import structlog
from structlog.stdlib import BoundLogger
from structlog.typing import EventDict, Processor, WrappedLogger

ALLOWED = frozenset(
    {
        "event",
        "level",
        "logger",
        "timestamp",
        "part",
        "task",
        "scan",
        "page",
        "booklet",
        "outbox",
        "person_id",
        "code",
        "count",
        "seconds",
        "attempt",
        "status",
        "method",
        "endpoint",
        "incident",
        "exception",
        "signal",
        "pid",
        "sha256",
        "trace",
    }
)
"""Keys that hold codes, ids, counts or times. Everything else is left out, whoever logs it."""


_trace: ContextVar[str] = ContextVar("trace", default="")
"""Of the thread at hand, so that lines of several requests can be told apart where they mix."""


def trace() -> str:
    """What this thread is at: a word that ties a page to the jobs that it asked for; "" for none."""
    return _trace.get()


def begin_trace() -> str:
    """Begin something new: what this thread logs from now on carries its word."""
    word = secrets.token_hex(8)
    _trace.set(word)
    return word


@contextmanager
def traced(word: str) -> Iterator[None]:
    """Go on inside with what was begun elsewhere."""
    before = _trace.set(word)
    try:
        yield
    finally:
        _trace.reset(before)


def with_trace(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Add the word of what this thread is at."""
    word = trace()
    return {**event, "trace": word} if word else event


def leave_out_personal_data(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Keep the allowed keys only.

    The event text itself is one line and never longer than 400 characters.
    """
    kept = {key: value for key, value in event.items() if key in ALLOWED}
    # Cut, because libraries put whole statements into one line, with what they hold.
    kept["event"] = str(kept.get("event", ""))[:400]
    return kept


def where_not_what(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """An exception as its type and places in the code.

    Its message is left out: databases put row values there.
    """
    info = event.pop("exc_info", None)
    if info:
        error = (
            info
            if isinstance(info, BaseException)
            else (info[1] if isinstance(info, tuple) else sys.exc_info()[1])
        )
        if error is not None:
            # The innermost places tell the fault; the outer ones are the same every time and would
            # only fill the log.
            places = traceback.extract_tb(error.__traceback__)[-8:]
            event["exception"] = [
                type(error).__name__,
                *(f"{p.filename}:{p.lineno} {p.name}" for p in places),
            ]
    return event


def configure(part: str, stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send this process's log as JSON lines to `stream` (standard error).

    The log of libraries is included.
    """
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        lambda _l, _m, event: {**event, "part": part},
        with_trace,
        where_not_what,
    ]
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                leave_out_personal_data,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(level)
    logging.captureWarnings(True)
    # Quieter, because these tell every job and every file twice; their warnings stay.
    for name in ("celery.worker.strategy", "celery.app.trace", "alembic", "watchdog", "kombu"):
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def get(name: str) -> BoundLogger:
    """A logger; call it as log.info("what happened", scan=…, seconds=…)."""
    logger: BoundLogger = structlog.get_logger(name)
    return logger
