"""Writes the entries of a station beside the centre's own."""

from sqlalchemy import insert

from examday.domain.ledger import speaks_of_checkpoint
from examday.domain.travel.clock import ClockSeen
from examday.services.ledger.checking.tables import table_of
from examday.services.ledger.writing import chain_of, stored_row
from examday.services.travel.incoming import following
from examday.services.travel.incoming.opened import Opened
from examday.services.travel.incoming.sender import Known
from examday.services.unit_of_work import UnitOfWork
from examday.storage.base import JsonObject
from examday.storage.tables import EventRow

PIECE = 500
"""Entries in memory at a time: a first bundle may bring a year of them."""


def write_entries(uow: UnitOfWork, bundle: Opened, known: Known) -> tuple[int, set[str]]:
    """Write the entries that are new; return the seconds by which the station's clock is ahead at
    least, below zero: behind, and the codes of the checkpoints that they speak of.
    """
    codes, chain = set[str](), chain_of(known.point, known.station)
    clock, piece = ClockSeen(uow.now()), list[JsonObject]()
    for entry in following.entries(bundle):
        if entry.seq <= known.last:
            continue
        clock.look(entry)
        if speaks_of_checkpoint(entry.kind) and "code" in entry.data:
            codes.add(str(entry.data["code"]))
        piece.append(stored_row(entry, chain))
        if len(piece) == PIECE:
            uow.session.connection().execute(insert(table_of(EventRow)), piece)
            piece = []
    if piece:
        uow.session.connection().execute(insert(table_of(EventRow)), piece)
    return clock.ahead_s or clock.behind_s, codes
