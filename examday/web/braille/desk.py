"""«Стол тифлопереводчика»: one page for people who see and people who do not, with the same keys."""

import json
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from examday.braille.cells import Cell, dot_numbers, from_unicode
from examday.braille.compare import Outcome
from examday.braille.running import Difference
from examday.braille.tables import RUSSIAN
from examday.domain.errors import DomainError, Invalid, NotFound
from examday.domain.messages import N_
from examday.domain.transfer.answers import Mark, Value, one_spelling
from examday.domain.transfer.fields import FieldId, is_long, is_short
from examday.i18n import gettext as _
from examday.i18n import ngettext
from examday.services.braille import cell_lines, notebook, second_opinion, transcription
from examday.services.recognition import braille
from examday.services.scans import page_images, pictures
from examday.services.transfer.readings import fields_for
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam
from examday.web.access import access
from examday.web.braille.cells import film
from examday.web.errors import status_of, translate
from examday.web.session import store
from examday.web.transfer import entry, page_view
from examday.web.transfer.offers import offer_page

bp = Blueprint("braille", __name__)
MODES = ("six", "single", "numbers", "text")
GOES_ON = "+"
"""Instead of a task: this row is no answer of its own, it goes on with the one before."""


@bp.get("/braille/keyboard")
@access("braille.desk")
def keyboard() -> str:
    """How many keys this keyboard reports together; `work`: the desk one came from."""
    return render_template(
        "braille/keyboard.html",
        known=request.cookies.get("rollover", ""),
        work=request.args.get("work", ""),
    )


@bp.get("/braille/<booklet_id>")
@access("braille.desk")
def desk(booklet_id: str) -> str | tuple[str, int] | Response:
    """The desk of this person for this work."""
    try:
        return _desk(booklet_id)
    except NotFound:
        return offer_page("keyin", booklet_id)


def _desk(
    booklet_id: str, error: DomainError | None = None, text: str | None = None
) -> str | Response:
    with store().read(g.actor) as uow:
        shown = transcription.desk(uow, booklet_id)
        if shown.handed_in:
            return redirect(url_for("braille.done", booklet_id=booklet_id), 303)
        if not notebook.stated(uow, shown.booklet):
            return redirect(url_for("notebook.pages", booklet_id=booklet_id), 303)
        rows = pictures.working_pages(uow, shown.booklet, "original")
        pages = [page_images.desk_page(row) for row in rows]
        return render_template(
            "braille/desk.html",
            d=shown,
            booklet=shown.booklet,
            text=shown.text if text is None else text,
            picture=page_view.picture(pages, entry.number_of(request.values)),
            film=film(pages, cell_lines.line_places(uow, shown.booklet, rows)),
            error=error and " ".join(translate(error)),
            letters=json.dumps(
                {sum(cells): letter for letter, cells in RUSSIAN.items() if len(cells) == 1}
                if shown.language == "ru"
                else {},
                ensure_ascii=False,
            ),
        )


@bp.post("/braille/<booklet_id>/draft")
@access("braille.desk")
def draft(booklet_id: str) -> tuple[str, int]:
    """Autosave of the entry as it was typed."""
    with store().begin(g.actor) as uow:
        _keep(uow, booklet_id)
    return "", 204


def _keep(uow: UnitOfWork, booklet_id: str) -> None:
    shown = transcription.desk(uow, booklet_id)
    if shown.handed_in:
        raise NotFound()
    transcription.save(
        uow,
        booklet_id,
        one_spelling(request.form.get("text", "")),
        shown.values,
        entry.row_version(request.form),
    )


@bp.post("/braille/<booklet_id>")
@access("braille.desk")
def send(booklet_id: str) -> Response | str | tuple[str, int]:
    """Save, turn the page of the picture, or go on to the answers."""
    action = request.form.get("action", "save")
    with store().begin(g.actor) as uow:
        _keep(uow, booklet_id)
    if action != "answers":
        turned = (
            action.removeprefix("page:")
            if action.startswith("page:")
            else request.form.get("page", "1")
        )
        return redirect(
            url_for("braille.desk", booklet_id=booklet_id, page=entry.number_of({"page": turned})),
            303,
        )
    return redirect(url_for("braille.answers", booklet_id=booklet_id), 303)


