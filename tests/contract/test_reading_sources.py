"""Where a reading comes from is one of a closed list, with words; no module spells a source out."""

import ast
from pathlib import Path

import pytest

from examday.domain.transfer.duties import PARTS
from examday.domain.transfer.readings import (
    PART_OF_SOURCE,
    SOURCE_NAMES,
    Source,
    hearing_source,
    machine_source,
)
from tests.program import nodes

ROOT = Path(__file__).parents[2]
ONE_OF_THEM = frozenset(Source)
BY_SOURCE = {"find", "rounds", "seal", "_seal_once"}


def _literals(node: ast.AST) -> list[str]:
    return [
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and part.value in ONE_OF_THEM
    ]


def _spelled(path: Path) -> list[tuple[int, str]]:
    """Literal sources that a reading is looked for by, or stored with."""
    found: list[tuple[int, str]] = []
    for node in nodes(path):
        if isinstance(node, ast.Compare) and ast.unparse(node.left).endswith(".source"):
            found += [(node.lineno, one) for other in node.comparators for one in _literals(other)]
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            if name in BY_SOURCE and len(node.args) > 2:
                found += [(node.lineno, one) for one in _literals(node.args[2])]
        if isinstance(node, ast.Constant) and node.value in ONE_OF_THEM and ":" in node.value:
            found.append((node.lineno, node.value))
    return found


def test_no_module_spells_a_source_out() -> None:
    home = ROOT / "examday/domain/transfer/readings.py"
    found = [
        f"{path.relative_to(ROOT)}:{line} {text}"
        for path in sorted((ROOT / "examday").rglob("*.py"))
        if path != home
        for line, text in _spelled(path)
    ]
    assert found == []


def test_each_source_has_words() -> None:
    assert set(SOURCE_NAMES) == set(Source)


def test_each_part_of_a_transfer_makes_a_reading() -> None:
    assert set(PART_OF_SOURCE.values()) == set(PARTS)


def test_sources_are_stored_as_they_always_were() -> None:
    assert {str(source) for source in Source} == {
        *("first", "second", "arbiter", "settled", "copied", "checked", "verified"),
        *("first:back", "second:back"),
        *("first:kept", "second:kept", "settled:kept"),
        *("machine:original", "machine:copy", "machine:back", "machine:compare"),
        *("hearing:original", "hearing:copy", "recognised", "marks"),
    }


def test_a_source_is_made_only_of_what_there_is() -> None:
    assert machine_source("copy") is Source.MACHINE_COPY
    assert hearing_source("original") is Source.HEARING_ORIGINAL
    with pytest.raises(ValueError, match="not a valid Source"):
        hearing_source("back")
