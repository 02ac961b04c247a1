"""A transfer is verbatim: values, comparison, settling and checking of one booklet's answers."""

import pytest

from examday.domain.errors import Invalid, SamePerson
from examday.domain.transfer.alphabet import (
    CELLS,
    Alphabet,
    check,
    fold,
    fold_values,
    open_warnings,
    require_reasons,
)
from examday.domain.transfer.answers import (
    BLANK,
    Check,
    Choice,
    Decision,
    Mark,
    Seen,
    Value,
    compare,
    complete,
    count_replacements,
    judge,
    plain_values,
    read_values,
    settle,
    writable,
)
from examday.domain.transfer.duties import PARTS, apart_from, check_apart
from examday.domain.transfer.fields import fields_of
from examday.i18n import catalogue
from tests.refusals import refused

RUSSIAN = Alphabet("1234567890АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ,-")
MATHS = Alphabet("1234567890,-")
FIELDS = fields_of(3, [27])


def whole(**changes: Value) -> dict[str, Value]:
    """A complete reading in which everything is blank except `changes` (keys with _ for :)."""
    return {
        **{f: BLANK for f in FIELDS.ids},
        **{k.replace("_", ":").lstrip("t"): v for k, v in changes.items()},
    }


def test_a_sheet_is_read_from_its_head_down_to_the_long_answers() -> None:
    rows = tuple(f"replacement:{n}" for n in range(1, 7))
    assert FIELDS.ids == (
        "header:region",
        "header:subject",
        "header:name",
        "1",
        "2",
        "3",
        *rows,
        "long:27",
    )


def test_the_form_has_forty_rows_and_no_more() -> None:
    with pytest.raises(Invalid):
        fields_of(41)


def test_blank_is_not_illegible_and_neither_is_an_empty_text() -> None:
    assert compare(FIELDS, whole(t1=BLANK), whole(t1=Value(mark=Mark.ILLEGIBLE))) == ["1"]
    assert compare(FIELDS, whole(t1=BLANK), whole(t1=Value())) == ["1"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("О", "0"),
        ("З", "3"),
        ("С", "C"),
        ("Е", "Ё"),
        ("-5", "5"),
        ("3,5", "35"),
        ("13524", "13542"),
        ("КАК ТО", "КАКТО"),
        (" 5", "5"),
    ],
)
def test_every_typical_transfer_error_is_a_difference(one: str, other: str) -> None:
    assert compare(FIELDS, whole(t2=Value(one)), whole(t2=Value(other))) == ["2"]


def test_the_task_number_of_a_replacement_counts_as_written() -> None:
    one, other = Value("2", task="8"), Value("2", task="08")
    assert compare(FIELDS, whole(replacement_1=one), whole(replacement_1=other)) == [
        "replacement:1"
    ]


def test_the_reason_for_keeping_a_character_is_not_a_difference() -> None:
    assert (
        compare(FIELDS, whole(t1=Value("A.", override="so stands it")), whole(t1=Value("A."))) == []
    )


def test_an_accented_letter_is_the_same_however_the_keyboard_sends_it() -> None:
    assert fold("И\u0306ОД", RUSSIAN.short) == "ЙОД"


def test_small_letters_become_the_forms_capitals_and_nothing_else_is_touched() -> None:
    assert fold("как-то", RUSSIAN.short) == "КАК-ТО"
    assert (
        fold("c", RUSSIAN.short) == "c"
    )  # Latin: not on the form for Russian, so it stays as entered
    assert fold(" 5 ", MATHS.short) == " 5 "
    assert fold("−5", MATHS.short) == "-5"
    assert fold("−5", "0123456789") == "−5", "a form without a dash has none to give"


def test_a_long_answer_keeps_its_case_spelling_and_paragraphs() -> None:
    text = "карова  Идет\n\n домой.\fВторой лист"
    assert fold(text, RUSSIAN.of("long:27")) == text


def test_a_latin_letter_in_a_russian_answer_is_pointed_out() -> None:
    [found] = check("1", Value("КОC"), RUSSIAN)
    assert (found.code, found.params, found.needs_reason) == (
        "look-alike",
        {"character": "C"},
        True,
    )


def test_an_answer_longer_than_the_row_is_mentioned_and_never_refused() -> None:
    [found] = check("1", Value("ДОСТОПРИМЕЧАТЕЛЬНОСТИ"), RUSSIAN)
    assert (found.code, found.needs_reason) == ("long", False)
    assert catalogue("ru").gettext(found.message) != found.message
    assert check("1", Value("1" * CELLS), RUSSIAN) == [], "it fills the row"


