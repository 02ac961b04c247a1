"""Long answers: running text against many lines of cells, with the place of every difference.

A notebook holds all answers one after the other, so the lines of one long answer are found first:
from the line that begins with its number to the line that begins with another. An essay may have a
number at the head of a line too; where the transcription has the words of such a line, it belongs
to the essay.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Literal

from examday.braille.answers import head_of, task_number
from examday.braille.cells import BLANK, to_unicode
from examday.braille.encode import NoBraille
from examday.braille.joining import BREAKS, HYPHEN, Kind, edge_of_cells, joints
from examday.braille.languages import deletes, encode_in
from examday.braille.page import DOUBTFUL, Line
from examday.braille.tables import PUNCTUATION, SIGNS

Opcode = tuple[Literal["replace", "delete", "insert", "equal"], int, int, int, int]
"""What `SequenceMatcher` says: kind, range of the typed cells, range of the cells read. Named,
because a bare tuple of five would be read wrongly."""
_OPTIONAL = {signs[0] for signs in SIGNS.values()}
"""Capital signs: leaving them out is no error, so neither side is compared with them."""
_PAUSES = {PUNCTUATION[","][0], PUNCTUATION[";"][0]}
"""Braille has no blank after them, print has: the difference says nothing."""
_HEAD_CELLS = 10
"""Cells of a line's head that tell whether it is in the transcription: a number, a blank and the
next word."""


@dataclass(frozen=True)
class Difference:
    """One place where the text gives other cells, counted from 1."""

    page: int
    line: int
    cell: int
    typed: str
    read: str
    characters: tuple[int, int]
    """From and to index in the typed text, so that the words can be marked."""
    unsure: bool
    """The machine doubts every cell of this place: such a place accuses nobody."""


@dataclass(frozen=True)
class Found:
    """Where a word stands that was read as it was typed; a broken one stands on two lines."""

    first: tuple[int, int]
    """Page and line of its first cell, from 1: so people find it under their fingers."""
    last: tuple[int, int]
    opens: bool
    """Nothing of the answer was read before it on its first line, so what is lost may lie there."""
    closes: bool
    """Nothing was read behind it on its last line: whatever the machine missed there may belong
    to it."""


@dataclass(frozen=True, slots=True)
class _Read:
    """One cell that was read, with its place."""

    dots: int
    page: int
    line: int
    cell: int
    doubtful: bool
    optional: bool = False
    """A hyphen at a line end: the writer may have put it to break a word."""


def compare_running(
    text: str,
    pages: Sequence[Sequence[Line]],
    language: str = "ru",
    task: str = "",
    others: Collection[str] = (),
    continued: Collection[tuple[int, ...]] = (),
) -> list[Difference]:
    """Return the differences in the order of the text.

    Lines are put together by the rule of `joining`; a hyphen at a line end may be of the word or
    break it, so neither is a difference. Capital signs are optional; characters that have no Braille are passed over (see `without_braille`). `task`:
    number of this answer; only its lines are compared. `others`: the other task numbers of the
    exam; `continued`: heads of lines that go on with the answer before, though they begin with a
    number. Where no line begins with the number, everything is compared but for what stands before
    and after the text.
    """
    typed, origin, read, opcodes = _laid_beside(text, pages, language, task, others, continued)
    return [
        _difference(typed[a:b], origin, (a, b), read, (c, d))
        for kind, a, b, c, d in opcodes
        if kind != "equal" and not _harmless(typed[a:b], read[c:d], typed[:a], read[:c])
    ]


def words_found(
    text: str,
    pages: Sequence[Sequence[Line]],
    language: str = "ru",
    task: str = "",
    others: Collection[str] = (),
    continued: Collection[tuple[int, ...]] = (),
) -> dict[int, Found]:
    """Return where the words of a text stand that were read cell by cell as they were typed.

    Index of a word's first character → its place. Parameters as in `compare_running`.
    """
    typed, origin, read, opcodes = _laid_beside(text, pages, language, task, others, continued)
    equal = {a + n: c + n for kind, a, b, c, _ in opcodes if kind == "equal" for n in range(b - a)}
    cells: dict[int, list[int]] = {}
    for at, first in enumerate(origin):
        if typed[at] != BLANK:
            cells.setdefault(first, []).append(at)
    return {
        first: _found(read, equal[some[0]], equal[some[-1]])
        for first, some in cells.items()
        if all(at in equal for at in some)
    }


def _found(read: Sequence[_Read], first: int, last: int) -> Found:
    """Return the place of a word from its first to its last cell."""
    before, after = _written(read[:first]), _written(read[last + 1 :])
    head, tail = read[first], read[last]
    return Found(
        (head.page, head.line),
        (tail.page, tail.line),
        opens=not before or (before[-1].page, before[-1].line) != (head.page, head.line),
        closes=not after or (after[0].page, after[0].line) != (tail.page, tail.line),
    )


def _written(cells: Sequence[_Read]) -> list[_Read]:
    return [cell for cell in cells if cell.dots != BLANK]


def _laid_beside(
    text: str,
    pages: Sequence[Sequence[Line]],
    language: str,
    task: str,
    others: Collection[str],
    continued: Collection[tuple[int, ...]],
) -> tuple[list[int], list[int], list[_Read], list[Opcode]]:
    """Return the cells of the text, the words they are of, the cells read, and how they match."""
    typed, origin = _typed(text, language)
    numbered = [
        (page, number, line)
        for page, lines in enumerate(pages, 1)
        for number, line in enumerate(lines, 1)
    ]
    own = list(_own_lines(numbered, typed, language, task, others, continued))
    everything = [(page, number, line, 0) for page, number, line in numbered]
    read = _read(own or everything, language)
    # Without `autojunk`: it would take the commonest cells of a long text for noise.
    matcher = SequenceMatcher(None, typed, [cell.dots for cell in read], autojunk=False)
    opcodes = matcher.get_opcodes()
    return (
        typed,
        origin,
        read,
        opcodes if own or not task else _without_surroundings(opcodes, len(typed)),
    )


def _without_surroundings(opcodes: Sequence[Opcode], length: int) -> list[Opcode]:
    """Drop what is only read before the text and after it."""
    return [code for code in opcodes if code[0] != "insert" or 0 < code[1] < length]


def without_braille(text: str, language: str = "ru") -> str:
    """Return the characters of a text that no cell can say, each once."""
    return "".join(dict.fromkeys(c for word in text.split() for c in _writable(word, language)[1]))


def _writable(word: str, language: str) -> tuple[list[int], str]:
    """Return the cells of a word without capital signs, and the characters that have none."""
    missing = ""
    while True:
        try:
            return [
                dots for dots in encode_in(language, word, "none") if dots not in _OPTIONAL
            ], missing
        except NoBraille as error:
            missing += error.character
            word = word.replace(error.character, "")


def _own_lines(
    numbered: Sequence[tuple[int, int, Line]],
    typed: Sequence[int],
    language: str,
    task: str,
    others: Collection[str],
    continued: Collection[tuple[int, ...]],
) -> Iterator[tuple[int, int, Line, int]]:
    """Return the lines of one answer: page, line number, cells, cell after its number."""
    inside = False
    for page, number, line in numbered:
        dots = [cell.dots for cell in line.cells]
        head, start = ("", 0) if head_of(dots) in continued else task_number(dots, language)
        if (
            head in (task, *others)
            and head
            and not (inside and _has(typed, _kept(line, language)[:_HEAD_CELLS]))
        ):
            inside = head == task
        else:
            start = 0
        if inside:
            yield page, number, line, start


def _has(typed: Sequence[int], part: Sequence[int]) -> bool:
    """Tell whether the typed cells contain this part."""
    return any(
        list(typed[i : i + len(part)]) == list(part) for i in range(len(typed) - len(part) + 1)
    )


def _kept(line: Line, language: str) -> list[int]:
    """Return the cells of a line without optional signs and deletions."""
    return [
        cell.dots
        for cell in line.cells
        if cell.dots not in _OPTIONAL and not deletes(language, cell.dots)
    ]


def _typed(text: str, language: str) -> tuple[list[int], list[int]]:
    """Return the cells of the text, and for each the index of its word's first character."""
    cells: list[int] = []
    origin: list[int] = []
    place = 0
    # A long answer may go over several sheets of the form: a new page is a new line.
    for line in text.replace("\f", "\n").split("\n"):
        for word in line.split(" "):
            if written := _writable(word, language)[0]:
                # Print has a blank before a dash and after a pause, Braille has none: it is not compared.
                gap = [BLANK] if cells and cells[-1] not in _PAUSES and written != [HYPHEN] else []
                cells += gap + written
                origin += [place] * (len(gap) + len(written))
            place += len(word) + 1
    return cells, origin


