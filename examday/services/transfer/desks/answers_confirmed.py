"""Steps of verification by answer: taking all copies of an exam, and «the same» for one task."""

from collections.abc import Mapping
from dataclasses import dataclass

from examday.domain.errors import Conflict, NotFound
from examday.domain.transfer.answers import Check, Seen
from examday.domain.transfer.duties import VERIFIER
from examday.services.custody.booklets import require
from examday.services.transfer import assignments, drafts, offers
from examday.services.transfer.desks.by_answer import copy_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam


@dataclass(frozen=True)
class Confirmed:
    """How many answers were confirmed, and the seats whose work went on meanwhile."""

    done: int
    passed_over: tuple[str, ...]


def take_all(uow: UnitOfWork, exam_id: str) -> int:
    """Take every copy of the exam that the actor may verify: pictures are shown to nobody else.

    A copy that a colleague has just taken is passed over. How many the actor holds then.
    """
    require(uow, "verify.decide")
    uow.get(Exam, exam_id)
    waiting = [o for o in offers.offers(uow, "verify") if o.booklet.exam_id == exam_id]
    # In the order of their ids: of two who take all at once neither waits for the other in a ring.
    free = sorted(o.booklet.id for o in waiting if not o.held)
    taken = sum(_take(uow, booklet_id) for booklet_id in free)
    return taken + len(waiting) - len(free)


def _take(uow: UnitOfWork, booklet_id: str) -> bool:
    # A colleague was faster, or the actor is needed for a signature: the others go on without it.
    try:
        assignments.take(uow, booklet_id, VERIFIER)
    except Conflict:
        return False
    return True


def confirm(
    uow: UnitOfWork,
    exam_id: str,
    field: str,
    said: Mapping[str, str],
) -> Confirmed:
    """Keep «the same» for this task of each work of the exam that the actor holds.

    `said`: booklet id → what the page showed of it. A work that is the actor's no more, or whose
    picture or values are others by now, is passed over and named.
    """
    require(uow, "verify.decide")
    works = uow.hold_all(Booklet, list(said))
    uow.get(Exam, exam_id)
    passed, done = [], 0
    for booklet in works:
        if booklet.exam_id == exam_id and _keep(uow, booklet, field, said[booklet.id]):
            done += 1
        else:
            passed.append(booklet.seat.place)
    return Confirmed(done, tuple(passed))


def _keep(uow: UnitOfWork, booklet: Booklet, field: str, seen: str) -> bool:
    try:
        assignments.require_part(uow, booklet, VERIFIER)
    except (Conflict, NotFound):
        return False
    copy = copy_of(uow, booklet)
    if field not in copy.pages or copy.seen(field) != seen:
        return False
    checks = {**drafts.checks(uow, booklet, VERIFIER), field: Check(Seen.OK)}
    drafts.save_checks(uow, booklet.id, checks)
    return True
