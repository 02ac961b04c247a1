"""Use cases of the tiflo-translator commission: distribution, working time, incidents, suspension,
counts, progress."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select

from examday.domain.braille import commission as rules
from examday.domain.braille.commission import Shift
from examday.domain.braille.notebook import Leaf, Part
from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import Conflict, Forbidden, Invalid
from examday.domain.events import Event, commission_event
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.domain.transfer.duties import FIRST, PART_RULES, SECOND, check_apart
from examday.services.braille import eligibility
from examday.services.custody.booklets import require
from examday.services.people.log_in import check_secret
from examday.services.rules import rulesets
from examday.services.transfer.assignments import settling
from examday.services.transfer.hands import done_by, everybody, holders
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Assignment, Booklet, Exam, Person, PersonRole
from examday.storage.tables_braille import CommissionNote

OPEN = (State.COLLECTED, State.SCANNED)
NOTE_NAMES = {
    "incident": N_("incident"),
    "suspend": N_("suspended"),
    "resume": N_("back at work"),
    "refused": N_("not given out"),
}


@dataclass(frozen=True)
class Board:
    """What the chair sees: works with their hands, translators with load and time, size rule,
    notes, and the works whose scanned pages nobody has stated yet."""

    works: list[tuple[Booklet, dict[str, str]]]
    people: list[Person]
    load: Counter[str]
    stays: list[Shift]
    needed: int
    suspended: set[str]
    notes: list[CommissionNote]
    states: Counter[str]
    unstated: set[str]


def board(uow: UnitOfWork) -> Board:
    """The commission's works of all open exam days."""
    require(uow, "braille.desk")
    booklets = works_of(uow)
    works = [(one, holders(uow, one)) for one in booklets]
    notes = list(uow.session.scalars(select(CommissionNote).order_by(CommissionNote.at)))
    stays = stays_of(notes)
    today = booklets[0].exam.date if booklets else uow.now().date()
    return Board(
        works,
        translators(uow),
        Counter(p for _w, parts in works for p in parts.values()),
        stays,
        rules.size_needed(len(works), rulesets.for_date(today).number("works_per_translator")),
        eligibility.suspended(notes),
        [n for n in notes if n.kind != "pages"],
        Counter(one.state for one in booklets),
        {one.id for one in booklets if one.state == State.SCANNED}
        - {n.booklet_id or "" for n in notes if n.kind == "pages"},
    )


def works_of(uow: UnitOfWork, exam_id: str = "") -> list[Booklet]:
    """The Braille works of one exam, or of all."""
    wanted = (
        select(Booklet)
        .where(
            Booklet.medium == Medium.BRAILLE, Booklet.state.not_in((State.SPOILED, State.NOT_USED))
        )
        .order_by(Booklet.since)
    )
    return list(
        uow.session.scalars(wanted.where(Booklet.exam_id == exam_id) if exam_id else wanted)
    )


def stays_of(notes: list[CommissionNote]) -> list[Shift]:
    """Who was at work from when to when."""
    return rules.shifts(
        [(n.kind, n.person_id or "", n.at) for n in notes if n.kind in ("come", "go")]
    )


def notes_of(uow: UnitOfWork, exam: Exam, works: list[Booklet]) -> list[CommissionNote]:
    """What the commission noted for one exam: of its works, and everything else from its day until
    the next exam day on which there is a Braille work."""
    following = uow.session.scalar(
        select(func.min(Exam.date))
        .join(Booklet, Booklet.exam_id == Exam.id)
        .where(Booklet.medium == Medium.BRAILLE, Exam.date > exam.date)
    )
    mine = {work.id for work in works}
    notes = uow.session.scalars(
        select(CommissionNote).where(CommissionNote.kind != "pages").order_by(CommissionNote.at)
    )
    return [
        n
        for n in notes
        if n.booklet_id in mine
        or (
            n.booklet_id is None
            and exam.date <= uow.local(n.at).date() < (following or dt.date.max)
        )
    ]


def translators(uow: UnitOfWork) -> list[Person]:
    """Everybody of the commission who may transcribe."""
    holders = select(PersonRole.person_id).where(
        PersonRole.role.in_([Role.BRAILLE_TRANSCRIBER, Role.BRAILLE_CHAIR, Role.BRAILLE_DEPUTY])
    )
    return sorted(
        uow.session.scalars(
            select(Person).where(Person.id.in_(holders), Person.disabled.is_(False))
        ),
        key=lambda person: person.name,
    )


def stated(uow: UnitOfWork, booklet_id: str) -> list[CommissionNote]:
    """What the commission stated of the pages of a work, oldest first; the last word counts."""
    return list(
        uow.session.scalars(
            select(CommissionNote)
            .where(CommissionNote.kind == "pages", CommissionNote.booklet_id == booklet_id)
            .order_by(CommissionNote.at)
        )
    )


def leaves(uow: UnitOfWork, booklet_id: str) -> list[Leaf]:
    """The pages of a work as they were stated last; empty before that."""
    notes = stated(uow, booklet_id)
    return (
        [Leaf(row["page"], Part(row["part"]), row["number"]) for row in notes[-1].facts["pages"]]
        if notes
        else []
    )


