"""Whether a part of a station's chain follows what is known of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from examday.domain.ledger import Entry


class Broken(Exception):
    """The part is no chain by itself. `seq`: where."""

    def __init__(self, seq: int) -> None:
        super().__init__(seq)
        self.seq = seq


class Forked(Exception):
    """Another history than the known one. `seq`: the first entry that differs; `exact` is False
    where it may have parted earlier.
    """

    def __init__(self, seq: int, exact: bool = True) -> None:
        super().__init__(seq)
        self.seq, self.exact = seq, exact


@dataclass
class Follower:
    """Compares entries with the known hashes, one after the other.

    `known`: hashes of the entries that are here, by number, from `first - 1` on.
    """

    first: int
    prev: str
    known: Mapping[int, str]
    last: int = 0
    root: str = ""
    words: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Row → the digest that these entries recorded last, and the entry, to be named where the
    row that came says something else."""

    def __post_init__(self) -> None:
        """What comes before the first entry must be what is here."""
        before = self.known.get(self.first - 1)
        if before is not None and before != self.prev:
            raise Forked(self.first - 1, exact=False)
        self.last, self.root = self.first - 1, self.prev

    def follow(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """The entries as they come; Broken or Forked at the first that does not fit."""
        for entry in entries:
            if (
                entry.seq != self.last + 1
                or entry.prev != self.root
                or entry.hash != entry.compute()
            ):
                raise Broken(self.last + 1)
            if self.known.get(entry.seq, entry.hash) != entry.hash:
                raise Forked(entry.seq)
            self.last, self.root = entry.seq, entry.hash
            for row, said in entry.rows.items():
                self.words[row] = (said, entry.seq)
            yield entry
