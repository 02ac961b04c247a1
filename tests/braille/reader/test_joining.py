"""Line ends of the paper: one rule for cells and for typed text."""

import pytest

from examday.braille.cells import from_unicode
from examday.braille.encode import encode
from examday.braille.joining import Joint, Kind, edge_of_cells, edge_of_text, joints


def between(first: str, second: str, *more: str) -> list[Joint]:
    """The joints of these lines, which must be the same for cells and for typed text."""
    lines = [first, second, *more]
    of_text = joints([edge_of_text(line) for line in lines])
    of_cells = joints([edge_of_cells(encode(line)) for line in lines])
    assert [(j.kind, j.open) for j in of_text] == [(j.kind, j.open) for j in of_cells], lines
    return of_cells


@pytest.mark.parametrize(
    ("first", "second", "kind", "is_open"),
    [
        ("эта доб-", "рота нужна", Kind.WORD, False),
        ("это важ-", "но для всех", Kind.WORD, False),
        ("моя соба-", "ка спит", Kind.WORD, False),
        ("вокруг по-", "года ясная", Kind.WORD, False),
        ("он ска-", "зал", Kind.WORD, False),
        ("пришёл кое-", "кто", Kind.WORD, True),
        ("сделал по-", "своему", Kind.WORD, True),
        ("вышел из-", "за угла", Kind.WORD, True),
        ("что-", "то мелькнуло", Kind.WORD, True),
        ("какой-", "нибудь дом", Kind.WORD, True),
        ("мы еле-", "еле успели", Kind.WORD, True),
        ("на северо-", "западе", Kind.WORD, True),
        ("доброта-", "это сила", Kind.WORD, True),
        ("город Санкт-", "Петербург", Kind.HYPHEN, True),
        ("в 1941-", "1945 годах", Kind.HYPHEN, False),
        ("на 3-", "й день", Kind.HYPHEN, False),
        ("он добр,", "но строг", Kind.BLANK, False),
        ("сказал он,-", "и ушёл", Kind.DASH, False),
        ("он добр.", "  второй абзац", Kind.PARAGRAPH, False),
        ("он доб-", "  рота", Kind.PARAGRAPH, False),
    ],
)
def test_a_line_end_is_read_by_what_stands_around_it(
    first: str, second: str, kind: Kind, is_open: bool
) -> None:
    [joint] = between(first, second)
    assert (joint.kind, joint.open) == (kind, is_open)


def test_two_halves_that_are_words_of_the_work_are_asked_about() -> None:
    *_rest, joint = between("наш диван стоит", "и кровать тоже", "куплен ди-", "ван")
    assert not joint.open, "the whole word stands elsewhere"
    *_rest, joint = between(
        "учитель вошёл, мой учитель добр", "и наш словесник там", "наш учитель-", "словесник там"
    )
    assert joint.open


def test_a_formula_goes_on_after_dot_5_without_a_blank() -> None:
    [joint] = joints([edge_of_cells(from_unicode("⠼⠁⠐")), edge_of_cells(from_unicode("⠖⠼⠃"))])
    assert joint.kind is Kind.NOTHING


def test_indents_of_paragraphs_are_kept() -> None:
    [joint] = between("он добр.", "    глубокий отступ")
    assert joint.indent == 4


def test_the_end_of_a_line_wider_than_paper_was_meant() -> None:
    assert between("слово " * 12, "новый абзац")[0].kind is Kind.PARAGRAPH
