"""Where somebody goes on after a refusal: a page, by the code of the error."""

from collections.abc import Mapping
from typing import NamedTuple

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
PLACES: Mapping[str, tuple[str, str]] = {
    "empty": TABLE,
    "foreign": TABLE,
    "elsewhere": TABLE,
    "closed": TABLE,
    "not-sealed": TABLE,
    "not-theirs": TABLE,
    "not-a-packet": TABLE,
    "two-exams": TABLE,
    "not-in-hand": PAPERS,
    "not-oral": PAPERS,
    "not-writing": PAPERS,
    "sealed-forms": PAPERS,
    "page-decided": WAITING,
    "not-attached": WAITING,
    "earlier-version": WAITING,
    "not-quarantined": SCANS,
    "nothing-missing": WAITING,
    "no-order": APPEALS,
    "own-first": MY_WORK,
    "not-settled": MY_WORK,
}
"""Code of an error → words and page of the next step."""


def remember(error: DomainError) -> None:
    """Keep the refusal for the page that says why."""
    g.refusal = error


def next_step() -> NextStep | None:
    """Return the next step after the refusal of this request.

    None without a refusal, for errors that are mended on the page itself, and where the person may
    not open that page.
    """
    error = g.get("refusal") if has_request_context() else None
    words, endpoint = PLACES.get(error.code, ("", "")) if error is not None else ("", "")
    if not endpoint or g.get("actor") is None:
        return None
    rule = rule_of(current_app, endpoint) or ""
    if not g.actor.may(rule):
        return None
    return NextStep(_(words), url_for(endpoint))
