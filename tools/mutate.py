"""Plant small faults in the rules (examday/domain) and see whether a test notices each: `make mutate`.

mutmut does the planting, in a copy of the checkout under build/, so that the checkout itself is
never touched. Without arguments all rules are tried against all quick tests, which takes hours;
`make mutate ARGS="rules/calendar --tests tests/rules"` tries one module in minutes.
"""

import argparse
import collections
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / "build" / "mutate"
"""Under build/, which is ignored by git and may be removed at any time."""
QUICK = "not slow and not release"
"""Thousands of runs: a browser or a database server in each would take days."""
NOTICED = {"killed", "timeout", "caught by type check", "segfault", "suspicious"}
"""A test that hangs or dies has noticed as well: nobody would push that."""
CONFIG = """
[tool.mutmut]
source_paths = ["examday"]
only_mutate = {modules}
also_copy = {others}
pytest_add_cli_args = ["-p", "no:cacheprovider", "-W", "default"]
pytest_add_cli_args_test_selection = {tests}
"""


def copy_checkout(into: Path) -> list[str]:
    """Copy the files that belong to the project; the names at its top, without `examday`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    names = [name for name in listed if name and (ROOT / name).is_file()]
    for name in names:
        (into / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, into / name)
    return sorted({name.split("/")[0] for name in names} - {"examday"})


def results(place: Path) -> list[tuple[str, str]]:
    """What became of each planted fault: its name and a word."""
    told = subprocess.run(
        [sys.executable, "-m", "mutmut", "results", "--all", "true"],
        cwd=place,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    pairs = (line.strip().rpartition(": ") for line in told.splitlines() if ": " in line)
    return [(name, word) for name, _colon, word in pairs]


def report(found: list[tuple[str, str]]) -> None:
    """The figure of each module, and the faults that nobody noticed."""
    by_module: dict[str, list[str]] = collections.defaultdict(list)
    for name, word in found:
        by_module[name.rpartition(".")[0]].append(word)
    for module, words in sorted(by_module.items()):
        tried = [word for word in words if word != "not checked"]
        good = sum(word in NOTICED for word in tried)
        share = f"{100 * good / len(tried):.0f} %" if tried else "–"
        print(f"{module}: {good} of {len(tried)} noticed ({share})")
    missed = [name for name, word in found if word not in NOTICED and word != "not checked"]
    for name in missed:
        print(f"not noticed: {name}")
    if missed:
        print(f"Look at one:  cd {PLACE} && {sys.executable} -m mutmut show {missed[0]}")


def main() -> int:
    """Copy, plant, report; 0 when every fault was noticed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="below examday/domain: rules/calendar")
    parser.add_argument(
        "--tests",
        nargs="+",
        default=["tests"],
        help="which tests must notice",
    )
    given = parser.parse_args()
    if PLACE.exists():
        shutil.rmtree(PLACE)
    others = copy_checkout(PLACE)
    chosen = [f"examday/domain/{name.removesuffix('.py')}.py" for name in given.modules]
    config = CONFIG.format(
        modules=chosen or ["examday/domain/*"],
        others=others,
        tests=[*given.tests, "-m", QUICK],
    )
    with (PLACE / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(config)
    ran = subprocess.run(
        [sys.executable, "-m", "mutmut", "run", "--max-children", "2"], cwd=PLACE, check=False
    )
    if ran.returncode:
        return ran.returncode
    found = results(PLACE)
    report(found)
    return int(any(word not in NOTICED for _name, word in found))


if __name__ == "__main__":
    sys.exit(main())
