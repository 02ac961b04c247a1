"""Pages find their booklets: by code when everything fits, else by a person who says why."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.custody.sheet_codes import CONSTANT, NUMBER, OPAQUE, Witness, settle
from examday.domain.errors import Conflict, Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.people.roles import Actor
from examday.domain.scans import (
    COMES_RIGHT,
    COPY,
    ORIGINAL,
    PageState,
    Seen,
    Verdict,
    Waiting,
    judge,
)
from examday.reading.identify import VERDICTS
from examday.services.custody.booklets import advance, require
from examday.services.recognition import readers
from examday.services.scans.pictures import form_of
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import Booklet, Item, Page

WORKER = Actor.system("worker")
CODE_LENGTH = 13  # digits of a form number, as the plan has them
ARROWS = {ORIGINAL: (State.COLLECTED, "scan_original"), COPY: (State.COPIED, "scan_copy")}


def place_all(uow: UnitOfWork, pages: Sequence[Page]) -> int:
    """Place the pages of one file; how many were attached. Their booklets are held first, in
    order: two files with pages of the same works must not wait for each other."""
    uow.session.flush()
    wanted = [
        booklet.id for page in pages for booklet in (_seen(uow, page)[1],) if booklet is not None
    ]
    uow.hold_all(Booklet, wanted)
    return sum(place(uow, page) for page in pages)


def place(uow: UnitOfWork, page: Page) -> bool:
    """Attach the page to its booklet, which is held, and move the booklet on, or keep it as an
    exception with its reasons. True when attached."""
    seen, booklet = _seen(uow, page)
    verdict = judge(seen, None if booklet is None else _waiting(uow, booklet, page))
    page.role, page.sheet, page.problems = verdict.role, seen.layout or "", list(verdict.problems)
    page.code, page.identity = seen.number, {**page.identity, "note": seen.note}
    if booklet is None or verdict.problems:
        return _keep(uow, page, verdict, booklet)
    _attach(uow, page, booklet, verdict.role, **({"codes": seen.note} if seen.note else {}))
    return True


def _keep(uow: UnitOfWork, page: Page, verdict: Verdict, booklet: Booklet | None) -> bool:
    page.state = PageState.EXCEPTION
    uow.record(
        Event.PAGE_EXCEPTION,
        f"page:{page.id}",
        problems=list(verdict.problems),
        code=page.code or "",
        booklet=booklet.id if booklet else "",
    )
    return False


def _attach(uow: UnitOfWork, page: Page, booklet: Booklet, role: str, **data: Any) -> None:
    page.state, page.booklet_id, page.version, page.role = (
        "attached",
        booklet.id,
        booklet.version,
        role,
    )
    page.order = len(_pages_of(uow, booklet, page, role)) + 1
    readers.page_attached(uow, page)
    uow.record(
        Event.PAGE_ATTACHED,
        f"page:{page.id}",
        booklet=booklet.id,
        role=role,
        image=page.image_sha256,
        **data,
    )
    state, action = ARROWS[role]
    if booklet.state == state:
        advance(uow, booklet, action, page=page.id)


def _pages_of(uow: UnitOfWork, booklet: Booklet, page: Page, role: str | None = None) -> list[Page]:
    """Pages the booklet has already. An original serves every transfer version, a copy only its
    own."""
    found = uow.session.scalars(
        select(Page).where(
            Page.booklet_id == booklet.id, Page.state == PageState.ATTACHED, Page.id != page.id
        )
    )
    return [
        row
        for row in found
        if (role is None or row.role == role)
        and (row.role == ORIGINAL or row.version == booklet.version)
    ]


def _seen(uow: UnitOfWork, page: Page) -> tuple[Seen, Booklet | None]:
    """What was seen on the page, and the booklet it names: by form code, else by the label of one
    of its papers."""
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
    ), booklet


def _number(uow: UnitOfWork, page: Page) -> tuple[str | None, str]:
    """The form number of the page and the note on it. The codes are looked up against the form
    numbers of the plan: a planned number is a witness more. Never a number that no code and no
    print of the sheet speaks for."""
    told = page.identity
    witnesses = [
        Witness(w["id"], w["role"], w["text"], tuple(w["same"]) if w["same"] else None)
        for w in told.get("witnesses", [])
    ]
    if not witnesses:  # nothing read, or read by an earlier version of the program
        notes = {warning["code"] for warning in told.get("warnings", [])} & set(VERDICTS)
        return told.get("code"), next(iter(notes), "")
    verdict = settle(witnesses, told.get("voting", 2), _planned(uow, witnesses))
    number = verdict.number or told.get("code")
    return (number if number and len(number) == CODE_LENGTH else None), verdict.note


def _planned(uow: UnitOfWork, witnesses: Sequence[Witness]) -> set[str]:
    """Form numbers of the plan that one of the codes may mean. Where only partners were read,
    those that wait for a scan, if some do: many days may have a number that goes with one partner.
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
    """The booklet with this form code. The same code may stand in another exam day: the one that
    waits for a scan is meant, else the latest."""
    if code is None:
        return None
    found = list(
        uow.session.scalars(
            select(Booklet).where(Booklet.code == code).order_by(Booklet.since.desc())
        )
    )
    waiting = [row for row in found if row.state in (State.COLLECTED, State.COPIED)]
    return next(iter(waiting or found), None)