def give(uow: UnitOfWork, booklet_id: str, part: str, person_id: str) -> Assignment:
    """The chair gives a work to a translator as first or second reader; who may not get it is
    refused with the reason."""
    require(uow, "braille.lead")
    booklet, person = uow.hold(Booklet, booklet_id), uow.get(Person, person_id)
    if booklet.medium != Medium.BRAILLE or part not in (FIRST, SECOND) or booklet.state not in OPEN:
        raise Conflict(
            N_("This work is not given out now."),
            code="wrong-step",
            advice=N_("A work is given out until its key-in begins."),
        )
    held = holders(uow, booklet)
    if part in held:
        raise Conflict(
            N_("A colleague has taken this work already."),
            code="taken",
            advice=N_("Let it be given back first."),
        )
    rules.check_given(eligibility.translator(uow, person), eligibility.work(booklet, held))
    check_apart(part, person.id, everybody(uow, booklet), settling=settling(booklet))
    row = uow.add(
        Assignment(
            booklet_id=booklet.id,
            version=booklet.version,
            part=part,
            person_id=person.id,
            at=uow.now(),
        )
    )
    uow.record(Event.COMMISSION_GIVE, f"booklet:{booklet.id}", part=part, person=person.id)
    return row


def refused(
    uow: UnitOfWork, booklet_id: str, part: str, person_id: str, reason: str
) -> CommissionNote:
    """Keep that a work was not given out by the rule of distribution: to whom, as what, why (a
    msgid), by whom."""
    require(uow, "braille.lead")
    return _note(uow, "refused", person_id, "", booklet_id, facts={"part": part, "reason": reason})


def note(
    uow: UnitOfWork,
    kind: str,
    person_id: str | None = None,
    text: str = "",
    booklet_id: str | None = None,
) -> CommissionNote:
    """Come, go (of oneself, or by the chair for somebody), or an incident in words."""
    own = person_id == uow.actor.person_id
    if kind not in ("come", "go", "incident"):
        raise Invalid()
    require(uow, "braille.desk" if own or kind == "incident" else "braille.lead")
    if kind == "incident" and not text.strip():
        raise Invalid(
            N_("Say what happened."),
            code="text",
            field="text",
            advice=N_("One sentence is enough."),
        )
    return _note(uow, kind, person_id, text, booklet_id)


def _note(
    uow: UnitOfWork,
    kind: str,
    person_id: str | None,
    text: str,
    booklet_id: str | None = None,
    consent: str | None = None,
    facts: dict[str, str] | None = None,
) -> CommissionNote:
    row = uow.add(
        CommissionNote(
            kind=kind,
            person_id=person_id,
            booklet_id=booklet_id,
            text=text.strip(),
            recorded_by=uow.actor.person_id,
            consent_by=consent,
            facts=facts or {},
            at=uow.now(),
        )
    )
    uow.session.flush()
    uow.record(
        commission_event(kind),
        f"commission:{row.id}",
        person=person_id or "",
        booklet=booklet_id or "",
    )
    return row


def suspend(
    uow: UnitOfWork, person_id: str, reason: str, consent_id: str, secret: str, resume: bool = False
) -> CommissionNote:
    """The chair takes a translator off work in a conflict situation, with consent of an exam-board
    member who signs with the own secret ([12]); and back on. What a suspended translator holds and
    has not handed in is free again."""
    consenting = check_secret(uow, consent_id, secret)
    require(uow, "braille.lead")
    if Role.EXAM_BOARD_MEMBER not in {Role(row.role) for row in consenting.roles}:
        raise Forbidden(
            N_("An exam-board member must consent."), code="consent", field="consent_id"
        )
    if not reason.strip():
        raise Invalid(
            N_("A suspension needs its reason."),
            code="reason",
            field="reason",
            advice=N_("Say what the conflict is."),
        )
    uow.get(Person, person_id)
    if not resume:
        _free(uow, person_id)
    return _note(uow, "resume" if resume else "suspend", person_id, reason, consent=consenting.id)


def _free(uow: UnitOfWork, person_id: str) -> None:
    mine = (Assignment.person_id == person_id, Assignment.part.in_(eligibility.TRANSCRIBING))
    uow.hold_all(Booklet, uow.session.scalars(select(Assignment.booklet_id).where(*mine)))
    for row in list(uow.session.scalars(select(Assignment).where(*mine))):
        booklet = uow.get(Booklet, row.booklet_id)
        open_now = booklet.state in (State.COLLECTED, PART_RULES[row.part].state)
        handed_in = row.part in (FIRST, SECOND) and person_id in done_by(uow, booklet)[row.part]
        if (
            booklet.medium == Medium.BRAILLE
            and booklet.version == row.version
            and open_now
            and not handed_in
        ):
            uow.session.delete(row)
            uow.record(
                Event.PART_RELEASE,
                f"booklet:{booklet.id}",
                part=row.part,
                version=row.version,
                person=person_id,
            )