@bp.get("/braille/<booklet_id>/answers")
@access("braille.desk")
def answers(booklet_id: str) -> str | Response | tuple[str, int]:
    """The entry split into answers; every reading of an ambiguous one is offered, a person
    decides."""
    return _answers(booklet_id)


def _answers(
    booklet_id: str, error: DomainError | None = None, joined: bool = False
) -> str | Response | tuple[str, int]:
    """`joined`: lines were just put to the answer before them, what came of it is to be looked at."""
    with store().read(g.actor) as uow:
        shown = transcription.desk(uow, booklet_id)
        if shown.handed_in:
            return redirect(url_for("braille.done", booklet_id=booklet_id), 303)
        exam = shown.booklet.exam
        try:
            split = transcription.parse(shown.text, exam, _going_on())
        except DomainError as refused:
            return str(_desk(booklet_id, refused)), status_of(refused)
        given = [transcription.field_of(row.task, exam) for row in split]
        lines = transcription.lines_of(shown.text)
        strips = [
            [
                cell_lines.typed(lines[n - 1], n, exam, "\n".join(lines[: n - 1]))
                for n in row.lines
                if row.cells and not is_long(given[at])
            ]
            for at, row in enumerate(split)
        ]
        page = render_template(
            "braille/answers.html",
            d=shown,
            booklet=shown.booklet,
            strips=strips,
            essays={f for f in given if is_long(f)},
            rows=list(zip(split, given, strict=True)),
            twice={f for f in given if f and given.count(f) > 1},
            tasks=_tasks(exam),
            missing=[f for f in transcription.missing({}, exam) if f not in given],
            dots=spoken_dots,
            going_on=sorted(_going_on()),
            kept=_sent_rows(),
            joined=joined,
            error=error and " ".join(translate(error)),
        )
    return (page, status_of(error)) if error else page


def _tasks(exam: Exam) -> list[str]:
    return [f for f in fields_for(exam).ids if is_short(f) or is_long(f)]


@bp.app_template_global()
def spoken_dots(cells: str) -> str:
    """Unicode Braille as dot numbers, a blank as «·»: what is read instead of a picture of dots."""
    return " ".join(dot_numbers(cell) or "·" for cell in from_unicode(cells)) if cells else ""


@bp.post("/braille/<booklet_id>/hand-in")
@access("braille.desk")
def hand_in(booklet_id: str) -> Response | str | tuple[str, int]:
    """Hand in the chosen answers; tasks that nothing was entered for are blank, as the page has
    said. Where a row goes on with the answer before, the page is shown once more: nobody seals
    what was not looked at."""
    if any(row["task"] == GOES_ON for row in _sent_rows().values()):
        return _answers(booklet_id, joined=True)
    try:
        with store().begin(g.actor) as uow:
            shown = transcription.desk(uow, booklet_id)
            transcription.hand_in(
                uow, booklet_id, shown.text, _chosen(shown.booklet), entry.row_version(request.form)
            )
    except DomainError as error:
        return _answers(booklet_id, error)
    flash(_("Handed in and sealed."))
    return redirect(url_for("braille.done", booklet_id=booklet_id), 303)


def _sent_rows() -> dict[int, dict[str, str]]:
    """What was chosen for each row that the page had, by the line with which the row begins."""
    sent = request.form
    return {
        int(line): {
            name: sent.get(f"{name}-{row}", "")
            for name in ("task", "reading", "other", "mark", "reason")
        }
        for row in sent.getlist("row")
        for line in [sent.get(f"line-{row}", row)]
        if line.isdecimal()
    }


def _going_on() -> set[int]:
    """Lines that a person put to the answer before them, now or earlier."""
    return {int(line) for line in request.form.getlist("on") if line.isdecimal()} | {
        line for line, row in _sent_rows().items() if row["task"] == GOES_ON
    }


