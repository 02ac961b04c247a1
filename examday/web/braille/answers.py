"""The entry split into answers: every reading of an ambiguous one is offered, a person decides."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from flask import render_template, request

from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.transfer.answers import Mark, Value, one_spelling
from examday.domain.transfer.fields import FieldId
from examday.i18n import gettext as _
from examday.services.braille import desks, transcription
from examday.services.braille.cells.answers import tasks_of
from examday.services.unit_of_work import UnitOfWork
from examday.web.access import access
from examday.web.acts import Answer, Refusal, act, explain, go_on, seek
from examday.web.braille.desk import bp, desk_page
from examday.web.transfer import entry

GOES_ON = "+"
"""Instead of a task: this row is no answer of its own, it goes on with the one before."""


@dataclass(frozen=True)
class SentRow:
    """What was chosen for one row of the page: a task, one of the readings, what was typed
    instead, a mark, a reason."""

    task: str
    reading: str
    other: str
    mark: str
    reason: str

    @property
    def value(self) -> Value:
        """The answer that was chosen."""
        text = one_spelling(self.other) or self.reading
        mark = Mark(self.mark) if self.mark in set(Mark) else None
        return Value(text, mark, "", self.reason.strip())


@bp.get("/braille/<booklet_id>/answers")
@access("braille.desk")
def answers(booklet_id: str) -> Answer:
    """The entry split into answers."""
    return _answers(booklet_id)


def _answers(booklet_id: str, error: Refusal = None, joined: bool = False) -> Answer:
    """`joined`: lines were just put to the answer before them, what came of it is to be looked at.
    An entry that cannot be read goes back to the desk, which says where."""
    going_on = _going_on()

    def draw(uow: UnitOfWork) -> Answer:
        shown = transcription.desk(uow, booklet_id)
        if shown.handed_in:
            return go_on("braille.done", booklet_id=booklet_id)
        return render_template(
            "braille/answers.html",
            s=desks.split(shown, going_on),
            booklet=shown.booklet,
            going_on=sorted(going_on),
            kept=_sent_rows(),
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
    """Hand in the chosen answers; tasks that nothing was entered for are blank, as the page has
    said. Where a row goes on with the answer before, the page is shown once more: nobody seals
    what was not looked at."""
    rows = _sent_rows()
    if any(row.task == GOES_ON for row in rows.values()):
        return _answers(booklet_id, joined=True)

    def step(uow: UnitOfWork) -> None:
        shown = transcription.desk(uow, booklet_id)
        chosen = _chosen(rows.values(), tasks_of(shown.booklet.exam))
        version = entry.row_version(request.form)
        transcription.hand_in(uow, booklet_id, shown.text, chosen, version)

    return act(
        step,
        done=lambda _none: go_on("braille.done", _("Handed in and sealed."), booklet_id=booklet_id),
        refused=lambda error: _answers(booklet_id, error),
    )


def _sent_rows() -> dict[int, SentRow]:
    """What was chosen for each row that the page had, by the line with which the row begins."""
    sent = request.form
    return {
        int(line): SentRow(
            *(
                sent.get(f"{name}-{row}", "")
                for name in ("task", "reading", "other", "mark", "reason")
            )
        )
        for row in sent.getlist("row")
        for line in [sent.get(f"line-{row}", row)]
        if line.isdecimal()
    }


def _going_on() -> set[int]:
    """Lines that a person put to the answer before them, now or earlier."""
    return {int(line) for line in request.form.getlist("on") if line.isdecimal()} | {
        line for line, row in _sent_rows().items() if row.task == GOES_ON
    }


def _chosen(rows: Iterable[SentRow], tasks: Collection[str]) -> dict[str, Value]:
    """Task → the value that was chosen. Invalid where two rows have one task: which of them counts
    is never decided by their order."""
    given = [row for row in rows if row.task in tasks]
    fields = [row.task for row in given]
    twice = [field for field in dict.fromkeys(fields) if fields.count(field) > 1]
    if twice:
        raise Invalid(
            N_("More than one answer for the same task: %(tasks)s."),
            code="answered-twice",
            advice=N_(
                "Leave the task to the one that counts. Another row goes on with the answer before it, "
                "or belongs to no task."
            ),
            params={"tasks": ", ".join(FieldId.parse(field).key for field in twice)},
        )
    return {row.task: row.value for row in given}
