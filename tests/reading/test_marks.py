"""Comma and minus: told by place, height, width, slant and neighbours, in drawn cells."""

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from sheet_paper import DOTS, PAPER, font_hand, put

from examday.paper.layout import Comb
from examday.reading import network
from examday.reading.cells import cut
from examday.reading.field import Field, read_row
from examday.reading.flatten import COARSE, PX, Flat
from examday.reading.glyph import CYRILLIC, DIGITS
from examday.reading.marks import LIKELY, SURE, Body, Mark, Stroke, body_of, marks_in

COMB = Comb("1", "answer", 5.0, 5.0, 8, 5.32, 4.3, 6.5, "subject")
NUMBERS = DIGITS + ",-"
MIXED = DIGITS + CYRILLIC + ",-"
Point = tuple[float, float]

# Strokes as shares of the cell, and the pen's width in mm: hands differ in both.
COMMAS: dict[str, tuple[Sequence[Point], float]] = {
    "straight, leaning": ([(0.58, 0.68), (0.42, 0.98)], 0.5),
    "straight, upright": ([(0.5, 0.62), (0.5, 0.92)], 0.5),
    "lying like a sloping dash": ([(0.72, 0.72), (0.32, 0.93)], 0.5),
    "thick and short": ([(0.52, 0.66), (0.48, 0.86)], 1.1),
    "bent": ([(0.45, 0.66), (0.58, 0.72), (0.56, 0.85), (0.4, 0.97)], 0.45),
    "with a head": ([(0.52, 0.7), (0.55, 0.72), (0.53, 0.82), (0.4, 0.98)], 0.6),
    "by a thin pen": ([(0.55, 0.66), (0.45, 0.94)], 0.28),
    "across the lower border": ([(0.55, 0.82), (0.45, 1.13)], 0.5),
    "hanging from the foot, long": ([(0.58, 0.7), (0.4, 1.16)], 0.5),
    "high for a comma": ([(0.55, 0.5), (0.45, 0.8)], 0.5),
    "at the left border": ([(0.14, 0.68), (0.02, 0.95)], 0.5),
    "at the right border": ([(1.0, 0.68), (0.9, 0.95)], 0.5),
    "leaning backwards": ([(0.44, 0.66), (0.56, 0.94)], 0.5),
}
MINUSES: dict[str, tuple[Sequence[Point], float]] = {
    "plain": ([(0.15, 0.5), (0.85, 0.5)], 0.5),
    "short": ([(0.32, 0.52), (0.68, 0.5)], 0.5),
    "thick and short": ([(0.25, 0.5), (0.75, 0.5)], 1.0),
    "rising": ([(0.1, 0.6), (0.9, 0.4)], 0.5),
    "falling": ([(0.1, 0.42), (0.9, 0.58)], 0.5),
    "bowed": ([(0.1, 0.5), (0.35, 0.45), (0.6, 0.53), (0.9, 0.49)], 0.45),
    "by a thin pen": ([(0.15, 0.55), (0.85, 0.52)], 0.28),
    "low": ([(0.15, 0.8), (0.85, 0.78)], 0.5),
    "wide": ([(-0.02, 0.5), (1.04, 0.5)], 0.5),
}


