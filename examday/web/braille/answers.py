"""The entry split into answers: every reading of an ambiguous one is offered, a person decides."""

from flask import render_template, request

from examday.domain.errors import Invalid
from examday.services.braille.cells.grouping import Grouping
from examday.services.braille.desk import answer_rows, splitting, transcription
from examday.services.braille.desk.hand_in import hand_in as seal
from examday.services.rules.exam_forms import unknown_header
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, Refusal, act, explain, go_on, seek
from examday.web.braille import sent_rows
from examday.web.braille.desk import bp, desk_page
from examday.web.braille.faults import faults
from examday.web.braille.words import BREAK_WORDS
from examday.web.transfer import entry


@bp.get("/braille/<booklet_id>/answers")
@access("braille.desk")
def answers(booklet_id: str) -> Answer:
    """Show the entry split into answers."""
    return _answers(booklet_id)


def _said(shown: transcription.Desk) -> Grouping:
    """Return what the person has said of the lines, with what was sent just now."""
    return splitting.said_of_lines(shown, sent_rows.going_on(), sent_rows.breaks())


def _answers(booklet_id: str, error: Refusal = None, joined: bool = False) -> Answer:
    """Draw the answers; an entry that cannot be read goes back to the desk, which says where.

    `joined`: lines were just put to the answer before them.
    """

    def draw(uow: UnitOfWork) -> Answer:
        shown = transcription.desk(uow, booklet_id)
        if shown.handed_in:
            return go_on("result.done", booklet_id=booklet_id)
        unknown = unknown_header(shown.booklet.exam)
        split = splitting.split(shown, _said(shown))
        return render_template(
            "braille/answers.html",
            s=split,
            booklet=shown.booklet,
            unknown=unknown,
            faults=faults(error, split, unknown),
            unusual=error is not None and error.code == "unusual",
            language=shown.language,
            kept=sent_rows.sent_rows(),
            joined=joined,
            error=explain(error),
            doubt_names=answer_rows.DOUBT_NAMES,
            break_words=BREAK_WORDS,
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
    rows = sent_rows.sent_rows()
    version = entry.row_version(request.form)

    def keep(uow: UnitOfWork) -> None:
        # In a transaction of its own: what was said once is not asked again after a refusal.
        shown = transcription.desk(uow, booklet_id)
        if not shown.handed_in:
            said = _said(shown)
            # Without the version of the page: whether it is out of date is asked by the hand-in
            # itself.
            transcription.save(uow, booklet_id, shown.text, shown.values, None, said)

    def step(uow: UnitOfWork) -> None:
        shown = transcription.desk(uow, booklet_id)
        split = splitting.split(shown)
        placed = dict(sent_rows.by_place(rows, split))
        split.check_breaks([n for n, row in placed.items() if row.other])
        split.check_readings({n: row.reading for n, row in placed.items() if not row.other})
        values = sent_rows.chosen(sent_rows.completed(rows, split).values(), shown.tasks)
        header = entry.read_values(request.form, unknown_header(shown.booklet.exam))
        seal(uow, booklet_id, shown.text, {**values, **header}, version)

    def go(_kept: None) -> Answer:
        # Where a row goes on with the answer before, the page is shown once more: nobody seals
        # what was not looked at.
        if any(row.task == sent_rows.GOES_ON for row in rows.values()):
            return _answers(booklet_id, joined=True)
        return act(step, done=sealed, refused=refused)

    def sealed(_none: None) -> Answer:
        return go_on("result.done", booklet_id=booklet_id)

    def refused(error: Refusal) -> Answer:
        return _answers(booklet_id, error)

    return act(keep, done=go, refused=refused)