def test_letters_in_a_task_of_digits_are_kept_with_a_reason() -> None:
    assert [w.field_id for w in open_warnings({"1": Value("ДВА")}, MATHS)] == ["1"]
    assert open_warnings({"1": Value("ДВА", override="the candidate wrote the word")}, MATHS) == []
    assert open_warnings({"1": Value("ДВА", override=" ")}, MATHS), "blanks are no reason"


@pytest.mark.parametrize("task", ["", "0", "4", "AA", "²"])
def test_a_replacement_for_a_task_that_does_not_exist_is_pointed_out(task: str) -> None:
    assert [
        w.needs_reason for w in check("replacement:1", Value("5", task=task), MATHS, tasks=3)
    ] == [True]


@pytest.mark.parametrize("task", ["1", "3"])
def test_a_replacement_for_the_first_and_the_last_task_raises_no_question(task: str) -> None:
    assert check("replacement:1", Value("5", task=task), MATHS, tasks=3) == []


def test_an_unused_replacement_row_raises_no_question() -> None:
    assert check("replacement:1", BLANK, MATHS, tasks=3) == []
    assert check("replacement:1", Value(task="4"), MATHS, tasks=3), "its task alone is a use"


def test_characters_nobody_can_write_are_refused() -> None:
    with pytest.raises(Invalid):
        writable({"1": Value("5\x00")})
    assert writable({"long:27": Value("a\n\fb")})


def test_a_reading_says_something_of_every_field() -> None:
    values = whole()
    del values["2"]
    with pytest.raises(Invalid) as refused:
        complete(FIELDS, values)
    assert refused.value.params["fields"] == ["2"]


def test_a_field_cannot_be_blank_and_filled() -> None:
    with pytest.raises(Invalid):
        complete(FIELDS, whole(t1=Value("5", Mark.BLANK)))


def test_a_field_of_another_exam_is_refused() -> None:
    with pytest.raises(Invalid):
        complete(FIELDS, {**whole(), "39": Value("5")})


def test_the_replacement_zone_is_stored_as_itself() -> None:
    values = whole(t1=Value("5"), replacement_1=Value("7", task="1"))
    stored = plain_values(values)
    assert stored["replacement:1"] == {"text": "7", "mark": None, "task": "1"}
    assert stored["1"] == {"text": "5", "mark": None}
    assert read_values(stored) == values
    assert count_replacements(values) == 1


def test_a_difference_must_be_decided_before_it_is_settled() -> None:
    with pytest.raises(Invalid) as refused:
        settle(FIELDS, whole(t1=Value("5")), whole(t1=Value("6")), {})
    assert refused.value.params["fields"] == ["1"]


def test_where_both_agree_nobody_can_decide_otherwise() -> None:
    with pytest.raises(Invalid):
        settle(FIELDS, whole(), whole(), {"1": Decision(Value("5"), Choice.OWN)})


def test_leaving_the_own_reading_needs_a_reason_and_all_that_lack_one_are_named_at_once() -> None:
    first, second = whole(t1=Value("1"), t3=Value("1")), whole(t1=Value("7"), t3=Value("7"))
    left = Decision(Value("1"), Choice.SECOND)
    with pytest.raises(Invalid) as refused:
        settle(FIELDS, first, second, {"3": left, "1": left})
    assert refused.value.code == "no-reason" and refused.value.params["fields"] == ["1", "3"]
    first, second = whole(t1=Value("1")), whole(t1=Value("7"))
    settled = settle(
        FIELDS,
        first,
        second,
        {"1": Decision(Value("1"), Choice.SECOND, reason="the bar is visible")},
    )
    assert settled["1"] == Value("7")


def test_something_else_must_say_what() -> None:
    with pytest.raises(Invalid):
        Decision(Value("1"), Choice.OTHER, reason="x").result(Value("2"), Value("3"))


def test_a_copy_is_proven_only_when_every_field_was_looked_at() -> None:
    settled = whole(t1=Value("5"))
    checks = {f: Check(Seen.OK) for f in FIELDS.ids}
    assert judge(FIELDS, settled, checks) == []
    del checks["3"]
    with pytest.raises(Invalid):
        judge(FIELDS, settled, checks)


def test_a_copy_with_one_wrong_or_unseen_field_is_copied_again() -> None:
    settled = whole(t1=Value("5"))
    checks = {f: Check(Seen.OK) for f in FIELDS.ids}
    checks["1"] = Check(Seen.DIFFERS, Value("6"))
    checks["long:27"] = Check(Seen.CANNOT_SEE)
    assert judge(FIELDS, settled, checks) == ["1", "long:27"]


