"""Codes on paper, the kit, what may lie where, when enlarging may begin."""

import datetime as dt
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from examday.domain.custody.counts import (
    Place,
    Purpose,
    account,
    check_contents,
    check_enlarging,
    compare,
    may_enclose,
    place,
    purpose_of,
)
from examday.domain.custody.kit import Kind, Piece, enlarged, kit, standard_sheets
from examday.domain.custody.lifecycle import MOVES, Medium, State, WrongStep, move
from examday.domain.custody.paper_codes import LETTERS, form_code, item_code, read_item_code, spaced
from examday.domain.errors import Conflict, Invalid

MOSCOW = ZoneInfo("Europe/Moscow")
DAY = dt.date(2026, 6, 4)


def test_the_published_sample_number_has_a_right_check_digit() -> None:
    assert form_code("2610114090019") == "2610114090019"
    assert form_code(" 2630114-090017 ") == "2630114090017"
    assert (
        form_code("２６１０１１４０９００１９") == "2610114090019"
    )  # one rule of identity for all keys


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "26101140900",
        "261011409001",
        "26101140900191",
        "261011409001О",
        "N0412774",
    ],
)
def test_what_is_no_form_number_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        form_code(typed)


def test_each_misread_digit_of_a_form_number_is_noticed() -> None:
    good = "2610114090019"
    for at in range(13):
        for digit in set("0123456789") - {good[at]}:
            with pytest.raises(Invalid):
                form_code(good[:at] + digit + good[at + 1 :])


def test_where_nothing_was_typed_nothing_is_quoted() -> None:
    for nothing in ("", "  ", "\u200b"):
        with pytest.raises(Invalid) as refused:
            form_code(nothing)
        assert refused.value.field == "code" and "«" not in str(refused.value)


def test_codes_of_ours_are_never_form_numbers() -> None:
    for kind in LETTERS:
        code = item_code(kind, 41277)
        assert len(code) == 8 and code[0].isalpha() and not code.isdigit()
        with pytest.raises(Invalid):
            form_code(code)


def test_each_misread_digit_and_each_swap_in_our_codes_is_noticed() -> None:
    good = item_code("envelope", 902718)
    wrong = {good[:at] + d + good[at + 1 :] for at in range(1, 8) for d in "0123456789"} - {good}
    wrong |= {good[:at] + good[at + 1] + good[at] + good[at + 2 :] for at in range(1, 7)} - {good}
    assert all(read_item_code(code) is None for code in wrong)


@pytest.mark.parametrize(
    ("arrives", "kind"),
    [
        ("Т", "braille_notebook"),
        ("т", "braille_notebook"),
        ("И", "braille_sheet"),
        ("Д", "enlarged_sheet"),
        ("П", "print_out"),
        ("У", "envelope"),
        ("З", "packet"),
        ("Е", "envelope"),
        ("Р", "packet"),
        ("В", "braille_sheet"),
    ],
)
def test_a_scanner_that_types_through_the_russian_layout_is_understood(
    arrives: str, kind: str
) -> None:
    code = item_code(kind, 123456)
    assert read_item_code(arrives + code[1:]) == code


def test_another_letter_is_another_code() -> None:
    codes = {item_code(kind, 555)[1:] for kind in LETTERS}
    assert len(codes) == len(LETTERS)


def test_codes_are_shown_in_groups() -> None:
    assert spaced("2610114090019") == "2 610114 090019"
    assert spaced("N0412774") == "N 041 277 4"
    assert spaced("что-то") == "что-то"


@pytest.mark.parametrize(
    ("kind", "subject", "form_set", "sheets"),
    [
        ("ege", "01", "1+1+2", ("registration", "form_1", "form_2_1", "form_2_2")),
        ("ege", "01", "1+1+1", ("registration", "form_1", "form_2_1")),
        ("ege", "22", "1+1+2", ("registration", "form_1")),
        ("ege", "25", "1+1+2", ("registration",)),
        ("gve", "51", "1+1+2", ("registration", "answer_form")),
        ("ege", "20", "1+1+2", ("registration", "writing_form")),
    ],
)
def test_a_kit_has_the_forms_of_its_exam(
    kind: str, subject: str, form_set: str, sheets: tuple[str, ...]
) -> None:
    assert standard_sheets(kind, subject, form_set) == sheets


def test_only_a_braille_kit_has_notebooks() -> None:
    sheets = ("registration", "form_1")
    assert Piece(Kind.NOTEBOOK) in kit(Medium.BRAILLE, sheets, 1)
    assert kit(Medium.ENLARGED, sheets, 1) == kit(Medium.TYPED, sheets, 1)


def test_an_enlarged_sheet_mirrors_one_standard_sheet() -> None:
    mirrored = [(p.sheet, p.size) for p in enlarged(("registration", "form_1"))]
    assert mirrored == [("registration", "A3"), ("form_1", "A3")]


def test_counts_that_differ_need_a_word_about_it() -> None:
    with pytest.raises(Invalid) as refused:
        compare({Kind.ENLARGED_SHEET: 4}, {Kind.ENLARGED_SHEET: 3}, "  ")
    assert (
        refused.value.code == "count-note"
        and refused.value.params["differences"] == "enlarged_sheet 4/3"
    )
    found = compare({Kind.ENLARGED_SHEET: 4}, {Kind.ENLARGED_SHEET: 3}, "один лист унёс участник")
    assert [(d.expected, d.counted) for d in found] == [(4, 3)]


def test_nobody_hands_over_less_than_nothing() -> None:
    with pytest.raises(Invalid) as refused:
        compare({Kind.NOTEBOOK: 1}, {Kind.NOTEBOOK: -1}, "пропало")
    assert refused.value.code == "count-negative"


