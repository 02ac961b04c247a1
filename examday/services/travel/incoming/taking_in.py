"""Takes a station's bundle in at the centre: all of it or nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from examday.domain.errors import Conflict
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.people.roles import Actor
from examday.domain.travel.history import Follower
from examday.services.custody.booklets import require
from examday.services.ledger import tree
from examday.services.travel.enrolment import require_trusted
from examday.services.travel.incoming import applying, arrivals, checking, scans, writing_in
from examday.services.travel.incoming.checking import Fork, Known
from examday.services.travel.incoming.copies import copy_people
from examday.services.travel.incoming.opened import Opened, opened
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.objects.opened import originals
from examday.storage.tables import EventRow
from examday.storage.tables_travel import Station


@dataclass(frozen=True)
class TakenIn:
    """What became of a bundle."""

    station: str
    point: str
    first: int
    last: int
    new: bool
    """False: all of it was here before, and nothing was changed."""
    works: int
    """Real works of the station that are the centre's now, of all its bundles."""
    rows: int
    scans: int
    """Originals that were new here."""
    days: Mapping[str, int]
    training: Mapping[str, int]
    clock_s: int
    """Seconds by which the station's clock is ahead at least; below zero: behind."""


def take_in(store: Store, actor: Actor, path: Path) -> TakenIn:
    """Check a bundle whole, store its originals, then write its rows in one transaction.

    Nothing is changed by a bundle that is refused, but that originals stay which were whole.

    Errors: NotFound, Conflict, Forbidden, Invalid with their places (`checking`).
    """
    with opened(path) as bundle:
        with store.read(actor) as uow:
            require(uow, "ledger.export")
            known = checking.require_sender(uow, bundle)
        checking.require_members(bundle)
        try:
            found = checking.follow(store, bundle, known)
        except Fork as fork:
            _alarm(store.at(known.point), actor, known, fork)
            raise fork.error from fork
        known_before = bundle.manifest.last <= known.last
        if not known_before:
            checking.require_form(bundle.manifest)
        stored = scans.store(originals(store.settings), bundle)
        if known_before:
            return _as_before(store.at(known.point), bundle, known)
        scans.require(originals(store.settings), bundle)
        return _write(store.at(known.point), actor, bundle, known, found, stored)


def _alarm(
    store: Store,
    actor: Actor,
    known: Known,
    fork: Fork,
) -> None:
    """Note two histories once, in the chain of the point."""
    subject = f"station:{known.station}"
    with store.begin(actor) as uow:
        uow.queue(f"arrivals {known.station}")
        before = select(EventRow.data).where(
            EventRow.kind == Event.ALARM_FORK, EventRow.subject == subject
        )
        told = {json.loads(data).get("theirs") for data in uow.session.scalars(before)}
        if fork.theirs not in told:
            uow.record(Event.ALARM_FORK, subject, entry=fork.entry, theirs=fork.theirs)


def _as_before(store: Store, bundle: Opened, known: Known) -> TakenIn:
    with store.read() as uow:
        before = arrivals.last(uow, known.station)
        works = before.facts["works"] if before else 0
    said = bundle.manifest
    return TakenIn(
        *(known.station, known.point, said.first, said.last, False, works, 0, 0),
        *(said.days, said.training, 0),
    )


def _write(
    store: Store,
    actor: Actor,
    bundle: Opened,
    known: Known,
    found: Follower,
    stored: int,
) -> TakenIn:
    said = bundle.manifest
    with store.begin(actor) as uow:
        _require_unchanged(uow, known)
        kept_before = arrivals.works_kept(uow)
        copy_people(uow, checking.people(bundle), known)
        uow.session.flush()
        words = {row: word for row, word in found.words.items() if word[1] > known.last}
        connection = uow.session.connection()
        rows = applying.apply(connection, bundle, words, known.point)
        clock_s, codes = writing_in.write_entries(uow, bundle, known)
        writing_in.write_marks(uow, bundle, known, codes)
        works = arrivals.note(uow, bundle, known, arrivals.Counted(kept_before, rows, clock_s))
    tree.keep_all(store, known.station)
    return TakenIn(
        *(known.station, known.point, known.last + 1, said.last, True, works, rows, stored),
        *(said.days, said.training, clock_s),
    )


def _require_unchanged(uow: UnitOfWork, known: Known) -> None:
    """Nobody has revoked the station or taken another of its bundles in meanwhile."""
    station = uow.hold(Station, known.station)
    require_trusted(station)
    if checking.known_of(uow, station) != known:
        raise Conflict(
            N_("Another bundle of this station was taken in meanwhile."),
            code="meanwhile",
            advice=N_("Nothing was changed by this one. Take it in once more."),
        )
