"""The entry split into answers: every reading of an ambiguous one is offered, a person decides."""

from flask import render_template, request

from examday.domain.errors import Invalid
from examday.i18n import gettext as _
from examday.services.braille.desk import splitting, transcription
from examday.services.braille.desk.hand_in import hand_in as seal
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, Refusal, act, explain, go_on, seek
from examday.web.braille.desk import bp, desk_page
from examday.web.braille.sent_rows import GOES_ON, chosen, going_on, sent_rows
from examday.web.transfer import entry


@bp.get("/braille/<booklet_id>/answers")
@access("braille.desk")
def answers(booklet_id: str) -> Answer:
    """Show the entry split into answers."""
    return _answers(booklet_id)


def _answers(booklet_id: str, error: Refusal = None, joined: bool = False) -> Answer:
    """Draw the answers; an entry that cannot be read goes back to the desk, which says where.

    `joined`: lines were just put to the answer before them.
    """
    joined_lines = going_on()

    def draw(uow: UnitOfWork) -> Answer:
        shown = transcription.desk(uow, booklet_id)
        if shown.handed_in:
            return go_on("result.done", booklet_id=booklet_id)
        return render_template(
            "braille/answers.html",
            s=splitting.split(shown, joined_lines),
            booklet=shown.booklet,
            going_on=sorted(joined_lines),
            kept=sent_rows(),
            joined=joined,
            error=explain(error),
        )

    return seek(
        draw,
        done=lambda page: page,
        refused=lambda unread: desk_page(booklet_id, unread),
        kinds=(Invalid,),
    )


@bp.post("/braille/<booklet_id>/hand-in")
@access("braille.desk")
def hand_in(booklet_id: str) -> Answer:
    """Hand in the chosen answers.

    Tasks that nothing was entered for are blank, as the page has said.
    """
    rows = sent_rows()
    # Where a row goes on with the answer before, the page is shown once more: nobody seals what was
    # not looked at.
    if any(row.task == GOES_ON for row in rows.values()):
        return _answers(booklet_id, joined=True)

    def step(uow: UnitOfWork) -> None:
        shown = transcription.desk(uow, booklet_id)
        values = chosen(rows.values(), shown.tasks)
        version = entry.row_version(request.form)
        seal(uow, booklet_id, shown.text, values, version)

    return act(
        step,
        done=lambda _none: go_on("result.done", _("Handed in and sealed."), booklet_id=booklet_id),
        refused=lambda error: _answers(booklet_id, error),
    )
