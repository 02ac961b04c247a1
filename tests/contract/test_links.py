"""Each address that a template or a view asks for by name is one that the application has."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, nodes

ROOT = Path(__file__).parents[2]
TEMPLATES, WEB = ROOT / "templates", ROOT / "examday" / "web"
BY_NAME = frozenset({"url_for", "go_on"})
"""Functions whose first argument is the name of an address: a misspelt one shows only when the page
is opened."""

Asked = tuple[str, frozenset[str] | None]
"""An address by name, and its parts that are given; None where they are passed on as a whole, so
cannot be compared."""


def of_template(text: str) -> Iterator[Asked]:
    tree = Environment(extensions=["jinja2.ext.i18n"]).parse(text)
    for call in tree.find_all(nodes.Call):
        named = isinstance(call.node, nodes.Name) and call.node.name in BY_NAME
        if named and call.args and isinstance(call.args[0], nodes.Const):
            given = None if call.dyn_kwargs else frozenset(one.key for one in call.kwargs)
            yield call.args[0].value, given


def of_module(text: str) -> Iterator[Asked]:
    for call in ast.walk(ast.parse(text)):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
            continue
        first = call.args[0] if call.args else None
        if call.func.id in BY_NAME and isinstance(first, ast.Constant):
            given = frozenset(one.arg for one in call.keywords if one.arg)
            yield first.value, None if len(given) < len(call.keywords) else given


def asked() -> dict[str, list[Asked]]:
    """What each file asks for."""
    found = {path: of_template for path in TEMPLATES.rglob("*.html")}
    found |= {path: of_module for path in WEB.rglob("*.py")}
    return {
        path.relative_to(ROOT).as_posix(): list(read(path.read_text(encoding="utf-8")))
        for path, read in found.items()
    }


def missing(pages: Any, wanted: Asked) -> bool:
    name, given = wanted
    if name.startswith("."):
        return False
    rules = list(pages.url_map._rules_by_endpoint.get(name, ()))
    needs = [rule.arguments - set(rule.defaults or ()) for rule in rules]
    return not any(given is None or need <= given for need in needs)


def test_every_address_that_is_asked_for_by_name_is_there(pages: Any) -> None:
    found = asked()
    assert sum(map(len, found.values())) > 300
    wrong = {file: [one[0] for one in some if missing(pages, one)] for file, some in found.items()}
    assert {file: names for file, names in wrong.items() if names} == {}


@pytest.mark.parametrize(
    "template",
    ['{{ url_for("case.show", id=1) }}', '{{ url_for("appeals.case") }}'],
)
def test_a_name_that_nobody_has_or_a_part_too_few_is_found(pages: Any, template: str) -> None:
    assert [missing(pages, one) for one in of_template(template)] == [True]
