"""`ledger verify`: what the database and the originals hold, checked against the ledger.

Checked are the chain, every recorded row of every table, the checkpoints, the code on paper and
the originals.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from examday.domain import ledger
from examday.domain.ledger import GENESIS, Fault
from examday.services.ledger import checkpoints as proof
from examday.services.ledger.checking import chains as found_in
from examday.services.ledger.checking.tables import Look, places, snapshot
from examday.services.ledger.checking.walk import TreeWalk, Walk
from examday.services.ledger.writing import chain_of, parts_of
from examday.services.unit_of_work import Store
from examday.storage.as_stored import StoredRow
from examday.storage.base import sealed_tables
from examday.storage.objects.base import Objects
from examday.storage.objects.opened import originals
from examday.storage.sealing import wrong_seals
from examday.storage.tables import Checkpoint

NAMED = 50  # findings that are shown with their work: each costs a query


@dataclass(frozen=True)
class Report:
    """What a verification found.

    `faults`: in the order of the ledger, the first wrong entry first. `notes`: need no action.
    `places`: row → the work it belongs to, as people know it. `root` and `code` belong to the
    last entry. `scans` is None when the originals were not read.
    """

    entries: int
    rows: int
    checkpoints: int
    scans: int | None
    """None is not zero: nobody has looked."""
    root: str
    code: str
    faults: tuple[Fault, ...]
    notes: tuple[Fault, ...] = ()
    """Told apart, so that nobody is called for what is in order."""
    places: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Everything is as it was written."""
        return not self.faults


def verify(store: Store, code: str | None = None, scans: bool = False) -> Report:
    """Check everything against the ledger.

    `code`: a checkpoint code from paper. `scans`: read the originals too.

    A chain alone does not notice a cut-off tail or a chain computed anew; the signed checkpoints
    do as long as one is left in the database, and the code on paper does always. Invalid when
    `code` is no checkpoint code.
    """
    # First of all: a misspelt code must not cost a check of minutes.
    on_paper = ledger.parse_code(code) if code else None
    with snapshot(store) as connection:
        # The installation checks the chains of all its sites, and rows of sites that it has not.
        look = Look(connection, site=store.site or None)
        chains, rows, faults = _compare(look, store.site, on_paper, _key(store))
        known = look.scans()
        if scans:
            # What was destroyed by act is not missing.
            known -= look.destroyed()
        faults += look.faults
    notes: list[Fault] = []
    if scans:
        objects = originals(store.settings)
        faults += _original_faults(objects, known)
        # Files are kept by digest for all sites: only who sees all rows knows a strange one.
        strange = (name for name in objects.all() if name not in known and not store.site)
        notes = [Fault(0, "scan-unknown", name) for name in strange]
    # The first wrong entry first; what belongs to no entry comes last.
    ordered = tuple(sorted(faults, key=lambda f: (f.chain, f.seq or 10**12, f.code, f.detail)))
    own = chains[store.site].walk
    return Report(
        sum(chain.walk.count for chain in chains.values()),
        rows,
        sum(len(chain.marks) for chain in chains.values()),
        len(known) if scans else None,
        own.root,
        _code_or_none(own),
        ordered,
        tuple(notes),
        places(store, ordered[:NAMED]),
    )


def _key(store: Store) -> str:
    return proof.public_key(store.settings.keys)


@dataclass(frozen=True)
class Chain:
    """The checkpoints of one chain, and the pass over its entries."""

    marks: Sequence[StoredRow]
    walk: Walk


def _compare(
    look: Look,
    own: str,
    on_paper: tuple[int, str] | None,
    key: str,
) -> tuple[dict[str, Chain], int, list[Fault]]:
    """Compare entries, rows and checkpoints with each other.

    Returns the chains by name, how many rows are recorded, and what is wrong with chains, rows
    and checkpoints.
    """
    present, marks = look.recorded(), look.rows(Checkpoint)
    chains: dict[str, Chain] = {}
    faults: list[Fault] = []
    keys = look.station_keys()
    named = {chain_of(mark.site, mark.chain) for mark in marks}
    for name in sorted({own, *look.chains(), *named}):
        mine = [mark for mark in marks if chain_of(mark.site, mark.chain) == name]
        site, station = parts_of(name)
        came = found_in.of_station(chains[site].walk, station) if site in chains else []
        walk = Walk(name, _numbers_of(mine, on_paper) | found_in.numbers_of(came))
        chains[name] = Chain(mine, walk)
        found = _walk_faults(look, walk)
        found += _checkpoint_faults(mine, walk, keys.get(station, []) if station else [key])
        found += found_in.arrival_faults(walk, came) if station else []
        faults += [replace(fault, chain=name) for fault in found]
    walks = [chain.walk for chain in chains.values()]
    faults += look.judge(found_in.row_faults(walks, present))
    faults += _paper_faults(*on_paper, chains, own) if on_paper else []
    known = {key for chain in chains.values() for key in chain.walk.rows}
    unknown = (key for key in present if key not in known)
    faults += [Fault(0, "row-unknown", key, present[key].site) for key in unknown]
    unsealed = wrong_seals(look.connection, sealed_tables())
    faults += [Fault(0, "unsealed", name) for name in unsealed]
    return chains, len(present), faults


