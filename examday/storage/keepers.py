"""One writer at a time: a work that travelled is written by whoever keeps it now.

A station that has a centre writes no work that it has given there; the centre writes none that its
station still keeps.
"""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import Session

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict
from examday.domain.ledger import Subject
from examday.domain.messages import N_
from examday.storage.tables import Booklet, EventRow
from examday.storage.tables_travel import Centre, Station, WorkKeeper

CENTRE, STATION = "centre", "station"
"""Who may keep a work (`WorkKeeper.keeper`): one of the two, so that no work has two writers."""


def require_ours(session: Session) -> None:
    """Conflict where what is about to be written is of a work that the other end keeps."""
    rows = [*session.new, *(r for r in session.dirty if session.is_modified(r)), *session.deleted]
    works = {work: row.site for row in rows if (work := _work_of(row))}
    if not works or not _travels(session):
        return
    of = select(WorkKeeper.booklet_id, WorkKeeper.keeper).where(WorkKeeper.booklet_id.in_(works))
    kept = {work: keeper for work, keeper in session.execute(of)}
    if session.info["is_station"]:
        if CENTRE in kept.values():
            raise _given_away()
        return
    points = session.info["stations_of"]
    there = {w for w, site in works.items() if site in points and kept.get(w) != CENTRE}
    if there and came_in(session, there):
        raise _not_given()


def _work_of(row: Any) -> str | None:
    if not getattr(row, "ledgered", False) or isinstance(row, WorkKeeper):
        return None
    return row.id if isinstance(row, Booklet) else getattr(row, "booklet_id", None)


def _travels(session: Session) -> bool:
    """Whether this is a station that has a centre, or a centre that has stations."""
    if "is_station" not in session.info:
        own = select(Centre.id).limit(1)
        session.info["is_station"] = session.scalar(own) is not None
        session.info["stations_of"] = set(session.scalars(select(Station.point).distinct()))
    return bool(session.info["is_station"] or session.info["stations_of"])


def came_in(session: Session, works: Iterable[str]) -> bool:
    """Whether any of these is a station's: the centre may have made works of its own there."""
    rows = {f"booklet:{work}" for work in works}
    came = select(EventRow.seq).where(EventRow.subject.in_(rows), EventRow.chain != "")
    return session.scalar(came.limit(1)) is not None or _recorded_there(session, rows)


def _recorded_there(session: Session, rows: set[str]) -> bool:
    """Whether an entry of a station made one of these: a plan makes works, and is about none of them."""
    if rows <= session.info.setdefault("made_here", set()):
        return False
    points = select(Booklet.site).where(Booklet.id.in_([Subject.parse(row).key for row in rows]))
    # One station after the other: a join begins at the ledger, and reads all of it where there is none.
    stations = session.execute(
        select(Station.point, Station.id).where(Station.point.in_(points))
    ).all()
    told = (
        one
        for point, station in stations
        for one in session.scalars(
            select(EventRow.rows).where(EventRow.site == point, EventRow.chain == station)
        )
    )
    # A transaction writes a work many times, and no bundle comes in meanwhile.
    if any(rows & json.loads(one).keys() for one in told):
        return True
    session.info["made_here"] |= rows
    return False


def still_there() -> ColumnElement[bool]:
    """Whether a work (`Booklet`) that has begun its way is written at its station.

    Of what became of it there since the last bundle the centre knows nothing.
    """
    came = select(EventRow.seq).where(
        EventRow.subject == "booklet:" + Booklet.id, EventRow.chain != ""
    )
    return came.exists() & ~_given()


def written_here(session: Session) -> ColumnElement[bool]:
    """Whether a work (`Booklet`) is written here: for lists of what can be done.

    Everything is, where nothing travels. Of an enrolled point's work that only the plan names
    nothing came yet: it is its station's.
    """
    if not _travels(session):
        return true()
    if session.info["is_station"]:
        return ~_given()
    begun = or_(Booklet.state != State.REGISTERED, Booklet.site.not_in(session.info["stations_of"]))
    return begun & ~still_there()


def given_by_us(session: Session) -> ColumnElement[bool]:
    """Whether a work (`Booklet`) left this station for its centre; at a centre none has."""
    return _given() if _travels(session) and session.info["is_station"] else false()


def _given() -> ColumnElement[bool]:
    given = select(WorkKeeper.booklet_id).where(
        WorkKeeper.booklet_id == Booklet.id, WorkKeeper.keeper == CENTRE
    )
    return given.exists()


def _given_away() -> Conflict:
    return Conflict(
        N_("This work belongs to the centre now: it was handed over and sent there."),
        code="sent-away",
        advice=N_(
            "Nothing was changed. What is to be done with it is done at the centre, or ordered back by it."
        ),
    )


def _not_given() -> Conflict:
    return Conflict(
        N_("This work still belongs to its point."),
        code="not-given",
        advice=N_(
            "Nothing was changed. It is the centre's when the point has handed it over and sent it: examday "
            "send."
        ),
    )
