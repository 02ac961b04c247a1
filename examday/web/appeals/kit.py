"""The appeal kit: what it holds, and the case as a bundle."""

from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, Response, g, render_template

from examday.i18n import gettext as _
from examday.services.appeals.papers import kit
from examday.services.appeals.views.casebook import open_case
from examday.services.ledger import bundle
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import look
from examday.web.appeals.print_outs import as_download, may_see_names
from examday.web.appeals.words import WORDS
from examday.web.session import store

bp = Blueprint("kit", __name__)


@bp.get("/appeals/<id>/kit")
@access("appeal.see")
def page(id: str) -> str:
    """Show what the kit holds, and the ways to take it along."""

    def draw(uow: UnitOfWork) -> str:
        found = open_case(uow, id)
        data = kit.kit_data(uow, found, _, may_see_names())
        return render_template("appeals/kit.html", c=found, a=found.appeal, d=data, **WORDS)

    return look(draw)


@bp.post("/appeals/<id>/bundle.zip")
@access("ledger.export")
def take_bundle(id: str) -> Response:
    """Give out the whole case as a bundle that the offline verifier checks."""
    appeal = look(lambda uow: open_case(uow, id).appeal)
    with TemporaryDirectory() as folder:
        target = Path(folder) / "bundle.zip"
        bundle.export(store(), g.actor, appeal.booklet_id, target, names=may_see_names())
        content = target.read_bytes()
    return as_download(content, "application/zip", f"case-{appeal.number}.zip")