def _walk_faults(look: Look, walk: Walk) -> list[Fault]:
    # One pass only: the chain is checked while the walk collects what the other checks need.
    trees = TreeWalk(look, walk.chain)
    faults = ledger.verify_chain(trees.watch(walk.entries(look.connection))) + walk.faults
    return faults + trees.faults()


def _numbers_of(
    marks: Sequence[StoredRow],
    on_paper: tuple[int, str] | None,
) -> frozenset[int]:
    """Numbers of the entries that checkpoints and the code on paper speak of."""
    numbers = (mark.values.get("seq") for mark in marks)
    told = frozenset(number for number in numbers if isinstance(number, int))
    return told | ({on_paper[0]} if on_paper else set())


def _original_faults(objects: Objects, known: set[str]) -> list[Fault]:
    """The originals that are missing or no longer what was received."""
    return [Fault(0, "scan", sha256) for sha256 in sorted(known) if not _intact(objects, sha256)]


def _intact(objects: Objects, sha256: str) -> bool:
    try:
        return objects.intact(sha256)
    except ValueError:  # a digest of another form names no file
        return False


def _code_or_none(walk: Walk) -> str:
    """The code of the last entry; none when its hash is no hash."""
    try:
        return ledger.checkpoint_code(walk.seq, walk.root)
    except ValueError:
        return "—"


def _checkpoint_faults(
    marks: Sequence[StoredRow],
    walk: Walk,
    keys: Sequence[str],
) -> list[Fault]:
    faults = [
        Fault(seq, "checkpoint-missing", code)
        for code, seq in walk.codes.items()
        if code not in {mark.values.get("code") for mark in marks}
    ]
    for mark in marks:
        faults += _mark_faults(mark.values, walk, keys)
    return faults


def _mark_faults(
    mark: Mapping[str, Any],
    walk: Walk,
    keys: Sequence[str],
) -> list[Fault]:
    """What is wrong with one checkpoint; whatever is malformed in it makes its signature wrong."""
    seq = mark["seq"] if isinstance(mark.get("seq"), int) else 0
    code = str(mark.get("code", "?"))
    # First: of a checkpoint with a wrong signature nothing else can be believed.
    if not any(_signature_holds(mark, key) for key in keys):
        return [Fault(seq, "signature", code)]
    if seq > walk.seq:
        return [Fault(seq, "tail-cut", code)]
    # Entry 0 is the empty ledger: its root is GENESIS.
    root_then = walk.hashes.get(seq, GENESIS)
    return [Fault(seq, "checkpoint", code)] if root_then != str(mark["root"]) else []


def _signature_holds(mark: Mapping[str, Any], key: str) -> bool:
    """Whether the checkpoint says what its signature covers, and its code is the code of that."""
    try:
        said = proof.statement(int(mark["seq"]), str(mark["root"]), mark["at"], mark["purpose"])
        return said["code"] == str(mark["code"]) and proof.signature_holds(
            key, said, mark["signature"]
        )
    except (KeyError, ValueError, TypeError, AttributeError):
        return False


def _paper_faults(
    seq: int,
    code: str,
    chains: Mapping[str, Chain],
    own: str,
) -> list[Fault]:
    """A code on paper does not say of which chain it is: one that has it will do.

    At a point there is no chain but its own.
    """
    found = {site: _code_faults(seq, code, chain.walk) for site, chain in chains.items()}
    return [replace(fault, chain=own) for fault in found[own]] if all(found.values()) else []


def _code_faults(seq: int, code: str, walk: Walk) -> list[Fault]:
    if seq > walk.seq:
        return [Fault(seq, "tail-cut", code)]
    try:
        same = ledger.checkpoint_code(seq, walk.hashes.get(seq, GENESIS)) == code
    except ValueError:  # the entry's hash is no hash
        same = False
    return [] if same else [Fault(seq, "checkpoint", code)]
