"""Finding a work by whatever stands on the paper in hand."""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from examday.domain.custody.paper_codes import read_item_code
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam, Item, Room, Seat

FORM_CODE = (12, 13)
MOST = 50


def packet(uow: UnitOfWork, wanted: str) -> str | None:
    """Id of the packet with this code of ours, as scanned or typed."""
    code = read_item_code(wanted)
    return (
        uow.session.scalar(select(Item.id).where(Item.code == code, Item.booklet_id.is_(None)))
        if code
        else None
    )


def find(uow: UnitOfWork, wanted: str) -> tuple[Booklet, ...]:
    """Booklets that `wanted` may mean: the code of a form (12 digits, or 13 with the check digit),
    the code of a paper item, or room and place («0101-3А», «0101 3А»). The newest day first, at
    most 50."""
    text = " ".join(wanted.split())
    if not text:
        return ()
    digits = text.replace(" ", "")
    meanings = [
        Booklet.code == digits,
        Booklet.id.in_(
            select(Item.booklet_id).where(
                Item.code == (read_item_code(text) or text), Item.booklet_id.is_not(None)
            )
        ),
    ]
    if digits.isdigit() and len(digits) in FORM_CODE:
        meanings.append(Booklet.code.startswith(digits[:12]))
        meanings.append(
            Booklet.id.in_(select(Item.booklet_id).where(Item.code.startswith(digits[:12])))
        )
    room, _, place = text.replace("-", " ").replace("/", " ").partition(" ")
    if place:
        meanings.append(
            Booklet.seat_id.in_(
                select(Seat.id)
                .join(Room)
                .where(
                    func.ltrim(Room.number, "0") == room.lstrip("0"),
                    Seat.place.in_({place, place.upper()}),
                )
            )
        )
    return tuple(
        uow.session.scalars(
            select(Booklet)
            .join(Booklet.exam)
            .where(or_(*meanings))
            .order_by(Exam.date.desc(), Booklet.since.desc())
            .options(joinedload(Booklet.seat).joinedload(Seat.room), joinedload(Booklet.exam))
            .limit(MOST)
        )
    )
