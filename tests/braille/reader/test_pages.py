"""Reading pages: every picture here is rendered by the project itself."""

from collections.abc import Sequence
from difflib import SequenceMatcher

import cv2
import numpy as np
import pytest

from examday.braille.cells import FULL
from examday.braille.encode import encode
from examday.braille.page import DOUBTFUL, BraillePage, read
from examday.braille.render import Look, RenderedPage, render

TEXT = (
    "1 река",
    "2 3142",
    "3 конституция",
    "4 -12,5",
    "5 серебряный век",
    "6 А2Б1В3",
    "7 щавель, щука",
    "8 цифра 50%",
)
LOOK = Look(page_mm=(200, 160), margin_mm=(20, 25))
CELLS = [encode(line) for line in TEXT]


def written(page: BraillePage) -> list[str]:
    return [line.braille for line in page.lines]


def braille(lines: Sequence[Sequence[int]]) -> list[str]:
    return ["".join(chr(0x2800 + dots) for dots in line) for line in lines]


@pytest.fixture(scope="module")
def sheet() -> RenderedPage:
    return render(CELLS, LOOK, seed=3)


@pytest.fixture(scope="module")
def reading(sheet: RenderedPage) -> BraillePage:
    return read(sheet.grey)


def test_lines_cells_and_blanks_of_a_page_are_read(reading: BraillePage) -> None:
    assert reading.kind == "braille"
    assert (reading.turned, reading.mirrored) == (0, False)
    assert written(reading) == braille(CELLS)


def test_boxes_lie_on_the_cells_in_pixels_of_the_picture(
    sheet: RenderedPage, reading: BraillePage
) -> None:
    boxes = [cell.box for line in reading.lines for cell in line.cells if cell.box]
    centres = np.array([[(b[0] + b[2]) / 2, (b[1] + b[3]) / 2] for b in boxes])
    truth = (
        np.stack([sheet.boxes[:, 0] + sheet.boxes[:, 2], sheet.boxes[:, 1] + sheet.boxes[:, 3]], 1)
        / 2
    )
    assert np.abs(centres - truth).max() < 6


@pytest.mark.parametrize(("quarters", "turned"), [(1, 270), (2, 180), (3, 90)])
@pytest.mark.release
def test_a_turned_page_is_recognised_and_its_boxes_stay_in_the_file(
    sheet: RenderedPage, quarters: int, turned: int
) -> None:
    picture = np.ascontiguousarray(np.rot90(sheet.grey, quarters))
    page = read(picture)
    assert page.turned == turned
    assert written(page) == braille(CELLS)
    assert (page.width, page.height) == picture.shape[::-1]
    assert all(
        0 <= c.box[0] < c.box[2] <= page.width for line in page.lines for c in line.cells if c.box
    )


def test_a_mirrored_page_is_recognised(sheet: RenderedPage) -> None:
    page = read(np.ascontiguousarray(sheet.grey[:, ::-1]))
    assert page.mirrored
    assert written(page) == braille(CELLS)
    assert any("mirrored" in warning for warning in page.warnings)


@pytest.mark.release
def test_dents_of_the_other_side_are_not_read_and_are_read_when_asked() -> None:
    back = [
        encode("обратная сторона"),
        encode("листа читается так"),
        encode("же, но по просьбе"),
    ] * 2
    two_sided = render(CELLS, LOOK, seed=5, verso=[line[::-1] for line in back])
    front = read(two_sided.grey)
    assert written(front) == braille(CELLS)
    behind = read(two_sided.grey, verso=True)
    assert behind.mirrored
    read_back, meant = (
        "\n".join(line.strip("⠀") for line in written(behind)),
        "\n".join(braille(back)),
    )
    assert SequenceMatcher(None, read_back, meant).ratio() > 0.97


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
@pytest.mark.release
def test_the_face_of_a_sheet_is_read_though_its_back_holds_more(quarters: int) -> None:
    back = [line[::-1] for line in [encode("на обороте куда больше клеток")] * 8]
    sheet = render(CELLS[:5], LOOK, seed=8, verso=back)
    page = read(np.ascontiguousarray(np.rot90(sheet.grey, quarters)))
    assert written(page) == braille(CELLS[:5])
    assert not page.mirrored


def test_a_page_in_no_known_language_is_not_turned_for_it() -> None:
    rng = np.random.default_rng(4)
    lines = [[int(dots) for dots in rng.integers(1, 64, 24)] for _ in range(8)]
    sheet = render(
        lines, LOOK, seed=8, verso=[line[::-1] for line in [encode("обратная сторона листа")] * 9]
    )
    page = read(sheet.grey)
    assert (page.turned, page.mirrored) == (0, False)
    assert SequenceMatcher(None, "".join(written(page)), "".join(braille(lines))).ratio() > 0.95


