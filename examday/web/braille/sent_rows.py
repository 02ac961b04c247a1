"""Rows of the page of answers as they were sent."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from flask import request

from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.numbers import typed_number
from examday.domain.transfer.answers import Mark, Value, one_spelling
from examday.domain.transfer.fields import FieldId
from examday.services.braille.desk.splitting import Split

GOES_ON = "+"
"""Instead of a task: the row goes on with the answer before. «+» can be no task's number."""


@dataclass(frozen=True)
class SentRow:
    """What was chosen for one row of the page."""

    task: str
    reading: str
    other: str
    """What was typed instead of a reading: then none of the readings was right."""
    mark: str
    reason: str
    """Why something unusual stands there: asked for only after a refusal, since most answers need
    none."""

    @property
    def value(self) -> Value:
        """The answer that was chosen."""
        text = one_spelling(self.other) or self.reading
        mark = Mark(self.mark) if self.mark in set(Mark) else None
        return Value(text, mark, "", self.reason.strip())


def sent_rows() -> dict[int, SentRow]:
    """Return what was chosen for each row, by the line with which the row begins."""
    sent = request.form
    return {
        # By line and not by row: when lines are joined the rows are numbered anew.
        line: SentRow(
            *(
                sent.get(f"{name}-{row}", "")
                for name in ("task", "reading", "other", "mark", "reason")
            )
        )
        for row in sent.getlist("row")
        for line in [typed_number(sent.get(f"line-{row}", row))]
        if line is not None
    }


def going_on() -> set[int]:
    """Return the lines that a person put to the answer before them, now or earlier."""
    put = {typed_number(line) for line in request.form.getlist("on")}
    return {line for line in put if line is not None} | {
        line for line, row in sent_rows().items() if row.task == GOES_ON
    }


def breaks() -> dict[str, str]:
    """Return what was said of words at line ends: halves → word, hyphen or dash."""
    sent = request.form
    return {
        halves: sent.get(f"break-{line}", "")
        for line, halves in (one.split(":", 1) for one in sent.getlist("halves") if ":" in one)
    }


def by_place(rows: Mapping[int, SentRow], split: Split) -> Iterator[tuple[int, SentRow]]:
    """Return the sent rows by their place in the entry."""
    for row in split.rows:
        if row.entered.lines[0] in rows:
            yield row.place, rows[row.entered.lines[0]]


def completed(rows: Mapping[int, SentRow], split: Split) -> dict[int, SentRow]:
    """Return the rows, long ones with their text as the entry gives it.

    It is not sent with the page: what was said of its line ends may just have changed it.
    """
    texts = {row.entered.lines[0]: row.text for row in split.rows if row.long}
    return {
        line: replace(row, reading=texts[line]) if line in texts else row
        for line, row in rows.items()
    }


def chosen(rows: Iterable[SentRow], tasks: Collection[str]) -> dict[str, Value]:
    """Return task → the value that was chosen.

    Invalid where two rows have one task: which of them counts is never decided by their order.
    """
    given = [row for row in rows if row.task in tasks]
    fields = [row.task for row in given]
    twice = [field for field in dict.fromkeys(fields) if fields.count(field) > 1]
    if twice:
        raise Invalid(
            N_("More than one answer for the same task: %(tasks)s."),
            code="answered-twice",
            advice=N_(
                "Leave the task to the one that counts. Another row goes on with the answer before it, "
                "or belongs to no task."
            ),
            params={
                "tasks": ", ".join(FieldId.parse(field).key for field in twice),
                "fields": twice,
            },
        )
    return {row.task: row.value for row in given}