def _chosen(booklet: Booklet) -> dict[str, Value]:
    """The values that were chosen: for each row its task, one of the readings or what was typed
    instead. Invalid where two rows have one task: which of them counts is never decided by their
    order."""
    rows, known = list(_sent_rows().values()), set(_tasks(booklet.exam))
    given = [row["task"] for row in rows if row["task"] in known]
    if twice := [
        FieldId.parse(field).key for field in dict.fromkeys(given) if given.count(field) > 1
    ]:
        raise Invalid(
            N_("More than one answer for the same task: %(tasks)s."),
            code="answered-twice",
            advice=N_(
                "Leave the task to the one that counts. Another row goes on with the answer before it, "
                "or belongs to no task."
            ),
            params={"tasks": ", ".join(twice)},
        )
    return {
        row["task"]: Value(
            one_spelling(row["other"]) or row["reading"],
            Mark(row["mark"]) if row["mark"] in set(Mark) else None,
            "",
            row["reason"].strip(),
        )
        for row in rows
        if row["task"] in known
    }


@bp.get("/braille/<booklet_id>/done")
@access("braille.desk")
def done(booklet_id: str) -> str:
    """After handing in: the own answers with the machine's second opinion, never before."""
    with store().read(g.actor) as uow:
        shown = transcription.desk(uow, booklet_id)
        if not shown.handed_in:
            raise NotFound()
        opinion = second_opinion.second_opinion(uow, booklet_id)
        pages = page_images.desk_pages(uow, shown.booklet, "original")
        strips = cell_lines.machine_strips(uow, shown.booklet)
        backs = cell_lines.machine_strips(uow, shown.booklet, cell_lines.BACK)
        picture = page_view.picture(pages, entry.number_of(request.args))
        return render_template(
            "braille/done.html",
            d=shown,
            booklet=shown.booklet,
            opinion=opinion,
            pages=pages,
            picture=picture,
            film=film(pages),
            strips=[one for one in strips if picture and one.page == picture.number],
            backs=[one for one in backs if picture and one.page == picture.number],
            back_state=braille.backs_state(uow, shown.booklet),
            written=cell_lines.answers_of(strips, shown.booklet.exam),
            verdict=VERDICTS,
            edit=_edit,
            values={f: v for f, v in shown.values.items() if not v.empty},
        )


@bp.post("/braille/<booklet_id>/backs")
@access("braille.desk")
def backs(booklet_id: str) -> Response:
    """Have the backs of the sheets read from the same pictures."""
    with store().begin(g.actor) as uow:
        braille.ask_backs(uow, booklet_id)
    return redirect(
        url_for("braille.done", booklet_id=booklet_id, page=entry.number_of(request.form)), 303
    )


VERDICT_NAMES = {
    "agree": N_("gives the cells that the machine saw"),
    "differs": N_("gives other cells"),
    "machine unsure": N_("the machine is unsure here"),
    "unreadable": N_("the machine could not read it"),
}


@bp.app_template_global()
def verdict_words(outcome: Outcome) -> str:
    """What the machine says of one reading: verdict and the first differing cell."""
    said = _(VERDICT_NAMES[outcome.verdict])
    if outcome.untypable:
        return f"{said}: {_('«%(characters)s» has no Braille', characters=outcome.untypable)}"
    return f"{said}: {_edit(outcome.edits[0])}" if outcome.edits else said


@bp.app_template_global()
def long_words(differences: list[Difference]) -> str:
    """What the machine says of one long answer: at how many places it saw other cells, and where
    first."""
    if not differences:
        return _(VERDICT_NAMES["agree"])
    first = differences[0]
    return ngettext(
        "gives other cells at %(n)s place: page %(page)s, line %(line)s, cell %(cell)s",
        "gives other cells at %(n)s places, first on page %(page)s, line %(line)s, cell %(cell)s",
        len(differences),
        n=len(differences),
        page=first.page,
        line=first.line,
        cell=first.cell,
    )


VERDICTS = {"agree": "good", "differs": "alarm", "machine unsure": "warn", "unreadable": "warn"}


def _edit(edit: Any) -> str:
    """One difference in words: which cell, what was typed, what was read."""

    def dots(value: int | None) -> str:
        return (
            _("no cell") if value is None else _("dots %(dots)s", dots=Cell(value).numbers or "·")
        )

    return _(
        "cell %(n)s: entered %(typed)s, read %(read)s",
        n=edit.at + 1,
        typed=dots(edit.typed),
        read=dots(edit.read),
    )
