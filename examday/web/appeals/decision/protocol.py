"""The protocol of a decision, read back, and its signatures."""

from flask import Blueprint, render_template, request

from examday.i18n import gettext as _
from examday.services.appeals.decision import signatures
from examday.services.appeals.papers import protocol_paper
from examday.services.appeals.views.casebook import open_case
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, Refusal, act, explain, go_on, look
from examday.web.appeals.links import next_page
from examday.web.appeals.words import WORDS
from examday.web.errors import of_secret

bp = Blueprint("protocol", __name__)


@bp.get("/appeals/<id>/protocol")
@access("appeal.see")
def page(id: str) -> str:
    """Show the protocol with its signatures."""
    return show(id)


def show(appeal_id: str, error: Refusal = None, bad: str = "") -> str:
    """Draw the protocol, with what went wrong for the signer `bad` if something did."""

    def draw(uow: UnitOfWork) -> str:
        found = open_case(uow, appeal_id)
        said = protocol_paper.said(uow, found, _)
        return render_template(
            "appeals/protocol.html",
            c=found,
            a=found.appeal,
            p=found.signing.protocol,
            signed={row.person_id: row for row in found.signing.signatures},
            remarks=said.remarks,
            hearing_facts=said.hearing,
            corrections=said.corrections,
            annex_1=said.annex_1,
            long_answers=said.long_answers,
            error=explain(error),
            bad=bad if of_secret(error) else "",
            next=next_page(found),
            **WORDS,
        )

    return look(draw)


@bp.post("/appeals/<id>/protocol/sign")
@access("appeal.process")
def sign(id: str) -> Answer:
    """Sign as one member, at a shared computer too."""
    sent = request.form
    person, pin, content = (sent.get(name, "") for name in ("person", "pin", "content"))
    return act(
        lambda uow: signatures.sign(uow, id, person, pin, content),
        done=lambda _result: go_on("protocol.page", _("Signed."), id=id),
        refused=lambda error: show(id, error, person),
    )
