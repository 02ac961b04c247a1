"""A page asks whether its reader may do something only where some of its readers may not.

A condition that is always true hides nothing, and no test could see it broken.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from examday.domain.people.roles import PERMISSIONS, Role
from examday.resources import TEMPLATES

WEB = Path(__file__).parents[2] / "examday" / "web"
ASKED = re.compile(r'may\("([a-z._]+)"\)')
ALWAYS = {"names.see"}
"""Names are personal data: a page asks for this right itself, whatever the matrix says today."""


def readers() -> dict[str, frozenset[Role]]:
    """Page → the roles of all routes of the modules that draw it; pages of everybody are left out."""
    drawn: defaultdict[str, set[Role]] = defaultdict(set)
    for path in WEB.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        rows = re.findall(r'@access\("([a-z._]+)"\)', text)
        everybody = "@logged_in" in text or "@public" in text or not rows
        roles = set(Role) if everybody else {role for row in rows for role in PERMISSIONS[row]}
        for name in re.findall(r'"([a-z_/]+\.html)"', text):
            drawn[name] |= roles
    return {name: frozenset(roles) for name, roles in drawn.items()}


def needless() -> Iterator[str]:
    """Rights that a page asks for although everybody has them who may open it."""
    for name, roles in readers().items():
        path = TEMPLATES / name
        for row in ASKED.findall(path.read_text(encoding="utf-8") if path.exists() else ""):
            if row not in ALWAYS and roles <= set(PERMISSIONS[row]):
                yield f"{name}: {row}"


def test_no_page_asks_for_a_right_that_each_of_its_readers_has() -> None:
    assert len(readers()) > 90
    assert sorted(needless()) == []
