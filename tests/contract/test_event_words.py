"""Every kind of ledger entry that the program writes has words for the people who read the ledger."""

import re
from pathlib import Path

from examday.domain.custody.lifecycle import MOVES
from examday.web.words import EVENT_NAMES, GROUP_NAMES

ROOT = Path(__file__).parents[2]
WRITTEN = re.compile(r"""record\(f?"([a-z_]+:[a-z_{}-]+)\"""")


def test_every_kind_of_entry_is_told_in_words() -> None:
    kinds = {
        kind
        for folder in ("examday", "workers")
        for path in (ROOT / folder).rglob("*.py")
        for kind in WRITTEN.findall(path.read_text(encoding="utf-8"))
    }
    assert len(kinds) > 40
    fixed = {kind for kind in kinds if "{" not in kind}
    assert not sorted(
        kind
        for kind in fixed
        if kind not in EVENT_NAMES and kind.partition(":")[0] not in GROUP_NAMES
    )
    assert {kind.partition(":")[0] for kind in kinds - fixed} <= {"booklet", "appeal", *GROUP_NAMES}


def test_every_step_of_a_booklet_is_told_in_words() -> None:
    assert not {f"booklet:{move.action}" for move in MOVES} - set(EVENT_NAMES)


def test_every_step_of_a_case_is_told_in_words() -> None:
    from examday.domain.appeals.case import CASE_MOVES

    assert not {f"appeal:{move.action}" for move in CASE_MOVES} - set(EVENT_NAMES)
