"""Checks one chain after the other: its entries, its tree, its checkpoints, and how it came here."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from examday.domain import ledger
from examday.domain.errors import Invalid
from examday.domain.ledger import Fault
from examday.services.ledger.checking import chains as found_in
from examday.services.ledger.checking.marks import Chain, checkpoint_faults, numbers_of, own_keys
from examday.services.ledger.checking.tables import Look
from examday.services.ledger.checking.walk import Start, TreeWalk, Walk
from examday.services.ledger.writing import chain_of, parts_of
from examday.storage.as_stored import StoredRow


class Chains:
    """The chains that were checked so far."""

    def __init__(
        self,
        look: Look,
        marks: Sequence[StoredRow],
        on_paper: Sequence[tuple[int, str]],
        key: str,
        starts: Mapping[str, Start],
    ) -> None:
        self._look, self._marks, self._on_paper, self._key = look, marks, on_paper, key
        self._starts = starts
        self._keys = look.station_keys()
        self.found: dict[str, Chain] = {}

    def check_all(self, names: Iterable[str]) -> list[Fault]:
        """Check these chains, and those of which checkpoints or entries speak."""
        named = {chain_of(mark.site, mark.chain) for mark in self._marks}
        faults = [fault for name in sorted({*names, *named}) for fault in self.check(name)]
        # What came in and is gone whole is missed by nobody but the entries about it.
        lost = found_in.lost({name: chain.walk for name, chain in self.found.items()})
        return faults + [fault for name in lost for fault in self.check(name)]

    def check(self, name: str) -> list[Fault]:
        """Check one chain and its checkpoints; that of a point comes before those of its stations."""
        mine = [mark for mark in self._marks if chain_of(mark.site, mark.chain) == name]
        site, station = parts_of(name)
        came = found_in.of_station(self.found[site].walk, station) if site in self.found else []
        asked = numbers_of(mine, self._on_paper) | found_in.numbers_of(came)
        walk = Walk(name, asked, self._starts.get(name, Start()))
        self.found[name] = Chain(mine, walk)
        faults = _walk_faults(self._look, walk)
        keys = self._keys.get(station, []) if station else own_keys(self._key, walk)
        faults += checkpoint_faults(mine, walk, keys, self._earlier(walk, mine))
        faults += found_in.arrival_faults(walk, came) if station else []
        return [replace(fault, chain=name) for fault in faults]

    def _earlier(self, walk: Walk, mine: Sequence[StoredRow]) -> set[str]:
        """Codes of checkpoints from before the start that are there and that later entries speak of:
        somebody may have written between the two. The code itself says of which entry it is: what
        else stands in its row may have been changed.
        """
        here = {mark.values.get("code") for mark in mine}
        asked = [code for code in walk.codes.keys() - here if _number_in(code) < walk.start.seq]
        return self._look.codes(walk.chain, sorted(asked)) if asked else set()


def _number_in(code: str) -> float:
    """The number of the entry that a code is of; of what is no code, one that never comes."""
    try:
        return ledger.parse_code(code)[0]
    except Invalid:
        return math.inf


def _walk_faults(look: Look, walk: Walk) -> list[Fault]:
    # One pass only: the chain is checked while the walk collects what the other checks need.
    trees, start = TreeWalk(look, walk), walk.start
    entries = trees.watch(look.watched(walk.entries(look.connection)))
    faults = ledger.verify_chain(entries, start.seq + 1, start.root) + walk.faults
    return faults + trees.faults()
