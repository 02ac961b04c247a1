"""The people of the tiflo-translator commission: works, working time, notes."""

import datetime as dt
from collections.abc import Mapping

from examday.domain.braille import commission as rules
from examday.domain.messages import N_
from examday.domain.transfer.duties import PART_NAMES
from examday.services.braille import commission
from examday.services.printing.words import moment, ru
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables_braille import CommissionNote


def note_row(
    uow: UnitOfWork,
    note: CommissionNote,
    people: Mapping[str, str],
    seats: Mapping[str, str],
) -> list[str]:
    """One note: time, what, person, work, words; a refusal says its reason."""
    return [
        moment(uow, note.at),
        ru(commission.NOTE_NAMES[note.kind]),
        people.get(note.person_id or "", ""),
        seats.get(note.booklet_id or "", ""),
        # A refusal is written by the program and stored as a msgid; all else was typed by people.
        ru(note.facts["reason"]) if note.kind == "refused" else note.text,
    ]


def hands_line(hands: dict[str, str], people: Mapping[str, str]) -> str:
    """Who does which part of one work, in one line. `hands`: part → person; `people`: id → name."""
    return (
        "; ".join(
            f"{ru(PART_NAMES[part])}: {people.get(person, '—')}" for part, person in hands.items()
        )
        or "—"
    )


def translators(
    uow: UnitOfWork, hands: dict[str, dict[str, str]], notes: list[CommissionNote]
) -> list[list[str]]:
    """List the translators with works, working time and status.

    Those who had no work and were not there are left out. `hands`: id of a work →
    part → person.
    """
    stays, off = commission.stays_of(uow, notes), commission.people_suspended(notes)
    now = uow.local(uow.now())
    time = rules.worked(stays, now)
    here = {stay.person_id for stay in stays if stay.runs(now)}
    open_ended = {stay.person_id for stay in stays if stay.never_ended(now)}
    rows = []
    for person in commission.translators(uow):
        had = sum(person.id in parts.values() for parts in hands.values())
        # A suspended translator is listed in any case: the protocol has to account for it.
        if had or person.id in {*time, *off, *open_ended}:
            words = N_("here") if person.id in here else N_("not here")
            status = N_("suspended") if person.id in off else words
            spent = _span(time.get(person.id, dt.timedelta()))
            if person.id in open_ended:
                spent += ru(N_(", and a stay whose end is not recorded"))
            rows.append([person.name, str(had), spent, ru(status)])
    return rows


def _span(time: dt.timedelta) -> str:
    minutes = int(time.total_seconds()) // 60
    return ru(N_("%(h)s h %(m)s min"), h=minutes // 60, m=minutes % 60)
