"""Each use case holds its root before it looks at anything and before it writes; after the check of
a secret, which ends the transaction, it holds anew.

A use case is a public function of the services that works in a unit of work, writes, and is given
no row by its caller: whoever hands a row on has it already.
"""

import ast
import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from examday.storage import tables, tables_appeal, tables_braille, tables_log_in
from examday.storage.base import Base

SERVICES = Path(__file__).parents[2] / "examday" / "services"
HOLDS = {"hold", "hold_all", "queue"}
WRITES = {"add", "record", "enqueue"}
SESSION_WRITES = {"add", "add_all", "delete", "merge", "bulk_save_objects"}
LOOKS = {"uow.get", "uow.session"}
PROOF = "people.log_in.prove_oneself"
PROVES = {PROOF, "people.log_in.enter"}
WITHOUT_A_ROOT: dict[str, str] = {
    "appeals.papers.kit_pictures.kit": "prints: nothing is decided, a checkpoint is made",
    "appeals.papers.letters.notice": "prints",
    "appeals.papers.letters.receipt": "prints",
    "appeals.papers.plain.kit_text": "prints",
    "appeals.papers.order_paper.order": "prints",
    "appeals.papers.plain.paper_text": "prints",
    "appeals.papers.print_outs.base": "prints",
    "appeals.papers.print_outs.of_case": "prints",
    "appeals.papers.protocol_paper.protocol": "prints",
    "appeals.papers.year.report": "prints",
    "printing.prints.make": "prints",
    "printing.prints.labels_of_works": "prints",
    "printing.room.make": "prints",
    "printing.room._make_one": "prints",
    "ledger.checkpoints.checkpoint": "a new mark beside the last entry, which never changes",
    "ledger.checkpoints.checkpoint_now": "the same",
    "braille.notes.keep": "an entry of its own: nothing is decided",
    "braille.notes.note": "an entry of its own: nothing is decided",
    "braille.notes.record_refusal": "an entry of its own: nothing is decided",
    "custody.papers.make": "makes a new thing; its code comes from a random id and is unique in the database",
    "packing.packets.open_packet": "makes a new packet: nothing is decided",
    "people.accounts.new_person": "makes a new account; its login is unique in the database",
    "people.accounts.add_person": "makes a new account; its login is unique in the database",
    "people.sessions.end_sessions": "throws log-ins away: who logs in meanwhile is looked at anew at each page",
    "people.sessions.start": "makes a new log-in; ends no other than that of this browser",
    "appeals.keeping.removal.report_failed": "an entry of its own: nothing is decided",
    "people.log_in.come_back": "the act that proves somebody holds the person first",
    "people.log_in.enter": "holds the person itself, and counts the tries",
    "people.log_in.enter_anew": "the act that proves somebody holds the person first",
    "people.log_in.prove_oneself": "holds the person itself, and counts the tries",
    "plan.files.note": "an entry of its own: nothing is decided",
    "plan.tables.kept.keep": "makes a new upload: nothing is decided",
    "plan.proposals.proposal.writing": "proposes rows; whoever brings them in waits in line (plan.tables.sets)",
    "plan.proposals.exams.exams": "the same",
    "plan.proposals.rooms.rooms": "the same",
    "ledger.bundle.export": "an entry of its own; the bundle says at which entry it ends",
    "travel.incoming.arrivals.note": "whoever takes a bundle in holds its station",
    "travel.incoming.copies.copy_people": "the same",
    "travel.incoming.marks.write_marks": "the same",
    "travel.orders.obeying.note": "whoever carries an order out holds what it is about",
    "travel.waiting.keeping.keep": "makes a new delivery: nothing is decided",
    "training.earlier_day.earlier_booklet": "prepares a data folder in which nobody works yet",
    "training.demo_day.seed": "the same",
    "training.rehearsal.protocol.write_protocol": "a new entry and its print-out",
    "training.demo_log_ins.let_everybody_in": "prepares a data folder in which nobody works yet",
    "training.rehearsal.day.make_booklet": "the same",
    "training.rehearsal.day.open_accounts": "the same",
}
"""Use cases that need no hold of their own, each with the reason."""
LOOKS_BEFORE: dict[str, str] = {
    "recognition.forms.readings.keep": "asks whose page it is to hold both in order, and once more after",
    "scans.matching.match_again": "asks whose page it is to hold both in order, and once more after",
    "scans.deciding.as_before.attach_as_before": "the same",
    "scans.deciding.stated_size.say_size": "asks whose pages they are to hold them in order, and once more after",
    "scans.deciding.whole_stack.accept_stack": "asks whose stack it is to hold both in order, and once more after",
    "appeals.decision.centre.take_in_table": "a table is read in a child before the database is held; the "
    "exam of an appeal and its tasks never change",
    "appeals.keeping.retention.destroy": "asks for the ids of the works that it holds; roles of the second "
    "person are those at the moment of the secret",
    "board.closing.close": "asks for the ids of the exams that it holds",
    "braille.release.free": "asks for the ids of the works that it holds",
    "packing.single_things.take_out": "asks where the thing lies to hold both in order, and once more after",
    "packing.handing_over.hand_over": "asks for the ids of the works that it holds, and once more after",
    "transfer.desks.answers_confirmed.take_all": "looks for free works; taking each holds it and looks again",
    "transfer.offers.next_work": "looks for a free work; taking it holds it and looks again",
}
"""Use cases that look at something before they hold, each with the reason."""