def test_a_lonely_cell_is_an_answer_and_is_kept() -> None:
    lines = [encode("1 река"), encode("я"), [], encode("3 дом и лес стоят")]
    page = read(render(lines, LOOK, seed=7).grey)
    assert written(page) == braille([line for line in lines if line])
    assert page.lines[2].empty_above == 1


def test_full_cells_are_kept() -> None:
    lines = [[*encode("ре"), FULL, *encode("ка и море")], [FULL, FULL], encode("ещё одна строка")]
    page = read(render(lines, LOOK, seed=9).grey)
    assert written(page) == braille(lines)


def test_rubbed_out_dots_do_not_pass_as_sure() -> None:
    """A flattened dot is either left out or its cell carries a doubt flag, in nine of ten cells."""
    lines = [encode("абавабвагад"), encode("кексы и каша")]
    rubbed = [(0, column, 32) for column in range(len(lines[0]))]
    page = read(render(lines, LOOK, seed=11, rubbed_out=rubbed).grey)
    wrong_and_sure = sum(
        cell.dots != dots and cell.confidence >= DOUBTFUL
        for cell, dots in zip(page.lines[0].cells, lines[0], strict=True)
    )
    assert wrong_and_sure <= 1


@pytest.mark.release
def test_an_empty_page_is_said_to_be_empty() -> None:
    page = read(render([], LOOK, seed=13).grey)
    assert (page.kind, page.lines) == ("empty", ())


@pytest.mark.release
def test_a_printed_page_is_said_to_be_no_braille() -> None:
    page = render([], LOOK, seed=15).grey
    for row in range(60, page.shape[0] - 60, 24):
        cv2.putText(
            page,
            "Printed words in many lines 12345",
            (70, row),
            cv2.FONT_HERSHEY_SIMPLEX,
            0.7,
            30,
            2,
        )
    assert read(page).kind == "not braille"


def test_a_bent_and_tilted_page_keeps_its_lines() -> None:
    look = Look(
        page_mm=(200, 160),
        margin_mm=(25, 30),
        bend_mm=(7, 1.5),
        turn=6,
        light_from=-60,
        slope=(0.4, -0.3),
    )
    assert written(read(render(CELLS, look, seed=17).grey)) == braille(CELLS)


@pytest.mark.parametrize("pixels_per_mm", [2.6, 9.0])
@pytest.mark.release
def test_small_and_large_pictures_are_read_alike(pixels_per_mm: float) -> None:
    look = Look(page_mm=(200, 160), margin_mm=(20, 25), pixels_per_mm=pixels_per_mm)
    assert written(read(render(CELLS, look, seed=19).grey)) == braille(CELLS)


def test_close_cells_fill_the_picture() -> None:
    look = Look(page_mm=(75, 60), margin_mm=(8, 8), pixels_per_mm=12)
    lines = [encode("1 река"), encode("2 сад"), encode("3 яблоко"[:8])]
    assert written(read(render(lines, look, seed=21).grey)) == braille(lines)


@pytest.mark.release
def test_a_page_too_faint_to_read_is_not_called_empty() -> None:
    lines = [
        encode(line)
        for line in (
            "1 река",
            "2 135",
            "3 А2Б1В3",
            "4 вода и соль",
            "5 Серебряный век",
            "6 подъезд",
        )
    ]
    faint = render(lines, Look(page_mm=(200, 140), relief=0.04, noise=3, blur=1.2), seed=2)
    seen = read(faint.grey)
    assert (seen.kind, seen.lines) == ("not braille", ())
    assert seen.warnings, "why nothing was read is said"


def test_a_picture_too_small_for_dots_is_not_called_empty(sheet: RenderedPage) -> None:
    seen = read(cv2.resize(sheet.grey, None, fx=0.08, fy=0.08, interpolation=cv2.INTER_AREA))
    assert seen.kind == "not braille" and seen.warnings


@pytest.mark.release
def test_a_picture_of_something_else_without_fine_strokes_is_no_empty_sheet() -> None:
    picture = np.full((900, 1200), 200, np.uint8)
    for x, tone in ((200, 30), (500, 120), (750, 240), (1000, 60)):
        cv2.circle(picture, (x, 450), 140, tone, -1)
    assert read(picture).kind == "not braille"


@pytest.mark.release
def test_how_an_empty_page_lies_is_not_guessed() -> None:
    seen = read(render([], Look(), seed=73).grey)
    assert (seen.kind, seen.turned, seen.mirrored) == ("empty", 0, False)
