"""States are members of closed lists: no module spells one out, and none that was stored is lost."""

import ast
from pathlib import Path

import pytest

from examday.domain.appeals.case import CASE_NAMES, CaseState
from examday.domain.appeals.reprocessing import StepState
from examday.domain.custody.kit import ThingState
from examday.domain.custody.lifecycle import STATE_NAMES, State
from examday.domain.scans.pages import PAGE_STATE_NAMES, SCAN_STATE_NAMES, PageState, ScanState
from tests.program import nodes

ROOT = Path(__file__).parents[2]


def _is_state(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "state"


def _texts(node: ast.expr | None) -> list[str]:
    """The string literals of a value: one, or those of a tuple or list."""
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return [text for part in node.elts for text in _texts(part)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def _spelled(path: Path) -> list[tuple[int, str]]:
    """Literals that are compared with, or assigned to, something named `state`."""
    found: list[tuple[int, str]] = []
    for node in nodes(path):
        texts: list[str] = []
        if isinstance(node, ast.Compare) and _is_state(node.left):
            texts = [text for other in node.comparators for text in _texts(other)]
        elif (
            isinstance(node, ast.Assign)
            and any(map(_is_state, node.targets))
            or isinstance(node, ast.keyword)
            and node.arg == "state"
        ):
            texts = _texts(node.value)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("state.in_"):
            texts = [text for argument in node.args for text in _texts(argument)]
        found += [(node.lineno, text) for text in texts if hasattr(node, "lineno")]
    return found


def test_no_module_spells_a_state_out() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line} {text}"
        for path in sorted((ROOT / "examday").rglob("*.py"))
        for line, text in _spelled(path)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("states", "names"),
    [
        (State, STATE_NAMES),
        (CaseState, CASE_NAMES),
        (ScanState, SCAN_STATE_NAMES),
        (PageState, PAGE_STATE_NAMES),
    ],
)
def test_each_state_has_words(states: type, names: dict[str, str]) -> None:
    assert set(names) == set(states)


def test_states_are_stored_as_they_always_were() -> None:
    assert set(ThingState) == {
        *("in_use", "sealed", "handed_over", "emptied", "spoiled", "not_used"),
    }
    assert set(ScanState) == {"queued", "postponed", "done", "duplicate", "quarantined"}
    assert set(PageState) == {"attached", "exception", "rejected"}
    assert set(StepState) == {"open", "done", "skipped"}
