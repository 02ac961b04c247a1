"""The commission on one page: works and hands, people with load and time, notes."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from examday.domain.braille.commission import worked
from examday.domain.custody.lifecycle import State
from examday.domain.people.roles import Role
from examday.services.braille import commission
from examday.services.braille.notebook import receipt
from examday.services.custody.booklets import require
from examday.services.people.directory import people_with
from examday.services.transfer.hands import holders_of
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Exam, Person
from examday.storage.tables_braille import CommissionNote

DONE = (State.CERTIFIED, State.PACKED, State.HANDED_OVER)
"""Such a work needs no translator any more: it neither waits nor holds anybody."""


@dataclass(frozen=True)
class Board:
    """What the chair sees of all open exam days."""

    works: list[tuple[Booklet, dict[str, str]]]
    """Each with its hands, part → person: the chair sees who could be given a work."""
    exams: list[Exam]
    states: Counter[str]
    of_day: list[Booklet]
    """Works of the newest exam day: what the figures at the top count."""
    earlier: int
    """Works of earlier days that are not certified yet: the figures of today do not show them."""
    unstated: set[str]
    """Works whose scanned pages nobody has stated: they hold up everybody who would transcribe
    them."""
    asked: set[str]
    """Works whose scans the actor was asked to describe: a colleague waits for the answer."""
    packages: dict[str, receipt.Package]
    """Work → the package that its envelope lies in: until it is opened nobody reads the work."""
    people: list[Person]
    load: Counter[str]
    """Person → works in hand; the chair gives the next work to whoever has least."""
    here: set[str]
    """Who has come and not gone: a work for somebody at home would wait until the next day."""
    time: dict[str, dt.timedelta]
    """Working time by person since the newest exam day, as the progress report counts it: the chair
    records it for the timesheet (domain.md 4.3)."""
    never_ended: dict[str, dt.date]
    """Person → the last day on which nobody recorded the going: the working time is longer then."""
    needed: int
    """Translators by the size rule, one for two works (domain.md 4.2); the chair sees in time that
    somebody is missing."""
    suspended: set[str]
    members: list[Person]
    """Exam-board members: a suspension needs the consent of one of them."""
    notes: list[CommissionNote]

    @property
    def short(self) -> bool:
        """Whether scanned works wait while fewer translators have come than they need.

        Before the first work is scanned nobody has to be here yet.
        """
        return self.states[State.SCANNED] > 0 and len(self.here) < self.needed

    @property
    def to_open(self) -> list[receipt.Package]:
        """The packages that have come to the commission and are to be opened, each once."""
        there = {one.id: one for one in self.packages.values() if one.to_open}
        return sorted(there.values(), key=lambda one: one.code)


def board(uow: UnitOfWork) -> Board:
    """Return the commission's works of all open exam days, with people and notes."""
    require(uow, "braille.desk")
    booklets = commission.works_of(uow)
    held = holders_of(uow, booklets)
    works = [(one, held[one.id]) for one in booklets]
    newest, now = max((one.exam.date for one in booklets), default=None), uow.local(uow.now())
    # A plan may name a day to come: whoever is here today is here all the same.
    notes = commission.notes_since(uow, min(newest or now.date(), now.date()), booklets)
    stays = commission.stays_of(uow, notes)
    of_day = [one for one in booklets if one.exam.date == newest]
    earlier = [one for one in booklets if one.exam.date != newest and one.state not in DONE]
    return Board(
        works=works,
        exams=list({work.exam_id: work.exam for work in booklets}.values()),
        states=Counter(one.state for one in booklets),
        of_day=of_day,
        earlier=len(earlier),
        unstated=_unstated(booklets, notes),
        asked={work.id for work in commission.to_describe(uow)},
        packages=receipt.packages(uow, booklets),
        people=commission.translators(uow),
        load=Counter(
            person for work, parts in works if work.state not in DONE for person in parts.values()
        ),
        here={stay.person_id for stay in stays if stay.runs(now)},
        time=worked(stays, now),
        never_ended={s.person_id: s.start.date() for s in stays if s.never_ended(now)},
        needed=commission.needed(uow, of_day + earlier),
        suspended=commission.suspended_now(uow),
        members=list(people_with(uow, {Role.EXAM_BOARD_MEMBER})),
        # Statements of pages have a page of their own; here they would hide the incidents.
        notes=[note for note in notes if note.kind != "pages"],
    )


def _unstated(works: Iterable[Booklet], notes: Iterable[CommissionNote]) -> set[str]:
    """Return the scanned works without a statement of their pages."""
    stated = {note.booklet_id or "" for note in notes if note.kind == "pages"}
    return {work.id for work in works if work.state == State.SCANNED} - stated
