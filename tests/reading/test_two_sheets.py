"""Two sheets on one glass: both are named, and the picture is cut where nothing written is touched."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from examday.reading.cutting import NAMED, ONE_NAMED
from examday.reading.identify import Identity, identify

Sheet = Callable[..., np.ndarray]
ONE, OTHER = "2612345678905", "2699999999907"
MM = 200 / 25.4
"""Pixels of a millimetre: a glass at 200 dpi costs half of one at 300."""
WIDE = round(210 * MM)
HEAD = round(42 * MM)
"""Codes, printed number and the upper squares: what tells a sheet lies there."""


@pytest.fixture(scope="module")
def pair(sheet: Sheet) -> tuple[np.ndarray, np.ndarray]:
    def small(code: str) -> np.ndarray:
        page = sheet({"1": "135", "20": "КОД"}, code=code[:12])
        size = (WIDE, round(297 * MM))
        return np.asarray(cv2.resize(page, size, interpolation=cv2.INTER_AREA))

    return small(ONE), small(OTHER)


def glass(left: np.ndarray, right: np.ndarray, at_mm: float = 210.0) -> np.ndarray:
    """Both on an A3 glass, the right one on top where they overlap."""
    picture = np.full((max(len(left), len(right)), WIDE + right.shape[1]), 240, np.uint8)
    picture[: len(left), : left.shape[1]] = left
    at = round(at_mm * MM)
    picture[: len(right), at : at + right.shape[1]] = right
    return picture


def look(picture: np.ndarray) -> Identity:
    found = identify(picture, 200)
    assert "two-sheets" in found.because
    return found


def named(found: Identity) -> set[str]:
    (note,) = [w for w in found.warnings if w.code == "two-sheets"]
    return set(str(note.params["codes"]).split(", "))


def cut_codes(found: Identity, picture: np.ndarray) -> list[str | None]:
    """The numbers of the two pages that the cut gives; each would be attached."""
    pages = [identify(picture[y0:y1, x0:x1], 200) for x0, y0, x1, y1 in found.sheets]
    assert all(page.because == () for page in pages)
    return [page.code for page in pages]


@pytest.mark.parametrize(
    "kind",
    [
        "one upside down",
        *(
            pytest.param(k, marks=pytest.mark.release)
            for k in ("overlapping by 5 mm", "on its side")
        ),
    ],
)
@pytest.mark.release
def test_sheets_that_touch_or_overlap_or_lie_another_way_are_cut_apart(
    pair: tuple[np.ndarray, np.ndarray], kind: str
) -> None:
    one, other = pair
    if kind == "one upside down":
        picture = glass(one, np.ascontiguousarray(other[::-1, ::-1]))
    elif kind == "on its side":
        picture = glass(one, np.ascontiguousarray(np.rot90(other)))
    else:
        picture = glass(one, other, 205.0)
    found = look(picture)
    assert named(found) == {ONE, OTHER}
    assert cut_codes(found, picture) == [ONE, OTHER]


@pytest.mark.release
def test_where_a_sheet_covers_answers_of_the_other_nothing_is_cut(
    pair: tuple[np.ndarray, np.ndarray],
) -> None:
    found = look(glass(*pair, 198.0))
    assert named(found) == {ONE, OTHER}
    assert found.sheets == (), "the covered cells would look blank"


@pytest.mark.release
def test_a_sheet_whose_number_cannot_be_read_is_told_of_all_the_same(
    pair: tuple[np.ndarray, np.ndarray],
) -> None:
    one, other = pair
    covered = other.copy()
    covered[round(9 * MM) : round(56 * MM), : round(170 * MM)] = 240
    covered[:HEAD, round(185 * MM) :] = 240
    found = look(glass(one, covered))
    (note,) = [w for w in found.warnings if w.code == "two-sheets"]
    assert (note.message, note.params["codes"]) == (ONE_NAMED, ONE)
    assert NAMED != ONE_NAMED


def test_a_page_of_text_beside_a_form_is_not_passed_over(
    pair: tuple[np.ndarray, np.ndarray],
) -> None:
    text = np.full_like(pair[0], 240)
    for line in range(12):
        at = (100, 200 + 50 * line)
        cv2.putText(text, "the quick brown fox jumps over", at, 0, 1.0, 20, 2)
    assert "two-sheets" in identify(glass(pair[0], text), 200).because
    assert "two-sheets" in identify(glass(pair[0], pair[1][:, : WIDE // 4]), 200).because
    assert identify(glass(pair[0], np.full_like(text, 240)), 200).because == ()
