"""What the print-outs of the tiflo-translator commission show: the progress report, and the
hand-over act with the protocol of «Копия верна»."""

import datetime as dt
from typing import Any

from sqlalchemy import func, select

from examday.domain.braille import commission as rules
from examday.domain.braille.notebook import answers
from examday.domain.custody.counts import tally
from examday.domain.custody.kit import KIND_NAMES, ORIGINALS, Kind
from examday.domain.custody.lifecycle import STATE_NAMES, WAY, Medium, State
from examday.domain.custody.paper_codes import spaced
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.domain.people.roles import ROLE_NAMES, Role
from examday.domain.rules.ruleset import SLOT_NAMES
from examday.domain.transfer.duties import PART_NAMES
from examday.services.braille import commission, eligibility
from examday.services.custody import dossier, papers
from examday.services.custody.dossier import Dossier
from examday.services.people import directory
from examday.services.printing import day_papers
from examday.services.printing import words as w
from examday.services.printing.words import ru
from examday.services.rules import rulesets
from examday.services.scans.pictures import pages_of
from examday.services.transfer.hands import holders
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, EventRow, Exam, Page, Person, PersonRole

DONE = WAY[WAY.index(State.CERTIFIED) :]


def progress(uow: UnitOfWork, exam_id: str, names: bool) -> dict[str, object]:
    """Отчёт о ходе работы: works, hands, working time, what was given back, incidents."""
    exam, works, people = (
        uow.get(Exam, exam_id),
        commission.works_of(uow, exam_id),
        directory.names(uow),
    )
    hands, notes = (
        {work.id: holders(uow, work) for work in works},
        commission.notes_of(uow, exam, works),
    )
    return day_papers.frame(
        uow, exam, N_("Progress report of the commission of tiflo-translators")
    ) | {
        "figures": _figures(uow, exam, works, hands),
        "works": [
            [
                w.seat(one),
                spaced(one.code or "—"),
                ru(STATE_NAMES[State(one.state)]),
                w.moment(uow, one.since),
                _hands(hands[one.id], people),
                _pages(uow, one),
            ]
            for one in works
        ],
        "people": _people(uow, hands, notes),
        "notes": [
            [
                w.moment(uow, n.at),
                ru(commission.NOTE_NAMES[n.kind]),
                people.get(n.person_id or "", ""),
                next((w.seat(one) for one in works if one.id == n.booklet_id), ""),
                ru(n.facts["reason"]) if n.kind == "refused" else n.text,
            ]
            for n in notes
            if n.kind in commission.NOTE_NAMES
        ],
        "signers": [
            [ru(ROLE_NAMES[Role.BRAILLE_CHAIR]), _chair(uow)],
            [ru(ROLE_NAMES[Role.EXAM_BOARD_MEMBER]), ""],
        ],
    }


def _figures(
    uow: UnitOfWork, exam: Exam, works: list[Booklet], hands: dict[str, dict[str, str]]
) -> list[list[str]]:
    state = rules.progress((State(one.state), len(hands[one.id])) for one in works)
    needed = rules.size_needed(
        state.planned, rulesets.for_date(exam.date).number("works_per_translator")
    )
    returned = _count(uow, Event.PART_RELEASE, [f"booklet:{one.id}" for one in works])
    rejected = (
        uow.session.scalar(
            select(func.count())
            .select_from(Page)
            .where(Page.booklet_id.in_([one.id for one in works]), Page.state == "rejected")
        )
        or 0
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
        (N_("Given back by translators"), returned),
        (N_("Scanned pages rejected"), rejected),
        (N_("Translators needed for these works"), needed),
    ]
    return [[ru(name), str(number)] for name, number in rows]


def _count(uow: UnitOfWork, kind: str, subjects: list[str]) -> int:
    return (
        uow.session.scalar(
            select(func.count())
            .select_from(EventRow)
            .where(EventRow.kind == kind, EventRow.subject.in_(subjects))
        )
        or 0
    )


def _hands(hands: dict[str, str], people: dict[str, str]) -> str:
    return (
        "; ".join(
            f"{ru(PART_NAMES[part])}: {people.get(person, '—')}" for part, person in hands.items()
        )
        or "—"
    )


def _pages(uow: UnitOfWork, booklet: Booklet) -> str:
    """Scans, and how many of them are answers; nothing is known of the answers before the pages
    were stated."""
    scans, leaves = len(pages_of(uow, booklet, "original")), commission.leaves(uow, booklet.id)
    if not scans:
        return "—"
    if not leaves:
        return ru(N_("%(scans)s, pages not stated yet"), scans=scans)
    return ru(
        N_("%(scans)s, of them with answers: %(answers)s"),
        scans=scans,
        answers=len(answers(leaves)),
    )


