"""A person says of each page that waits where it belongs, or why it does not count."""

from flask import render_template, request
from werkzeug.wrappers import Response

from examday.domain.errors import DomainError, Invalid
from examday.i18n import gettext as _
from examday.services.scans import views
from examday.services.scans.deciding.decision import (
    ATTACH,
    REJECT,
    SIZE,
    STACK,
    Decision,
    carry_out,
)
from examday.services.scans.deciding.open_page import open_page
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, act, go_on, look
from examday.web.errors import translate
from examday.web.scans.blueprint import bp
from examday.web.scans.sheet_options import sheet_options


@bp.get("/exceptions/<page_id>")
@access("scans.decide")
def decide(page_id: str) -> str:
    """One page with its picture: attach it or reject it, with a reason.

    `after` in the address: the page that was decided about just before.
    """
    return _decide(page_id, [])


def _decide(page_id: str, errors: list[tuple[str, str]]) -> str:
    sent, after = request.form, request.args.get("after", "")

    def show(uow: UnitOfWork) -> str:
        shown = open_page(uow, page_id, sent.get("wanted", ""), sent.get("role", ""), after)
        return render_template(
            "scans/decide.html",
            shown=shown,
            page=shown.page,
            file=shown.page.file,
            errors=errors,
            said=dict(errors),
            sent=sent,
            sheet_options=sheet_options(shown.sheets),
        )

    return look(show)


@bp.post("/exceptions/<page_id>")
@access("scans.decide")
def decided(page_id: str) -> Answer:
    """The decision, then the next page that waits."""
    sent = request.form
    decision = Decision(
        sent.get("act", ATTACH),
        sent.get("why" if sent.get("act") == REJECT else "reason", ""),
        *(sent.get(name, "") for name in ("wanted", "role", "sheet", "before", "size")),
    )
    rejecting = decision.act == REJECT

    def refused(error: DomainError) -> str:
        name = "why" if rejecting else error.field or "reason"
        return _decide(page_id, [(name, " ".join(translate(error)))])

    return act(
        lambda uow: carry_out(uow, page_id, decision),
        done=lambda _none: _next_page(decision.act, page_id),
        refused=refused,
        kinds=(Invalid,),
    )


def _next_page(done: str, page_id: str) -> Response:
    """The next page that waits for a person; the list when none does.

    `page_id`: the page that was decided about; the next one may be offered to follow it.
    """
    said = {
        REJECT: _("The page does not count; it stays on record."),
        STACK: _("The stack is placed. What does not fit in it waits here."),
        SIZE: _("The pages are placed by their size. What does not fit waits here."),
    }.get(done, _("The page is attached."))
    following = look(lambda uow: views.next_exception(uow, page_id))
    if following:
        return go_on("scans.decide", said, page_id=following.id, after=page_id)
    return go_on("scans.exceptions", said)
