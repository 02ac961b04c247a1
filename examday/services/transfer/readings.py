"""Readings of a booklet: sealing a reading, and the gate that decides who may see which."""

from collections.abc import Mapping, Sequence
from typing import Literal

from sqlalchemy import func, select

from examday.domain.custody.lifecycle import STATE_NAMES, State
from examday.domain.errors import Broken, Conflict, Stale
from examday.domain.ledger import digest
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.domain.transfer.answers import Value, Values, plain_values, read_values
from examday.domain.transfer.readings import TAKEN_BACK, Source
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Reading

SETTLED_ON = frozenset(
    {
        State.SETTLED,
        State.COPIED,
        State.COPY_SCANNED,
        State.VERIFIED,
        State.CERTIFIED,
        State.PACKED,
        State.HANDED_OVER,
    }
)
"""Only from here on values are shown: whoever reads the sheet must not know what others have
read."""
COPIED_ON = SETTLED_ON - {State.SETTLED}
"""Only here the last «copied» counts: before, the copy is still to be made."""
VERIFIED_ON = COPIED_ON - {State.COPIED, State.COPY_SCANNED}
"""Only here a verification counts: before, it was taken back, or its picture was."""


def fresh(booklet: Booklet, row_version: int | None) -> None:
    """Raise Stale when the page that was sent shows an older state of the booklet.

    None = not sent from a page.
    """
    if row_version is not None and booklet.row_version != row_version:
        raise Stale(Conflict.message, advice=Conflict.advice)


def find(
    uow: UnitOfWork,
    booklet: Booklet,
    source: Source,
    version: int | None = None,
) -> Reading | None:
    """Return the newest round of a reading of this transfer version; None when it was taken back.

    No gate: for use cases that have checked the right.
    """
    present = version in (None, booklet.version)
    if source is Source.VERIFIED and present and booklet.state not in VERIFIED_ON:
        return None
    newest = _newest(uow, booklet, source, version)
    if newest is None or source not in TAKEN_BACK:
        return newest
    back = _newest(uow, booklet, TAKEN_BACK[source], version)
    # The rounds of a key-in and of its taking back run side by side, since each key-in is taken
    # back once at most.
    return None if back is not None and back.round >= newest.round else newest


def _newest(
    uow: UnitOfWork,
    booklet: Booklet,
    source: Source,
    version: int | None,
) -> Reading | None:
    return uow.session.scalars(
        select(Reading)
        .where(
            Reading.booklet_id == booklet.id,
            Reading.version == (version or booklet.version),
            Reading.source == source,
        )
        .order_by(Reading.round.desc())
        .limit(1)
    ).first()


def find_of_each(
    uow: UnitOfWork, booklets: Sequence[Booklet], source: Literal[Source.SETTLED, Source.COPIED]
) -> dict[str, Reading]:
    """Return the same of several booklets at once: their ids, each with its newest round of the present version.

    Only of a source that no other takes back.
    """
    rows = uow.session.scalars(
        select(Reading)
        .join(Booklet, (Booklet.id == Reading.booklet_id) & (Booklet.version == Reading.version))
        .where(Booklet.id.in_([booklet.id for booklet in booklets]), Reading.source == source)
        .order_by(Reading.round)
    )
    return {row.booklet_id: row for row in rows}


def require_first_time(reading: Reading | None) -> None:
    """Raise Conflict «handed-in» when there is a reading already: what is sealed is never replaced."""
    if reading is not None:
        raise Conflict(
            N_("This reading has been handed in already."),
            code="handed-in",
            advice=N_("If something is wrong with it, the head of the point can reopen the work."),
        )


def first_and_second(uow: UnitOfWork, booklet: Booklet) -> tuple[Reading, Reading]:
    """Return the two key-ins of the present version; Conflict until both are handed in."""
    first, second = find(uow, booklet, Source.FIRST), find(uow, booklet, Source.SECOND)
    if first is None or second is None:
        raise Conflict(
            N_("Both key-ins must be handed in first."),
            code="wrong-step",
            params={"booklet": booklet.id},
            advice=N_(
                "Come back when both colleagues have handed in; the work then waits on «My work»."
            ),
        )
    return first, second


def settled(uow: UnitOfWork, booklet: Booklet) -> Reading:
    """Return the settled reading of the present version.

    Broken when a booklet past settling has none.
    """
    reading = find(uow, booklet, Source.SETTLED)
    if reading is None:
        raise Broken(params={"state": STATE_NAMES[State(booklet.state)]})
    return reading


def copy_round(uow: UnitOfWork, booklet: Booklet) -> int:
    """Return which attempt at the copy this is: 1, and one more for each verification that was
    handed in, whether it found a difference or its picture was taken back later.
    """
    return rounds(uow, booklet, Source.CHECKED) + rounds(uow, booklet, Source.VERIFIED) + 1


def rounds(uow: UnitOfWork, booklet: Booklet, source: Source) -> int:
    """Return how many readings of this source the present version has."""
    return (
        uow.session.scalar(
            select(func.count())
            .select_from(Reading)
            .where(
                Reading.booklet_id == booklet.id,
                Reading.version == booklet.version,
                Reading.source == source,
            )
        )
        or 0
    )


def seal(
    uow: UnitOfWork,
    booklet: Booklet,
    source: Source,
    content: Mapping[str, object],
    *,
    number: int = 1,
    person_id: str | None = None,
) -> Reading:
    """Store one reading for good. `person_id` None: the program itself (agreement, machine)."""
    return uow.add(
        Reading(
            booklet_id=booklet.id,
            version=booklet.version,
            source=source,
            round=number,
            person_id=person_id,
            content=dict(content),
            sha256=digest(content),
            at=uow.now(),
        )
    )


def content_of(values: Values, **more: object) -> dict[str, object]:
    """Return the content of a reading: the values under "fields", and whatever else belongs to it."""
    return {"fields": plain_values(values), **more}


def values_of(reading: Reading) -> dict[str, Value]:
    """Return the values of a stored reading in the order of the sheet.

    Broken when the row is no longer what was sealed.
    """
    # Checked at every look: whoever edits the database must not feed a signature.
    if digest(reading.content) != reading.sha256:
        raise Broken()
    return read_values(reading.content["fields"])


def visible(uow: UnitOfWork, booklet: Booklet) -> list[Reading]:
    """Return the readings of the booklet, all versions, that the actor may see now.

    The one way by which pages get them.

    Until the present version is settled nobody sees a reading made by somebody else, nor one of an
    earlier version, nor the machine's: whoever keys in or settles must have only the sheet to go
    by (users' rule: the remaining errors of double entry arise when entries are made to agree with
    each other). The one exception is the person who settles, after having handed in an own
    reading. The program itself sees everything.
    """
    rows = uow.session.scalars(
        select(Reading)
        .where(Reading.booklet_id == booklet.id)
        .order_by(Reading.version, Reading.at, Reading.source)
    ).all()
    # Settled: the values are decided, so knowing them can lead nobody any more.
    if Role.SYSTEM in uow.actor.roles or State(booklet.state) in SETTLED_ON:
        return list(rows)
    me = uow.actor.person_id
    settling = booklet.state == State.KEYED and any(
        r.source == Source.ARBITER and r.person_id == me and r.version == booklet.version
        for r in rows
    )
    return [
        r
        for r in rows
        if r.version == booklet.version
        and (r.person_id == me or (settling and r.source in (Source.FIRST, Source.SECOND)))
    ]
