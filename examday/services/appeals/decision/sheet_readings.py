"""Reading a whole sheet at the hearing, field by field: for works that nobody has keyed in here."""

from collections.abc import Mapping

from examday.domain.errors import Invalid
from examday.domain.messages import N_
from examday.domain.transfer.answers import WITHOUT_TEXT, Value, Values, read_value
from examday.domain.transfer.readings import hearing_source
from examday.services.appeals.decision.readings import contents, read_at_hearing
from examday.services.custody.booklets import require
from examday.services.transfer.desks.entries import check_some
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Reading
from examday.storage.tables_appeal import Appeal


def hearing_values(uow: UnitOfWork, appeal: Appeal, side: str) -> dict[str, Value]:
    """Return what was read at the hearing so far on the original or the copy, by field."""
    last = contents(uow, appeal.booklet_id, appeal.version).get(hearing_source(side))
    stored = last.content["fields"] if last else {}
    return {field: read_value(field, value) for field, value in stored.items()}


def read_sheet(
    uow: UnitOfWork,
    appeal_id: str,
    side: str,
    values: Values,
    reason: str = "",
) -> Reading:
    """Record what members read on a sheet; a field left empty was not looked at.

    Invalid when nothing new was read, for a blank field with text, for an unusual character without
    its reason, and when a field that was read is emptied; else as `read_at_hearing`.
    """
    require(uow, "appeal.decide")
    appeal = uow.hold(Appeal, appeal_id)
    known = hearing_values(uow, appeal, side)
    _check_entries(known, values)
    entered = {field: value for field, value in values.items() if not value.empty}
    read = check_some(appeal.booklet, entered)
    changed = {f: value.plain(f) for f, value in read.items() if known.get(f) != value}
    if not changed:
        raise Invalid(
            N_("Nothing new was read."),
            code="nothing-read",
            advice=N_("Enter what stands on the sheet; fields that nobody looks at stay empty."),
        )
    return read_at_hearing(uow, appeal_id, side, changed, reason)


def _check_entries(known: Mapping[str, Value], values: Values) -> None:
    """Invalid for entries that contradict themselves or take a reading back."""
    both = [f for f, v in values.items() if v.mark in WITHOUT_TEXT and (v.text or v.task)]
    if both:
        raise Invalid(
            N_("Blank and crossed out go without text: remove one of the two."),
            code="contradiction",
            advice=N_("Blank and crossed out go without text: remove one of the two."),
            params={"fields": both},
        )
    emptied = [field for field in known if field in values and values[field].empty]
    if emptied:
        raise Invalid(
            N_("What was read is corrected and not taken back."),
            code="emptied",
            advice=N_("Enter what stands there; where nothing does, choose «blank»."),
            params={"fields": emptied},
        )
