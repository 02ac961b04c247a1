"""All readings of a work side by side, field by field."""

from collections.abc import Sequence
from dataclasses import dataclass

from examday.domain.transfer.answers import Value
from examday.domain.transfer.fields import FieldList
from examday.domain.transfer.readings import Source
from examday.services.transfer.readings import values_of
from examday.storage.tables import Reading

PEOPLE = (Source.FIRST, Source.SECOND, Source.SETTLED, Source.VERIFIED)
"""Readings that people answer for, in the order of the day: a machine answers for nothing."""
HINTS = (Source.MACHINE_ORIGINAL, Source.MACHINE_COPY)
"""The machine's: they raise questions and answer none, so they make no difference here."""


@dataclass(frozen=True)
class FieldRow:
    """One field in all readings."""

    field_id: str
    values: dict[str, Value | None]
    """Source → value; None where that reading does not hold the field, which is another thing than
    blank."""
    differs: bool
    """Whether the people's readings are not all the same: such a field is what a reader of the
    table looks for."""


def field_rows(fields: FieldList, readings: Sequence[Reading]) -> tuple[FieldRow, ...]:
    """Field by field what each source read, the newest round of each; those that differ come first."""
    newest = {
        reading.source: values_of(reading)
        for reading in sorted(readings, key=lambda reading: reading.round)
        if reading.source in (*PEOPLE, *HINTS)
    }
    sources = [source for source in (*PEOPLE, *HINTS) if source in newest]
    rows = [
        FieldRow(f, {s: newest[s].get(f) for s in sources}, _differs(f, newest)) for f in fields.ids
    ]
    return tuple(sorted(rows, key=lambda row: not row.differs))


def _differs(field_id: str, newest: dict[str, dict[str, Value]]) -> bool:
    people = [newest[source].get(field_id) for source in PEOPLE if source in newest]
    return any(value != people[0] for value in people)
