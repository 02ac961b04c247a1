"""A person's own secret is compared with the stored one in one place."""

import ast
from pathlib import Path

import pytest

from tests.program import nodes

ROOT = Path(__file__).parents[2]
HOME = "examday/services/people/hashes.py"
ACT = "examday/services/people/log_in.py"
MIGRATIONS = "examday/storage/migrations/"
CHECKS = {"matches", "may_match", "verify"}
"""Functions that say whether a secret is the right one, ours and that of argon2: only one act may
call them."""
STORED = {"password_hash", "pin_hash"}
MAY_COMPARE = {
    "examday/services/people/own_secrets.py:set_own_secrets": "a new password may not be the present "
    "one; nobody is let in by that",
    "examday/services/people/directory.py:with_own_pin": "asks whether there is one",
    "examday/services/travel/incoming/copies.py:copy_people": "asks whether there is one",
}
"""Where else a stored secret is looked at, each with the reason."""


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


def compares_a_secret(function: ast.AST) -> bool:
    """Does it ask whether a secret is the right one, or take a stored one to do so in its own way:
    by «==», by another module's comparison, by another name?"""
    for node in ast.walk(function):
        asked = isinstance(node, ast.Attribute) and node.attr in CHECKS
        if asked and ast.unparse(node.value) == "hashes":
            return True
        taken = isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
        if taken and node.attr in STORED:
            return True
        if isinstance(node, ast.Constant) and node.value in STORED:
            return True
    return False


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
    outside = {name for name in found if not name.startswith((HOME, ACT, MIGRATIONS))}
    assert outside == set(MAY_COMPARE)
    assert any(name.startswith(ACT) for name in found)


@pytest.mark.parametrize(
    "line",
    [
        "return person.pin_hash == typed",
        "return not person.password_hash != typed",
        "return hmac.compare_digest(person.pin_hash, typed)",
        "return other_name.matches(uow.settings, person.pin_hash, typed)",
        "return same(getattr(person, 'pin_hash'), typed)",
        "return hashes.may_match(uow.settings, stored, typed)",
    ],
)
def test_whoever_compared_one_in_an_own_way_would_be_named(line: str) -> None:
    assert compares_a_secret(ast.parse(f"def mine(uow, person, stored, typed):\n    {line}\n"))


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
        # the head opens a locked account, which gives no secret away
        "examday/services/people/sessions.py:forgive_tries",
    }
