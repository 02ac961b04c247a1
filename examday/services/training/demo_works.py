"""Brings the works of the training day to the steps at which it begins, each step through its real
use case."""

import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import select

from examday.domain.custody.counts import Purpose
from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import WAY, Medium, State
from examday.domain.people.roles import Actor
from examday.domain.transfer.answers import BLANK, Check, Choice, Seen, Value
from examday.domain.transfer.duties import ARBITER, COPIER, FIRST, SECOND, VERIFIER
from examday.domain.transfer.fields import NAME_FIELD, REGION_FIELD, SUBJECT_FIELD, replacement_row
from examday.services import packing
from examday.services.custody import kits, papers
from examday.services.people.directory import actor_of, by_login
from examday.services.scans import intake
from examday.services.transfer import assignments, copying, keyin, settle, signing, verification
from examday.services.transfer.readings import fields_for, find
from examday.services.unit_of_work import Store, UnitOfWork
from examday.settings import ROOT
from examday.storage.tables import Booklet, Candidate, Seat

SAMPLES = ROOT / "scans" / "samples"
NAMES = {"01": "РУС", "02": "МАТ", "09": "АНГ"}
LEADS = {"0001": "organiser", "0002": "organiser3", "0003": "organiser5", "0004": "organiser7"}
SIGNERS = {"transferrer": "assistant", "exam_board_member": "gek", "observer": "observer"}
NEEDS_SCANS = (State.COLLECTED, State.COPIED)


def play(store: Store, pin: str) -> None:
    """Bring every work to its target; what has come as far already is left alone, so that it may
    be called again."""
    for work in works():
        Player(store, pin, work).run()


def works() -> list[dict[str, Any]]:
    """What the invented candidates wrote and how far each work has come."""
    text = files("examday").joinpath("demo", "works.toml").read_text(encoding="utf-8")
    return list(tomllib.loads(text)["work"])


def scan(candidate: str, label: str) -> Path:
    """A sample sheet: «original-A3», «copy-A4» …"""
    return SAMPLES / f"training-{candidate.removeprefix('У-')}-{label}.jpg"


