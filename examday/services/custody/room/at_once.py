"""A step for the whole room at once: kits enlarged under one witness, works collected in one count.

The page shows every work before anything is written, and odd ones are taken out. What is taken
together is written in one transaction, each work by its own step of the way.
"""

from collections.abc import Mapping, Sequence

from examday.domain.custody.counts import Counted, Counts, agree
from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.services.custody import papers
from examday.services.custody.room import collecting, enlarging
from examday.services.custody.room.own_rooms import require_here
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


def enlarge(
    uow: UnitOfWork,
    booklet_ids: Sequence[str],
    witness_id: str,
    sheets: Sequence[str],
) -> int:
    """Record the A3 sheets of these kits, all under the eyes of one member; how many kits.

    Invalid when none was chosen; a refusal of one kit leaves all as they were.
    """
    chosen = _chosen(uow, booklet_ids)
    for booklet in chosen:
        enlarging.enlarge(uow, booklet.id, witness_id, tuple(sheets))
    return len(chosen)


def collect(uow: UnitOfWork, counted: Mapping[str, Counts]) -> Counted:
    """Collect every work whose count agrees with the journal; by how much others differ is not said.

    `counted`: booklet id → what was counted. Invalid when nothing was.
    """
    differing = []
    chosen = _chosen(uow, list(counted))
    for booklet in chosen:
        expected = papers.countable(papers.of_booklet(uow, booklet.id))
        # A wrong number is counted anew, alone and with a remark, where the alarm belongs (R28).
        if agree(expected, counted[booklet.id]):
            collecting.collect(uow, booklet.id, counted[booklet.id])
        else:
            differing.append(booklet.seat.place)
    return Counted(len(chosen) - len(differing), tuple(differing))


def _chosen(uow: UnitOfWork, booklet_ids: Sequence[str]) -> list[Booklet]:
    if not booklet_ids:
        raise Invalid(N_("Choose at least one work."), code="none-chosen", field="work")
    chosen = uow.hold_all(Booklet, booklet_ids)
    for booklet in chosen:
        require_here(uow, booklet.seat)
    return chosen