ROWS = {mapper.class_.__name__ for mapper in Base.registry.mappers} & (
    set(vars(tables))
    | set(vars(tables_appeal))
    | set(vars(tables_braille))
    | set(vars(tables_log_in))
)
"""The tables' classes: who is given one of them was given a row that its caller has."""


@cache
def parsed(text: str) -> ast.Module:
    """The tree of a module; most modules are the same in each of the planted copies."""
    return ast.parse(text)


@cache
def spelled(node: ast.FunctionDef) -> list[tuple[ast.Call, str]]:
    """The calls of a function in the order in which they are done, and what each of them calls."""
    found = sorted(
        (c for c in ast.walk(node) if isinstance(c, ast.Call)),
        key=lambda c: (c.end_lineno or 0, c.end_col_offset or 0),
    )
    return [(call, ast.unparse(call.func)) for call in found]


class Services:
    """The functions of the services that work in a unit of work or open one in a store, and what
    each of them calls."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        trees = {
            self.room_and_module(path): parsed(path.read_text(encoding="utf-8"))
            for path in sorted(folder.rglob("*.py"))
        }
        self.all = {
            f"{module}.{node.name}": node
            for module, tree in trees.items()
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and types_of(node) & {"UnitOfWork", "Store"}
        }
        self.imported = {module: imports(tree) for module, tree in trees.items()}
        self.calls = {
            key: list(self._calls(key.rpartition(".")[0], node)) for key, node in self.all.items()
        }
        self.holders = self.reaching({f"uow.{name}" for name in HOLDS})
        self.writers = self.reaching({f"uow.{name}" for name in WRITES} | {"write"})
        self.lookers = self.reaching(LOOKS)

    def room_and_module(self, path: Path) -> str:
        """«transfer.signing»: room and module, as imports name them below `examday.services`."""
        return ".".join(path.relative_to(self.folder).with_suffix("").parts)

    def _calls(self, module: str, node: ast.FunctionDef) -> Iterator[str]:
        """What a function calls, in the order in which it is done: «begin», «uow.hold», «write»,
        «uow.session», «readings.locked» …"""
        for call, said in spelled(node):
            if re.fullmatch(r"(\w+\.)*store\.(begin|read)", said):
                yield "begin"
            elif any(keyword.arg == "with_for_update" for keyword in call.keywords):
                yield "uow.hold"
            elif said.startswith("uow.session."):
                yield "write" if said.split(".")[2] in SESSION_WRITES else "uow.session"
            elif said.startswith("uow."):
                yield said
            elif f"{module}.{said}" in self.all:
                yield f"{module}.{said}"
            elif (known := self._resolved(module, said)) in self.all:
                yield known

    def _resolved(self, module: str, said: str) -> str:
        """What a call means: its first word may be a name or a module that was imported."""
        first, dot, rest = said.partition(".")
        return self.imported[module].get(first, first) + dot + rest

    def reaching(self, direct: set[str]) -> set[str]:
        """The functions that do one of `direct`, themselves or through others."""
        found: set[str] = set()
        while True:
            more = {
                key
                for key, said in self.calls.items()
                if key not in found and (found | direct) & set(said)
            }
            if not more:
                return found
            found |= more

    def use_cases(self) -> list[str]:
        """Functions that write and open a transaction of their own, or are public and were given
        no row (or the id of one all the same)."""
        return [
            key
            for key in sorted(self.writers)
            if "begin" in self.calls[key]
            or not key.rpartition(".")[2].startswith("_")
            and not self._is_of_a_store(key)
            and (not types_of(self.all[key]) & ROWS or is_given_an_id(self.all[key]))
        ]

    def _is_of_a_store(self, key: str) -> bool:
        """Does it open its own transactions, whatever its caller is in?"""
        return key in self.all and "Store" in types_of(self.all[key])

    def fault(self, key: str, may_look: bool = False) -> str:
        """What is wrong with a use case; "" when it holds first, in each of its transactions."""
        own = [one for one in self.calls[key] if not self._is_of_a_store(one)]
        for said in transactions(own):
            if told := self._fault(key, said, may_look):
                return told
        return ""

    def _fault(self, key: str, said: list[str], may_look: bool) -> str:
        looks = ""
        for one in said:
            if one.removeprefix("uow.") in HOLDS or one in self.holders:
                return looks
            if one == "write" or one.removeprefix("uow.") in WRITES or one in self.writers:
                return f"{key} writes ({one}) before it holds"
            if not may_look and not looks and (one in LOOKS or one in self.lookers):
                looks = f"{key} looks ({one}) before it holds"
        return ""  # nothing was written: a look alone


def types_of(node: ast.FunctionDef) -> set[str]:
    """The names of the types of a function's parameters."""
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    notes = [argument.annotation for argument in arguments if argument.annotation is not None]
    return {n.id for note in notes for n in ast.walk(note) if isinstance(n, ast.Name)}


