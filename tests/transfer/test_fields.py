"""How fields are spelled in what is stored, and what people call them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examday.domain.transfer.fields import (
    FieldId,
    Group,
    field_words,
    fields_of,
    group_of,
    header_field,
    is_long,
    is_replacement,
    is_short,
    long_answer,
    replacement_row,
    sheet_order,
    short_answer,
)


@given(st.sampled_from(fields_of(40, range(41, 48)).ids))
def test_a_field_is_spelled_as_it_was_read(text: str) -> None:
    assert str(FieldId.parse(text)) == text


def test_the_stored_spelling_never_changes() -> None:
    assert fields_of(2, [27]).ids == (
        "header:region",
        "header:subject",
        "header:name",
        "1",
        "2",
        *(f"replacement:{row}" for row in range(1, 7)),
        "long:27",
    )
    assert (short_answer(7), replacement_row(2), long_answer(27), header_field("region")) == (
        "7",
        "replacement:2",
        "long:27",
        "header:region",
    )


@pytest.mark.parametrize(
    "text",
    ["", ":", "x", "long:", "long:x", "replacement:²", "²", "header:", "short:7", "long:1:2"],
)
def test_what_names_no_field_belongs_to_no_part_of_the_form(text: str) -> None:
    with pytest.raises(ValueError, match="no field id"):
        FieldId.parse(text)
    assert group_of(text) is None
    assert not (is_short(text) or is_long(text) or is_replacement(text))


def test_fields_come_in_the_order_of_the_sheet() -> None:
    mixed = ["long:27", "odd", "replacement:10", "replacement:2", "10", "9", "header:region"]
    assert sorted(mixed, key=sheet_order) == [
        "header:region",
        "9",
        "10",
        "replacement:2",
        "replacement:10",
        "long:27",
        "odd",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("7", ("Task %(number)s", {"number": "7"})),
        ("replacement:2", ("Replacement, row %(number)s", {"number": "2"})),
        ("long:27", ("Long answer, task %(number)s", {"number": "27"})),
        ("header:subject", ("Subject code", {})),
        ("header:class", ("Task %(number)s", {"number": "header:class"})),
    ],
)
def test_each_field_has_its_words(text: str, words: tuple[str, dict[str, str]]) -> None:
    assert field_words(text) == words


def test_the_number_of_a_field() -> None:
    assert [FieldId.parse(text).number for text in ("7", "long:27", "header:region")] == [7, 27, 0]
    assert FieldId.parse("long:27").group is Group.LONG
