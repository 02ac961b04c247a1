"""Whatever people do with kits and packets, in any order: nothing is lost, nothing doubled,
evidence stays apart."""

import datetime as dt
import shutil
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import func, select

from examday.domain.custody.counts import Place, Purpose
from examday.domain.custody.kit import Kind
from examday.domain.errors import DomainError
from examday.domain.people.roles import Actor
from examday.services.custody import kits, papers
from examday.services.custody.room import (
    collecting,
    enlarging,
    more_paper,
    taking_back,
    withdrawn_kits,
)
from examday.services.ledger import audit
from examday.services.packing import contents, packets, sealing, single_things, works
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.database import migrate
from examday.storage.tables import Booklet, Item, Person, PersonRole
from tests import custody_day
from tests.conftest import Clock
from tests.custody_day import number

places = st.sampled_from(["1А", "2А", "3А"])
purposes = st.sampled_from(Purpose)


@cache
def empty_database() -> Path:
    """A migrated database, made once."""
    path = Path(mkdtemp()) / "examday.sqlite"
    migrate(f"sqlite:///{path}")
    return path


def add_person(store: Store, login: str, *roles: Any) -> Person:
    """An account; nobody logs in here."""
    with store.begin(Actor.system("test")) as uow:
        person = uow.add(Person(login=login, name=login, password_hash="-", must_change=False))
        uow.session.flush()
        person.roles.extend(PersonRole(person_id=person.id, role=role) for role in roles)
        uow.record("person:add", f"person:{person.id}")
    return person


class Walk(RuleBasedStateMachine):
    """Random steps; those that the rules refuse must change nothing."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(mkdtemp())
        station = Settings.from_env({}, data=self.folder, argon2_cost=1)
        station.make_folders()
        shutil.copy(empty_database(), station.var / "examday.sqlite")
        self.store = Store(station, Clock(dt.datetime(2026, 6, 4, 11, 5, tzinfo=dt.UTC)))
        self.day = custody_day.make(self.store, add_person)
        self.issued = 0

    def attempt(self, service: Any, *args: Any, **named: Any) -> None:
        with suppress(DomainError):
            self.day.do("lead", service, *args, **named)

    @rule(place=places, fresh=st.booleans())
    def issue(self, place: str, fresh: bool) -> None:
        self.issued += fresh
        self.attempt(kits.issue, self.day.booklets[place], number(self.issued))

    @rule(place=places)
    def enlarge(self, place: str) -> None:
        self.attempt(enlarging.enlarge, self.day.booklets[place], self.day.people["board"].id)

    @rule(place=places, kind=st.sampled_from(Kind))
    def extra(self, place: str, kind: Kind) -> None:
        self.issued += kind is Kind.STANDARD_SHEET
        self.attempt(more_paper.issue_extra, self.day.booklets[place], kind, 1, number(self.issued))

    @rule(place=places, wrong=st.booleans())
    def collect(self, place: str, wrong: bool) -> None:
        counts = {kind: n + wrong for kind, n in self.day.counts(place).items()}
        self.attempt(
            collecting.collect, self.day.booklets[place], counts, "не сошлось" if wrong else ""
        )

    @rule(place=places)
    def certify(self, place: str) -> None:
        if self.day.booklet(place).state == "collected":
            self.day.put_at(place, "certified")

    @rule(place=places)
    def spoil(self, place: str) -> None:
        with suppress(DomainError):
            self.day.booklets[place] = self.day.do(
                "lead", withdrawn_kits.spoil, self.day.booklets[place], "испорчен"
            ).id

    @rule(place=places)
    def take_back(self, place: str) -> None:
        self.attempt(taking_back.take_back, self.day.booklets[place], "нажато по ошибке")

    @rule(place=places)
    def choose_standard(self, place: str) -> None:
        self.attempt(withdrawn_kits.choose_standard, self.day.booklets[place], "удобнее")

    @rule(purpose=purposes)
    def open_packet(self, purpose: Purpose) -> None:
        self.attempt(packets.open_packet, self.day.exam, purpose)

    @rule(place=places, swapped=st.booleans())
    def pack(self, place: str, swapped: bool) -> None:
        with self.store.read() as uow:
            found = [
                packets.packet_for(uow, self.day.exam, p)
                for p in (Purpose.STANDARD, Purpose.EVIDENCE)
            ]
        ids = [p.id if p else "" for p in (reversed(found) if swapped else found)]
        self.attempt(works.pack, self.day.booklets[place], *ids, self.day.counts(place), "как есть")

    @rule(place=places)
    def unpack(self, place: str) -> None:
        self.attempt(works.unpack, self.day.booklets[place], "ошибка")

    @rule(data=st.data(), purpose=purposes)
    def put(self, data: Any, purpose: Purpose) -> None:
        with self.store.read() as uow:
            packet = packets.packet_for(uow, self.day.exam, purpose)
            codes = sorted(uow.session.scalars(select(Item.id).where(Item.kind != Kind.PACKET)))
        if packet and codes:
            self.attempt(single_things.put, packet.id, data.draw(st.sampled_from(codes)))

    @rule(purpose=purposes)
    def seal(self, purpose: Purpose) -> None:
        with self.store.read() as uow:
            packet = packets.packet_for(uow, self.day.exam, purpose)
            counts = contents.contents(uow, packet) if packet else {}
        if packet:
            self.attempt(sealing.seal, packet.id, counts)

    @invariant()
    def every_thing_is_in_one_place(self) -> None:
        if not hasattr(self, "day"):
            return
        with self.store.read() as uow:
            lines = papers.accounts(uow, self.day.exam)
            there = uow.session.scalar(select(func.count(Item.id)).where(Item.kind != Kind.PACKET))
        assert sum(line.total for line in lines) == there
        assert sum(line.places[Place.HANDED_OVER] for line in lines) == 0

    @invariant()
    def evidence_and_standard_forms_stay_apart(self) -> None:
        if not hasattr(self, "day"):
            return
        with self.store.read() as uow:
            for packet in packets.of_exam(uow, self.day.exam):
                kinds = {Kind(i.kind) for i in papers.inside(uow, packet.id)}
                if packet.sheet == Purpose.STANDARD:
                    assert kinds <= {Kind.STANDARD_SHEET}
                if packet.sheet == Purpose.EVIDENCE:
                    assert Kind.STANDARD_SHEET not in kinds

    @invariant()
    def no_number_is_used_twice(self) -> None:
        if not hasattr(self, "day"):
            return
        with self.store.read() as uow:
            codes = [c for c in uow.session.scalars(select(Booklet.code)) if c]
            sheets = list(uow.session.scalars(select(Item.code)))
        assert len(codes) == len(set(codes)) and len(sheets) == len(set(sheets))

    def teardown(self) -> None:
        if hasattr(self, "store"):
            assert audit.verify(self.store).ok
            self.store.close()
            shutil.rmtree(self.folder, ignore_errors=True)


TestWalk = Walk.TestCase
TestWalk.settings = settings(
    max_examples=6, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
