"""The copying sheet: what is to be written onto the standard form, large, in the order of the
form."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from examday.domain.errors import NotFound
from examday.domain.transfer.answers import read_value
from examday.i18n import gettext as _
from examday.services.scans import pictures
from examday.services.transfer import copying
from examday.web.access import access
from examday.web.session import store
from examday.web.transfer import entry
from examday.web.transfer.my_work import offer_page, queue_page
from examday.web.words import field_name

bp = Blueprint("copying", __name__)


@bp.get("/copying")
@access("copy.write")
def index() -> str:
    """Settled works that wait for being copied."""
    return queue_page("copying")


@bp.get("/copying/<booklet_id>")
@access("copy.write")
def sheet(booklet_id: str) -> str | tuple[str, int]:
    """The sheet of the copier."""
    try:
        return _sheet(booklet_id)
    except NotFound:
        return offer_page("copying", booklet_id)


@bp.post("/copying/<booklet_id>")
@access("copy.write")
def finish(booklet_id: str) -> Response:
    """«Copied»."""
    with store().begin(g.actor) as uow:
        copying.finish(
            uow, booklet_id, request.form.get("content", ""), entry.row_version(request.form)
        )
    flash(_("Copied. Next the standard form is scanned; a colleague then verifies it."), "message")
    return redirect(url_for("copying.index"), 303)


def _sheet(booklet_id: str) -> str:
    with store().read(g.actor) as uow:
        shown = copying.sheet(uow, booklet_id)
        booklet = shown.booklet
        lines = [
            {
                "id": entry.html_id(f),
                "name": f,
                "label": field_name(f),
                "value": shown.values[f],
                "kind": entry.kind_of(f),
                "how": _(copying.HOW_TO_COPY[mark]) if mark else "",
                "wrong": shown.corrections.get(f),
                "found": _found(f, shown.corrections.get(f)),
            }
            for f in shown.fields.ids
            for mark in [shown.values[f].mark]
        ]
        pages = pictures.working_pages(uow, booklet, "original")
        return render_template(
            "transfer/copying/sheet.html",
            s=shown,
            booklet=booklet,
            lines=lines,
            groups=_groups(lines),
            wrong=[line for line in lines if line["wrong"]],
            originals=pages,
        )


def _found(field_id: str, check: dict[str, object] | None) -> object:
    value = check.get("value") if check else None
    return read_value(field_id, value) if isinstance(value, dict) else None


def _groups(lines: list[dict[str, object]]) -> list[tuple[str, list[dict[str, object]]]]:
    titles = {
        "header": _("Head of the form"),
        "short": _("Short answers"),
        "replacement": _("Replacement of wrong answers"),
        "long": _("Long answers"),
    }
    return [
        (titles[kind], part)
        for kind in titles
        if (part := [line for line in lines if line["kind"] == kind])
    ]
