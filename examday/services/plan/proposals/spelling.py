"""Codes of a file beside codes of the plan that look the same but are written in other letters."""

from typing import Any

from examday.domain.identity import ByIdentity
from examday.domain.messages import N_
from examday.domain.plan.rows import Problem


def twins(column: str, known: ByIdentity[Any], written: str) -> list[Problem]:
    """Return a problem where several entries of the plan look like what is written."""
    # Such entries are older than the rule that refuses them; which one is meant nobody can see.
    alike = known.unclear(written)
    if not alike:
        return []
    return [
        Problem(
            column,
            N_("Several entries of the plan look like this one: %(codes)s."),
            {"codes": ", ".join(alike)},
        )
    ]


def spelled(column: str, written: str, stands: str) -> tuple[Problem, ...]:
    """Note that the plan writes a code in other letters; the plan's spelling stays."""
    if written == stands:
        return ()
    return (Problem(column, N_("In the plan it is written «%(code)s»."), {"code": stands}),)
