"""Everything the page of one work shows: pages, readings, signatures, custody, history. Read only.

The two key-ins are made apart, and the arbiter reads the image before seeing either: so nobody
sees a value here before the work is settled (design rule: independent second entry).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from examday.domain.board import OFF_THE_WAY
from examday.domain.custody.lifecycle import MOVES, NEXT_ACTION, Medium, State
from examday.domain.events import read_data
from examday.domain.rules.ruleset import SignerRule
from examday.domain.scans.pages import PageState
from examday.domain.transfer.answers import Value
from examday.domain.transfer.fields import FieldList
from examday.domain.transfer.readings import Source
from examday.services.custody.booklets import for_page
from examday.services.people import directory
from examday.services.rules import rulesets
from examday.services.transfer import signatures
from examday.services.transfer.readings import SETTLED_ON, fields_for, values_of, visible
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import (
    Assignment,
    Booklet,
    EventRow,
    Handover,
    Item,
    Page,
    Reading,
    Signoff,
)

KEYED = (Source.FIRST, Source.SECOND)
SETTLED = Source.SETTLED
ON_COPY = Source.VERIFIED
HINTS = (Source.MACHINE_ORIGINAL, Source.MACHINE_COPY)
NOT_FORWARD = ("choose_standard", "spoil", "reopen", "copy_again", "unpack")
"""Arrows that lead off the way or back."""


@dataclass(frozen=True)
class Line:
    """One field in all readings; a reading that does not exist gives None. `differs`: they are not
    all the same."""

    field_id: str
    values: dict[str, Value | None]
    differs: bool


@dataclass(frozen=True)
class Signature:
    """One place under «Копия верна» and who filled it, if anybody did."""

    rule: SignerRule
    given: Signoff | None


@dataclass(frozen=True)
class Entry:
    """One entry of the ledger about the work or its pages; `reason` as it was given, else ""."""

    seq: int
    at: dt.datetime
    kind: str
    actor: str
    reason: str


@dataclass(frozen=True)
class NextStep:
    """The step that a work waits for; `mine`: the acting person may take it."""

    state: State
    medium: Medium
    mine: bool


@dataclass(frozen=True)
class Dossier:
    """The page of one work. `readings` says who handed in what and when; `lines` holds the values,
    and is empty and `closed` true while they must not be seen. `next_step` is None when the way
    has ended."""

    booklet: Booklet
    pages: tuple[Page, ...]
    readings: tuple[Reading, ...]
    lines: tuple[Line, ...]
    closed: bool
    signatures: tuple[Signature, ...]
    items: tuple[Item, ...]
    handovers: tuple[Handover, ...]
    assignments: tuple[Assignment, ...]
    events: tuple[Entry, ...]
    names: dict[str, str]
    next_step: NextStep | None


def show(uow: UnitOfWork, booklet_id: str) -> Dossier:
    """The whole page; NotFound when there is no such work."""
    booklet, pages = for_page(uow, booklet_id), _pages(uow, booklet_id)
    closed = State(booklet.state) not in SETTLED_ON
    seen = [r for r in visible(uow, booklet) if r.version == booklet.version]
    return Dossier(
        booklet,
        pages,
        _readings(uow, booklet),
        () if closed else lines(fields_for(booklet.exam), seen),
        closed,
        _signatures(uow, booklet),
        _items(uow, booklet_id),
        _handovers(uow, booklet_id),
        _assignments(uow, booklet),
        _events(uow, booklet_id, pages),
        directory.names(uow),
        next_step(uow, booklet),
    )


def _pages(uow: UnitOfWork, booklet_id: str) -> tuple[Page, ...]:
    return tuple(
        uow.session.scalars(
            select(Page)
            .where(Page.booklet_id == booklet_id, Page.state == PageState.ATTACHED)
            .order_by(Page.role.desc(), Page.version, Page.order)
        )
    )


def _readings(uow: UnitOfWork, booklet: Booklet) -> tuple[Reading, ...]:
    return tuple(
        uow.session.scalars(
            select(Reading)
            .where(Reading.booklet_id == booklet.id, Reading.version == booklet.version)
            .order_by(Reading.at)
        )
    )


def _items(uow: UnitOfWork, booklet_id: str) -> tuple[Item, ...]:
    return tuple(
        uow.session.scalars(
            select(Item).where(Item.booklet_id == booklet_id).order_by(Item.kind, Item.code)
        )
    )


def _handovers(uow: UnitOfWork, booklet_id: str) -> tuple[Handover, ...]:
    return tuple(
        uow.session.scalars(
            select(Handover).where(Handover.booklet_id == booklet_id).order_by(Handover.at)
        )
    )


def _assignments(uow: UnitOfWork, booklet: Booklet) -> tuple[Assignment, ...]:
    return tuple(
        uow.session.scalars(
            select(Assignment)
            .where(Assignment.booklet_id == booklet.id, Assignment.version == booklet.version)
            .order_by(Assignment.at)
        )
    )


def next_step(uow: UnitOfWork, booklet: Booklet) -> NextStep | None:
    """The one step forward that the work waits for; None when it has left the way or reached its
    end."""
    state, medium = State(booklet.state), Medium(booklet.medium)
    if state in OFF_THE_WAY or state not in NEXT_ACTION:
        return None
    rights = {
        arrow.permission
        for arrow in MOVES
        if arrow.source == state
        and (not arrow.media or medium in arrow.media)
        and arrow.action not in NOT_FORWARD
    }
    return NextStep(state, medium, any(uow.actor.may(right) for right in rights))


def lines(fields: FieldList, readings: Sequence[Reading]) -> tuple[Line, ...]:
    """Field by field what each source read, the newest round of each; those that differ come
    first."""
    newest = {
        r.source: values_of(r)
        for r in sorted(readings, key=lambda r: r.round)
        if r.source in (*KEYED, SETTLED, ON_COPY, *HINTS)
    }
    sources = [s for s in (*KEYED, SETTLED, ON_COPY, *HINTS) if s in newest]
    made = [
        Line(f, {s: newest[s].get(f) for s in sources}, _differs(f, newest)) for f in fields.ids
    ]
    return tuple(sorted(made, key=lambda line: not line.differs))


def _differs(field_id: str, newest: dict[str, dict[str, Value]]) -> bool:
    """Hints of the machine raise questions and answer none, so they make no difference here."""
    people = [newest[s].get(field_id) for s in (*KEYED, SETTLED, ON_COPY) if s in newest]
    return any(value != people[0] for value in people)


def _signatures(uow: UnitOfWork, booklet: Booklet) -> tuple[Signature, ...]:
    given = signatures.counting(uow, [booklet])[booklet.id]
    return tuple(
        Signature(rule, given.get(rule.slot))
        for rule in rulesets.for_date(booklet.exam.date).signers(booklet.medium)
    )


def _events(uow: UnitOfWork, booklet_id: str, pages: Sequence[Page]) -> tuple[Entry, ...]:
    subjects = [f"booklet:{booklet_id}", *(f"page:{page.id}" for page in pages)]
    rows = uow.session.scalars(
        select(EventRow).where(EventRow.subject.in_(subjects)).order_by(EventRow.seq.desc())
    )
    return tuple(
        Entry(
            row.seq,
            dt.datetime.fromisoformat(row.at),
            row.kind,
            row.actor,
            read_data(row.data).get("reason", ""),
        )
        for row in rows
    )
