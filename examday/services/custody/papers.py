"""Things of paper in the database: making them with a free code, finding them, counting them."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import select

from examday.domain.custody import paper_codes
from examday.domain.custody.counts import Account, Counts, account, place, tally
from examday.domain.custody.kit import OUT_OF_USE, Kind, Piece, ThingState
from examday.domain.errors import NotFound
from examday.domain.identity import place_order
from examday.domain.people.roles import Role
from examday.services.custody.room.own_rooms import require_here
from examday.services.transfer.readings import fresh
from examday.services.unit_of_work import UnitOfWork
from examday.storage.base import JsonObject, new_id
from examday.storage.prefixes import begins
from examday.storage.tables import Booklet, Exam, Handover, Item, Room, Seat

VOID, GONE = OUT_OF_USE, ThingState.HANDED_OVER
AT_ONCE = 1000
"""Things asked for in one statement: PostgreSQL takes 65,535 values, and a region has more sheets."""


def load(uow: UnitOfWork, booklet_id: str, row_version: int | None = None) -> Booklet:
    """Return the booklet, held for this transaction.

    Stale when it has changed since the page with `row_version` was made.
    """
    booklet = uow.hold(Booklet, booklet_id)
    fresh(booklet, row_version)
    return booklet


def load_here(uow: UnitOfWork, booklet_id: str, row_version: int | None = None) -> Booklet:
    """Return the booklet, held for this transaction, for a step in its room.

    Asked before anything else: whoever stands in another room needs no other reason.
    """
    booklet = load(uow, booklet_id, row_version)
    require_here(uow, booklet.seat)
    return booklet


def me(uow: UnitOfWork) -> str | None:
    """Return the id of the acting person; None when the program itself acts."""
    return None if Role.SYSTEM in uow.actor.roles else uow.actor.person_id


def make(
    uow: UnitOfWork,
    exam_id: str,
    kind: Kind,
    **columns: object,
) -> Item:
    """Make a new thing with a free code of ours.

    The number comes from its id, so two stations hardly ever agree on one.
    """
    item_id = new_id()
    # From the random id, not from a counter: two stations of a point count without each other.
    first = int(item_id[:12], 16)
    code = next(
        code
        for code in (paper_codes.item_code(kind, first + step) for step in range(10**6))
        if uow.session.scalar(select(Item.id).where(Item.code == code)) is None
    )
    return uow.add(
        Item(id=item_id, code=code, kind=kind, exam_id=exam_id, holder_id=me(uow), **columns)
    )


def make_pieces(
    uow: UnitOfWork,
    booklet: Booklet,
    pieces: Collection[Piece],
    form_code: str = "",
) -> list[Item]:
    """Return the things of a kit.

    A standard form is known by its own printed number and takes no label of ours: marks on forms
    are forbidden (source 28).
    """
    made = []
    for piece in pieces:
        facts = {"form_code": form_code} if form_code else {}
        common = {
            "booklet_id": booklet.id,
            "room_id": booklet.seat.room_id,
            "size": piece.size,
            "sheet": piece.sheet,
            "facts": facts,
        }
        # Known by its printed number: a label of ours would be a mark on a form (source 28).
        if piece.kind is Kind.STANDARD_SHEET:
            made.append(
                uow.add(
                    Item(
                        id=new_id(),
                        code=f"{form_code}/{piece.sheet}",
                        kind=piece.kind,
                        exam_id=booklet.exam_id,
                        holder_id=me(uow),
                        **common,
                    )
                )
            )
        else:
            made.append(make(uow, booklet.exam_id, piece.kind, **common))
    recount(booklet, tally(piece.kind for piece in pieces), +1)
    return made


def drop(uow: UnitOfWork, booklet: Booklet, things: Sequence[Item]) -> list[str]:
    """Remove things of a work from the record, and from what was counted last; return their codes."""
    gone = codes(things)
    recount(booklet, tally(Kind(thing.kind) for thing in things), -1)
    for thing in things:
        uow.session.delete(thing)
    return gone


def recount(booklet: Booklet, changed: Counts, sign: int) -> None:
    """Let what was counted last grow (+1) or shrink (-1) by what came or went since."""
    # Where nobody has counted, the record of the things itself is what a count is held against.
    if booklet.counts:
        now = {
            kind: int(booklet.counts.get(kind, 0)) + sign * changed.get(kind, 0)
            for kind in Kind
            if kind in booklet.counts or kind in changed
        }
        booklet.counts = as_data({kind: max(0, number) for kind, number in now.items()})


def of_booklet(uow: UnitOfWork, booklet_id: str) -> list[Item]:
    """Return everything of a booklet, in the order of kinds and sheets."""
    return of_booklets(uow, [booklet_id])


def of_booklets(uow: UnitOfWork, ids: Sequence[str]) -> list[Item]:
    """Return everything of these booklets, in the same order."""
    return sorted(uow.session.scalars(select(Item).where(Item.booklet_id.in_(ids))), key=_order)


def here(uow: UnitOfWork, booklet_id: str) -> list[Item]:
    """Return the things of a booklet that are in use and have not left the point.

    After an appeal a work is transferred again: its first forms and its originals have gone by then,
    and the record still says in which packet.
    """
    return [i for i in of_booklet(uow, booklet_id) if i.state not in (*VOID, GONE)]


def in_order(uow: UnitOfWork, items: Iterable[Item]) -> list[Item]:
    """Return things in the order in which people go through them: room by room, seat by seat, kinds
    and sheets. What belongs to no work comes last.

    Our codes are drawn at random: in their order the sheets of one candidate would lie apart.
    """
    found = list(items)
    works = list({i.booklet_id for i in found if i.booklet_id})
    seats: dict[str, tuple[str, tuple[int, str], str]] = {}
    for first in range(0, len(works), AT_ONCE):
        some = Booklet.id.in_(works[first : first + AT_ONCE])
        rows = uow.session.execute(
            select(Booklet.id, Room.number, Seat.place)
            .join(Seat, Booklet.seat_id == Seat.id)
            .join(Room, Seat.room_id == Room.id)
            .where(some)
        )
        # By the work too: a seat with a spoiled kit has two, and their sheets are not mixed.
        seats |= {work: (room, place_order(place), work) for work, room, place in rows}
    last = ("\uffff", (0, ""), "")
    return sorted(found, key=lambda i: (seats.get(i.booklet_id or "", last), _order(i)))


def _order(item: Item) -> tuple[int, tuple[int, str], str]:
    return list(Kind).index(Kind(item.kind)), _sheet_order(item.sheet), item.code


def _sheet_order(sheet: str) -> tuple[int, str]:
    first = ("registration", "form_1", "form_2_1", "form_2_2", "answer_form", "writing_form")
    return (first.index(sheet), "") if sheet in first else (len(first), sheet)


def countable(items: Iterable[Item]) -> dict[Kind, int]:
    """Return counts of what is in use: no envelopes and packets, nothing spoiled or unused."""
    return tally(
        Kind(i.kind)
        for i in items
        if i.state not in VOID and i.kind not in (Kind.ENVELOPE, Kind.PACKET)
    )


def expected(uow: UnitOfWork, booklet: Booklet) -> dict[Kind, int]:
    """Return what a hand-over of this booklet must come to.

    What was counted last, or what was issued; in a second transfer the new forms alone, because the
    rest has left the point.
    """
    things = of_booklet(uow, booklet.id)
    here = [item for item in things if item.state != GONE]
    # What was counted last, not what was issued: a loss that was explained is not asked again.
    if booklet.counts and len(here) == len(things):
        return {Kind(key): int(number) for key, number in booklet.counts.items()}
    return countable(here)


def new_forms(uow: UnitOfWork, booklet: Booklet) -> list[Item]:
    """Return new standard forms for a second transfer, one for each that was handed over.

    The old ones stay on record.
    """
    old = [
        item
        for item in of_booklet(uow, booklet.id)
        if item.kind == Kind.STANDARD_SHEET and item.state == GONE
    ]
    # One for each sheet: a third transfer does not double the forms of the second.
    sheets = {item.sheet: item for item in old}
    return [
        uow.add(
            Item(
                id=new_id(),
                code=f"{item.code.split('/')[0]}/{item.sheet}/{booklet.version}",
                kind=item.kind,
                exam_id=item.exam_id,
                booklet_id=booklet.id,
                room_id=item.room_id,
                size=item.size,
                sheet=item.sheet,
                holder_id=me(uow),
                facts={**item.facts, "version": booklet.version},
            )
        )
        for item in sheets.values()
    ]


def envelope_of(items: Iterable[Item]) -> Item | None:
    """Return the candidate's envelope in use."""
    return next((i for i in items if i.kind == Kind.ENVELOPE and i.state not in VOID), None)


