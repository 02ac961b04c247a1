"""Key-in: two people read the same original, apart; neither can reach what the other entered."""

from collections.abc import Collection

from examday.domain.errors import NotFound
from examday.domain.events import Event
from examday.domain.transfer.answers import Values
from examday.domain.transfer.readings import OTHER_KEY_IN, Source
from examday.services.transfer import drafts
from examday.services.transfer.assignments import hold_part
from examday.services.transfer.desks.entries import check_values
from examday.services.transfer.going_back import kept
from examday.services.transfer.readings import (
    content_of,
    find,
    fresh,
    require_first_time,
    rounds,
)
from examday.services.transfer.settling import agreement
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Reading


def submit(
    uow: UnitOfWork,
    booklet_id: str,
    part: str,
    values: Values,
    *,
    blanks: Collection[str] = (),
    row_version: int | None = None,
    **more: object,
) -> Reading:
    """Hand in a key-in: sealed at once.

    `blanks`: the fields of which somebody has said, being asked, that the sheet is blank there. When it is the second of
    the two, the booklet moves on. Fields of sheets that stay are added as they were read (`kept`). `more` is kept with the reading (the cells of a Braille work).
    Raises NotFound without the part, Conflict when handed in already, Invalid as `check_values`.
    """
    if part not in OTHER_KEY_IN:
        raise NotFound()
    booklet = hold_part(uow, booklet_id, part)
    # Before `fresh`: whoever sends twice is told that it is handed in, not that the page is old.
    require_first_time(find(uow, booklet, Source(part)))
    fresh(booklet, row_version)
    whole = kept.with_kept(uow, booklet, Source(part), values)
    checked = check_values(booklet, whole, blanks)
    # One more after each that was taken back: what was sealed stays.
    number = rounds(uow, booklet, Source(part)) + 1
    content = content_of(checked, **more)
    reading = drafts.hand_in(uow, booklet, Source(part), content, number=number)
    uow.record(
        Event.KEYIN_SUBMIT,
        f"booklet:{booklet.id}",
        part=part,
        version=booklet.version,
        sha256=reading.sha256,
    )
    # The work is held: of two who finish at once only the second one comes here.
    if find(uow, booklet, OTHER_KEY_IN[part]) is not None:
        agreement.compare_both(uow, booklet)
    return reading
