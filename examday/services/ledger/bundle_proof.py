"""Which entries go into the bundle of one work, and what proves them without all the others."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from examday.domain.events import Event, read_data
from examday.domain.ledger import Subject, names_a_tree, speaks_of_checkpoint
from examday.services.ledger import tree
from examday.services.ledger.bundle_rows import Contents
from examday.services.ledger.writing import of_chain
from examday.storage.tables import Checkpoint, EventRow
from examday.storage.tables_appeal import Appeal, Destruction

SHARED = ("exam", "room", "candidate")
"""Tables whose rows many works share: only the last entry that recorded such a row goes along."""
OF_ONE = (
    *("reading", "signoff", "assignment", "page", "item", "handover", "finding", "order_step"),
    *("hearing", "case_vote", "case_note", "attendance", "own_work", "protocol"),
    "protocol_signature",
)
"""Tables whose rows belong to one work: what an entry about it recorded must be here, or explained."""
NEAR = 512
"""Entries between a code on paper and the tree before it that may go along."""
PIECE = 500
"""Values of one question to the database: SQLite takes no more than 32,766, PostgreSQL 65,535."""


@dataclass(frozen=True)
class Proof:
    """The entries of one work by number, out of all of its chain.

    `told`: as it stands in the bundle: size and root of the tree, a path for each entry, and how the
    trees that codes on paper speak for begin this one.
    """

    entries: dict[int, EventRow]
    marks: list[Checkpoint]
    """The checkpoints whose codes these entries name: without them a code on paper could not be
    checked."""
    told: dict[str, object]


def prove(
    session: Session,
    contents: Contents,
    size: int,
    also: Iterable[int] = (),
) -> Proof:
    """The proof of a work whose rows are `contents`, by the first `size` entries of its chain.

    `also`: numbers of entries that go along.
    """
    found = Found(session, contents, contents.site, size)
    found.of_the_work()
    found.that_explain_absence()
    found.numbered([1, *also])  # the first entry too, because it says whose chain it is
    return found.proof(size, found.checkpoints())


class Found:
    """Entries of one chain found so far, among the first `size` of them."""

    def __init__(
        self,
        session: Session,
        contents: Contents,
        chain: str,
        size: int,
    ) -> None:
        self._session, self._contents = session, contents
        self._chain, self._size = chain, size
        self.entries: dict[int, EventRow] = {}
        work = [f"booklet:{row['id']}" for row in contents.of("booklet")]
        cases = select(Appeal.id).where(Appeal.booklet_id == work[0].partition(":")[2])
        self._about = {*work, *(f"appeal:{key}" for key in session.scalars(cases))}
        """The work and its cases."""

    def proof(self, size: int, marks: list[Checkpoint]) -> Proof:
        """What was found, with its paths in the tree over the first `size` entries."""
        trees = self.trees_before({mark.seq for mark in marks})
        whole = tree.tree_of(self._session, self._chain, size)
        told = {
            "size": size,
            "tree": whole.root().hex(),
            "paths": {str(n): _hex(whole.path(n - 1)) for n in sorted(self.entries)},
            "trees": {str(n): _hex(whole.consistency(m)) for n, m in trees.items()},
        }
        return Proof(self.entries, marks, told)

    def of_the_work(self) -> None:
        """Entries that are about the work or a thing of it, or recorded a row that goes along."""
        own = {row for row in self._contents.rows if Subject.parse(row).kind not in SHARED}
        scans = {f"scan:{row['id']}" for row in self._contents.of("scan_file")}
        self._take_each(EventRow.subject, own | scans | self._about)
        for row, numbers in self._recorded(self._contents.rows).items():
            self.numbered(numbers if row in own else numbers[-1:])

    def that_explain_absence(self) -> None:
        """Entries that say why a row is not here: it went to another work, or is a packet's."""
        seen = set(self._contents.rows)
        while strange := self._rows_of_the_work() - seen:
            seen |= strange
            for numbers in self._recorded(strange).values():
                self.numbered(numbers)
            opened = EventRow.kind == Event.PACKING_OPEN
            self._take_each(EventRow.subject, {r for r in strange if r[:5] == "item:"}, opened)
        exams = [row["id"] for row in self._contents.of("exam")]
        acts = self._session.scalars(select(Destruction.id).where(Destruction.exam_id.in_(exams)))
        for numbers in self._recorded({f"destruction:{act}" for act in acts}).values():
            self.numbered(numbers)

    def checkpoints(self) -> list[Checkpoint]:
        """The checkpoints that print-outs and exports of the work name; their entries come along."""
        named = (e for e in self._of_the_work() if speaks_of_checkpoint(e.kind))
        codes = {code for e in named if isinstance(code := read_data(e.data).get("code"), str)}
        of_codes = select(Checkpoint).where(
            of_chain(Checkpoint, self._chain), Checkpoint.code.in_(codes)
        )
        order = (Checkpoint.seq, Checkpoint.at, Checkpoint.id)
        marks = list(self._session.scalars(of_codes.order_by(*order)))
        self.numbered(mark.seq for mark in marks)
        return marks

    def trees_before(self, codes: Iterable[int]) -> dict[int, int]:
        """The entries with the nearest tree before each of these; what lies between comes along."""
        trees: dict[int, int] = {}
        for number in sorted(set(codes)):
            near = next((e for e in self._naming_trees(number) if _size_of(e)), None)
            if near:
                trees[near.seq] = _size_of(near)
                self.numbered(range(near.seq, number + 1))
        return trees

    def about(self, subjects: Iterable[str], kinds: Iterable[str]) -> None:
        """Take the entries of these kinds about these things."""
        self._take_each(EventRow.subject, set(subjects), EventRow.kind.in_(list(kinds)))

    def newest_mark(self, size: int) -> list[Checkpoint]:
        """The last checkpoint over the first `size` entries; its entry comes along."""
        of = (of_chain(Checkpoint, self._chain), Checkpoint.seq <= size)
        newest = select(Checkpoint).where(*of).order_by(Checkpoint.seq.desc(), Checkpoint.id)
        marks = list(self._session.scalars(newest.limit(1)))
        self.numbered(mark.seq for mark in marks)
        return marks

    def numbered(self, numbers: Iterable[int]) -> None:
        """Take the entries with these numbers."""
        self._take_each(EventRow.seq, {n for n in numbers if n > 0} - set(self.entries))

    def _of_the_work(self) -> list[EventRow]:
        return [entry for entry in self.entries.values() if entry.subject in self._about]

    def _rows_of_the_work(self) -> set[str]:
        """Rows that entries about the work recorded."""
        rows = {row for entry in self._of_the_work() for row in tree.rows_of(entry.rows)}
        return {row for row in rows if Subject.parse(row).kind in OF_ONE}

    def _naming_trees(self, number: int) -> Iterable[EventRow]:
        kinds = (Event.LEDGER_TREE, Event.LEDGER_CHECKPOINT)
        near = EventRow.seq.between(number - NEAR, number)
        return self._session.scalars(
            select(EventRow)
            .where(of_chain(EventRow, self._chain), EventRow.kind.in_(kinds), near)
            .order_by(EventRow.seq.desc())
        )

    def _recorded(self, rows: Iterable[str]) -> dict[str, list[int]]:
        return tree.recorded_in(self._session, self._chain, rows, self._size)

    def _take_each(
        self,
        column: object,
        values: set[str] | set[int],
        *which: ColumnElement[bool],
    ) -> None:
        told, chain = sorted(values), of_chain(EventRow, self._chain)
        for first in range(0, len(told), PIECE):
            among = column.in_(told[first : first + PIECE])  # type: ignore[attr-defined]
            # No bound on the number here: SQLite would read the whole chain up to it.
            found = self._session.scalars(select(EventRow).where(chain, among, *which))
            self.entries |= {entry.seq: entry for entry in found if entry.seq <= self._size}


def _size_of(entry: EventRow) -> int:
    """Size of the tree that an entry names; 0 when it names none."""
    data = read_data(entry.data)
    return int(data["size"]) if names_a_tree(entry.kind, data) else 0


def _hex(hashes: Iterable[bytes]) -> list[str]:
    return [one.hex() for one in hashes]
