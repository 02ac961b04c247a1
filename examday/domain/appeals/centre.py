"""The table that the regional centre sends about one work: recognised text and expert marks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.numbers import typed_number
from examday.domain.transfer.fields import (
    is_header,
    is_long,
    is_short,
    long_answer,
    replacement_row,
    short_answer,
)

COLUMNS: dict[str, tuple[str, ...]] = {
    "task": ("задание", "task", "номер задания"),
    "text": ("распознано", "recognised", "ответ"),
    "replaces": ("замена задания", "replaces"),
    "before": ("балл до", "mark before", "балл"),
    "after": ("балл после", "mark after"),
    "expert": ("эксперт", "expert", "код эксперта"),
}
"""Our names → headings that are understood (any case): each centre exports with words of its
own."""


@dataclass
class FromCentre:
    """The table as readings."""

    fields: dict[str, dict[str, str]] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    experts: list[str] = field(default_factory=list)
    """Their codes: the re-check wants experts who are not among them."""
    listed: set[str] = field(default_factory=set)
    """Every task that has a line of its own. A listed one without text is blank on the form; one
    that is not listed is unknown."""

    def check_whole(self, wanted: Iterable[str]) -> None:
        """Invalid when the table leaves out tasks of the exam, `wanted`.

        A table that brings marks alone says nothing of the form, and may have some of them only.
        """
        tasks = [field for field in wanted if is_short(field) or is_long(field)]
        missing = [task for task in tasks if task not in self.listed] if self.fields else []
        if missing:
            raise Invalid(
                N_("The table has no line for the tasks %(tasks)s."),
                code="partial-table",
                field="rest_blank",
                advice=N_(
                    "Take in the whole table, or say that these tasks are blank on the form."
                ),
                params={"tasks": ", ".join(task.rpartition(":")[2] for task in missing)},
            )


def headings(row: Iterable[str]) -> dict[str, int]:
    """Return our name → column of the heading row; Invalid without the task column."""
    # Taken off, because spreadsheets put a byte-order mark before the first heading, which would
    # then not be known.
    given = [name.lstrip("\ufeff").strip().lower() for name in row]
    found = {
        ours: given.index(name)
        for ours, names in COLUMNS.items()
        for name in names
        if name in given
    }
    if "task" not in found:
        raise Invalid(
            N_("The first row must name the columns; «Задание» is missing."),
            code="headings",
            advice=N_(
                "Known headings: Задание; Распознано; Замена задания; Балл до; Балл после; Эксперт."
            ),
        )
    return found


def read(rows: Iterable[list[str]], long_tasks: Iterable[int]) -> FromCentre:
    """Return the whole table; Invalid names the first wrong line, and nothing is taken half."""
    lines = iter(rows)
    places = headings(next(lines, []))
    made = FromCentre()
    long = {int(task) for task in long_tasks}
    replacements = 0
    # Lines are counted as a spreadsheet shows them: the heading is line 1.
    for number, row in enumerate(lines, 2):
        given = {
            ours: row[place].strip() if place < len(row) else "" for ours, place in places.items()
        }
        if not any(given.values()):
            continue
        if given.get("replaces"):
            replacements += 1
            made.fields[replacement_row(replacements)] = {
                "text": given.get("text", ""),
                "task": given["replaces"],
            }
            continue
        _take(made, _field(given["task"], long, number), given)
    return made


def _field(task: str, long: set[int], number: int) -> str:
    """Return the field of a task number; Invalid when it is none."""
    if is_header(task):
        return task
    wanted = typed_number(task)
    if wanted is None or not 1 <= wanted <= 99:
        raise Invalid(
            N_("Line %(line)s: «%(task)s» is no task number."),
            code="task",
            advice=N_("Correct the table and take it in again; nothing was taken."),
            params={"line": number, "task": task},
        )
    return long_answer(wanted) if wanted in long else short_answer(wanted)


def _take(made: FromCentre, task: str, given: Mapping[str, str]) -> None:
    """Add one line of the table."""
    made.listed.add(task)
    if given.get("text"):
        made.fields[task] = {"text": given["text"]}
    for name, marks in (("before", made.before), ("after", made.after)):
        if given.get(name):
            marks[task] = given[name]
    if given.get("expert") and given["expert"] not in made.experts:
        made.experts.append(given["expert"])
