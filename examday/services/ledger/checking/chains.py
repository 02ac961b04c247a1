"""What a point's own chain and those that came in from its stations say together.

An entry about an arrival puts the station's entries up to its root before it: so the last word on
each row is known, whichever chain it stands in.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from examday.domain import ledger
from examday.domain.ledger import Fault, Subject
from examday.services.ledger.checking.tables import Present
from examday.services.ledger.checking.walk import Came, Walk
from examday.services.ledger.writing import chain_of, parts_of
from examday.storage.tables_travel import travels

MOVED = "!"
"""In place of the digest of a row that has the wrong site: no digest looks like this."""
Word = tuple[tuple[int, int, int], str, int, str]
"""The place of an entry among all of its site, the digest that it recorded, its number, its chain:
of two words about one row the later counts."""


SAME, OTHER, UNKNOWN = "same", "other", "unknown"
"""Nothing here to compare with is neither of the other two."""


@dataclass(frozen=True)
class Witnessed:
    """What the centre has witnessed of a station's chain, and whether that still stands here.

    `state`: SAME; OTHER where something of the chain is not as it came; UNKNOWN where nothing came
    yet, where the entries that witness are wrong themselves, or where a table could not be read.
    """

    station: str
    point: str
    last: int
    """The station's entry that was witnessed last; 0: none. What lies behind it nobody else can
    vouch for."""
    root: str
    """Hash of that entry: a number alone would fit any chain of that length."""
    entry: int
    """The entry of the point's chain that witnesses it, so that a person can look it up; 0:
    none."""
    here: int
    """The last entry of the station that stands here: held against `last` it shows what is
    missing."""
    state: str

    @property
    def known(self) -> bool:
        """Whether the chain was compared."""
        return self.state != UNKNOWN


def witnessed(
    walks: Mapping[str, Walk],
    stations: Mapping[str, str],
    faults: Iterable[Fault],
    all_read: bool,
) -> tuple[Witnessed, ...]:
    """Each station's chain. `stations`: station → point, of all that may have sent. `all_read`: no
    table was broken.
    """
    wrong = {fault.chain for fault in faults}
    names = {chain_of(point, station) for station, point in stations.items()}
    names |= {name for name in walks if parts_of(name)[1]}
    found = (_witnessed(walks, name, wrong) for name in sorted(names))
    # Rows of a table that nobody could read were not compared with the chain.
    return tuple(
        one if all_read or one.state != SAME else replace(one, state=UNKNOWN) for one in found
    )


def _witnessed(
    walks: Mapping[str, Walk],
    name: str,
    wrong: set[str],
) -> Witnessed:
    point, station = parts_of(name)
    came = of_station(walks[point], station) if point in walks else []
    here = walks[name].seq if name in walks else 0
    if not came:
        return Witnessed(station, point, 0, "", 0, here, OTHER if here else UNKNOWN)
    state = OTHER if name in wrong else UNKNOWN if point in wrong else SAME
    last = came[-1]
    return Witnessed(station, point, _number(last), str(last.root), last.seq, here, state)


def lost(walks: Mapping[str, Walk]) -> list[str]:
    """The chains that came in, by the entries about it, and of which nothing is here any more."""
    named = {
        chain_of(walk.chain, came.station)
        for walk in walks.values()
        if not parts_of(walk.chain)[1]
        for came in walk.arrivals
    }
    return sorted(named - set(walks))


def of_station(own: Walk, station: str) -> list[Came]:
    """What came in from this station, in order."""
    return [came for came in own.arrivals if came.station == station]


def numbers_of(came: Iterable[Came]) -> frozenset[int]:
    """The entries of the station that arrivals name."""
    return frozenset(one.last for one in came if isinstance(one.last, int))


def arrival_faults(walk: Walk, came: Sequence[Came]) -> list[Fault]:
    """Roots that are not the station's, and entries that came in with no bundle."""
    new = [one for one in came if _number(one) >= walk.start.seq]
    wrong = [one for one in new if one.root is None or walk.hashes.get(_number(one)) != one.root]
    faults = [Fault(_number(one), "arrival", str(one.seq)) for one in wrong]
    if walk.seq > max(map(_number, came), default=0):
        faults.append(Fault(walk.seq, "not-arrived", ""))
    return faults


def row_faults(walks: Sequence[Walk], present: Mapping[str, Present]) -> list[Fault]:
    """The rows that are not what the last entry about them recorded."""
    faults = list[Fault]()
    own = {walk.chain: walk for walk in walks}
    last = dict[str, dict[str, Word]]()
    for walk in walks:
        site, station = parts_of(walk.chain)
        came = of_station(own[site], station) if station and site in own else []
        words = last.setdefault(site, {})
        for row, word in _words(walk, came):
            if row not in words or words[row] < word:
                words[row] = word
    for site, words in last.items():
        recorded = {row: (word[1], word[2]) for row, word in words.items()}
        there = {
            row: present[row].digest if present[row].site == site else MOVED
            for row in recorded
            if row in present
        }
        for fault in ledger.compare_rows(recorded, there):
            faults.append(replace(fault, chain=words[fault.detail][3]))
    return faults


def _words(walk: Walk, came: Sequence[Came]) -> Iterable[tuple[str, Word]]:
    ends = [_number(one) for one in came]
    for row in rows_here(walk):
        digest, seq = walk.rows[row]
        yield row, (_place(seq, came, ends), digest, seq, walk.chain)


def rows_here(walk: Walk) -> Iterable[str]:
    """The rows of which a chain says what they must be here.

    Of people the centre has copies of its own, and of what a station keeps for itself none: its
    chain vouches for no such row of the centre.
    """
    came_in = parts_of(walk.chain)[1]
    return (row for row in walk.rows if not came_in or travels(Subject.parse(row).kind))


def _place(
    seq: int,
    came: Sequence[Came],
    ends: Sequence[int],
) -> tuple[int, int, int]:
    if not ends:
        return seq, 1, 0
    arrival = bisect_left(ends, seq)
    # Behind the last arrival: named already, and not to be taken for an early word.
    return (came[arrival].seq if arrival < len(came) else came[-1].seq), 0, seq


def _number(came: Came) -> int:
    return came.last if isinstance(came.last, int) else 0
