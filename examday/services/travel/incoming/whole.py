"""Writes a bundle that was checked: its rows, entries and checkpoints in one transaction."""

from typing import NamedTuple

from sqlalchemy import Connection

from examday.domain.jobs import Task
from examday.domain.people.roles import Actor
from examday.domain.travel.history import Follower
from examday.domain.travel.manifest import not_a_bundle
from examday.services.ledger import tree
from examday.services.ledger.checking.tables import Look
from examday.services.travel.incoming import applying, arrivals, marks, writing_in
from examday.services.travel.incoming.copies import copy_people
from examday.services.travel.incoming.opened import Opened
from examday.services.travel.incoming.sender import Known, require_unchanged
from examday.services.unit_of_work import Store


class Written(NamedTuple):
    """What was written."""

    works: int
    """Real works that the centre keeps of the station, of all its bundles: the receipt tells it to
    the station."""
    rows: int
    clock_s: int
    """Seconds by which the station's clock is ahead at least, below zero behind: terms and order
    are told by it."""


def write(
    store: Store,
    actor: Actor,
    bundle: Opened,
    known: Known,
    found: Follower,
) -> Written:
    """Write all of it or nothing, and the tree of the chain.

    Conflict where the station was revoked or another of its bundles came meanwhile, or where a row
    is another's; Invalid where a row is not what the entries recorded.
    """
    with store.begin(actor) as uow:
        require_unchanged(uow, bundle, known)
        copy_people(uow, bundle, known)
        uow.session.flush()
        words = {row: word for row, word in found.words.items() if word[1] > known.last}
        before = arrivals.kept_before(uow, words)
        connection = uow.session.connection()
        rows = applying.apply(connection, bundle, words, known.point)
        _require_acts(connection, bundle, known)
        clock_s, codes = writing_in.write_entries(uow, bundle, known)
        marks.write_marks(uow, bundle, known, codes)
        counted = arrivals.Counted(arrivals.works_given(uow, words, before), rows, clock_s)
        works = arrivals.note(uow, bundle, known, counted)
        uow.enqueue(Task.MAKE_PICTURES, known.station)
    tree.keep_all(store, known.station)
    return Written(works, rows, clock_s)


def _require_acts(
    connection: Connection,
    bundle: Opened,
    known: Known,
) -> None:
    """Not a bundle where an original is called destroyed that no act names: it would be lost unseen."""
    told = bundle.manifest.destroyed
    if told and told - Look(connection, site=known.point).destroyed():
        raise not_a_bundle("manifest.json")
