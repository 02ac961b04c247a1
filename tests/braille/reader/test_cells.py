"""Cells and their exchange formats lose nothing."""

import pytest

from examday.braille import cells as c
from tests.brf import brf_pages

LIBLOUIS_ORDER = " A1B'K2L@CIF/MSP\"E3H9O6R^DJG>NTQ,*5<-U8V.%[$+X!&;:4\\0Z7(_?W]#Y)="


def test_every_cell_goes_through_every_format_and_back() -> None:
    every = list(range(64))
    assert c.from_unicode(c.to_unicode(every)) == every
    assert c.from_brf(c.to_brf(every)) == every
    assert c.from_numbers(c.to_numbers(every)) == every


def test_braille_ascii_is_a_bijection_in_the_order_of_the_dots() -> None:
    assert c.to_brf(range(64)) == LIBLOUIS_ORDER
    assert len(set(c.to_brf(range(64)))) == 64


def test_lower_case_braille_ascii_is_folded() -> None:
    assert c.from_brf("#abc") == c.from_brf("#ABC")


def test_dot_numbers_are_written_as_in_the_guides() -> None:
    assert c.masks("3456-1-23") == (60, 1, 6)
    assert c.to_numbers([19, 9, 0, 4]) == "125-14-0-3"


def test_a_dot_named_twice_in_a_cell_is_a_slip() -> None:
    with pytest.raises(c.NotBraille):
        c.from_numbers("11-2")


def test_the_space_of_a_screen_reader_is_a_blank_cell() -> None:
    assert c.from_unicode("⠁ ⠃") == [1, 0, 3]


def test_a_letter_is_no_unicode_braille_and_is_named() -> None:
    with pytest.raises(c.NotBraille) as refused:
        c.from_unicode("⠁я")
    assert (refused.value.character, refused.value.place) == ("я", 2)


def test_mirror_and_upside_down_are_their_own_undoing() -> None:
    for dots in range(64):
        assert c.mirror(c.mirror(dots)) == dots
        assert c.turn_over(c.turn_over(dots)) == dots
    assert c.mirror(c.mask("24")) == c.mask("15")  # because и is е in the mirror


def test_brf_file_keeps_pages_and_lines_and_folds_long_lines_at_a_blank() -> None:
    line = c.from_brf("ABC DEF")
    text = c.brf_file([[line, []], [line]], width=40)
    assert text == "ABC DEF\n\n\fABC DEF\n"
    assert brf_pages(text) == [[line, []], [line]]
    assert c.brf_file([[line]], width=5) == "ABC\nDEF\n"


@pytest.mark.parametrize(
    ("pasted", "alphabet"),
    [
        ("⠼⠁ ⠃", "unicode"),
        ("3456-1-0-12", "numbers"),
        ("#AB @C", "brf"),
        ("#b kislorod", "brf"),
        ("река", "text"),
        ("CO2", "text"),
    ],
)
def test_a_pasted_text_is_recognised(pasted: str, alphabet: str) -> None:
    assert c.recognise(pasted) == alphabet


def test_a_cell_has_no_seventh_dot() -> None:
    with pytest.raises(ValueError, match="six dots"):
        c.Cell(64)
