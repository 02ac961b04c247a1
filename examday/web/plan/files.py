"""Files of the plan: upload, choose the encoding from a preview, read the report, confirm;
examples and export."""

from flask import Response, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from examday.domain.errors import Forbidden, Invalid, MachineTrouble, NotFound
from examday.domain.messages import N_
from examday.domain.plan.columns import KINDS
from examday.i18n import gettext as _
from examday.i18n import ngettext
from examday.services.plan import export as planexport
from examday.services.plan import files
from examday.services.plan import upload as planupload
from examday.services.plan.file_columns import file_kinds
from examday.services.plan.rows import CHANGED, NEW, SAME, WRONG
from examday.web.access import access
from examday.web.errors import status_of, translate
from examday.web.plan import words
from examday.web.plan.blueprint import bp
from examday.web.session import store

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
REMEMBER = 365 * 24 * 3600
SHOWN_ROWS = 300


@bp.get("/file")
@access("plan.edit")
def upload() -> str:
    """Choose a file."""
    return _upload("")


def _upload(error: str) -> str:
    return render_template(
        "plan/upload.html", kinds=KINDS, kind=request.values.get("kind", ""), error=error
    )


@bp.post("/file")
@access("plan.edit")
def send() -> AnyResponse | tuple[str, int]:
    """Keep the file and go on to the preview."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _upload(_("Choose a file first.")), 400
    try:
        digest = planupload.keep(store().settings, sent.stream)  # type: ignore[arg-type]
        planupload.look(store().settings, digest)
    except (Invalid, MachineTrouble) as error:
        return _upload(" ".join(translate(error))), status_of(error)
    return redirect(
        url_for(
            "plan.preview",
            digest=digest,
            kind=request.form.get("kind", ""),
            name=sent.filename[:80],
        ),
        303,
    )


@bp.get("/file/<digest>")
@access("plan.edit")
def preview(digest: str) -> str:
    """The first lines in each encoding: a person chooses the one that reads well."""
    seen = planupload.look(store().settings, digest, request.args.get("sheet", ""))
    kind = request.args.get("kind", "") or seen.kind
    return render_template(
        "plan/preview.html",
        seen=seen,
        kind_options=[(key, _(name)) for key, name in KINDS.items()],
        kind=kind,
        names=planupload.encodings(),
        name=request.args.get("name", ""),
        chosen=_preselected(seen),
    )


def _preselected(seen: planupload.Look) -> str:
    """What was chosen for this file or last time, else the first encoding; none where the file
    cannot be read in it."""
    chosen = request.args.get("encoding", "") or request.cookies.get("plan-encoding", "")
    wanted = chosen if chosen in seen.previews else next(iter(seen.previews))
    return "" if wanted in seen.unreadable else wanted


@bp.get("/file/<digest>/report")
@access("plan.edit")
def report(digest: str) -> AnyResponse | str:
    """What the file would do, row by row. Nothing is written."""
    kind, encoding, sheet = (request.args.get(key, "") for key in ("kind", "encoding", "sheet"))
    try:
        if kind not in KINDS:
            raise Invalid(
                N_("Choose what the table holds."), advice=N_("The column names did not tell it.")
            )
        parsed = planupload.parsed(store().settings, digest, kind, encoding, sheet)
    except Invalid as error:
        flash(" ".join(translate(error)), "warn")
        return redirect(
            url_for(
                "plan.preview",
                digest=digest,
                kind=kind,
                sheet=sheet,
                encoding=encoding,
                name=request.args.get("name", ""),
            ),
            303,
        )
    with store().read(g.actor) as uow:
        found = files.examine(uow, parsed)
    order = {WRONG: 0, CHANGED: 1, NEW: 2, SAME: 3}
    rows = sorted(
        (row for row in found.rows if row.what != SAME), key=lambda row: (order[row.what], row.line)
    )
    return render_template(
        "plan/report.html",
        report=found,
        rows=rows[:SHOWN_ROWS],
        more=len(rows) - SHOWN_ROWS,
        kind=kind,
        kind_name=KINDS[kind],
        encoding=encoding,
        sheet=sheet,
        digest=digest,
        problem=words.problem,
        changes=words.changes,
        name=request.args.get("name", ""),
        allowed=g.actor.may(files.permission(kind)),
    )


@bp.post("/file/<digest>/confirm")
@access("plan.edit")
def confirm(digest: str) -> AnyResponse:
    """Bring the examined file in, whole; then show what has changed."""
    kind, encoding, sheet = (request.form.get(key, "") for key in ("kind", "encoding", "sheet"))
    parsed = planupload.parsed(store().settings, digest, kind, encoding, sheet)
    if not g.actor.may(files.permission(kind)):
        raise Forbidden()
    with store().begin(g.actor) as uow:
        done = files.bring_in(uow, parsed, digest)
    flash(_spoken(done))
    answer = redirect(_after(digest, kind, sheet), 303)
    if encoding in planupload.encodings():
        answer.set_cookie(
            "plan-encoding",
            encoding,
            max_age=REMEMBER,
            samesite="Lax",
            httponly=True,
            secure=request.is_secure,
        )
    return answer


def _after(digest: str, kind: str, sheet: str) -> str:
    """The next sheet of the workbook; after the last one the file is forgotten and the list is
    shown."""
    sheets = planupload.look(store().settings, digest, sheet).sheets
    rest = sheets[sheets.index(sheet) + 1 :] if sheet in sheets else []
    if rest:
        return url_for("plan.preview", digest=digest, sheet=rest[0])
    planupload.forget(store().settings, digest)
    return url_for(f"plan.{kind}")


def _spoken(done: files.Report) -> str:
    if not done.changes:
        return _("0 changes: everything in the file is in the plan already.")
    count = done.counts
    said = _(
        "Brought in: %(new)s new, %(changed)s changed, %(same)s as before.",
        new=count[NEW],
        changed=count[CHANGED],
        same=count[SAME],
    )
    return f"{said} {ngettext('%(n)s row in all.', '%(n)s rows in all.', len(done.rows))}"


@bp.post("/file/<digest>/forget")
@access("plan.edit")
def give_up(digest: str) -> AnyResponse:
    """Take the upload away without bringing it in."""
    planupload.forget(store().settings, digest)
    flash(_("The file is put away. Nothing was changed."))
    return redirect(url_for("plan.index"), 303)


@bp.get("/columns")
@access("plan.see")
def columns() -> str:
    """The columns of each table: names, accepted names, and the words that a cell may hold."""
    return render_template(
        "plan/columns.html", kinds=KINDS, file_kinds=file_kinds(), meaning=words.cell_meaning
    )


@bp.get("/example/<kind>.<file_format>")
@access("plan.see")
def example(kind: str, file_format: str) -> Response:
    """A file with the column names and one row."""
    _known(kind, file_format)
    return _file(planexport.example(kind, file_format), f"{kind}-example", file_format)


@bp.get("/export/plan.xlsx")
@access("names.see")
def export_all() -> Response:
    """The whole plan as one workbook, a sheet for each table."""
    with store().read(g.actor) as uow:
        return _file(planexport.export_all(uow), "plan", "xlsx")


@bp.get("/export/<kind>.<file_format>")
@access("plan.see")
def export(kind: str, file_format: str) -> Response:
    """The plan as it stands, in the columns of the import. Names only for those whose role may see
    them."""
    _known(kind, file_format)
    if kind == "candidates" and not g.actor.may("names.see"):
        raise Forbidden()
    with store().read(g.actor) as uow:
        return _file(planexport.export(uow, kind, file_format), kind, file_format)


def _known(kind: str, file_format: str) -> None:
    if kind not in KINDS or file_format not in FORMATS:
        raise NotFound()


def _file(data: bytes, name: str, file_format: str) -> Response:
    return Response(
        data,
        mimetype=FORMATS[file_format],
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{file_format}"',
            "Cache-Control": "no-store",
        },
    )
