"""Find works, packets and cases by number, code or surname."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload

from examday.domain.custody.lifecycle import OFF_THE_WAY
from examday.domain.custody.paper_codes import misread
from examday.domain.errors import Invalid
from examday.services.custody import search
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Candidate, Seat
from examday.storage.tables_appeal import Appeal

MOST = 50
"""Works or cases on the page of a search: more would not be read. Where there are more, the page
says so."""
LONGEST_SEQUENCE = 5
"""Digits of the last part of an appeal's number; longer ones are codes of forms."""


class Found(NamedTuple):
    """What somebody who searches may mean: a packet, or works and cases; all empty for nothing."""

    works: Sequence[Booklet] = ()
    cases: Sequence[Appeal] = ()
    packet_id: str = ""
    wrong: Invalid | None = None
    """Where nothing is found: what is wrong with the code that was typed. «Nothing found» alone
    would be typed again."""


def find(uow: UnitOfWork, wanted: str) -> Found:
    """Return what `wanted` may mean: what is on the table first, then cases, then surnames."""
    works, packet_id = search.find_or_packet(uow, wanted)
    if works or packet_id:
        return Found(works, packet_id=packet_id)
    if cases := find_cases(uow, wanted):
        return Found(cases=cases)
    named = find_works(uow, wanted)
    return Found(named, wrong=None if named else misread(wanted))


def find_works(uow: UnitOfWork, wanted: str) -> list[Booklet]:
    """Return works by form code or candidate's code, newest first: at most `MOST`, and one more.

    A form code is whole: a part of it finds nothing. By surname too for those who may see names.
    """
    wanted = wanted.strip()
    if not wanted:
        return []
    by = [Booklet.code == wanted.replace(" ", "").replace("-", ""), Candidate.code == wanted]
    # A search by surname would tell others who sat the exam here.
    if uow.actor.may("names.see"):
        by.append(_surname(wanted))
    # Spoiled and unused kits have codes too, but hold no answers that could be disputed.
    rows = uow.session.scalars(
        select(Booklet)
        .join(Seat)
        .join(Candidate)
        .where(or_(*by), Booklet.state.not_in(OFF_THE_WAY))
        .order_by(Booklet.since.desc())
        .options(joinedload(Booklet.seat).joinedload(Seat.room), joinedload(Booklet.exam))
        .limit(MOST + 1)
    )
    return list(rows.unique())


def find_cases(uow: UnitOfWork, wanted: str) -> list[Appeal]:
    """Return the cases that `wanted` may mean, newest first: at most `MOST`, and one more.

    Nothing for people who see no cases.
    """
    if not wanted.strip() or not uow.actor.may("appeal.see"):
        return []
    rows = uow.session.scalars(
        select(Appeal)
        .where(Appeal.id.in_(cases_meant(uow, wanted)))
        .options(joinedload(Appeal.booklet), joinedload(Appeal.exam))
        .order_by(Appeal.filed.desc(), Appeal.number.desc())
        .limit(MOST + 1)
    )
    return list(rows)


def cases_meant(uow: UnitOfWork, wanted: str) -> Select[str]:
    """The query for the ids of all cases that `wanted` may mean.

    The number of the appeal (also without its leading parts: «0012»), the code of the form or of
    the candidate; by surname too for those who may see names.
    """
    wanted = wanted.strip()
    by = [Appeal.number == wanted, Booklet.code == wanted, Candidate.code == wanted]
    if wanted.isdecimal() and len(wanted) <= LONGEST_SEQUENCE:
        by.append(Appeal.number.endswith(f"-{int(wanted):04d}"))
    if uow.actor.may("names.see"):
        by.append(_surname(wanted))
    return (
        select(Appeal.id)
        .join(Booklet, Booklet.id == Appeal.booklet_id)
        .join(Seat, Seat.id == Booklet.seat_id)
        .join(Candidate, Candidate.id == Seat.candidate_id)
        .where(or_(*by))
    )


def _surname(wanted: str) -> ColumnElement[bool]:
    """Return whether the surname begins so, however it was typed."""
    # Spelled in several ways, because SQLite ignores the case of Latin letters alone.
    spellings = {wanted, wanted.title(), wanted.upper(), wanted.lower()}
    return or_(*(Candidate.surname.startswith(one, autoescape=True) for one in sorted(spellings)))
