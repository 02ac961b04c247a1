"""Random walks of a case: whatever is tried in whatever order, no case closes over an open step,
version 1 of the transfer stays, nobody transfers again who touched the first transfer, and the
legal hold stands while a case is open."""

import contextlib
import datetime as dt
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from examday.domain.appeals.diagnosis import Diagnosis
from examday.domain.appeals.hearing import Capacity, Outcome
from examday.domain.errors import DomainError
from examday.domain.people.roles import Actor
from examday.services.appeals import cases, closing
from examday.services.appeals.decision import decisions, findings
from examday.services.appeals.hearing import (
    appointments,
    attendance,
    opening,
    own_work,
    votes,
    withdrawal,
)
from examday.services.appeals.order import first_hands, orders, second_transfer
from examday.services.ledger import audit
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.tables import Assignment, Booklet, Reading
from examday.storage.tables_appeal import Appeal
from tests import day
from tests.appeals import world
from tests.conftest import Clock

HEARING = dt.datetime(2026, 6, 24, 8, tzinfo=dt.UTC)
WHO = st.sampled_from(["chair", "member", "secretary", "organiser", "fresh", "fresh2", "operator"])
HANDS = st.sampled_from(["organiser", "organiser2", "fresh", "fresh2"])


class CaseWalk(RuleBasedStateMachine):
    """One disputed work, one commission, and people who try everything."""

    migrated: Path
    reached: set[str] = set()

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        made = Settings.from_env({}, data=self.folder, argon2_cost=1)
        made.make_folders()
        shutil.copy(self.migrated, made.var / "examday.sqlite")
        self.clock = Clock(dt.datetime(2026, 6, 22, 7, tzinfo=dt.UTC))
        self.store = Store(made, self.clock)
        self.c = world.make(self.store, day.person)
        self.case = world.file_appeal(self.c)
        with self.store.read() as uow:
            self.first = {row.id: row.sha256 for row in uow.session.scalars(select(Reading))}

    def teardown(self) -> None:
        assert audit.verify(self.store).ok
        self.store.close()
        shutil.rmtree(self.folder)

    def attempt(self, who: str, service: Callable[..., Any], *args: Any, **named: Any) -> None:
        with contextlib.suppress(DomainError):
            self.c.do(who, service, *args, **named)

    @rule(who=WHO)
    def appoint(self, who: str) -> None:
        self.attempt(who, appointments.schedule, self.case, HEARING, "каб. 5", "in_person")

    @rule(who=WHO)
    def withdraw_rarely(self, who: str) -> None:
        if who == "operator":
            self.attempt("secretary", withdrawal.withdraw, self.case, "передумал")

    @rule(
        who=WHO,
        capacity=st.sampled_from(
            [Capacity.CHAIR, Capacity.MEMBER, Capacity.SECRETARY, Capacity.EXPERT]
        ),
    )
    def come(self, who: str, capacity: Capacity) -> None:
        self.attempt("secretary", attendance.attend, self.case, capacity, self.c.people[who].id)

    @rule()
    def prepare_and_open(self) -> None:
        self.appoint("secretary")
        self.c.wait_until(HEARING)
        self.come("chair", Capacity.CHAIR)
        self.come("member", Capacity.MEMBER)
        self.attempt("secretary", opening.open_hearing, self.case)
        self.attempt("secretary", own_work.confirm_own, self.case, "absent", "print")

    @rule(
        field=st.sampled_from(["2", "5", "3"]),
        decided=st.sampled_from(list(Diagnosis)),
        why=st.booleans(),
    )
    def find(self, field: str, decided: Diagnosis, why: bool) -> None:
        self.attempt(
            "member",
            findings.find,
            self.case,
            field,
            decided,
            category="omitted",
            reason="видно" if why else "",
        )

    @rule(who=WHO, outcome=st.sampled_from(list(Outcome)))
    def vote(self, who: str, outcome: Outcome) -> None:
        self.attempt("secretary", votes.vote, self.case, self.c.people[who].id, outcome)

    @rule()
    def decide(self) -> None:
        self.prepare_and_open()
        for field in ("2", "5"):
            self.attempt(
                "member",
                findings.find,
                self.case,
                field,
                Diagnosis.TRANSFER_DEFECT,
                category="omitted",
            )
        for who in ("chair", "member"):
            self.attempt("secretary", votes.vote, self.case, self.c.people[who].id, Outcome.SATISFY)
        self.attempt("secretary", decisions.decide, self.case, "основания")

    @rule()
    def seal(self) -> None:
        self.attempt(
            "secretary",
            lambda uow: cases.move_case(uow, uow.get(Appeal, self.case), "seal_protocol"),
        )

    @rule(who=WHO)
    def order(self, who: str) -> None:
        self.attempt(who, orders.order_reprocessing, self.case)

    @rule(one=HANDS, other=HANDS)
    def assign(self, one: str, other: str) -> None:
        self.attempt(
            "secretary",
            second_transfer.assign,
            self.case,
            self.c.people[one].id,
            self.c.people[other].id,
        )

    @rule()
    def second_transfer_ends(self) -> None:
        with self.store.begin(Actor.system("test")) as uow:
            booklet = uow.get(Booklet, self.c.booklet)
            if booklet.version > 1 and booklet.state != "handed_over":
                booklet.state = "handed_over"
                uow.record("test:transferred", f"booklet:{booklet.id}")

    @rule(
        step=st.sampled_from(
            [second_transfer.finish_transfer, second_transfer.finish_hand_over, orders.approve]
        ),
        who=st.sampled_from(["secretary", "chair", "operator"]),
    )
    def step(self, step: Callable[..., Any], who: str) -> None:
        self.attempt(who, step, self.case)

    @rule(after=st.integers(-5, 105))
    def results(self, after: int) -> None:
        self.attempt("operator", orders.record_results, self.case, 50, after)

    @rule()
    def tell(self) -> None:
        self.attempt("secretary", orders.record_notice, self.case, "лично")

    @rule(who=WHO)
    def close(self, who: str) -> None:
        self.attempt(who, closing.close, self.case)

    @invariant()
    def nothing_is_lost_and_nobody_cheats(self) -> None:
        with self.store.read() as uow:
            appeal, booklet = uow.get(Appeal, self.case), uow.get(Booklet, self.c.booklet)
            self.reached.add(appeal.state)
            steps = orders.steps(uow, appeal)
            if appeal.state == "closed":
                assert steps and all(row.state != "open" for row in steps.values()), (
                    "closed over an open step"
                )
            assert booklet.hold is (appeal.state not in ("closed", "withdrawn"))
            rows = {
                row.id: row.sha256
                for row in uow.session.scalars(select(Reading).where(Reading.version == 1))
            }
            assert self.first.items() <= rows.items(), "version 1 is lost"
            again = set(
                uow.session.scalars(
                    select(Assignment.person_id).where(
                        Assignment.booklet_id == booklet.id, Assignment.version > 1
                    )
                )
            )
            assert not again & first_hands.first_hands(uow, booklet.id, 2).keys(), (
                "the same hands again"
            )


