"""How long works are kept, and their destruction by act of two people."""

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from examday.domain.errors import DomainError
from examday.i18n import gettext as _
from examday.paper import printing
from examday.services.appeals import papers, retention
from examday.services.people import directory
from examday.services.rules import rulesets
from examday.storage.tables import Exam
from examday.storage.tables_appeal import Destruction
from examday.web.access import access
from examday.web.errors import status_of, translate
from examday.web.session import store

bp = Blueprint("retention", __name__)


@bp.get("/keeping")
@access("appeal.see")
def page() -> str:
    """Terms, legal holds, acts."""
    return _show()


def _show(error: DomainError | None = None, exam: str = "") -> str:
    with store().read(g.actor) as uow:
        acts = uow.session.query(Destruction).order_by(Destruction.at.desc()).all()
        exams = {row.id: row for row in uow.session.query(Exam)}
        return render_template(
            "appeals/keeping.html",
            kept=retention.overview(uow),
            acts=acts,
            exams=exams,
            bad=exam,
            second=retention.second_signers(uow),
            names=directory.names(uow),
            error=error and " ".join(translate(error)),
            sent=request.form if error else {},
        )


@bp.post("/keeping/<exam_id>/destroy")
@access("retention.destroy")
def destroy(exam_id: str) -> Answer | tuple[str, int]:
    """Destroy the scans of one exam by act; the second person signs with an own PIN."""
    sent = request.form
    try:
        with store().begin(g.actor) as uow:
            retention.destroy(
                uow, exam_id, sent.get("basis", ""), sent.get("person", ""), sent.get("pin", "")
            )
    except DomainError as error:
        return _show(error, exam_id), status_of(error)
    flash(_("The act is written; the scans are removed now. Print the act."))
    return redirect(url_for("retention.page"), 303)


@bp.post("/keeping/acts/<id>.pdf")
@access("retention.destroy")
def act(id: str) -> Response:
    """The act of destruction as tagged PDF."""
    with store().begin(g.actor) as uow:
        row = uow.get(Destruction, id)
        exam, names = uow.get(Exam, row.exam_id), directory.names(uow)
        data = papers.base(uow, _("Act of destruction"), "destruction-act", exam.training) | {
            "facts": [
                [
                    _("Exam"),
                    f"{rulesets.subject(exam.subject)} · {papers.day(exam.date)} · {exam.site_code}",
                ],
                [_("Basis"), row.basis],
                [_("When"), papers.day(row.at, uow.settings.time_zone)],
                [_("Works"), str(len(row.booklets))],
            ],
            "hashes": [[str(number), sha256] for number, sha256 in enumerate(row.hashes, 1)],
            "signers": [
                [_("first signer"), names.get(row.person_id, "—")],
                [_("second signer"), names.get(row.second_id, "—")],
            ],
        }
    return Response(
        printing.render("destruction-act", data),
        content_type="application/pdf",
        headers={"Content-Disposition": 'inline; filename="destruction-act.pdf"'},
    )
