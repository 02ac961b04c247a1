"""The web presents: what a page needs is read by a service of its room, and no view asks the
database itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from examday.domain import errors

WEB = Path(__file__).parents[2] / "examday" / "web"
NOT_FOR_THE_WEB = (
    "sqlalchemy",
    "examday.storage",
    "examday.reading",
    "examday.braille",
    "examday.paper",
)
"""Whatever these know, the services say."""
QUERIES = frozenset({"session", "get", "hold", "hold_all", "queue", "add", "record", "enqueue"})
"""What a unit of work offers to the services alone: a page that asked the database would pass the
rules by."""

BESIDE_ACTS = {
    "scans/uploading.py:upload": "takes the other files although one of them was refused",
    "braille/cells.py:draw": "a line that is being typed; nothing is kept",
    "session.py:load": "a page that is only looked at must not fail because others write",
    "errors.py:unavailable": "the page of a refusal itself: its frame asks the database too",
    "transfer/offers.py:next_desk": "what was handed in is handed in, whatever the next work says",
}
"""Views that hear a refusal themselves, each with the reason; `web/acts.py` does it for all others."""
REFUSALS = frozenset(
    name
    for name, what in vars(errors).items()
    if isinstance(what, type) and issubclass(what, errors.DomainError)
)


def modules() -> dict[str, ast.Module]:
    """Every module of the web, by its path."""
    paths = {path.relative_to(WEB).as_posix(): path for path in WEB.rglob("*.py")}
    return {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in paths.items()}


def imported(tree: ast.Module) -> Iterator[str]:
    """Everything that a module imports, as «package.module.name»."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def queries(tree: ast.Module) -> Iterator[str]:
    """Where a view takes something of a unit of work that belongs to the services, whatever name
    the view gives it."""
    units = {"uow"} | {
        item.optional_vars.id
        for node in ast.walk(tree)
        if isinstance(node, ast.With)
        for item in node.items
        if isinstance(item.optional_vars, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in QUERIES:
            owner = ast.unparse(node.value)
            if owner in units or owner.endswith((".uow", "_uow")):
                yield f"{node.lineno}: {owner}.{node.attr}"


def hearing(tree: ast.Module) -> Iterator[str]:
    """The functions of a module that catch a refusal, by their names."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if REFUSALS & set(_caught(node)):
                    yield function.name


def _caught(node: ast.AST) -> Iterator[str]:
    """What an `except` or a `suppress` names."""
    named: list[ast.expr] = []
    if isinstance(node, ast.ExceptHandler) and node.type is not None:
        named = [node.type]
    elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
        named = node.args
    for inner in (inner for one in named for inner in ast.walk(one)):
        if isinstance(inner, ast.Name):
            yield inner.id
        elif isinstance(inner, ast.Attribute):
            yield inner.attr


def test_a_refusal_becomes_a_page_in_one_place() -> None:
    heard = {
        f"{name}:{function}"
        for name, tree in modules().items()
        for function in hearing(tree)
        if name != "acts.py"
    }
    # An inner function is named beside the view that holds it.
    assert heard - {"braille/cells.py:doubts", "braille/cells.py:line"} == set(BESIDE_ACTS)


@pytest.mark.parametrize(
    "caught", ["NotFound", "(KeyError, NotFound)", "(OSError, errors.Conflict)"]
)
def test_a_view_that_heard_refusals_itself_would_be_named(caught: str) -> None:
    tree = ast.parse(
        "def page():\n"
        "    try:\n"
        "        return step()\n"
        f"    except {caught} as error:\n"
        "        return str(error)\n"
        "def quiet():\n"
        f"    with contextlib.suppress({caught}):\n"
        "        return step()\n"
    )
    assert list(hearing(tree)) == ["page", "quiet"]


def test_the_views_import_nothing_that_reads_for_itself() -> None:
    wrong = {
        name: found
        for name, tree in modules().items()
        if (
            found := [
                what
                for what in imported(tree)
                if any(what == no or what.startswith(no + ".") for no in NOT_FOR_THE_WEB)
            ]
        )
    }
    assert wrong == {}


def test_no_view_asks_the_database_itself() -> None:
    wrong = {name: found for name, tree in modules().items() if (found := list(queries(tree)))}
    assert wrong == {}


def test_a_view_that_queried_would_be_named() -> None:
    tree = ast.parse(
        "from examday.storage.tables import Booklet\n"
        "def page(uow):\n"
        "    with store().read() as work:\n"
        "        work.session.scalars(2)\n"
        "    return uow.get(Booklet, '1'), uow.session.scalars(1)\n"
    )
    assert list(imported(tree)) == ["examday.storage.tables.Booklet"]
    assert sorted(queries(tree)) == ["4: work.session", "5: uow.get", "5: uow.session"]
