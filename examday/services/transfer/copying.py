"""Copying: the settled values in plain sight for the person who writes them onto the standard
form."""

from dataclasses import dataclass, field

from examday.domain.custody.lifecycle import STATE_NAMES, State
from examday.domain.errors import Broken, Stale
from examday.domain.messages import N_
from examday.domain.transfer.answers import (
    Mark,
    Seen,
    Value,
    count_replacements,
    read_value,
)
from examday.domain.transfer.duties import COPIER
from examday.domain.transfer.fields import FieldList
from examday.domain.transfer.readings import CopiedContent, Source, checked_content
from examday.services.custody.booklets import advance
from examday.services.transfer.assignments import require_part
from examday.services.transfer.readings import (
    fields_for,
    find,
    fresh,
    locked,
    rounds,
    seal,
    values_of,
)
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Reading

HOW_TO_COPY: dict[Mark, str] = {
    Mark.BLANK: N_("Leave the field empty: no dash, no stroke."),
    Mark.CROSSED_OUT: N_("Crossed out by the candidate: leave the field empty."),
    Mark.ILLEGIBLE: N_(
        "Illegible on the original: draw what can be seen, as it is, and add nothing."
    ),
    Mark.OUTSIDE_FIELD: N_(
        "Written outside the field on the original: write it into the field of the same task."
    ),
    Mark.GRAPHIC: N_("Drawing or formula: draw it from the original, as it is."),
}
"""What a mark means for the hand that copies (filling rules [28]: nothing is added, an unanswered
task stays empty)."""


@dataclass(frozen=True)
class Sheet:
    """The copying sheet. `corrections`: fields that were not right on the last copy (none at
    first) → what stood there, None where it could not be seen."""

    booklet: Booklet
    fields: FieldList
    values: dict[str, Value]
    content: str
    round: int
    replacements: int
    corrections: dict[str, Value | None] = field(default_factory=dict)


def settled(uow: UnitOfWork, booklet: Booklet) -> Reading:
    """The settled reading of the present version; Broken when a booklet past settling has none."""
    reading = find(uow, booklet, Source.SETTLED)
    if reading is None:
        raise Broken(params={"state": STATE_NAMES[State(booklet.state)]})
    return reading


def round_of(uow: UnitOfWork, booklet: Booklet) -> int:
    """Which attempt at the copy this is: 1, and one more for each verification that was handed in,
    whether it found a difference or its picture was taken back later."""
    return rounds(uow, booklet, Source.CHECKED) + rounds(uow, booklet, Source.VERIFIED) + 1


def sheet(uow: UnitOfWork, booklet_id: str) -> Sheet:
    """The copying sheet for the person who has taken the work."""
    booklet = uow.get(Booklet, booklet_id)
    require_part(uow, booklet, COPIER)
    reading = settled(uow, booklet)
    values = values_of(reading)
    return Sheet(
        booklet,
        fields_for(booklet.exam),
        values,
        reading.sha256,
        round_of(uow, booklet),
        count_replacements(values),
        _corrections(uow, booklet),
    )


def _corrections(uow: UnitOfWork, booklet: Booklet) -> dict[str, Value | None]:
    """What the last verification found on the copy, where it was not right."""
    last = find(uow, booklet, Source.CHECKED)
    checks = checked_content(last.content)["checks"] if last else {}
    return {
        field_id: read_value(field_id, check["value"]) if check["value"] else None
        for field_id, check in checks.items()
        if check["seen"] != Seen.OK
    }


def finish(
    uow: UnitOfWork, booklet_id: str, content: str | None = None, row_version: int | None = None
) -> Reading:
    """«Copied»: the copier states that the standard form holds the content with this hash."""
    booklet = locked(uow, booklet_id)
    require_part(uow, booklet, COPIER)
    fresh(booklet, row_version)
    reading = settled(uow, booklet)
    if content is not None and content != reading.sha256:
        raise Stale(
            N_("The settled values have changed since this sheet was opened."),
            advice=N_("Open the copying sheet again and compare what you have written."),
        )
    number = round_of(uow, booklet)
    copied = seal(
        uow,
        booklet,
        Source.COPIED,
        CopiedContent(settled=reading.sha256),
        number=number,
        person_id=uow.actor.person_id,
    )
    advance(uow, booklet, "copy", round=number, sha256=reading.sha256)
    return copied
