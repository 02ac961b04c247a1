"""Writes the entries and checkpoints of a station beside the centre's own."""

import datetime as dt
import json
from typing import Any

from sqlalchemy import insert, select

from examday.domain.events import Event
from examday.domain.ledger import Entry, canonical, speaks_of_checkpoint
from examday.domain.travel.manifest import not_a_bundle
from examday.services.ledger.checking.tables import table_of
from examday.services.ledger.checkpoints import signature_holds, statement
from examday.services.ledger.writing import chain_of, of_chain
from examday.services.travel.enrolment import keys_of
from examday.services.travel.incoming import checking
from examday.services.travel.incoming.checking import Known
from examday.services.travel.incoming.opened import Opened, place
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Checkpoint, EventRow

PIECE = 500
"""Entries in memory at a time."""


def write_entries(uow: UnitOfWork, bundle: Opened, known: Known) -> tuple[int, set[str]]:
    """Write the entries that are new; return the seconds by which the station's clock is ahead at
    least, below zero: behind, and the codes of the checkpoints that they speak of.
    """
    codes = set[str]()
    clock, piece = _Clock(uow.now()), list[dict[str, Any]]()
    for entry in checking.entries(bundle):
        if entry.seq <= known.last:
            continue
        clock.look(entry)
        if speaks_of_checkpoint(entry.kind) and "code" in entry.data:
            codes.add(str(entry.data["code"]))
        piece.append(_row(entry, known))
        if len(piece) == PIECE:
            uow.session.connection().execute(insert(table_of(EventRow)), piece)
            piece = []
    if piece:
        uow.session.connection().execute(insert(table_of(EventRow)), piece)
    return clock.ahead_s or clock.behind_s, codes


class _Clock:
    """How far a station's clock is off at least, by its own entries."""

    def __init__(self, now: dt.datetime) -> None:
        self._now = now
        self.ahead_s = self.behind_s = 0

    def look(self, entry: Entry) -> None:
        at = dt.datetime.fromisoformat(entry.at)
        self.ahead_s = max(self.ahead_s, int((at - self._now).total_seconds()))
        centre = entry.data.get("at")
        # A receipt cannot be taken in before the centre has written it.
        if entry.kind == Event.TRAVEL_RECEIPT and isinstance(centre, str):
            then = dt.datetime.fromisoformat(centre)
            self.behind_s = min(self.behind_s, int((at - then).total_seconds()))


def _row(entry: Entry, known: Known) -> dict[str, Any]:
    return {
        "site": known.point,
        "chain": known.station,
        "seq": entry.seq,
        "at": entry.at,
        "kind": entry.kind,
        "actor": entry.actor,
        "subject": entry.subject,
        "data": canonical(entry.data),
        "rows": canonical(dict(entry.rows)),
        "prev": entry.prev,
        "hash": entry.hash,
    }


def write_marks(
    uow: UnitOfWork,
    bundle: Opened,
    known: Known,
    codes: set[str],
) -> None:
    """Write the checkpoints with these codes. Invalid where one is missing or wrong."""
    own = of_chain(Checkpoint, chain_of(known.point, known.station))
    here = set(uow.session.scalars(select(Checkpoint.code).where(own)))
    keys, marks = keys_of(uow, known.station), _marks(bundle)
    new = [mark for mark in marks if mark["code"] in codes - here]
    if codes - here - {mark["code"] for mark in new}:
        raise not_a_bundle("checkpoints.json")
    for mark in new:
        if not any(_holds(key, mark) for key in keys):
            raise not_a_bundle("checkpoints.json")
        at = dt.datetime.fromisoformat(mark["at"])
        uow.add(Checkpoint(**{**mark, "at": at}, site=known.point, chain=known.station))


def _marks(bundle: Opened) -> list[dict[str, Any]]:
    fields = {"seq": int, "root": str, "code": str, "at": str, "purpose": str, "signature": str}
    with place("checkpoints.json"):
        try:
            found = json.loads(bundle.small("checkpoints.json").decode())
        except ValueError:
            found = None
    sound = isinstance(found, list) and all(
        isinstance(one, dict)
        and set(one) == set(fields)
        and all(type(one[name]) is kind for name, kind in fields.items())
        for one in found
    )
    if not sound:
        raise not_a_bundle("checkpoints.json")
    return list(found or [])


def _holds(key: str, mark: dict[str, Any]) -> bool:
    try:
        said = statement(mark["seq"], mark["root"], mark["at"], mark["purpose"])
    except ValueError:
        return False
    return said["code"] == mark["code"] and signature_holds(key, said, mark["signature"])
