"""The ledger: what happened last in words, the check of everything, codes to compare with paper,
export."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from flask import Blueprint, g, render_template, request, send_file

from examday.domain.errors import DomainError
from examday.domain.ledger import FAULT_WORDS, Fault, printable
from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.services.ledger import audit, bundle, checkpoints, views
from examday.web.access import access
from examday.web.acts import Answer, act, attempt, go_on, look
from examday.web.errors import translate
from examday.web.session import store
from examday.web.words import event_name

bp = Blueprint("ledger", __name__)
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
    before, subject = request.args.get("before", type=int), request.args.get("subject", "")
    shown = look(lambda uow: views.overview(uow, before, subject))
    return render_template(
        "ledger/index.html",
        lines=shown.lines,
        event_name=event_name,
        marks=shown.marks,
        purposes=purpose,
        key=shown.public_key,
        last=shown.last_seq,
        older=shown.older,
        before=before,
        error=error and " ".join(translate(error)),
        what=request.form.get("what", ""),
        subject=subject,
    )


def purpose(code: str) -> str:
    """What a checkpoint was made for."""
    return _(PURPOSES.get(code.partition(":")[0], N_("made by itself every hundred entries")))


@bp.post("/ledger/checkpoint")
@access("ledger.see")
def checkpoint() -> Answer:
    """A signed code to be written on paper now."""

    def said(seq: int, code: str) -> str:
        return _(
            "Code of entry %(seq)s: %(code)s. Write it on paper, beside the time.",
            seq=seq,
            code=code,
        )

    return act(
        checkpoints.checkpoint_now,
        done=lambda made: go_on("ledger.index", said(made.seq, made.code)),
        refused=_page,
    )


@bp.route("/ledger/verify", methods=["GET", "POST"])
@access("ledger.see")
def verify() -> Answer:
    """Check everything; a code from paper and the originals on the disk when asked for."""
    if request.method == "GET":
        return _verification()
    code, scans = request.form.get("code", "").strip(), "scans" in request.form
    return attempt(
        lambda: audit.verify(store(), code or None, scans),
        done=_verification,
        refused=lambda error: _verification(error=error),
    )


def _verification(report: audit.Report | None = None, error: DomainError | None = None) -> str:
    return render_template(
        "ledger/verify.html",
        report=report,
        code=request.form.get("code", "").strip(),
        scans="scans" in request.form,
        error=" ".join(translate(error)) if error else "",
        words=in_words,
    )


def in_words(fault: Fault, places: Mapping[str, str]) -> str:
    """A finding as a sentence, with the work it is about."""
    place = places.get(fault.detail)
    said = _(FAULT_WORDS[fault.code], seq=fault.seq, detail=fault.detail)
    return printable(said + (f" ({place})" if place else ""))


@bp.post("/ledger/export")
@access("ledger.export")
def export() -> Answer:
    """The bundle of a booklet or a day as a download."""
    what = request.form.get("what", "").strip()
    name = f"examday-{what if what.replace('-', '').isalnum() else 'bundle'}.zip"
    return attempt(
        lambda: _bundle(what),
        done=lambda content: send_file(
            content, mimetype="application/zip", as_attachment=True, download_name=name
        ),
        refused=_page,
    )


def _bundle(what: str) -> IO[bytes]:
    """The bundle, open and no longer in any folder: it is gone when it has been sent."""
    with tempfile.TemporaryDirectory(prefix="export-", dir=store().settings.var) as folder:
        path = Path(folder) / "bundle.zip"
        bundle.export(store(), g.actor, what, path, names="names" in request.form)
        return path.open("rb")
