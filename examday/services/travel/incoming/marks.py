"""Writes the checkpoints of a station beside the centre's own."""

import datetime as dt
import json

from sqlalchemy import select

from examday.domain.travel.clock import time_of
from examday.domain.travel.manifest import not_a_bundle
from examday.services.ledger.checkpoints import signature_holds, statement
from examday.services.ledger.writing import chain_of, of_chain
from examday.services.travel.incoming.opened import Opened, place
from examday.services.travel.incoming.sender import Known
from examday.services.travel.stations import keys_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.base import JsonObject
from examday.storage.tables import Checkpoint


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


def _marks(bundle: Opened) -> list[JsonObject]:
    fields = {"seq": int, "root": str, "code": str, "at": str, "purpose": str, "signature": str}
    with place("checkpoints.json"):
        try:
            found = json.loads(bundle.small("checkpoints.json").decode())
        except (ValueError, RecursionError):
            found = None
    sound = isinstance(found, list) and all(
        isinstance(one, dict)
        and set(one) == set(fields)
        and all(type(one[name]) is kind for name, kind in fields.items())
        and time_of(one["at"]) is not None
        for one in found
    )
    if not sound:
        raise not_a_bundle("checkpoints.json")
    return list(found or [])


def _holds(key: str, mark: JsonObject) -> bool:
    try:
        said = statement(mark["seq"], mark["root"], mark["at"], mark["purpose"])
    except ValueError:
        return False
    return said["code"] == mark["code"] and signature_holds(key, said, mark["signature"])