class Player:
    """Plays one work forward, one real use case per step. A second transfer has no new evidence to
    pack."""

    purposes: tuple[Purpose, ...] = (Purpose.STANDARD, Purpose.EVIDENCE)

    def __init__(self, store: Store, pin: str, work: dict[str, Any]) -> None:
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

    def run(self) -> None:
        """Step by step until the target; without the sample sheets a work stays where it waits for
        its scan."""
        target = WAY.index(State(self.work["target"]))
        while WAY.index(state := self.state()) < target:
            if state in NEEDS_SCANS and not SAMPLES.exists():
                return
            self.steps()[state]()
            if self.state() == state:
                raise RuntimeError(f"{self.work['candidate']} does not get on from {state}")

    def state(self) -> State:
        """Where the work stands now."""
        with self.store.read() as uow:
            return State(uow.get(Booklet, self.id).state)

    def steps(self) -> dict[State, Callable[[], object]]:
        """What is done next in each state."""
        after_issue = self.enlarge if self.medium is Medium.ENLARGED else self.collect
        return {
            State.REGISTERED: self.issue,
            State.ISSUED: after_issue,
            State.ENLARGED: self.collect,
            State.COLLECTED: lambda: self.take_in("original-A3"),
            State.SCANNED: self.key_in,
            State.KEYED: self.settle,
            State.SETTLED: self.copy,
            State.COPIED: lambda: self.take_in("copy-A4"),
            State.COPY_SCANNED: self.verify,
            State.VERIFIED: self.sign,
            State.CERTIFIED: self.pack,
            State.PACKED: self.hand_over,
        }

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
                raise LookupError(f"the training day has no {login}")
            return actor_of(person)

    def issue(self) -> None:
        """The organiser hands the planned kit out."""
        with self.as_person(self.lead) as uow:
            kits.issue(uow, self.id)

    def enlarge(self) -> None:
        """All forms are enlarged under the eyes of the exam-board member."""
        witness = self.actor("gek").person_id
        with self.as_person(self.lead) as uow:
            kits.enlarge(uow, self.id, witness)

    def collect(self) -> None:
        """The work is counted into its envelope; a print-out is two pages."""
        with self.as_person(self.lead) as uow:
            if self.medium is Medium.TYPED:
                kits.issue_extra(uow, self.id, Kind.PRINT_OUT, 2)
                uow.session.flush()
            kits.collect(uow, self.id, papers.countable(papers.of_booklet(uow, self.id)))

    def take_in(self, label: str) -> None:
        """The sample sheet goes through the real intake."""
        path = scan(self.work["candidate"], label)
        with path.open("rb") as stream:
            scan_id = intake.receive_stream(
                self.store, self.actor("technician"), stream, path.name, "training"
            )
        intake.process(self.store, scan_id)

    def values(self, changed: dict[str, str] | None = None) -> dict[str, Value]:
        """What stands on the sheet, field by field; `changed` are the slips of a reader."""
        texts = {
            REGION_FIELD: "77",
            SUBJECT_FIELD: self.subject,
            NAME_FIELD: NAMES[self.subject],
            **self.work["answers"],
            **(changed or {}),
        }
        found = {
            field: Value(texts[field]) if texts.get(field) else BLANK for field in self.fields.ids
        }
        for number, (task, text) in enumerate(self.work["replacements"], 1):
            found[replacement_row(number)] = Value(text, task=task)
        return found

    def key_in(self) -> None:
        """Two people read the sheet, apart; the second one sometimes slips."""
        for login, part, slips in (
            ("reader", FIRST, None),
            ("reader2", SECOND, self.work.get("second")),
        ):
            with self.as_person(login) as uow:
                booklet = uow.get(Booklet, self.id)
                if find(uow, booklet, part) is None:
                    assignments.take(uow, self.id, part)
                    uow.session.flush()
                    keyin.submit(uow, self.id, part, self.values(slips))

    def settle(self) -> None:
        """The third person gives an own reading and then decides for it."""
        with self.as_person("arbiter") as uow:
            assignments.take(uow, self.id, ARBITER)
            uow.session.flush()
            open_fields = settle.table(uow, self.id).differing
            settle.give_own(uow, self.id, {field: self.values()[field] for field in open_fields})
            uow.session.flush()
            settle.decide(
                uow, self.id, {field: settle.Ruling(Choice.FIRST) for field in open_fields}
            )

    def copy(self) -> None:
        """The assistant copies onto the standard form."""
        with self.as_person("assistant") as uow:
            assignments.take(uow, self.id, COPIER)
            uow.session.flush()
            copying.finish(uow, self.id)

    def verify(self) -> None:
        """Another person holds the copy against the settled values."""
        with self.as_person("reader") as uow:
            assignments.take(uow, self.id, VERIFIER)
            uow.session.flush()
            verification.submit(uow, self.id, {field: Check(Seen.OK) for field in self.fields.ids})

    def sign(self) -> None:
        """Every demanded signature, each with the person's own PIN."""
        with self.store.read() as uow:
            sheet = signing.sheet(uow, self.id)
        for rule in sheet.open:
            signer = self.actor(SIGNERS[rule.slot])
            with self.store.begin(signer) as uow:
                signing.sign(
                    uow, self.id, rule.slot, signer.person_id, self.pin, sheet.content.sha256
                )

    def pack(self) -> None:
        """Standard forms and originals go into packets of their own."""
        with self.as_person(self.lead) as uow:
            booklet = uow.get(Booklet, self.id)
            ids = []
            for purpose in self.purposes:
                packet = packing.packet_for(uow, booklet.exam_id, purpose) or packing.open_packet(
                    uow, booklet.exam_id, purpose, booklet.seat.room_id
                )
                uow.session.flush()
                ids.append(packet.id)
            packing.pack(uow, self.id, ids[0], ids[-1], papers.expected(uow, booklet))

    def hand_over(self) -> None:
        """The head hands both packets to the exam-board member, who confirms with the own PIN."""
        receiver = self.actor("gek").person_id
        for purpose in self.purposes:
            with self.as_person("head") as uow:
                packet = packing.packet_for(uow, uow.get(Booklet, self.id).exam_id, purpose)
                if packet is None:
                    continue
                packing.seal(uow, packet.id, packing.contents(uow, packet))
            with self.as_person("head") as uow:
                packing.hand_over(uow, packet.id, receiver, self.pin, packing.contents(uow, packet))
