"""The page of the key-in desk: the original on the left, the fields on the right."""

from collections.abc import Mapping

from flask import render_template, request

from examday.domain.errors import DomainError
from examday.domain.transfer.answers import Value, progress
from examday.i18n import ngettext
from examday.services.scans import page_images
from examday.services.transfer.desks.keyin_shown import Desk
from examday.services.unit_of_work import UnitOfWork
from examday.web.transfer import entry, page_view


def desk_page(uow: UnitOfWork, shown: Desk, error: DomainError | None = None) -> str:
    """Return the desk as it is now; after a refusal with what was wrong, where it is wrong."""
    refused, bad = entry.refusal(error) if error else (None, {})
    sheet = page_view.turn(
        # The original alone: a copy of an earlier version would show what others have read.
        page_images.sheets(uow, shown.booklet, "original"),
        entry.number_of(request.values),
    )
    found = entry.rows(
        shown.ids,
        shown.values,
        entry.Exam(shown.alphabet, shown.fields.tasks, shown.booklet.exam.subject),
        sheet.boxes,
        {**bad, **entry.contradictions(shown.values)},
    )
    return render_template(
        "transfer/keyin/desk.html",
        d=shown,
        booklet=shown.booklet,
        groups=entry.groups(found),
        marks=entry.marks,
        picture=sheet.picture,
        refused=refused,
        error_title=bool(refused),
        blanks=_blanks(error, shown.values),
        entered=progress(shown.ids, shown.values),
    )


def _blanks(error: DomainError | None, values: Mapping[str, Value]) -> str:
    """Return the question about empty fields, when handing in met some."""
    # Asked, not refused: most empty fields are blank on the sheet, and one button says so.
    if error is None or error.code != "incomplete":
        return ""
    empty = error.params["fields"]
    count = len(empty) if isinstance(empty, list) else 0
    return ngettext(
        "%(n)s field was left empty. Is it blank on the sheet?",
        "%(n)s fields were left empty. Are they blank on the sheet?",
        count,
    )