def _read(lines: Sequence[tuple[int, int, Line, int]], language: str) -> list[_Read]:
    """Return the cells of these lines in reading order, joined by the rule of `joining`."""
    cells: list[_Read] = []
    for joint, (page, number, line, start) in zip(_joints(lines, language), lines, strict=True):
        kept = [
            _Read(cell.dots, page, number, place, cell.confidence < DOUBTFUL)
            for place, cell in enumerate(line.cells[start:], start=start + 1)
            if cell.dots not in _OPTIONAL and not deletes(language, cell.dots)
        ]
        if cells and joint in BREAKS and cells[-1].dots == HYPHEN:
            cells[-1] = replace(cells[-1], optional=True)
        elif cells and joint is Kind.NOTHING:
            cells.pop()
        elif cells and cells[-1].dots not in _PAUSES:
            cells.append(_Read(BLANK, page, number, 1, False))
        cells += kept
    return _without_blanks_before_dashes(cells)


def _without_blanks_before_dashes(cells: Sequence[_Read]) -> list[_Read]:
    """Drop blanks before a dash, which writers put as print does."""
    after = [*cells[1:], None, None]
    return [
        cell
        for cell, dash, blank in zip(cells, after, after[1:], strict=False)
        if not (
            cell.dots == BLANK and dash and blank and (dash.dots, blank.dots) == (HYPHEN, BLANK)
        )
    ]


