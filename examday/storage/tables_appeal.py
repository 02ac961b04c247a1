"""The tables of the conflict commission. Everything said, found, voted and signed is insert-only."""

import datetime as dt

from sqlalchemy import Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from examday.domain.appeals.case import CaseState
from examday.domain.appeals.reprocessing import StepState
from examday.storage.base import Base, JsonList, JsonObject, OfSite, WithId
from examday.storage.tables import Booklet, Exam, Person


class Appeal(WithId, OfSite, Base):
    """One appeal.

    `facts`: the fields of the official form that are not columns (school, point, presence wanted
    …).
    """

    __tablename__ = "appeal"
    __table_args__ = (UniqueConstraint("number"),)
    number: Mapped[str] = mapped_column(String(24), index=True)
    """Region, subject and a running number, as on form 2-АП [65]; two appeals never share one."""
    kind: Mapped[str] = mapped_column(String(12))
    exam_id: Mapped[str] = mapped_column(ForeignKey("exam.id"))
    booklet_id: Mapped[str] = mapped_column(ForeignKey("booklet.id"), index=True)
    """The work decides what is shown and held back from destruction; a candidate has many works."""
    version: Mapped[int]
    """Transfer that the score rests on: after reprocessing the booklet has a newer one."""
    state: Mapped[str] = mapped_column(String(16), default=CaseState.REGISTERED, index=True)
    filed: Mapped[dt.date] = mapped_column(Date)
    # The terms run from here, not from the day of filing: the school may send it on days later.
    reached: Mapped[dt.date] = mapped_column(Date)
    result_day: Mapped[dt.date | None] = mapped_column(Date, default=None)
    """None for a procedural appeal, which is filed on the exam day, before any result [20]."""
    outcome: Mapped[str] = mapped_column(String(12), default="")
    """Empty until the votes are counted: an open case must not look like a rejected one."""
    defect: Mapped[bool] = mapped_column(default=False)
    facts: Mapped[JsonObject] = mapped_column(default=dict)
    since: Mapped[dt.datetime]
    """When it came to this state: the list of cases counts waiting from here."""
    closed_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    row_version: Mapped[int] = mapped_column(default=1)
    exam: Mapped[Exam] = relationship()
    booklet: Mapped[Booklet] = relationship()
    __mapper_args__ = {"version_id_col": row_version}


class Hearing(WithId, OfSite, Base):
    """An appointed hearing; a new appointment is a new row, the latest one counts."""

    __tablename__ = "hearing"
    sealed = True
    appeal_id: Mapped[str] = mapped_column(ForeignKey("appeal.id"), index=True)
    round: Mapped[int]
    """Counted up by each new appointment, because attendance and votes belong to one of them."""
    at: Mapped[dt.datetime]
    place: Mapped[str] = mapped_column(String(200))
    form: Mapped[str] = mapped_column(String(12))
    """In person or remote: the notice has to say which (2024 [58])."""
    noticed: Mapped[dt.date] = mapped_column(Date)
    """At least one working day before the hearing [56][58], so the day is kept and not only
    «sent»."""
    recorded_at: Mapped[dt.datetime]


class Attendance(WithId, OfSite, Base):
    """Who came to a hearing in what capacity; people of the system by id, others by name."""

    __tablename__ = "attendance"
    sealed = True
    __table_args__ = (UniqueConstraint("hearing_id", "person_id"),)
    hearing_id: Mapped[str] = mapped_column(ForeignKey("hearing.id"), index=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    name: Mapped[str] = mapped_column(String(200), default="")
    """For parents, interpreters and officials, who have no log-in here; empty beside a person."""
    capacity: Mapped[str] = mapped_column(String(20))
    """What the person came as: it decides who votes and who must not have done the work before."""
    at: Mapped[dt.datetime]
    person: Mapped[Person | None] = relationship()


class OwnWork(WithId, OfSite, Base):
    """The appellant's confirmation that the works shown are his (or that he did not come), and how
    it was made.
    """

    __tablename__ = "own_work"
    sealed = True
    __table_args__ = (UniqueConstraint("hearing_id"),)
    hearing_id: Mapped[str] = mapped_column(ForeignKey("hearing.id"))
    answer: Mapped[str] = mapped_column(String(12))
    way: Mapped[str] = mapped_column(String(16))
    """A blind appellant cannot confirm a print image, so it is kept how the work was shown."""
    note: Mapped[str] = mapped_column(Text, default="")
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[dt.datetime]


class Finding(WithId, OfSite, Base):
    """What a person found on one task: the four layers as they were, what was proposed, what was
    decided and why.
    """

    __tablename__ = "finding"
    sealed = True
    __table_args__ = (UniqueConstraint("appeal_id", "field", "round"),)
    appeal_id: Mapped[str] = mapped_column(ForeignKey("appeal.id"), index=True)
    field: Mapped[str] = mapped_column(String(24))
    round: Mapped[int] = mapped_column(default=1)
    layers: Mapped[JsonObject]
    """As they were when the member looked: a later reading must not change an old finding."""
    proposed: Mapped[str] = mapped_column(String(24))
    """Of the program. Kept beside the decision, so it shows where people left the proposal."""
    # Of the proposal, 0…1: what the member saw when deciding.
    certainty: Mapped[float]
    decided: Mapped[str] = mapped_column(String(24))
    category: Mapped[str] = mapped_column(String(24), default="")
    cause: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int]
    """Transfer that was looked at; the finding says nothing of a repeated one."""
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[dt.datetime]


