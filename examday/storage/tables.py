"""The tables of the day: people, plan, booklets, custody, scans, readings, sign-offs, ledger,
outbox. Log-ins: `tables_log_in.py`.
"""

import datetime as dt

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from examday import log
from examday.domain.custody.kit import ThingState
from examday.domain.custody.lifecycle import BY_PAGES, Medium, State
from examday.domain.scans.pages import ScanState
from examday.storage.base import SITE, Base, JsonList, JsonObject, OfSite, WithId


class Person(WithId, Base):
    """A member of staff who can log in.

    Secrets are Argon2 hashes and are left out of the row's digest of meaning.
    """

    __tablename__ = "person"
    login: Mapped[str] = mapped_column(String(64), unique=True)
    """As `plain_login` makes it: two log-ins that look alike would sign for each other."""
    name: Mapped[str] = mapped_column(String(200))
    """As it is printed under signatures; changed only with an entry of its own."""
    password_hash: Mapped[str] = mapped_column(String(200))
    pin_hash: Mapped[str] = mapped_column(String(200), default="")
    """Empty until somebody has set one; a password proves as much, but is long for each signature."""
    # The head has given the first password and so knows it.
    must_change: Mapped[bool] = mapped_column(default=True)
    # People are disabled and never removed: signatures name them.
    disabled: Mapped[bool] = mapped_column(default=False)
    site: Mapped[str] = mapped_column(SITE, default="", server_default="")
    """Which site keeps the account; "" for the installation, whose people see all sites. Where else
    the person serves: `tables_sites.PersonSite`."""
    facts: Mapped[JsonObject] = mapped_column(default=dict)
    """Among them the subjects a person teaches: a teacher may not be in the rooms of the own one."""
    roles: Mapped[list["PersonRole"]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class PersonRole(Base):
    """One role of one person, known wherever the person is known."""

    __tablename__ = "person_role"
    site: Mapped[str] = mapped_column(SITE, default="", server_default="")
    """As the person's: the same chain records both."""
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(40), primary_key=True)


class Exam(WithId, OfSite, Base):
    """One subject at one point on one date. A training exam never mixes with a real one."""

    __tablename__ = "exam"
    __table_args__ = (UniqueConstraint("site", "date", "kind", "subject", "site_code", "training"),)
    date: Mapped[dt.date] = mapped_column(Date)
    kind: Mapped[str] = mapped_column(String(8))
    """ЕГЭ, ОГЭ or ГВЭ: the forms of a kit differ (domain.md 6.1)."""
    subject: Mapped[str] = mapped_column(String(4))
    """As in the official list of subjects; leading zeros count, so it is text."""
    site_code: Mapped[str] = mapped_column(String(8))
    site_name: Mapped[str] = mapped_column(String(200), default="")
    region: Mapped[str] = mapped_column(String(4), default="")
    tasks: Mapped[int] = mapped_column(default=40)
    """Rows of short answers: the list of fields is made of it and not of what was keyed in."""
    long_tasks: Mapped[JsonList] = mapped_column(default=list)
    """Numbers of tasks with a long answer: their text has no cells to be counted."""
    training: Mapped[bool] = mapped_column(default=False)
    """Part of what tells two exams apart: a training exam may be held in the same subject on the
    same day."""
    facts: Mapped[JsonObject] = mapped_column(default=dict)


class Room(WithId, OfSite, Base):
    """A room of the point; `features` holds what the readiness rules ask for (light, floor, sound
    …).
    """

    __tablename__ = "room"
    __table_args__ = (UniqueConstraint("site", "site_code", "number"),)
    site_code: Mapped[str] = mapped_column(String(8))
    number: Mapped[str] = mapped_column(String(8))
    """Text: schools write «0101» and «12а»."""
    purpose: Mapped[str] = mapped_column(String(24), default="exam")
    seats: Mapped[int] = mapped_column(default=12)
    features: Mapped[JsonObject] = mapped_column(default=dict)


