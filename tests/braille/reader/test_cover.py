"""Dots that were seen and not read are named with their place, never passed over in silence."""

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from examday.braille.encode import encode
from examday.braille.page import BraillePage, read
from examday.braille.render import Look, RenderedPage, render
from examday.domain.braille.places import place_of

SPREAD = 4.2
"""px of a blur that hides some forty cells of the page from the reader, and not their traces."""
Places = npt.NDArray[np.float64]
LOOK = Look(page_mm=(200, 215), margin_mm=(20, 20))
LINES = [encode(f"{n} конституция и право") for n in range(1, 15)]


@pytest.fixture(scope="module")
def sheet() -> RenderedPage:
    return render(LINES, LOOK, seed=5)


def blurred(sheet: RenderedPage, above: float, spread: float) -> npt.NDArray[np.uint8]:
    """The page with its upper part out of focus: `above` of its height, `spread` px."""
    soft = cv2.GaussianBlur(sheet.grey, (0, 0), spread).astype(np.float32)
    rows = np.mgrid[: sheet.grey.shape[0], : sheet.grey.shape[1]][0]
    share = cv2.GaussianBlur((rows < above * len(rows)).astype(np.float32), (0, 0), 12)
    return np.asarray(sheet.grey * (1 - share) + soft * share, np.uint8)


def lit_from_below(sheet: RenderedPage, corner: tuple[int, int] | None) -> npt.NDArray[np.uint8]:
    """The page with a part in a light that falls from the other side: shades are bright there.

    A corner, or for None all that lies below three fifths of its height.
    """
    height, width = sheet.grey.shape
    rows, columns = np.mgrid[:height, :width]
    if corner is None:
        off = 1 + 0.6 - rows / height
    else:
        off = np.hypot(columns - corner[0] * width, rows - corner[1] * height) / (0.6 * width)
    light = 2 * np.clip((off - 1) / 0.06 + 0.5, 0, 1) - 1
    paper = cv2.GaussianBlur(sheet.grey.astype(np.float32), (0, 0), 15)
    return np.asarray(np.clip(paper + light * (sheet.grey - paper), 0, 255), np.uint8)


def missed(true: Places, page: BraillePage) -> Places:
    """Those of the true centres that no cell read lies on."""
    boxes = np.array([cell.box for line in page.lines for cell in line.cells if cell.box])
    seen = (boxes[:, :2] + boxes[:, 2:]) / 2
    size = np.median(boxes[:, 2:] - boxes[:, :2], axis=0)
    off = (np.abs(true[:, None] - seen[None]) / size).max(2).min(1)
    return np.asarray(true[off > 0.7])


def centres(sheet: RenderedPage) -> Places:
    return np.asarray((sheet.boxes[:, :2] + sheet.boxes[:, 2:]) / 2)


def named(places: Places, page: BraillePage) -> float:
    """Share of places that lie in an area that is called unread."""
    inside = [
        any(left <= x <= right and top <= y <= bottom for left, top, right, bottom in page.unread)
        for x, y in places.tolist()
    ]
    return float(np.mean(inside))


def test_of_a_page_that_was_read_nothing_is_called_unread(sheet: RenderedPage) -> None:
    page = read(sheet.grey)
    assert len(missed(centres(sheet), page)) == 0 and page.unread == ()


@pytest.mark.parametrize("on_its_head", [False, True])
@pytest.mark.release
def test_lines_out_of_focus_are_named_where_they_lie_in_the_file(
    sheet: RenderedPage, on_its_head: bool
) -> None:
    picture, true = blurred(sheet, 0.35, SPREAD), centres(sheet)
    if on_its_head:
        picture = np.ascontiguousarray(picture[::-1, ::-1])
        true = np.array(picture.shape[::-1]) - true
    page = read(picture)
    lost = missed(true, page)
    assert len(lost) >= 15 and named(lost, page) >= 0.5
    half = page.height / 2
    assert all(
        (bottom > half) if on_its_head else (top < half) for _, top, _, bottom in page.unread
    )


def test_lines_so_far_out_of_focus_that_hardly_a_trace_is_left_are_named_too(
    sheet: RenderedPage,
) -> None:
    page = read(blurred(sheet, 0.35, 5.4))
    lost = missed(centres(sheet), page)
    assert len(lost) >= 80 and named(lost, page) >= 0.5


@pytest.mark.parametrize("corner", [(0, 0), (1, 0), (0, 1), (1, 1), None])
def test_a_part_that_is_lit_from_the_other_side_is_named(
    sheet: RenderedPage, corner: tuple[int, int] | None
) -> None:
    """Dots look like dents there, and no trace of a cell is left."""
    page = read(lit_from_below(sheet, corner))
    lost = missed(centres(sheet), page)
    assert len(lost) >= 15 and named(lost, page) >= 0.8


def test_the_other_side_of_a_sheet_is_not_called_unread() -> None:

    both = render(LINES[:5], LOOK, 5, LINES)
    assert read(both.grey).unread == ()


def test_a_place_is_told_in_words() -> None:
    assert place_of((0, 0, 30, 20), 300, 300) == "at the top left"
    assert place_of((10, 0, 290, 20), 300, 300) == "at the top"
    assert place_of((250, 20, 290, 290), 300, 300) == "on the right"
    assert place_of((0, 0, 300, 300), 300, 300) == "over the whole page"
