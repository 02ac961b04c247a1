"""One training work and the people who play it: what all steps have in common."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select

from examday.domain.custody.counts import Purpose
from examday.domain.custody.lifecycle import Medium, State
from examday.domain.people.roles import Actor
from examday.domain.transfer.answers import BLANK, Mark, Value
from examday.domain.transfer.fields import NAME_FIELD, REGION_FIELD, SUBJECT_FIELD, replacement_row
from examday.services.people.directory import actor_of, by_login
from examday.services.rules.exam_forms import fields_for
from examday.services.training.demo_files import NAMES, Work
from examday.services.unit_of_work import Store, UnitOfWork
from examday.storage.tables import Booklet, Candidate, Seat

LEADS = {"0001": "organiser", "0002": "organiser3", "0003": "organiser5", "0004": "organiser7"}


class WorkInPlay:
    """A work that is played, and its people. A second transfer has no new evidence to pack."""

    purposes: tuple[Purpose, ...] = (Purpose.STANDARD, Purpose.EVIDENCE)

    def __init__(
        self,
        store: Store,
        pin: str,
        work: Work,
    ) -> None:
        self.store, self.pin, self.work = store, pin, work
        with store.read() as uow:
            booklet = uow.session.scalars(
                select(Booklet)
                .join(Seat)
                .join(Candidate)
                .where(Candidate.code == work["candidate"])
            ).one()
            self.id, self.lead = booklet.id, LEADS[booklet.seat.room.number]
            self.medium, self.fields = Medium(booklet.medium), fields_for(booklet.exam)
            self.subject = booklet.exam.subject

    def state(self) -> State:
        """Where the work stands now."""
        with self.store.read() as uow:
            return State(self.row(uow).state)

    def row(self, uow: UnitOfWork) -> Booklet:
        """The work's own row."""
        return uow.get(Booklet, self.id)

    @contextmanager
    def as_person(self, login: str) -> Iterator[UnitOfWork]:
        """A unit of work of this person of the training day."""
        with self.store.begin(self.actor(login)) as uow:
            yield uow

    def actor(self, login: str) -> Actor:
        """The person behind a log-in of the training day."""
        with self.store.read() as uow:
            person = by_login(uow, login)
            if person is None:
                # A fault of the bundled files and no refusal: nobody could do anything about it.
                raise LookupError(f"the training day has no {login}")
            return actor_of(person)

    def values(self, changed: dict[str, str] | None = None) -> dict[str, Value]:
        """What stands on the sheet, field by field; `changed` are the slips of a reader."""
        texts = {
            REGION_FIELD: "77",
            SUBJECT_FIELD: self.subject,
            NAME_FIELD: NAMES[self.subject],
            **self.work.get("answers", {}),
            **(changed or {}),
        }
        found = {
            field: Value(texts[field]) if texts.get(field) else BLANK for field in self.fields.ids
        }
        for task in self.work.get("struck", {}):
            found[task] = Value(mark=Mark.CROSSED_OUT)
        for number, (task, text) in enumerate(self.work.get("replacements", []), 1):
            found[replacement_row(number)] = Value(text, task=task)
        return found
