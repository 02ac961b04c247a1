"""More paper for a candidate who writes: notebooks, sheets, print-out pages, additional forms."""

from sqlalchemy.orm.attributes import flag_modified

from examday.domain.custody.kit import EXTRAS, Kind, Piece, enlarged
from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import Conflict, Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.custody import papers, steps
from examday.services.custody.booklets import not_now, require
from examday.services.custody.room.form_numbers import free_code
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Item

MOST_AT_ONCE = 100
"""Pieces of one kind: more than any candidate fills, so a larger number is a slip of the hand."""


def issue_extra(
    uow: UnitOfWork,
    booklet_id: str,
    kind: Kind,
    count: int = 1,
    typed: str = "",
    row_version: int | None = None,
) -> list[Item]:
    """Hand more paper to the candidate.

    Notebooks, Braille sheets, print-out pages, or one additional form by its number. In an enlarged
    kit an additional form comes with its A3 sheet.
    """
    require(uow, "custody.issue")
    booklet = papers.load_here(uow, booklet_id, row_version)
    medium = Medium(booklet.medium)
    if booklet.state not in steps.WRITING:
        raise not_now(
            booklet,
            N_("Paper is added only while the candidate has the kit; now it is «%(state)s»."),
            "not-writing",
        )
    if kind not in EXTRAS[medium]:
        raise Invalid(N_("This kit takes no such thing."), code="extra", field="kind")
    if not 1 <= count <= MOST_AT_ONCE:
        raise Invalid(
            N_("Write how many sheets: from 1 to %(most)s at once."),
            code="extra",
            field="number",
            params={"most": MOST_AT_ONCE},
        )
    if kind is Kind.STANDARD_SHEET:
        made = _extra_form(uow, booklet, typed)
    else:
        made = papers.make_pieces(uow, booklet, [Piece(kind)] * count, booklet.code or "")
    # The page that this was pressed on is of before: pressed twice, it must not be two sheets.
    flag_modified(booklet, "state")
    uow.record(
        Event.CUSTODY_EXTRA, f"booklet:{booklet.id}", thing=str(kind), items=papers.codes(made)
    )
    return made


def _extra_form(uow: UnitOfWork, booklet: Booklet, typed: str) -> list[Item]:
    code = free_code(uow, booklet, typed)
    own = [i for i in papers.of_booklet(uow, booklet.id) if i.kind == Kind.STANDARD_SHEET]
    # free_code asks other booklets only; this one may bear the number already.
    if code in {i.facts.get("form_code") for i in own}:
        raise Conflict(
            N_("Form number %(number)s is already a part of this kit."),
            code="own-form",
            params={"number": code},
            advice=N_("Scan the bar code of the additional form itself."),
        )
    sheet = f"extra_{1 + sum(i.sheet.startswith('extra') for i in own)}"
    pieces = [
        Piece(Kind.STANDARD_SHEET, sheet, "A4"),
        *(enlarged([sheet]) if booklet.state == State.ENLARGED else ()),
    ]
    return papers.make_pieces(uow, booklet, pieces, code)
