"""Figures of the commission: small counts cannot be found, not by subtraction either, and intervals
hold for a handful of cases."""

import itertools

import pytest

from examday.domain.appeals.figures import SMALL, Table, defect_rate, interval, tally


def visible_and_possible(table: Table) -> list[set[int]]:
    """For each small cell of a shown table: the values that a reader who knows the sum and the rules
    of hiding cannot exclude."""
    shown = {label: text for label, text, _bar in table.shown()}
    total = sum(count for _label, count in table.rows)
    ranges = []
    for label, _count in table.rows:
        text = shown[label]
        if text == "…":
            ranges.append(range(SMALL, total + 1))
        elif "–" in text:
            ranges.append(range(1, SMALL))
        else:
            ranges.append(range(int(text), int(text) + 1))
    fitting = [values for values in itertools.product(*ranges) if sum(values) == total]
    return [
        {values[place] for values in fitting}
        for place, (_label, count) in enumerate(table.rows)
        if 0 < count < SMALL
    ]


def test_no_small_count_follows_from_the_sum_and_the_visible_cells() -> None:
    for counts in (c for n in (1, 2, 3, 4) for c in itertools.product(range(1, 7), repeat=n)):
        table = Table(tuple((str(place), count) for place, count in enumerate(counts)))
        if table.safe:
            left = visible_and_possible(table)
            assert all(len(values) > 1 for values in left), table.shown()
        else:
            assert table.shown() == () and min(counts) < SMALL


def test_only_hidden_cells_have_no_bar_and_true_ones_have_true_bars() -> None:
    table = Table((("a", 9), ("b", 4), ("c", 1)))
    assert table.shown() == (("a", "9", 9), ("b", "…", 0), ("c", "1–2", 0))
    assert Table((("a", 9), ("b", 4))).shown() == (("a", "9", 9), ("b", "4", 4))


def test_the_order_of_covered_counts_does_not_tell_which_is_larger() -> None:
    one, other = tally("cccccccccaab").shown(), tally("cccccccccabb").shown()
    assert one == other == (("c", "9", 9), ("a", "1–2", 0), ("b", "1–2", 0))


@pytest.mark.parametrize(
    ("hits", "trials", "lower", "upper"),
    [(0, 10, 0.0, 0.3085), (1, 10, 0.0025, 0.4450), (5, 10, 0.1871, 0.8129), (10, 10, 0.6915, 1)],
)
def test_the_interval_is_that_of_clopper_and_pearson(
    hits: int, trials: int, lower: float, upper: float
) -> None:
    assert interval(hits, trials) == pytest.approx((lower, upper), abs=0.0001)


def test_more_defects_never_have_a_smaller_bound() -> None:
    bounds = [interval(hits, 2000)[1] for hits in range(8)]
    assert bounds == sorted(bounds) and len(set(bounds)) == 8


def test_the_rate_does_not_give_a_small_count_away() -> None:
    assert defect_rate(1, 500) == defect_rate(2, 500)
    assert defect_rate(1, 500).value is None  # type: ignore[union-attr]
    assert defect_rate(4, 500).value == 8.0  # type: ignore[union-attr]
    assert defect_rate(0, 0) is None