def inside(uow: UnitOfWork, parent_id: str) -> list[Item]:
    """Return everything that lies in a packet or envelope, at any depth: outer things first, each in
    the order of `in_order`.
    """
    return inside_each(uow, [parent_id])[parent_id]


def inside_each(uow: UnitOfWork, parent_ids: Iterable[str]) -> dict[str, list[Item]]:
    """Return the same of several packets or envelopes, of which none lies in another."""
    found: dict[str, list[Item]] = {parent_id: [] for parent_id in parent_ids}
    level = {parent_id: parent_id for parent_id in found}
    # Level by level: an envelope in a packet, sheets in the envelope; a loop needs no depth.
    while level:
        holders, rows = list(level), list[Item]()
        for first in range(0, len(holders), AT_ONCE):
            some = Item.parent_id.in_(holders[first : first + AT_ONCE])
            rows += uow.session.scalars(select(Item).where(some))
        rows = in_order(uow, rows)
        for row in rows:
            found[level[row.parent_id or ""]].append(row)
        level = {row.id: level[row.parent_id or ""] for row in rows}
    return found


def find(uow: UnitOfWork, typed: str) -> Item:
    """Return the thing with this code of ours, as scanned or typed. NotFound when there is none."""
    code = paper_codes.read_item_code(typed)
    row = uow.session.scalars(select(Item).where(Item.code == code)).first() if code else None
    if row is None:
        raise NotFound()
    return row


