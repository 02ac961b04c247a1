"""Receipts: the centre says in its own hand up to where it holds a station's ledger."""

from sqlalchemy import select

from examday.domain.errors import Conflict
from examday.domain.events import Event
from examday.domain.ledger import GENESIS
from examday.domain.messages import N_
from examday.domain.travel.letters import RECEIPT, Letter
from examday.services.ledger.checkpoints import public_key
from examday.services.ledger.writing import of_chain
from examday.services.travel import confirmed
from examday.services.travel.enrolment import centre_of
from examday.services.travel.incoming import arrivals
from examday.services.travel.letters import require_signed, signed
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.base import plain
from examday.storage.tables import EventRow
from examday.storage.tables_travel import Receipt, Station


def write(store: Store, station: str) -> Letter:
    """The centre's receipt for all that it holds of a station."""
    with store.read() as uow:
        point = uow.get(Station, station).point
    with store.at(point).read() as uow:
        arrival = arrivals.last(uow, station)
        if arrival is None:
            raise Conflict(
                N_("Nothing of the station %(station)s was taken in yet."),
                code="nothing-came",
                advice=N_("Take its bundle in first: examday receive."),
                params={"station": station},
            )
        of = select(EventRow).where(
            of_chain(EventRow, point),
            EventRow.kind == Event.TRAVEL_RECEIVE,
            EventRow.subject == f"station:{station}",
        )
        entry = uow.session.scalars(of.order_by(EventRow.seq.desc()).limit(1)).one()
        return signed(
            uow.settings.keys,
            {
                "format": RECEIPT,
                "station": station,
                "site": point,
                "first": 1,
                "last": arrival.last,
                "root": arrival.root,
                "works": arrival.facts["works"],
                "entry": entry.seq,
                "entry_root": entry.hash,
                "centre_key": public_key(uow.settings.keys),
                "at": plain(arrival.at),
            },
        )


def take_in(uow: UnitOfWork, letter: Letter) -> bool:
    """Keep the centre's receipt at the station; False where one of as much was here before.

    Invalid where another one wrote it, Conflict where it is of another station or history.
    """
    uow.queue("centre")
    centre = centre_of(uow)
    if centre is None or letter["station"] != centre.id:
        raise Conflict(
            N_("This receipt is for another station: %(station)s of the point %(site)s."),
            code="other-station",
            advice=N_("Nothing was changed. Take it to the laptop of that point."),
            params={"station": letter["station"], "site": letter["site"]},
        )
    require_signed(letter, centre.public_key)
    last, root = int(str(letter["last"])), str(letter["root"])
    own = select(EventRow.hash).where(of_chain(EventRow, ""), EventRow.seq == last)
    if (uow.session.scalar(own) or GENESIS) != root:
        raise Conflict(
            N_(
                "The centre has confirmed another history: entry %(last)s is not the one that is here."
            ),
            code="other-history",
            advice=N_(
                "Nothing was changed. A backup was brought back here, or a folder was copied. Keep everything "
                "as it is and call the centre."
            ),
            params={"last": last},
        )
    before = confirmed.newest(uow)
    if before is not None and before.last >= last:
        return False
    uow.add(
        Receipt(
            centre_id=centre.id,
            last=last,
            root=root,
            said={name: value for name, value in letter.items() if name != "signature"},
            signature=str(letter["signature"]),
            at=uow.now(),
        )
    )
    uow.record(Event.TRAVEL_RECEIPT, f"centre:{centre.id}", last=last, root=root, at=letter["at"])
    return True
