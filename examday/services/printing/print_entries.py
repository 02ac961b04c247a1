"""Print-outs that were made, as their entries in the ledger tell of them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, select, true, union_all

from examday.domain.errors import NotFound
from examday.domain.events import PREFIX_OF_PRINTS, PRINTS, read_data
from examday.domain.ledger import Subject, parse_code
from examday.domain.people.roles import forbidden
from examday.services.custody import beginnings
from examday.services.ledger.writing import of_chain
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import EventRow

A_PAGE = 30
"""Print-outs on one page: a region's day has thousands."""


@dataclass(frozen=True)
class Printed:
    """One print-out, as its entry in the ledger describes it."""

    seq: int
    """Number of its entry in the ledger: a transfer begun anew after it makes the paper void."""
    at: dt.datetime
    actor: str
    document: str
    subject: str
    code: str
    """Printed on the paper: whoever brings it back finds its entry by this code."""
    sha256: str
    large: bool
    names: bool
    """It bears the candidate's name: shown only to people who may see names."""
    void: bool = False
    """The transfer has begun anew since: the paper is of a version that counts no longer."""


def find(uow: UnitOfWork, sha256: str) -> Printed:
    """Find the newest print-out with this digest.

    NotFound when there is none, Forbidden when it bears a name that this person must not see.
    """
    rows = uow.session.scalars(
        select(EventRow)
        .where(EventRow.kind.in_(PRINTS), EventRow.data.contains(sha256))
        .order_by(EventRow.seq.desc())
    )
    row = next((printed(r) for r in rows), None)
    # Compared once more, because `contains` also finds the digest in another field of the data.
    if row is None or row.sha256 != sha256:
        raise NotFound()
    # Not «not found»: the person knows that it was printed, the ledger says so.
    if row.names and not uow.actor.may("names.see"):
        raise forbidden("names.see")
    return _with_validity(uow, row)


@dataclass(frozen=True)
class Recent:
    """One page of print-outs, newest first. `older`: the entry behind which the next page begins,
    None on the last one.
    """

    papers: list[Printed]
    older: int | None = None


def recent(uow: UnitOfWork, subject: str = "", before: int | None = None) -> Recent:
    """List the newest print-outs older than entry `before`, of one subject if given.

    Those with names are left out for people who may not see names.
    """
    wanted = select(EventRow).order_by(EventRow.seq.desc()).limit(A_PAGE + 1)
    known = EventRow.seq < before if before is not None else true()
    found = (
        wanted.where(EventRow.subject == subject, EventRow.kind.in_(PRINTS), known)
        if subject
        else wanted.where(of_chain(EventRow, uow.site), EventRow.seq.in_(_newest(uow, known)))
    )
    rows = uow.session.scalars(found).all()
    page = map(printed, rows[:A_PAGE])
    shown = (p for p in page if not p.names or uow.actor.may("names.see"))
    papers = [_with_validity(uow, p) for p in shown]
    return Recent(papers, rows[A_PAGE - 1].seq if len(rows) > A_PAGE else None)


def _newest(uow: UnitOfWork, known: ColumnElement[bool]) -> Sequence[int]:
    """Numbers of the newest entries of each kind of print-out: the newest of all are among them.

    Each kind is read from its end, whatever was printed in the years before.
    """
    # Asked apart from the entries: inside their query PostgreSQL asks it again for each entry.
    ends = (
        select(EventRow.seq)
        .where(EventRow.kind == kind, of_chain(EventRow, uow.site), known)
        .order_by(EventRow.seq.desc())
        .limit(A_PAGE + 1)
        .subquery()
        for kind in PRINTS
    )
    return uow.session.scalars(union_all(*(select(end.c.seq) for end in ends))).all()


def by_code(uow: UnitOfWork, typed: str) -> Printed | None:
    """Return the print-out that bears this checkpoint code, void or not; None when it is none's.

    The code is taken as people type it. Invalid when it is none.
    """
    seq, code = parse_code(typed)
    rows = uow.session.scalars(
        select(EventRow)
        .where(EventRow.kind.in_(PRINTS), EventRow.seq > seq, EventRow.data.contains(code))
        .order_by(EventRow.seq.desc())
    )
    found = next((p for p in map(printed, rows) if p.code == code), None)
    return _with_validity(uow, found) if found else None


def _with_validity(uow: UnitOfWork, paper: Printed) -> Printed:
    kind, key = Subject.parse(paper.subject)
    beginning = beginnings.last(uow, key) if kind == "booklet" else None
    return replace(paper, void=beginning is not None and beginning.seq > paper.seq)


def printed(row: EventRow) -> Printed:
    """Read a ledger entry «print:…» as a print-out."""
    data = read_data(row.data)
    return Printed(
        row.seq,
        dt.datetime.fromisoformat(row.at),
        row.actor,
        row.kind.removeprefix(PREFIX_OF_PRINTS),
        row.subject,
        data["code"],
        data["sha256"],
        data["large"],
        data["names"],
    )
