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
LOOKS = {"uow.get", "uow.session", "uow.count"}
CHAIN = "ledger.writing.wait"
"""Holds the last entry of a chain: nothing is written to it without."""
PROOF = "people.log_in.prove_oneself"
PROVES = {PROOF, "people.log_in.enter"}
WORKPLACES = {"UnitOfWork", "Store", "Session"}
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
    "braille.notes.incident": "an entry of its own: nothing is decided",
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
    "training.rehearsal.trial.Trial.__init__": "the same",
    "training.region.day.CaseTrial.__init__": "the same",
    "training.region.day.enter_real": "the same",
    "training.region.day.write_on": "a new mark beside the last entry of a station in which nobody works",
}
"""Use cases that need no hold of their own, each with the reason: a new one has to be argued
for."""
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
    "training.region.orders.obey": "reads the order's text as the page does; carrying it out holds",
    "training.region.orders.obey_rules": "the same",
    "transfer.offers.next_work": "looks for a free work; taking it holds it and looks again",
}
"""Use cases that look at something before they hold, each with the reason: a new one has to be
argued for."""

ROWS = {mapper.class_.__name__ for mapper in Base.registry.mappers} & (
    set(vars(tables))
    | set(vars(tables_appeal))
    | set(vars(tables_braille))
    | set(vars(tables_log_in))
)
"""The tables' classes: who is given one of them was given a row that its caller has held."""


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
            f"{module}.{name}": node
            for module, tree in trees.items()
            for name, node in functions(tree)
        }
        self.imported = {
            f"{module}{scope}": imports(tree)
            for module, tree in trees.items()
            for scope in ("", *(f".{n.name}" for n in tree.body if isinstance(n, ast.ClassDef)))
        }
        self.calls = {
            key: list(self._calls(key.rpartition(".")[0], node)) for key, node in self.all.items()
        }
        self.holders = self.reaching({f"uow.{name}" for name in HOLDS}) | {CHAIN}
        self.writers = self.reaching({f"uow.{name}" for name in WRITES} | {"write"})
        self.lookers = self.reaching(LOOKS)

    def room_and_module(self, path: Path) -> str:
        """«transfer.signing»: room and module, as imports name them below `examday.services`."""
        return ".".join(path.relative_to(self.folder).with_suffix("").parts)

    def _calls(self, module: str, node: ast.FunctionDef) -> Iterator[str]:
        """What a function calls, in the order in which it is done: «begin», «uow.hold», «write»,
        «uow.session», «readings.locked» …"""
        stores = "|".join({"store", *(a.arg for a in given(node) if "Store" in types_in(a))})
        for call, told in spelled(node):
            said = re.sub(r"^(self\.uow|session)\.", own_name, told)
            if re.fullmatch(rf"(.*\.)?({stores})(\.at\(.*\))?\.(begin|read)", said):
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
        if said.startswith("self."):
            return f"{module}{said.removeprefix('self')}"
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
            or not any(part.startswith("_") for part in key.split("."))
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
        return ""  # nothing to hold: it only looks


def functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """The functions of a module that work in a unit of work, a session or a store, and the methods
    of classes that are given one or keep one, as «name» and «Class.name»."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and types_of(node) & WORKPLACES:
            yield node.name, node
        methods = [n for n in getattr(node, "body", []) if isinstance(n, ast.FunctionDef)]
        if isinstance(node, ast.ClassDef) and methods:
            keeps = "self.uow." in ast.unparse(node)
            for method in methods:
                if keeps or types_of(method) & WORKPLACES:
                    yield f"{node.name}.{method.name}", method


def own_name(found: re.Match[str]) -> str:
    """What a class keeps, or a helper is given, is the unit of work or its session."""
    return "uow.session." if found[1] == "session" else "uow."


def given(node: ast.FunctionDef) -> list[ast.arg]:
    """The parameters of a function."""
    return [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]


def types_in(argument: ast.arg) -> set[str]:
    """The names in the type of a parameter, also where it is written as a text."""
    return set(re.findall(r"\w+", ast.unparse(argument.annotation or ast.Constant(""))))


def types_of(node: ast.FunctionDef) -> set[str]:
    """The names of the types of a function's parameters."""
    return {name for argument in given(node) for name in types_in(argument)}


