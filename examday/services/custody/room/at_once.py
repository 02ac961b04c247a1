"""A step for the whole room at once: kits enlarged under one witness, works collected in one count.

The page shows every work before anything is written, and odd ones are taken out. What is taken
together is written in one transaction, each work by its own step of the way.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from examday.domain.custody.counts import Counts, differences
from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import Medium
from examday.domain.errors import Invalid, NotFound
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.services.custody import papers, steps, views
from examday.services.custody.room import collecting, enlarging
from examday.services.people import directory
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam, Item, Person, Room

ENLARGE, COLLECT = STEPS = ("enlarge", "collect")
"""Steps that a whole room takes at once; kits are issued one by one, each to a seat of its own."""


@dataclass(frozen=True)
class RoomStep:
    """The works of a room that wait for one step, and what its form asks.

    `sheets`: the forms of their kits; `kinds`: booklet id → the kinds that are counted, without
    their expected numbers; `missing`: seats that wait for something else first.
    """

    exam: Exam
    room: Room
    works: Sequence[Booklet]
    sheets: Sequence[str]
    kinds: Mapping[str, Sequence[Kind]]
    missing: Sequence[str]
    witnesses: Sequence[Person]


def waiting(uow: UnitOfWork, exam_id: str, room_id: str, step: str) -> RoomStep:
    """Return the works of this room that wait for `step`; NotFound when nobody sits there."""
    seated = views.booklets(uow, [exam_id], room_id)
    if not seated or step not in STEPS:
        raise NotFound()
    works = [b for b in seated if steps.next_action(b) == step]
    things = {b.id: papers.of_booklet(uow, b.id) for b in works}
    kinds = {id: list(papers.countable(items)) for id, items in things.items()}
    # A print-out has no pages before somebody has added them: it is collected on its own page.
    unready = {b.id for b in works if step == COLLECT and not _ready(b, kinds[b.id])}
    return RoomStep(
        seated[0].exam,
        seated[0].seat.room,
        [b for b in works if b.id not in unready],
        [*dict.fromkeys(i.sheet for items in things.values() for i in items if _standard(i))],
        kinds,
        [b.seat.place for b in works if b.id in unready],
        directory.people_with(uow, [Role.EXAM_BOARD_MEMBER]),
    )


def _ready(booklet: Booklet, kinds: Iterable[Kind]) -> bool:
    return booklet.medium != Medium.TYPED or Kind.PRINT_OUT in kinds


def _standard(item: Item) -> bool:
    return item.kind == Kind.STANDARD_SHEET


def enlarge(
    uow: UnitOfWork, booklet_ids: Sequence[str], witness_id: str, sheets: Sequence[str]
) -> int:
    """Record the A3 sheets of these kits, all under the eyes of one member; how many kits.

    Invalid when none was chosen; a refusal of one kit leaves all as they were.
    """
    chosen = _chosen(uow, booklet_ids)
    for booklet in chosen:
        enlarging.enlarge(uow, booklet.id, witness_id, tuple(sheets))
    return len(chosen)


@dataclass(frozen=True)
class Collected:
    """What came of a count: works collected, and the seats whose numbers do not agree."""

    done: int
    differing: tuple[str, ...]
    """They stay with their candidates: each is counted once more on its own page."""


def collect(uow: UnitOfWork, counted: Mapping[str, Counts]) -> Collected:
    """Collect every work whose count agrees with the journal; by how much others differ is not said.

    `counted`: booklet id → what was counted. Invalid when nothing was.
    """
    differing = []
    chosen = _chosen(uow, list(counted))
    for booklet in chosen:
        expected = papers.countable(papers.of_booklet(uow, booklet.id))
        # A wrong number is counted anew, alone and with a remark, where the alarm belongs (R28).
        if set(expected) - set(counted[booklet.id]) or differences(expected, counted[booklet.id]):
            differing.append(booklet.seat.place)
        else:
            collecting.collect(uow, booklet.id, counted[booklet.id])
    return Collected(len(chosen) - len(differing), tuple(differing))


def _chosen(uow: UnitOfWork, booklet_ids: Sequence[str]) -> list[Booklet]:
    if not booklet_ids:
        raise Invalid(N_("Choose at least one work."), code="none-chosen", field="work")
    return uow.hold_all(Booklet, booklet_ids)
