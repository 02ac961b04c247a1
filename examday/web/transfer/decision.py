"""The decision on differing fields: the three readings of each, and for a Braille work what the
machine says of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import render_template, request

from examday.domain.errors import DomainError
from examday.domain.transfer.answers import Choice, Value
from examday.i18n import gettext as _
from examday.services.braille import cell_lines
from examday.services.braille.cells.written import Written, answers_of
from examday.services.braille.opinion import second_opinion
from examday.services.scans import page_images
from examday.services.transfer import settle
from examday.services.unit_of_work import UnitOfWork
from examday.web.braille.film import film
from examday.web.transfer import entry, page_view
from examday.web.words import NOT_MEASURED


@dataclass(frozen=True)
class Card:
    """One differing field. `readings`: the three of it; `chosen`, `why`: what was sent, else the
    own reading is proposed where another backs it."""

    field: str
    row: entry.Row
    readings: dict[Choice, Value]
    backed: bool
    chosen: str
    why: str


@dataclass(frozen=True)
class Notebook:
    """For a Braille work: its pages, and the cells that the machine saw, by field."""

    written: Mapping[str, Written] = field(default_factory=dict)
    pages: list[page_images.DeskPage] = field(default_factory=list)
    film: str = ""
    picture: page_view.Picture | None = None


def rulings(shown: settle.Table) -> dict[str, settle.Ruling]:
    """The choices that were sent; a field without one is left out and refused by the rule."""
    others = entry.read_values(request.form, shown.differing)
    chosen = {f: request.form.get(f"c:{f}", "") for f in shown.differing}
    return {
        f: settle.Ruling(Choice(choice), others.get(f), request.form.get(f"why:{f}", ""))
        for f, choice in chosen.items()
        if choice in set(Choice)
    }


def page(uow: UnitOfWork, shown: settle.Table, error: DomainError | None) -> str:
    """The second step: what all have read, and the choice."""
    refused, bad = entry.refusal(error) if error else (None, {})
    sheets = page_images.sheets(uow, shown.booklet, "original")
    notebook = _notebook(uow, shown, sheets.pages)
    return render_template(
        "transfer/settle/decide.html",
        t=shown,
        booklet=shown.booklet,
        refused=refused,
        error_title=bool(refused),
        places=sheets.places,
        unmeasured=_(NOT_MEASURED),
        cards=[_card(shown, field_id, bad) for field_id in shown.differing],
        marks=entry.marks,
        opinions=_opinions(uow, shown),
        written=notebook.written,
        pages=notebook.pages,
        film=notebook.film,
        picture=notebook.picture,
    )


def _card(shown: settle.Table, field_id: str, bad: Mapping[str, str]) -> Card:
    readings = shown.readings(field_id)
    own = readings[Choice.OWN]
    backed = own in (readings[Choice.FIRST], readings[Choice.SECOND])
    sent = entry.read_values(request.form, [field_id]).get(field_id, Value())
    exam = entry.Exam(shown.alphabet, shown.fields.tasks)
    return Card(
        field_id,
        entry.row(field_id, sent, exam, {}, bad),
        readings,
        backed,
        request.form.get(f"c:{field_id}", Choice.OWN if backed else ""),
        request.form.get(f"why:{field_id}", ""),
    )


def _opinions(uow: UnitOfWork, shown: settle.Table) -> dict[Choice, second_opinion.SecondOpinion]:
    """For a Braille work: does each of the three readings give the cells that the machine saw?
    Shown after the own reading only; empty when there is no machine reading of cells."""
    if not shown.braille:
        return {}
    found = {}
    for choice in (Choice.OWN, Choice.FIRST, Choice.SECOND):
        values = {f: shown.readings(f)[choice] for f in shown.differing}
        opinion = second_opinion.second_opinion(uow, shown.booklet.id, values)
        if opinion is not None:
            found[choice] = opinion
    return found


def _notebook(uow: UnitOfWork, shown: settle.Table, pages: list[page_images.DeskPage]) -> Notebook:
    if not shown.braille or not pages:
        return Notebook()
    strips = cell_lines.machine_strips(uow, shown.booklet)
    written = answers_of(strips, shown.booklet.exam)
    first = next((written[f].strips[0].page for f in shown.differing if f in written), 1)
    return Notebook(written, pages, film(pages), page_view.picture(pages, first))
