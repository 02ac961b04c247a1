"""One work on the packing table: into its packets, and out again."""

from flask import render_template, request

from examday.domain.errors import DomainError
from examday.i18n import gettext as _
from examday.services.packing import works
from examday.services.packing.work_page import WorkPage
from examday.services.packing.work_page import work as work_page
from examday.web.access import access
from examday.web.acts import Answer, act, go_on, look
from examday.web.custody import counts
from examday.web.custody.papers import PAPER_WORDS, version
from examday.web.packing import choice
from examday.web.packing.blueprint import bp


@bp.get("/work/<id>")
@access("pack")
def work(id: str) -> str:
    """Pack one work, or take it out again."""
    return _page(id)


def _page(id: str, error: DomainError | None = None) -> str:
    shown = look(lambda uow: work_page(uow, id))
    return render_template(
        "packing/work.html",
        b=shown.booklet,
        things=shown.things,
        counting=shown.counts,
        choices=choice.offered(shown.choices),
        evidence=shown.has_evidence,
        where=shown.where,
        lies_in=shown.packets,
        packed=shown.packed,
        left=shown.left,
        here=shown.here,
        **_refusal(shown, error),
        **PAPER_WORDS,
    )


def _refusal(shown: WorkPage, error: DomainError | None) -> dict[str, object]:
    """Return what was typed, and why it was refused."""
    fields = counts.fields(shown.to_count, request.form, error)
    said = counts.form(shown.to_count, error)
    return said | {"bad_id": counts.entry_id(counts.refused_entry(error), fields)}


@bp.post("/work/<id>/pack")
@access("pack")
def pack(id: str) -> Answer:
    """Put a work into its packets."""
    sent = request.form
    return act(
        lambda uow: works.pack_as_chosen(
            uow,
            id,
            *choice.chosen(sent),
            counts.read(sent),
            sent.get("note", ""),
            version(sent),
        ),
        done=lambda _work: go_on("packing.index", packed=id),
        refused=lambda error: _page(id, error),
    )


@bp.post("/work/<id>/unpack")
@access("pack")
def unpack(id: str) -> Answer:
    """Take a work out of its packets."""
    sent = request.form
    said = _("The work is out of its packets and waits to be packed again.")
    return act(
        lambda uow: works.unpack(uow, id, sent.get("reason", ""), version(sent)),
        done=lambda _work: go_on("packing.work", said, id=id),
        refused=lambda error: _page(id, error),
    )
