"""An entry split into answers by its task numbers, doubtful ones apart."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from examday.braille.joining import BREAKS, Kind
from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.services.braille.cells import answers, tasks
from examday.services.braille.cells.alphabets import lines_of
from examday.services.braille.cells.grouping import Grouping
from examday.services.braille.desk.answer_rows import AnswerRow, row_of
from examday.services.braille.desk.transcription import Desk


@dataclass(frozen=True)
class Split:
    """An entry as answers."""

    rows: list[AnswerRow]
    tasks: list[str]
    missing: list[str]
    """Tasks without an answer: listed before the hand-in, because they become blank by it."""

    @property
    def doubtful(self) -> list[AnswerRow]:
        """Short answers that are to be looked at."""
        return [row for row in self.rows if row.doubts and not row.long]

    @property
    def plain(self) -> list[AnswerRow]:
        """Short answers without a question: folded away with their count."""
        return [row for row in self.rows if not row.doubts and not row.long]

    @property
    def long(self) -> list[AnswerRow]:
        """Long answers, which are read over whole."""
        return [row for row in self.rows if row.long]

    def check_breaks(self, retyped: Collection[int] = ()) -> None:
        """Invalid while nobody has said of a word at a line end what its hyphen is.

        `retyped`: places of rows whose text was typed anew, where nothing is joined.
        """
        # Every row counts, whatever task it was put to: what is joined wrongly is wrong everywhere.
        unsaid = [
            one
            for row in self.rows
            if row.place not in retyped
            for one in row.entered.breaks
            if one.open
        ]
        if unsaid:
            raise Invalid(
                N_("Words at line ends that could have a hyphen: %(words)s."),
                code="break-open",
                field=f"break-{unsaid[0].line}",
                advice=N_("Say of each whether it is one word, a hyphen or a dash."),
                params={"words": ", ".join(f"{one.tail}-{one.head}" for one in unsaid)},
            )

    def check_readings(self, sent: Mapping[int, str]) -> None:
        """Invalid when a row is sent as it stood before its lines were put together otherwise.

        `sent`: place of a row → the reading that was sent; without rows that were typed anew.
        """
        for row in self.rows:
            known = {row.text, *(one.text for one in row.readings)}
            # Long answers are not sent: their text is always that of the entry.
            if row.entered.breaks and not row.long and sent.get(row.place, row.text) not in known:
                raise Invalid(
                    N_("Lines were put together; look at them before you hand in"),
                    code="joined-anew",
                    advice=N_("Nothing is handed in yet."),
                )


def said_of_lines(desk: Desk, on: Collection[int], breaks: Mapping[str, str]) -> Grouping:
    """Return what was said of the lines, earlier and now.

    `on`: numbers of lines that go on with the answer before; `breaks`: halves → what the hyphen is.
    """
    lines = lines_of(desk.text)
    texts = frozenset(lines[n - 1].strip() for n in on if 0 < n <= len(lines))
    kinds = {one.value: one for one in BREAKS}
    known: dict[str, Kind] = {h: kinds[kind] for h, kind in breaks.items() if kind in kinds}
    return desk.grouping.with_more(texts, known)


def split(desk: Desk, grouping: Grouping | None = None) -> Split:
    """Split the entry by task numbers, see `answers.parse`.

    Invalid names the line that cannot be read.
    """
    exam = desk.booklet.exam
    found = answers.parse(desk.text, exam, grouping or desk.grouping)
    fields = [tasks.field_of(one.task, exam) for one in found]
    rows = [
        row_of(desk, place, one, field, twice=bool(field) and fields.count(field) > 1)
        for place, (one, field) in enumerate(zip(found, fields, strict=True))
    ]
    missing = [field for field in tasks.missing({}, exam) if field not in fields]
    return Split(rows, tasks.tasks_of(exam), missing)