@pytest.mark.parametrize("value", [None, Value(), Value("5")])
def test_different_must_say_what_stands_there_in_all_such_fields_at_once(
    value: Value | None,
) -> None:
    checks = {f: Check(Seen.DIFFERS, value) for f in ("1", "2")}
    with pytest.raises(Invalid) as refused:
        judge(
            FIELDS,
            whole(t1=Value("5"), t2=Value("5")),
            {**{f: Check(Seen.OK) for f in FIELDS.ids}, **checks},
        )
    assert refused.value.params["fields"] == ["1", "2"]


def test_the_two_key_ins_and_the_settling_are_three_people() -> None:
    assert apart_from("arbiter") == {"first", "second"}
    with pytest.raises(SamePerson):
        check_apart("second", "anna", {"first": ["anna"]})
    with pytest.raises(SamePerson):
        check_apart("arbiter", "anna", {"second": ["anna"]})


def test_a_rule_set_may_let_the_two_settle_together_but_never_key_in_as_one() -> None:
    check_apart("arbiter", "anna", {"first": ["anna"]}, settling="two_together")
    with pytest.raises(SamePerson):
        check_apart("second", "anna", {"first": ["anna"]}, settling="two_together")


def test_nobody_verifies_the_own_copy() -> None:
    with pytest.raises(SamePerson):
        check_apart("verifier", "anna", {"copier": ["boris", "anna"]})


@pytest.mark.parametrize("part", PARTS)
def test_after_a_defect_other_people_do_the_transfer(part: str) -> None:
    check_apart(part, "boris", {}, earlier_hands=["anna"])
    with pytest.raises(SamePerson):
        check_apart(part, "anna", {}, earlier_hands=["anna"])


def test_a_caution_names_field_sign_and_count_and_asks_for_a_reason() -> None:
    """Looked at whole: what a reader is shown is the sentence with these values in it."""
    longer = check("1", Value("1" * 18), MATHS)
    assert [(c.field_id, c.code, c.needs_reason, dict(c.params)) for c in longer] == [
        ("1", "long", False, {"number": 18, "cells": 17})
    ]
    told = {
        ("2", "foreign", "A Щ ␣"): check("2", Value("AЩ A"), Alphabet("Z")),
        ("2", "look-alike", "O"): check("2", Value("ЩO"), Alphabet("0")),
        ("header:name", "look-alike", "A"): check("header:name", Value("A"), MATHS),
        ("header:region", "foreign", "Б"): check("header:region", Value("Б"), MATHS),
        ("2", "space", None): check("2", Value("1 1"), MATHS),
        ("replacement:1", "no-task", None): check("replacement:1", Value("1"), MATHS),
        ("replacement:1", "task", "41"): check("replacement:1", Value("1", task="41"), MATHS),
        ("replacement:1", "task", "0"): check("replacement:1", Value("1", task="0"), MATHS),
        ("replacement:1", "task", "٣"): check("replacement:1", Value("1", task="٣"), MATHS),
    }
    for (field, code, shown), found in told.items():
        [caution] = found
        assert (caution.field_id, caution.code, caution.needs_reason) == (field, code, True)
        assert shown in {None, *caution.params.values()}
        assert catalogue("ru").gettext(caution.message) != caution.message
        assert caution.message % caution.params
    assert check("replacement:1", Value("1", task="40"), MATHS) == []
    assert check("long:27", Value("A b" * 30), MATHS) == check("1", Value("12"), MATHS) == []


def test_entries_that_the_form_does_not_have_wait_for_a_reason_each() -> None:
    entries = {"1": Value("Щ"), "2": Value("1"), "replacement:1": Value("Щ", task="50")}
    code, _field, values = refused(Invalid, require_reasons, entries, MATHS, 40)
    assert (code, values) == ("unusual", {"number": 2, "fields": ["1", "replacement:1"]})
    require_reasons({"1": Value("Щ", override="so it stands there")}, MATHS, 40)


def test_an_entry_is_folded_with_its_task_and_keeps_mark_and_reason() -> None:
    entry = Value("да", Mark.ILLEGIBLE, "1", "seen so")
    folded = fold_values({"replacement:1": entry}, RUSSIAN)
    assert folded == {"replacement:1": Value("ДА", Mark.ILLEGIBLE, "1")}
    assert folded["replacement:1"].override == "seen so", "no part of what was read"
