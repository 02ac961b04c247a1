"""Does a station run on this data folder, and do its pages, its workers and its print work?

An open port proves nothing: another program may listen there, another station, or a web server
whose every page is an error. So a page is fetched, and it has to name the data folder it serves.
"""

import json
import re
import secrets
from enum import StrEnum
from http.client import HTTPConnection, HTTPException
from typing import NamedTuple
from urllib.parse import urlsplit

from examday.domain.errors import DomainError
from examday.domain.jobs import Task, queue_of
from examday.domain.messages import N_
from examday.settings import Settings
from examday.storage.broker import answers, await_answer, broker_url

LOG_IN = "/login"
"""The page that is looked at: anybody may see it, and it reads the database and the templates."""

MARK = re.compile(r'<meta name="examday-station" content="([0-9a-f]+)">')
"""How a page names its data folder: the port alone could be another station's. Every page extends
`templates/base.html`."""

BROKER_S = 2.0
"""Seconds. The broker runs on this computer and answers in milliseconds or not at all."""
PAGE_S = 20.0
"""A loaded laptop may need seconds for its first page; nobody is to be sent away for that."""

REDIRECTS = 2
"""Log-in → first page of an empty station; more would be a circle."""


class NotRunning(DomainError):
    """Nothing to rehearse on."""

    code = "not-running"
    message = N_("No station runs on this data folder (%(folder)s): %(part)s does not answer.")
    advice = N_("Start it first: `examday station --data %(folder)s`.")


class PagesFail(DomainError):
    """The web server runs, but what it shows is an error."""

    code = "pages-fail"
    message = N_("The pages at %(address)s answer with an error (%(status)s).")
    advice = N_(
        "The reason stands at the end of %(log)s. `examday doctor` looks for what is missing."
    )


class OtherStation(DomainError):
    """The address belongs to a station with another data folder, or to another program."""

    code = "other-station"
    message = N_("What answers at %(address)s is not the station of this data folder (%(folder)s).")
    advice = N_(
        "Start the station of this folder, or name the folder of the one that runs: --data."
    )


class Pages(StrEnum):
    """What was found at the address of the station's pages."""

    NOBODY = "nobody"
    OURS = "ours"
    FAILING = "failing"
    OTHER = "other"


class Look(NamedTuple):
    """What was found at an address, and the HTTP status where HTTP was spoken (else 0)."""

    pages: Pages
    address: str
    status: int = 0


def address(settings: Settings) -> str:
    """What to type into a browser."""
    host = {"0.0.0.0": "localhost", "::": "localhost"}.get(settings.host, settings.host)  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}/"


def running_station(settings: Settings) -> dict[str, object]:
    """Pid and address as the running launcher wrote them; "?" where none did.

    After `kill -9` of a launcher they are out of date: check the address with `look_at_pages`.
    """
    try:
        note = json.loads((settings.var / "station.lock").read_text(encoding="utf-8"))
        return {"pid": note["pid"], "address": note["address"]}
    except (OSError, ValueError, KeyError):
        return {"pid": "?", "address": "?"}


def web_address(settings: Settings) -> tuple[str, int]:
    """Host and port of the station on this folder: as its launcher wrote, else as set."""
    noted = urlsplit(str(running_station(settings)["address"]))
    if noted.hostname:
        return noted.hostname, noted.port or settings.port
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104
    return host, settings.port


def look_at_pages(settings: Settings, within_s: float = PAGE_S) -> Look:
    """Fetch the log-in page and tell whose it is."""
    host, port = web_address(settings)
    shown = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
    try:
        status, text = _fetch(host, port, within_s)
    except HTTPException:  # somebody listens there and does not speak HTTP, so it is no station
        return Look(Pages.OTHER, shown)
    except OSError:
        return Look(Pages.NOBODY, shown)
    if status >= 500:
        return Look(Pages.FAILING, shown, status)
    found = MARK.search(text)
    ours = status == 200 and found is not None and found[1] == settings.mark
    return Look(Pages.OURS if ours else Pages.OTHER, shown, status)


def _fetch(host: str, port: int, within_s: float) -> tuple[int, str]:
    """Status and text of the log-in page, or of the page to which it leads."""
    path = LOG_IN
    for _turn in range(REDIRECTS + 1):
        connection = HTTPConnection(host, port, timeout=within_s)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        finally:
            connection.close()
        if answer.status not in (302, 303):
            break
        path = urlsplit(answer.getheader("Location", LOG_IN)).path
    return answer.status, text


def check_running(settings: Settings) -> None:
    """Raise NotRunning, PagesFail or OtherStation unless this folder's broker and pages answer."""
    if not answers(broker_url(settings), BROKER_S):
        raise NotRunning(params={"folder": settings.data, "part": "broker"})
    check_pages(settings)


def check_pages(settings: Settings) -> None:
    """Raise NotRunning, PagesFail or OtherStation unless the pages of this folder answer."""
    found = look_at_pages(settings)
    params: dict[str, object] = {
        "folder": settings.data,
        "address": found.address,
        "status": found.status,
        "log": settings.var / "log" / "web.log",
        "part": "web",
    }
    if found.pages is not Pages.OURS:
        refusals = {Pages.NOBODY: NotRunning, Pages.FAILING: PagesFail, Pages.OTHER: OtherStation}
        raise refusals[found.pages](params=params)


def ask_worker(settings: Settings) -> str:
    """Give the workers a job that does nothing but answer.

    The word to wait for with `worker_answered`.
    """
    # not loaded above: it takes half a second that the launcher's start does not need
    from celery import Celery

    word = secrets.token_hex(8)
    with Celery(broker=broker_url(settings)) as sender:
        sender.send_task(
            Task.ANSWER,
            args=[word],
            queue=queue_of(Task.ANSWER),
            retry=False,
        )
    return word


def worker_answered(settings: Settings, word: str, within_s: float) -> bool:
    """Whether a worker has done the job of `ask_worker` within so many seconds."""
    return await_answer(broker_url(settings), word, within_s)
