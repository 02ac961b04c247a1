"""The text that comes out is what was embossed, whatever way it was entered."""

import datetime as dt

import pytest

from examday.braille.answers import head_of, split
from examday.braille.cells import Cell, to_brf, to_numbers, to_unicode
from examday.braille.encode import encode
from examday.braille.joining import Kind
from examday.braille.page import Line
from examday.braille.running import compare_running
from examday.services.braille.cells.answers import Entered, parse
from examday.services.braille.cells.grouping import Grouping, read_grouping
from examday.storage.tables import Exam

EXAM = Exam(
    date=dt.date(2026, 6, 4), kind="ege", subject="01", site_code="0001", region="77", tasks=26,
    long_tasks=[27],
)  # fmt: skip
ESSAY = [
    "26 135",
    "27 эта доб-",
    "рота нужна. Он пришёл,",
    "кое-",
    "кто знал,-",
    "и ушёл.",
    "  второй абзац",
]
WAYS = {
    "text": lambda cells, line: line,
    "unicode": lambda cells, line: to_unicode(cells),
    "brf": lambda cells, line: to_brf(cells),
    "numbers": lambda cells, line: to_numbers(cells),
}


def written(line: str) -> tuple[int, ...]:
    """The cells of a line as they are embossed, indent and all."""
    body = line.lstrip()
    return (*[0] * (len(line) - len(body)), *encode(body, "none"))


def entry(way: str, lines: list[str]) -> str:
    """The lines in one of the alphabets."""
    return "\n".join(WAYS[way](written(line), line) for line in lines)


def long_answer(text: str, grouping: Grouping | None = None) -> Entered:
    """The essay of an entry."""
    return parse(text, EXAM, grouping or Grouping())[-1]


@pytest.mark.parametrize("way", WAYS)
def test_no_way_of_entry_changes_the_text(way: str) -> None:
    essay = long_answer(entry(way, ESSAY), Grouping(breaks={"кое|кто": Kind.HYPHEN}))
    assert essay.text.lower() == (
        "эта доброта нужна. он пришёл, кое-кто знал, — и ушёл.\n  второй абзац"
    )


def test_lines_of_several_alphabets_make_one_text() -> None:
    mixed = "\n".join(
        WAYS[way](written(line), line)
        for way, line in zip(("text", "unicode", "text", "brf", "unicode", "text", "numbers"), ESSAY, strict=True)
    )  # fmt: skip
    essay = long_answer(mixed, Grouping(breaks={"кое|кто": Kind.HYPHEN}))
    assert "доброта нужна" in essay.text and essay.text.endswith("\n  второй абзац")


def test_only_what_could_be_a_hyphen_is_asked_and_only_once() -> None:
    asked = [one for one in long_answer(entry("unicode", ESSAY)).breaks if one.open]
    assert [(one.line, one.halves) for one in asked] == [(4, "кое|кто")]
    said = read_grouping(Grouping(breaks={"кое|кто": Kind.HYPHEN}).plain())
    # A line that is put in above moves all numbers; what was said is still known.
    essay = long_answer(entry("unicode", ["25 мел", *ESSAY]), said)
    assert "кое-кто" in essay.text and not any(one.open for one in essay.breaks)


def test_a_short_answer_on_two_lines_has_one_reading_in_one_row() -> None:
    [answer] = parse(entry("unicode", ["7 добро-", "та"]), EXAM)
    assert answer.text == "доброта"


def page(lines: list[str]) -> list[list[Line]]:
    """The machine's page of these lines."""
    return [[Line(tuple(Cell(dots) for dots in written(line))) for line in lines]]


@pytest.mark.parametrize("text", ["кое-кто знал", "коекто знал", "кое — кто знал"])
def test_a_hyphen_at_a_line_end_is_no_difference_whatever_it_is(text: str) -> None:
    assert not compare_running(text, page(["27 кое-", "кто знал"]), task="27")


def test_a_hyphen_that_stands_nowhere_on_the_page_is_a_difference() -> None:
    assert compare_running("доб-рота нужна", page(["27 доброта нужна"]), task="27")


def test_a_date_at_the_head_of_a_line_goes_on_where_a_person_said_so() -> None:
    lines = page(["27 это было", "12 апреля", "26 135"])
    others = [str(n) for n in range(1, 27)]
    text = "это было 12 апреля"
    heads = {head_of(written("12 апреля"))}
    assert not compare_running(text, lines, "ru", "27", others, heads)
    [essay, short] = split(lines[0], "ru", heads)
    assert (essay.task, short.task) == ("27", "26")