def _by_label(uow: UnitOfWork, codes: list[str]) -> Booklet | None:
    items = uow.session.scalars(
        select(Item).where(Item.code.in_(codes), Item.booklet_id.is_not(None))
    )
    owners = {item.booklet_id for item in items}
    return uow.session.get(Booklet, owners.pop()) if len(owners) == 1 else None


def _waiting(uow: UnitOfWork, booklet: Booklet, page: Page) -> Waiting:
    pages = frozenset((row.role, row.sheet) for row in _pages_of(uow, booklet, page))
    return Waiting(State(booklet.state), Medium(booklet.medium), pages)


def match_again(store: Store) -> int:
    """Try the pages again whose trouble may have gone by itself: the kit was registered, the step
    was entered. How many were attached."""
    attached = 0
    with store.read() as uow:
        ids = [
            row.id
            for row in uow.session.scalars(
                select(Page)
                .where(Page.state == PageState.EXCEPTION, Page.decided_by.is_(None))
                .order_by(Page.at)
            )
            if row.problems and set(row.problems) <= COMES_RIGHT and _would_fit(uow, row)
        ]
    for page_id in ids:
        with store.begin(WORKER) as uow:
            _seen_page, booklet = _seen(uow, uow.get(Page, page_id))
            if booklet is None:
                continue
            uow.hold(Booklet, booklet.id)
            page = uow.hold(Page, page_id)
            if (
                page.state == PageState.EXCEPTION
                and _would_fit(uow, page)
                and _seen(uow, page)[1] is booklet
            ):
                attached += place(uow, page)
    return attached


def _would_fit(uow: UnitOfWork, page: Page) -> bool:
    """Would the page's reasons be other ones now? Only then is it touched: the ledger is not for
    standing still."""
    seen, booklet = _seen(uow, page)
    if booklet is None:
        return False
    return list(judge(seen, _waiting(uow, booklet, page)).problems) != list(page.problems)


def attach_page(uow: UnitOfWork, page_id: str, booklet: Booklet, role: str, reason: str) -> Page:
    """A person says where a page belongs, and why (kept with the page). Conflict when the booklet
    does not wait for it."""
    require(uow, "scans.decide")
    booklet = uow.hold(Booklet, booklet.id)
    page = _undecided(uow, page_id)
    if role not in ARROWS:
        raise Invalid(
            N_("Say whether the page is the original or the copy."), code="no-role", field="role"
        )
    if not reason.strip():
        raise Invalid(
            N_("A decision about a page needs a reason."), code="no-reason", field="reason"
        )
    if not _may_have(booklet, role):
        raise Conflict(
            N_("The booklet does not wait for this page now."),
            code="wrong-step",
            advice=N_("Bring the booklet to the step it is really in, then attach the page."),
        )
    page.decided_by, page.reason = uow.actor.person_id, reason.strip()
    _attach(uow, page, booklet, role, by_hand=True)
    return page


def _may_have(booklet: Booklet, role: str) -> bool:
    """The awaited page itself, or a further page of the role just scanned (a notebook, a second
    sheet)."""
    states = {ORIGINAL: (State.COLLECTED, State.SCANNED), COPY: (State.COPIED, State.COPY_SCANNED)}
    return booklet.state in states[role]


def reject_page(uow: UnitOfWork, page_id: str, reason: str) -> Page:
    """A person says that a page does not count, and why. The page and its picture stay."""
    require(uow, "scans.decide")
    page = _undecided(uow, page_id)
    if not reason.strip():
        raise Invalid(
            N_("A decision about a page needs a reason."), code="no-reason", field="reason"
        )
    page.state, page.decided_by, page.reason = (
        PageState.REJECTED,
        uow.actor.person_id,
        reason.strip(),
    )
    uow.record(Event.PAGE_REJECTED, f"page:{page.id}")
    return page


def _undecided(uow: UnitOfWork, page_id: str) -> Page:
    page = uow.hold(Page, page_id)
    if page.state != PageState.EXCEPTION:
        raise Conflict(N_("Somebody has already decided about this page."), code="page-decided")
    return page


def doubt_on(page: Page) -> tuple[str, dict[str, str]] | None:
    """What a person should know of the codes of a page, as a msgid and its values; None when all
    is well."""
    note = page.identity.get("note", "")
    if note not in VERDICTS:
        return None
    return VERDICTS[note], {
        "codes": ", ".join(w["text"] for w in page.identity["witnesses"] if w["role"] != OPAQUE)
    }


def unmeasured(page: Page) -> bool:
    """Whether the page lies under a form whose places nobody has measured on a real sheet."""
    form = form_of(page)
    return form is not None and not form.measured
