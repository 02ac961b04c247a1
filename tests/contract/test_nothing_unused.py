"""Nothing stands in the program that the program does not use: what tests alone call is no part of it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.program import nodes, tree

ROOT = Path(__file__).parents[2]
MIGRATIONS = ROOT / "examday" / "storage" / "migrations"
CALLED_FROM_OUTSIDE = {
    "examday.cli.CLICK_WORDS": "what click itself says, for the catalogues",
    "examday.resources.VERIFIER": "where an installed station has the file that outsiders are given",
    "examday.storage.tables_indexes.INDEXES": "an index hangs itself on its table",
    "examday.web.serve.region": "gunicorn's command in docker-compose.yml",
}
READERS = {f"examday.services.recognition.{reader}" for reader in ("braille", "ink", "typed")}
"""Their functions are called through the list of readers, so nothing names them."""
GIVEN_OUT = frozenset({"fixture", "cache", "contextmanager", "lru_cache"})
"""Decorators that leave a function to be called by name. Others hand it to a framework, so it is
used."""


def modules() -> dict[str, Path]:
    """The modules of the program by their dotted names."""
    files = [file for room in ("examday", "workers") for file in (ROOT / room).rglob("*.py")]
    return {dotted(file): file for file in files if MIGRATIONS not in file.parents}


def dotted(file: Path) -> str:
    """The name by which a file is imported."""
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(file: Path) -> Iterator[tuple[str, str]]:
    """What a module brings in: own name → dotted name."""
    for node in nodes(file):
        if isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                yield name.asname or name.name, f"{node.module}.{name.name}"
        elif isinstance(node, ast.Import):
            for name in node.names:
                yield name.asname or name.name, name.name


def named_in(file: Path, known: dict[str, Path]) -> Iterator[str]:
    """Dotted names of everything that a module names, its own things outside their definition too."""
    brought, module = dict(imports(file)), dotted(file)
    yield from (full for full in brought.values() if full not in known)
    for top in tree(file).body:
        for node in ast.walk(top):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                yield f"{brought.get(node.value.id)}.{node.attr}"
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                # Children are told what to call as "module:function", or by its name here.
                yield from (node.value.replace(":", "."), f"{module}.{node.value}")
            elif isinstance(node, ast.Name) and node.id != getattr(top, "name", None):
                yield from [f"{module}.{node.id}"] * isinstance(node.ctx, ast.Load)


def defined_in(file: Path) -> Iterator[str]:
    """Functions, classes and constants of a module that somebody has to call by name."""
    for top in tree(file).body:
        if isinstance(top, ast.FunctionDef):
            how = {ast.unparse(d).split("(")[0].split(".")[-1] for d in top.decorator_list}
            if how <= GIVEN_OUT:
                yield top.name
        elif isinstance(top, ast.ClassDef):
            yield top.name
        elif isinstance(top, ast.Assign | ast.AnnAssign):
            targets = top.targets if isinstance(top, ast.Assign) else [top.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name))


def test_everything_in_the_program_is_used_by_the_program() -> None:
    known = modules()
    others = [*(ROOT / "tools").rglob("*.py"), *MIGRATIONS.rglob("*.py")]
    used = {name for file in [*known.values(), *others] for name in named_in(file, known)}
    unused = {
        f"{module}.{name}"
        for module, file in known.items()
        if module not in READERS
        for name in defined_in(file)
        if not name.startswith("__") and f"{module}.{name}" not in used
    }
    outside = set(CALLED_FROM_OUTSIDE)
    assert unused == outside, (
        f"called by nothing but tests: {sorted(unused - outside)}: use it or delete it; what another "
        f"program calls stands in CALLED_FROM_OUTSIDE. There and used, or gone: {sorted(outside - unused)}"
    )


def spoken() -> str:
    """All text in which a class of the style sheets can be named, but the sheets themselves."""
    kinds = {".html", ".py", ".js", ".md"}
    folders = (ROOT / "templates", ROOT / "examday", ROOT / "docs" / "help")
    files = [file for folder in folders for file in folder.rglob("*") if file.suffix in kinds]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def test_every_class_of_the_style_sheets_is_on_some_page() -> None:
    words = set(re.findall(r"[\w-]+", spoken()))
    stems = {word for word in words if word.endswith("-")}
    for sheet in (ROOT / "examday" / "web" / "static" / "css").glob("*.css"):
        plain = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
        selectors = " ".join(re.findall(r"([^{}]+)\{", plain))
        classes = set(re.findall(r"\.([a-zA-Z][\w-]*)", selectors)) - words
        # `src-{{ side }}` and the like: the page writes the end.
        assert not {name for name in classes if not name.startswith(tuple(stems))}, sheet.name


def test_every_macro_is_called() -> None:
    files = (ROOT / "templates").rglob("*.html")
    # A call in a comment counts for nothing: it shows how it is done, and does nothing.
    texts = [
        re.sub(r"\{#.*?#\}", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        for file in files
    ]
    names = [name for text in texts for name in re.findall(r"{%-? macro (\w+)", text)]
    calls = re.findall(r"(?<!macro )\b(\w+)\(", "\n".join(texts))
    assert set(names) <= set(calls)
