"""Packages for the commission of tiflo-translators: opened there, and the envelopes taken out."""

from collections.abc import Sequence

from sqlalchemy import select

from examday.domain.custody.counts import Counts, Purpose
from examday.domain.custody.kit import Kind
from examday.domain.errors import Conflict, Invalid, NotFound
from examday.domain.events import Event, read_data
from examday.domain.messages import N_
from examday.services.custody import journal, papers
from examday.services.custody.booklets import require
from examday.services.packing.contents import contents, need_unchanged, works_in
from examday.services.packing.packets import EMPTIED, GONE
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import EventRow, Item


def empty(
    uow: UnitOfWork,
    packet_id: str,
    counted: Counts,
    note: str = "",
    seen: str | None = None,
    there: Sequence[str] = (),
) -> Item:
    """Open the package at the commission, counted: its envelopes are in the chair's hands.

    `there`: codes of the envelopes that were found, as scanned. They are asked for only when the
    count differs from the journal: a remark explains a number and says of no envelope that it was
    seen. Who is not among them stays in the package, which is opened again when it turns up.

    Invalid when the count differs and no note says why, or when the envelopes are not named;
    explained, it is an alarm.
    """
    require(uow, "pack")
    packet = uow.hold(Item, packet_id)
    need_unchanged(uow, packet_id, seen)
    if packet.kind != Kind.PACKET or packet.sheet != Purpose.COMMISSION or packet.state != GONE:
        raise Conflict(
            N_("Only a package that was handed to the commission is opened there."),
            code="not-theirs",
            advice=N_(
                "Look at the packing table for the package that was handed over to the commission."
            ),
        )
    count = journal.check(contents(uow, packet), counted, note)
    # The envelopes alone: what is in them stays in them until the works are sorted.
    recorded = [i for i in papers.inside(uow, packet.id) if i.parent_id == packet.id]
    envelopes = _named(uow, recorded, there) if count.differences else recorded
    for item in envelopes:
        item.parent_id = None
    if len(envelopes) == len(recorded):
        packet.state = EMPTIED
    journal.enter(uow, "open", count, packet, to_id=papers.me(uow))
    uow.record(
        Event.PACKING_EMPTY,
        f"item:{packet.id}",
        code=packet.code,
        items=papers.codes(envelopes),
        counted=papers.as_data(counted),
    )
    journal.alarm(uow, "open", count, packet)
    return packet


def works_given(uow: UnitOfWork, packet_id: str) -> set[str]:
    """Return the ids of the works that lay in a packet when it was handed over.

    The commission takes envelopes out of its package afterwards; the ledger names them.
    """
    opened = select(EventRow.data).where(
        EventRow.kind == Event.PACKING_EMPTY, EventRow.subject == f"item:{packet_id}"
    )
    taken = set[str]()
    for data in uow.session.scalars(opened):
        codes = read_data(data).get("items")
        taken.update(codes if isinstance(codes, list) else ())
    rows = select(Item.booklet_id).where(Item.code.in_(taken), Item.booklet_id.is_not(None))
    return works_in(uow, packet_id) | {key for key in uow.session.scalars(rows) if key}


def _named(uow: UnitOfWork, recorded: Sequence[Item], there: Sequence[str]) -> list[Item]:
    """Return those of the recorded envelopes that were found; Invalid as `empty`."""
    typed = [code.strip() for code in there if code.strip()]
    if not typed:
        raise Invalid(
            N_("The number of envelopes differs from the journal: name those that are here."),
            code="name-envelopes",
            field="codes",
            advice=N_(
                "Scan the code of each envelope, one a line. One that is missing stays open."
            ),
        )
    by_id = {item.id: item for item in recorded}
    found = {code: _found(uow, code) for code in typed}
    if foreign := [code for code, id in found.items() if id not in by_id]:
        raise Invalid(
            N_("These codes are not of this package: %(codes)s."),
            code="foreign-envelopes",
            params={"codes": ", ".join(foreign)},
            field="codes",
            advice=N_("Leave them out here, lay the envelopes aside and say so in the remark."),
        )
    return [item for item in recorded if item.id in found.values()]


def _found(uow: UnitOfWork, code: str) -> str:
    """Return the id of the thing with this code, "" when nothing has it."""
    try:
        return papers.find(uow, code).id
    except NotFound:
        return ""
