"""Print-outs of a case: tagged PDF, large print, text, Braille.

A print-out is a POST: it writes a checkpoint and an entry into the ledger. It is in Russian,
whatever language the pages are read in: it goes into the file of the case.
"""

from collections.abc import Callable

from flask import Blueprint, Response, g, request

from examday.services.appeals.papers import (
    kit_pictures,
    letters,
    order_paper,
    plain,
    protocol_paper,
)
from examday.services.appeals.papers.print_outs import Words
from examday.services.appeals.views.casebook import CaseFile, open_case
from examday.services.printing.words import ru
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.session import store

bp = Blueprint("print_outs", __name__)

Paper = Callable[[UnitOfWork, CaseFile, Words, bool], bytes]
"""Makes a paper: transaction, case, words, large print or not. One shape, so that one route serves
all papers."""


def may_see_names() -> bool:
    """Tell whether this person may see the names of people."""
    return bool(g.actor.may("names.see"))


@bp.post("/appeals/<id>/kit.pdf")
@access("appeal.see")
def kit(id: str) -> Response:
    """Print the kit as tagged PDF; the field `large` gives the large-print variant."""
    names = may_see_names()
    return _print(
        id,
        "kit",
        lambda uow, case, say, large: kit_pictures.kit(uow, case, say, large, names),
    )


@bp.post("/appeals/<id>/receipt.pdf")
@access("appeal.register")
def receipt(id: str) -> Response:
    """Print two copies of the receipt."""
    return _print(id, "receipt", letters.receipt)


@bp.post("/appeals/<id>/notice.pdf")
@access("appeal.see")
def notice(id: str) -> Response:
    """Print the notice of the hearing."""
    return _print(id, "notice", letters.notice)


@bp.post("/appeals/<id>/protocol.pdf")
@access("appeal.see")
def protocol(id: str) -> Response:
    """Print the protocol with its annexes."""
    return _print(id, "protocol", protocol_paper.protocol)


@bp.post("/appeals/<id>/order.pdf")
@access("appeal.see")
def order(id: str) -> Response:
    """Print the order for the second transfer."""
    return _print(id, "order", order_paper.order)


@bp.post("/appeals/<id>/orders.zip")
@access("appeal.see")
def batch(id: str) -> Response:
    """Give out the orders of this case and of its reviews as one batch."""
    with store().begin(g.actor) as uow:
        origin = open_case(uow, id).appeal
        made = order_paper.batch(uow, origin, ru)
    return as_download(made, "application/zip", f"orders-{origin.number}.zip")


def _print(appeal_id: str, name: str, paper: Paper) -> Response:
    """Make one paper of the case in a transaction of its own."""
    with store().begin(g.actor) as uow:
        case = open_case(uow, appeal_id)
        made = paper(uow, case, ru, "large" in request.form)
    return as_download(made, "application/pdf", f"{name}-{case.appeal.number}.pdf", inline=True)


@bp.post("/appeals/<id>/<what>.<any(txt, brf):kind>")
@access("appeal.see")
def text(id: str, what: str, kind: str) -> Response:
    """Give out a paper as plain text or as a Braille file, with the data of the PDF."""
    with store().begin(g.actor) as uow:
        case = open_case(uow, id)
        said = (
            plain.kit_text(uow, case, ru, kind, may_see_names())
            if what == "kit"
            else plain.paper_text(uow, case, ru, kind, what)
        )
    name = f"{what}-{case.appeal.number}.{kind}"
    made = plain.as_file(said, kind)
    # A browser would show Braille ASCII as nonsense; it is for an embosser, so it is saved.
    if kind == "brf":
        return as_download(made, "application/octet-stream", name)
    return as_download(made, "text/plain; charset=utf-8", name, inline=True)


def as_download(
    content: bytes,
    kind: str,
    name: str,
    inline: bool = False,
) -> Response:
    """Return a file under its name, shown or saved."""
    how = "inline" if inline else "attachment"
    return Response(
        content, content_type=kind, headers={"Content-Disposition": f'{how}; filename="{name}"'}
    )