class CaseVote(WithId, OfSite, Base):
    """One member's vote, with the dissenting opinion if there is one."""

    __tablename__ = "case_vote"
    sealed = True
    __table_args__ = (UniqueConstraint("hearing_id", "person_id"),)
    hearing_id: Mapped[str] = mapped_column(ForeignKey("hearing.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[str] = mapped_column(String(12))
    dissent: Mapped[str] = mapped_column(Text, default="")
    """Empty for a member who agrees. It is part of what the members sign, so it cannot be lost."""
    at: Mapped[dt.datetime]


class Protocol(WithId, OfSite, Base):
    """The protocol of a decision (2-АП and its annexes) as canonical content.

    Signatures carry its hash.
    """

    __tablename__ = "protocol"
    sealed = True
    __table_args__ = (UniqueConstraint("appeal_id"),)
    appeal_id: Mapped[str] = mapped_column(ForeignKey("appeal.id"))
    content: Mapped[JsonObject]
    """Whole and canonical: what was signed is read from here and never put together again."""
    sha256: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[dt.datetime]


class ProtocolSignature(WithId, OfSite, Base):
    """One member's signature under the protocol."""

    __tablename__ = "protocol_signature"
    sealed = True
    __table_args__ = (UniqueConstraint("protocol_id", "person_id"),)
    protocol_id: Mapped[str] = mapped_column(ForeignKey("protocol.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    capacity: Mapped[str] = mapped_column(String(20))
    content_sha256: Mapped[str] = mapped_column(String(64))
    """Ties the signature to the words that were signed, not to the row that holds them."""
    at: Mapped[dt.datetime]


class OrderStep(WithId, OfSite, Base):
    """One step of an order for reprocessing: owner, term, outcome."""

    __tablename__ = "order_step"
    __table_args__ = (UniqueConstraint("appeal_id", "step"),)
    appeal_id: Mapped[str] = mapped_column(ForeignKey("appeal.id"), index=True)
    step: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(8), default=StepState.OPEN)
    due: Mapped[dt.date] = mapped_column(Date)
    """Stored when the order is made: a calendar corrected later must not change a term unseen."""
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    """Never filled: a step belongs to a role. The column stays, because the digests of all recorded
    steps are taken with it, and the ledger of an older day must still be found true."""
    facts: Mapped[JsonObject] = mapped_column(default=dict)
    done_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    done_at: Mapped[dt.datetime | None] = mapped_column(default=None)


class CaseNote(WithId, OfSite, Base):
    """One entry beside the acts of a case, with its reason.

    Kinds: `domain/appeals/notes.py`. `about`: the row or field that it speaks of; empty when it
    speaks of the whole case.
    """

    __tablename__ = "case_note"
    sealed = True
    appeal_id: Mapped[str] = mapped_column(ForeignKey("appeal.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    about: Mapped[str] = mapped_column(String(48), default="")
    facts: Mapped[JsonObject] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(Text, default="")
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[dt.datetime]


class Destruction(WithId, OfSite, Base):
    """An act of destruction: what was destroyed, by whom, under which term.

    The ledger keeps the hashes.
    """

    __tablename__ = "destruction"
    sealed = True
    exam_id: Mapped[str] = mapped_column(ForeignKey("exam.id"), index=True)
    booklets: Mapped[JsonList]
    hashes: Mapped[JsonList]
    """Of what was destroyed: they show later that a paper was in the list, though it is gone."""
    basis: Mapped[str] = mapped_column(Text)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    # Destroying takes two people; one alone must not be able to remove evidence.
    second_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[dt.datetime]
