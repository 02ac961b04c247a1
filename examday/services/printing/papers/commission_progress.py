"""What the progress report of the tiflo-translator commission shows: works, hands, time, incidents."""

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import func, select

from examday.domain.braille import commission as rules
from examday.domain.custody.lifecycle import State
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.people.roles import Role
from examday.domain.scans.pages import PageState
from examday.domain.transfer.duties import PART_NAMES
from examday.services.braille import commission, eligibility
from examday.services.people import directory
from examday.services.printing import words as w
from examday.services.printing.papers.commission_words import chair, pages
from examday.services.printing.papers.frames import frame
from examday.services.printing.words import ru
from examday.services.rules import rulesets
from examday.services.transfer.hands import holders
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, EventRow, Exam, Page
from examday.storage.tables_braille import CommissionNote


def progress(uow: UnitOfWork, exam_id: str, names: bool) -> dict[str, object]:
    """Отчёт о ходе работы: works, hands, working time, what was given back, incidents."""
    exam, works = uow.get(Exam, exam_id), commission.works_of(uow, exam_id)
    people = directory.names(uow)
    hands = {work.id: holders(uow, work) for work in works}
    notes = commission.notes_of(uow, exam, works)
    return frame(uow, exam, N_("Progress report of the commission of tiflo-translators")) | {
        "figures": _figures(uow, exam, works, hands),
        "works": [_work(uow, one, _hands(hands[one.id], people)) for one in works],
        "people": _people(uow, hands, notes),
        "notes": [
            _note(uow, note, people, {one.id: w.seat(one) for one in works})
            for note in notes
            if note.kind in commission.NOTE_NAMES
        ],
        "signers": [
            [w.role(Role.BRAILLE_CHAIR), chair(uow)],
            [w.role(Role.EXAM_BOARD_MEMBER), ""],
        ],
    }


def _work(uow: UnitOfWork, booklet: Booklet, hands: str) -> list[str]:
    return [
        w.seat(booklet),
        w.form_code(booklet),
        w.state(booklet),
        w.moment(uow, booklet.since),
        hands,
        pages(uow, booklet),
    ]


def _note(
    uow: UnitOfWork, note: CommissionNote, people: Mapping[str, str], seats: Mapping[str, str]
) -> list[str]:
    """When, what, who, at which work, and the words; a refusal says its reason."""
    return [
        w.moment(uow, note.at),
        ru(commission.NOTE_NAMES[note.kind]),
        people.get(note.person_id or "", ""),
        seats.get(note.booklet_id or "", ""),
        ru(note.facts["reason"]) if note.kind == "refused" else note.text,
    ]


def _figures(
    uow: UnitOfWork, exam: Exam, works: list[Booklet], hands: dict[str, dict[str, str]]
) -> list[list[str]]:
    state = rules.progress((State(one.state), len(hands[one.id])) for one in works)
    needed = rules.size_needed(
        state.planned, rulesets.for_date(exam.date).number("works_per_translator")
    )
    rows = [
        (N_("Braille works of the exam"), state.planned),
        (N_("Received by the commission"), state.received),
        (N_("Given out to translators"), state.given_out),
        (N_("Read by both translators"), state.read),
        (N_("Differences settled"), state.settled),
        (N_("«Копия верна» signed"), state.done),
        (N_("Works handed over to the processing centre"), state.handed_over),
        (N_("Received, not finished yet"), state.waiting),
        (N_("Given back by translators"), _given_back(uow, works)),
        (N_("Scanned pages rejected"), _pages_rejected(uow, works)),
        (N_("Translators needed for these works"), needed),
    ]
    return [[ru(name), str(number)] for name, number in rows]


def _given_back(uow: UnitOfWork, works: list[Booklet]) -> int:
    subjects = [f"booklet:{one.id}" for one in works]
    there = EventRow.kind == Event.PART_RELEASE, EventRow.subject.in_(subjects)
    return uow.session.scalar(select(func.count()).select_from(EventRow).where(*there)) or 0


def _pages_rejected(uow: UnitOfWork, works: list[Booklet]) -> int:
    there = Page.booklet_id.in_([one.id for one in works]), Page.state == PageState.REJECTED
    return uow.session.scalar(select(func.count()).select_from(Page).where(*there)) or 0


def _hands(hands: dict[str, str], people: dict[str, str]) -> str:
    return (
        "; ".join(
            f"{ru(PART_NAMES[part])}: {people.get(person, '—')}" for part, person in hands.items()
        )
        or "—"
    )


def _people(
    uow: UnitOfWork, hands: dict[str, dict[str, str]], notes: list[CommissionNote]
) -> list[list[str]]:
    """Translators with their works and time; those who neither had a work nor were there are left
    out."""
    stays, off = commission.stays_of(notes), eligibility.people_suspended(notes)
    time = rules.worked(stays, uow.now())
    here = {stay.person_id for stay in stays if stay.end is None}
    rows = []
    for person in commission.translators(uow):
        had = sum(person.id in parts.values() for parts in hands.values())
        if had or person.id in time or person.id in off:
            words = N_("here") if person.id in here else N_("not here")
            status = N_("suspended") if person.id in off else words
            spent = _span(time.get(person.id, dt.timedelta()))
            rows.append([person.name, str(had), spent, ru(status)])
    return rows


def _span(time: dt.timedelta) -> str:
    minutes = int(time.total_seconds()) // 60
    return ru(N_("%(h)s h %(m)s min"), h=minutes // 60, m=minutes % 60)
