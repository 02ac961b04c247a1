"""Rows of the rooms file."""

from collections.abc import Iterable, Iterator
from functools import partial

from sqlalchemy import select

from examday.domain.plan.day import FEATURE_NAMES
from examday.domain.plan.rows import ParsedRow
from examday.services.plan.proposals.proposal import Proposal, judge, without_none, writing
from examday.services.plan.values import as_said, room_values, with_said
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Room


def rooms(uow: UnitOfWork, rows: Iterable[ParsedRow]) -> Iterator[Proposal]:
    """Propose what the rows of the rooms file would do."""
    known = {(room.site_code, room.number): room for room in uow.session.scalars(select(Room))}
    for row in rows:
        values = row.values
        key = {"site_code": values["site_code"], "number": values["number"]}
        there = known.get((key["site_code"], key["number"]))
        wanted = {name: values[name] for name in ("purpose", "seats") if name in values}
        features = {name: values[name] for name in FEATURE_NAMES if name in values}
        # Features without a column stay: a list of seats must not erase the light that was measured.
        kept = with_said(there.features if there else {}, "seats", row, new=not there)
        wanted["features"] = without_none({**kept, **features})
        before = room_values(there) if there else None
        judged = judge(row, values["number"], "rooms", before, as_said(row, "seats"))
        yield writing(uow, judged, there, wanted, partial(Room, **key, **wanted))