@pytest.mark.release
def test_no_walk_of_a_case_loses_or_skips_anything(migrated: Path) -> None:
    CaseWalk.migrated = migrated
    run_state_machine_as_test(
        CaseWalk,
        settings=settings(
            max_examples=12,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert "registered" in CaseWalk.reached and len(CaseWalk.reached) > 1, CaseWalk.reached


def test_the_whole_way_is_walked_once(migrated: Path) -> None:
    CaseWalk.migrated = migrated
    walk = CaseWalk()
    walk.prepare_and_open()
    walk.decide()
    walk.close("secretary")
    walk.seal()
    walk.close("secretary")
    walk.order("secretary")
    for pair in (("organiser", "fresh"), ("fresh", "fresh"), ("fresh", "fresh2")):
        walk.assign(*pair)
    walk.close("secretary")
    walk.second_transfer_ends()
    for step, who in (
        (second_transfer.finish_transfer, "secretary"),
        (second_transfer.finish_hand_over, "secretary"),
    ):
        walk.step(step, who)
    walk.results(61)
    walk.step(orders.approve, "chair")
    walk.close("secretary")
    walk.tell()
    with pytest.raises(AssertionError):
        assert "closed" in walk.reached
    walk.close("secretary")
    walk.nothing_is_lost_and_nobody_cheats()
    assert "closed" in walk.reached
    walk.teardown()
