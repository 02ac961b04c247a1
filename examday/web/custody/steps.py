"""The steps of custody with one work: kit planned and issued, enlarged, more paper, standard form,
spoiled, collected, from hand to hand."""

from collections.abc import Mapping

from flask import request

from examday.domain.custody.kit import Kind
from examday.domain.errors import DomainError, Invalid
from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.services.custody import handing, kits
from examday.web.access import access
from examday.web.acts import Answer, Step, act, go_on
from examday.web.custody import counts, work
from examday.web.custody.blueprint import bp
from examday.web.custody.papers import keep_alarm, version


def _step(id: str, action: str, step: Step[object], said: str) -> Answer:
    """Run a step; refused: the same form again with everything typed, done: the page of the work."""

    def refused(error: DomainError) -> str:
        keep_alarm(id, request.form.get("code", ""), error)
        return work.page(id, action, error)

    return act(step, done=lambda _result: go_on("custody.booklet", said, id=id), refused=refused)


@bp.post("/work/<id>/assign")
@access("custody.issue")
def assign(id: str) -> Answer:
    """Plan a kit for a seat."""
    sent = request.form
    return _step(
        id,
        "assign",
        lambda uow: kits.assign(uow, id, sent.get("code", ""), version(sent)),
        _("The kit is planned for this seat."),
    )


@bp.post("/work/<id>/issue")
@access("custody.issue")
def issue(id: str) -> Answer:
    """Issue a kit."""
    sent = request.form
    return _step(
        id,
        "issue",
        lambda uow: kits.issue(uow, id, sent.get("code", ""), version(sent)),
        _("The kit is issued."),
    )


@bp.post("/work/<id>/enlarge")
@access("custody.enlarge")
def enlarge(id: str) -> Answer:
    """Record the enlarged sheets."""
    sent = request.form
    return _step(
        id,
        "enlarge",
        lambda uow: kits.enlarge(
            uow, id, sent.get("witness", ""), tuple(sent.getlist("sheet")), version(sent)
        ),
        _("The enlarged sheets are recorded. Print their labels and stick them on."),
    )


@bp.post("/work/<id>/extra")
@access("custody.issue")
def extra(id: str) -> Answer:
    """Add paper during the exam."""
    sent = request.form
    return _step(
        id,
        "extra",
        lambda uow: kits.issue_extra(uow, id, *_extra(sent), version(sent)),
        _("The paper is added to this kit."),
    )


def _extra(sent: Mapping[str, str]) -> tuple[Kind, int, str]:
    if sent.get("kind") not in set(Kind):
        raise Invalid(N_("Choose what is added."), code="extra")
    number = sent.get("number", "").strip() or "1"
    if not (number.isascii() and number.isdigit()):
        raise Invalid(
            N_("«%(typed)s» is not a count: write a whole number."),
            code="count-number",
            params={"typed": number[:20]},
        )
    return Kind(sent["kind"]), int(number), sent.get("code", "")


@bp.post("/work/<id>/standard")
@access("custody.issue")
def standard(id: str) -> Answer:
    """The candidate takes the standard form."""
    sent = request.form
    return _step(
        id,
        "standard",
        lambda uow: kits.choose_standard(uow, id, sent.get("reason", ""), version(sent)),
        _("Recorded: this candidate writes on the standard form; nothing will be transferred."),
    )


@bp.post("/work/<id>/spoil")
@access("custody.issue")
def spoil(id: str) -> Answer:
    """Void the kit; its seat waits for another one."""
    sent = request.form
    said = _("The kit is void. Issue another one to the same seat.")
    return act(
        lambda uow: kits.spoil(uow, id, sent.get("reason", ""), version(sent)),
        done=lambda replacement: go_on("custody.booklet", said, id=replacement.id),
        refused=lambda error: work.page(id, "spoil", error),
    )


@bp.post("/work/<id>/collect")
@access("custody.collect")
def collect(id: str) -> Answer:
    """Take the work from the candidate."""
    sent = request.form
    return _step(
        id,
        "collect",
        lambda uow: handing.collect(
            uow, id, counts.read(sent), sent.get("note", ""), version(sent)
        ),
        _("The work is collected. Write the code of the envelope on it, or stick its label on."),
    )


@bp.post("/work/<id>/hand")
@access("custody.hand")
def hand(id: str) -> Answer:
    """Give the work to a colleague."""
    sent = request.form
    return _step(
        id,
        "hand",
        lambda uow: handing.hand(
            uow,
            id,
            sent.get("to", ""),
            sent.get("pin", ""),
            counts.read(sent),
            sent.get("note", ""),
            version(sent),
        ),
        _("Handed over and confirmed."),
    )
