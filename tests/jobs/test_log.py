"""Logs tell what happened, not to whom."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from examday import log


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is logged while the test runs; logging is put back afterwards."""
    handlers, level = logging.root.handlers[:], logging.root.level
    stream, configured = io.StringIO(), structlog.get_config()
    log.configure("test", stream)
    yield stream
    logging.captureWarnings(False)
    logging.root.handlers[:], logging.root.level = handlers, level
    structlog.configure(**configured)


def read(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_only_known_keys_are_written(lines: io.StringIO) -> None:
    log.get("a").info(
        "file received", scan="123", name="Иванов.jpg", answer="КИСЛОРОД", password="x"
    )
    [line] = read(lines)
    assert line["scan"] == "123"
    assert set(line) <= log.ALLOWED
    assert "Иванов" not in lines.getvalue() and "КИСЛОРОД" not in lines.getvalue()


def test_an_exception_is_its_type_and_place_without_its_message(lines: io.StringIO) -> None:
    try:
        raise ValueError("Иванов, ответ 42")
    except ValueError as error:
        log.get("a").error("job failed", exc_info=error)
        logging.getLogger("library").exception("library failed")
    for line in read(lines):
        assert line["exception"][0] == "ValueError"  # type: ignore[index]
    assert "Иванов" not in lines.getvalue()


def test_a_line_cannot_be_forged(lines: io.StringIO) -> None:
    logging.getLogger("library").warning('a\n{"event": "forged"}\r\nb')
    assert len(read(lines)) == 1


def test_libraries_log_in_the_same_form(lines: io.StringIO) -> None:
    logging.getLogger("celery.worker").info("ready")
    [line] = read(lines)
    assert (line["part"], line["logger"], line["level"]) == ("test", "celery.worker", "info")
