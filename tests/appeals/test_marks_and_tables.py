"""Rules of the re-check by experts, and of the table that the regional centre sends."""

import pytest

from examday.domain.appeals import centre, recheck
from examday.domain.errors import Conflict, Invalid
from tests.refusals import refused

FIELDS = ["long:27", "long:28"]


def marking(code: str, *marks: int) -> recheck.Marking:
    return recheck.Marking(code, f"person {code}", dict(zip(FIELDS, marks, strict=True)))


def test_two_equal_markings_or_a_third_settle_the_marks() -> None:
    one, same, other = marking("Э-1", 14, 3), marking("Э-2", 14, 3), marking("Э-3", 16, 3)
    third = marking("Э-4", 15, 9)
    for given, complete in (
        ([], False),
        ([one], False),
        ([one, same], True),
        ([one, other], False),
        ([one, other, third], True),
    ):
        assert recheck.is_complete(FIELDS, given) is complete
    assert recheck.to_mark(FIELDS, [one, same]) == []
    assert recheck.settled(FIELDS, [one, same]) == {"long:27": 14, "long:28": 3}
    decided = recheck.Marking("Э-4", "d", {"long:27": 15})
    assert recheck.settled(FIELDS, [one, other, decided]) == {"long:27": 15, "long:28": 3}


def test_each_expert_marks_once_under_a_code_of_their_own() -> None:
    given = [marking("Э-1", 14, 3)]
    assert recheck.check_code(" Э-5 ", ["Э-17"], given) == "Э-5"
    for code in ("", "   "):
        assert refused(Invalid, recheck.check_code, code, [], []) == ("expert-code", "code", {})
    for code in ("э-17", " Э-17", "э-1"):
        told = refused(Conflict, recheck.check_code, code, ["Э-17"], given)
        assert told == ("same-expert", "code", {})


def test_points_are_whole_numbers_of_at_most_the_whole_exam() -> None:
    sent = {"long:27": " 14 ", "long:28": "0"}
    assert recheck.read_marks(FIELDS, sent) == {"long:27": 14, "long:28": 0}
    assert recheck.read_marks(["long:27"], {"long:27": "100"}) == {"long:27": 100}
    assert recheck.read_marks(["long:27"], {"long:27": "007"}) == {"long:27": 7}
    for wrong in ("", "101", "-1", "1.5", "٣", "²", "0001", "9" * 5000):
        told = refused(Invalid, recheck.read_marks, ["long:27"], {"long:27": wrong})
        assert told == ("marks", "mark-long-27", {}), wrong
    assert refused(Invalid, recheck.read_marks, ["long:28"], {})[1] == "mark-long-28"


def test_a_table_with_a_gap_is_taken_whole_or_not_at_all() -> None:
    table = centre.read([["Задание", "Ответ"], ["1", "МЕЛ"], ["2", ""], ["27", "Текст"]], [27])
    assert table.listed == {"1", "2", "long:27"}
    table.check_whole(["header:region", "replacement:1", "1", "2", "long:27"])
    told = refused(Invalid, table.check_whole, ["1", "2", "3", "long:27", "long:28"])
    assert told == ("partial-table", "rest_blank", {"tasks": "3, 28"})
    marks_alone = centre.read([["Задание", "Балл до"], ["27", "14"]], [27])
    marks_alone.check_whole(["1", "2", "long:27", "long:28"])
    assert (marks_alone.fields, marks_alone.before) == ({}, {"long:27": "14"})


def test_headings_are_found_in_any_case_and_order_behind_a_byte_order_mark() -> None:
    assert centre.headings(["\ufeff Задание ", "БАЛЛ", "ответ", "прочее"]) == {
        "task": 0,
        "before": 1,
        "text": 2,
    }
    assert centre.headings(["recognised", "Task", "Mark After", "EXPERT", "replaces"]) == {
        "text": 0,
        "task": 1,
        "after": 2,
        "expert": 3,
        "replaces": 4,
    }
    assert refused(Invalid, centre.headings, ["распознано"]) == ("headings", "", {})


def test_a_line_is_named_as_a_spreadsheet_counts_it() -> None:
    rows = [["Задание", "Ответ"], ["1", "МЕЛ"], [], ["", ""], ["99", "x"]]
    assert set(centre.read(rows, []).fields) == {"1", "99"}
    for task in ("100", "0", "семь", "1.5", "-1"):
        told = refused(Invalid, centre.read, [*rows, [task, "5"]], [])
        assert told == ("task", "", {"line": 6, "task": task})


def test_replacement_rows_are_counted_and_short_lines_are_blank_to_their_end() -> None:
    head = ["Задание", "Замена задания", "Ответ", "Эксперт", "Балл до", "Балл после"]
    rows = [
        head,
        ["", "8", " МЕЛ "],
        ["", "9"],
        ["27", "", "Текст", "Э-1", "3", "4"],
        ["28", "", "", "Э-1", "5"],
        ["header:region", "", "77"],
    ]
    table = centre.read(rows, ["27", "28"])  # type: ignore[list-item]
    assert table.fields == {
        "replacement:1": {"text": "МЕЛ", "task": "8"},
        "replacement:2": {"text": "", "task": "9"},
        "long:27": {"text": "Текст"},
        "header:region": {"text": "77"},
    }
    assert table.experts == ["Э-1"], "an expert is named once"
    assert (table.before, table.after) == ({"long:27": "3", "long:28": "5"}, {"long:27": "4"})
    assert table.listed == {"long:27", "long:28", "header:region"}


@pytest.mark.parametrize("rows", [[], [[]], [["Ответ"], ["1"]]])
def test_a_table_without_the_tasks_is_none(rows: list[list[str]]) -> None:
    assert refused(Invalid, centre.read, rows, [])[0] == "headings"
