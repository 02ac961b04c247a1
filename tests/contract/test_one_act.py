"""A person's own secret is compared with the stored one in one place."""

import ast
from pathlib import Path

from tests.program import nodes

ROOT = Path(__file__).parents[2]
HOME = "examday/services/people/hashes.py"
ACT = "examday/services/people/log_in.py"
CHECKS = {"matches", "may_match", "verify"}
"""Functions that say whether a secret is the right one: ours, and that of argon2."""
STORED = {"password_hash", "pin_hash"}
MAY_COMPARE = {
    "examday/services/people/own_secrets.py:set_own_secrets": "a new password may not be the present "
    "one; nobody is let in by that",
}
"""Where else a secret is compared, each with the reason."""


def functions() -> list[tuple[str, ast.FunctionDef]]:
    """Every function of the program, as «path:name»."""
    found = []
    for folder in ("examday", "workers"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            found += [
                (f"{path.relative_to(ROOT)}:{node.name}", node)
                for node in nodes(path)
                if isinstance(node, ast.FunctionDef)
            ]
    return found


def compares_a_secret(function: ast.FunctionDef) -> bool:
    """Does it ask whether a secret is the right one: by one of the checks, or by «==» on a hash?"""
    asked = any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CHECKS
        and ast.unparse(node.func.value) == "hashes"
        for node in ast.walk(function)
    )
    beside = any(
        isinstance(node, ast.Compare)
        and any(isinstance(op, ast.Eq | ast.In) for op in node.ops)
        and STORED & {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
        for node in ast.walk(function)
    )
    return asked or beside


def imports_of(path: Path) -> set[str]:
    """What a module imports, as «module.name»."""
    found = {alias.name for n in nodes(path) if isinstance(n, ast.Import) for alias in n.names}
    return found | {
        f"{node.module}.{alias.name}"
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_a_secret_is_compared_in_the_one_act_alone() -> None:
    found = {name for name, function in functions() if compares_a_secret(function)}
    outside = {name for name in found if not name.startswith((HOME, ACT))}
    assert outside == set(MAY_COMPARE)
    assert any(name.startswith(ACT) for name in found)


def test_nobody_else_takes_the_checks_out_of_their_module() -> None:
    for folder in ("examday", "workers"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            names = imports_of(path)
            assert not names & {f"examday.services.people.hashes.{check}" for check in CHECKS}, name
            assert name == HOME or not any(one.startswith("argon2") for one in names), name


def test_tries_are_counted_in_the_one_act_alone() -> None:
    writers = {
        name
        for name, function in functions()
        if any(
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "LoginAttempt"
            for node in ast.walk(function)
        )
    }
    assert writers == {
        f"{ACT}:_take_attempt",
        "examday/services/people/sessions.py:forgive_tries",  # the head opens a locked account
    }