def holders_of(item: Item, by_id: dict[str, Item]) -> list[Kind]:
    """Return kinds of what a thing lies in, innermost first."""
    found, parent = [], item.parent_id
    while parent in by_id:
        found.append(Kind(by_id[parent].kind))
        parent = by_id[parent].parent_id
    return found


def accounts(uow: UnitOfWork, exam_id: str) -> tuple[Account, ...]:
    """Return where everything of an exam is, by kind, and whether its counts agreed."""
    rows = list(uow.session.scalars(select(Item).where(Item.exam_id == exam_id)))
    by_id = {row.id: row for row in rows}
    things = (
        (Kind(row.kind), place(row.state, holders_of(row, by_id)))
        for row in rows
        if row.kind != Kind.PACKET
    )
    return account(things, _last_counts(uow, exam_id))


def _last_counts(uow: UnitOfWork, exam_id: str) -> list[tuple[Counts, Counts]]:
    """Return what was expected and what was found when each work and packet was counted last."""
    lines = uow.session.scalars(
        select(Handover).where(Handover.exam_id == exam_id).order_by(Handover.at)
    )
    last = {line.booklet_id or line.item_id: line for line in lines}
    return [(_of_kinds(line.expected), _of_kinds(line.counted)) for line in last.values()]


def _of_kinds(stored: JsonObject) -> Counts:
    return {Kind(kind): int(number) for kind, number in stored.items()}


def form_used(
    uow: UnitOfWork,
    code: str,
    exam: Exam,
    but: str | None = None,
) -> Booklet | None:
    """Return another booklet that already has this form number, of this exam day or an earlier one.

    It may stand on its kit or on an extra form. The day's exams are held, so that two who scan the
    same number at once are put in a row on PostgreSQL too. On training days the same sheets are
    used again and again: those of the same day alone are looked at.
    """
    # The number has no row to hold, so the day has: two rooms may scan one number at once.
    uow.hold_all(Exam, uow.session.scalars(select(Exam.id).where(Exam.date == exam.date)))
    that_day = Exam.date == exam.date
    days = that_day if exam.training else that_day | Exam.training.is_(False)
    kits = uow.session.scalars(
        select(Booklet)
        .join(Exam)
        .where(Booklet.code == code, days, Booklet.id != (but or ""))
        .order_by(Exam.date.desc())
    ).first()
    if kits is not None:
        return kits
    sheet = uow.session.scalars(
        select(Item)
        .join(Exam)
        .where(
            # With the slash: a number must not be found as the beginning of a longer one.
            begins(Item.code, f"{code}/"),
            days,
            Item.booklet_id != (but or ""),
        )
        .order_by(Exam.date.desc())
    ).first()
    return uow.session.get(Booklet, sheet.booklet_id) if sheet is not None else None


def as_data(counts: Counts) -> dict[str, int]:
    """Return counts as plain JSON values."""
    return {str(kind): number for kind, number in counts.items()}


def codes(items: Sequence[Item]) -> list[str]:
    """Return the codes of things, for the journal."""
    return [item.code for item in items]
