"""What the records say of the work in an appeal kit: readings, signatures, hands, entries."""

from collections.abc import Callable

from sqlalchemy import select

from examday.domain.events import EVENT_NAMES
from examday.domain.messages import N_
from examday.domain.rules.ruleset import SLOT_NAMES
from examday.domain.transfer.readings import SOURCE_NAMES
from examday.services.appeals.papers.print_outs import Rows, Words, day, office
from examday.services.appeals.views.casebook import CaseFile
from examday.services.custody.journal import HANDING
from examday.services.custody.room.sound import carrier_of
from examday.services.people import sites
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import OLDEST_FIRST, EventRow, Handover, Person, Reading, Signoff

Who = Callable[[str | None], str]
"""A person's id → name, or role for readers who may not see names: a paper is built once for
both."""


def readings(
    uow: UnitOfWork,
    case: CaseFile,
    say: Words,
    who: Who,
) -> Rows:
    """Return every reading of the work, of all versions: earlier ones are evidence too."""
    zone = uow.zone
    rows = uow.session.scalars(
        select(Reading)
        .where(Reading.booklet_id == case.appeal.booklet_id)
        .order_by(Reading.version, Reading.at)
    )
    return [
        [
            str(r.version),
            say(SOURCE_NAMES.get(r.source, N_("another reading"))),
            who(r.person_id),
            day(r.at, zone),
            r.sha256[:16],
        ]
        for r in rows
    ]


def recording(uow: UnitOfWork, case: CaseFile, say: Words) -> Rows:
    """Return the recording of a spoken answer as one fact: file, digest, carrier; else none.

    The commission listens to the carrier; by the digest the file on it is proven.
    """
    carrier = carrier_of(uow, case.appeal.booklet_id)
    if carrier is None:
        return []
    facts = carrier.facts
    code = f"{say(N_('code of the file'))} {facts.get('sha256', '')}"
    said = f"{facts.get('file', '')}; {code}; {carrier.code}"
    return [[say(N_("Recording of the spoken answer")), said]]


def signoffs(
    uow: UnitOfWork,
    case: CaseFile,
    say: Words,
    who: Who,
) -> Rows:
    """Return every signature under the work."""
    zone = uow.zone
    rows = uow.session.scalars(
        select(Signoff).where(Signoff.booklet_id == case.appeal.booklet_id).order_by(Signoff.at)
    )
    return [
        [
            str(s.version),
            say(SLOT_NAMES.get(s.slot, N_("another signer"))),
            # An absent signer is recorded with the reason: an empty place must not look forgotten.
            who(s.person_id) if s.person_id else s.absent_reason,
            day(s.at, zone),
            s.content_sha256[:16],
        ]
        for s in rows
    ]


def handovers(
    uow: UnitOfWork,
    case: CaseFile,
    say: Words,
    who: Who,
) -> Rows:
    """Return every hand-over of the work."""
    zone = uow.zone
    agreed = {True: say(N_("yes")), False: say(N_("no"))}
    rows = uow.session.scalars(
        select(Handover).where(Handover.booklet_id == case.appeal.booklet_id).order_by(Handover.at)
    )
    return [
        [
            day(h.at, zone),
            say(HANDING.get(h.kind, N_("handed on"))),
            who(h.from_id),
            who(h.to_id),
            agreed[bool(h.agreed)],
        ]
        for h in rows
    ]


def entries(uow: UnitOfWork, case: CaseFile, say: Words) -> Rows:
    """Return the ledger's entries about the work and the appeal."""
    zone = uow.zone
    subjects = (f"booklet:{case.appeal.booklet_id}", f"appeal:{case.appeal.id}")
    rows = uow.session.scalars(
        select(EventRow).where(EventRow.subject.in_(subjects)).order_by(*OLDEST_FIRST)
    )
    return [
        [
            str(e.seq),
            day(e.at, zone),
            say(EVENT_NAMES.get(e.kind, N_("another entry"))),
            e.hash[:16],
        ]
        for e in rows
    ]


def roles(uow: UnitOfWork, case: CaseFile, person_id: str | None, say: Words) -> str:
    """Return the roles of a person at the point of the work, in place of the name."""
    person = uow.session.get(Person, person_id) if person_id else None
    if person is None:
        return "—"
    there = sites.roles_on_record(uow, person, case.appeal.booklet.site)
    return ", ".join(office(role, say) for role in sorted(there))
