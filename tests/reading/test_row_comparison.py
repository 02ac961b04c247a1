"""Laying two rows of cells on each other: true for any likeness of their cells."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from examday.domain.custody.paper_codes import check_digit
from examday.domain.custody.sheet_codes import sheet_number
from examday.reading.glyph import CLASSES
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


def settled(text: str, doubted: int, for_: str, chance: float) -> Likeness:
    """A row that shows `text` surely, but for one cell that may show another character."""
    chances = np.zeros((len(text), len(CLASSES)))
    chances[range(len(text)), [CLASSES.index(c) for c in text]] = 0.999
    chances[doubted] = 0
    chances[doubted, [CLASSES.index(text[doubted]), CLASSES.index(for_)]] = 1 - chance, chance
    same = chances[:, [CLASSES.index(c) for c in text]].T
    return Likeness(same, (text, text), 36, chances)


def test_doubt_between_what_people_take_for_each_other_says_more_of_a_slip() -> None:
    """Ц read where Щ was settled is a copyist's slip sooner than Л read for a long И."""
    assert settled("ЩУКА", 0, "Ц", 0.98).agreement < 0.5 < settled("ЖИЗНЬ", 1, "Л", 0.98).agreement
    assert settled("ЖИЗНЬ", 1, "Л", 0.9999).agreement < 0.1


def test_neighbours_that_changed_places_are_one_slip() -> None:
    """Each of two cells alone leaves a doubt; together they say which slip it was."""
    turned = np.array([[0.2, 0.8, 0.0], [0.8, 0.2, 0.0], [0.0, 0.0, 1.0]])
    chances = np.zeros((3, len(CLASSES)))
    chances[:, [CLASSES.index(c) for c in "235"]] = turned
    apart = Likeness(turned, ("235", "325"), 12)
    assert Likeness(turned, ("235", "325"), 12, chances).agreement < apart.agreement


@given(st.from_regex(r"[0-9]{12}", fullmatch=True), st.integers(1, 9))
def test_one_wrong_digit_of_a_sheet_number_is_always_seen(twelve: str, off: int) -> None:
    number = twelve + check_digit(twelve)
    assert sheet_number(number) == number
    for place in range(13):
        wrong = number[:place] + str((int(number[place]) + off) % 10) + number[place + 1 :]
        assert sheet_number(wrong) is None
