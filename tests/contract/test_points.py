"""Where the program leaves a trace on the disk is known, and a campaign cuts it off there."""

import ast
from pathlib import Path

import examday
import workers
from tests.soak.use_cases import ELSEWHERE, PLACES

LEAVES_A_TRACE = {"fsync", "link", "replace", "rename", "commit"}
ROOTS = [Path(module.__file__).parent for module in (examday, workers) if module.__file__]


def places() -> set[str]:
    """«act module:function» of every call that a kill or a power cut may tear."""
    found = set()
    for root in ROOTS:
        for path in root.rglob("*.py"):
            module = ".".join(path.relative_to(root.parent).with_suffix("").parts)
            if ".migrations." in module:
                continue
            functions = [
                node
                for node in ast.walk(ast.parse(path.read_text()))
                if isinstance(node, ast.FunctionDef)
            ]
            for function in functions:
                found |= {f"{act} {module}:{function.name}" for act in acts(function)}
    return found


def acts(function: ast.FunctionDef) -> set[str]:
    """What of it stands in this function."""
    found = set()
    for node in ast.walk(function):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        name, owner = node.func.attr, ast.unparse(node.func.value)
        # `replace` and `link` of other things than files are meant by other owners.
        if name in LEAVES_A_TRACE and (
            owner == "os"
            or (name == "rename" and len(node.args) == 1)
            or (name == "commit" and owner == "self.session")
        ):
            found.add(name)
    return found


def test_every_place_that_leaves_a_trace_is_cut_off_by_a_campaign() -> None:
    assert places() == set(PLACES) | set(ELSEWHERE)
