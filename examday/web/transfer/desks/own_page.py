"""The page of the own reading: the sheet, the differing fields and places, nothing that others read."""

from flask import render_template, request

from examday.domain.errors import DomainError
from examday.domain.transfer.fields import field_of
from examday.i18n import gettext as _
from examday.services.scans import page_images
from examday.services.transfer.desks.settle import Table
from examday.services.unit_of_work import UnitOfWork
from examday.web.transfer import entry, page_view
from examday.web.transfer.desks import places
from examday.web.transfer.desks.notebook import Notebook, notebook_of


def own_page(uow: UnitOfWork, shown: Table, error: DomainError | None) -> str:
    """Return the differing fields beside the sheet; long answers place by place."""
    refused, bad = entry.refusal(error) if error else (None, {})
    sheets = page_images.sheets(uow, shown.booklet, "original")
    notebook = notebook_of(uow, shown, sheets.pages)
    turned = page_view.turn(sheets, _opened(shown, sheets, notebook))
    # A place has no box of its own: it lies in that of its answer, where the form has one.
    boxes = {q: turned.boxes[f] for q in shown.asked.ids if (f := field_of(q)) in turned.boxes}
    exam = entry.Exam(shown.alphabet, shown.fields.tasks, shown.booklet.exam.subject)
    rows = entry.rows(shown.asked.ids, shown.draft, exam, boxes, bad)
    return render_template(
        "transfer/settle/own.html",
        t=shown,
        booklet=shown.booklet,
        groups=entry.groups(rows),
        marks=entry.marks,
        places=notebook.places,
        marks_here=places.marks_here(),
        marks_of_answer=places.marks_of_answer(),
        whole={f: _(why) for f, why in shown.asked.whole.items()},
        film=notebook.film,
        picture=turned.picture,
        refused=refused,
        error_title=bool(refused),
    )


def _opened(shown: Table, sheets: page_images.Sheets, notebook: Notebook) -> int:
    """Return the page to open: that of the first question, unless another one was asked for."""
    if "page" in request.values:
        return entry.number_of(request.values)
    # Of a notebook with forty pages the one at hand is opened, as few of them matter here.
    if notebook.picture:
        return notebook.picture.number
    return page_view.first_with(sheets, map(field_of, shown.asked.ids))
