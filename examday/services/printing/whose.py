"""Whose each print-out is: the seat of a work, the code of a packet, the number of a room. Read only."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from examday.domain.custody.paper_codes import spaced
from examday.domain.ledger import Subject
from examday.services.printing.print_entries import Printed
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Item, Room, Seat


def whose(uow: UnitOfWork, papers: Iterable[Printed]) -> dict[str, str]:
    """Return subject → seat, code or room, as people say it; papers of a whole day are not in it."""
    keys: dict[str, set[str]] = {}
    for paper in papers:
        kind, key = Subject.parse(paper.subject)
        keys.setdefault(kind, set()).add(key)
    return {
        **_seats(uow, keys.get("booklet", ())),
        **_codes(uow, keys.get("item", ())),
        **_rooms(uow, keys.get("room", ())),
    }


def _seats(uow: UnitOfWork, ids: Iterable[str]) -> dict[str, str]:
    rows = uow.session.scalars(
        select(Booklet)
        .where(Booklet.id.in_(list(ids)))
        .options(joinedload(Booklet.seat).joinedload(Seat.room))
    )
    return {f"booklet:{b.id}": f"{b.seat.room.number}-{b.seat.place}" for b in rows}


def _codes(uow: UnitOfWork, ids: Iterable[str]) -> dict[str, str]:
    rows = uow.session.scalars(select(Item).where(Item.id.in_(list(ids))))
    return {f"item:{item.id}": spaced(item.code) for item in rows}


def _rooms(uow: UnitOfWork, keys: Iterable[str]) -> dict[str, str]:
    """The papers of a room are named by exam and room, with a full stop between."""
    ids = {key: key.rpartition(".")[2] for key in keys}
    rows = uow.session.scalars(select(Room).where(Room.id.in_(ids.values())))
    numbers = {room.id: room.number for room in rows}
    return {f"room:{key}": numbers[id] for key, id in ids.items() if id in numbers}