def test_a_number_that_was_not_given_is_not_zero() -> None:
    with pytest.raises(Invalid) as refused:
        compare({Kind.NOTEBOOK: 1, Kind.STANDARD_SHEET: 4}, {Kind.NOTEBOOK: 1}, "пропало")
    assert refused.value.code == "count-missing"


def test_an_enlarged_sheet_never_goes_with_the_standard_forms() -> None:
    with pytest.raises(Conflict):
        may_enclose(Kind.ENLARGED_SHEET, Purpose.STANDARD, void=False, medium=Medium.ENLARGED)
    with pytest.raises(Conflict):
        may_enclose(Kind.ENVELOPE, Purpose.STANDARD, void=False, medium=Medium.ENLARGED)
    assert purpose_of(Kind.ENLARGED_SHEET, Medium.ENLARGED) is Purpose.EVIDENCE
    assert purpose_of(Kind.STANDARD_SHEET, Medium.ENLARGED) is Purpose.STANDARD


def test_spoiled_materials_have_a_packet_of_their_own() -> None:
    may_enclose(Kind.STANDARD_SHEET, Purpose.DEFECTIVE, void=True, medium=Medium.ENLARGED)
    for purpose, void in (
        (Purpose.STANDARD, True),
        (Purpose.EVIDENCE, True),
        (Purpose.DEFECTIVE, False),
    ):
        with pytest.raises(Conflict):
            may_enclose(Kind.STANDARD_SHEET, purpose, void=void, medium=Medium.ENLARGED)


def test_the_commission_gets_braille_envelopes_only() -> None:
    may_enclose(Kind.ENVELOPE, Purpose.COMMISSION, void=False, medium=Medium.BRAILLE)
    with pytest.raises(Conflict):
        may_enclose(Kind.ENVELOPE, Purpose.COMMISSION, void=False, medium=Medium.ENLARGED)


@pytest.mark.parametrize(
    ("state", "holders", "where"),
    [
        ("in_use", [], Place.IN_HAND),
        ("in_use", [Kind.ENVELOPE], Place.ENVELOPE),
        ("in_use", [Kind.ENVELOPE, Kind.PACKET], Place.PACKET),
        ("spoiled", [], Place.VOID),
        ("spoiled", [Kind.PACKET], Place.PACKET),
        ("handed_over", [Kind.PACKET], Place.HANDED_OVER),
    ],
)
def test_each_thing_is_in_one_place(state: str, holders: list[Kind], where: Place) -> None:
    assert place(state, holders) is where


def test_an_account_with_a_lost_sheet_does_not_add_up() -> None:
    found = [(Kind.NOTEBOOK, Place.IN_HAND)]
    [line] = account(found, [({Kind.NOTEBOOK: 2}, {Kind.NOTEBOOK: 1})])
    assert (line.total, line.agreed) == (1, False)


def test_scanned_contents_name_what_is_missing_foreign_and_double() -> None:
    check = check_contents(["L1", "L2", "L3"], ["L1", "L9", "L1", "L3"])
    assert (check.present, check.missing, check.foreign, check.twice) == (
        ("L1", "L3"),
        ("L2",),
        ("L9",),
        ("L1",),
    )
    assert not check.agrees


def test_enlarging_begins_at_ten_local_time() -> None:
    early = dt.datetime(2026, 6, 4, 9, 59, tzinfo=MOSCOW)
    with pytest.raises(Conflict) as refused:
        check_enlarging(early, DAY, "10:00", witnessed=True, training=False)
    assert refused.value.code == "too-early"
    check_enlarging(early + dt.timedelta(minutes=1), DAY, "10:00", witnessed=True, training=False)
    check_enlarging(early, DAY, "10:00", witnessed=True, training=True)
    check_enlarging(early, DAY, "", witnessed=False, training=False)


def test_the_day_before_is_too_early_at_any_hour() -> None:
    with pytest.raises(Conflict):
        check_enlarging(
            dt.datetime(2026, 6, 3, 15, 0, tzinfo=MOSCOW),
            DAY,
            "10:00",
            witnessed=True,
            training=False,
        )


def test_enlarging_needs_a_board_member_even_in_training() -> None:
    with pytest.raises(Invalid):
        check_enlarging(
            dt.datetime(2026, 6, 4, 11, 0, tzinfo=MOSCOW),
            DAY,
            "10:00",
            witnessed=False,
            training=True,
        )


def test_a_step_is_taken_from_its_own_state_and_by_its_own_media_alone() -> None:
    for state, action, medium in product(State, {row.action for row in MOVES}, Medium):
        rows = [row for row in MOVES if (row.source, row.action) == (state, action)]
        if any(not row.media or medium in row.media for row in rows):
            assert move(state, action, medium) in rows
        else:
            with pytest.raises(WrongStep):
                move(state, action, medium)


NO_WAY_BACK = {
    "settle": "a decision with its reasons: the work is reopened, and read anew",
    "copy_again": "what the copy says had to be typed in: a slip of the hand does not send it back",
    "certify": "signed with a PIN: nothing signed is unsaid, the work is reopened",
    "hand_over": "the paper has left the point",
    "rescan_copy": "the right picture is given, or the same one once more",
    "retake_original": "a new version, beside which the earlier one stays",
    "reopen": "a new version, beside which the earlier one stays",
    "retransfer": "the decision of a commission",
}
"""Steps without a step back, and why: each asks for more than one press."""


def test_every_step_has_a_step_back_or_a_reason_why_not() -> None:
    arrows = {(row.source, row.target) for row in MOVES}
    steps = [row for row in MOVES if not row.action.startswith("take_back")]
    without = {row.action for row in steps if (row.target, row.source) not in arrows}
    assert without == set(NO_WAY_BACK)
