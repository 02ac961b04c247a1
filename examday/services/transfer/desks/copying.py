"""The copying sheet: the settled values for the person who writes them onto the standard form."""

from dataclasses import dataclass, field

from examday.domain.messages import N_
from examday.domain.transfer.answers import Mark, Seen, Value, count_replacements, read_value
from examday.domain.transfer.duties import COPIER
from examday.domain.transfer.fields import FieldList
from examday.domain.transfer.readings import Source, checked_content
from examday.services.rules.exam_forms import fields_for
from examday.services.scans.works.untouched import Staying, staying, untouched
from examday.services.transfer import readings
from examday.services.transfer.assignments import require_part
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet

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
    """The copying sheet of one work."""

    booklet: Booklet
    fields: FieldList
    values: dict[str, Value]
    content: str
    """Hash of the settled reading: «copied» sent from an older sheet is refused by it."""
    round: int
    replacements: int
    """Goes into a box of the form, so that no replacement row is added later [G2]."""
    corrections: dict[str, Value | None] = field(default_factory=dict)
    """Fields that were not right on the last copy → what stood there; None where it could not be
    seen. Shown first: the form is written anew, and the same slip happens again."""
    staying: Staying = Staying()
    """What of the last copy is not written again, so that nobody writes out a right sheet; and
    which of its sheets count no longer."""


def sheet(uow: UnitOfWork, booklet_id: str) -> Sheet:
    """Return the copying sheet for the person who has taken the work."""
    booklet = uow.get(Booklet, booklet_id)
    require_part(uow, booklet, COPIER)
    reading = readings.settled(uow, booklet)
    values = readings.values_of(reading)
    fields, stays = fields_for(booklet.exam), untouched(uow, booklet, uow.actor.person_id)
    return Sheet(
        booklet,
        fields,
        values,
        reading.sha256,
        readings.copy_round(uow, booklet),
        count_replacements(values),
        _corrections(uow, booklet),
        staying(uow, booklet, fields.ids, stays),
    )


def _corrections(uow: UnitOfWork, booklet: Booklet) -> dict[str, Value | None]:
    """Return what the last verification found on the copy, where it was not right."""
    # The newest only: what was wrong two copies ago may have been right since.
    last = readings.find(uow, booklet, Source.CHECKED)
    checks = checked_content(last.content)["checks"] if last else {}
    return {
        field_id: read_value(field_id, check["value"]) if check["value"] else None
        for field_id, check in checks.items()
        if check["seen"] != Seen.OK
    }