class Candidate(WithId, OfSite, Base):
    """A candidate: need codes (never diagnoses) and supporting documents."""

    __tablename__ = "candidate"
    __table_args__ = (UniqueConstraint("site", "code"),)
    code: Mapped[str] = mapped_column(String(32), index=True)
    """All that readers and copiers ever see of a candidate: names would let them favour
    somebody."""
    surname: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(100), default="")
    patronymic: Mapped[str] = mapped_column(String(100), default="")
    document: Mapped[str] = mapped_column(String(40), default="")
    school_code: Mapped[str] = mapped_column(String(12), default="")
    needs: Mapped[JsonList] = mapped_column(default=list)
    """What the exam must provide. Why is no business of a point."""
    documents: Mapped[JsonList] = mapped_column(default=list)
    """Kind and form of the paper that grants conditions, never its content: a diagnosis stays
    out."""


class Seat(WithId, OfSite, Base):
    """Who sits where in which exam."""

    __tablename__ = "seat"
    __table_args__ = (
        UniqueConstraint("exam_id", "candidate_id"),
        # Also stops two plans that are brought in at the same moment.
        UniqueConstraint("exam_id", "room_id", "place"),
    )
    exam_id: Mapped[str] = mapped_column(ForeignKey("exam.id"))
    room_id: Mapped[str] = mapped_column(ForeignKey("room.id"))
    candidate_id: Mapped[str] = mapped_column(ForeignKey("candidate.id"))
    place: Mapped[str] = mapped_column(String(8))
    """«1А», number and letter, as the seating table names it: papers and people say nothing
    else."""
    exam: Mapped[Exam] = relationship()
    room: Mapped[Room] = relationship()
    candidate: Mapped[Candidate] = relationship()


