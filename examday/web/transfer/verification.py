"""«Сверка»: copy against settled values, what differs first.

Both pictures are shown at one scale; agreements are folded away.
"""

from flask import Blueprint, flash, g, render_template, request
from werkzeug.wrappers import Response

from examday.domain.errors import DomainError, Invalid
from examday.domain.transfer.fields import is_long
from examday.i18n import gettext as _
from examday.i18n import ngettext
from examday.services.transfer import drafts, verification
from examday.services.transfer.desks import verification as verification_desk
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, act, change, go_on, look
from examday.web.transfer import entry
from examday.web.transfer.desks import comparison
from examday.web.transfer.offers import desk_or_offer, next_desk

bp = Blueprint("verify", __name__)


@bp.get("/verify/<booklet_id>")
@access("verify.decide")
def desk(booklet_id: str) -> Answer:
    """Show the verification desk."""
    return desk_or_offer("verify", booklet_id, lambda: look(lambda uow: _desk(uow, booklet_id)))


@bp.post("/verify/<booklet_id>/draft")
@access("verify.decide")
def draft(booklet_id: str) -> Answer:
    """Autosave."""
    change(lambda uow: _save(uow, booklet_id))
    return "", 204


@bp.post("/verify/<booklet_id>")
@access("verify.decide")
def send(booklet_id: str) -> Answer:
    """Save, or hand in the verification."""
    change(lambda uow: _save(uow, booklet_id))
    if request.form.get("action") != "hand_in":
        return go_on("verify.desk", booklet_id=booklet_id)

    def step(uow: UnitOfWork) -> list[str]:
        checks = comparison.read_checks(verification_desk.desk(uow, booklet_id), request.form)
        content, seen = request.form.get("content", ""), entry.row_version(request.form)
        return verification.submit(uow, booklet_id, checks, content, seen)

    return act(
        step,
        done=lambda wrong: _handed_in(booklet_id, wrong),
        refused=lambda error: look(lambda uow: _desk(uow, booklet_id, error)),
        kinds=(Invalid,),
    )


def _handed_in(booklet_id: str, wrong: list[str]) -> Response:
    if not wrong:
        said = _("Verified: the copy is true. The work waits for its signatures.")
        return next_desk(
            "verify", _("Verified: the copy is true."), lambda: _to_sign(booklet_id, said)
        )
    said = ngettext(
        "%(n)s field is not right: the work goes back to the copier.",
        "%(n)s fields are not right: the work goes back to the copier.",
        len(wrong),
    )
    # A warning, not a plain message: the work has gone back, and the next one opens at once.
    flash(said, "warn")
    return next_desk("verify", "", lambda: go_on("work.index"))


def _to_sign(booklet_id: str, said: str) -> Response:
    """Nothing more to verify: the signatures come to the computer where the copy was found true."""
    return (
        go_on("sign.sheet", said, booklet_id=booklet_id)
        if g.actor.may("sign")
        else go_on("work.index", said)
    )


def _save(uow: UnitOfWork, booklet_id: str) -> None:
    checks = comparison.read_checks(verification_desk.desk(uow, booklet_id), request.form)
    drafts.save_checks(uow, booklet_id, checks, entry.row_version(request.form))


def _desk(uow: UnitOfWork, booklet_id: str, error: DomainError | None = None) -> str:
    shown = verification_desk.desk(uow, booklet_id)
    # After a refusal the page shows what was sent, also what the draft could not keep.
    checks = {**shown.checks, **(comparison.read_checks(shown, request.form) if error else {})}
    refused, bad = entry.refusal(error, comparison.ticks(shown)) if error else (None, {})
    found = comparison.compare(uow, shown, checks, bad)
    return render_template(
        "transfer/verify/desk.html",
        d=shown,
        booklet=shown.booklet,
        first=[found.cards[f] for f in shown.first],
        # The block of blank rows stands where they stand on the form: before the long answers.
        after=[found.cards[f] for f in shown.first if is_long(f)] if shown.blank_rows else [],
        folded=[found.cards[f] for f in shown.folded],
        refused=refused,
        error_title=bool(refused),
        marks=entry.marks,
        done=len(checks),
        film=comparison.as_json(found.film),
        turns=found.film,
        picture=found.opened,
        blank_rows=found.blank_rows,
        ticked=comparison.ticked(shown, checks),
        machine=comparison.in_words(shown.presort),
    )
