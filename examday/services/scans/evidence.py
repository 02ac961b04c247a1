"""What is known of a page and of the booklet it names: what `domain.scans.judging` judges on."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import or_, select

from examday.domain.custody.kit import ORIGINALS
from examday.domain.custody.lifecycle import Medium, State
from examday.domain.custody.sheet_codes import CONSTANT, NUMBER, VERDICTS, Witness, settle
from examday.domain.scans.covers import work_of_cover
from examday.domain.scans.judging import Seen, Waiting
from examday.domain.scans.pages import ARROWS, COPY, ORIGINAL
from examday.domain.scans.sheets import sheet_key
from examday.services.scans.works import work_sheets
from examday.services.unit_of_work import UnitOfWork
from examday.storage.prefixes import begins
from examday.storage.tables import NEWEST_FIRST, Booklet, EventRow, Item, Page, ScanFile

# digits of a form number, as the plan has them: a code of any other length is none
CODE_LENGTH = 13
ENTERED_BY = {ORIGINAL: "booklet:collect", COPY: "booklet:copy"}
"""Role → the event that entered the step which waits for such pages: what came before it came too
early."""


def own_evidence(uow: UnitOfWork, page: Page) -> tuple[Seen, Booklet | None]:
    """Return what was seen on the page itself, and the booklet that it names.

    The booklet is found by form code, else by the label of one of its papers.
    """
    told = page.identity
    number, note = _number(uow, page)
    booklet, labelled = _by_form(uow, number), False
    if booklet is None:
        booklet = _by_label(uow, told.get("codes", []))
        labelled = booklet is not None
    code = number or (booklet.code or "label" if labelled and booklet else None)
    return Seen(
        code=code,
        size=told.get("size"),
        layout=told.get("layout"),
        number=number,
        px_per_mm=told.get("px_per_mm"),
        residual_mm=told.get("residual_mm"),
        labelled=labelled,
        note="" if labelled else note,
        picture=page.image_sha256,
    ), booklet


def _number(uow: UnitOfWork, page: Page) -> tuple[str | None, str]:
    """The form number of the page and the note on it.

    The codes are looked up against the form numbers of the plan: a planned number is a witness
    more. Never a number that no code and no print of the sheet speaks for.
    """
    told = page.identity
    witnesses = [
        Witness(w["id"], w["role"], w["text"], tuple(w["same"]) if w["same"] else None)
        for w in told.get("witnesses", [])
    ]
    # nothing read, or read by an earlier version of the program: nothing can be said
    if not witnesses:
        notes = {warning["code"] for warning in told.get("warnings", [])} & set(VERDICTS)
        return told.get("code"), next(iter(notes), "")
    # A form that was laid over a cover sheet by chance may look for its number in that code.
    witnesses = [w for w in witnesses if not work_of_cover([w.text])]
    verdict = settle(witnesses, told.get("voting", 2), _planned(uow, witnesses))
    number = verdict.number or told.get("code")
    return (number if number and len(number) == CODE_LENGTH else None), verdict.note


def _planned(uow: UnitOfWork, witnesses: Sequence[Witness]) -> set[str]:
    """Form numbers of the plan that one of the codes may mean.

    Where only partners were read, those that wait for a scan, if some do: many days may have a
    number that goes with one partner.
    """
    exact = [w.number for w in witnesses if w.role != CONSTANT]
    like = [Booklet.code.like(w.pattern) for w in witnesses if w.pattern]
    rows = uow.session.scalars(
        select(Booklet).where(or_(Booklet.code.in_(exact), *like), Booklet.state != State.SPOILED)
    ).all()
    found = {row.code for row in rows if row.code}
    if any(w.role == NUMBER for w in witnesses):
        return found
    return {
        row.code for row in rows if row.code and row.state in (State.COLLECTED, State.COPIED)
    } or found


def _by_form(uow: UnitOfWork, code: str | None) -> Booklet | None:
    """The booklet with this form code.

    The same code may stand in another exam day: the one that waits for a scan is meant, else the
    latest.
    """
    if code is None:
        return None
    extra = select(Item.booklet_id).where(begins(Item.code, f"{code}/"))
    found = list(
        uow.session.scalars(
            select(Booklet)
            .where(or_(Booklet.code == code, Booklet.id.in_(extra)))
            .order_by(Booklet.since.desc())
        )
    )
    waiting = [row for row in found if row.state in (State.COLLECTED, State.COPIED)]
    return next(iter(waiting or found), None)


def _by_label(uow: UnitOfWork, codes: list[str]) -> Booklet | None:
    """The one booklet whose originals bear these labels.

    The label of an envelope or a packet is no answer sheet's.
    """
    things = uow.session.scalars(
        select(Item).where(Item.code.in_(codes), Item.booklet_id.is_not(None))
    )
    owners = set()
    for thing in things:
        owner = uow.get(Booklet, thing.booklet_id)
        if thing.kind in ORIGINALS[Medium(owner.medium)]:
            owners.add(owner.id)
    return uow.session.get(Booklet, owners.pop()) if len(owners) == 1 else None


def waiting(
    uow: UnitOfWork,
    booklet: Booklet,
    page: Page,
    received: dt.datetime | None = None,
    further: Sequence[Page] = (),
) -> Waiting:
    """What the booklet waits for, seen from this page.

    `received`: when its file came in, for a page that the station does not keep; `further`: pages
    that count as attached though they are not.
    """
    have = [row for row in (*work_sheets.pages_of(uow, booklet), *further) if row is not page]
    received = received or uow.get(ScanFile, page.scan_file_id).received_at
    return Waiting(
        State(booklet.state),
        Medium(booklet.medium),
        frozenset((row.role, sheet_key(row.sheet, row.code)) for row in have),
        frozenset(role for role in ARROWS if received < _entered(uow, booklet, role)),
        work_sheets.is_full(uow, booklet, [row for row in have if row.role == ORIGINAL]),
        frozenset(row.image_sha256 for row in have if row.image_sha256),
        forms=frozenset(work_sheets.enlarged_forms(uow, booklet)),
    )


def _entered(uow: UnitOfWork, booklet: Booklet, role: str) -> dt.datetime:
    """When the booklet came to the step that waits for pages of this role.

    Before all time where that is not on record.
    """
    if booklet.state == ARROWS[role][0]:
        return booklet.since
    at = uow.session.scalar(
        select(EventRow.at)
        .where(EventRow.subject == f"booklet:{booklet.id}", EventRow.kind == ENTERED_BY[role])
        .order_by(*NEWEST_FIRST)
        .limit(1)
    )
    return dt.datetime.fromisoformat(at) if at else dt.datetime.min.replace(tzinfo=dt.UTC)
