"""Whoever is refused reads what comes next, and has a link to it where it is on another page."""

import ast
from collections import Counter
from collections.abc import Iterator

from flask import Flask

from examday.domain.people.roles import PERMISSIONS
from examday.resources import PACKAGES
from examday.web.access import rule_of
from examday.web.next_steps import PLACES
from tests import program

MODULES = sorted((PACKAGES / "examday").rglob("*.py"))


def conflicts() -> Iterator[tuple[str, set[str]]]:
    """Each conflict with a sentence of its own: where it is made, and what is said beside it."""
    for path in MODULES:
        for node in program.nodes(path):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if called and node.func.id == "Conflict" and node.args:
                where = f"{path.relative_to(PACKAGES)}:{node.lineno}"
                yield where, {word.arg or "" for word in node.keywords}


def codes() -> Counter[str]:
    """The codes that errors are made with, and at how many places each is."""
    return Counter(
        str(node.value.value)
        for path in MODULES
        for node in program.nodes(path)
        if isinstance(node, ast.keyword) and node.arg == "code"
        if isinstance(node.value, ast.Constant)
    )


def test_each_conflict_says_what_comes_next() -> None:
    found = list(conflicts())
    assert len(found) > 50
    assert [where for where, said in found if "advice" not in said] == []


def test_each_link_to_a_next_step_belongs_to_one_error_and_opens_a_page(app: Flask) -> None:
    made = codes()
    # A code that two errors share would lead from one of them to a page that does not help.
    assert {code: made[code] for code in PLACES if made[code] != 1} == {}
    for words, endpoint in PLACES.values():
        assert words and rule_of(app, endpoint) in PERMISSIONS