class Duty(WithId, OfSite, Base):
    """A person's duty in one exam (and room): what presence and conflicts of duty are checked on."""

    __tablename__ = "duty"
    __table_args__ = (UniqueConstraint("exam_id", "person_id", "role", "room_id"),)
    exam_id: Mapped[str] = mapped_column(ForeignKey("exam.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(40))
    room_id: Mapped[str | None] = mapped_column(ForeignKey("room.id"), default=None)
    """None for the whole point: such a person may be in any of its rooms."""
    present: Mapped[bool] = mapped_column(default=False)
    """Ticked off on the day. False says only that nobody has ticked."""


class Booklet(WithId, OfSite, Base):
    """One candidate's answers in their special form.

    `state` mirrors the ledger; `version` counts transfers. `hold`: legal hold, nothing of it may be
    destroyed while an appeal is open; work on it goes on.
    """

    __tablename__ = "booklet"
    # A spoiled kit keeps its row and its code; its replacement is a second booklet at the same
    # seat.
    __table_args__ = (
        UniqueConstraint("exam_id", "code"),
        Index(
            "uq_booklet_seat_live",
            "seat_id",
            unique=True,
            sqlite_where=text("state <> 'spoiled'"),
            postgresql_where=text("state <> 'spoiled'"),
        ),
    )
    seat_id: Mapped[str] = mapped_column(ForeignKey("seat.id"), index=True)
    exam_id: Mapped[str] = mapped_column(ForeignKey("exam.id"), index=True)
    medium: Mapped[str] = mapped_column(String(16))
    code: Mapped[str | None] = mapped_column(String(13), default=None, index=True)
    """The number of the kit; None until one is planned or issued. Bound to one work of an exam, as
    papers are found by it."""
    state: Mapped[str] = mapped_column(String(16), default=State.REGISTERED)
    version: Mapped[int] = mapped_column(default=1)
    """Readings, copies and signatures name it: those of an earlier one stay and count no longer."""
    holder_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    """Who answers for the paper now: the first one to be asked when it is missing."""
    counts: Mapped[JsonObject] = mapped_column(default=dict)
    hold: Mapped[bool] = mapped_column(default=False)
    """Set by an appeal: courts put the burden of proof on the exam board (domain.md 14)."""
    since: Mapped[dt.datetime]
    """When it came to this step: the board counts waiting from here."""
    row_version: Mapped[int] = mapped_column(default=1)
    """Counted up by every change, so an old page cannot overwrite what another has done."""
    seat: Mapped[Seat] = relationship()
    exam: Mapped[Exam] = relationship()
    holder: Mapped[Person | None] = relationship()
    __mapper_args__ = {"version_id_col": row_version}

    @property
    def is_braille(self) -> bool:
        """Whether the original is a Braille notebook."""
        return self.medium == Medium.BRAILLE

    @property
    def is_enlarged(self) -> bool:
        """Whether the original is a form enlarged to A3."""
        return self.medium == Medium.ENLARGED

    @property
    def is_by_pages(self) -> bool:
        """Whether the original is pages without a form: a notebook or a print-out."""
        return self.medium in BY_PAGES


class Item(WithId, OfSite, Base):
    """Anything of paper with a code of its own: kit, sheet, notebook, print-out, envelope, packet."""

    __tablename__ = "item"
    __table_args__ = (UniqueConstraint("exam_id", "code"), Index("ix_item_parent", "parent_id"))
    code: Mapped[str] = mapped_column(String(40), index=True)
    """Form number with the sheet («…/form_1»), as several sheets share one number; or a code of
    ours."""
    kind: Mapped[str] = mapped_column(String(24))
    exam_id: Mapped[str] = mapped_column(ForeignKey("exam.id"))
    booklet_id: Mapped[str | None] = mapped_column(
        ForeignKey("booklet.id"), default=None, index=True
    )
    room_id: Mapped[str | None] = mapped_column(ForeignKey("room.id"), default=None)
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("item.id"), default=None)
    """What it lies in: the account of a day follows it up to the packet."""
    size: Mapped[str] = mapped_column(String(4), default="")
    sheet: Mapped[str] = mapped_column(String(40), default="")
    """Which sheet of a kit, since each has another way; for a packet what it is for."""
    state: Mapped[str] = mapped_column(String(16), default=ThingState.IN_USE)
    holder_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    facts: Mapped[JsonObject] = mapped_column(default=dict)


class Handover(WithId, OfSite, Base):
    """Things changed hands: counts asked for, counts given, and what was said of a mismatch."""

    __tablename__ = "handover"
    sealed = True
    exam_id: Mapped[str] = mapped_column(ForeignKey("exam.id"), index=True)
    booklet_id: Mapped[str | None] = mapped_column(
        ForeignKey("booklet.id"), default=None, index=True
    )
    item_id: Mapped[str | None] = mapped_column(ForeignKey("item.id"), default=None)
    kind: Mapped[str] = mapped_column(String(24))
    from_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    to_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    expected: Mapped[JsonObject] = mapped_column(default=dict)
    """As the record stood then. Later changes of the record must not change an old count."""
    counted: Mapped[JsonObject] = mapped_column(default=dict)
    # Stored and not computed: what was agreed by the rules of that day stays agreed.
    agreed: Mapped[bool]
    note: Mapped[str] = mapped_column(Text, default="")
    """A count that does not agree may be handed over, but never without a word of why."""
    at: Mapped[dt.datetime]


class ScanFile(WithId, OfSite, Base):
    """A file that came in.

    The bytes lie unchanged under `sha256`; `state`: queued, done, quarantined, duplicate, postponed
    (this computer could not open it; a person lets it be tried again).
    """

    __tablename__ = "scan_file"
    name: Mapped[str] = mapped_column(String(255))
    source: Mapped[str] = mapped_column(String(16))
    batch: Mapped[str] = mapped_column(String(32), default="", index=True)
    """Files sent together: their report names each of them."""
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    """Name of the stored bytes; a file that comes twice is known by it."""
    size: Mapped[int]
    state: Mapped[str] = mapped_column(String(16), default=ScanState.QUEUED)
    problem: Mapped[JsonObject] = mapped_column(default=dict)
    """Why it was set aside: code and msgids, because the words follow the reader's language."""
    # None until the file was opened: nobody knows, which is not zero.
    pages: Mapped[int | None] = mapped_column(default=None)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    received_at: Mapped[dt.datetime]
    done_at: Mapped[dt.datetime | None] = mapped_column(default=None)


class Page(WithId, OfSite, Base):
    """One page of a scan.

    `state`: attached, exception, rejected. `identity` is what the reader saw on it.
    """

    __tablename__ = "page"
    __table_args__ = (UniqueConstraint("scan_file_id", "number"),)
    scan_file_id: Mapped[str] = mapped_column(ForeignKey("scan_file.id"))
    number: Mapped[int]
    booklet_id: Mapped[str | None] = mapped_column(ForeignKey("booklet.id"), default=None)
    version: Mapped[int] = mapped_column(default=1)
    """Transfer that it belongs to: copies of an earlier one stay as its evidence."""
    role: Mapped[str] = mapped_column(String(16), default="")
    """Original or copy, as a copy proves nothing of the original; empty while it belongs to no
    work."""
    sheet: Mapped[str] = mapped_column(String(40), default="")
    """Which form it shows; empty where nobody knows, which is not «form 1»."""
    order: Mapped[int] = mapped_column(default=0)
    code: Mapped[str | None] = mapped_column(String(13), default=None)
    state: Mapped[str] = mapped_column(String(16), index=True)
    problems: Mapped[JsonList] = mapped_column(default=list)
    identity: Mapped[JsonObject] = mapped_column(default=dict)
    """Kept whole: what a person decided against must stay to be seen."""
    # Ties a reading to this very picture: a page that is scanned anew needs another one.
    image_sha256: Mapped[str] = mapped_column(String(64), default="")
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    reason: Mapped[str] = mapped_column(Text, default="")
    """Typed by a person, so it is shown as it is; reasons of the program stand here as msgids and
    are translated."""
    at: Mapped[dt.datetime]
    file: Mapped[ScanFile] = relationship()


class Reading(WithId, OfSite, Base):
    """One whole reading of one transfer version, never changed: first, second, settled, copied,
    verified, machine:original, machine:copy. `content` = {"fields": {field id: value}, …};
    `sha256` of its canonical form.
    """

    __tablename__ = "reading"
    sealed = True
    # Two people who hand in at once cannot both become the first reading.
    __table_args__ = (UniqueConstraint("booklet_id", "version", "source", "round"),)
    booklet_id: Mapped[str] = mapped_column(ForeignKey("booklet.id"), index=True)
    version: Mapped[int]
    source: Mapped[str] = mapped_column(String(24))
    round: Mapped[int] = mapped_column(default=1)
    """A verification may be repeated on the same version; each one is a reading of its own."""
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    """None for the machine: it answers for nothing."""
    content: Mapped[JsonObject]
    sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[dt.datetime]


class Assignment(WithId, OfSite, Base):
    """Who does which part of a transfer version: first, second, arbiter, copier, verifier."""

    __tablename__ = "assignment"
    __table_args__ = (UniqueConstraint("booklet_id", "version", "part"),)
    booklet_id: Mapped[str] = mapped_column(ForeignKey("booklet.id"), index=True)
    version: Mapped[int]
    """A new version is worked on by whoever takes it: earlier hands bind only after a defect."""
    part: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[dt.datetime]


class Signoff(WithId, OfSite, Base):
    """«Копия верна» of one signer (or a recorded absence with its reason) on content with this
    hash.
    """

    __tablename__ = "signoff"
    sealed = True
    __table_args__ = (
        UniqueConstraint("booklet_id", "version", "round", "slot"),
        # Nobody signs the same copy twice, whatever the duties say.
        UniqueConstraint("booklet_id", "version", "round", "person_id"),
    )
    booklet_id: Mapped[str] = mapped_column(ForeignKey("booklet.id"), index=True)
    version: Mapped[int]
    round: Mapped[int] = mapped_column(default=1)
    slot: Mapped[str] = mapped_column(String(32))
    """Which signature it is; one person may fill one slot alone."""
    role: Mapped[str] = mapped_column(String(40))
    """At the moment of signing: roles may change afterwards."""
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    # Instead of a person: where a signer may be absent, the reason is recorded (R18).
    absent_reason: Mapped[str] = mapped_column(Text, default="")
    recorded_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    content_sha256: Mapped[str] = mapped_column(String(64))
    """What was read back to the signer. Any other content needs another signature."""
    at: Mapped[dt.datetime]


class EventRow(OfSite, Base):
    """One entry of the ledger (domain.ledger.Entry). Insert-only in the database itself."""

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("site", "hash"),)
    ledgered = False
    sealed = True
    site: Mapped[str] = mapped_column(SITE, primary_key=True, default="", server_default="")
    """Whose chain it is: each site has its own, so that writers of two points never wait."""
    chain: Mapped[str] = mapped_column(SITE, primary_key=True, default="", server_default="")
    """The station that it came from, as numbers repeat from chain to chain; "" for what is written
    here. No part of an entry either."""
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Given by the program, without gaps: a number that is missing is a finding."""
    at: Mapped[str] = mapped_column(String(32))
    """ISO 8601 as text: a database may round times or lose their zone."""
    kind: Mapped[str] = mapped_column(String(48))
    actor: Mapped[str] = mapped_column(String(48))
    subject: Mapped[str] = mapped_column(String(80))
    # Text and not JSON: the hash is taken of these very bytes, and a database may write JSON its
    # own way.
    data: Mapped[str] = mapped_column(Text)
    rows: Mapped[str] = mapped_column(Text)
    prev: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class Checkpoint(WithId, OfSite, Base):
    """A signed statement «up to entry seq the root is …», made for each print-out and export."""

    __tablename__ = "checkpoint"
    ledgered = False
    sealed = True
    seq: Mapped[int]
    root: Mapped[str] = mapped_column(String(64))
    """Hash of entry `seq`: it stands for everything before it."""
    code: Mapped[str] = mapped_column(String(40), index=True)
    """Short enough to be printed, read aloud and typed; made of the root."""
    signature: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(String(80))
    at: Mapped[dt.datetime]
    chain: Mapped[str] = mapped_column(SITE, default="", server_default="")


class Outbox(WithId, OfSite, Base):
    """A task still to be done, written with the change that needs it; the broker only carries it.

    `held_until`: a worker has it, and renews this while it lives. `due_at`: not to be tried before.
    `attempts` counts tries begun, `troubles` those that this computer could not finish (killed, no
    memory, full disk): no fault of the task.
    """

    __tablename__ = "outbox"
    ledgered = False
    task: Mapped[str] = mapped_column(String(64))
    arg: Mapped[str] = mapped_column(String(64))
    """One id: what is to be done is read from the database when it is done."""
    created_at: Mapped[dt.datetime]
    sent_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    """Sent is not done: a broker may lose what it was given."""
    done_at: Mapped[dt.datetime | None] = mapped_column(default=None, index=True)
    due_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    held_until: Mapped[dt.datetime | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    troubles: Mapped[int] = mapped_column(default=0, server_default="0")
    error: Mapped[str] = mapped_column(Text, default="")
    """Of the last try, for whoever helps over the telephone."""
    trace: Mapped[str] = mapped_column(String(16), default=log.trace, server_default="")
    """Word in the logs of whoever asked for it, so that one search finds page and worker."""


NEWEST_FIRST = (EventRow.chain, EventRow.seq.desc())
"""Entries about one thing: what the centre did comes after what came in from the point."""
OLDEST_FIRST = (EventRow.chain.desc(), EventRow.seq)
