"""The spelling of field ids ("long:27") is known to one module."""

import ast
from pathlib import Path

from tests.program import nodes

ROOT = Path(__file__).parents[2]
PARSER = ROOT / "examday/domain/transfer/fields.py"
PREFIXES = ("long:", "replacement:", "header:")


def _spelled(path: Path) -> list[str]:
    """Places where a field id is put together, taken apart or written out in the code."""
    return [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.value}"
        for node in nodes(path)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.startswith(PREFIXES)
        and " " not in node.value
    ]


def test_only_the_module_of_fields_spells_field_ids() -> None:
    found = [
        place
        for path in sorted((ROOT / "examday").rglob("*.py"))
        if path != PARSER
        for place in _spelled(path)
    ]
    assert found == []


def test_pages_do_not_take_field_ids_apart() -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if any(f'"{prefix}' in path.read_text("utf-8") for prefix in PREFIXES)
    ]
    assert found == []
