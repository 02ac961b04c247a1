"""The code is laid out by the formatter and passes the style rules, as `make lint` says."""

import doctest
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("check", [["check"], ["format", "--check"]], ids=["rules", "layout"])
def test_the_code_passes_what_make_lint_runs(check: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *check, "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    status = done.returncode
    assert status == 0, "`make format` mends most of it:\n" + done.stdout + done.stderr


def test_a_number_that_was_typed_is_read_in_one_way() -> None:
    """«²» is a digit that `int` refuses, and thousands of digits no column holds: `typed_number` knows."""
    own = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "examday/web").rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if any(f"{asks}()" in line for asks in (".isdigit", ".isdecimal", ".isnumeric"))
    ]
    assert [place for place in own if not place.startswith("examday/web/shell.py")] == []


def test_the_examples_in_docstrings_are_true() -> None:
    told = (
        path
        for path in sorted((ROOT / "examday").rglob("*.py"))
        if ">>> " in path.read_text("utf-8")
    )
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in told]
    done = [doctest.testmod(importlib.import_module(name)) for name in names]
    assert sum(one.attempted for one in done) > len(names)
    assert sum(one.failed for one in done) == 0


def test_no_line_of_a_page_is_longer_than_a_screen_shows() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > 120
    ]
    assert long == [], "break it between attributes, arguments or halves of a sentence"


FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)


def test_what_was_left_empty_is_told_by_the_page_and_never_by_a_bubble_of_the_browser() -> None:
    """A bubble is gone after seconds, in the language of the browser, and not read by every screen
    reader; the page names all that is missing and keeps it named."""
    found = {
        f"{path.relative_to(ROOT)}:{1 + text.count(chr(10), 0, form.start())}": form[0]
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for text in [path.read_text(encoding="utf-8")]
        for form in FORM.finditer(text)
        if re.search(r"\brequired\b", form[0])
    }
    assert len(found) > 20
    assert [place for place, form in found.items() if "novalidate" not in form] == []
