"""Laying two rows of cells on each other: true for any likeness of their cells."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from examday.domain.custody.paper_codes import check_digit
from examday.domain.custody.sheet_codes import sheet_number
from examday.reading.row_comparison import Likeness, _steps, slip

TABLES = st.tuples(st.integers(0, 9), st.integers(0, 9)).flatmap(
    lambda size: arrays(np.float64, size, elements=st.floats(0, 1))
)


@given(TABLES)
@settings(max_examples=150, deadline=None)
def test_every_cell_of_both_rows_is_used_once_and_in_order(same: np.ndarray) -> None:
    steps = _steps(same)
    assert [i for i, _ in steps if i is not None] == list(range(same.shape[0]))
    assert [j for _, j in steps if j is not None] == list(range(same.shape[1]))
    assert (None, None) not in steps


@given(TABLES, st.floats(0.001, 0.5))
@settings(max_examples=150, deadline=None)
def test_any_two_rows_that_differ_get_a_name(same: np.ndarray, bound: float) -> None:
    like = Likeness(same, ("Ж" * same.shape[0], "Ш" * same.shape[1]))
    if like.agreement < bound:
        assert slip(like) in {
            "omitted",
            "added",
            "doubled",
            "transposed",
            "substituted",
            "rewritten",
        }
    else:
        assert same.shape[0] == same.shape[1]


@given(st.from_regex(r"[0-9]{12}", fullmatch=True), st.integers(1, 9))
def test_one_wrong_digit_of_a_sheet_number_is_always_seen(twelve: str, off: int) -> None:
    number = twelve + check_digit(twelve)
    assert sheet_number(number) == number
    for place in range(13):
        wrong = number[:place] + str((int(number[place]) + off) % 10) + number[place + 1 :]
        assert sheet_number(wrong) is None
