"""Answers stand as on the form: down the first column, 1–20, then down the second; on forms that nobody
measured nothing is said to be missing from the form."""

import datetime as dt

import pytest

from examday.domain.transfer.alphabet import check
from examday.domain.transfer.answers import MARK_NAMES, Mark, Value, plain_values, read_values
from examday.domain.transfer.fields import fields_of, is_replacement
from examday.i18n import gettext
from examday.services.printing.papers.work.copying_sheet import by_group
from examday.services.printing.papers.work.numbers import numbers
from examday.services.rules.exam_forms import alphabet_for, fields_for, subject
from examday.storage.tables import Exam
from examday.web.transfer import entry
from examday.web.transfer.desks import read_aloud


def exam(kind: str = "ege", code: str = "06", tasks: int = 21, name: str = "") -> Exam:
    facts = {"subject_name": name} if name else {}
    return Exam(
        date=dt.date(2027, 6, 2), kind=kind, subject=code, tasks=tasks, long_tasks=[], facts=facts
    )


def on_screen(one: Exam) -> list[tuple[str, list[str]]]:
    """Headings of a desk with the fields below."""
    ids = fields_for(one).ids
    rows = entry.rows(ids, {}, entry.Exam(alphabet_for(one), one.tasks))
    return [(title, [row.name for row in part]) for title, part in entry.groups(rows)]


@pytest.mark.parametrize("tasks", [21, 28, 40])
def test_short_answers_run_down_one_column_and_then_down_the_other(tasks: int) -> None:
    left, right = [str(n) for n in range(1, 21)], [str(n) for n in range(21, tasks + 1)]
    shown = on_screen(exam(tasks=tasks))
    assert shown[1:3] == [("Задания 1–20", left), ("Задания 21–40", right)]
    values = {field: Value("1") for field in fields_for(exam(tasks=tasks)).ids}
    assert by_group(values)[1:3] == shown[1:3], "the print-out goes the same way"


@pytest.mark.parametrize("tasks", [1, 12, 20])
def test_one_column_is_no_half_of_a_form(tasks: int) -> None:
    shown = on_screen(exam(tasks=tasks))
    assert shown[1] == ("Краткие ответы", [str(n) for n in range(1, tasks + 1)])
    values = {field: Value("1") for field in fields_for(exam(tasks=tasks)).ids}
    assert by_group(values)[1] == shown[1]


def test_a_reading_that_came_from_another_station_is_said_and_printed_in_the_order_of_the_form() -> (
    None
):
    fields = fields_of(40, (40,))
    values = {field: Value("1", task="2" if is_replacement(field) else "") for field in fields.ids}
    # In a bundle fields stand by their names: 10 before 2, the header after the answers.
    came = read_values(dict(sorted(plain_values(values).items())))
    assert tuple(came) == fields.ids
    said = [len(part.answers) for part in read_aloud.answers(came)]
    printed = [len(part) for _title, part in by_group(came)]
    assert said == printed == [3, 20, 20, 6, 1]
    tasks = [
        label for part in read_aloud.answers(came)[1:3] for label, _value, _mark in part.answers
    ]
    assert tasks == [str(n) for n in range(1, 41)]


@pytest.mark.parametrize("mark", [mark for mark in Mark if mark is not Mark.BLANK])
def test_a_replacement_row_that_is_not_blank_is_heard_as_it_is_printed(mark: Mark) -> None:
    values = {"replacement:1": Value(mark=mark), "replacement:2": Value(mark=Mark.BLANK)}
    assert by_group(values) == [("Замена ошибочных ответов", ["replacement:1"])]
    [column] = read_aloud.answers(values)
    assert [(label, said) for label, _value, said in column.answers] == [
        ("замена 1 из 6", gettext(MARK_NAMES[mark]))
    ]


def test_on_a_form_nobody_measured_every_answer_is_taken_as_written() -> None:
    free, measured = alphabet_for(exam("gve", "52")), alphabet_for(exam())
    for written in ("3.5", "x = 7; y = 2", "так"):
        assert check("2", Value(written), free) == []
        assert check("2", Value(written), measured), "on form № 1 it is unusual"


def test_an_exam_of_gve_is_called_as_its_plan_calls_it() -> None:
    assert subject(exam("gve", "52", name="Математика")) == "Математика (52)"
    assert subject(exam("gve", "52")) == "52", "a name is never guessed"


def test_what_a_form_has_no_place_for_is_not_counted_on_paper() -> None:
    spoken = {"long:1": Value("Да."), "long:2": Value("Нет.")}
    named = [name for name, _number in numbers(spoken, 0)]
    assert named == ["Развёрнутые ответы", "Разногласия разрешены"]
