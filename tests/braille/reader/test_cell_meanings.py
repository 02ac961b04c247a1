"""Each cell with what it stands for in its line: what a translator hears when going from cell to
cell."""

import pytest

from examday.braille.cell_meanings import cell_meanings
from examday.braille.cells import masks
from examday.braille.encode import encode
from examday.braille.languages import encode_in


def said(language: str, cells: tuple[int, ...]) -> list[str]:
    return [piece.text or piece.role for piece in cell_meanings(language, cells)]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("2 мел", ["number", "2", "blank", "м", "е", "л"]),
        ("3 5+3", ["number", "3", "blank", "number", "5", "blank", "+", "number", "3"]),
        ("7 Б2", ["number", "7", "blank", "ru-capital", "Б", "number", "2"]),
        ("4 x", ["number", "4", "blank", "la-small", "x"]),
    ],
)
def test_every_cell_says_its_part_of_the_line(text: str, pieces: list[str]) -> None:
    assert said("ru", encode(text)) == pieces


def test_an_ambiguous_cell_names_what_else_it_can_be() -> None:
    *_, last = cell_meanings("ru", encode("5 !"))
    assert (last.text, last.others) == ("+", ("!",))
    assert not any(piece.others for piece in cell_meanings("ru", encode("5 мел")))


def test_the_deletion_mark_stays_a_cell_except_where_it_is_a_letter() -> None:
    assert said("ru", masks("13-123456-135")) == ["к", "deletion", "о"]
    assert said("fr", encode_in("fr", "été")) == ["é", "t", "é"]


def test_a_cell_without_any_meaning_says_nothing_but_its_dots() -> None:
    [piece] = cell_meanings("ru", masks("456"))
    assert (piece.text, piece.others) == ("", ()) and piece.dots == masks("456")[0]


def test_an_empty_line_has_no_cells() -> None:
    assert cell_meanings("ru", ()) == ()
