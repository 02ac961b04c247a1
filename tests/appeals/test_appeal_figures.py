"""Figures of the commission: small counts cannot be found, not by subtraction either, and intervals
hold for a handful of cases."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import product
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from examday.domain.appeals.figures import (
    SMALL,
    Table,
    defect_rate,
    interval,
    part,
    tally,
    written,
)


def table_of(counts: Sequence[int], small: int = SMALL) -> Table:
    return Table(tuple((f"{place:02d}", count) for place, count in enumerate(counts)), small)


@pytest.mark.parametrize(("small", "most"), [(SMALL, 7), (5, 9)])
def test_whoever_knows_the_sum_and_the_rule_cannot_find_a_small_count(
    small: int, most: int
) -> None:
    """Every table of up to four cells: those that look the same differ in each small cell."""
    alike = defaultdict(list)
    for counts in (c for n in (1, 2, 3, 4) for c in product(range(1, most), repeat=n)):
        alike[written(sum(counts), small), table_of(counts, small).shown()].append(counts)
    for (_total, shown), tables in alike.items():
        cells = zip(*tables, strict=True) if shown else ()
        assert all(len(set(cell)) > 1 for cell in cells if min(cell) < small), (shown, tables)
        assert len(tables) > 1 or min(tables[0]) >= small, tables


@given(st.lists(st.integers(0, 40), max_size=12), st.sampled_from([SMALL, 5]), st.randoms())
def test_hidden_counts_may_have_changed_places_and_are_no_small_group_together(
    counts: list[int], small: int, chance: Random
) -> None:
    table = table_of(counts, small)
    hidden = [place for place, (label, _n) in enumerate(table.rows) if label in table.protected]
    shown = table.shown()
    told = {label: (text, bar) for label, text, bar in shown}
    assert all(told[label] == (str(n), n) for label, n in table.rows if told and n >= small
               and label not in table.protected)  # fmt: skip
    if shown and hidden:
        assert len({counts[place] for place in hidden}) > 1
        left = sum(counts) - sum(bar for _label, _text, bar in shown)
        assert left >= small, "what remains of the sum is no small group either"
        assert len({told[f"{place:02d}"] for place in hidden}) == 1, "all are written alike"
        changed = list(counts)
        for place, other in zip(hidden, chance.sample(hidden, len(hidden)), strict=True):
            changed[place] = counts[other]
        assert table_of(changed, small).shown() == shown
    assert all(int(text) >= small or text == "0" for _l, text, _bar in shown if text.isdigit())


@given(st.integers(0, 60), st.integers(0, 60), st.sampled_from([SMALL, 5]))
@example(4, 3, 5)
def test_a_part_of_a_known_sum_tells_neither_itself_nor_the_rest_where_it_is_small(
    count: int, rest: int, small: int
) -> None:
    total = count + rest
    alike = [n for n in range(total + 1) if part(n, total, small) == part(count, total, small)]
    if total >= small and (0 < count < small or 0 < rest < small):
        assert len(alike) > 1
    elif total >= small:
        assert part(count, total, small) == str(count)


def test_only_hidden_cells_have_no_bar_and_true_ones_have_true_bars() -> None:
    table = Table((("a", 9), ("b", 4), ("c", 1)))
    assert table.shown() == (("a", "9", 9), ("b", "…", 0), ("c", "…", 0))
    assert Table((("a", 9), ("b", 4))).shown() == (("a", "9", 9), ("b", "4", 4))
    assert Table((("a", 9), ("b", 1))).shown() == (), "both would be hidden"
    assert Table(()).shown() == ()


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
