"""What the codes of a sheet say together: the number all share, a majority with a note, or a
question to a person."""

import pytest

from examday.domain.custody.paper_codes import check_digit
from examday.domain.custody.sheet_codes import (
    NUMBER,
    OPAQUE,
    PARTNER,
    Verdict,
    Witness,
    settle,
    sheet_number,
)


def ean(twelve: str) -> str:
    return twelve + check_digit(twelve)


N, P = "2610114090019", "2630114090017"
OTHER = ean("261999999999")
number = Witness("horizontal", NUMBER, N)
partner = Witness("vertical", PARTNER, P, (4, 12))
square = Witness("qr", OPAQUE, "0600B4CD9490EF40BBA0")


def test_number_and_partner_of_the_real_form_agree_without_a_note() -> None:
    assert settle([square, number, partner]) == Verdict(N, "", (N, P))


def test_one_number_on_all_codes_as_on_training_sheets_agrees_too() -> None:
    same = Witness("vertical", PARTNER, N, (4, 12))
    assert settle([number, same]).number == N
    assert settle([same, Witness("qr", OPAQUE, f"BO1;{N[:12]};01")]).number == N


def test_one_against_one_decides_nothing() -> None:
    told = settle([number, Witness("vertical", PARTNER, ean("263999999999"), (4, 12))])
    assert (told.number, told.note) == (None, "codes-differ")


@pytest.mark.parametrize("planned", [{N}, set()])
def test_two_of_three_win_and_it_is_said(planned: set[str]) -> None:
    wrong = Witness("vertical", PARTNER, ean("263999999999"), (4, 12))
    third = Witness("third", NUMBER, N)
    told = settle([number, wrong] if planned else [number, wrong, third], planned=planned)
    assert (told.number, told.note) == (N, "codes-outvoted")


def test_two_planned_numbers_are_a_question() -> None:
    wrong = Witness("vertical", PARTNER, ean("263999999999"), (4, 12))
    assert settle([number, wrong], planned={N, OTHER}).note == "codes-differ"


def test_a_partner_alone_names_the_one_planned_number_that_goes_with_it() -> None:
    assert settle([partner, square]).note == "partner-only"
    assert settle([partner], planned={OTHER}).number is None
    assert settle([partner], planned={N}) == Verdict(N, "number-from-plan", (N, P))
    twin = ean("265" + N[3:12])
    assert settle([partner], planned={N, twin}).note == "partner-only"


def test_a_single_code_is_said_only_where_the_form_has_another() -> None:
    assert settle([number]).note == "one-code"
    assert settle([number], voting=1).note == ""


def test_nothing_rests_on_the_text_of_a_square_code() -> None:
    assert settle([Witness("qr", OPAQUE, f"1;{N};02")], planned={N}) == Verdict(None, "no-code")
    assert settle([Witness("qr", OPAQUE, f"1;{OTHER};02"), number, partner]).note == ""


def test_a_partners_pattern_fits_the_numbers_it_may_belong_to() -> None:
    assert partner.pattern == "___011409001_"
    assert number.pattern == ""


def test_thirteen_digits_with_a_wrong_check_digit_are_passed_over_for_a_right_number() -> None:
    assert sheet_number(f"{N[:12]}0 {N}") == N
    assert sheet_number(f"{N[:12]}0") is None
