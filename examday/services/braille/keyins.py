"""Key-ins of a Braille work: who holds one, who has handed one in."""

from sqlalchemy import select

from examday.domain.errors import NotFound
from examday.domain.transfer.answers import Value
from examday.domain.transfer.duties import FIRST, SECOND
from examday.domain.transfer.readings import Source
from examday.services.braille import commission
from examday.services.custody.booklets import require
from examday.services.transfer.assignments import my_parts
from examday.services.transfer.readings import find
from examday.services.transfer.settling.own_reading import find_own
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Reading


def check_sees(uow: UnitOfWork, booklet: Booklet) -> None:
    """NotFound for everybody but those who transcribe this Braille work, the chair, and the
    colleague who was asked to describe its scans.
    """
    require(uow, "braille.desk")
    sees = transcribes(uow, booklet) or uow.actor.may("braille.lead")
    helps = commission.asked(uow, booklet.id) == uow.actor.person_id
    if not booklet.is_braille or not (sees or helps):
        # Not «forbidden»: that a code is a Braille work tells something about the candidate.
        raise NotFound()


def transcribes(uow: UnitOfWork, booklet: Booklet) -> bool:
    """Tell whether the actor holds a key-in of this work."""
    return bool({FIRST, SECOND} & my_parts(uow, booklet))


def own_values(uow: UnitOfWork, booklet: Booklet) -> dict[str, Value] | None:
    """Return what the actor has handed in; None before that."""
    mine = my_parts(uow, booklet)
    parts = [part for part in (FIRST, SECOND) if part in mine]
    handed_in = (find(uow, booklet, Source(part)) for part in parts)
    own = next((reading for reading in handed_in if reading), None)
    if own is None:
        return None
    fields = own.content["fields"]
    return {field: Value(value.get("text", "")) for field, value in fields.items()}


def has_read(uow: UnitOfWork, booklet: Booklet) -> bool:
    """Tell whether the actor has handed in a reading of the present version.

    The third reading counts too.
    """
    mine = my_parts(uow, booklet) & {FIRST, SECOND}
    return (
        any(find(uow, booklet, Source(part)) for part in mine) or find_own(uow, booklet) is not None
    )


def has_keyin(uow: UnitOfWork, booklet: Booklet) -> bool:
    """Tell whether any key-in of the work has been handed in."""
    first = select(Reading.id).where(
        Reading.booklet_id == booklet.id, Reading.source.in_((FIRST, SECOND))
    )
    return uow.session.scalars(first.limit(1)).first() is not None
