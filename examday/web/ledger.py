"""The ledger: what happened last in words, the check of everything, codes to compare with paper,
export."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from flask import (
    Blueprint,
    Response,
    flash,
    g,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from examday.domain.errors import DomainError
from examday.domain.ledger import FAULT_WORDS, Fault, printable
from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.services.ledger import audit, bundle, checkpoints, history
from examday.storage.tables import Checkpoint
from examday.web.access import access
from examday.web.errors import status_of, translate
from examday.web.session import store
from examday.web.words import event_name

bp = Blueprint("ledger", __name__)
A_PAGE = 50
PURPOSES = {
    "print": N_("print-out"),
    "export": N_("export"),
    "by-hand": N_("asked for by a person"),
}


@bp.get("/ledger")
@access("ledger.see")
def index() -> str:
    """The newest entries and the codes for paper."""
    return _page()


def _page(error: DomainError | None = None) -> str:
    before = request.args.get("before", type=int)
    with store().read(g.actor) as uow:
        marks = uow.session.scalars(
            select(Checkpoint).order_by(Checkpoint.seq.desc(), Checkpoint.at.desc()).limit(12)
        ).all()
        lines = history.lines(uow, before, A_PAGE, request.args.get("subject", ""))
        return render_template(
            "ledger/index.html",
            lines=lines,
            event_name=event_name,
            marks=marks,
            purposes=purpose,
            key=checkpoints.public_key(uow.settings.keys),
            last=checkpoints.last_entry(uow)[0],
            older=lines[-1].seq if len(lines) == A_PAGE else None,
            before=before,
            error=error and " ".join(translate(error)),
            what=request.form.get("what", ""),
            subject=request.args.get("subject", ""),
        )


def purpose(code: str) -> str:
    """What a checkpoint was made for."""
    return _(PURPOSES.get(code.partition(":")[0], N_("made by itself every hundred entries")))


@bp.post("/ledger/checkpoint")
@access("ledger.see")
def checkpoint() -> AnyResponse:
    """A signed code to be written on paper now."""
    with store().begin(g.actor) as uow:
        made = checkpoints.checkpoint_now(uow)
    flash(
        _(
            "Code of entry %(seq)s: %(code)s. Write it on paper, beside the time.",
            seq=made.seq,
            code=made.code,
        )
    )
    return redirect(url_for("ledger.index"), 303)


@bp.route("/ledger/verify", methods=["GET", "POST"])
@access("ledger.see")
def verify() -> str | tuple[str, int]:
    """Check everything; a code from paper and the originals on the disk when asked for."""
    code, scans = request.form.get("code", "").strip(), "scans" in request.form
    if request.method == "GET":
        return render_template(
            "ledger/verify.html", report=None, code="", scans=False, error="", words=in_words
        )
    try:
        report = audit.verify(store(), code or None, scans)
    except DomainError as error:
        return render_template(
            "ledger/verify.html",
            report=None,
            code=code,
            scans=scans,
            words=in_words,
            error=" ".join(translate(error)),
        ), status_of(error)
    return render_template(
        "ledger/verify.html", report=report, code=code, scans=scans, error="", words=in_words
    )


def in_words(fault: Fault, places: Mapping[str, str]) -> str:
    """A finding as a sentence, with the work it is about."""
    place = places.get(fault.detail)
    said = _(FAULT_WORDS[fault.code], seq=fault.seq, detail=fault.detail)
    return printable(said + (f" ({place})" if place else ""))


@bp.post("/ledger/export")
@access("ledger.export")
def export() -> Response | tuple[str, int]:
    """The bundle of a booklet or a day as a download."""
    what = request.form.get("what", "").strip()
    folder = Path(tempfile.mkdtemp(prefix="export-", dir=store().settings.var))
    path = folder / f"examday-{what if what.replace('-', '').isalnum() else 'bundle'}.zip"
    try:
        bundle.export(store(), g.actor, what, path, names="names" in request.form)
        content = path.open("rb")
    except DomainError as error:
        return _page(error), status_of(error)
    finally:
        path.unlink(missing_ok=True)  # an open file stays readable until it is sent
        folder.rmdir()
    return send_file(
        content, mimetype="application/zip", as_attachment=True, download_name=path.name
    )
