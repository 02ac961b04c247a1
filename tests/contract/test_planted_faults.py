"""The list of planted faults fits the code: `make mutate-trust` plants what it says it plants."""

import ast
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import mutate_trust
from mutate import ROOT

FAULTS = mutate_trust.read()


def test_there_are_faults_enough_and_none_twice() -> None:
    assert len({(f["file"], f["old"]) for f in FAULTS}) == len(FAULTS) >= 40


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault["what"])
def test_a_fault_can_be_planted_and_its_test_is_there(fault: mutate_trust.Fault) -> None:
    text = (ROOT / fault["file"]).read_text(encoding="utf-8")
    assert text.count(fault["old"]) == 1
    ast.parse(text.replace(fault["old"], fault["new"]))
    path, _, name = fault["test"].partition("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert name in {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
