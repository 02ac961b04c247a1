"""Takes a station's bundle in at the centre: all of it or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from examday.domain.people.roles import Actor
from examday.domain.travel.history import Follower
from examday.services.travel.incoming import alarms, arrivals, following, scans, sender, whole
from examday.services.travel.incoming.opened import Opened, opened
from examday.services.travel.incoming.scans import Tell
from examday.services.unit_of_work import Store
from examday.storage.objects.opened import originals


@dataclass(frozen=True)
class TakenIn:
    """What became of a bundle."""

    station: str
    point: str
    first: int
    last: int
    new: bool
    """False: all of it was here before, and nothing was changed but originals that were lost here."""
    works: int
    """Real works of the station that are the centre's now, of all its bundles: the sum that both
    ends can compare."""
    rows: int
    scans: int
    """Originals that were new here: a stick that comes twice brings them once."""
    days: Mapping[str, int]
    training: Mapping[str, int]
    clock_s: int | None
    """Seconds by which the station's clock is ahead at least; below zero: behind. None: nobody looked,
    because there was no new entry.
    """


class Judged(NamedTuple):
    """A bundle that may be taken in, as far as its manifest, its parts and its entries tell."""

    known: sender.Known
    found: Follower
    new: bool
    """False: all of it is here already."""


def judge(store: Store, actor: Actor, bundle: Opened) -> Judged:
    """Check who sent a bundle, its parts and its entries. Nothing is written but the alarm of a fork, and what is missing.

    Errors: NotFound, Conflict, Forbidden, Invalid with their places (`sender`, `following`).
    """
    with store.read(actor) as uow:
        known = sender.require_sender(uow, bundle)
    bundle.require_parts()
    try:
        found = following.follow(store, bundle, known)
    except following.Fork as fork:
        alarms.note_fork(store.at(known.point), actor, known, fork)
        raise fork.error from fork
    except following.Gap as gap:
        alarms.note_gap(store.at(known.point), actor, known, gap)
        raise gap.error from gap
    new = bundle.manifest.last > known.last
    if new:
        sender.require_form(bundle.manifest)
    return Judged(known, found, new)


def take_in(
    store: Store,
    actor: Actor,
    path: Path,
    tell: Tell = scans.in_silence,
) -> TakenIn:
    """Check a bundle whole, store its originals, then write its rows in one transaction.

    Nothing is changed by a bundle that is refused, but that originals stay which were whole.
    `tell` is told how many of the originals have been looked at.

    Errors: those of `judge`, and Conflict, Invalid of `scans` and `whole`.
    """
    with opened(path) as bundle:
        known, found, new = judge(store, actor, bundle)
        at_point = store.at(known.point)
        stored = scans.store(originals(store.settings), bundle, tell)
        if not new:
            return _as_before(at_point, bundle, known, stored)
        scans.require(originals(store.settings), bundle)
        written = whole.write(at_point, actor, bundle, known, found)
        return _taken(bundle, known, written, stored)


def _taken(
    bundle: Opened,
    known: sender.Known,
    written: whole.Written,
    stored: int,
) -> TakenIn:
    said = bundle.manifest
    return TakenIn(
        station=known.station,
        point=known.point,
        first=known.last + 1,
        last=said.last,
        new=True,
        works=written.works,
        rows=written.rows,
        scans=stored,
        days=said.days,
        training=said.training,
        clock_s=written.clock_s,
    )


def _as_before(
    store: Store,
    bundle: Opened,
    known: sender.Known,
    stored: int,
) -> TakenIn:
    with store.read() as uow:
        before = arrivals.last(uow, known.station)
        works = before.facts["works"] if before else 0
    said = bundle.manifest
    return TakenIn(
        *(known.station, known.point, said.first, said.last, False, works, 0, stored),
        *(said.days, said.training, None),
    )