def _joints(lines: Sequence[tuple[int, int, Line, int]], language: str) -> list[Kind]:
    """Return what stands before each line."""
    # Without indents: the machine's are guesses, and a new paragraph is a blank here anyhow.
    edges = [
        edge_of_cells([cell.dots for cell in line.cells[start:]], language)
        for _page, _number, line, start in lines
    ]
    return [Kind.BLANK, *(joint.kind for joint in joints(edges))] if edges else []


def _harmless(
    typed: list[int],
    read: list[_Read],
    typed_before: list[int],
    read_before: list[_Read],
) -> bool:
    """Tell whether a difference is a matter of layout.

    Blanks after a comma or semicolon, the hyphen that breaks a word, the blank of a dash at a line
    end, doubled blanks.
    """
    if not typed:
        return _may_be_left_out(read, typed_before)
    # The hyphen at the line end may be a dash, which has a blank after it.
    return typed == [BLANK] and not read and bool(read_before) and read_before[-1].optional


def _may_be_left_out(read: list[_Read], typed_before: list[int]) -> bool:
    """Tell whether these cells, which nobody typed, are layout alone."""
    if read and all(cell.optional for cell in read):
        return True
    only_blanks = {cell.dots for cell in read} == {BLANK}
    return only_blanks and (not typed_before or typed_before[-1] in (*_PAUSES, BLANK))


def _difference(
    typed: list[int],
    origin: list[int],
    span: tuple[int, int],
    read: list[_Read],
    found: tuple[int, int],
) -> Difference:
    """Return one difference with its place on the page and in the text."""
    # Without any cell read there is no place to point at: the difference is shown at the head of
    # the notebook.
    nowhere = _Read(BLANK, 1, 1, 1, False)
    where = read[min(found[0], len(read) - 1)] if read else nowhere
    first = origin[min(span[0], len(origin) - 1)] if origin else 0
    last = origin[min(span[1], len(origin) - 1)] if origin else 0
    part = read[found[0] : found[1]]
    unsure = bool(part) and all(one.doubtful for one in part)
    return Difference(
        page=where.page,
        line=where.line,
        cell=where.cell,
        typed=to_unicode(typed),
        read=to_unicode(one.dots for one in part),
        characters=(first, max(first, last)),
        unsure=unsure,
    )
