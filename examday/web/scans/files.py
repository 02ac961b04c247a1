"""Scans: sending files in, watching them being looked at, deciding about pages that fit nowhere,
quarantine."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from examday.domain.custody.kit import sheet_name
from examday.domain.errors import DomainError, Invalid, NotFound
from examday.domain.messages import N_
from examday.domain.scans.pages import PAGE_STATE_NAMES, ROLE_NAMES, SCAN_STATE_NAMES
from examday.domain.scans.sheets import FORM_NAMES, Sheet
from examday.i18n import gettext as _
from examday.i18n import ngettext
from examday.services.scans import (
    attachment,
    hot_folder,
    intake,
    page_reasons,
    pictures,
    views,
    whole,
)
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, act, go_on, look
from examday.web.errors import translate
from examday.web.session import store

bp = Blueprint("scans", __name__, url_prefix="/scans")
SOURCES = {"inbox": N_("hot folder"), "upload": N_("sent in by hand")}


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
        message, advice = intake.REFUSED.get(problem.get("code", ""), ("", ""))
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
                ("files", f"{intake.plain_name(file.filename)}: {' '.join(translate(error))}")
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


@bp.get("/exceptions")
@access("scans.see")
def exceptions() -> str:
    """Pages that wait for a person, and works that wait for further sheets."""
    return _exceptions()


def _exceptions(booklet_id: str = "", error: DomainError | None = None) -> str:
    """`error`: why the work `booklet_id` was not let pass."""
    with store().read(g.actor) as uow:
        return render_template(
            "scans/exceptions.html",
            unfinished=views.unfinished(uow),
            form_names={form: _(name) for form, name in FORM_NAMES.items()},
            refused={booklet_id: " ".join(translate(error))} if error else {},
            errors=[(f"why-{booklet_id}", " ".join(translate(error)))] if error else [],
            sent=request.form,
            pages=views.exceptions(uow),
            rejected=views.rejected(uow),
            counts=counts(uow),
            may_decide=g.actor.may("scans.decide"),
        )


@bp.post("/whole/<booklet_id>")
@access("scans.decide")
def let_pass(booklet_id: str) -> Answer:
    """Let a work go on without the sheets that are missing, with a reason."""
    said = _("The work goes on with the sheets that are there; your reason is in the journal.")
    reason = request.form.get(f"why-{booklet_id}", "")
    return act(
        lambda uow: whole.let_pass(uow, booklet_id, reason),
        done=lambda _booklet: go_on("scans.exceptions", said),
        refused=lambda error: _exceptions(booklet_id, error),
    )


@bp.get("/exceptions/<page_id>")
@access("scans.decide")
def decide(page_id: str) -> str:
    """One page with its picture: attach it or reject it, with a reason."""
    return _decide(page_id, [])


def _decide(page_id: str, errors: list[tuple[str, str]]) -> str:
    with store().read(g.actor) as uow:
        page = pictures.visible_page(uow, page_id)
        others = views.rivals(uow, page)
        width, height = pictures.size_of(page)
        wanted = request.form.get("wanted") or page.code or ""
        role = request.form.get("role") or page.role
        return render_template(
            "scans/decide.html",
            page=page,
            file=page.file,
            errors=errors,
            rivals=others,
            seats=views.seat_names(uow, [page, *others]),
            sent=request.form,
            width=width,
            height=height,
            said=dict(errors),
            sheet_options=sheet_options(views.sheet_choice(uow, page, wanted, role)),
        )


def sheet_options(sheets: Sequence[Sheet]) -> list[tuple[str, str]]:
    """The sheets a page may be, for a list of choices; empty where there is nothing to ask."""
    if not sheets:
        return []
    named = [
        (sheet.name, " ".join(filter(None, (_(sheet_name(sheet.name)), sheet.number))))
        for sheet in sheets
    ]
    return [
        *named,
        (attachment.OTHER_SHEET, _("another sheet or side; it stands for none of them")),
    ]


@bp.post("/exceptions/<page_id>")
@access("scans.decide")
def decided(page_id: str) -> Answer:
    """The decision, then the next page that waits."""
    sent = request.form
    rejecting = sent.get("act") == "reject"

    def step(uow: UnitOfWork) -> None:
        if rejecting:
            attachment.reject_page(uow, page_id, sent.get("why", ""))
        else:
            booklet = views.one_booklet(uow, sent.get("wanted", ""))
            attachment.attach_page(
                uow,
                page_id,
                booklet,
                sent.get("role", ""),
                sent.get("reason", ""),
                sent.get("sheet", ""),
            )

    def refused(error: DomainError) -> str:
        name = "why" if rejecting else error.field or "reason"
        return _decide(page_id, [(name, " ".join(translate(error)))])

    return act(step, done=lambda _none: _next_page(rejecting), refused=refused, kinds=(Invalid,))


def _next_page(rejected: bool) -> Response:
    """The next page that waits for a person; the list when none does."""
    said = (
        _("The page does not count; it stays on record.")
        if rejected
        else _("The page is attached.")
    )
    waiting = look(views.exceptions)
    if waiting:
        return go_on("scans.decide", said, page_id=waiting[0].id)
    return go_on("scans.exceptions", said)


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
    intake.requeue(store(), scan_id, g.actor)
    flash(_("The file is being looked at once more."))
    return redirect(url_for("scans.index"), 303)
