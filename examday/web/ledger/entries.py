"""The newest entries of the ledger in words, and codes to write on paper."""

from flask import render_template, request

from examday.domain.errors import DomainError
from examday.domain.messages import N_
from examday.i18n import gettext as _
from examday.services.ledger import checkpoints, views
from examday.web.access import access
from examday.web.acts import Answer, act, go_on, look
from examday.web.errors import translate
from examday.web.forms import earlier
from examday.web.ledger.blueprint import bp
from examday.web.words import event_name

PURPOSES = {
    "print": N_("print-out"),
    "export": N_("export"),
    "by-hand": N_("asked for by a person"),
}
"""Beginning of a checkpoint's purpose («print:cover») → words: codes are not shown to people."""


@bp.get("/ledger")
@access("ledger.see")
def index() -> str:
    """The newest entries and the codes for paper."""
    return entries_page()


def entries_page(error: DomainError | None = None) -> str:
    """Show the newest entries, with the error of a step that was refused."""
    before, subject = earlier(), request.args.get("subject", "")
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
        refused=entries_page,
    )
