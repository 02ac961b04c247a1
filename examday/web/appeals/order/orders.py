"""Carrying out a decision: its page, its beginning, the closing of the case."""

from collections.abc import Callable, Iterable

from flask import Blueprint, render_template, request

from examday.domain.appeals.reprocessing import OWNERS, STEP_NAMES, Step
from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.services.appeals import closing
from examday.services.appeals.order import orders, reviews
from examday.services.appeals.papers.print_outs import office
from examday.services.appeals.views.order import order_page
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, Refusal, act, explain, go_on, look
from examday.web.appeals.links import next_page
from examday.web.appeals.words import WORDS
from examday.web.forms import lacking

bp = Blueprint("orders", __name__)
REQUIRED: dict[str, str] = {
    "transferrer": N_("Transfers onto a new form"),
    "second": N_("Second reader"),
    "code": N_("Code of the expert"),
    "before": N_("Score before"),
    "after": N_("Score after"),
    "document": N_("Decision of the exam board: number and date"),
    "day": N_("Day"),
    "way": N_("How the appellant was informed"),
    "reason": N_("Reason of the order"),
}
"""Entry of a step that is never left empty → its name on the page, in their order."""
ENTRIES = {"second_reader": "second"}
"""What a refusal names → the entry on the page, where that is called otherwise."""


@bp.get("/appeals/<id>/order")
@access("appeal.see")
def page(id: str) -> str:
    """Show the steps of the order and what is to be done next."""
    return show(id)


def show(appeal_id: str, error: Refusal = None) -> str:
    """Draw the order, with what went wrong if something did."""

    def draw(uow: UnitOfWork) -> str:
        shown = order_page(uow, appeal_id)
        return render_template(
            "appeals/order.html",
            p=shown,
            c=shown.case,
            a=shown.case.appeal,
            error=explain(error),
            wrong=_wrong(error),
            copiers=_named((one.id, one.name) for one in shown.hands.copiers),
            readers=_named((one.id, one.name) for one in shown.hands.readers),
            sent=request.form if error else {},
            owners=_owners(),
            next=next_page(shown.case),
            way_words=[_(STEP_NAMES[Step(one)]) for one in shown.way],
            **WORDS,
        )

    return look(draw)


def _wrong(error: Refusal) -> list[tuple[str, str]]:
    """Return what is wrong: entry → sentence; what was refused first, then all that is empty."""
    if error is None:
        return []
    # Of what is no date or number the code of the refusal is the entry.
    named = (ENTRIES.get(name, name) for name in (error.field, error.code))
    # A tick that is not set is not sent; of a mark the field's colon is no part of an entry's id.
    sent = {"asked", *(name.replace(":", "-") for name in request.form)}
    bad = next((name for name in named if name in sent), "")
    lacks = lacking(REQUIRED, bad).items()
    empty = [(name, _("Not filled in: %(entry)s.", entry=_(words))) for name, words in lacks]
    return [(bad, explain(error)), *empty]


def act_on(appeal_id: str, work: Callable[[UnitOfWork], object], said: str) -> Answer:
    """Take a step of the order and go back to its page, or say on it what was wrong."""
    return act(
        work,
        done=lambda _result: go_on("orders.page", said, id=appeal_id),
        refused=lambda error: show(appeal_id, error),
    )


def _named(people: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return (id, name) of people for a select, with nobody chosen beforehand."""
    return [("", _("choose")), *people]


def _owners() -> dict[Step, list[str]]:
    """Return step → who does it, in words."""
    return {step: [office(role, _) for role in roles] for step, roles in OWNERS.items()}


@bp.post("/appeals/<id>/order")
@access("appeal.process")
def start(id: str) -> Answer:
    """Begin to carry out the decision."""
    said = _("The decision is being carried out. The first step is open.")
    return act_on(id, lambda uow: orders.order_reprocessing(uow, id), said)


@bp.post("/appeals/<id>/order/close")
@access("appeal.process")
def close(id: str) -> Answer:
    """Close the case."""
    said = _("The case is closed. Nothing of it is lost.")
    return act_on(id, lambda uow: closing.close(uow, id), said)


@bp.post("/appeals/<id>/order/reviews")
@access("appeal.register")
def review(id: str) -> Answer:
    """Open a review of the chosen works, each as a case of its own."""
    works = request.form.getlist("work")
    said = _("The reviews are registered: each work has a case of its own.")
    return act_on(id, lambda uow: reviews.open_reviews(uow, id, works), said)
