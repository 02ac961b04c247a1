"""What runs on the data folder: database, broker, workers, pages."""

import sqlite3
from collections.abc import Iterable

from examday.doctor.findings import Finding, Level
from examday.domain.errors import DomainError, Unavailable
from examday.domain.messages import N_
from examday.settings import Settings
from examday.station.answering import Pages, ask_worker, look_at_pages, worker_answered
from examday.storage.broker import answers, broker_url

BROKER_S = 0.3
"""A broker on this computer answers in a millisecond; one in a network may need some."""

WORKER_S = 5.0
"""An idle worker answers at once. With a page in hand it may take longer, and is called busy."""

SILENT = (
    Level.FAIL,
    N_("The station runs, but its pages do not answer at %(address)s."),
    N_("The reason stands at the end of %(log)s."),
)
"""The broker lives, so a launcher should keep a web server alive beside it."""

PAGES = {
    Pages.OURS: (Level.OK, N_("The station answers at %(address)s."), ""),
    Pages.NOBODY: (Level.OK, N_("Port %(port)s is free."), ""),
    Pages.FAILING: (
        Level.FAIL,
        N_("The pages at %(address)s answer with an error (%(status)s)."),
        N_("The reason stands at the end of %(log)s."),
    ),
    Pages.OTHER: (
        Level.OFF,
        N_("At %(address)s another station or program answers, not the one of this data folder."),
        N_("Choose another port: `examday station --port %(other)s`."),
    ),
}
"""What was found at the address → how bad it is, and what to do: an open port alone says
nothing of the pages."""


def database(settings: Settings) -> Iterable[Finding]:
    """Whether the database answers, and has the newest form."""
    from examday.storage.database import form_of, make_engine, newest_form

    if settings.database_url.startswith("sqlite"):
        if _is_unmade(settings):
            yield Finding(
                "database",
                Level.OFF,
                N_("There is no database yet."),
                N_("It is made at the first start of the station."),
            )
            return
        yield Finding(
            "sqlite", Level.OK, N_("SQLite %(version)s"), "", {"version": sqlite3.sqlite_version}
        )
    engine = make_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            now, head = form_of(connection), newest_form()
    except Unavailable as error:
        yield Finding("database", Level.FAIL, error.message, error.advice)
        return
    finally:
        engine.dispose()
    yield Finding(
        "database",
        Level.OK if now == head else Level.OFF,
        N_("The database answers (form %(now)s)."),
        "" if now == head else N_("It is brought to form %(head)s at the next start."),
        {"now": now or "–", "head": head},
    )


def _is_unmade(settings: Settings) -> bool:
    """Whether the database is the station's own file, which its first start makes."""
    own = settings.var / "examday.sqlite"
    return settings.database_url == f"sqlite:///{own}" and not own.exists()


def doubles(settings: Settings) -> Iterable[Finding]:
    """Entries of the plan that nobody can tell apart by looking; older than the rule against them."""
    from examday.services.plan.lists import doubles
    from examday.services.unit_of_work import Store

    if _is_unmade(settings):
        return
    store = Store(settings)
    try:
        with store.read() as uow:
            found = doubles(uow)
    finally:
        store.close()
    for _kind, group in found:
        yield Finding(
            "doubles",
            Level.OFF,
            N_("Entries of the plan look the same: %(group)s."),
            N_("Open the day plan, decide which is right and change the other by hand."),
            {"group": " / ".join(group)},
        )


def broker(settings: Settings) -> Iterable[Finding]:
    """The broker of this data folder, or the program that would be started for it."""
    from examday.station.broker import find_server

    if _broker_answers(settings):
        yield Finding("broker", Level.OK, N_("The broker answers."))
        return
    if settings.broker_url:
        yield Finding(
            "broker",
            Level.FAIL,
            N_("The broker named in EXAMDAY_BROKER_URL does not answer."),
            N_("Start it, or remove the variable: the station then starts a private one."),
        )
        return
    try:
        yield Finding(
            "broker",
            Level.OK,
            N_("Broker program %(path)s (not running now)"),
            "",
            {"path": find_server()},
        )
    except DomainError as error:
        yield Finding("broker", Level.FAIL, error.message, error.advice, error.params)


def _broker_answers(settings: Settings) -> bool:
    return answers(broker_url(settings), BROKER_S)


def worker(settings: Settings) -> Iterable[Finding]:
    """A job is given to the workers of a running station, and one of them has to answer it."""
    if not _broker_answers(settings):
        return
    if worker_answered(settings, ask_worker(settings), WORKER_S):
        yield Finding("worker", Level.OK, N_("A worker has answered: scans are taken in."))
    else:
        yield Finding(
            "worker",
            Level.OFF,
            N_("No worker answered within %(seconds)s s: all are busy, or none runs."),
            N_("Look again in a minute. When it stays so, the reason stands in %(log)s."),
            {"seconds": int(WORKER_S), "log": settings.var / "log" / "worker.log"},
        )


def pages(settings: Settings) -> Iterable[Finding]:
    """What answers at the address of the station: a page of this data folder, or something else."""
    found = look_at_pages(settings)
    params: dict[str, object] = {
        "address": found.address,
        "status": found.status,
        "port": settings.port,
        "other": settings.port + 1,
        "log": settings.var / "log" / "web.log",
    }
    level, message, advice = PAGES[found.pages]
    if found.pages is Pages.NOBODY and _broker_answers(settings):
        level, message, advice = SILENT
    yield Finding("pages", level, message, advice, params)
