"""The page of the key-in desk: the original on the left, the fields on the right."""

from flask import render_template, request
from werkzeug.datastructures import MultiDict

from examday.domain.errors import DomainError
from examday.domain.transfer.answers import Value, progress
from examday.i18n import gettext as _
from examday.services.scans import page_images
from examday.services.transfer.desks.keyin_shown import Desk
from examday.services.unit_of_work import UnitOfWork
from examday.web.transfer import entry, page_view

HAND_IN_BLANK = {"hand_in": "hand_in_blank", "hand_in_stop": "hand_in_blank_stop"}
"""Button → the one that says as well that what was left empty is blank on the sheet: one press for
two statements people nearly always make together."""


def desk_page(uow: UnitOfWork, shown: Desk, error: DomainError | None = None) -> str:
    """Return the desk as it is now; after a refusal with what was wrong, where it is wrong."""
    refused, bad = entry.refusal(error) if error else (None, {})
    sheet = page_view.turn(
        # The original alone: a copy of an earlier version would show what others have read.
        page_images.sheets(uow, shown.booklet, "original"),
        entry.number_of(request.values),
    )
    asked = _asked(error)
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
        blanks=_question(len(asked)) if asked else "",
        # What was filled in since is not blank: emptied later, it is asked about anew.
        asked=[*asked, *(f for f in answered(request.form) if shown.values.get(f, Value()).empty)],
        # The script of the desk asks the same before anything is sent, and writes the number in.
        blank_question=_question("{n}"),
        blank_answer=HAND_IN_BLANK.get(request.form.get("action", ""), "hand_in_blank"),
        entered=progress(shown.ids, shown.values),
    )


def answered(form: MultiDict[str, str]) -> list[str]:
    """Return the fields of which this form says that the sheet is blank there: those that were named."""
    return form.getlist("asked") if form.get("action") in HAND_IN_BLANK.values() else []


def _asked(error: DomainError | None) -> list[str]:
    """Return the empty fields that the page asks about, when handing in met some."""
    # Asked, not refused: most empty fields are blank on the sheet, and one button says so.
    empty = error.params["fields"] if error is not None and error.code == "incomplete" else []
    return empty if isinstance(empty, list) else []


def _question(count: int | str) -> str:
    return _("Fields left empty: %(n)s. Is the sheet blank there?", n=count)
