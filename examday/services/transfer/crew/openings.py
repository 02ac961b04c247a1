"""Whether a part of a work can be opened now, and what stands in the way."""

from dataclasses import dataclass

from examday.domain.errors import DomainError
from examday.domain.transfer.duties import FIRST, SECOND
from examday.services.braille.notebook import receipt
from examday.services.transfer import assignments, hands
from examday.services.transfer.crew import may_take
from examday.services.transfer.offers import KINDS
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Person


@dataclass(frozen=True)
class Hindrance:
    """Why a part cannot be taken now; no `error` where a colleague has it."""

    part: str
    error: DomainError | None = None
    """None where the part is held by somebody: that is no rule that forbids it."""


@dataclass(frozen=True)
class Opening:
    """What of a work the actor could take.

    `part`: "" when nothing, and `hindrances` says why. `holders`: part → name of whoever holds it.
    """

    booklet: Booklet
    part: str
    hindrances: tuple[Hindrance, ...]
    """Said instead of an empty page: whoever is turned away knows whom to ask."""
    holders: dict[str, str]


def opening(uow: UnitOfWork, booklet_id: str, kind: str) -> Opening:
    """Return the part of this kind that the actor could take in this work, or what is in the way."""
    booklet = uow.get(Booklet, booklet_id)
    holders = hands.holders(uow, booklet)
    held = {part: uow.get(Person, holders[part]).name for part in KINDS[kind] if part in holders}
    hindrances: list[Hindrance] = []
    for part in KINDS[kind]:
        hindrance = _hindrance(uow, booklet, part, part in held)
        if hindrance is None:
            return Opening(booklet, part, (), held)
        hindrances.append(hindrance)
    return Opening(booklet, "", tuple(hindrances), held)


def is_open(uow: UnitOfWork, booklet: Booklet, kind: str) -> bool:
    """Tell whether the actor holds a part of this kind that is not done, or could take one."""
    if booklet.state in receipt.READ_AT and receipt.package_of(uow, booklet) is not None:
        return False
    done = hands.done_by(uow, booklet)
    mine = [part for part in assignments.my_parts(uow, booklet) if part in KINDS[kind]]
    # A reading is handed in once; a copy may be made or looked at again by the same hand.
    if any(part not in (FIRST, SECOND) or uow.actor.person_id not in done[part] for part in mine):
        return True
    return bool(opening(uow, booklet.id, kind).part)


def _hindrance(
    uow: UnitOfWork,
    booklet: Booklet,
    part: str,
    taken: bool,
) -> Hindrance | None:
    try:
        assignments.at_step(booklet, part)
        if taken:
            return Hindrance(part)
        may_take.check(uow, booklet, part)
    except DomainError as error:
        return Hindrance(part, error)
    return None
