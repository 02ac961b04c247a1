"""What every print-out of the commission has in common: checkpoint, heading, dates.

The same plain data makes the tagged PDF, the text for screen readers and, by plain.py, the Braille
file, so that nobody signs something else than what was read aloud.
"""

import datetime as dt
from collections.abc import Callable

from examday.domain.appeals.case import KIND_NAMES, Kind
from examday.domain.custody.paper_codes import spaced
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.people.roles import ROLE_NAMES, Role
from examday.domain.transfer.fields import HEADER_NAMES, FieldId, is_long, is_replacement
from examday.services.appeals.views.casebook import CaseFile
from examday.services.ledger import checkpoints
from examday.services.rules import exam_forms
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Candidate

Words = Callable[[str], str]
"""Translates a msgid into the language of the paper; handed in, because services know no reader."""
Rows = list[list[str]]
"""A table of a paper: text only, so that PDF, screen and Braille show the same."""
Data = dict[str, object]
"""Everything a paper says: its template adds layout and no words of the case, so that a listener
gets all of it."""


OFFICES: dict[Role, str] = {
    Role.APPEAL_CHAIR: N_("chair of the commission"),
    Role.APPEAL_DEPUTY: N_("deputy chair of the commission"),
    Role.APPEAL_MEMBER: N_("member of the commission"),
    Role.APPEAL_SECRETARY: N_("secretary of the commission"),
}
"""Offices without the commission's name: it is the rule set's, and stands at the head of a paper."""


def office(role: Role, say: Words) -> str:
    """Return a role in words that fit the name which the commission had on that exam date."""
    return say(OFFICES.get(role) or ROLE_NAMES[role])


def base(
    uow: UnitOfWork,
    title: str,
    document: str,
    training: bool,
    subject: str = "",
) -> Data:
    """Return what every print-out carries: title, checkpoint, time. The print is an event.

    `subject`: what it is about, where that is one thing.
    """
    # Each paper carries the root of the ledger, because a chain does not notice a cut tail.
    made = checkpoints.checkpoint(uow, f"print:{document}")
    about = subject or f"checkpoint:{made.seq}"
    uow.record(Event.APPEAL_PRINT, about, document=document, code=made.code)
    return {
        "title": title,
        "code": made.code,
        "training": training,
        "printed_at": uow.local(uow.now()),
    }


def of_case(
    uow: UnitOfWork,
    case: CaseFile,
    title: str,
    document: str,
) -> Data:
    """The same of a paper of a case: its code is one of the ledger in which the case stands."""
    appeal = case.appeal
    with uow.looking_at(appeal.site):
        return base(uow, title, document, appeal.exam.training, f"appeal:{appeal.id}")


def day(value: dt.date | dt.datetime | str | None, zone: dt.tzinfo = dt.UTC) -> str:
    """Return a date as it is written on paper; times in the zone of the point."""
    if not value:
        return ""
    # Read back, because a signed protocol holds its dates as ISO text.
    if isinstance(value, str):
        value = dt.datetime.fromisoformat(value) if "T" in value else dt.date.fromisoformat(value)
    if isinstance(value, dt.datetime):
        return value.astimezone(zone).strftime("%d.%m.%Y %H:%M")
    return value.strftime("%d.%m.%Y")


def case_facts(
    uow: UnitOfWork,
    case: CaseFile,
    say: Words,
    names: bool,
) -> Rows:
    """Return the heading of every paper of a case (fields of 1-АП and 2-АП)."""
    appeal = case.appeal
    exam = case.appeal.exam
    seat = case.appeal.booklet.seat
    place = f"{exam.site_code} · {seat.room.number} · {seat.place}"
    rows = [
        (N_("Number of the appeal"), appeal.number),
        (N_("About"), say(KIND_NAMES[Kind(appeal.kind)])),
        (N_("Region and subject"), f"{exam.region} · {exam_forms.subject(exam)}"),
        (N_("Exam date"), day(exam.date)),
        (N_("Exam point, room, place"), place),
        (N_("Form code"), spaced(appeal.booklet.code or "—")),
        (N_("Appellant"), _full_name(seat.candidate) if names else seat.candidate.code),
        (N_("School"), seat.candidate.school_code),
        (N_("Filed on"), day(appeal.filed)),
        (N_("Reached the commission on"), day(appeal.reached)),
        (N_("Out of time"), appeal.facts.get("late_reason", "")),
    ]
    # An empty row would look like a field that somebody forgot.
    return [[say(name), value] for name, value in rows if value]


def _full_name(person: Candidate) -> str:
    """Return surname, name and patronymic as far as they are known."""
    return " ".join(filter(None, (person.surname, person.name, person.patronymic)))


def field_name(field: str, say: Words) -> str:
    """Return a field as people call it."""
    if is_replacement(field):
        return f"{say(N_('replacement row'))} {FieldId.parse(field).key}"
    if is_long(field):
        return f"{FieldId.parse(field).key} ({say(N_('long answer'))})"
    return say(HEADER_NAMES[field]) if field in HEADER_NAMES else field


def task_name(field: str, say: Words) -> str:
    """Return a field as it is called outside a column of tasks, where a number alone says nothing."""
    name = field_name(field, say)
    return f"{say(N_('task'))} {name}" if name[:1].isdigit() else name
