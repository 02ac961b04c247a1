"""Where somebody goes on after a refusal: a page, by the code of the error."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import current_app, g, has_request_context, url_for

from examday.domain.errors import DomainError
from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.web.access import rule_of


class NextStep(NamedTuple):
    """A link: its words and its address."""

    words: str
    url: str


TABLE = (N_("To the packing table"), "packing.index")
PAPERS = (N_("Papers"), "custody.index")
WAITING = (N_("Pages that wait for a person"), "scans.exceptions")
SCANS = (N_("Scans"), "scans.index")
APPEALS = (N_("Appeals"), "appeals.index")
MY_WORK = (N_("My work"), "work.index")
CHECK = (N_("Check of the ledger"), "ledger.verify")
PLACES: Mapping[str, tuple[str, str]] = {
    "empty": TABLE,
    "foreign": TABLE,
    "elsewhere": TABLE,
    "closed": TABLE,
    "not-sealed": TABLE,
    "not-theirs": TABLE,
    "not-a-packet": TABLE,
    "two-exams": TABLE,
    "not-oral": PAPERS,
    "sealed-forms": PAPERS,
    "page-decided": WAITING,
    "not-attached": WAITING,
    "earlier-version": WAITING,
    "not-quarantined": SCANS,
    "nothing-missing": WAITING,
    "page-waits": WAITING,
    "no-order": APPEALS,
    "own-first": MY_WORK,
    "paper-code": CHECK,
}
"""Code of an error → words and page of the next step, so that a refusal is no dead end."""


def remember(error: DomainError) -> None:
    """Keep the refusal for the page that says why."""
    g.refusal = error


THINGS: Mapping[str, tuple[str, str, str]] = {
    "package": (N_("To the package"), "packing.packet", "id"),
    "appeal": (N_("Open that case"), "appeals.case", "id"),
    "person": (N_("Open that account"), "people.one", "person_id"),
    "scan": (N_("Open that file"), "scans.file", "scan_id"),
    "booklet": (N_("To the page of the work"), "booklet.show", "id"),
}
"""Name of a parameter of an error that holds an id → words and page of that very thing, so that
nobody has to look for it; and what the address calls the id."""


def next_step() -> NextStep | None:
    """Return the next step after the refusal of this request: what it is about, else its place.

    None without a refusal, for errors that are mended on the page itself, and where the person may
    not open that page.
    """
    error = g.get("refusal") if has_request_context() else None
    if error is None or g.get("actor") is None:
        return None
    return _to_the_thing(error) or _to_the_place(error)


ROOM_BREAKS = (N_("Breaks and absences"), "custody.breaks")
"""A page of two ids, a room in an exam: `params["room_breaks"]` holds both, as its address names them."""


def _to_the_thing(error: DomainError) -> NextStep | None:
    room = error.params.get("room_breaks")
    if isinstance(room, dict) and _may_open(ROOM_BREAKS[1]):
        return NextStep(_(ROOM_BREAKS[0]), url_for(ROOM_BREAKS[1], **room))
    for name, (words, endpoint, argument) in THINGS.items():
        if error.params.get(name) and _may_open(endpoint):
            values: dict[str, Any] = {argument: error.params[name]}
            return NextStep(_(words), url_for(endpoint, **values))
    return None


def _to_the_place(error: DomainError) -> NextStep | None:
    words, endpoint = PLACES.get(error.code, ("", ""))
    return NextStep(_(words), url_for(endpoint)) if endpoint and _may_open(endpoint) else None


def _may_open(endpoint: str) -> bool:
    return bool(g.actor.may(rule_of(current_app, endpoint) or ""))
