"""A key-in handed in by mistake is taken back with a reason, while nothing rests on it.

The sealed reading stays and counts no longer; its author goes on from the same values.
"""

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import Conflict, NotFound
from examday.domain.events import Event
from examday.domain.messages import N_, Msgid
from examday.domain.transfer.readings import TAKEN_BACK, Source
from examday.services.custody import journal
from examday.services.transfer import drafts
from examday.services.transfer.assignments import my_keyin, works_to_read
from examday.services.transfer.crew.waiting import has_handed_in
from examday.services.transfer.going_back import kept
from examday.services.transfer.readings import find, fresh, rounds, seal, values_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet


class SomethingRests(Conflict):
    """Later records rest on the key-in: taking it back would leave them without it."""

    code = "rests-on-it"
    message = N_("The key-in cannot be taken back any more: %(what)s.")
    advice = N_(
        "Nothing was changed. What was read wrongly is settled by the third reader; the head of the point can "
        "reopen the work."
    )


def possible(booklet: Booklet) -> bool:
    """Return whether a key-in of this work can still be taken back by whoever made it."""
    # After a notebook is handed in, its reader is shown what the machine read: from then on they
    # could make the two agree, which is what reading apart is to prevent.
    return booklet.state == State.SCANNED and not booklet.is_braille


LISTED = 30
"""Works that are looked at: a slip is noticed soon, and each costs queries of its own."""


def mine(uow: UnitOfWork) -> list[Booklet]:
    """Return the works whose key-in the actor has handed in and can still take back, of those that
    were taken last.
    """
    # Asked of the database: notebooks, and works that are only begun, would use up the list.
    handed_in = Booklet.medium != Medium.BRAILLE, has_handed_in(uow.actor.person_id)
    works = works_to_read(uow, State.SCANNED, *handed_in, newest=LISTED)
    return [b for b in works if possible(b) and find(uow, b, Source(my_keyin(uow, b)))]


def take_back(
    uow: UnitOfWork,
    booklet_id: str,
    reason: str,
    row_version: int | None = None,
) -> None:
    """Take the actor's own key-in back; the values stand in their draft again.

    NotFound for whoever has handed in none, Invalid without a reason, SomethingRests when both are
    in or the machine's reading was shown.
    """
    booklet = uow.hold(Booklet, booklet_id)
    part = my_keyin(uow, booklet)
    reading = find(uow, booklet, Source(part)) if part else None
    if reading is None:
        raise NotFound()
    if not possible(booklet):
        raise SomethingRests(params={"what": Msgid(_what_rests(booklet))})
    fresh(booklet, row_version)
    why = journal.need_reason(reason)
    back = TAKEN_BACK[Source(part)]
    # Empty, because taking back states no values; there, since every reading has fields.
    said = {"fields": {}, "taken_back": reading.sha256, "reason": why}
    number = rounds(uow, booklet, back) + 1
    seal(uow, booklet, back, said, number=number, person_id=uow.actor.person_id)
    # Left out: what stays of an earlier version was perhaps read by others, and is no entry of this
    # one.
    mine = kept.to_read(uow, booklet, Source(part))
    values = {f: value for f, value in values_of(reading).items() if f in mine}
    drafts.save(uow, booklet.id, part, values)
    uow.record(
        Event.KEYIN_TAKE_BACK,
        f"booklet:{booklet.id}",
        part=part,
        version=booklet.version,
        sha256=reading.sha256,
        reason=why,
    )


def _what_rests(booklet: Booklet) -> str:
    if booklet.state != State.SCANNED:
        return N_("both key-ins are there and have been compared")
    return N_("you have been shown what the machine read in the notebook")
