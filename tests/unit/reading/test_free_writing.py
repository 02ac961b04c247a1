"""More than 17 characters are written without regard to the cells: read as well as may be, always shown to a person."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from sheet_paper import blank, font_hand, put

from examday.paper.layout import Layout
from examday.reading.compare import compare_pages
from examday.reading.page import PageReading, read_page
from examday.reading.printed import form_named, installed, number_in, read_lines

LONG = "ИНТЕРНАЦИОНАЛИЗАЦИЯМ"
PX = 300 / 25.4


@pytest.fixture
def narrow(form: Layout) -> Callable[[str, int], PageReading]:
    """A sheet with `text` in row 4, evenly squeezed into the row's width."""

    def write(text: str, seed: int) -> PageReading:
        page, rng, comb = blank(form, "261234567890", "01"), np.random.default_rng(seed), form.comb("4")
        step = (comb.box[2] - comb.box[0]) * PX / len(text)
        for index, character in enumerate(text):
            ink = font_hand(character, rng)
            ink = cv2.resize(ink, (round(min(step * 0.8, ink.shape[1])), 52), interpolation=cv2.INTER_AREA)
            put(page, ink, round(comb.x * PX + index * step), round(comb.y * PX + 12), 25)
        return read_page(page, 300)

    return write


def test_a_word_longer_than_the_row_is_taken_apart_without_the_cells(narrow: Callable[[str, int], PageReading]) -> None:
    field = narrow(LONG, 1).fields["4"]
    assert field.mark == "through_cells"
    assert len(field.text) == len(LONG) == 20
    assert sum(a == b for a, b in zip(field.text, LONG, strict=True)) >= 15  # squeezed letters are harder than others


def test_such_a_row_is_always_shown(narrow: Callable[[str, int], PageReading]) -> None:
    result = compare_pages(narrow(LONG, 1), narrow(LONG, 2))
    assert [(d.field, d.kind) for d in result.differences] == [("4", "through_cells")]
    assert result.agreement["4"] == 0.0


def test_a_word_with_letters_of_two_parts_is_no_such_row(sheet: Callable[..., np.ndarray]) -> None:
    field = read_page(sheet({"4": "МЫШЦЫВЫ"}), 300).fields["4"]
    assert field.mark is None and len(field.cells) == 7


def test_seventeen_characters_in_their_cells_are_no_such_row(sheet: Callable[..., np.ndarray]) -> None:
    field = read_page(sheet({"4": "ВЫСОКОКАЧЕСТВЕННЫ"}), 300).fields["4"]
    assert field.mark is None and len(field.cells) == 17


def test_printed_digits_stand_in_where_bars_fail() -> None:
    assert number_in("БО 1 2612345678905") == "2612345678905"
    assert number_in("2 612345 678905") == "2612345678905"
    assert number_in("2612345678906") is None
    assert number_in("") is None


def test_a_form_is_known_by_the_name_in_its_header(form: Layout) -> None:
    from examday.paper.layout import layouts

    assert form_named("ГОСУДАРСТВЕННЫЙ ЭКЗАМЕН\nБЛАНК ОТВЕТОВ N 1\n", layouts()) == form.id
    assert form_named("БЛАНК РЕГИСТРАЦИИ 2022", layouts()) == "registration-form.2022"
    assert form_named("ВЕДОМОСТЬ", layouts()) is None


def test_a_typed_line_is_read_when_tesseract_is_there() -> None:
    page = np.full((220, 1400), 255, np.uint8)
    cv2.putText(page, "Ответ на задание 7: кислород", (40, 130), (0,), cv2.FontFace("sans"), 64, 400)
    lines = read_lines(page)
    assert lines == (["Ответ на задание 7: кислород"] if "rus" in installed() else [])
