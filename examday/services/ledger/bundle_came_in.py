"""What proves a work that came in, beside the chain of its point at the centre.

The chain of its station says what happened there, that of the centre itself whose key it was. The
entry that names the root of the point's chain names those of both as well (docs/ledger-format.md).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from examday.domain.events import Event, read_data
from examday.domain.people.sites import EVERYWHERE
from examday.services.ledger import tree
from examday.services.ledger.bundle_proof import Found, Proof
from examday.services.ledger.bundle_rows import Contents, site_of_what
from examday.services.ledger.writing import chain_of, last_entry, of_chain
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import EventRow
from examday.storage.tables_travel import Station

ENROLMENT = "enrolment/"
"""Folder of what the centre's own chain says of the stations: a bundle must prove whose keys its
signatures are of."""
OF_A_STATION = (
    Event.STATION_INVITE,
    Event.STATION_CONFIRM,
    Event.STATION_REVOKE,
    Event.STATION_RESTORE,
)
OF_ITS_CENTRE = (Event.CENTRE_JOIN, Event.CENTRE_NEW_KEY)
"""Who the two are to each other, in the words of each: one alone could claim anything."""


@dataclass(frozen=True)
class Arrived:
    """An entry of the point's chain that witnesses the entries `first` … `last` of a station."""

    seq: int
    first: int
    last: int


@dataclass
class Others:
    """What goes along from other chains than that of the point."""

    proofs: dict[str, Proof] = field(default_factory=dict)
    arrivals: list[int] = field(default_factory=list)
    """Numbers of the entries of the point's chain that witness what is here of the stations:
    without them their chains would prove nothing."""

    def roots(self) -> dict[str, object]:
        """What the entry that names the point's root says of these chains."""
        told = {name: _root(proof) for name, proof in self.proofs.items()}
        return {"others": told} if told else {}


def _root(proof: Proof) -> dict[str, object]:
    return {name: proof.told[name] for name in ("size", "tree")}


def keep_trees(store: Store, what: str) -> None:
    """Keep the trees that a bundle of this work needs. `store`: that of its point."""
    tree.keep_all(store)
    with store.read() as uow:
        stations = _stations(uow, site_of_what(uow.session, what))
    for station in stations:
        tree.keep_all(store, station)
    if stations:
        tree.keep_all(store.at(EVERYWHERE))


def others(uow: UnitOfWork, contents: Contents) -> Others:
    """What the chains of the stations say of a work that came in, and that of the centre of them."""
    found = Others()
    stations = _stations(uow, contents.site)
    for station in stations:
        # A bundle may have come since the trees were kept.
        tree.keep(uow, station)
        _add_station(uow, contents, station, found)
    with uow.looking_at():
        tree.keep(uow)
        last = last_entry(uow.session, EVERYWHERE)
        size = last.seq if last else 0
        own = Found(uow.session, contents, EVERYWHERE, size)
        own.about([f"station:{station}" for station in stations], OF_A_STATION)
        own.numbered([1])
        found.proofs[ENROLMENT] = own.proof(size, [])
    return found


def _stations(uow: UnitOfWork, point: str) -> list[str]:
    of = select(Station.id).where(Station.point == point, Station.confirmed_at.is_not(None))
    return sorted(uow.session.scalars(of))


def _add_station(
    uow: UnitOfWork,
    contents: Contents,
    station: str,
    others: Others,
) -> None:
    arrived = _arrivals(uow, contents.site, station)
    if not arrived:
        return
    chain = chain_of(contents.site, station)
    found = Found(uow.session, contents, chain, arrived[-1].last)
    found.of_the_work()
    if not found.entries:
        return
    found.that_explain_absence()
    marks = found.checkpoints()
    found.about([f"centre:{station}"], OF_ITS_CENTRE)
    found.numbered([1])
    # No further than it must: the newest entry about the work, and those that its bundle brought.
    size = _covering(arrived, found.entries)[-1].last
    marks += [mark for mark in found.newest_mark(size) if mark not in marks]
    found.trees_before({mark.seq for mark in marks})
    needed = _covering(arrived, found.entries)
    found.numbered(one.last for one in needed)
    others.proofs[f"stations/{station}/"] = found.proof(size, marks)
    others.arrivals += [one.seq for one in needed]


def _arrivals(
    uow: UnitOfWork,
    point: str,
    station: str,
) -> list[Arrived]:
    of = select(EventRow.seq, EventRow.data).where(
        of_chain(EventRow, point),
        EventRow.kind == Event.TRAVEL_RECEIVE,
        EventRow.subject == f"station:{station}",
    )
    told = uow.session.execute(of.order_by(EventRow.seq))
    return [_arrived(seq, read_data(data)) for seq, data in told]


def _arrived(seq: int, data: Mapping[str, object]) -> Arrived:
    return Arrived(seq, int(str(data["first"])), int(str(data["last"])))


def _covering(arrived: Iterable[Arrived], numbers: Iterable[int]) -> list[Arrived]:
    """The arrivals that brought these entries of a station, in order."""
    wanted = sorted(numbers)
    return [one for one in arrived if any(one.first <= n <= one.last for n in wanted)]
