"""The works of a room that wait for a step which the whole room takes at once (`at_once.py`)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from examday.domain.custody.kit import Kind
from examday.domain.errors import NotFound
from examday.services.custody import papers, steps, views
from examday.services.custody.room import enlarging
from examday.services.custody.room.own_rooms import require_here
from examday.services.people import directory
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam, Item, Person, Room

ENLARGE, COLLECT, HAND = STEPS = ("enlarge", "collect", "hand")
"""Steps that a whole room takes at once. Not issuing: kits go one by one, each to a seat of its
own."""


@dataclass(frozen=True)
class RoomStep:
    """The works of a room that wait for one step, and what its form asks.

    `sheets`: the forms of their kits; `kinds`: booklet id → the kinds that are counted, without
    their expected numbers; `missing`: seats that wait for something else first, or are in other
    hands; `people`: witnesses of an enlarging, receivers of a hand-over.
    """

    exam: Exam
    room: Room
    works: Sequence[Booklet]
    sheets: Sequence[str]
    kinds: Mapping[str, Sequence[Kind]]
    missing: Sequence[str]
    people: Sequence[Person]
    void: Sequence[str] = ()
    """Seats whose void kits the actor holds: without anything to count they go on one by one."""


def waiting(
    uow: UnitOfWork,
    exam_id: str,
    room_id: str,
    step: str,
) -> RoomStep:
    """Return the works of this room that wait for `step`; for HAND those in the actor's hands.

    NotFound when nobody sits there; OtherRoom, but for HAND, for whoever is bound to other rooms.
    """
    seated = views.booklets(uow, [exam_id], room_id)
    if not seated or step not in STEPS:
        raise NotFound()
    return _in_my_hands(uow, seated) if step == HAND else _at_step(uow, seated, step)


def _at_step(uow: UnitOfWork, seated: Sequence[Booklet], step: str) -> RoomStep:
    require_here(uow, seated[0].seat)
    things = {b.id: papers.of_booklet(uow, b.id) for b in seated}
    kinds = {id: list(papers.countable(items)) for id, items in things.items()}
    works = [b for b in seated if steps.next_action(b, kinds[b.id]) == step]
    # Left out here: print-outs and recordings come at the end, each entered on the page of its
    # work.
    unready = [b for b in seated if step == COLLECT and _unready(b, kinds[b.id])]
    return RoomStep(
        seated[0].exam,
        seated[0].seat.room,
        works,
        [*dict.fromkeys(i.sheet for b in works for i in things[b.id] if _standard(i))],
        kinds,
        [b.seat.place for b in unready],
        enlarging.witnesses(uow),
    )


def _in_my_hands(uow: UnitOfWork, seated: Sequence[Booklet]) -> RoomStep:
    """Return the collected works that the actor can hand on."""
    there = [b for b in seated if steps.possible(b, HAND) and b.state not in steps.WRITING]
    mine = [b for b in there if steps.to_hand_on(b, uow.actor.person_id)]
    kinds = {b.id: list(papers.expected(uow, b)) for b in mine}
    # A void kit has nothing to count: it goes on alone, on its own page.
    works = [b for b in mine if kinds[b.id]]
    return RoomStep(
        seated[0].exam,
        seated[0].seat.room,
        works,
        (),
        kinds,
        [b.seat.place for b in there if b not in mine],
        directory.receivers(uow, "custody.hand", uow.actor.person_id),
        [b.seat.place for b in mine if b not in works],
    )


def _unready(booklet: Booklet, kinds: Collection[Kind]) -> bool:
    return booklet.state in steps.WRITING and bool(steps.lacking(booklet, kinds))


def _standard(item: Item) -> bool:
    return item.kind == Kind.STANDARD_SHEET
