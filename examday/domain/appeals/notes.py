"""Notes of a case: what is entered beside its acts, each with who, when and why."""

from collections.abc import Mapping
from enum import StrEnum

from examday.domain.errors import Invalid
from examday.domain.messages import N_


class NoteKind(StrEnum):
    """What a note of a case says."""

    CORRECTION = "correction"
    """Somebody was recorded wrongly, a vote or a reading was entered wrongly: both stay visible."""
    LATE_HEARING = "late_hearing"
    """The hearing was appointed outside its term; the reason is printed, for the appellant may
    complain of it."""
    OPENED_LATER = "opened_later"
    """The hearing was opened on another day than the appellant was told; the protocol says why."""
    CHECK = "check"
    """The exam board's check of a procedural appeal, with its conclusion (fields of ППЭ-03): the
    commission votes on it."""
    MARKS = "marks"
    """Marks of one expert in the re-check; nobody sees them before the others have entered theirs.
    """


class Corrected(StrEnum):
    """What a correction is about."""

    ATTENDANCE = "attendance"
    VOTE = "vote"
    OWN_WORK = "own_work"
    READING = "reading"


CORRECTED_NAMES: dict[Corrected, str] = {
    Corrected.ATTENDANCE: N_("who was present"),
    Corrected.VOTE: N_("vote"),
    Corrected.OWN_WORK: N_("recognition of the works"),
    Corrected.READING: N_("reading at the hearing"),
}
Values = Mapping[str, str]
"""What stands in an entry, by the names of its fields: kinds of entries differ, so all is text."""


def need_reason(reason: str, field: str = "reason") -> str:
    """Return the reason without blanks around it; Invalid when there is none."""
    if not reason.strip():
        raise Invalid(
            N_("A correction needs its reason: the wrong entry stays beside it."),
            code="correction-reason",
            field=field,
            advice=N_("Say in a few words what was wrong."),
        )
    return reason.strip()


def check_changed(before: Values, after: Values) -> None:
    """Invalid when a correction changes nothing."""
    if dict(before) == dict(after):
        raise Invalid(
            N_("This correction changes nothing."),
            code="no-change",
            advice=N_("Enter what is right, or leave the entry as it is."),
        )
