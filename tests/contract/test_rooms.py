"""The architecture page is what the folders are: the same rooms on the floors where they are drawn."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLOORS = {
    "domain": ROOT / "examday" / "domain",
    "services": ROOT / "examday" / "services",
    "web": ROOT / "examday" / "web",
    "templates": ROOT / "templates",
    "tests": ROOT / "tests",
}
NO_ROOMS = {
    "domain": {"errors", "events", "hash_tree", "identity", "messages", "numbers"},
    "services": {"unit_of_work"},
    "web": {
        *("access", "acts", "addresses", "app", "errors", "forms", "health", "help"),
        *("next_steps", "no_room", "security", "serve", "session", "shell", "static", "words"),
    },
    "templates": {"base", "error", "ui", "help", "forms", "print"},
    "tests": {"contract", "browser", "fixtures", "vendor", "reading", "scenes", "soak", "station"},
}
"""What stands on a floor and serves all rooms, so has no room of its own."""


def drawn() -> dict[str, set[str]]:
    """Floor → rooms that the page draws on it."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    lines = page[page.index("| Room |") :].splitlines()
    floors = [cell.strip() for cell in lines[0].strip("|").split("|")][2:]
    found: dict[str, set[str]] = {floor: set() for floor in floors}
    for line in lines[2:]:
        if not line.startswith("|"):
            break
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        for floor, cell in zip(floors, cells[2:], strict=True):
            if cell:
                found[floor].add(cells[0].strip("`"))
    return found


def built(floor: str) -> set[str]:
    """Rooms that are there: folders with something in them, and modules that are a room alone."""
    folder = FLOORS[floor]
    ending = ".html" if floor == "templates" else ".py"
    folders = {
        path.name for path in folder.iterdir() if path.is_dir() and any(path.rglob("*" + ending))
    }
    modules = {path.stem for path in folder.glob("*" + ending)} if floor != "tests" else set()
    return {name for name in folders | modules if not name.startswith("_")} - NO_ROOMS[floor]


@pytest.mark.parametrize("floor", FLOORS)
def test_each_floor_has_the_rooms_that_are_drawn(floor: str) -> None:
    assert built(floor) == drawn()[floor]


@pytest.mark.parametrize("floor", FLOORS)
def test_what_serves_all_rooms_is_there(floor: str) -> None:
    there = {path.stem if path.is_file() else path.name for path in FLOORS[floor].iterdir()}
    assert NO_ROOMS[floor] - there <= {"print", "forms"}  # layouts and print templates are no .html


def test_no_room_is_a_crowd() -> None:
    """More than about a dozen modules flat, and a word no longer finds a thing."""
    crowded = {
        f"{floor}/{path.name}": count
        for floor in ("domain", "services", "web")
        for path in FLOORS[floor].iterdir()
        if path.is_dir() and (count := len(list(path.glob("[!_]*.py")))) > 12
    }
    assert not crowded, (
        f"more than twelve modules flat: {crowded}. Put those of one trade of the room into a folder "
        "with a word of its own, or the new lines into the module that they belong to."
    )


def test_paths_that_the_page_names_are_there() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(
        re.findall(
            r"`((?:examday|services|domain|web|storage|reading|paper|tests)/[\w/.]+\.py)", page
        )
    )
    assert len(named) > 10
    missing = {
        path
        for path in named
        if not (ROOT / path).exists() and not (ROOT / "examday" / path).exists()
    }
    assert missing == set()


def test_functions_that_the_page_names_are_there() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"`([\w/]+\.py):(\w+)`", page)
    assert named
    for path, name in named:
        file = next(f for f in (ROOT / path, ROOT / "examday" / path) if f.exists())
        tree = ast.parse(file.read_text(encoding="utf-8"))
        names = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef)}
        names |= {
            t.id
            for n in ast.walk(tree)
            if isinstance(n, ast.Assign)
            for t in n.targets
            if isinstance(t, ast.Name)
        }
        names |= {
            n.target.id
            for n in ast.walk(tree)
            if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)
        }
        assert name in names, f"{path}:{name}"
