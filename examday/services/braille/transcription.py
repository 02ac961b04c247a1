"""The desk of a tiflo-translator: what was keyed in as cells or text becomes answers, and the
machine's second opinion.

Whatever the alphabet a line was entered in (Unicode Braille, Braille ASCII, dot numbers, plain
text), it is kept as it was entered beside the answers that a person chose from its readings.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from examday.braille.answers import task_number
from examday.braille.cells import (
    NotBraille,
    from_brf,
    from_numbers,
    from_unicode,
    recognise,
    to_unicode,
)
from examday.braille.decode import Reading as Decoded
from examday.braille.languages import readings_in
from examday.domain.custody.lifecycle import Medium
from examday.domain.errors import Invalid, NotFound
from examday.domain.messages import N_
from examday.domain.rules.languages import language_of
from examday.domain.transfer.alphabet import Alphabet
from examday.domain.transfer.answers import Value
from examday.domain.transfer.fields import (
    REGION_FIELD,
    SUBJECT_FIELD,
    is_header,
    is_replacement,
    long_answer,
    short_answer,
)
from examday.domain.transfer.readings import Source
from examday.services.braille import notebook
from examday.services.transfer import drafts, keyin
from examday.services.transfer.readings import alphabet_for, fields_for, find
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam, Reading

NUMBERED = re.compile(r"\s*(\d{1,2})[.)]?(?:\s+(.*))?$")
MOST_LETTERS = 40_000  # an essay of 350 words has about 2,500 letters; this is a bound, not a rule


@dataclass(frozen=True)
class Entered:
    """One answer as it was entered: `task` as written, the cells (None for plain text), all
    readings, likeliest first, and the line numbers it stands on (from 1)."""

    task: str
    cells: str | None
    readings: tuple[Decoded, ...]
    lines: tuple[int, ...]

    @property
    def text(self) -> str:
        """The likeliest reading."""
        return self.readings[0].text if self.readings else ""


def parse(text: str, exam: Exam, going_on: Collection[int] = ()) -> list[Entered]:
    """Split what was typed into answers: "task number, one blank cell, answer", each on a new
    line; a line that does not begin so goes on with the answer before. `going_on`: lines (from 1)
    that begin with a number and go on all the same, as a person said: an essay may have «12
    апреля» at the head of a line. Invalid names the line that is no Braille of its alphabet."""
    if len(text) > MOST_LETTERS:
        raise Invalid(
            N_("This is longer than any work: %(n)s characters."),
            code="too-long",
            advice=N_("Enter one work at a time."),
            params={"n": len(text)},
        )
    language, alphabet = language_of(exam.subject), alphabet_for(exam)
    found: list[Entered] = []
    for number, (line, kind) in enumerate(zip(lines_of(text), kinds_of(text), strict=True), 1):
        if not line.strip(" \u2800"):
            continue
        task, cells, plain = _line(line, number, kind, whole=bool(found) and number in going_on)
        if task or not found:
            found.append(_answer(task, cells, plain, (number,), language, alphabet, exam))
        else:
            found[-1] = _joined(found[-1], cells, plain, number, language, alphabet, exam)
    return found


def lines_of(text: str) -> list[str]:
    """The lines as they were typed; a new page begins a new line."""
    return text.replace("\f", "\n").split("\n")


def kinds_of(text: str) -> list[str]:
    """The alphabet of each line. A line of Braille ASCII may look like a word of Latin letters:
    after Braille ASCII, and without a task number of its own, it goes on in it."""
    found: list[str] = []
    before = ""
    for line in lines_of(text):
        kind = recognise(line)
        if (
            kind == "numbers" and "-" not in line
        ):  # «2 135» is the answer 135 to task 2, not two cells
            kind = "text"
        if kind == "text" and before == "brf" and line.isascii() and not NUMBERED.match(line):
            kind = "brf"
        before = kind if line.strip(" \u2800") else before
        found.append(kind)
    return found


def _line(
    line: str, number: int, kind: str, whole: bool
) -> tuple[str, tuple[int, ...] | None, str]:
    """One line → (task, cells or None, plain text or ""); `whole`: a number at its head belongs to
    the answer."""
    cells = braille_of(line, number, kind)
    if whole:
        return "", cells, line.strip() if cells is None else ""
    if cells is None:
        match = NUMBERED.match(line)
        return (match.group(1), None, match.group(2) or "") if match else ("", None, line.strip())
    task, start = task_number(list(cells))
    return task, cells[start:], ""


def braille_of(line: str, number: int, kind: str) -> tuple[int, ...] | None:
    """The cells of a line that was entered as Braille, in the alphabet `kind`; None for plain
    text. Invalid names the line and the character that is none."""
    if kind == "text":
        return None
    try:
        read = {"unicode": from_unicode, "numbers": from_numbers, "brf": from_brf}[kind]
        return tuple(read(line.replace(" ", "\u2800") if kind == "unicode" else line))
    except NotBraille as error:
        raise Invalid(
            N_("Line %(line)s: «%(character)s» is not Braille."),
            code="not-braille",
            advice=N_("Correct that line; everything else is kept."),
            params={"line": number, "character": error.character},
        ) from error


def _answer(
    task: str,
    cells: tuple[int, ...] | None,
    plain: str,
    lines: tuple[int, ...],
    language: str,
    alphabet: Alphabet,
    exam: Exam,
) -> Entered:
    if cells is None:
        return Entered(task, None, (Decoded(plain, 0.0, True),), lines)
    long = task.isdigit() and int(task) > exam.tasks
    read = readings_in(
        language,
        cells,
        _expected(alphabet, language),
        most=1 if long else 12,
        beam=8 if long else 64,
    )
    return Entered(task, to_unicode(cells), tuple(read), lines)


def _expected(alphabet: Alphabet, language: str) -> str | None:
    if language != "ru":
        return None
    return "digits" if not set(alphabet.short) & set(alphabet.letters) else None


def _joined(
    before: Entered,
    cells: tuple[int, ...] | None,
    plain: str,
    number: int,
    language: str,
    alphabet: Alphabet,
    exam: Exam,
) -> Entered:
    lines = (*before.lines, number)
    if before.cells is None or cells is None:
        text = f"{before.text}\n{plain or (readings_in(language, cells, most=1)[0].text if cells else '')}"
        return Entered(before.task, None, (Decoded(text.strip("\n"), 0.0, True),), lines)
    both = (*from_unicode(before.cells), 0, *cells)
    return _answer(before.task, tuple(both), "", lines, language, alphabet, exam)


def field_of(task: str, exam: Exam) -> str:
    """The field an answer belongs to: "7", or "long:27"; "" when the exam has no such task."""
    if not task.isdigit():
        return ""
    if int(task) in [int(one) for one in exam.long_tasks]:
        return long_answer(int(task))
    return short_answer(int(task)) if 1 <= int(task) <= exam.tasks else ""


@dataclass(frozen=True)
class Desk:
    """What the translator works with: the own entry and nobody else's, nor the machine's."""

    booklet: Booklet
    part: str
    text: str
    values: dict[str, Value]
    language: str
    handed_in: bool


def desk(uow: UnitOfWork, booklet_id: str) -> Desk:
    """The desk of the actor; NotFound for everybody who holds neither key-in of this Braille work."""
    shown = keyin.desk(uow, booklet_id)
    if shown.booklet.medium != Medium.BRAILLE:
        raise NotFound()
    own = find(uow, shown.booklet, Source(shown.part))
    text = (
        str(own.content.get("braille", "")) if own else drafts.text(uow, shown.booklet, shown.part)
    )
    return Desk(
        shown.booklet,
        shown.part,
        text,
        shown.values,
        language_of(shown.booklet.exam.subject),
        shown.handed_in,
    )


def save(
    uow: UnitOfWork,
    booklet_id: str,
    text: str,
    values: Mapping[str, Value],
    row_version: int | None,
) -> None:
    """Autosave: the entry as it was typed, and the answers as far as they were chosen."""
    shown = desk(uow, booklet_id)
    drafts.save(
        uow,
        booklet_id,
        shown.part,
        keyin.as_on_form(shown.booklet, values),
        row_version,
        braille=text,
    )


def hand_in(
    uow: UnitOfWork,
    booklet_id: str,
    text: str,
    values: Mapping[str, Value],
    row_version: int | None = None,
) -> Reading:
    """Hand in: tasks without an answer are blank (the page has listed them); the header of the
    form is known from the plan, because a notebook has none. Conflict while a scanned page is not
    stated: an answer may stand on it."""
    shown = desk(uow, booklet_id)
    notebook.require_stated(uow, shown.booklet)
    exam = shown.booklet.exam
    known = {REGION_FIELD: Value(exam.region), SUBJECT_FIELD: Value(exam.subject)}
    whole = {**{f: v for f, v in known.items() if v.text}, **values}
    return keyin.submit(
        uow,
        booklet_id,
        shown.part,
        whole,
        blanks_confirmed=True,
        row_version=row_version,
        braille=text,
    )


def missing(values: Mapping[str, Value], exam: Exam) -> list[str]:
    """Tasks without an answer; replacement rows and the header do not count on a notebook."""
    return [
        f
        for f in fields_for(exam).ids
        if not is_header(f) and not is_replacement(f) and values.get(f, Value()).empty
    ]
