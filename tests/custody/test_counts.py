"""Counts always add up: nothing appears from nowhere, nothing is lost, whatever is moved where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examday.domain.custody.counts import (
    Place,
    account,
    agree,
    check_contents,
    compare,
    differences,
    place,
    tally,
)
from examday.domain.custody.kit import Kind
from examday.domain.custody.paper_codes import (
    LETTERS,
    check_digit,
    form_code,
    item_code,
    read_item_code,
)
from examday.domain.errors import Invalid

kinds = st.sampled_from(Kind)
counts = st.dictionaries(kinds, st.integers(0, 50))
things = st.lists(st.tuples(kinds, st.sampled_from(Place)))
codes = st.lists(st.sampled_from([f"L{n}" for n in range(8)]))


@given(st.lists(kinds))
def test_a_tally_counts_everything_once(found: list[Kind]) -> None:
    assert sum(tally(found).values()) == len(found)


@given(counts, counts)
def test_differences_explain_exactly_what_changed(
    one: dict[Kind, int], other: dict[Kind, int]
) -> None:
    found = differences(one, other)
    assert sum(d.counted - d.expected for d in found) == sum(other.values()) - sum(one.values())
    mended = {kind: one.get(kind, 0) for kind in Kind} | {d.kind: d.counted for d in found}
    assert mended == {kind: other.get(kind, 0) for kind in Kind}
    back = differences(other, one)
    assert {(d.kind, d.counted, d.expected) for d in back} == {
        (d.kind, d.expected, d.counted) for d in found
    }


@given(counts)
def test_equal_counts_have_no_differences(one: dict[Kind, int]) -> None:
    assert differences(one, {k: n for k, n in one.items() if n}) == ()


@given(counts, counts)
def test_works_counted_together_agree_exactly_where_each_would_pass_alone(
    expected: dict[Kind, int], counted: dict[Kind, int]
) -> None:
    try:
        compare(expected, counted, "")
        alone = True
    except Invalid:
        alone = False
    assert agree(expected, counted) is alone


@pytest.mark.parametrize(
    ("counted", "right"),
    [({Kind.PRINT_OUT: 2, Kind.ENVELOPE: 0}, True), ({Kind.PRINT_OUT: 2}, False)],
)
def test_a_number_that_was_left_out_is_not_zero(counted: dict[Kind, int], right: bool) -> None:
    assert agree({Kind.PRINT_OUT: 2, Kind.ENVELOPE: 0}, counted) is right


@given(things)
def test_what_nobody_has_counted_is_not_said_to_add_up(found: list[tuple[Kind, Place]]) -> None:
    lines = account(found)
    assert all(line.agreed is None for line in lines)
    assert sum(line.total for line in lines) == len(found)


@given(things, st.lists(st.tuples(counts, counts)))
def test_an_account_says_what_the_last_counts_found(
    found: list[tuple[Kind, Place]], last: list[tuple[dict[Kind, int], dict[Kind, int]]]
) -> None:
    lines = {line.kind: line for line in account(found, last)}
    for kind in Kind:
        wrong = any(was.get(kind, 0) != said.get(kind, 0) for was, said in last)
        counted = any(kind in was or kind in said for was, said in last)
        if kind in lines:
            assert lines[kind].agreed is (not wrong if counted else None)
        else:
            assert not wrong and kind not in {of for of, _where in found}


@given(
    st.sampled_from(["in_use", "handed_over", "spoiled", "not_used"]), st.lists(kinds, max_size=3)
)
def test_every_thing_is_somewhere(state: str, holders: list[Kind]) -> None:
    assert place(state, holders) in Place


@given(codes, codes)
def test_a_check_of_contents_accounts_for_every_code(wanted: list[str], seen: list[str]) -> None:
    check = check_contents(wanted, seen)
    assert len(check.present) + len(check.missing) == len(set(wanted))
    assert len(check.present) + len(check.foreign) + len(check.twice) == len(seen)
    assert check.agrees is (sorted(set(wanted)) == sorted(seen))


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 12))
def test_a_number_with_a_digit_missing_is_refused_whichever_it_is(twelve: str, at: int) -> None:
    whole = twelve + check_digit(twelve)
    assert form_code(whole) == whole
    with pytest.raises(Invalid, match="12"):
        form_code(whole[:at] + whole[at + 1 :])


@given(st.sampled_from(sorted(LETTERS)), st.integers(0, 10**9))
def test_our_codes_read_back(kind: str, number: int) -> None:
    code = item_code(kind, number)
    assert read_item_code(f" {code[0].lower()} {code[1:4]}-{code[4:]} ") == code


@pytest.mark.parametrize(
    ("scanned", "agrees"),
    [
        (["A", "B"], True),
        (["B", "A"], True),
        (["A"], False),
        (["A", "B", "C"], False),
        (["A", "B", "B"], False),
    ],
    ids=["all", "in any order", "one missing", "a foreign one", "one twice"],
)
def test_a_packet_agrees_only_with_exactly_what_should_lie_in_it(
    scanned: list[str], agrees: bool
) -> None:
    assert check_contents(["A", "B"], scanned).agrees is agrees
