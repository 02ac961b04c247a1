"""Logs tell what happened, not to whom."""

import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest
import structlog
from flask import Flask

from examday import log
from examday.domain.people.roles import Role
from examday.services.jobs import outbox
from examday.services.unit_of_work import WORKER, Store
from tests import people_at_once
from tests.conftest import Browser


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
    logging.getLogger("library").warning('a\n{"event": "forged"}\r\nb' + "c" * 9_000)
    [line] = read(lines)
    assert len(str(line["event"])) == 400, "a statement with the answers of a day is longer"


def test_libraries_log_in_the_same_form(lines: io.StringIO) -> None:
    logging.getLogger("celery.worker").info("ready")
    [line] = read(lines)
    assert (line["part"], line["logger"], line["level"]) == ("test", "celery.worker", "info")


def test_one_word_leads_from_a_page_to_what_a_worker_did_for_it(
    lines: io.StringIO, store: Store, app: Flask
) -> None:
    def ask() -> None:
        with store.begin(WORKER) as uow:
            uow.enqueue("test.work", "a")

    # The application is that of all tests and has answered before: it takes no more decorators.
    app.before_request_funcs[None].append(ask)
    said = app.test_client().get("/login").headers["X-Trace"]
    app.before_request_funcs[None].remove(ask)
    log.begin_trace()  # begins a trace of its own, as somebody else's step does
    outbox.run(
        store, "test.work", "a", lambda _s, _a: log.get("x").info("at it"), lambda _s, _a: None
    )
    told = {line["event"]: line.get("trace") for line in read(lines)}
    assert (told["at it"], told["job done"]) == (said, said)


def test_a_step_is_told_also_where_it_was_refused(lines: io.StringIO, app: Flask) -> None:
    # refused on purpose: the form's token is missing
    said = app.test_client().post("/login").headers["X-Trace"]
    [step] = [line for line in read(lines) if line["event"] == "step"]
    assert (step["trace"], step["endpoint"], step["status"]) == (said, "login.enter", 400)


def test_a_look_that_was_refused_can_be_found(
    lines: io.StringIO, store: Store, app: Flask, browser: Callable[[], Browser]
) -> None:
    helper, reader = people_at_once.add_one(store, "anna", Role.ASSISTANT), browser()
    reader.log_in("anna")
    assert reader.get("/people").status_code == 403
    assert reader.get("/work").status_code == 200
    *_, step = [line for line in read(lines) if line["event"] == "step"]
    assert (step["method"], step["status"], step["person_id"]) == ("GET", 403, helper.id)


def test_a_job_of_the_clock_has_no_word(lines: io.StringIO, store: Store) -> None:
    with log.traced(""), store.begin(WORKER) as uow:
        uow.enqueue("test.work", "b")
    outbox.run(store, "test.work", "b", lambda _s, _a: None, lambda _s, _a: None)
    [line] = read(lines)
    assert line["event"] == "job done" and "trace" not in line
