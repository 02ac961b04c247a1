"""A dot that stands alone: whether it is dot 2 or dot 5 is told by the columns of the page."""

import numpy as np
import pytest

from examday.braille.columns import move_into_columns
from examday.braille.detect import Found

PITCH, LINE = 28.0, 46.0
HALF = 0.2 * PITCH  # from the middle of a cell to either column of dots, because a comb fits both
L, A, COMMA, FIVE = 0b000111, 0b000001, 0b000010, 0b010000
TWO_COLUMNS = 0b011011


def page(tilt: float, *lone: tuple[float, int, float]) -> Found:
    """Three lines of eight sure cells with two columns, and under them lone ones: (x of the dot in
    pitches from the middle of the first cell, dots as read, certainty). A cell is read where its
    dots put it."""
    cells = [
        (column * PITCH, line * LINE, TWO_COLUMNS, 0.999)
        for line in range(3)
        for column in range(8)
    ]
    for at, dots, sure in lone:
        middle = at * PITCH + (HALF if dots & L else -HALF)
        cells.append((middle, 3 * LINE, dots, sure))
    x, y, dots, sure = (np.array(column) for column in zip(*cells, strict=True))
    p = (dots[:, None] >> np.arange(6) & 1).astype(np.float32)
    places = np.stack([100 + x - tilt * y, 100 + y + tilt * x], 1).astype(np.float32)
    return Found(places, np.tile(np.float32([22, 34]), (len(x), 1)), p, sure.astype(np.float32))


@pytest.mark.parametrize("tilt", [0.0, 0.05, -0.05])
def test_a_doubtful_comma_between_the_columns_is_a_dot_5_of_the_cell_before(tilt: float) -> None:
    found = page(tilt, (3.2, COMMA, 0.4))
    after = move_into_columns(found)
    assert after.dots[-1] == FIVE
    assert after.centres[-1, 0] == pytest.approx(found.centres[-1, 0] - 0.4 * PITCH)
    assert after.certainty[-1] < 0.5, "it stays doubtful"


def test_a_doubtful_dot_5_may_be_a_comma_of_the_next_cell() -> None:
    assert move_into_columns(page(0, (3.8, FIVE, 0.4))).dots[-1] == COMMA


@pytest.mark.parametrize(
    ("at", "dots", "sure"),
    [
        (2.8, COMMA, 0.4),  # it stays, since it is in its column
        (3.2, COMMA, 0.97),  # it stays, since the network is sure
        (3.2, TWO_COLUMNS, 0.4),  # two columns cannot be mistaken for each other
    ],
)
def test_cells_in_their_place_sure_ones_and_those_of_two_columns_stay(
    at: float, dots: int, sure: float
) -> None:
    found = page(0, (at, dots, sure))
    after = move_into_columns(found)
    assert (after.dots == found.dots).all()
    assert (after.centres == found.centres).all()


def test_a_page_of_lonely_cells_has_no_columns_to_go_by() -> None:
    places = np.float32([[10, 10], [100, 60]])
    p = np.zeros((2, 6), np.float32)
    p[:, 1] = 1
    found = Found(places, np.full((2, 2), 30, np.float32), p, np.full(2, 0.5, np.float32))
    assert (move_into_columns(found).dots == COMMA).all()
