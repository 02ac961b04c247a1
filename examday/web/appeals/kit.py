"""The appeal kit and the commission's print-outs: page, tagged PDF, large print, text, Braille,
bundle.

A print-out is a POST: it writes a checkpoint and an entry into the ledger.
"""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, Response, g, render_template, request

from examday.i18n import gettext as _
from examday.services.appeals.papers import kit, kit_pictures, letters, plain
from examday.services.appeals.papers import protocol as protocols
from examday.services.appeals.papers.print_outs import Words
from examday.services.appeals.views.casebook import CaseFile, open_case
from examday.services.ledger import bundle
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import look
from examday.web.appeals.words import WORDS
from examday.web.session import store

bp = Blueprint("kit", __name__)
Paper = Callable[[UnitOfWork, CaseFile, Words, bool], bytes]


def _names() -> bool:
    """May this person see the names of people?"""
    return bool(g.actor.may("names.see"))


@bp.get("/appeals/<id>/kit")
@access("appeal.see")
def page(id: str) -> str:
    """What the kit holds, and the ways to take it along."""

    def draw(uow: UnitOfWork) -> str:
        found = open_case(uow, id)
        data = kit.kit_data(uow, found, _, _names())
        return render_template("appeals/kit.html", c=found, a=found.appeal, d=data, **WORDS)

    return look(draw)


@bp.post("/appeals/<id>/kit.pdf")
@access("appeal.see")
def pdf(id: str) -> Response:
    """The kit as tagged PDF; the field `large` gives the large-print variant."""
    names = _names()
    return _print(
        id,
        "kit",
        lambda uow, case, say, large: kit_pictures.kit(uow, case, say, large, names),
    )


@bp.post("/appeals/<id>/receipt.pdf")
@access("appeal.register")
def receipt(id: str) -> Response:
    """Two copies of the receipt."""
    return _print(id, "receipt", letters.receipt)


@bp.post("/appeals/<id>/notice.pdf")
@access("appeal.see")
def notice(id: str) -> Response:
    """The notice of the hearing."""
    return _print(id, "notice", letters.notice)


@bp.post("/appeals/<id>/protocol.pdf")
@access("appeal.see")
def protocol(id: str) -> Response:
    """The protocol with its annexes."""
    return _print(id, "protocol", protocols.protocol)


def _print(appeal_id: str, name: str, paper: Paper) -> Response:
    with store().begin(g.actor) as uow:
        case = open_case(uow, appeal_id)
        made = paper(uow, case, _, "large" in request.form)
    return _file(made, "application/pdf", f"{name}-{case.appeal.number}.pdf", inline=True)


@bp.post("/appeals/<id>/<what>.<any(txt, brf):kind>")
@access("appeal.see")
def text(id: str, what: str, kind: str) -> Response:
    """Kit or protocol as plain text or as a Braille file: the same data as in the PDF."""
    with store().begin(g.actor) as uow:
        case = open_case(uow, id)
        said = (
            plain.kit_text(uow, case, _, kind, _names())
            if what == "kit"
            else plain.protocol_text(uow, case, _, kind)
        )
    name, made = f"{what}-{case.appeal.number}.{kind}", plain.as_file(said, kind)
    if kind == "brf":
        return _file(made, "application/octet-stream", name)
    return _file(made, "text/plain; charset=utf-8", name, inline=True)


@bp.post("/appeals/<id>/bundle.zip")
@access("ledger.export")
def take_bundle(id: str) -> Response:
    """The whole case as a bundle that the offline verifier checks."""
    appeal = look(lambda uow: open_case(uow, id).appeal)
    with TemporaryDirectory() as folder:
        target = Path(folder) / "bundle.zip"
        bundle.export(store(), g.actor, appeal.booklet_id, target, names=_names())
        content = target.read_bytes()
    return _file(content, "application/zip", f"case-{appeal.number}.zip")


def _file(content: bytes, kind: str, name: str, inline: bool = False) -> Response:
    how = "inline" if inline else "attachment"
    return Response(
        content, content_type=kind, headers={"Content-Disposition": f'{how}; filename="{name}"'}
    )
