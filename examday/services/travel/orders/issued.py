"""The orders that the centre has written, and what became of each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from examday.domain.events import Event, read_data
from examday.domain.travel.orders import TRANSFER
from examday.services.people.sites import require_region
from examday.services.unit_of_work import A_PAGE, UnitOfWork
from examday.storage.tables import EventRow
from examday.storage.tables_sites import Site
from examday.storage.tables_travel import Station


class Fate(StrEnum):
    """What the centre knows of an order."""

    OUT = "out"
    """The station's ledger, as far as it came in, says nothing of it: whether it arrived is not
    known yet."""
    DONE = "done"
    OVERTAKEN = "overtaken"
    """The station has carried out a later one, and refuses this one: an older order must not
    undo it."""
    REPLACED = "replaced"
    """The same was written again with a later number, so nobody waits for this one."""


@dataclass(frozen=True)
class Issued:
    """One order."""

    number: int
    point: str
    name: str
    kind: str
    about: str
    """Code of the work, names of the tables, or the rules: a number alone says nothing to
    people."""
    at: str
    fate: Fate
    work: str
    """Id of a work that was handed back: its letter may be lost, and can be written again."""
    done_at: str


@dataclass(frozen=True)
class Orders:
    """A page of them, the newest first."""

    rows: Sequence[Issued]
    more: bool


def issued(uow: UnitOfWork, page: int = 1) -> Orders:
    """The orders of all points, the newest first. NotFound where no region is looked at."""
    require_region(uow)
    of = select(EventRow).where(EventRow.kind == Event.TRAVEL_ORDER, EventRow.chain == "")
    ordered = of.order_by(EventRow.at.desc(), EventRow.site, EventRow.seq.desc())
    rows = uow.session.scalars(ordered.offset((page - 1) * A_PAGE).limit(A_PAGE + 1)).all()
    told = [(row.site, dict(read_data(row.data))) for row in rows[:A_PAGE]]
    newest = _newest(uow, {row.subject for row in rows[:A_PAGE]})
    points = {site for site, _said in told}
    names = dict(_names(uow, points))
    done = _carried_out(uow, told)
    found = [_one(site, names[site], said, done, newest) for site, said in told]
    return Orders(found, len(rows) > A_PAGE)


def _newest(uow: UnitOfWork, subjects: Iterable[str]) -> dict[tuple[str, object], int]:
    """Work and version → the last number of the orders about it, also of those on other pages."""
    found = dict[tuple[str, object], int]()
    of = select(EventRow.data).where(
        EventRow.kind == Event.TRAVEL_ORDER, EventRow.chain == "", EventRow.subject.in_(subjects)
    )
    for said in map(read_data, uow.session.scalars(of)):
        about = (str(said.get("booklet", "")), said.get("version"))
        found[about] = max(found.get(about, 0), int(said["number"]))
    return found


def _names(uow: UnitOfWork, points: Iterable[str]) -> list[tuple[str, str]]:
    of = select(Site.key, Site.name).where(Site.key.in_(points))
    return [(key, name) for key, name in uow.session.execute(of)]


def _carried_out(
    uow: UnitOfWork, told: Iterable[tuple[str, dict[str, Any]]]
) -> dict[str, dict[int, str]]:
    """Station → number → when, as the ledgers of the stations say that came in: from the lowest of
    these orders' numbers on. Earlier ones say nothing of these.
    """
    lowest = dict[tuple[str, str], int]()
    for site, said in told:
        key, number = (site, str(said["station"])), int(said["number"])
        lowest[key] = min(lowest.get(key, number), number)
    return {
        station: dict(_carried_out_by(uow, site, station, number))
        for (site, station), number in sorted(lowest.items())
    }


def _carried_out_by(
    uow: UnitOfWork, site: str, station: str, lowest: int
) -> Iterator[tuple[int, str]]:
    of = select(EventRow.at, EventRow.data).where(
        EventRow.kind == Event.TRAVEL_OBEY, EventRow.site == site, EventRow.chain == station
    )
    newest = of.order_by(EventRow.seq.desc()).execution_options(yield_per=A_PAGE)
    with uow.session.execute(newest) as rows:
        for at, data in rows:
            number = int(read_data(data)["number"])
            # None is carried out after a newer one: what follows is older still.
            if number < lowest:
                return
            yield number, at


def _one(
    site: str,
    name: str,
    said: dict[str, Any],
    done: dict[str, dict[int, str]],
    newest: dict[tuple[str, object], int],
) -> Issued:
    number, kind = int(said["number"]), str(said["order"])
    numbers = done.get(str(said["station"]), {})
    work = str(said.get("booklet", ""))
    fate = Fate.OUT
    if number in numbers:
        fate = Fate.DONE
    elif work and newest[work, said.get("version")] > number:
        fate = Fate.REPLACED
    elif max(numbers, default=0) > number:
        fate = Fate.OVERTAKEN
    about = str(said.get("code") or said.get("rules") or ", ".join(said.get("tables", ())))
    may_go_again = kind == TRANSFER and fate in (Fate.OUT, Fate.OVERTAKEN)
    return Issued(
        number=number,
        point=site,
        name=name,
        kind=kind,
        about=about,
        at=str(said["at"]),
        fate=fate,
        work=work if may_go_again else "",
        done_at=numbers.get(number, ""),
    )


def stations(uow: UnitOfWork) -> list[tuple[str, str, str]]:
    """Id, point and name of the stations that may be given an order, by their points."""
    require_region(uow)
    of = select(Station.id, Station.point, Site.name).join(Site, Site.key == Station.point)
    able = of.where(Station.confirmed_at.is_not(None), Station.revoked_at.is_(None))
    rows = uow.session.execute(able.order_by(Station.point, Station.invited_at))
    return [(key, point, name) for key, point, name in rows]
