"""Every use case that is given a row and writes holds the row first; after the check of a secret
it holds anew."""

import ast
from collections.abc import Iterator
from pathlib import Path

SERVICES = Path(__file__).parents[2] / "examday" / "services"
HOLDS = {"hold", "hold_all", "queue"}
WRITES = {"add", "record", "enqueue"}
WITHOUT_A_ROOT: dict[str, str] = {
    "braille.notes.note": "an entry of its own: nothing is decided",
    "braille.notes.record_refusal": "an entry of its own: nothing is decided",
    "custody.papers.make": "makes a new thing; its code comes from a random id and is unique in the database",
    "packing.packets.open_packet": "makes a new packet: nothing is decided",
    "people.accounts.change_person": "the last word of the head counts; whoever takes a head away waits in line",
    "people.accounts.disable": "one switch; whoever takes a head away waits in line",
    "people.accounts.enable": "one switch",
    "people.accounts.reset_secret": "the last word counts",
    "people.own_secrets.set_own_secrets": "the last word counts",
    "people.log_in.come_back": "`check_secret` holds the person first",
    "people.sessions.start": "makes a new log-in; ends no other than that of this browser",
    "people.sessions.mark_seen": "one time of one log-in: the last word counts",
    "people.log_in.check_secret": "holds the person itself, and counts the tries",
}
"""Use cases that need no hold of their own, each with the reason."""


def functions() -> dict[str, ast.FunctionDef]:
    """Every function of the services that works in a unit of work, as «module.name»."""
    found = {}
    for path in SERVICES.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if (
                isinstance(node, ast.FunctionDef)
                and node.args.args
                and node.args.args[0].arg == "uow"
            ):
                found[f"{room_and_module(path)}.{node.name}"] = node
    return found


def room_and_module(path: Path) -> str:
    """«transfer.signing»: the room and the module, as imports name them below `examday.services`."""
    return ".".join(path.relative_to(SERVICES).with_suffix("").parts)


ALL = functions()


def calls(module: str, node: ast.FunctionDef) -> Iterator[str]:
    """What a function calls, in the order of the text: «uow.hold», «uow.session»,
    «readings.locked» …"""
    found = sorted(
        (c for c in ast.walk(node) if isinstance(c, ast.Call)),
        key=lambda c: (c.end_lineno, c.end_col_offset),
    )
    for call in found:
        said = ast.unparse(call.func)
        if said.startswith("uow."):
            yield "uow.session" if said.startswith("uow.session.") else said
        elif f"{module}.{said}" in ALL:
            yield f"{module}.{said}"
        elif (known := resolved(module, said)) in ALL:
            yield known


def resolved(module: str, said: str) -> str:
    """What a call in `module` means: its first word may be a name or a module that was imported."""
    first, dot, rest = said.partition(".")
    return IMPORTED[module].get(first, first) + dot + rest


def imports() -> dict[str, dict[str, str]]:
    """Module → name it imports from another service → «module.name»."""
    found: dict[str, dict[str, str]] = {}
    for path in SERVICES.rglob("*.py"):
        found[room_and_module(path)] = {
            alias.asname or alias.name: f"{node.module}.{alias.name}".removeprefix(
                "examday.services."
            )
            for node in ast.parse(path.read_text(encoding="utf-8")).body
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        }
    return found


IMPORTED = imports()
CALLS = {key: list(calls(key.rpartition(".")[0], node)) for key, node in ALL.items()}


def reaching(direct: set[str]) -> set[str]:
    """The functions that do one of `direct`, themselves or through others."""
    found: set[str] = set()
    while True:
        more = {
            key for key, said in CALLS.items() if key not in found and (found | direct) & set(said)
        }
        if not more:
            return found
        found |= more


HOLDERS, WRITERS = (
    reaching({f"uow.{name}" for name in HOLDS}),
    reaching({f"uow.{name}" for name in WRITES}),
)


def fault(key: str) -> str:
    """What is wrong with a use case that is given the key of a row; "" when it holds. Before the
    hold nothing is written, and after the check of a secret, which ends the transaction, it holds
    anew."""
    said = CALLS[key]
    if "people.log_in.check_secret" in said:
        said = said[len(said) - said[::-1].index("people.log_in.check_secret") :]
    for one in said:
        if one in HOLDERS or one.removeprefix("uow.") in HOLDS:
            return ""
        if one.removeprefix("uow.") in WRITES or one in WRITERS:
            return f"{key} writes ({one}) before it holds"
    return f"{key} never holds"


def test_the_lists_are_not_empty() -> None:
    assert len(WRITERS) > 60 and len(HOLDERS) > 40
    assert {
        "appeals.decision.signatures.sign",
        "appeals.registration.register",
        "packing.works.pack",
        "transfer.signing.sign",
    } <= WRITERS & HOLDERS


def test_every_use_case_that_writes_holds_its_root_first() -> None:
    keyed = [
        key
        for key in sorted(WRITERS)
        if not key.rpartition(".")[2].startswith("_")
        and any(arg.arg.endswith("_id") for arg in ALL[key].args.args[1:2])
        and not key.startswith("training.")
    ]
    assert len(keyed) > 40
    assert [told for key in keyed if key not in WITHOUT_A_ROOT and (told := fault(key))] == []


def test_the_exceptions_are_there() -> None:
    assert sorted(set(WITHOUT_A_ROOT) - set(ALL)) == []


def test_locks_are_taken_in_one_place() -> None:
    told = [
        f"{path.name}:{number}"
        for path in SERVICES.rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if "with_for_update" in line
        and path.name not in ("unit_of_work.py", "log_in.py", "outbox.py", "intake.py")
    ]
    assert told == []
