"""Two sheets on one glass become two pages where both are proven, and stay one picture else."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from examday.reading.identify import identify
from examday.reading.two_sheets import cut_in_two

Sheet = Callable[..., np.ndarray]


@pytest.mark.parametrize(
    "way",
    [0, pytest.param(1, marks=pytest.mark.release)],
    ids=["side by side", "one above the other"],
)
def test_two_sheets_become_two_pages_with_their_own_numbers(sheet: Sheet, way: int) -> None:
    both = np.hstack(
        [sheet({"1": "135"}, code="261234567890"), sheet({"1": "246"}, code="269999999990")]
    )
    both = np.ascontiguousarray(np.rot90(both, way))
    cut = cut_in_two(both, 300)
    assert cut is not None
    assert {page.identity.code[:12] for page in cut if page.identity.code} == {
        "261234567890",
        "269999999990",
    }
    for page in cut:
        assert page.identity.because == () and page.identity.proven
        high, wide = page.grey.shape
        shown = both[page.top : page.top + high, page.left : page.left + wide]
        middle = np.s_[high // 4 : high // 2, wide // 4 : wide // 2]
        assert np.array_equal(page.grey[middle], shown[middle]), "pixels of the picture itself"


def test_one_sheet_is_not_cut(sheet: Sheet) -> None:
    assert cut_in_two(sheet({"1": "135"}), 300) is None


def test_two_sheets_are_not_cut_where_one_of_them_is_not_proven(sheet: Sheet) -> None:
    one, other = sheet(code="261234567890"), sheet(code="269999999990")
    soft = cv2.GaussianBlur(other, (0, 0), 5.0)
    both = np.hstack([one, soft])
    assert cut_in_two(both, 300) is None
    assert cut_in_two(np.hstack([one, other[:, : other.shape[1] // 2]]), 300) is None
    assert not identify(one, 300).because
