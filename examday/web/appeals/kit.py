"""The appeal kit and the commission's print-outs: page, tagged PDF, large print, text, Braille,
bundle.

A print-out is a POST: it writes a checkpoint and an entry into the ledger.
"""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Blueprint, Response, g, render_template, request

from examday.i18n import gettext as _
from examday.paper.readout import as_brf
from examday.services.appeals import casebook, kit_paper, papers
from examday.services.ledger import bundle
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.appeals.cases import WORDS
from examday.web.session import store

bp = Blueprint("kit", __name__)
Paper = Callable[[UnitOfWork, casebook.CaseFile, papers.Words, bool], bytes]


@bp.get("/appeals/<id>/kit")
@access("appeal.see")
def page(id: str) -> str:
    """What the kit holds, and the ways to take it along."""
    with store().read(g.actor) as uow:
        found = casebook.open_case(uow, id)
        data = kit_paper.kit_data(uow, found, _, bool(g.actor.may("names.see")))
        return render_template("appeals/kit.html", c=found, a=found.appeal, d=data, **WORDS)


@bp.post("/appeals/<id>/kit.pdf")
@access("appeal.see")
def pdf(id: str) -> Response:
    """The kit as tagged PDF; the field `large` gives the large-print variant."""
    return _print(
        id,
        "kit",
        lambda uow, case, say, large: kit_paper.kit(
            uow, case, say, large, bool(g.actor.may("names.see"))
        ),
    )


@bp.post("/appeals/<id>/receipt.pdf")
@access("appeal.register")
def receipt(id: str) -> Response:
    """Two copies of the receipt."""
    return _print(id, "receipt", papers.receipt)


@bp.post("/appeals/<id>/notice.pdf")
@access("appeal.see")
def notice(id: str) -> Response:
    """The notice of the hearing."""
    return _print(id, "notice", papers.notice)


@bp.post("/appeals/<id>/protocol.pdf")
@access("appeal.see")
def protocol(id: str) -> Response:
    """The protocol with its annexes."""
    return _print(id, "protocol", papers.protocol)


def _print(appeal_id: str, name: str, paper: Paper) -> Response:
    with store().begin(g.actor) as uow:
        case = casebook.open_case(uow, appeal_id)
        made = paper(uow, case, _, "large" in request.form)
    return _file(made, "application/pdf", f"{name}-{case.appeal.number}.pdf", inline=True)


@bp.post("/appeals/<id>/<what>.<any(txt, brf):kind>")
@access("appeal.see")
def text(id: str, what: str, kind: str) -> Response:
    """Kit or protocol as plain text or as a Braille file: the same data as in the PDF."""
    with store().begin(g.actor) as uow:
        case = casebook.open_case(uow, id)
        names = bool(g.actor.may("names.see"))
        title = (
            _("Appeal kit %(number)s", number=case.appeal.number)
            if what == "kit"
            else _("Protocol of the appeal %(number)s", number=case.appeal.number)
        )
        data: dict[str, Any] = (
            kit_paper.kit_data(uow, case, _, names)
            if what == "kit"
            else papers.protocol_data(uow, case, _)
        )
        base = papers.base(uow, title, f"appeal-{what}-{kind}", case.appeal.exam.training)
        plain = papers.as_text(title, base["code"], data, _)
    if kind == "brf":
        return _file(
            as_brf(plain).encode("ascii"),
            "application/octet-stream",
            f"{what}-{case.appeal.number}.brf",
        )
    return _file(
        plain.encode(), "text/plain; charset=utf-8", f"{what}-{case.appeal.number}.txt", inline=True
    )


@bp.post("/appeals/<id>/bundle.zip")
@access("ledger.export")
def take_bundle(id: str) -> Response:
    """The whole case as a bundle that the offline verifier checks."""
    with store().read(g.actor) as uow:
        case = casebook.open_case(uow, id)
    with TemporaryDirectory() as folder:
        target = Path(folder) / "bundle.zip"
        bundle.export(
            store(), g.actor, case.appeal.booklet_id, target, names=bool(g.actor.may("names.see"))
        )
        content = target.read_bytes()
    return _file(content, "application/zip", f"case-{case.appeal.number}.zip")


def _file(content: bytes, kind: str, name: str, inline: bool = False) -> Response:
    how = "inline" if inline else "attachment"
    return Response(
        content, content_type=kind, headers={"Content-Disposition": f'{how}; filename="{name}"'}
    )