def _people(uow: UnitOfWork, hands: dict[str, dict[str, str]], notes: list[Any]) -> list[list[str]]:
    """Translators with their works and time; those who neither had a work nor were there are left
    out."""
    stays, off = commission.stays_of(notes), eligibility.suspended(notes)
    time, here = (
        rules.worked(stays, uow.now()),
        {stay.person_id for stay in stays if stay.end is None},
    )
    rows = []
    for person in commission.translators(uow):
        had = sum(person.id in parts.values() for parts in hands.values())
        if had or person.id in time or person.id in off:
            status = (
                N_("suspended")
                if person.id in off
                else N_("here")
                if person.id in here
                else N_("not here")
            )
            rows.append(
                [person.name, str(had), _span(time.get(person.id, dt.timedelta())), ru(status)]
            )
    return rows


def _span(time: dt.timedelta) -> str:
    minutes = int(time.total_seconds()) // 60
    return ru(N_("%(h)s h %(m)s min"), h=minutes // 60, m=minutes % 60)


def _chair(uow: UnitOfWork) -> str:
    """The chair's name, when there is one chair alone."""
    found = list(
        uow.session.scalars(
            select(Person.name)
            .join(PersonRole, PersonRole.person_id == Person.id)
            .where(PersonRole.role == Role.BRAILLE_CHAIR, Person.disabled.is_(False))
        )
    )
    return found[0] if len(found) == 1 else ""


def act(uow: UnitOfWork, exam_id: str, names: bool) -> dict[str, object]:
    """Акт передачи оригиналов и переводов: only works under «Копия верна» leave; the others are
    named as remaining."""
    exam, works = uow.get(Exam, exam_id), commission.works_of(uow, exam_id)
    going = [dossier.show(uow, one.id) for one in works if one.state in DONE]
    return day_papers.frame(uow, exam, N_("Hand-over act of originals and transcripts")) | {
        "counts": _totals(going),
        "works": [_leaving(uow, d) for d in going],
        "signed": [row for d in going for row in _signed(uow, d)],
        "rest": [
            [w.seat(one), spaced(one.code or "—"), ru(STATE_NAMES[State(one.state)])]
            for one in works
            if one.state not in DONE
        ],
        "signers": [
            [ru(ROLE_NAMES[Role.BRAILLE_CHAIR]), _chair(uow)],
            [ru(N_("Received by")), ""],
            [ru(ROLE_NAMES[Role.EXAM_BOARD_MEMBER]), ""],
        ],
    }


def _things(d: Dossier) -> dict[Kind, int]:
    return tally(Kind(i.kind) for i in d.items if i.state not in papers.VOID)


def _totals(going: list[Dossier]) -> list[list[str]]:
    """What changes hands, by the journal; the last column is for whoever counts it."""
    kinds = (Kind.ENVELOPE, *ORIGINALS[Medium.BRAILLE], Kind.STANDARD_SHEET)
    counted = [
        (ru(KIND_NAMES[kind]), sum(_things(d).get(kind, 0) for d in going)) for kind in kinds
    ]
    return [
        [name, str(number), ""]
        for name, number in ((ru(N_("Braille works")), len(going)), *counted)
    ]


def _leaving(uow: UnitOfWork, d: Dossier) -> list[str]:
    have, envelope = _things(d), papers.envelope_of(d.items)
    return [
        w.seat(d.booklet),
        spaced(d.booklet.code or "—"),
        spaced(envelope.code) if envelope else "—",
        str(have.get(Kind.NOTEBOOK, 0)),
        str(have.get(Kind.BRAILLE_SHEET, 0)),
        _pages(uow, d.booklet),
        str(have.get(Kind.STANDARD_SHEET, 0)),
        ru(STATE_NAMES[State(d.booklet.state)]),
    ]


def _signed(uow: UnitOfWork, d: Dossier) -> list[list[str]]:
    """«Копия верна», signature by signature, or the recorded absence with its reason."""
    rows = []
    for place in d.signatures:
        given = place.given
        who = (
            ""
            if given is None
            else d.names.get(given.person_id or "", "")
            or ru(N_("absent: %(reason)s"), reason=given.absent_reason)
        )
        rows.append(
            [
                w.seat(d.booklet),
                ru(SLOT_NAMES.get(place.rule.slot, place.rule.slot)),
                who or "—",
                w.moment(uow, given.at) if given else ru(N_("not signed")),
                given.content_sha256[:12] if given else "",
            ]
        )
    return rows
