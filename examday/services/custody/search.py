"""Finding a work by whatever stands on the paper in hand."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from examday.domain.custody.paper_codes import misread, read_item_code
from examday.domain.errors import Invalid, NotFound
from examday.domain.identity import clean, fold, spellings
from examday.domain.messages import N_
from examday.services.custody import papers
from examday.services.unit_of_work import UnitOfWork
from examday.storage.prefixes import begins
from examday.storage.tables import Booklet, Exam, Item, Room, Seat


class Found(NamedTuple):
    """What a code at hand belongs to: a work, or a packet; the other id is empty."""

    booklet_id: str = ""
    packet_id: str = ""
    """One of the two: a scanned code is of a work, or of a packet."""


MOST = 50
"""Works on the page of a search: more would not be read. Where there are more, the page says so."""


def packet(uow: UnitOfWork, wanted: str) -> str | None:
    """Return the id of the packet with this code of ours, as scanned or typed."""
    code = read_item_code(wanted)
    return (
        uow.session.scalar(select(Item.id).where(Item.code == code, Item.booklet_id.is_(None)))
        if code
        else None
    )


def find(uow: UnitOfWork, wanted: str) -> tuple[Booklet, ...]:
    """Return booklets that `wanted` may mean, the newest day first: at most `MOST`, and one more.

    It may be the whole number of a form (13 digits), the code of a paper item, or room and place
    («0101-3А», «0101 3А»). A part of a number finds nothing: `misread` says what is wrong with it.
    """
    text = " ".join(wanted.split())
    if not text:
        return ()
    meanings = [*_by_paper(text), *_by_seat(text)]
    return tuple(
        uow.session.scalars(
            select(Booklet)
            .join(Booklet.exam)
            .where(or_(*meanings))
            .order_by(Exam.date.desc(), Booklet.since.desc())
            .options(joinedload(Booklet.seat).joinedload(Seat.room), joinedload(Booklet.exam))
            .limit(MOST + 1)
        )
    )


def _by_paper(text: str) -> list[ColumnElement[bool]]:
    """Return works whose form, or any paper of which, carries this code."""
    number = text.replace(" ", "").replace("-", "")
    code = read_item_code(text) or text
    meanings = [Booklet.code == number, _has_item(Item.code == code)]
    if number.isdecimal() and misread(number) is None:
        # With the slash: a number must not be found as the beginning of a longer one.
        meanings.append(_has_item(begins(Item.code, f"{number}/")))
    return meanings


def _has_item(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return Booklet.id.in_(select(Item.booklet_id).where(condition, Item.booklet_id.is_not(None)))


def _by_seat(text: str) -> list[ColumnElement[bool]]:
    """Return works of this room and place; leading zeros of the room do not matter.

    The letter of a place may be typed in either keyboard layout.
    """
    (room, place), (_room, as_written) = map(_seat_in, (fold(text), text))
    if not place:
        return []
    seats = (
        select(Seat.id)
        .join(Room)
        .where(
            # Without zeros, because plans write «0101» and doors «101».
            func.ltrim(Room.number, "0") == room.lstrip("0"),
            Seat.place.in_(spellings(place) | {as_written}),
        )
    )
    return [Booklet.seat_id.in_(seats)]


def _seat_in(text: str) -> tuple[str, str]:
    room, _, place = text.replace("-", " ").replace("/", " ").partition(" ")
    return room, place


def find_or_packet(uow: UnitOfWork, wanted: str) -> tuple[tuple[Booklet, ...], str]:
    """Return the works that `wanted` may mean, or else the packet with this code.

    When there is no work: the packet's id, for people who may see packets.
    """
    found = find(uow, wanted)
    # A packet holds many works: its page is for those who may see papers.
    if found or not uow.actor.may("custody.see"):
        return found, ""
    return found, packet(uow, wanted) or ""


def by_code(uow: UnitOfWork, typed: str) -> Found:
    """Return the work or the packet whose code was scanned; a seat too, where one work has it.

    Where nothing has it: Invalid for a code with a wrong, a missing or another digit, or where nothing
    was typed; else NotFound.
    """
    if not clean(typed):
        raise Invalid(
            N_("No code is there yet: scan one, or type it from the paper."),
            code="nothing-typed",
            field="code",
        )
    try:
        item = papers.find(uow, typed)
    except NotFound:
        return _by_form_or_seat(uow, typed)
    return Found(booklet_id=item.booklet_id) if item.booklet_id else Found(packet_id=item.id)


def _by_form_or_seat(uow: UnitOfWork, typed: str) -> Found:
    try:
        return Found(booklet_id=_by_form(uow, typed).id)
    except NotFound:
        # Said only now: room and place may have as many digits as a piece of a number.
        raise misread(typed) or NotFound() from None


def _by_form(uow: UnitOfWork, typed: str) -> Booklet:
    number = "".join(typed.split()).replace("-", "")
    if not number:
        raise NotFound()
    row = uow.session.scalars(
        select(Booklet)
        .join(Exam)
        .where(or_(*_by_paper(number)))
        .order_by(Exam.date.desc(), Booklet.since.desc())
    ).first()
    if row is not None:
        return row
    # A seat that two exams of the day have is not chosen between: the search page lists both.
    alike = find(uow, typed)
    if len(alike) != 1:
        raise NotFound()
    return alike[0]
