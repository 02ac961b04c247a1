"""Plant each fault of tests/planted_faults.toml and see the test named beside it fail: make mutate-trust

One fault at a time, in a copy of the checkout under build/. A fault is noticed when its test passes
on the untouched copy and fails on the changed one. Exit status 1 when one is not noticed, or a test
fails without any fault.
"""

import argparse
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TypedDict

from mutate import ROOT, copy_checkout

FAULTS = ROOT / "tests" / "planted_faults.toml"
PLACE = ROOT / "build" / "mutate-trust"
"""Under build/, which is ignored by git and may be removed at any time."""
LONGEST_S = 180
"""A test that does not end has noticed as well: nobody would push that."""


class Fault(TypedDict):
    """One fault: what goes wrong and for whom, where, and the test that must notice it."""

    what: str
    file: str
    old: str
    """Stands exactly once in the file, so that the fault is planted where it is meant."""
    new: str
    test: str


def read(path: Path = FAULTS) -> list[Fault]:
    """Return the faults in the order of the file."""
    faults: list[Fault] = tomllib.loads(path.read_text(encoding="utf-8"))["fault"]
    return faults


def passes(*tests: str, say: bool = False) -> bool:
    """Return whether these tests pass in the copy; `say` which do not."""
    how = ["-q", "--tb=no", "--show-capture=no"] if say else ["-x", "-q", "--tb=no"]
    command = [sys.executable, "-m", "pytest", *how, "-p", "no:cacheprovider"]
    # The copy before the installed checkout, for the programs that a test starts too.
    env = os.environ | {"PYTHONPATH": str(PLACE)}
    try:
        done = subprocess.run(
            [*command, *tests],
            cwd=PLACE,
            env=env,
            stdout=None if say else subprocess.DEVNULL,
            timeout=None if say else LONGEST_S,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def noticed(fault: Fault) -> bool:
    """Plant one fault, run its test, and take the fault out again."""
    path = PLACE / fault["file"]
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace(fault["old"], fault["new"]), encoding="utf-8")
    try:
        return not passes(fault["test"])
    finally:
        path.write_text(before, encoding="utf-8")


def main() -> int:
    """Try all faults, or those that `--only` names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="part of the file or of the sentence of a fault")
    only = parser.parse_args().only
    faults = [f for f in read() if only in f["file"] or only in f["what"]]
    copy_checkout(PLACE)
    if not passes(*sorted({f["test"] for f in faults}), say=True):
        print("A named test fails without any fault: mend that first.", file=sys.stderr)
        return 1
    missed = 0
    for fault in faults:
        found = noticed(fault)
        missed += not found
        print("noticed " if found else "MISSED  ", fault["what"], flush=True)
    print(f"{len(faults) - missed} of {len(faults)} planted faults are noticed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