def is_given_an_id(node: ast.FunctionDef) -> bool:
    """Is the first thing after the unit of work the key of a row, or is none of the things by their
    place a row and one by its name a key?"""
    first, places = node.args.args[1:2], node.args.args
    named = [] if any(types_in(argument) & ROWS for argument in places) else node.args.kwonlyargs
    return any(argument.arg.endswith("_id") for argument in [*first, *named])


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
    "counts": """
def planted(uow: UnitOfWork, *, booklet_id: str, room: Room) -> None:
    free = uow.count(room.seats)
    uow.hold(Booklet, booklet_id)
    uow.record(free, booklet_id)
""",
    "asks a helper": """
def planted(uow: UnitOfWork, booklet_id: str) -> None:
    state = _state(uow.session, booklet_id)
    uow.hold(Booklet, booklet_id)
    uow.record(state, booklet_id)


def _state(session: Session, booklet_id: str) -> str:
    return session.scalar(booklet_id)
""",
    "proof": """
from examday.services.people import log_in


def planted(uow: UnitOfWork, booklet_id: str) -> None:
    uow.hold(Booklet, booklet_id)
    log_in.prove_oneself(uow, booklet_id, booklet_id, log_in.Part.ACTS)
    uow.record(booklet_id, booklet_id)
""",
}
"""Use cases that do not hold, each in its own way: the test must find every one of them."""
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


STEPS = HOLDS | WRITES | {"get", "session", "count"}
"""What of a unit of work is read by its name: anything else would pass unseen."""


def other_names(tree: ast.AST) -> Iterator[int]:
    """The lines where a unit of work, or a step of it, gets a name that `Services` does not follow:
    a parameter, a block, an assignment, an import inside a function or without «from»."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield from (
                argument.lineno
                for argument in given(node)
                if "UnitOfWork" in types_in(argument) and argument.arg not in ("uow", "_uow")
            )
            inner = (one for part in node.body for one in ast.walk(part))
            yield from (n.lineno for n in inner if isinstance(n, ast.ImportFrom) and ours(n.module))
        elif isinstance(node, ast.withitem) and isinstance(name := node.optional_vars, ast.Name):
            if re.search(r"\.(begin|read)\((?!.*\)\.)", ast.unparse(node.context_expr)):
                yield from () if name.id == "uow" else (name.lineno,)
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and node.value:
            if re.fullmatch(rf"(self\.)?uow(\.({'|'.join(STEPS)}))?", ast.unparse(node.value)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if {ast.unparse(target) for target in targets} - {"self.uow", "session"}:
                    yield node.lineno
        elif isinstance(node, ast.Import):
            yield from (node.lineno for name in node.names if ours(name.name))


def ours(module: str | None) -> bool:
    """Is it a module of the services?"""
    return (module or "").startswith("examday.services")


def test_a_unit_of_work_goes_by_its_own_name() -> None:
    told = [
        f"{path.relative_to(SERVICES)}:{line}"
        for path in sorted(SERVICES.rglob("*.py"))
        for line in other_names(parsed(path.read_text(encoding="utf-8")))
    ]
    assert [one for one in told if one.partition(":")[0] not in LOADS_LATE] == []


LOADS_LATE = ("jobs/preparation.py",)
"""Imports inside a function what a real day does not need; it begins no transaction around it."""


@pytest.mark.parametrize(
    "hidden",
    [
        "def planted(work: UnitOfWork) -> None:\n    work.get(Booklet, 1)",
        "def planted(work: 'UnitOfWork | None') -> None:\n    pass",
        "with store.at('x').begin(actor) as change:\n    change.get(Booklet, 1)",
        "look = uow.get",
        "self.db = self.uow.session",
        "def planted(uow: UnitOfWork) -> None:\n    from examday.services.people import accounts",
        "import examday.services.people.accounts as made",
    ],
)
def test_another_name_for_a_unit_of_work_is_found(hidden: str) -> None:
    assert list(other_names(ast.parse(hidden)))


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