def is_given_an_id(node: ast.FunctionDef) -> bool:
    """Is the first thing after the unit of work the key of a row?"""
    return any(argument.arg.endswith("_id") for argument in node.args.args[1:2])


def imports(tree: ast.Module) -> dict[str, str]:
    """Name that a module imports from another service → «module.name»."""
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}".removeprefix("examday.services.")
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def transactions(said: list[str]) -> Iterator[list[str]]:
    """The calls of each transaction: a store begins one, the check of a secret ends one."""
    part: list[str] = []
    for one in said:
        if one == "begin":
            yield part
            part = []
        elif one in PROVES:
            part = []  # nothing may be changed before it: it refuses that itself
        else:
            part.append(one)
    yield part


@pytest.fixture(scope="module")
def services() -> Services:
    """The services as they are."""
    return Services(SERVICES)


def test_the_lists_are_not_empty(services: Services) -> None:
    assert len(services.writers) > 60 and len(services.holders) > 40
    assert len(services.use_cases()) > 80
    assert {
        "appeals.decision.signatures.sign",
        "appeals.registration.register",
        "packing.works.pack",
        "transfer.signing.sign",
    } <= services.writers & services.holders


def test_every_use_case_holds_its_root_before_it_looks(services: Services) -> None:
    told = [
        said
        for key in services.use_cases()
        if key not in WITHOUT_A_ROOT and (said := services.fault(key, key in LOOKS_BEFORE))
    ]
    assert told == []


def test_every_exception_is_one(services: Services) -> None:
    """An exception that is no longer needed hides the next fault."""
    cases = services.use_cases()
    assert [key for key in WITHOUT_A_ROOT if key not in cases or not services.fault(key)] == []
    assert [key for key in LOOKS_BEFORE if key not in cases or not services.fault(key)] == []


HOLDLESS = {
    "looks": """
def planted(uow: UnitOfWork, booklet_id: str) -> None:
    row = uow.get(Booklet, booklet_id)
    uow.hold(Booklet, booklet_id)
    uow.record(row.state, row.id)
""",
    "writes": """
def planted(uow: UnitOfWork, what: str) -> None:
    uow.record(what, what)
""",
    "passes it on": """
def planted(uow: UnitOfWork, what: str) -> None:
    _inner(uow, what)


def _inner(uow: UnitOfWork, what: str) -> None:
    uow.add(what)
""",
    "in a store": """
def planted(store: Store, what: str) -> None:
    with store.begin(what) as uow:
        uow.hold(Booklet, what)
    with store.begin(what) as uow:
        row = uow.session.scalar(what)
        uow.record(row, what)
""",
    "proof": """
from examday.services.people import log_in


def planted(uow: UnitOfWork, booklet_id: str) -> None:
    uow.hold(Booklet, booklet_id)
    log_in.prove_oneself(uow, booklet_id, booklet_id, log_in.Part.ACTS)
    uow.record(booklet_id, booklet_id)
""",
}
"""Use cases that do not hold, each in its own way."""
HOLDING = """
def planted(uow: UnitOfWork, booklet_id: str) -> None:
    row = uow.hold(Booklet, booklet_id)
    uow.record(row.state, row.id)
"""


@pytest.mark.parametrize("way", [*HOLDLESS, "holds"])
def test_a_new_use_case_that_does_not_hold_is_found_in_every_room(tmp_path: Path, way: str) -> None:
    shutil.copytree(SERVICES, tmp_path / "services")
    rooms = sorted({path.parent for path in (tmp_path / "services").rglob("*.py")})
    for room in rooms:
        (room / "planted.py").write_text(HOLDLESS.get(way, HOLDING), encoding="utf-8")
    planted = Services(tmp_path / "services")
    cases = [key for key in planted.use_cases() if key.endswith("planted.planted")]
    assert len(cases) == len(rooms) > 14
    assert all(bool(planted.fault(key)) == (way != "holds") for key in cases)


TAKE_LOCKS = (
    "unit_of_work.py",
    "log_in.py",
    "outbox.py",
    "handing_out.py",
    "placing.py",
    "setting_aside.py",
)
"""Jobs and log-ins have transactions of their own, which hold nothing else."""


def test_locks_are_taken_in_one_place() -> None:
    told = [
        f"{path.name}:{number}"
        for path in SERVICES.rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if "with_for_update" in line and path.name not in TAKE_LOCKS
    ]
    assert told == []
