"""Every file and every test that a page of the documentation names is there."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`((?:[\w.<>-]+/)+[\w.-]+\.(?:py|po|toml|html|typ|md))`")
"""A path with at least one folder; a name alone may stand for many files."""


def test_tests_that_the_documentation_names_are_there() -> None:
    pages = " ".join(page.read_text("utf-8") for page in sorted((ROOT / "docs").glob("*.md")))
    modules = sorted((ROOT / "tests").rglob("test_*.py"))
    sources = "".join(module.read_text("utf-8") for module in modules)
    named = set(re.findall(r"`(test_\w+)`", pages))
    assert len(named) > 50
    assert sorted(name for name in named if f"def {name}(" not in sources) == []


def test_files_that_the_documentation_names_are_there() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    pages = [ROOT / name for name in tracked if re.fullmatch(r"(docs/.*|[A-Z]+)\.md", name)]
    missing = [
        f"{page.relative_to(ROOT)}: {named}"
        for page in pages
        if page.name != "CHANGELOG.md"  # left out, because it tells of files as they were
        for named in NAMED.findall(page.read_text(encoding="utf-8"))
        if "<" not in named and not any(f"/{name}".endswith(f"/{named}") for name in tracked)
    ]
    assert len(pages) > 20
    assert missing == []