class Cells:
    """A row of dotted cells to write into. `pen`: its grey value."""

    def __init__(self, pen: int = 30) -> None:
        self.pen = pen
        self.page = np.full((220, 700), PAPER, np.uint8)
        self.rng = np.random.default_rng(4)
        for index in range(COMB.cells):
            x0, y0, x1, y1 = (round(v * PX) for v in COMB.cell(index))
            self.page[y0:y1:4, [x0, x1]] = DOTS
            self.page[[[y0], [y1]], np.arange(x0, x1, 4)] = DOTS

    def stroke(self, cell: int, points: Sequence[Point], pen_mm: float = 0.5) -> "Cells":
        x0, y0, x1, y1 = (v * PX for v in COMB.cell(cell))
        path = [(x0 + x * (x1 - x0), y0 + y * (y1 - y0)) for x, y in points]
        ink = np.zeros(self.page.shape, np.uint8)
        at = np.array([[(round(x * 8), round(y * 8)) for x, y in path]], np.int32)
        cv2.polylines(ink, at, False, (255,), max(1, round(pen_mm * PX)), cv2.LINE_AA, 3)
        put(self.page, ink.astype(np.float32) / 255, 0, 0, self.pen)
        return self

    def type(self, cell: int, text: str, height: float = 0.75, foot: float = 0.9) -> "Cells":
        """Characters from `cell` on, as high as `height` of the cell and standing at `foot`."""
        for index, character in enumerate(text, cell):
            x0, y0, x1, y1 = (v * PX for v in COMB.cell(index))
            ink, high = font_hand(character, self.rng), height * (y1 - y0)
            size = max(3, round(ink.shape[1] * high / ink.shape[0])), round(high)
            ink = cv2.resize(
                ink, (min(size[0], round(x1 - x0)), size[1]), interpolation=cv2.INTER_AREA
            )
            put(
                self.page,
                ink,
                round((x0 + x1 - ink.shape[1]) / 2),
                round(y0 + foot * (y1 - y0) - high),
                self.pen,
            )
        return self

    def read(self, alphabet: str = NUMBERS, line: Body | None = None) -> Field:
        paper = np.full(
            (self.page.shape[0] // COARSE + 2, self.page.shape[1] // COARSE + 2), PAPER, np.float32
        )
        page = cv2.GaussianBlur(self.page, (0, 0), 0.7)
        row = cut(Flat(page, paper, 20.0, None), COMB, np.zeros(2), ())  # type: ignore[arg-type]
        frames = [row.pieces[i].frame for i in row.filled]
        return read_row(row, network.logits([f for f in frames if f is not None]), alphabet, line)


def sure(field: Field) -> float:
    return min(cell.confidence for cell in field.cells if cell.char in ",-")


@pytest.mark.parametrize("shape", COMMAS)
def test_a_comma_of_any_shape_is_neither_a_one_nor_struck_out(shape: str) -> None:
    field = Cells().type(0, "8").stroke(1, *COMMAS[shape]).type(2, "25").read()
    assert field.text == "8,25"
    assert sure(field) >= LIKELY - 1e-6


@pytest.mark.parametrize("shape", MINUSES)
def test_a_minus_of_any_shape_is_a_minus(shape: str) -> None:
    field = Cells().stroke(0, *MINUSES[shape]).type(1, "73").read()
    assert field.text == "-73"
    assert sure(field) >= LIKELY - 1e-6


@pytest.mark.parametrize("shape", COMMAS)
def test_a_row_of_letters_and_numbers_keeps_its_comma(shape: str) -> None:
    assert Cells().type(0, "25").stroke(2, *COMMAS[shape]).type(3, "4").read(MIXED).text == "25,4"


@pytest.mark.parametrize("height", [0.3, 0.38, 0.46])
@pytest.mark.parametrize("foot", [0.65, 0.92])
def test_a_one_of_a_small_writer_is_no_comma(height: float, foot: float) -> None:
    writer = Body(foot - height, height)
    row = Cells().type(0, "21517", height, foot)
    assert row.read().text == "21517"
    alone = Cells().type(2, "1", height, foot).read(line=writer)
    assert alone.text == "1"


@pytest.mark.parametrize("height", [0.34, 0.42])
def test_a_small_writer_s_comma_is_a_comma(height: float) -> None:
    row = (
        Cells()
        .type(0, "31", height)
        .stroke(2, [(0.52, 0.82), (0.47, 0.95)], 0.4)
        .type(3, "1", height)
    )
    assert row.read(line=Body(0.9 - height, height)).text == "31,1"


def test_a_one_lower_than_its_neighbours_is_still_a_one() -> None:
    assert Cells().type(0, "4").type(1, "1", 0.52).type(2, "6").read().text == "416"


def test_two_marks_in_a_row_are_both_read() -> None:
    comma = COMMAS["straight, leaning"]
    assert (
        Cells().type(0, "5").stroke(1, *comma).stroke(2, *comma).type(3, "3").read().text == "5,,3"
    )
    assert (
        Cells().type(0, "5").stroke(1, *comma).stroke(2, *MINUSES["plain"]).type(3, "3").read().text
        == "5,-3"
    )


def test_a_low_dot_is_read_as_a_comma_but_not_surely() -> None:
    field = Cells().type(0, "4").stroke(1, [(0.5, 0.86), (0.5, 0.861)], 0.7).type(2, "5").read()
    assert field.text == "4,5"
    assert sure(field) == pytest.approx(LIKELY, abs=0.01)


def test_a_line_through_several_cells_is_no_minus() -> None:
    field = Cells().type(0, "7").stroke(1, [(0.1, 0.5), (2.2, 0.52)], 0.5).read()
    assert field.text == "7" and [cell.char for cell in field.cells] == ["7", "✗", "✗"]
    assert max(cell.confidence for cell in field.cells[1:]) < LIKELY


def test_two_lines_in_a_cell_are_no_minus() -> None:
    row = (
        Cells()
        .type(1, "35")
        .stroke(0, [(0.15, 0.42), (0.85, 0.42)])
        .stroke(0, [(0.15, 0.6), (0.85, 0.6)])
    )
    assert sure_minus(row.read()) < LIKELY


def test_a_digit_struck_through_is_no_minus() -> None:
    row = (
        Cells()
        .type(0, "48")
        .stroke(0, [(-0.02, 0.5), (1.02, 0.55)])
        .stroke(0, [(0.0, 0.65), (1.0, 0.4)])
    )
    assert sure_minus(row.read()) < 0.5


def sure_minus(field: Field) -> float:
    return max((cell.confidence for cell in field.cells if cell.char == "-"), default=0.0)


def test_an_apostrophe_is_not_surely_a_comma() -> None:
    field = Cells().type(0, "8").stroke(1, [(0.55, 0.1), (0.45, 0.35)]).type(2, "2").read()
    assert not [cell for cell in field.cells if cell.char == "," and cell.confidence >= LIKELY]


def test_a_hyphen_and_even_a_comma_in_a_word_stay_as_they_are_written() -> None:
    assert (
        Cells().type(0, "КТО").stroke(3, *MINUSES["short"]).type(4, "ТО").read(MIXED).text
        == "КТО-ТО"
    )
    comma = COMMAS["straight, leaning"]
    assert Cells().type(0, "ШУМ").stroke(3, *comma).type(4, "ЛЕС").read(MIXED).text == "ШУМ,ЛЕС"


def test_what_hangs_down_from_the_row_above_is_not_this_row_s() -> None:
    row = Cells().type(0, "64").stroke(3, [(0.5, -0.4), (0.45, -0.02)], 0.6)
    assert row.read().text == "64"


def test_dirt_beside_a_comma_does_not_hide_it() -> None:
    row = (
        Cells()
        .type(0, "9")
        .stroke(1, *COMMAS["bent"])
        .stroke(1, [(0.8, 0.12), (0.82, 0.13)], 0.25)
        .type(2, "6")
    )
    assert row.read().text == "9,6"


def test_a_sheet_that_only_has_digits_has_no_comma() -> None:
    assert "," not in Cells().type(0, "7").stroke(1, *COMMAS["straight, leaning"]).read(DIGITS).text


def test_the_line_is_that_of_the_full_characters() -> None:
    row = [
        Stroke(0.1, 0.8, 0.7),
        Stroke(0.7, 0.25, 0.2),
        Stroke(0.14, 0.76, 0.6),
        Stroke(0.5, 0.1, 0.8),
    ]
    line = body_of(row)
    assert (
        line is not None and line.height == pytest.approx(0.78) and line.top == pytest.approx(0.12)
    )
    assert body_of([Stroke(0.7, 0.2, 0.2)]) is None


def test_geometry_says_what_it_is_sure_of_and_leaves_the_rest() -> None:
    tall = Stroke(0.1, 0.78, 0.7)
    said = marks_in(
        [
            Stroke(0.45, 0.12, 0.9, 3),
            tall,
            Stroke(0.6, 0.3, 0.25, 70),
            tall,
            None,
            Stroke(0.45, 0.5, 0.5),
        ]
    )
    assert said == [Mark("-", SURE), Mark(""), Mark(",", SURE), Mark(""), None, None]


@pytest.mark.parametrize("pen", [150, 165, 190, 202])
def test_what_a_pale_pen_wrote_is_not_blank(pen: int) -> None:
    row = Cells(pen).type(0, "57").stroke(2, *COMMAS["straight, leaning"]).type(3, "3").read()
    assert row.text == "57,3"


def test_a_line_so_thin_that_only_crumbs_of_it_are_dark_is_not_dirt() -> None:
    cells = Cells(160).type(0, "2")
    x0, y0, x1, y1 = (round(v * PX) for v in COMB.cell(0))
    ink = np.argwhere(cells.page[y0:y1, x0:x1] < 178)
    # Here and there the pen pressed harder; no such place is larger than a speck.
    for row, column in ink[:: len(ink) // 4]:
        cells.page[y0 + row : y0 + row + 2, x0 + column : x0 + column + 2] = 40
    cells.pen = 30
    assert cells.type(1, "67").read().text == "267"


@pytest.mark.parametrize("pen", [130, 150])
def test_a_comma_that_a_pale_pen_set_on_the_border_below_is_seen(pen: int) -> None:
    cells = Cells(pen).type(0, "57").stroke(2, [(0.5, 0.9), (0.42, 1.06)], 0.2).type(3, "3")
    assert cells.read().text == "57,3"


def test_strokes_that_came_out_paler_than_the_rest_of_a_letter_belong_to_it() -> None:
    cells = Cells(90).stroke(0, [(0.2, 0.88), (0.75, 0.12)], 0.25)
    cells.pen = 165
    # The uprights of И: paler than ink, darker than the dots of the border.
    cells.stroke(0, [(0.2, 0.12), (0.2, 0.88)], 0.25).stroke(0, [(0.75, 0.12), (0.75, 0.88)], 0.25)
    cells.pen = 30
    assert cells.type(1, "Л").read(CYRILLIC).text == "ИЛ"


def test_a_short_comma_by_a_thin_pen_is_not_dirt() -> None:
    assert (
        Cells().type(0, "2").stroke(1, [(0.5, 0.78), (0.45, 0.92)], 0.2).type(2, "6").read().text
        == "2,6"
    )


@pytest.mark.parametrize("shade", [45, 60, 90])
def test_the_pale_shadow_of_a_fold_is_no_writing(shade: int) -> None:
    cells = Cells()
    cells.page[118:121] -= shade
    assert cells.read().mark == "blank"
    cells.type(0, "45")
    assert cells.read().text == "45"


def test_specks_in_a_cell_are_no_writing() -> None:
    cells = Cells().type(0, "45")
    x0, y0, _, _ = (round(v * PX) for v in COMB.cell(4))
    for dot in range(4):
        cells.page[y0 + 14 * dot + 8 : y0 + 14 * dot + 11, x0 + 20 : x0 + 23] = 60
    assert cells.read().text == "45"
