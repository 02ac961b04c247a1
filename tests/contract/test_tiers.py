"""The lists that keep tests out of `make quick` name modules that are there."""

from pathlib import Path

from tests import tiers

TESTS = Path(__file__).parents[1]


def test_every_module_that_is_left_out_is_there() -> None:
    assert [name for name in sorted(tiers.LONG) if not (TESTS / name).is_file()] == []


def test_what_the_architecture_holds_stays_in_quick() -> None:
    """But for what starts other programs over the whole tree."""
    left_out = {name for name in tiers.LONG if name.startswith("contract/")}
    assert left_out == {"contract/test_dependencies.py", "contract/test_types.py"}
