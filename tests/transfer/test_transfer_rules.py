"""Laws that hold for every possible pair of readings."""

from hypothesis import given
from hypothesis import strategies as st

from examday.domain.transfer.alphabet import Alphabet, fold
from examday.domain.transfer.answers import (
    BLANK,
    Choice,
    Decision,
    Mark,
    Value,
    compare,
    plain_values,
    read_values,
    settle,
)
from examday.domain.transfer.fields import fields_of, is_replacement

FIELDS = fields_of(4, [1])
TEXT = st.text("АБОЗ03-, Q.", max_size=5)
MARKED = st.sampled_from(
    [
        BLANK,
        Value(mark=Mark.ILLEGIBLE),
        Value(mark=Mark.CROSSED_OUT),
        Value("5", Mark.OUTSIDE_FIELD),
    ]
)


@st.composite
def readings(draw: st.DrawFn) -> dict[str, Value]:
    """A whole reading: text, marks, replacement rows with task numbers."""
    values: dict[str, Value] = {}
    for f in FIELDS.ids:
        task = draw(st.sampled_from(["", "1", "01", "9"])) if is_replacement(f) else ""
        values[f] = draw(
            st.one_of(MARKED, TEXT.map(lambda t, task=task: Value(t or "7", None, task)))
        )
    return values


@given(readings(), readings())
def test_comparing_is_symmetric_and_finds_exactly_the_unequal_fields(
    one: dict[str, Value], other: dict[str, Value]
) -> None:
    found = compare(FIELDS, one, other)
    assert found == compare(FIELDS, other, one)
    assert all(one[f] != other[f] for f in found)
    assert all(one[f] == other[f] for f in set(FIELDS.ids) - set(found))
    assert compare(FIELDS, one, one) == []


@given(readings())
def test_settling_what_both_read_is_what_both_read(one: dict[str, Value]) -> None:
    assert settle(FIELDS, one, dict(one), {}) == one


@given(readings(), readings(), st.data())
def test_nothing_is_settled_that_nobody_read(
    one: dict[str, Value], other: dict[str, Value], data: st.DataObject
) -> None:
    own = {
        f: data.draw(st.sampled_from([one[f], other[f], Value("своё")]))
        for f in compare(FIELDS, one, other)
    }
    choices = {
        f: Decision(
            own[f],
            data.draw(st.sampled_from([Choice.OWN, Choice.FIRST, Choice.SECOND])),
            reason="seen",
        )
        for f in own
    }
    settled = settle(FIELDS, one, other, choices)
    assert set(settled) == set(FIELDS.ids)
    assert all(settled[f] in (one[f], other[f], own.get(f)) for f in FIELDS.ids)
    assert all(settled[f] == one[f] for f in FIELDS.ids if f not in own)


@given(readings())
def test_storing_and_reading_back_changes_nothing(one: dict[str, Value]) -> None:
    assert read_values(plain_values(one)) == one


@given(readings(), readings())
def test_two_contents_are_stored_alike_only_when_they_are_equal(
    one: dict[str, Value], other: dict[str, Value]
) -> None:
    assert (plain_values(one) == plain_values(other)) == (one == other)


@given(st.text(max_size=30))
def test_folding_is_done_after_once_and_never_shortens(text: str) -> None:
    letters = Alphabet("1234567890АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ,-").short
    once = fold(text, letters)
    assert fold(once, letters) == once
    assert once.count(" ") >= text.count(" ")


@given(st.text("абвёйАБВ015-–−,. XxЙ", max_size=20))
def test_folding_touches_only_what_the_form_writes_otherwise(text: str) -> None:
    letters = Alphabet("0123456789АБВГДЕЁЖЗИЙ,-").short
    for before, after in zip(text, fold(text, letters), strict=True):
        assert after == before or (after in letters and (before.upper() == after or before in "–−"))
