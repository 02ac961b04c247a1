"""One kind of paper for all works of a room at once; what each work gets stays its own paper.

Each is printed in a transaction of its own, with its own entry and check mark: a room of twelve
must not keep everybody else from writing for as long as it takes to set the type.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from examday.domain.custody.lifecycle import OFF_THE_WAY, State
from examday.domain.errors import DomainError, Invalid, NotFound, Unavailable
from examday.domain.messages import N_
from examday.domain.people.roles import Actor
from examday.services.custody import views
from examday.services.printing import prints
from examday.services.transfer.readings import SETTLED_ON
from examday.services.transfer.signatures import SIGNED_ON
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import Booklet, Exam, Room

LABELS = "labels"
_NOT_ON_PAPER = OFF_THE_WAY | {State.REGISTERED}
"""Kits that nobody holds: a paper of a room lists who has something to hand in."""


def _on_paper(booklet: Booklet) -> bool:
    return State(booklet.state) not in _NOT_ON_PAPER


READY: Mapping[str, Callable[[Booklet], bool]] = {
    LABELS: lambda b: _on_paper(b) and b.state != State.HANDED_OVER,
    "scan-cover": lambda b: b.is_by_pages and _on_paper(b),
    "copying-sheet": lambda b: b.state in SETTLED_ON,
    "true-copy": lambda b: b.state in SIGNED_ON,
    "transfer-act": _on_paper,
    "cover": _on_paper,
}
"""Document → whether this work has it by now: no button leads to a refusal. In the order in which a
day needs them."""


@dataclass(frozen=True)
class RoomPapers:
    """The works of a room and one document: who can have it now, and who not yet.

    `numbers`: each document → how many works of the room can have it.
    """

    exam: Exam
    room: Room
    document: str
    works: Sequence[Booklet]
    waiting: Sequence[Booklet]
    numbers: Mapping[str, int]


@dataclass(frozen=True)
class Printed:
    """What was printed: the digests of the files, and the seats whose paper was refused, with why."""

    files: Sequence[str]
    refused: Sequence[tuple[str, DomainError]]


def preview(uow: UnitOfWork, exam_id: str, room_id: str, document: str = "") -> RoomPapers:
    """Return what can be printed of this room; without `document` the first that anybody can have.

    NotFound when nobody sits there or there is no such document.
    """
    seated = views.booklets(uow, [exam_id], room_id)
    numbers = {key: sum(map(ready, seated)) for key, ready in READY.items() if _may(uow, key)}
    document = document or next((key for key, n in numbers.items() if n), next(iter(numbers)))
    if not seated or document not in numbers:
        raise NotFound()
    works = [b for b in seated if READY[document](b)]
    waiting = [b for b in seated if b not in works and b.state not in _NOT_ON_PAPER]
    return RoomPapers(
        seated[0].exam,
        seated[0].seat.room,
        document,
        works,
        waiting,
        numbers,
    )


def _may(uow: UnitOfWork, document: str) -> bool:
    return document != LABELS or uow.actor.may("custody.label")


def make(
    store: Store,
    actor: Actor,
    shown: RoomPapers,
    booklet_ids: Sequence[str],
    large: bool = False,
) -> Printed:
    """Print the document of the chosen works, in the order of their seats.

    Invalid when none was chosen. A work whose paper is refused keeps no other from being printed.
    """
    chosen = [work for work in shown.works if work.id in set(booklet_ids)]
    if not chosen:
        raise Invalid(N_("Choose at least one work."), code="none-chosen", field="work")
    if shown.document == LABELS:
        subject = f"room:{shown.exam.id}.{shown.room.id}"
        with store.begin(actor) as uow:
            made = prints.labels_of_works(uow, subject, [work.id for work in chosen], large)
        return Printed([made], [])
    files: list[str] = []
    refused: list[tuple[str, DomainError]] = []
    for work in chosen:
        try:
            files.append(_make_one(store, actor, shown.document, work.id, large))
        except Unavailable:
            raise
        except DomainError as error:
            refused.append((work.seat.place, error))
    return Printed(files, refused)


def _make_one(
    store: Store,
    actor: Actor,
    document: str,
    booklet_id: str,
    large: bool,
) -> str:
    with store.begin(actor) as uow:
        return prints.make(uow, document, f"booklet:{booklet_id}", large)
