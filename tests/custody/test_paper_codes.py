"""Codes on paper: published examples of both check digits, and what people and scanners type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examday.domain.custody import paper_codes
from examday.domain.custody.paper_codes import (
    LETTERS,
    check_digit,
    form_code,
    item_code,
    read_item_code,
    spaced,
)
from examday.domain.errors import Invalid

SCAN_AGAIN = "Scan the bar code of the form once more, or type its digits. Nothing was changed."


@pytest.mark.parametrize(
    "published",
    [
        # GS1 General Specifications and the standard's usual examples: not made by our own code.
        "4006381333931",
        "5901234123457",
        "6291041500213",
        # ISO 2108, the example of an ISBN: not made by our own code.
        "9783161484100",
        # A digit whose weighted sum is a round ten: the check digit is 0, not 10.
        "0000000000000",
        "8711253001202",
    ],
)
def test_published_numbers_have_the_check_digit_that_is_printed_on_them(published: str) -> None:
    assert check_digit(published[:12]) == published[12]
    assert form_code(published) == published


def test_the_quasigroup_is_the_one_that_was_published() -> None:
    """The usual examples of H. M. Damm's code (2004): 572 and 4, 11294 and 6.

    A letter counts as its place among ours: «B» as 1, «N» as 5.
    """
    assert [sorted(LETTERS.values()).index(letter) + 1 for letter in "BN"] == [1, 5]
    assert paper_codes._damm("N72") == "4"
    assert paper_codes._damm("B1294") == "6"
    rows = [set(row) for row in paper_codes._DAMM]
    assert all(row == set("0123456789") for row in rows)
    columns = [{row[n] for row in paper_codes._DAMM} for n in range(10)]
    assert all(column == set("0123456789") for column in columns), "a Latin square"
    assert all(paper_codes._DAMM[n][n] == "0" for n in range(10)), "a right code ends at 0"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        (" 4006381333931 ", "4006381333931"),
        ("4 006381 333931", "4006381333931"),
        ("4-006381-333931", "4006381333931"),
        ("4–006381–333931", "4006381333931"),
        ("4006381\u200b333931", "4006381333931"),
        ("4006381333931\n", "4006381333931"),
    ],
)
def test_a_form_number_is_taken_however_it_is_written(typed: str, number: str) -> None:
    assert form_code(typed) == number


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        (
            "",
            "form-code-length",
            "No form number was scanned or typed.",
        ),
        (
            # The check digit alone is missing, or any other: nobody knows which.
            "400638133393",
            "form-code-length",
            "A form number has 13 digits; «400638133393» has 12.",
        ),
        (
            "40063813339312",
            "form-code-length",
            "A form number has 13 digits; «40063813339312» has 14.",
        ),
        (
            "400638133393X",
            "form-code-length",
            "A form number has 13 digits and nothing else; «400638133393X» is none.",
        ),
        (
            "4,00638E+12",
            "form-code-length",
            "«4,00638E+12» is a shortened number: its digits are lost. Make the column text.",
        ),
        (
            "4.00638e12 ",
            "form-code-length",
            "«4.00638e12 » is a shortened number: its digits are lost. Make the column text.",
        ),
        (
            "4006381333930",
            "form-code-check",
            "The check digit of «4006381333930» is wrong: a digit was misread, or two changed places.",
        ),
        (
            "4-006381-333930",
            "form-code-check",
            "The check digit of «4006381333930» is wrong: a digit was misread, or two changed places.",
        ),
    ],
)
def test_a_number_that_is_none_is_refused_beside_its_entry_with_what_to_do(
    typed: str, code: str, said: str
) -> None:
    with pytest.raises(Invalid) as refused:
        form_code(typed)
    error = refused.value
    assert (error.code, error.field) == (code, "code")
    assert error.message % error.params == said
    assert error.advice == SCAN_AGAIN


@pytest.mark.parametrize("typed", ["9" * 60, "1" + "," + "2" * 60 + "E+12"])
def test_of_a_very_long_text_forty_characters_are_repeated(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        form_code(typed)
    assert list(refused.value.params.values())[0] == typed[:40]


@pytest.mark.parametrize("typed", ["٤٠٠٦٣٨١٣٣٣٩٣١", "４００６３８１３３３９３x"])
def test_digits_of_other_scripts_are_no_form_number(typed: str) -> None:
    with pytest.raises(Invalid):
        form_code(typed)


@given(st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_of_a_form_number_is_noticed(place: int, more: int) -> None:
    right = "5901234123457"
    wrong = right[:place] + str((int(right[place]) + more) % 10) + right[place + 1 :]
    with pytest.raises(Invalid):
        form_code(wrong)


@pytest.mark.parametrize(("kind", "number"), [(kind, n) for kind in LETTERS for n in (0, 7, 41277)])
def test_our_codes_are_a_letter_six_digits_and_the_check_digit(kind: str, number: int) -> None:
    code = item_code(kind, number)
    assert code[0] == LETTERS[kind] and code[1:7] == f"{number:06d}" and len(code) == 8
    assert [digit for digit in "0123456789" if read_item_code(code[:7] + digit)] == [code[7]]


def test_the_example_of_the_documents_is_a_right_code() -> None:
    assert item_code("braille_notebook", 41277) == "N0412774"


def test_numbers_begin_anew_after_a_million_and_things_without_a_letter_get_none() -> None:
    assert item_code("packet", 1_000_000) == item_code("packet", 0)
    assert item_code("packet", 1_000_005) == item_code("packet", 5)
    with pytest.raises(KeyError):
        item_code("standard_sheet", 1)


AS_TYPED = {
    # letter → what a hand scanner types through the Russian layout; what looks like it: neither may
    # become another letter
    "N": ("Т", ""),
    "B": ("И", "В"),
    "L": ("Д", ""),
    "G": ("П", ""),
    "R": ("К", ""),
    "S": ("Ы", ""),
    "E": ("У", "Е"),
    "P": ("З", "Р"),
}


@pytest.mark.parametrize("kind", LETTERS)
def test_our_code_is_read_from_either_layout_and_from_look_alikes_in_any_case(kind: str) -> None:
    code = item_code(kind, 412_77)
    key, look = AS_TYPED[code[0]]
    for letter in filter(None, (code[0], key, look)):
        for written in (letter, letter.lower()):
            assert read_item_code(written + code[1:]) == code, written
    assert read_item_code(f" {code[0]} {code[1:4]}-{code[4:7]} {code[7]} ") == code


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "N",
        "N041277",
        "N04127744",
        "04127744",
        "N0412775",
        "X0412774",
        "Ф0412774",
        "N04127A4",
        "NA412774",
    ],
)
def test_what_is_no_code_of_ours_is_none(typed: str) -> None:
    assert read_item_code(typed) is None


@pytest.mark.parametrize("typed", ["N٠٤١٢٧٧٤", "N٠412774", "N041277٤", "N04127７4"])
def test_digits_of_other_scripts_are_no_code_of_ours(typed: str) -> None:
    """They mean the same digits, but no label has them: somebody has typed the code elsewhere."""
    assert read_item_code(typed) is None


@given(st.sampled_from(sorted(LETTERS)), st.integers(0, 999_999), st.integers(1, 5))
def test_two_neighbouring_digits_that_changed_places_are_noticed(
    kind: str, number: int, place: int
) -> None:
    code = item_code(kind, number)
    a, b = code[place], code[place + 1]
    if a != b:
        assert read_item_code(code[:place] + b + a + code[place + 2 :]) is None


@pytest.mark.parametrize(
    ("code", "read"),
    [
        ("N0412774", "N 041 277 4"),
        ("2610114090019", "2 610114 090019"),
        ("", ""),
        ("N041277", "N041277"),
        ("N04127744", "N04127744"),
        ("10412775", "10412775"),
        ("261011409001", "261011409001"),
        ("26101140900190", "26101140900190"),
        ("261011409001X", "261011409001X"),
    ],
)
def test_codes_are_read_out_in_groups_and_other_texts_as_they_are(code: str, read: str) -> None:
    assert spaced(code) == read
