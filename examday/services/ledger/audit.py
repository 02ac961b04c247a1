"""`ledger verify`: what the database and the originals hold, checked against the ledger.

Checked are the chain, every recorded row of every table, the checkpoints, the code on paper and
the originals.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from examday.domain import ledger
from examday.domain.ledger import GENESIS, Fault
from examday.services.ledger.checking import chains as found_in
from examday.services.ledger.checking import since as begins
from examday.services.ledger.checking.each import Chains
from examday.services.ledger.checking.marks import Chain, own_key
from examday.services.ledger.checking.originals import originals_faults
from examday.services.ledger.checking.tables import Look, Tell, places, snapshot
from examday.services.ledger.checking.walk import Start, Walk
from examday.services.unit_of_work import Store
from examday.storage.base import sealed_tables
from examday.storage.sealing import wrong_seals

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
    since: int = 0
    """The entry behind which the check began; 0: all was checked. Of earlier entries, and of rows
    that none of the later ones recorded, nothing is said."""
    witnessed: tuple[found_in.Witnessed, ...] = ()
    """At a centre: the chains of its stations."""

    @property
    def ok(self) -> bool:
        """Everything is as it was written."""
        return not self.faults


def verify(
    store: Store,
    code: str | None = None,
    scans: bool = False,
    since: str | None = None,
    tell: Tell | None = None,
) -> Report:
    """Check everything against the ledger.

    `code`: a checkpoint code from paper. `scans`: read the originals too. `since`: the code that
    an earlier check gave: the entries after it are checked, and the rows that these recorded.
    `tell`: is told how far it is.

    A chain alone does not notice a cut-off tail or a chain computed anew; the signed checkpoints
    do as long as one is left in the database, and the code on paper does always. Invalid when
    `code` is no checkpoint code, or when `since` is said of several points at once or would leave
    out where `code` may stand.
    """
    # First of all: a misspelt code must not cost a check of minutes.
    on_paper, told = begins.typed(code, since)
    if told:
        begins.require_one_site(store)
    with snapshot(store) as connection:
        # A point sees its own chain alone; the installation checks those of all its sites, and rows
        # of sites that it has not.
        look = Look(connection, site=store.site or None, tell=tell)
        starts = begins.starts(look, store.site, told)
        # Also such as came in since, and such as nobody knows of: these are checked whole.
        names = {store.site, *starts, *look.chains()}
        begins.require_looked_at(on_paper, starts.get(store.site), names)
        codes = [one for one in (on_paper, None if starts else told) if one]
        key = own_key(store)
        chains, rows, faults = _compare(look, store.site, codes, key, starts, names)
        stations = look.stations()
        # What was destroyed by act is not missing.
        known = look.scans() - look.destroyed() if scans else set[str]()
        faults += look.faults
    notes: list[Fault] = []
    if scans:
        lost, notes = originals_faults(store, known)
        faults += lost
    # The first wrong entry first; what belongs to no entry comes last.
    ordered = tuple(sorted(faults, key=lambda f: (f.chain, f.seq or 10**12, f.code, f.detail)))
    own, walks = chains[store.site].walk, {name: chain.walk for name, chain in chains.items()}
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
        own.start.seq,
        # Of the chain of a station nothing is known as a whole when only its end was looked at.
        () if starts else found_in.witnessed(walks, stations, ordered, not look.broken),
    )


def _compare(
    look: Look,
    own: str,
    on_paper: Sequence[begins.Told],
    key: str,
    starts: Mapping[str, Start],
    names: Collection[str],
) -> tuple[dict[str, Chain], int, list[Fault]]:
    """Compare entries, rows and checkpoints with each other.

    Returns the chains by name, how many rows are recorded, and what is wrong with chains, rows
    and checkpoints.
    """
    later = {name: starts.get(name, Start()).seq for name in names}
    marks = look.marks(later if starts else {})
    every = Chains(look, marks, on_paper, key, starts)
    faults, chains = every.check_all(names), every.found
    walks = [chain.walk for chain in chains.values()]
    known = {row for walk in walks for row in found_in.rows_here(walk)}
    present = look.recorded(known if starts else None)
    faults += look.judge(found_in.row_faults(walks, present))
    for seq, code in on_paper:
        faults += _paper_faults(seq, code, chains, own)
    unknown = (row for row in present if row not in known)
    faults += [Fault(0, "row-unknown", row, present[row].site) for row in unknown]
    unsealed = wrong_seals(look.connection, sealed_tables())
    faults += [Fault(0, "unsealed", name) for name in unsealed]
    return chains, len(present), faults


def _code_or_none(walk: Walk) -> str:
    """The code of the last entry; none when its hash is no hash."""
    try:
        return ledger.checkpoint_code(walk.seq, walk.root)
    except ValueError:
        return "—"


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
    except ValueError:  # not compared: the entry's hash is no hash, which the walk names
        same = False
    return [] if same else [Fault(seq, "checkpoint", code)]
