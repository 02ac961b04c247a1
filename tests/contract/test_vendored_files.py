"""What was made by others is listed with its licence and is exactly what was taken in."""

import hashlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = [
    [cell.strip() for cell in line.split("|")]
    for line in (ROOT / "examday/web/static/VENDOR.txt")
    .read_text(encoding="utf-8")
    .splitlines()[2:]
]
FOLDERS = {
    "examday/web/static/fonts": {".woff2"},
    "templates/print/fonts": {".ttf", ".otf"},
    "tests/vendor": {".js", ".json"},
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[-1])
def test_a_vendored_file_is_unchanged_and_has_its_licence(row: list[str]) -> None:
    _name, version, licence, licence_file, sha256, path = row
    assert hashlib.sha256((ROOT / path).read_bytes()).hexdigest() == sha256
    assert version and licence
    assert (ROOT / licence_file).stat().st_size > 1000


def test_no_vendored_file_is_missing_from_the_list() -> None:
    listed = {row[-1] for row in ROWS}
    there = {
        path.relative_to(ROOT).as_posix()
        for folder, endings in FOLDERS.items()
        for path in (ROOT / folder).rglob("*")
        if path.suffix in endings
    }
    assert there == listed


def test_pages_ask_no_other_computer_for_anything() -> None:
    mine = [
        path
        for pattern in (
            "examday/web/static/**/*.css",
            "examday/web/static/**/*.js",
            "templates/**/*.html",
        )
        for path in ROOT.glob(pattern)
    ]
    assert mine
    assert not [path.name for path in mine if "://" in path.read_text(encoding="utf-8")]
