"""Scans: sending files in, watching them being looked at, quarantine.

Pages that fit nowhere are decided about here as well.
"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from examday.domain.errors import DomainError, NotFound
from examday.domain.messages import N_
from examday.domain.scans.pages import PAGE_STATE_NAMES, ROLE_NAMES, SCAN_STATE_NAMES
from examday.i18n import gettext as _
from examday.i18n import ngettext
from examday.services.jobs import failures
from examday.services.scans import hot_folder, intake, page_reasons, storing, views
from examday.services.scans.files import retrying, setting_aside
from examday.services.scans.making import new_files
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import look
from examday.web.errors import translate
from examday.web.session import store

bp = Blueprint("scans", __name__, url_prefix="/scans")
SOURCES = {
    "inbox": N_("hot folder"),
    "upload": N_("sent in by hand"),
    new_files.JOINED: N_("joined from two halves"),
    new_files.CUT: N_("cut out of a picture of two sheets"),
}


@bp.app_template_global("scan_words")
def words() -> dict[str, dict[str, str]]:
    """The words of the scan pages in the reader's language."""
    tables: dict[str, Mapping[str, str]] = {
        "states": SCAN_STATE_NAMES,
        "pages": PAGE_STATE_NAMES,
        "sources": SOURCES,
        "roles": ROLE_NAMES,
    }
    return {name: {key: _(text) for key, text in table.items()} for name, table in tables.items()}


bp.add_app_template_global(
    lambda page: " ".join(_(text, **values) for text, values in page_reasons.doubts_on(page)),
    "scan_doubt",
)
bp.add_app_template_global(
    lambda page: [
        (_(reason.message, **reason.params), _(reason.advice))
        for reason in page_reasons.reasons_of(page)
    ],
    "scan_reasons",
)


@bp.get("/")
@access("scans.see")
def index() -> str:
    """Send files in, and see how far each is."""
    return _index([])


@bp.get("/fragment")
@access("scans.see")
def fragment() -> str:
    """The part that refreshes itself."""
    with store().read(g.actor) as uow:
        return render_template("scans/fragment.html", **_list_values(uow))


def _index(errors: list[tuple[str, str]]) -> str:
    with store().read(g.actor) as uow:
        return render_template(
            "scans/index.html",
            errors=errors,
            new_batch=intake.new_batch(),
            folder=str(uow.settings.inbox),
            may_send=g.actor.may("scans.upload"),
            **_list_values(uow),
        )


def _list_values(uow: UnitOfWork) -> dict[str, Any]:
    batch = request.args.get("batch", "")
    found = views.listing(uow, batch, request.args.get("page", 1, type=int) or 1)
    pages = [page for line in found.lines for page in line.pages]
    return {
        "found": found,
        "batch": batch,
        "hot": hot_folder.look(uow),
        "why_left": {code: _(text) for code, text in hot_folder.REASONS.items()},
        "counts": counts(uow),
        "seats": views.seat_names(uow, pages),
        "told": told,
        "quarantined": len(views.quarantined(uow)),
        "undone": len(failures.open_failures(uow)),
    }


def counts(uow: UnitOfWork) -> list[dict[str, Any]]:
    """Pages in = pages out, always in sight; for ui.counts."""
    have = views.page_counts(uow)
    out = have["attached"] + have["exception"] + have["rejected"]
    return [
        {"label": _("pages read"), "value": have["read"], "wrong": out != have["read"]},
        {"label": _("pages attached"), "value": have["attached"]},
        {"label": _("wait for a person"), "value": have["exception"]},
        {"label": _("do not count"), "value": have["rejected"]},
    ]


def told(problem: dict[str, Any]) -> tuple[str, str]:
    """What is wrong with a file, and what to do, in the reader's language."""
    if not problem:
        return "", ""
    if "message" not in problem:
        message, advice = setting_aside.REFUSED.get(problem.get("code", ""), ("", ""))
        return _(message), _(advice)
    message, advice = problem["message"], problem["advice"]
    return _(message) % problem.get("params", {}), _(advice)


@bp.post("/upload")
@access("scans.upload")
def upload() -> Response | tuple[str, int]:
    """Take any number of files; what could not be taken is named, the others are in."""
    batch = request.form.get("batch", "")[:32] or intake.new_batch()
    errors, taken = [], 0
    for file in request.files.getlist("files"):
        if not file.filename:
            continue
        try:
            intake.receive_stream(store(), g.actor, file.stream, file.filename, batch)
            taken += 1
        except DomainError as error:
            errors.append(
                ("files", f"{storing.plain_name(file.filename)}: {' '.join(translate(error))}")
            )
        finally:
            file.close()
    if errors or not taken:
        return _index(errors or [("files", _("Choose the files to send first."))]), 400
    flash(ngettext("%(n)s file is in.", "%(n)s files are in.", taken))
    return redirect(url_for("scans.index", batch=batch), 303)


@bp.get("/file/<scan_id>")
@access("scans.see")
def file(scan_id: str) -> str:
    """One file: what became of it and of each of its pages."""
    with store().read(g.actor) as uow:
        scan = views.one_file(uow, scan_id)
        pages = views.pages_of_files(uow, [scan_id]).get(scan_id, [])
        return render_template(
            "scans/file.html",
            scan=scan,
            pages=pages,
            told=told,
            seats=views.seat_names(uow, pages),
            may_decide=g.actor.may("scans.decide"),
        )


@bp.get("/quarantine")
@access("scans.see")
def quarantine() -> str:
    """Files that were set aside, each with a plain reason."""
    with store().read(g.actor) as uow:
        return render_template(
            "scans/quarantine.html",
            files=views.quarantined(uow),
            told=told,
            folder=str(uow.settings.quarantine),
            may_decide=g.actor.may("scans.decide"),
        )


@bp.post("/quarantine/<scan_id>")
@access("scans.decide")
def again(scan_id: str) -> Response:
    """Look at a file that was set aside, or that this computer could not open, once more."""
    if not look(lambda uow: views.one_file(uow, scan_id)).sha256:
        raise NotFound()
    retrying.requeue(store(), scan_id, g.actor)
    flash(_("The file is being looked at once more."))
    return redirect(url_for("scans.index"), 303)
