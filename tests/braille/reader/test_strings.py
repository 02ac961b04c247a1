"""Strings of mathematics, chemistry, physics and five languages, each sign with its source.

The cells in `strings.tsv` were put together by hand from the guides, not by our encoder.
"""

import csv
from pathlib import Path

import pytest

from examday.braille.cells import from_numbers
from examday.braille.languages import readings_in

STRINGS = Path(__file__).with_name("strings.tsv")


def rows() -> list[dict[str, str]]:
    with STRINGS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_there_are_enough_strings_and_each_names_its_source() -> None:
    assert len(rows()) >= 95
    assert all(row["source"].strip() for row in rows())


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['language']} {row['text']}")
def test_the_first_reading_is_what_stands_on_the_paper(row: dict[str, str]) -> None:
    found = readings_in(row["language"], from_numbers(row["cells"]))
    assert found[0].text == row["text"], [reading.text for reading in found[:6]]
