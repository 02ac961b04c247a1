"""What a bundle is and what taking it in would do, before anything is written."""

from dataclasses import dataclass
from pathlib import Path

from examday.domain.people.roles import Actor
from examday.services.travel.incoming import taking_in
from examday.services.travel.incoming.opened import Opened, opened
from examday.services.unit_of_work import Store
from examday.storage.base import JsonObject
from examday.storage.objects.opened import originals
from examday.storage.tables_sites import Site
from examday.storage.tables_travel import travels


@dataclass(frozen=True)
class Seen:
    """A bundle that may be taken in. Its rows and originals are compared when that is done."""

    station: str
    point: str
    name: str
    first: int
    last: int
    made_at: str
    """By the station's clock, which may be wrong."""
    new: bool
    """False: all of it is here already, so no yes is asked for."""
    entries: int
    """Entries that are new here, and the rows that they wrote or removed: what was sent before
    is not counted twice."""
    rows: int
    days: JsonObject
    training: JsonObject
    """Works by day; those of training days apart: nobody may take the one for the other."""
    originals: int
    """Named by the rows; how many came along, are here already, and are in neither place: the last
    are what has to be asked for."""
    came: int
    here: int
    lacking: int


def look(store: Store, actor: Actor, path: Path) -> Seen:
    """Say what taking in would do. Errors: those of `taking_in.judge`, and where it is no bundle."""
    with opened(path) as bundle:
        judged = taking_in.judge(store, actor, bundle)
        with store.read() as uow:
            name = uow.get(Site, judged.known.point).name
        return _seen(store, bundle, judged, name)


def _seen(
    store: Store,
    bundle: Opened,
    judged: taking_in.Judged,
    name: str,
) -> Seen:
    said, known = bundle.manifest, judged.known
    came, kept = set(bundle.scans()), originals(store.settings)
    here = {sha256 for sha256 in said.originals if kept.there(sha256)}
    words = judged.found.words.items()
    return Seen(
        station=known.station,
        point=known.point,
        name=name,
        first=said.first,
        last=said.last,
        made_at=said.made_at,
        new=judged.new,
        entries=max(said.last - known.last, 0),
        rows=sum(1 for row, (_said, seq) in words if seq > known.last and travels(_table(row))),
        days=dict(said.days),
        training=dict(said.training),
        originals=len(said.originals),
        came=len(came),
        here=len(here),
        lacking=len(set(said.originals) - came - here),
    )


def _table(row: str) -> str:
    return row.partition(":")[0]
